"""Unnoticed learning: people pick up from those around them how things are done.

Nobody sets time aside for it and nobody can explain afterwards what they picked up. It comes from
what somebody nearby did this week, whoever does well or badly [MarsickWatkins1990; document 003].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kernels import in_place
from sim.learning.regulators import REGULATOR_READS, Regulators, passes
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.reinforcement import pick_used
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.compartments import walled_off
from sim.randomness import draw, fold
from sim.tallies import LEAKED, LEARNED_UNNOTICED, SOCIALIZATION_FLOW

if TYPE_CHECKING:
    from sim.organization import Organization


class IncidentalParameters(Parameters):
    rate: float = parameter(
        0.0,
        unit="probability per contact and week",
        bounds=(0, 1),
        doc="Chance to pick something up from somebody one works beside, and the same from "
        "somebody one met this week.",
        source="0-.02 a contact (MECHANISMS A1); " + ASSUMPTION,
    )


@in_place
def somebody_beside(members, i, luck):
    """One of the ``members`` of a unit other than ``i``, all alike; -1 where there is none."""
    count = 0
    for j in members:
        count += j != i
    if count == 0:
        return -1
    target, passed, place = int(luck * count), 0, -1
    while passed <= target:
        place += 1
        passed += members[place] != i
    return members[place]


@in_place
def somebody_met(contact, familiarity, last_met, i, week, places, luck):
    """One of those whom ``i`` met this ``week``, by how well ``i`` knows them; -1 for nobody.

    ``places`` (contacts,) is room to list where they stand.
    """
    others, familiar_with, met = contact[i], familiarity[i], last_met[i]
    # Without a branch: whom one met this week nobody can foresee.
    count = 0
    for k in range(len(others)):
        places[count] = k
        count += (others[k] >= 0) & (met[k] == week)
    total = 0.0
    for n in range(count):
        total += familiar_with[places[n]]
    reached = 0.0
    for n in range(count):
        reached += familiar_with[places[n]]
        if luck * total < reached:
            return others[places[n]]
    return -1


@in_place
def work_beside(state, rate, strength, isolation, counts_leaks, week, key):
    """Let everybody pick something up; ``strength`` is that of ``Regulators`` (see ``rub_off``)."""
    rub_off(
        rate,
        state.used,
        state.opening_beliefs,
        (state.beliefs, state.articulated),
        (state.team_start, state.team_member, state.unit),
        (state.contact, state.familiarity, state.last_met),
        Regulators(strength, state.self_efficacy, state.ethics, state.improper),
        state.learning_rate,
        state.influence,
        (state.cell, isolation, counts_leaks),
        state.person,
        (state.happenings, state.happening_luck, state.met_places),
        state.tally,
        week,
        key,
    )


@in_place
def rub_off(
    rate,
    used,
    views,
    held,
    groups,
    dyads,
    regulators,
    learning_rate,
    influence,
    walls,
    person,
    room,
    tally,
    week,
    key,
):
    """Let everybody pick something up, with the chance ``rate * learning_rate`` on each occasion.

    The occasions are one member of the unit by lot and one person met this week. Of what the other
    ``used`` (people, dimensions) this week one dimension is seen, by lot; where the other's view of
    it (``views``, as the period opened) is another than one's own and passes the regulators, it is
    taken over and stays tacit.
    ``held`` are beliefs and articulated, which are written; ``groups`` where units begin, their
    members, and everybody's unit; ``dyads`` contact, familiarity and last_met; ``walls`` the cell
    of each, the chance that a wall between cells stands in a unit, and whether leaks count;
    ``room``, two numbers a person and one a contact, is overwritten.
    """
    beliefs, articulated = held
    start, member, unit = groups
    cell, isolation, counts_leaks = walls
    happenings, luck, places = room
    count = find_occasions(happenings, luck, rate, learning_rate, person, key)
    for happening in happenings[:count]:
        i, occasion = happening >> 1, happening & 1
        word = fold(fold(key, person[i]), occasion)
        in_unit = occasion == 0
        if in_unit:
            members = member[start[unit[i]] : start[unit[i] + 1]]
            j = somebody_beside(members, i, draw(word, 0, 1))
        else:
            j = somebody_met(*dyads, i, week, places, draw(word, 0, 1))
        if j < 0:
            continue
        if in_unit and isolation > 0.0 and walled_off(cell, i, j, isolation, draw(word, 0, 2)):
            continue
        d = pick_used(used[j], draw(word, 0, 3))
        if d < 0 or views[j, d] == 0 or beliefs[i, d] == views[j, d]:
            continue
        taken_up = passes(
            regulators.strength,
            regulators.self_efficacy[i],
            regulators.ethics[i],
            regulators.improper[d] == views[j, d],
        )
        if draw(word, 0, 4) >= taken_up:
            continue
        beliefs[i, d] = views[j, d]
        articulated[i, d] = False
        influence[j] += 1.0
        tally[LEARNED_UNNOTICED] += 1.0
        tally[SOCIALIZATION_FLOW] += 1.0
        if in_unit and counts_leaks and cell[i] != cell[j]:
            tally[LEAKED] += 1.0


@in_place
def find_occasions(happenings, luck, rate, learning_rate, person, key):
    """List on which occasions anything is picked up; gives how many.

    Of person ``i`` the number 2 i stands for the unit, 2 i + 1 for somebody met.
    """
    # Draws in a loop of their own: the machine makes several at a time.
    for i in range(len(person)):
        own = fold(key, person[i])
        luck[2 * i] = draw(fold(own, 0), 0, 0)
        luck[2 * i + 1] = draw(fold(own, 1), 0, 0)
    count = 0
    for i in range(len(person)):
        for happening in (2 * i, 2 * i + 1):
            happenings[count] = happening
            count += luck[happening] < rate * learning_rate[i]
    return count


class Incidental(Mechanism):
    name = "incidental"
    Parameters = IncidentalParameters
    reads = (
        *("beliefs", "used", "unit", "team_start", "team_member", "contact", "familiarity"),
        *("last_met", "learning_rate", "cell", "person", *REGULATOR_READS),
    )
    writes = ("beliefs", "articulated", "influence", "tally")
    null = {"incidental.rate": 0.0}

    def apply(self, organization: Organization) -> None:
        if self.parameters.rate == 0.0:
            return
        cells = organization.parameters["cells"]
        work_beside(
            organization.state,
            float(self.parameters.rate),
            float(organization.parameters["interpersonal"].regulators),
            float(cells.isolation),
            cells.isolation > 0.0 or cells.hours > 0.0,
            organization.period,
            organization.key("picking up"),
        )
