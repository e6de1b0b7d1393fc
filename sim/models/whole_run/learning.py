"""One period of learning; everybody learns from what the others held as it opened."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel
from sim.learning.peers import learn_from_peers
from sim.mechanisms.codification import act, count_votes, outperform_in_truth, revise_code
from sim.mechanisms.socialization import adopt_code
from sim.randomness import decision_number, key

SOCIALIZATION = decision_number("socialization")
PEERS = decision_number("learning from peers")
CODIFICATION = decision_number("codification")
ACTIONS = decision_number("codification actions")


class Sheet(NamedTuple):
    """What is noted down within a period: ``code`` is the code as the period opened.

    ``merit`` is how well everybody did then, ``learner`` (1,) a seat that may still be learning.
    Rules are nobody's in particular (``author``), so nobody's ``influence`` grows by them.
    """

    actions: NDArray[np.int8]
    superior: NDArray[np.bool_]
    votes: NDArray[np.int32]
    code: NDArray[np.int8]
    merit: NDArray[np.float64]
    learner: NDArray[np.int64]
    author: NDArray[np.int32]
    influence: NDArray[np.float32]
    differing: NDArray[np.int64]


@kernel
def empty_sheet(people, dimensions):
    """A sheet for an organization of that size."""
    return Sheet(
        np.empty((people, dimensions), np.int8),
        np.empty((people, 1), np.bool_),
        np.empty(dimensions, np.int32),
        np.empty(dimensions, np.int8),
        np.empty(people, np.float64),
        np.zeros(1, np.int64),
        np.full(dimensions, -1, np.int32),
        np.zeros(people, np.float32),
        np.empty(dimensions, np.int64),
    )


@kernel
def unsettled(beliefs, code):
    """Seats of people who do not hold exactly the code, or all seats while it is incomplete.

    Who is settled has nothing to learn from the code, acts as it does, and cannot outdo it: a
    period of learning from the code and by it takes place among the unsettled.
    """
    people, dimensions = beliefs.shape
    seats, count = np.empty(people, np.int64), 0
    for i in range(people):
        differs = False
        for j in range(dimensions):
            differs |= (beliefs[i, j] != code[j]) | (code[j] == 0)
        seats[count] = i
        count += differs
    return seats[:count]


@kernel
def vote_of_superiors(seats, world, codifiable, views, rule, sheet):
    """Count the views of those who truly outperform the code, where a rule can be written."""
    compared = views
    hides = not rule.compares_all and not np.all(codifiable)
    if hides:
        compared = views * codifiable
    outperform_in_truth(seats, compared, world.code, world.reality, rule.by_score, sheet.superior)
    count_votes(seats, views, sheet.superior, world.code.size, sheet.votes)
    for j in range(codifiable.size):
        sheet.votes[j] *= codifiable[j]


@kernel
def learn_together(opening, world, surroundings, ties, peers, seed, period, merit):
    """People learn from those they are tied to, after they have learned from the code."""
    learn_from_peers(
        ties,
        opening,
        merit,
        surroundings,
        peers.slots,
        peers.rate,
        peers.attention,
        world.person,
        key(seed, PEERS, period),
        world.beliefs,
        world.articulated,
    )


@kernel
def learn_mutually(seats, world, codifiable, rule, seed, period, sheet):
    """One period of mutual learning between people and the code, by the rule of a ``Code``."""
    sheet.code[:] = world.code
    if rule.code_learns:
        views = world.beliefs
        if rule.by_actions:
            views = sheet.actions
            act(seats, world.beliefs, world.person, key(seed, ACTIONS, period), views)
        vote_of_superiors(seats, world, codifiable, views, rule, sheet)
        revise_code(
            world.code, sheet.code, sheet.votes, rule.revision, key(seed, CODIFICATION, period)
        )
    if rule.people_learn:
        adopt_code(
            seats,
            world.beliefs,
            world.articulated,
            sheet.code,
            rule.rate,
            rule.stepwise,
            world.person,
            key(seed, SOCIALIZATION, period),
            sheet.author,
            sheet.influence,
            sheet.differing,
        )
