"""Word of mouth: who was punished, or met kindly, or saw it, tells somebody who was not there.

A step of the mechanism ``climate``.
"""

from __future__ import annotations

from sim.acquaintance.ties import faded
from sim.kernels import in_place
from sim.randomness import draw, fold

#: How a failure is met.
PUNISHED, KIND = 0, 1


@in_place
def list_tellers(met, in_unit, unit, person, chances, tellers, keys):
    """List who tells of how failures were met: of person ``i`` 2 i + ``PUNISHED`` or ``KIND``.

    ``met`` (2, people) and ``in_unit`` (2, units) count failures. Who was met so knows of it for
    sure, others of the unit as witnesses with the first of the ``chances`` an event; they tell with
    the second. Gives how many.
    """
    visibility, rumour = chances
    # Whether one would tell is asked first: that is a draw, what one knows takes a power.
    ready = 0
    for i in range(len(unit)):
        for what in range(2):
            luck = draw(fold(keys[1 + what], person[i]), 0, 1)
            tellers[ready] = 2 * i + what
            ready += (in_unit[what, unit[i]] > 0) & (luck < rumour)
    count = 0
    for n in range(ready):
        i, what = tellers[n] >> 1, tellers[n] & 1
        others = in_unit[what, unit[i]] - met[what, i]
        tellers[count] = tellers[n]
        if met[what, i] > 0:
            count += 1
            continue
        luck = draw(fold(keys[1 + what], person[i]), 0, 0)
        count += luck >= (1.0 - visibility) ** others
    return count


@in_place
def spread_word(tellers, count, where, has_heard, reach, week, keys):
    """Let each of the tellers (see ``list_tellers``) tell one contact elsewhere.

    ``where`` are the unit and the manager of each, who they are, and their ties: contact,
    familiarity and last_met. Writes who ``has_heard`` (2, people); ``reach`` (contacts,) is room.
    """
    unit, manager, person, ties = where
    for j in range(len(unit)):
        has_heard[PUNISHED, j] = has_heard[KIND, j] = False
    last = -1
    for teller in tellers[:count]:
        i, what = teller >> 1, teller & 1
        if i != last:
            sum_up_others(i, unit, manager, ties, week, reach)
            last = i
        luck = draw(fold(keys[1 + what], person[i]), 0, 2)
        j = somebody_else(ties[0][i], reach, luck)
        if j >= 0:
            has_heard[what, j] = True


@in_place
def sum_up_others(i, unit, manager, ties, week, reach):
    """Sum up how well ``i`` knows contacts beyond their unit and its manager now.

    ``ties`` are contact, familiarity and last_met; writes the sums so far, ``reach`` (contacts,).
    """
    contact, familiarity, last_met = ties[0][i], ties[1][i], ties[2][i]
    mine, above, reached = unit[i], manager[i], 0.0
    for k in range(len(contact)):
        j = contact[k]
        # No branches: an empty place reads the last seat, and counts for nothing.
        counts = (j >= 0) & (unit[j] != mine) & (j != above)
        reached += faded(familiarity[k], week - last_met[k]) * counts
        reach[k] = reached


@in_place
def somebody_else(contact, reach, luck):
    """A contact by lot, of whom ``reach`` (contacts,) holds the sums of weights; -1 for nobody."""
    # Sums only rise: the first beyond the target comes after all that are not.
    place, target = 0, luck * reach[-1]
    for k in range(len(contact)):
        place += reach[k] <= target
    return contact[place] if place < len(contact) else -1


@in_place
def hear(heard, fear, step, goal):
    """Let all who ``heard`` (people,) of it move by ``step`` of the way from ``fear`` to ``goal``.

    Gives how many they are.
    """
    count = 0
    for i in range(len(fear)):
        if heard[i]:
            fear[i] += step * (goal - fear[i])
            count += 1
    return count
