"""Which parameters a measure depends on, and how surely that is known."""

from sim.studies.sensitivity.analysis import analyse, interactions
from sim.studies.sensitivity.methods import METHODS
from sim.studies.sensitivity.sampling import morris_points, saltelli_points

__all__ = ["METHODS", "analyse", "interactions", "morris_points", "saltelli_points"]
