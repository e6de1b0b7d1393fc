"""When nothing can change any more."""

from __future__ import annotations

import numpy as np

from sim.kernels import kernel
from sim.models.whole_run.learning import vote_of_superiors
from sim.models.whole_run.world import surroundings_of
from sim.rest import next_learner


@kernel
def is_at_rest(seats, world, ground, rules, code, peers, ties, sheet):
    """Whether nothing can change any more, by the code or among people.

    ``sheet.merit`` is that of the present beliefs. Who is found to be still learning is noted in
    ``sheet.learner``, to be asked first the next time.
    """
    if code is not None:
        if not agrees_with_code(seats, world.beliefs, world.code, code.people_learn):
            return False
        if code.code_learns and code_can_move(seats, world, ground.codifiable, code, sheet):
            return False
    if peers is None:
        return True
    learner = next_learner(
        sheet.learner[0],
        ties,
        world.beliefs,
        sheet.merit,
        surroundings_of(world, ground, rules.complexity),
        peers.slots,
        peers.rate[0] * peers.slots.accuracy,
        peers.attention[0],
    )
    sheet.learner[0] = max(learner, 0)
    return learner < 0


@kernel
def agrees_with_code(seats, beliefs, code, people_learn):
    """Whether people, as far as they learn from the code, hold all that it says."""
    if not people_learn:
        return True
    for i in seats:
        for j in range(code.size):
            if code[j] != 0 and beliefs[i, j] != code[j]:
                return False
    return True


@kernel
def code_can_move(seats, world, codifiable, rule, sheet):
    """Whether the code may still learn something.

    Where the code has no opinion, people may have one that it would adopt; a person who has none
    may act luckily, so luck is granted before asking who is superior.
    """
    views = world.beliefs
    if rule.by_actions:
        views = sheet.actions
        for i in seats:
            for j in range(world.code.size):
                own = world.beliefs[i, j]
                views[i, j] = own if own != 0 else world.reality[j]
    vote_of_superiors(seats, world, codifiable, views, rule, sheet)
    if rule.by_actions:
        return np.any(sheet.superior[seats])
    for j in range(world.code.size):
        if sheet.votes[j] != 0 and np.sign(sheet.votes[j]) != world.code[j]:
            return True
    return False
