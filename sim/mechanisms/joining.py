"""Joining: communities arise as like minds find each other.

Now and then a person looks around through somebody they know in another community, and goes there
if it suits them better: if its members' interests, or its topic, lie closer to theirs, or they know
more of its members [document 002: communities evolve from like minds]. Whoever goes leaves familiar
faces behind; that is what it costs, the looking itself takes no hours. Where people start in
communities of their interest there is little to gain. Like minds may gather in a community whose
topic is not that of their jobs: what they then learn there is of less use to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.acquaintance.ties import faded
from sim.kernels import in_place
from sim.lots import order_by_lot
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.membership import list_places
from sim.randomness import draw, fold
from sim.tallies import COMMUNITIES_CHANGED

if TYPE_CHECKING:
    from sim.organization import Organization

#: Nobody leaves a cell of so many: an officer and a member stay (assumption).
LEAST_LEFT = 2


class JoiningParameters(Parameters):
    rate: float = parameter(
        0.0,
        unit="probability per person and week",
        bounds=(0, 1),
        doc="Chance that a person looks, through somebody they know, at another community, and "
        "moves to its smallest cell if it suits them better. A cell keeps two members.",
        source="document 002 (communities evolve from like minds); " + ASSUMPTION,
    )
    seek: Literal["like_minds", "topic"] = parameter(
        "like_minds",
        unit="choice",
        doc="What people want near their interest: like_minds: the mean interest of a community's "
        "members, whatever they meet about; topic: the middle of its topic.",
        source="document 002 (like minds); " + ASSUMPTION,
    )
    warmth: float = parameter(
        0.5,
        unit="interest per familiarity",
        bounds=(0, 100),
        doc="How much knowing its members draws a person to a community, beside interest; high: "
        "nobody leaves those they know.",
        source=ASSUMPTION,
    )


@in_place
def look_around(
    rate,
    warmth,
    interest,
    community,
    start,
    middle,
    contact,
    familiarity,
    last_met,
    person,
    week,
    key,
    interests,
    known,
    wish,
):
    """Write the community that each person wants to move to, -1 to stay, into ``wish`` (people,).

    Who looks does so through a contact elsewhere, drawn in proportion to familiarity now. They
    compare ``1 - |interest - mean interest of members| + warmth * mean familiarity with members``
    there and at home, themselves left out; or, instead of members' interest, the ``middle`` of
    each community's topic (communities,), unless that is empty. All look at communities as they
    now are. ``interests`` and ``known`` (communities,) are room for notes. Gives how many want to
    move.
    """
    people, communities, wishes = len(community), len(start) - 1, 0
    for c in range(communities):
        interests[c] = 0.0
    for i in range(people):
        interests[community[i]] += interest[i]
    for i in range(people):
        wish[i] = -1
        if draw(key, person[i], 0) >= rate:
            continue
        home = community[i]
        elsewhere = 0.0
        for c in range(communities):
            known[c] = 0.0
        for k in range(contact.shape[1]):
            if contact[i, k] >= 0:
                c, now = community[contact[i, k]], faded(familiarity[i, k], week - last_met[i, k])
                known[c] += now
                elsewhere += now if c != home else 0.0
        # A contact drawn by familiarity is a community drawn by the sum of it.
        if elsewhere <= 0.0:
            continue
        luck, there = draw(key, person[i], 1) * elsewhere, -1
        for c in range(communities):
            if c != home and known[c] > 0.0 and (there < 0 or luck >= 0.0):
                there = c
                luck -= known[c]
        hosts, others = start[there + 1] - start[there], start[home + 1] - start[home] - 1
        if others == 0:
            wish[i] = there
            wishes += 1
            continue
        at_home, away = (interests[home] - interest[i]) / others, interests[there] / hosts
        if len(middle) > 0:
            at_home, away = middle[home], middle[there]
        stay = warmth * known[home] / others - abs(interest[i] - at_home)
        go = warmth * known[there] / hosts - abs(interest[i] - away)
        if go > stay:
            wish[i] = there
            wishes += 1
    return wishes


@in_place
def move_to_cells(wish, order, community, cell, cell_community, size):
    """Let those with a ``wish`` move to the smallest cell there, one by one in this ``order``.

    Writes ``community`` and ``cell`` (people,). Who would leave fewer than ``LEAST_LEFT`` behind
    stays. ``size`` (cells,) is room for notes. Gives the number of those who moved.
    """
    for c in range(len(size)):
        size[c] = 0
    for c in cell:
        size[c] += 1
    moved = 0
    for i in order:
        if size[cell[i]] <= LEAST_LEFT:
            continue
        smallest = -1
        for c in range(len(size)):
            if cell_community[c] == wish[i] and (smallest < 0 or size[c] < size[smallest]):
                smallest = c
        size[cell[i]] -= 1
        size[smallest] += 1
        community[i], cell[i] = wish[i], smallest
        moved += 1
    return moved


@in_place
def find_middles(topic, middle):
    """Write where the topic of each community has its middle, from 0 to 1, into ``middle``."""
    for c in range(len(topic)):
        middle[c] = (topic[c] + 0.5) / len(topic)


@in_place
def list_movers(wish, key, mover, lot):
    """List who has a ``wish``, and the ``lot`` of each that says who moves first."""
    movers = 0
    for i in range(len(wish)):
        if wish[i] >= 0:
            mover[movers], lot[movers] = i, fold(fold(key, i), 0)
            movers += 1


@in_place
def join(state, rate, warmth, seeks_topic, cells, week, looking, moving):
    """Let people look around, move where they wish, and be listed there.

    ``cells`` is how many there are; ``looking`` and ``moving`` are the keys of who looks and who
    moves first.
    """
    community, cell, wish, middle = state.community, state.cell, state.wish, state.topic_middle
    mover, order, tally = state.mover, state.mover_order, state.tally
    lot, first = state.mover_lot, state.mover_first
    size, cell_community = state.cell_size, state.cell_community
    if seeks_topic:
        find_middles(state.community_topic, middle)
    wishes = look_around(
        rate,
        warmth,
        state.interest,
        community,
        state.community_start,
        middle if seeks_topic else middle[:0],
        state.contact,
        state.familiarity,
        state.last_met,
        state.person,
        week,
        looking,
        state.interests,
        state.known_there,
        wish,
    )
    if wishes == 0:
        return
    list_movers(wish, moving, mover, lot)
    order_by_lot(lot, wishes, first, order)
    for n in range(wishes):
        order[n] = mover[order[n]]
    moved = move_to_cells(wish, order[:wishes], community, cell, cell_community, size[:cells])
    tally[COMMUNITIES_CHANGED] += moved
    if moved > 0:
        list_places(state, cells)


class Joining(Mechanism):
    name = "joining"
    Parameters = JoiningParameters
    reads = (
        *("interest", "person", "contact", "familiarity", "last_met", "tenure"),
        *("cell_community", "community_topic"),
    )
    writes = (
        *("community", "community_start", "community_member", "cell", "cell_start"),
        *("cell_member", "officer", "tally"),
    )
    null = {"joining.rate": 0.0}

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        if parameters.rate == 0.0:
            return
        join(
            organization.state,
            float(parameters.rate),
            float(parameters.warmth),
            parameters.seek == "topic",
            organization.cells,
            organization.period,
            organization.key("who looks around"),
            organization.key("who moves first"),
        )
