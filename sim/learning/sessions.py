"""Sessions of communities: stories are told and listened to, views are taken over.

The kernels behind the mechanism ``communities``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.participation import note_closeness
from sim.acquaintance.ties import GROWTH, come_closer, come_closer_in_turn, fetch_dyad, first_place
from sim.kernels import in_place, inlined
from sim.learning.meetings import dyads_in, held_in, seen_in
from sim.look_ahead import FAR
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import COMBINATION_FLOW, COMMUNITY, EXTERNALIZATION_FLOW, STORIES_TOLD

#: How long a story takes (assumption), and how many an hour has room for.
STORY_HOURS = 0.25
STORIES_PER_HOUR = 1.0 / STORY_HOURS
#: What listening to a story counts as taking part, where telling one counts 1 (assumption).
LISTENING = 0.25
#: Listeners between the one whose turn it is and the one that is asked for (``look_ahead``).
LISTENERS_AHEAD = 12
#: Share of what one took part in that still counts a week later: half of it after 13 weeks.
PARTICIPATION_KEPT = 0.5 ** (1.0 / 13.0)


class Stories(NamedTuple):
    """The rule of telling and hearing as plain numbers; named as parameters."""

    threshold: float
    articulation: float
    uptake: float
    safety: float
    legitimacy: float
    support: float
    #: Dimensions of a block.
    complexity: int


class Session(NamedTuple):
    """Who takes part in sessions, and what these are about and leave behind."""

    #: Each community's members: ``member[start[g]:start[g + 1]]``, and its blocks.
    start: NDArray[np.int32]
    member: NDArray[np.int32]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    #: (communities,) hours it lasts.
    hours: NDArray[np.float64]
    #: (people,) the part of the time that each had, and what they are like.
    share: NDArray[np.float32]
    fear: NDArray[np.float32]
    learning_rate: NDArray[np.float32]
    practice: NDArray[np.float32]
    person: NDArray[np.uint64]
    #: (people,) what listening and telling leaves.
    participation: NDArray[np.float32]
    encouragement: NDArray[np.float32]
    gained: NDArray[np.float32]
    joint_hours: NDArray[np.float32]
    warmth: NDArray[np.float32]
    trust: NDArray[np.float32]
    tally: NDArray[np.float64]
    #: (2,) places of the contacts that a teller knows least (see ``come_closer_in_turn``).
    weak: NDArray[np.int64]


@in_place
def note_lengths(hours, change, lengths):
    """Write the ``lengths`` of sessions, ``hours`` and what communities have changed of them.

    The last two are (communities,).
    """
    for g in range(len(lengths)):
        lengths[g] = max(change[g] + hours, 0.0)


@in_place
def plan_sessions(planned, community, hours):
    """Add to ``planned`` the ``hours`` (communities,) of the session of everybody's community."""
    for i in range(len(community)):
        planned[i, COMMUNITY] += hours[community[i]]


@inlined
def sessions_in(state):
    """``Session``, of lengths and blocks that have been noted."""
    return Session(
        state.community_start,
        state.community_member,
        state.topic_low,
        state.topic_high,
        state.session_length,
        state.learning_share,
        state.fear,
        state.learning_rate,
        state.practice,
        state.person,
        state.participation,
        state.encouragement,
        state.session_gains,
        state.joint_hours,
        state.warmth,
        state.trust,
        state.tally,
        state.weak_contacts,
    )


@in_place
def tell_stories(state, rule, week, key):
    """Hold a session in every community: some members tell a story, the others listen.

    A teller, drawn among the members, picks a tacit belief of theirs on the community's blocks that
    is practised enough. Listeners are those who had time to come. ``rule`` is ``Stories``.
    """
    session, community = sessions_in(state), state.community
    seen, held, dyads = seen_in(state), held_in(state), dyads_in(state)
    weight, places = state.telling_weight, state.known_members
    participation = session.participation
    for i in range(len(participation)):
        participation[i] *= PARTICIPATION_KEPT
    for g in range(len(session.hours)):
        members = session.member[session.start[g] : session.start[g + 1]]
        if len(members) < 2:
            continue
        word = fold(key, g)
        stories = int(STORIES_PER_HOUR * session.hours[g] + draw(word, 0, 0))
        weights = weight[:0]
        if rule.legitimacy > 0.0 and stories > 0:
            weights = weight[: len(members)]
            contact, familiarity, last_met = dyads.contact, dyads.familiarity, dyads.last_met
            note_closeness(
                members, contact, familiarity, last_met, community, week, weights, places
            )
            for a in range(len(members)):
                weights[a] = 1.0 - rule.legitimacy + rule.legitimacy * weights[a]
        for n in range(stories):
            story = fold(word, n + 1)
            teller = members[_place(weights, len(members), draw(story, 0, 0))]
            d = tellable(teller, g, session, seen, rule, story)
            if d >= 0:
                tell(teller, d, members, session, seen, held, dyads, rule, week, story)


@in_place
def tellable(teller, g, session, seen, rule, word):
    """The dimension of which a ``teller`` tells community ``g``; -1 if they have no story to tell.

    Nor have they who did not come, or do not dare.
    """
    here = draw(word, 0, 1) < session.share[teller]
    if not here or draw(word, 0, 2) < session.fear[teller] - rule.safety:
        return -1
    return _pick_tacit(
        seen.beliefs[teller],
        seen.articulated[teller],
        session.practice[teller],
        session.low[g] * rule.complexity,
        session.high[g] * rule.complexity,
        rule.threshold,
        draw(word, 0, 3),
    )


@in_place
def tell(teller, d, members, session, seen, held, dyads, rule, week, word):
    """Let a ``teller`` tell of dimension ``d``, perhaps in words, and ``members`` listen.

    Listeners take it up from a teller whose record on that block is at least their own. Both have
    taken part, and the teller is encouraged by having listeners. A belief that a listener takes
    over adds 1 to the teller's ``influence`` (people,); ``gained`` (people,) counts what each took
    over or found words for.
    """
    participation, gained, tally = session.participation, session.gained, session.tally
    beliefs, articulated, person = held.beliefs, held.articulated, session.person
    encouragement, share, trust = session.encouragement, session.share, session.trust
    contact, familiarity, last_met = dyads
    tally[STORIES_TOLD] += 1.0
    participation[teller] += 1.0
    worded = draw(word, 0, 4) < rule.articulation
    value = seen.beliefs[teller, d]
    if worded and beliefs[teller, d] == value:
        articulated[teller, d] = True
        gained[teller] += 1.0
        tally[EXTERNALIZATION_FLOW] += 1.0
    b, apart = d // rule.complexity, GROWTH**STORY_HOURS
    place = first_place(contact, teller)
    standing = estimate(seen.success[teller, b], seen.cases[teller, b], seen.mean)
    session.weak[0] = -1
    for a in range(len(members)):
        i = members[a]
        if len(participation) >= FAR:
            soon = members[min(a + LISTENERS_AHEAD, len(members) - 1)]
            fetch_dyad(contact, familiarity, last_met, soon, place)
        # Who had all the time has come, whatever is drawn.
        if i == teller or (share[i] < 1.0 and draw(word, person[i], 5) >= share[i]):
            continue
        known = come_closer(contact, familiarity, trust, last_met, i, teller, apart, week)
        come_closer_in_turn(
            *(contact, familiarity, trust, last_met, teller, i, apart, week), session.weak
        )
        for k in (i, teller):
            session.joint_hours[k] += STORY_HOURS
            session.warmth[k] += STORY_HOURS * known
        participation[i] += LISTENING
        if rule.support > 0.0:
            # More than 1 in all counts for nothing (see ``self_efficacy``).
            missing = max(1.0 - encouragement[teller], 0.0)
            encouragement[teller] += min(rule.support, missing)
        if not worded or (beliefs[i, d] == value and articulated[i, d]):
            continue
        own = estimate(seen.success[i, b], seen.cases[i, b], seen.mean)
        if standing < own:
            continue
        if draw(word, person[i], 6) < rule.uptake * session.learning_rate[i]:
            # Words for what one did oneself are no belief of another's.
            held.influence[teller] += beliefs[i, d] != value
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
            # Who had all the time has come, whatever is drawn.
            is_here = share[j] >= 1.0 or draw(word, person[j], 2) < share[j]
            if seen_articulated[j, d] and is_here:
                votes += seen_beliefs[j, d]
        value = 1 if votes > 0 else -1
        for i in members:
            if votes == 0 or beliefs[i, d] == value:
                continue
            if share[i] < 1.0 and draw(word, person[i], 2) >= share[i]:
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
        found += (beliefs[d] != 0) & (not articulated[d]) & (practice[d] >= threshold)
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
    # Most attend for as long as others: a power for each time and not for each person.
    usual, left = 0.0, 1.0
    for i in range(len(purpose)):
        attended = hours[community[i]] * share[i]
        if attended != usual:
            usual, left = attended, (1.0 - rate) ** attended
        purpose[i] = 1.0 - (1.0 - purpose[i]) * left
