"""Reshuffle: once a cycle a share of the members changes cell, and projects redraw unit boundaries.

Familiarity persists and goes stale: who moves is a stranger in the new cell and still known in the
old one, so repeated reshuffles weave an acquaintance net [document 002 for the practice; document
000 for changing boundaries]. Whether the mixing is worth what it costs is not in the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import familiar
from sim.kernels import in_place, kernel
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.officers import officers_of
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.membership import list_cells, list_communities, replace_missing_officers
from sim.places.structure import gather_teams
from sim.randomness import draw
from sim.start import draws
from sim.tallies import SEATS_MOVED

if TYPE_CHECKING:
    from sim.organization import Organization

#: Others with whom a mover considers to swap places (assumption).
TRIES = 10


class ReshuffleParameters(Parameters):
    every: int = parameter(
        0,
        unit="weeks",
        bounds=(0, 10_000),
        zero="never",
        doc="Length of a cycle; 0: never.",
        source="document 002 says once a cycle; 4-52 weeks: " + ASSUMPTION,
    )
    share: float = parameter(
        1.0,
        unit="share of those who may move",
        bounds=(0, 1),
        doc="Members who change cell, rounded to whole people over all communities, as far as "
        "places allow: people exchange places, so nobody can move alone.",
        source=ASSUMPTION,
    )
    rule: Literal["random", "most_new_ties", "most_different"] = parameter(
        "random",
        unit="choice",
        doc="random; most_new_ties: movers then swap where that puts both among strangers; "
        "most_different: where that puts both among people of opposite beliefs.",
        source="document 002 (shuffling ensures interrelation); the other rules: " + ASSUMPTION,
    )
    within: Literal["community", "organization"] = parameter(
        "community",
        unit="choice",
        doc="Whether cells are reshuffled within communities or across them.",
        source="document 002",
    )
    officers: Literal["stay", "move"] = parameter(
        "stay",
        unit="choice",
        doc="Whether learning officers keep their cell.",
        source="document 002 leaves it open; " + ASSUMPTION,
    )
    churn: float = parameter(
        0.0,
        unit="share of the front line",
        bounds=(0, 1),
        doc="People of the front line who change unit at the same time (changing boundaries).",
        source="document 000; 0-25 % a cycle (MECHANISMS A2)",
    )


class Reshuffle(Mechanism):
    name = "reshuffle"
    Parameters = ReshuffleParameters
    reads = (
        *("cell", "cell_start", "cell_member", "cell_community", "officer", "tenure"),
        *("community", "level", "manager", "contact", "familiarity", "last_met", "beliefs"),
    )
    writes = (
        *("cell", "cell_start", "cell_member", "officer", "community", "community_start"),
        *("community_member", "unit", "manager", "team_start", "team_member", "leads_unit"),
        "tally",
    )
    null = {"reshuffle.every": 0}

    def apply(self, organization: Organization) -> None:
        every = self.parameters.every
        if every == 0 or (organization.period + 1) % every:
            return
        organization.tally[SEATS_MOVED] += reshuffle_cells(organization, self.parameters)
        if self.parameters.churn > 0.0:
            redraw_boundaries(organization, self.parameters.churn)


def reshuffle_cells(organization: Organization, parameters: ReshuffleParameters) -> int:
    """Move the asked share of members to other cells; gives how many changed cell.

    Movers exchange places, so every cell keeps its size, and everybody who moves really changes
    cell. Where an officer moves away, the longest-serving member of the cell takes over.
    """
    before = organization.cell.copy()
    luck = draws(organization.key("who moves"), organization.people)
    may_move = np.ones(organization.people, dtype=np.bool_)
    officers = officers_of(organization)
    if parameters.officers == "stay":
        may_move[officers] = False
    whole = parameters.within == "organization"
    candidates: list[NDArray[np.int64]] = []
    for community in range(1 if whole else organization.communities):
        inside = may_move if whole else may_move & (organization.community == community)
        here = np.flatnonzero(inside)
        candidates.append(here[np.argsort(luck[here], kind="stable")])
    order = np.argsort(draws(organization.key("whose turn to move"), len(candidates)))
    numbers = how_many_move(organization.cell, candidates, parameters.share, order)
    room = organization.state.arrays
    for here, count in zip(candidates, numbers, strict=True):
        movers = room["movers"]
        found = pick_movers(organization.cell, here, count, room["moved_from"], movers)
        exchange_places(organization.cell, movers[:found], organization.key("new cells"))
    list_cells(organization)
    if parameters.rule != "random":
        of_cell = organization.cell_community
        swap_places(
            organization.cell,
            before,
            np.flatnonzero(organization.cell != before),
            np.zeros_like(of_cell) if whole else of_cell,
            organization.cell_start,
            organization.cell_member,
            organization.contact,
            organization.familiarity,
            organization.last_met,
            organization.beliefs,
            parameters.rule == "most_different",
            organization.period,
            organization.key("seeking strangers"),
        )
        list_cells(organization)
    if whole:
        organization.community[:] = organization.cell_community[organization.cell]
        list_communities(organization)
    replace_missing_officers(organization)
    return int((organization.cell != before).sum())


def how_many_move(
    places: NDArray[np.int32],
    candidates: list[NDArray[np.int64]],
    share: float,
    order: NDArray[np.int64],
) -> list[int]:
    """How many of each list of ``candidates`` change place: the share, or all who can if fewer.

    Lists have their turn in this ``order``, and what rounding leaves over passes on to the next,
    so that the sum is right to one person. It is exact but where no list has room for one more:
    two places exchange as many as they get, and one person alone cannot move (then two do).
    """
    numbers = [0] * len(candidates)
    counts = [np.bincount(places[seats]) for seats in candidates]
    asked, met, wanted = 0, 0, 0.0
    for index in order.tolist():
        everybody = len(candidates[index])
        wanted += min(share * everybody, most_movers(counts[index], everybody))
        asked = round(wanted)
        numbers[index] = most_movers(counts[index], asked - met)
        met += numbers[index]
    for index in order.tolist():
        fitting = most_movers(counts[index], numbers[index] + asked - met)
        met += fitting - numbers[index]
        numbers[index] = fitting
    if asked == 1:
        for index in order.tolist():
            numbers[index] = most_movers(counts[index], 2) if not any(numbers) else 0
    return numbers


def most_movers(counts: NDArray[np.int64], wanted: int) -> int:
    """How many people, ``wanted`` at most, can all change place, with ``counts`` in each place.

    Of those who move at most half can come from one place.
    """
    # A list: there are few places, and NumPy takes longer to begin than to count them.
    taken = [count for count in counts.tolist() if count > 0]
    for number in range(min(wanted, sum(taken)), 1, -1):
        half = number // 2
        if sum([min(count, half) for count in taken]) >= number:
            return number
    return 0


@in_place
def pick_movers(places, candidates, count, taken, movers):
    """Write the first ``count`` of the ``candidates`` as ``movers``, at most half from one place.

    Gives how many these are. ``places`` (people,) is where each is, ``taken`` (people,) room.
    """
    found = 0
    for i in candidates:
        taken[places[i]] = 0
    for i in candidates:
        if found < count and taken[places[i]] < count // 2:
            taken[places[i]] += 1
            movers[found] = i
            found += 1
    return found


@kernel
def exchange_places(places, movers, key):
    """Let ``movers`` take each other's places at random, each another one than their own.

    ``places`` (people,) is written. Whoever would draw their own place again swaps with the next
    mover for whom both then change; nobody is left out unless one place holds more than half of
    the movers.
    """
    count = len(movers)
    luck = np.empty(count)
    for a in range(count):
        luck[a] = draw(key, movers[a], 0)
    before = places[movers]
    after = before[np.argsort(luck, kind="mergesort")]
    for a in range(count):
        if after[a] != before[a]:
            continue
        for step in range(1, count):
            b = (a + step) % count
            if after[b] != before[a] and after[a] != before[b]:
                after[a], after[b] = after[b], after[a]
                break
    for a in range(count):
        places[movers[a]] = after[a]


@kernel
def swap_places(
    places,
    before,
    movers,
    region,
    start,
    member,
    contact,
    familiarity,
    last_met,
    beliefs,
    by_beliefs,
    week,
    key,
):
    """Let movers swap their new places wherever that puts both, together, among others less alike.

    That is people they know less, or, if ``by_beliefs``, with whom they disagree on more
    dimensions. Each tries ``TRIES`` others at random, of the same ``region`` of cells. Nobody
    swaps back into the place they come from. Writes ``places`` and, in step with it, ``member``.
    """
    position = np.empty(len(member), dtype=np.int64)
    for p in range(len(member)):
        position[member[p]] = p
    for i in movers:
        for trial in range(TRIES):
            j = movers[int(draw(key, i, trial) * len(movers))]
            here, there = places[i], places[j]
            if here == there or region[here] != region[there]:
                continue
            if there == before[i] or here == before[j]:
                continue
            mine, other = (
                member[start[here] : start[here + 1]],
                member[start[there] : start[there + 1]],
            )
            if by_beliefs:
                now = -disagreement(beliefs, i, mine, j) - disagreement(beliefs, j, other, i)
                then = -disagreement(beliefs, i, other, j) - disagreement(beliefs, j, mine, i)
            else:
                now = acquaintance(contact, familiarity, last_met, i, mine, j, week)
                now += acquaintance(contact, familiarity, last_met, j, other, i, week)
                then = acquaintance(contact, familiarity, last_met, i, other, j, week)
                then += acquaintance(contact, familiarity, last_met, j, mine, i, week)
            if then < now:
                places[i], places[j] = there, here
                position[i], position[j] = position[j], position[i]
                member[position[i]], member[position[j]] = i, j


@in_place
def disagreement(beliefs, i, group, without):
    """On how many dimensions ``i`` holds the opposite of each of a group, over all of them.

    Themselves and ``without`` are left out; gives a float.
    """
    total = 0
    for m in group:
        if m != i and m != without:
            for d in range(beliefs.shape[1]):
                total += beliefs[i, d] * beliefs[m, d] < 0
    return float(total)


@in_place
def acquaintance(contact, familiarity, last_met, i, group, without, week):
    """How familiar ``i`` is with a group in all, themselves and ``without`` left out."""
    total = 0.0
    for m in group:
        if m != i and m != without:
            total += familiar(contact, familiarity, last_met, i, m, week)
    return total


def redraw_boundaries(organization: Organization, churn: float) -> None:
    """Let a share of the front line exchange units, and so managers."""
    luck = draws(organization.key("who changes unit"), organization.people)
    front = np.flatnonzero(organization.level == 0)
    front = front[np.argsort(luck[front], kind="stable")]
    movers = front[: round(churn * len(front))]
    units, managers = organization.unit[front].tolist(), organization.manager[front].tolist()
    manager_of = dict(zip(units, managers, strict=True))
    exchange_places(organization.unit, movers, organization.key("new units"))
    organization.manager[movers] = [manager_of[unit] for unit in organization.unit[movers].tolist()]
    gather_teams(organization)
