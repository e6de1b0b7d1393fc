"""Sessions of communities: stories are told and listened to, views are taken over.

The kernels behind the mechanism ``communities``.
"""

from __future__ import annotations

import numpy as np

from sim.acquaintance.participation import closeness
from sim.acquaintance.ties import meet
from sim.kernels import in_place, kernel
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import COMBINATION_FLOW, COMMUNITY, EXTERNALIZATION_FLOW, STORIES_TOLD

#: How long a story takes (assumption), and how many an hour has room for.
STORY_HOURS = 0.25
STORIES_PER_HOUR = 1.0 / STORY_HOURS
#: What listening to a story counts as taking part, where telling one counts 1 (assumption).
LISTENING = 0.25
#: Share of what one took part in that still counts a week later: half of it after 13 weeks.
PARTICIPATION_KEPT = 0.5 ** (1.0 / 13.0)


@in_place
def plan_sessions(planned, community, hours):
    """Add to ``planned`` the ``hours`` (communities,) of the session of everybody's community."""
    for i in range(len(community)):
        planned[i, COMMUNITY] += hours[community[i]]


@kernel
def tell_stories(
    start,
    member,
    communities,
    low,
    high,
    hours,
    threshold,
    articulation,
    uptake,
    safety,
    legitimacy,
    support,
    share,
    complexity,
    seen_beliefs,
    seen_articulated,
    seen_success,
    seen_cases,
    mean,
    practice,
    fear,
    beliefs,
    articulated,
    influence,
    learning_rate,
    contact,
    familiarity,
    trust,
    last_met,
    joint_hours,
    warmth,
    community,
    participation,
    encouragement,
    gained,
    person,
    tally,
    week,
    key,
):
    """Hold a session in every community: some members tell a story, the others listen.

    It lasts ``hours`` (communities,). A teller, drawn among the members, picks a tacit belief of
    theirs on the community's blocks (``low`` to ``high``) that is practised enough. Listeners are
    those who had time to come; they take it up from a teller whose record on that block is at least
    their own. Both have taken part, and the teller is encouraged by having listeners. A belief that
    a listener takes over adds 1 to the teller's ``influence`` (people,); ``gained`` (people,)
    counts what each took over or found words for. The numbers are named as parameters.
    """
    for i in range(len(participation)):
        participation[i] *= PARTICIPATION_KEPT
    alike = np.empty(0)
    for g in range(communities):
        members = member[start[g] : start[g + 1]]
        if len(members) < 2:
            continue
        room = STORIES_PER_HOUR * hours[g]
        stories = int(room + draw(fold(key, g), 0, 0))
        weights = alike
        if legitimacy > 0.0 and stories > 0:
            weights = closeness(members, contact, familiarity, last_met, community, week)
            for a in range(len(members)):
                weights[a] = 1.0 - legitimacy + legitimacy * weights[a]
        for n in range(stories):
            word = fold(fold(key, g), n + 1)
            teller = members[_place(weights, len(members), draw(word, 0, 0))]
            here = draw(word, 0, 1) < share[teller]
            if not here or draw(word, 0, 2) < fear[teller] - safety:
                continue
            d = _pick_tacit(
                seen_beliefs[teller],
                seen_articulated[teller],
                practice[teller],
                low[g] * complexity,
                high[g] * complexity,
                threshold,
                draw(word, 0, 3),
            )
            if d < 0:
                continue
            tally[STORIES_TOLD] += 1.0
            participation[teller] += 1.0
            worded = draw(word, 0, 4) < articulation
            value = seen_beliefs[teller, d]
            if worded and beliefs[teller, d] == value:
                articulated[teller, d] = True
                gained[teller] += 1.0
                tally[EXTERNALIZATION_FLOW] += 1.0
            b = d // complexity
            standing = estimate(seen_success[teller, b], seen_cases[teller, b], mean)
            for i in members:
                if i == teller or draw(word, person[i], 5) >= share[i]:
                    continue
                known = meet(contact, familiarity, trust, last_met, i, teller, STORY_HOURS, week)
                meet(contact, familiarity, trust, last_met, teller, i, STORY_HOURS, week)
                for k in (i, teller):
                    joint_hours[k] += STORY_HOURS
                    warmth[k] += STORY_HOURS * known
                participation[i] += LISTENING
                if support > 0.0:
                    # More than 1 in all counts for nothing (see ``self_efficacy``).
                    missing = max(1.0 - encouragement[teller], 0.0)
                    encouragement[teller] += min(support, missing)
                own = estimate(seen_success[i, b], seen_cases[i, b], mean)
                if not worded or standing < own or (beliefs[i, d] == value and articulated[i, d]):
                    continue
                if draw(word, person[i], 6) < uptake * learning_rate[i]:
                    # Words for what one did oneself are no belief of another's.
                    influence[teller] += beliefs[i, d] != value
                    beliefs[i, d] = value
                    articulated[i, d] = True
                    gained[i] += 1.0
                    tally[EXTERNALIZATION_FLOW] += 1.0


@in_place
def _place(weights, count, luck):
    """Which of ``count`` members is drawn: in proportion to ``weights``, or alike without any."""
    total = 0.0
    for weight in weights:
        total += weight
    if total <= 0.0:
        return int(luck * count)
    reached = 0.0
    for a in range(count):
        reached += weights[a]
        if luck * total < reached:
            return a
    return count - 1


@in_place
def fall_in(
    start,
    member,
    communities,
    low,
    high,
    conformity,
    hours,
    share,
    complexity,
    seen_beliefs,
    seen_articulated,
    beliefs,
    articulated,
    person,
    tally,
    key,
):
    """Let members of every community take the view of most of them on a dimension of its topic.

    Whoever is there and can explain a belief speaks for it, and heads are counted, not merits.
    Members are there for ``hours`` (communities,) with the chance ``share`` (people,), and fall in
    with the chance ``conformity`` an hour. That is nobody's influence in particular.
    """
    for g in range(communities):
        members = member[start[g] : start[g + 1]]
        word = fold(key, g)
        first, last = low[g] * complexity, high[g] * complexity
        d = first + int(draw(word, 0, 0) * (last - first))
        votes = 0
        for j in members:
            if seen_articulated[j, d] and draw(word, person[j], 2) < share[j]:
                votes += seen_beliefs[j, d]
        value = 1 if votes > 0 else -1
        for i in members:
            if votes == 0 or beliefs[i, d] == value or draw(word, person[i], 2) >= share[i]:
                continue
            if draw(word, person[i], 1) < conformity * hours[g]:
                beliefs[i, d] = value
                articulated[i, d] = True
                tally[COMBINATION_FLOW] += 1.0


@in_place
def _pick_tacit(beliefs, articulated, practice, first, last, threshold, luck):
    """A dimension from ``first`` to ``last - 1`` with a practised, unspoken belief, or -1."""
    found = 0
    for d in range(first, last):
        if beliefs[d] != 0 and not articulated[d] and practice[d] >= threshold:
            found += 1
    target = int(luck * found)
    for d in range(first, last):
        if beliefs[d] != 0 and not articulated[d] and practice[d] >= threshold:
            if target == 0:
                return d
            target -= 1
    return -1


@in_place
def kindle(purpose, rate, community, hours, share):
    """Raise ``purpose`` (people,) by the share ``rate`` of the way to 1 per hour in session.

    A session of each ``community`` (people,) lasts ``hours`` (communities,), of which people are
    there for their ``share`` (people,).
    """
    for i in range(len(purpose)):
        attended = hours[community[i]] * share[i]
        purpose[i] = 1.0 - (1.0 - purpose[i]) * (1.0 - rate) ** attended
