"""An open programme: who registers and begins, what is taken over in a week of it, who stays.

The kernels behind the mechanism ``programme``.
"""

from __future__ import annotations

import math

from sim.acquaintance.ties import faded
from sim.kernels import in_place, inlined
from sim.learning.groups import over_hours
from sim.randomness import draw, fold
from sim.tallies import PROGRAMME

#: What ``programme_stage`` says of a person.
OUTSIDE, REGISTERED, TAKING_PART, DROPPED_OUT, COMPLETED = range(5)


@in_place
def plan_hours(planned, stage, hours):
    """Add ``hours`` to ``planned`` (people, activities) for those who take part."""
    for i in range(len(stage)):
        if stage[i] == TAKING_PART:
            planned[i, PROGRAMME] += hours


@in_place
def enrol(stage, taken, purpose, invitation, first_step, person, key):
    """Let people register and begin, in place; gives how many did the one and the other.

    Parameters
    ----------
    stage, taken : int8 and int32 arrays, shape (people,)
        Where everybody stands, and weeks taken part in; both start anew for who registers. Who has
        completed the programme does not come again.
    purpose : float array, shape (people,)
        Sense of a common purpose: at .5 one registers with the chance ``invitation``.
    first_step : float
        Chance that who has registered begins.
    person : uint64 array, shape (people,)
        Who sits on each seat.
    key : uint64
        Names this decision in this period.
    """
    registered, begun = 0, 0
    for i in range(len(stage)):
        if stage[i] == COMPLETED:
            continue
        if stage[i] == TAKING_PART:
            stage[i] = DROPPED_OUT
        word = fold(key, person[i])
        if draw(word, 0, 0) >= invitation * (0.5 + purpose[i]):
            continue
        stage[i], taken[i] = REGISTERED, 0
        registered += 1
        if draw(word, 1, 0) < first_step:
            stage[i] = TAKING_PART
            begun += 1
    return registered, begun


@in_place
def find_present(here, stage, share, person, key):
    """Note who is ``here`` (people,): who takes part and has the time, the ``share`` planned.

    Gives how many there are.
    """
    count = 0
    for i in range(len(here)):
        # Who has all the time comes, whatever is drawn.
        here[i] = stage[i] == TAKING_PART and (
            share[i] >= 1.0 or draw(key, person[i], 0) < share[i]
        )
        count += here[i]
    return count


@in_place
def compose(said, reality, first, accuracy, key):
    """Say what works on the dimensions from ``first`` on, each rightly with chance ``accuracy``.

    Writes ``said`` (dimensions of a block).
    """
    for place in range(len(said)):
        d = first + place
        said[place] = reality[d] if draw(key, d, 0) < accuracy else -reality[d]


@in_place
def raise_purpose(purpose, rate, here):
    """Raise the purpose of those who are ``here`` (people,) by ``rate`` of the way to 1."""
    for i in range(len(purpose)):
        purpose[i] = 1.0 - (1.0 - purpose[i]) * (1.0 - rate if here[i] else 1.0)


@in_place
def hear(here, said, first, hours, uptake, beliefs, articulated, learning_rate, person, key):
    """Let those who are ``here`` (people,) take over what is said; gives how many beliefs.

    ``said`` (dimensions of a block) is what the programme holds to work on the dimensions from
    ``first`` on. Each belief that differs is taken over with the chance ``uptake * learning_rate``
    an hour, and can be explained.
    """
    adopted = 0
    for i in range(len(here)):
        if not here[i]:
            continue
        chance = over_hours(uptake * learning_rate[i], hours)
        for place in range(len(said)):
            d = first + place
            if beliefs[i, d] == said[place]:
                continue
            if draw(key, person[i], place) < chance:
                beliefs[i, d] = said[place]
                articulated[i, d] = True
                adopted += 1
    return adopted


@in_place
def side_with(start, member, support, encouragement):
    """Encourage everybody by ``support`` for each other person at their table.

    More than 1 in all counts for nothing (see ``self_efficacy``). ``start`` and ``member`` list
    the tables; ``encouragement`` (people,) is changed in place.
    """
    for table in range(len(start) - 1):
        others = start[table + 1] - start[table] - 1
        for i in member[start[table] : start[table + 1]]:
            missing = max(1.0 - encouragement[i], 0.0)
            encouragement[i] += min(support * others, missing)


@inlined
def share_taking_part(i, part, contact, familiarity, last_met, week):
    """Share of the contacts of ``i`` who take part, weighted by how well ``i`` knows them now."""
    known, together = 0.0, 0.0
    for k in range(contact.shape[1]):
        j = contact[i, k]
        weight = faded(familiarity[i, k], week - last_met[i, k]) if j >= 0 else 0.0
        known += weight
        together += weight * part[j]
    return together / known if known > 0.0 else 0.0


@in_place
def stay_or_go(
    stage,
    part,
    taken,
    self_efficacy,
    purpose,
    share,
    contact,
    familiarity,
    last_met,
    odds,
    last,
    week,
    person,
    key,
):
    """Decide at the end of a week of the programme who goes on, in place; gives who completed.

    ``part`` (people,) is overwritten: who took part in the week that ends.
    ``odds`` are the log odds of staying: at middling self-efficacy and purpose, alone and with
    time for it; what is added where all contacts take part; what is lost without any time.
    ``share`` (people,) is the time each had, as a part of what they had planned. ``last`` says
    that this week is the last one.
    """
    for i in range(len(stage)):
        part[i] = stage[i] == TAKING_PART
    completed = 0
    for i in range(len(stage)):
        if not part[i]:
            continue
        taken[i] += 1
        others = share_taking_part(i, part, contact, familiarity, last_met, week)
        own = (2.0 * self_efficacy[i] - 1.0) + (2.0 * purpose[i] - 1.0)
        stays = odds[0] + own + odds[1] * others + odds[2] * (share[i] - 1.0)
        if draw(key, person[i], 0) >= 1.0 / (1.0 + math.exp(-stays)):
            stage[i] = DROPPED_OUT
        elif last:
            stage[i] = COMPLETED
            completed += 1
    return completed
