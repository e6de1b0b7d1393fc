"""Networks: who looks at whom, as lists of ties.

The networks of the published models: lines, lattices, random networks and small worlds
[LazerFriedman2007, after WattsStrogatz1998], caves that know each other [Watts1999], as slow as
the slowest networks of [BarkocziGalesic2016], semi-isolated groups [FangLeeSchilling2010], and the
torus on which everybody has four neighbours [MillerZhaoCalantone2006].

A network starts regular, or at random in the kind ``random``. Then each link is rewired with a
chance (``rewiring``), a number of links is rewired (``rewired``), and new ones come on top
(``added``), in this order and in any kind. What the sources leave open is settled here:

- A rewired link keeps one of its two people, by a fair coin, and leads to somebody whom that
  person is not linked to, so never back; in cells, to somebody of another cell. Where there is
  nobody left to choose, it stays as it is. (Watts and Strogatz always keep the same end, so that
  nobody loses more than half of their links.)
- ``rewired`` tries links in random order, each once, and passes over those whose two people could
  then no longer reach each other: no network falls apart by it. ``rewiring`` does not look, as in
  its sources.
- Directed, a tie belongs to the one who looks: rewired, it leads that person to somebody else, and
  everybody looks at as many others as before. In lattices, rings and small worlds people look at
  those who come next; all other regular kinds begin with ties both ways.
- A network is connected if everybody reaches everybody along its ties.
- Cliques are as even as they come. In each, the link between the first and the second person is
  moved: it joins the first to the last of the clique before.
- Seat 0 is the hub. Who sits where in a network is left to the start of the people.
"""

from __future__ import annotations

from sim.networks.build import build_network
from sim.networks.plan import KINDS, NetworkParameters, Plan, depends_on_seed, no_network, plan_of

__all__ = [
    "KINDS",
    "NetworkParameters",
    "Plan",
    "build_network",
    "depends_on_seed",
    "no_network",
    "plan_of",
]
