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

from typing import TYPE_CHECKING

import numpy as np

from sim.cases import attempt
from sim.kernels import in_place, kernel
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import decision_key, draw, fold
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


@kernel
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
def handle(
    beliefs,
    code,
    reality,
    practice,
    used,
    ability,
    fear,
    hours,
    backlog,
    overtime,
    block_of,
    week_of,
    number,
    tries,
    head,
    length,
    record_success,
    record_cases,
    code_success,
    code_cases,
    week_cases,
    week_success,
    noticed,
    raised,
    unhappy,
    tally,
    complexity,
    formalization,
    enabling,
    settings,
    week,
    seed,
    decision,
):
    """Handle requests, person by person, for as many ``hours`` as nothing else has claimed.

    ``settings`` are, in order: hours per case, chance of noticing, rush, workaround hours, raise
    hours, horizon, exposure hours, chance of a check and its hours. All draws about a request are
    keyed by the week it arrived in and its number, so it meets the same luck whoever handles it.
    ``unhappy`` (people, blocks) counts what goes out wrong, if it has columns.
    """
    limit, handling = block_of.shape[1], decision_key(seed, decision)
    mean = overall(record_success, record_cases)
    for i in range(len(ability)):
        budget = float(hours[i, IDLE])
        left = budget - overtime[i]
        spent, lost = min(budget, float(overtime[i])), 0.0
        week_cases[i] = 0.0
        week_success[i] = 0.0
        noticed[i] = 0
        raised[i] = 0
        # A request that fails returns to the end of the queue, but not within the same week:
        # what stands there now is all that can be handled today.
        for _ in range(length[i]):
            if left <= 0.0:
                break
            place = head[i]
            b, arrived, r, t = (
                block_of[i, place],
                week_of[i, place],
                number[i, place],
                tries[i, place],
            )
            head[i] = place + 1 if place + 1 < limit else 0
            length[i] -= 1
            first, last = b * complexity, (b + 1) * complexity
            depth = 0.0
            for d in range(first, last):
                depth += practice[i, d]
                used[i, d] = True
            takes = settings[0] * (2.0 - depth / complexity) / ability[i]
            left -= takes
            spent += takes
            word = fold(fold(fold(handling, arrived), r), t)
            right, by_code = attempt(beliefs[i], code, reality, first, last, formalization, word)
            tally[CASES_HANDLED] += 1.0
            week_cases[i] += 1.0
            record_cases[i, b] += 1.0
            if by_code:
                code_cases[b] += 1.0
            seen = right or (backlog[i] <= settings[2] and draw(word, last, 0) < settings[1])
            if settings[7] > 0.0 and draw(word, last, 1) < settings[7]:
                seen = True
                left -= settings[8]
                spent += settings[8]
                tally[CASES_CHECKED] += 1.0
            if right or not seen:
                # What is not noticed passes for a success with everybody, oneself included.
                record_success[i, b] += 1.0
                week_success[i] += 1.0
                if by_code:
                    code_success[b] += 1.0
                tally[CLOSED_RIGHT if right else CLOSED_WRONG] += 1.0
                tally[RESPONSE_WEEKS] += week - arrived
                if not right and unhappy.shape[1] > 0:
                    unhappy[i, b] += 1.0
                continue
            tally[FAILURES_NOTICED] += 1.0
            rate = record_cases[i, b] * (1.0 - 0.5 ** (1.0 / HALF_LIFE))
            failing = 1.0 - estimate(record_success[i, b], record_cases[i, b], mean)
            if gains_more_by_raising(
                failing * rate * takes,
                enabling,
                backlog[i],
                fear[i],
                settings[5],
                settings[3],
                settings[4],
                settings[6],
            ):
                raised[i] += 1
                lost += settings[4]
                left -= settings[4]
                tally[FAILURES_RAISED] += 1.0
            else:
                noticed[i] += 1
                lost += settings[3]
                left -= settings[3]
                tally[FAILURES_WORKED_AROUND] += 1.0
            place = head[i] + length[i]
            place -= limit if place >= limit else 0
            block_of[i, place], week_of[i, place] = b, arrived
            number[i, place], tries[i, place] = r, t + 1
            length[i] += 1
        # The last request may run into next week.
        overtime[i] = max(0.0, -left)
        hours[i, FAILURE] = min(lost, budget)
        hours[i, WORK] = min(spent, budget - hours[i, FAILURE])
        hours[i, IDLE] = max(budget - hours[i, WORK] - hours[i, FAILURE], 0.0)


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
        parameters = self.parameters
        structure = organization.parameters["structure"]
        kept = np.float32(0.5 ** (1.0 / HALF_LIFE))
        for record in ("record_success", "record_cases", "code_success", "code_cases", "unhappy"):
            getattr(organization, record)[:] *= kept
        handle(
            organization.beliefs,
            organization.code,
            organization.reality,
            organization.practice,
            organization.used,
            organization.ability,
            organization.fear,
            organization.hours,
            organization.backlog,
            organization.overtime,
            organization.queue_block,
            organization.queue_week,
            organization.queue_number,
            organization.queue_tries,
            organization.queue_head,
            organization.queue_length,
            organization.record_success,
            organization.record_cases,
            organization.code_success,
            organization.code_cases,
            organization.week_cases,
            organization.week_success,
            organization.noticed,
            organization.raised,
            organization.unhappy,
            organization.tally,
            organization.complexity,
            structure.formalization,
            structure.enabling,
            np.array(
                [
                    parameters.hours_per_case,
                    parameters.noticed,
                    parameters.rush,
                    parameters.workaround_hours,
                    parameters.raise_hours,
                    parameters.horizon,
                    parameters.exposure_hours,
                    parameters.checking,
                    parameters.checking_hours,
                ]
            ),
            organization.period,
            organization.seed,
            organization.number("handling"),
        )
