"""Work: requests are handled oldest first; skill speeds, errors come back or are lost.

A request is right when the person acts rightly on all its dimensions. A failure is noticed with a
chance and returns to the queue; unnoticed it is lost quality. A noticed failure is worked around,
quickly and quietly, or raised, slowly and before others: people do what they expect to gain more
by, given what the failures cost them, how likely they think to be heard, backlog and fear
[TuckerEdmondson2003 for the two ways; the reckoning is an assumption]. With more than ``rush``
weeks of backlog nobody checks, unless management has requests checked before they go out: that
takes time, and nothing slips through. Nothing of a person but practice, ability and beliefs
enters handling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.cases import attempt
from sim.kernels import in_place, inlined
from sim.look_ahead import FAR, LINE, fetch, fetch_row
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import decision_key, fold, unit
from sim.records import HALF_LIFE, estimate, overall
from sim.tallies import (
    CASES_CHECKED,
    CASES_HANDLED,
    CLOSED_RIGHT,
    CLOSED_WRONG,
    FAILURE,
    FAILURES_NOTICED,
    FAILURES_RAISED,
    FAILURES_WORKED_AROUND,
    IDLE,
    RESPONSE_WEEKS,
    WORK,
)

if TYPE_CHECKING:
    from sim.organization import Organization


#: Share of a record that is left a week later, and that is gone.
KEPT = np.float32(0.5 ** (1.0 / HALF_LIFE))
#: People between the one who works and the one whose work is asked for (``look_ahead``).
DESKS_AHEAD = 3
FORGOTTEN = 1.0 - 0.5 ** (1.0 / HALF_LIFE)


class WorkParameters(Parameters):
    hours_per_case: float = parameter(
        2.0,
        unit="hours",
        bounds=(0.01, 1000),
        doc="A request takes this times (2 - mean practice on its block) / ability.",
        source=ASSUMPTION,
    )
    noticed: float = parameter(
        0.7,
        unit="probability per failure",
        bounds=(0, 1),
        doc="Chance that a failure is noticed, and the request returns to the queue.",
        source=ASSUMPTION,
    )
    rush: float = parameter(
        1.0,
        unit="weeks of backlog",
        bounds=(0, 100),
        doc="Backlog above which people no longer check their work.",
        source=ASSUMPTION + "; cutting corners under load: OlivaSterman2001",
    )
    workaround_hours: float = parameter(
        0.2, unit="hours", bounds=(0, 40), doc="Time a workaround takes.", source=ASSUMPTION
    )
    raise_hours: float = parameter(
        2.0,
        unit="hours",
        bounds=(0, 40),
        doc="Time it takes to raise a failure.",
        source=ASSUMPTION,
    )
    horizon: float = parameter(
        13.0,
        unit="weeks",
        bounds=(0, 520),
        doc="Over how long a person reckons what a remedied failure would save.",
        source=ASSUMPTION,
    )
    exposure_hours: float = parameter(
        8.0,
        unit="hours per unit of fear",
        bounds=(0, 1000),
        doc="What being exposed with a failure weighs for a person of fear 1, in hours.",
        source=ASSUMPTION,
    )
    checking: float = parameter(
        0.0,
        unit="share of requests",
        bounds=(0, 1),
        doc="Chance that a request is checked before it goes out, however much is waiting: then "
        "any failure of it is noticed.",
        source="document 003 (from price to trust: being reliable has its price); " + ASSUMPTION,
    )
    checking_hours: float = parameter(
        0.5, unit="hours", bounds=(0, 40), doc="Time a check takes.", source=ASSUMPTION
    )


class Ways(NamedTuple):
    """How work is done at present: the parameters of ``work`` and ``structure`` by their names."""

    formalization: float
    enabling: float
    hours_per_case: float
    noticed: float
    rush: float
    workaround_hours: float
    raise_hours: float
    horizon: float
    exposure_hours: float
    checking: float
    checking_hours: float


@in_place
def gains_more_by_raising(
    failing_hours, enabling, backlog, fear, horizon, workaround_hours, raise_hours, exposure_hours
):
    """Whether a person expects to gain more by raising a failure than by working around it.

    ``failing_hours`` is what failures of this kind cost the person a week; backlog, in weeks,
    makes every hour dearer.
    """
    gain = enabling * failing_hours * horizon
    cost = (raise_hours - workaround_hours) * (1.0 + backlog) + exposure_hours * fear
    return gain > cost


@in_place
def fade(record, kept):
    """Let a record (people, blocks) keep the share ``kept`` (float32) of what is in it."""
    for i in range(record.shape[0]):
        for b in range(record.shape[1]):
            record[i, b] *= kept


@in_place
def fade_records(state):
    """Let a week go by of all records of requests."""
    code_success, code_cases = state.code_success, state.code_cases
    fade(state.record_success, KEPT)
    fade(state.record_cases, KEPT)
    fade(state.unhappy, KEPT)
    for b in range(len(code_cases)):
        code_success[b] *= KEPT
        code_cases[b] *= KEPT


@inlined
def fetch_desk(state, i):
    """Ask for what ``i``, whose turn comes soon, handles requests by (see ``look_ahead``)."""
    head, step = state.queue_head[i], LINE // state.queue_block.itemsize
    # A week's requests stand in two lines of memory, most often.
    for place in range(head, min(head + 2 * step, state.queue_block.shape[1]), step):
        fetch(state.queue_block, (i, place))
        fetch(state.queue_week, (i, place))
        fetch(state.queue_number, (i, place))
        fetch(state.queue_tries, (i, place))
    fetch_row(state.hours, i)
    fetch_row(state.practice, i)
    fetch_row(state.record_success, i)
    fetch_row(state.record_cases, i)
    fetch_row(state.beliefs, i)
    fetch_row(state.used, i)


@in_place
def handle(state, ways, complexity, week, seed, decision):
    """Handle requests, person by person, for as many ``hours`` as nothing else has claimed.

    ``ways`` is a plain tuple in the order of ``Ways``. All draws about a request are keyed by the
    week it arrived in and its number, so it meets the same luck whoever handles it. ``unhappy``
    counts what goes out wrong, if it has columns.
    """
    ways = Ways(*ways)
    beliefs, code, reality, practice = state.beliefs, state.code, state.reality, state.practice
    used, ability, fear, hours = state.used, state.ability, state.fear, state.hours
    backlog, overtime = state.backlog, state.overtime
    block_of, week_of, number = state.queue_block, state.queue_week, state.queue_number
    tries, head, length = state.queue_tries, state.queue_head, state.queue_length
    record_success, record_cases = state.record_success, state.record_cases
    code_success, code_cases = state.code_success, state.code_cases
    week_cases, week_success = state.week_cases, state.week_success
    noticed, raised, unhappy, tally = state.noticed, state.raised, state.unhappy, state.tally
    fade_records(state)
    limit, handling = block_of.shape[1], decision_key(seed, decision)
    mean = overall(record_success, record_cases)
    checked, closed_right, closed_wrong, response_weeks = 0, 0, 0, 0
    for i in range(len(ability)):
        if len(ability) >= FAR:
            fetch_desk(state, min(i + DESKS_AHEAD, len(ability) - 1))
        # Rows of one person: a look into a row is cheaper than one into a table.
        blocks, weeks, numbers, attempts = block_of[i], week_of[i], number[i], tries[i]
        skill, success, cases = practice[i], record_success[i], record_cases[i]
        views, use, unhappy_with = beliefs[i], used[i], unhappy[i]
        budget = float(hours[i, IDLE])
        left = budget - overtime[i]
        spent, lost = min(budget, float(overtime[i])), 0.0
        handled, seen_right, around, up = 0, 0, 0, 0
        place, waiting, looks = head[i], length[i], backlog[i] <= ways.rush
        # A request that fails returns to the end of the queue, but not within the same week:
        # what stands there now is all that can be handled today.
        for _ in range(length[i]):
            if left <= 0.0:
                break
            at = np.uint64(place)  # which can stand at no end of a row: nothing to be checked
            b, arrived, r, t = blocks[at], weeks[at], numbers[at], attempts[at]
            place = place + 1 if place + 1 < limit else 0
            waiting -= 1
            first, last = b * complexity, (b + 1) * complexity
            depth = 0.0
            for d in range(first, last):
                depth += skill[np.uint64(d)]
                use[np.uint64(d)] = True
            takes = ways.hours_per_case * (2.0 - depth / complexity) / ability[i]
            left -= takes
            spent += takes
            word = fold(fold(fold(handling, arrived), r), t)
            right, by_code = attempt(views, code, reality, first, last, ways.formalization, word)
            # Half of all are decided one way or the other: numbers are chosen, ways are not.
            luck = fold(word, last)
            is_checked = unit(fold(luck, 1)) < ways.checking
            seen = right | is_checked | (looks & (unit(fold(luck, 0)) < ways.noticed))
            check = ways.checking_hours if is_checked else 0.0
            left -= check
            spent += check
            # What is not noticed passes for a success with everybody, oneself included.
            passes = right | (not seen)
            wrong = passes & (not right)
            handled += 1
            checked += is_checked
            seen_right += passes
            closed_right += right
            closed_wrong += wrong
            response_weeks += week - arrived if passes else 0
            kind = np.uint64(b)
            cases[kind] += 1.0
            success[kind] += passes
            code_cases[kind] += by_code
            code_success[kind] += by_code & passes
            if unhappy.shape[1] > 0:
                unhappy_with[kind] += wrong
            if passes:
                continue
            rate = cases[kind] * FORGOTTEN
            failing = 1.0 - estimate(success[kind], cases[kind], mean)
            raises = gains_more_by_raising(
                *(failing * rate * takes, ways.enabling, backlog[i], fear[i], ways.horizon),
                *(ways.workaround_hours, ways.raise_hours, ways.exposure_hours),
            )
            costs = ways.raise_hours if raises else ways.workaround_hours
            up += raises
            around += not raises
            lost += costs
            left -= costs
            end = place + waiting
            end -= limit if end >= limit else 0
            blocks[end], weeks[end], numbers[end], attempts[end] = b, arrived, r, t + 1
            waiting += 1
        head[i], length[i] = place, waiting
        week_cases[i], week_success[i], noticed[i], raised[i] = handled, seen_right, around, up
        tally[CASES_HANDLED] += handled
        tally[FAILURES_NOTICED] += up + around
        tally[FAILURES_RAISED] += up
        tally[FAILURES_WORKED_AROUND] += around
        # The last request may run into next week.
        overtime[i] = max(0.0, -left)
        hours[i, FAILURE] = min(lost, budget)
        hours[i, WORK] = min(spent, budget - hours[i, FAILURE])
        hours[i, IDLE] = max(budget - hours[i, WORK] - hours[i, FAILURE], 0.0)
    tally[CASES_CHECKED] += checked
    tally[CLOSED_RIGHT] += closed_right
    tally[CLOSED_WRONG] += closed_wrong
    tally[RESPONSE_WEEKS] += response_weeks


class Work(Mechanism):
    name = "work"
    Parameters = WorkParameters
    reads = (
        *("beliefs", "code", "reality", "practice", "ability", "fear", "backlog", "hours"),
        *("record_success", "record_cases", "queue_length"),
    )
    writes = (
        *("used", "hours", "overtime", "queue_block", "queue_week", "queue_number", "queue_tries"),
        *("queue_head", "queue_length", "record_success", "record_cases", "code_success"),
        *("code_cases", "week_cases", "week_success", "noticed", "raised", "tally"),
        "unhappy",
    )
    null = {"requests.load": 0.0}

    def apply(self, organization: Organization) -> None:
        work, structure = self.parameters, organization.parameters["structure"]
        ways = (
            *(structure.formalization, structure.enabling, work.hours_per_case, work.noticed),
            *(work.rush, work.workaround_hours, work.raise_hours, work.horizon),
            *(work.exposure_hours, work.checking, work.checking_hours),
        )
        handle(
            organization.state,
            tuple(map(float, ways)),
            organization.complexity,
            organization.period,
            organization.seed,
            organization.number("handling"),
        )
