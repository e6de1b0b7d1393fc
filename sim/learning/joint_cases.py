"""Joint cases: sitting in on a colleague's work, the way that tacit knowledge travels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import GROWTH, come_closer, fetch_dyad, find, first_place
from sim.cases import attempt
from sim.kernels import in_place, inlined
from sim.learning.floor import TRUST_STEP
from sim.learning.groups import chosen_block, expected_of_other
from sim.learning.regulators import passes
from sim.look_ahead import GROUPS_AHEAD, coming_up, fetch, fetch_row
from sim.places.compartments import walled_off
from sim.randomness import draw, fold, unit
from sim.records import estimate
from sim.tallies import LEAKED, SOCIALIZATION_FLOW


class Skill(NamedTuple):
    """What comes of doing things: depth of practice and whether it was used, and company."""

    practice: NDArray[np.float32]
    used: NDArray[np.bool_]
    joint_hours: NDArray[np.float32]
    warmth: NDArray[np.float32]


class Cases(NamedTuple):
    """What decides a case, and what is learned by sitting in on it."""

    reality: NDArray[np.int8]
    code: NDArray[np.int8]
    formalization: float
    case_hours: float
    adoption: float
    deepening: float
    discount: float
    complexity: int
    #: Chance that a wall between cells keeps a case from happening, and whether leaks count.
    isolation: float
    counts_leaks: bool


@inlined
def number_of_cases(i, hours, people, rule, mine):
    """How many cases ``i``, whose key this week is ``mine``, sits in on in ``hours`` a member."""
    return int(hours * people.share[i] / rule.case_hours + unit(fold(mine, 0)))


@inlined
def colleague(members, a, word):
    """Whose case the member in place ``a`` sits in on: any other's."""
    place = int(draw(word, 0, 5) * (len(members) - 1))
    return members[place + (place >= a)]


@in_place
def fetch_first_cases(
    members, g, own_group, hours, seen, held, people, dyads, trust, skill, rule, key
):
    """Ask for what the first case of each of ``members`` of group ``g`` takes (``look_ahead``)."""
    contact, familiarity, last_met = dyads
    for a in range(len(members) if len(members) > 1 else 0):
        i = members[a]
        mine = fold(key, people.person[i])
        if own_group[i] != g or number_of_cases(i, hours, people, rule, mine) == 0:
            continue
        j = colleague(members, a, fold(mine, 0))
        for one in (i, j):
            place = first_place(contact, i + j - one)
            fetch_dyad(contact, familiarity, last_met, one, place)
            fetch_row(seen.success, one)
            fetch_row(seen.cases, one)
        fetch(trust, (i, first_place(contact, j)))
        fetch_row(seen.beliefs, j)
        fetch_row(held.beliefs, i)
        fetch_row(skill.used, i)
        fetch_row(skill.practice, i)


@in_place
def practise_together(
    groups,
    own_group,
    hours,
    seen,
    held,
    people,
    dyads,
    trust,
    skill,
    rule,
    regulators,
    needs,
    tally,
    week,
    key,
):
    """Let members sit in on cases of others in their group.

    Each does so in the group that is ``own_group`` (people,), with any other member of it.
    ``hours`` a week a member, at ``case_hours`` a case. From a colleague whose record beats one's
    own each belief on the block, spoken or not, is taken over with probability ``adoption *
    familiarity`` as far as it passes the regulators, and stays tacit; it adds to the colleague's
    influence. Practice deepens by ``deepening``. Both come to know each other, and trust moves
    towards the case's outcome. A case that a wall between cells keeps from happening is lost time.
    ``needs`` are as noted by ``note_needs``.
    """
    start, member = groups.start, groups.member
    beliefs, articulated, success, cases = held.beliefs, held.articulated, seen.success, seen.cases
    contact, familiarity, last_met = dyads
    person, cell, home = people.person, people.cell, people.home
    apart = GROWTH**rule.case_hours
    for g in range(groups.first, groups.last):
        members = member[start[g] : start[g + 1]]
        fetch_first_cases(
            *(coming_up(start, member, g), g + GROUPS_AHEAD, own_group, hours, seen, held, people),
            *(dyads, trust, skill, rule, key),
        )
        if len(members) < 2:
            continue
        for a in range(len(members)):
            i = members[a]
            if own_group[i] != g:
                continue
            mine = fold(key, person[i])
            for n in range(number_of_cases(i, hours, people, rule, mine)):
                word = fold(mine, n)
                j = colleague(members, a, word)
                if rule.isolation > 0.0 and walled_off(
                    cell, i, j, rule.isolation, draw(word, 0, 8)
                ):
                    continue
                b = chosen_block(groups, g, needs, draw(word, 0, 6))
                known = come_closer(contact, familiarity, trust, last_met, i, j, apart, week)
                come_closer(contact, familiarity, trust, last_met, j, i, apart, week)
                for k in (i, j):
                    skill.joint_hours[k] += rule.case_hours
                    skill.warmth[k] += rule.case_hours * known
                place = find(contact, i, j)
                # Asked for before the case, so that it is there when the case is done.
                trusted = trust[i, place]
                first, last = b * rule.complexity, (b + 1) * rule.complexity
                right, _ = attempt(
                    seen.beliefs[j],
                    rule.code,
                    rule.reality,
                    first,
                    last,
                    rule.formalization,
                    fold(word, 7),
                )
                outcome = 1.0 if right else 0.0
                trust[i, place] = trusted + TRUST_STEP * (outcome - trusted)
                own = estimate(success[i, b], cases[i, b], seen.mean)
                other = expected_of_other(
                    success[j, b], cases[j, b], seen.mean, home[i] != home[j], rule.discount
                )
                leaks = rule.counts_leaks and cell[i] != cell[j]
                for d in range(first, last):
                    skill.used[i, d] = True
                    skill.practice[i, d] = min(1.0, skill.practice[i, d] + rule.deepening)
                    value = seen.beliefs[j, d]
                    if other <= own or value == 0 or beliefs[i, d] == value:
                        continue
                    chance = rule.adoption * known * people.learning_rate[i]
                    chance *= passes(
                        regulators.strength,
                        regulators.self_efficacy[i],
                        regulators.ethics[i],
                        regulators.improper[d] == value,
                    )
                    if draw(word, 1, d) < chance:
                        beliefs[i, d] = value
                        articulated[i, d] = False
                        held.influence[j] += 1.0
                        tally[SOCIALIZATION_FLOW] += 1.0
                        if leaks:
                            tally[LEAKED] += 1.0
