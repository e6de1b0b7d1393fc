"""Regulators: what people see others do passes only by what they think of themselves and of it.

Who does not trust their own ability takes up less of what others do; and what is against standards
is taken up the less, the more strictly a person keeps to them [document 003; Bandura1991]. Neither
asks whether it works.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import inlined

#: What a mechanism reads in which people take up what they see.
REGULATOR_READS = ("self_efficacy", "ethics", "improper")


class Regulators(NamedTuple):
    """What stands between seeing and taking up."""

    #: 0 nothing, 1 as much as can be.
    strength: float
    #: (people,)
    self_efficacy: NDArray[np.float32]
    ethics: NDArray[np.float32]
    #: (dimensions,) the way that is against standards, 0 for none.
    improper: NDArray[np.int8]


@inlined
def passes(strength, self_efficacy, ethics, is_improper):
    """Chance that what a person saw passes their regulators; 1 where these have no strength."""
    kept_out = strength * ethics if is_improper else 0.0
    return (1.0 - strength * (1.0 - self_efficacy)) * (1.0 - kept_out)
