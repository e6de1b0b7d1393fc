"""``python -m sim`` is ``python run.py``."""

from sim.cli import main

main()
