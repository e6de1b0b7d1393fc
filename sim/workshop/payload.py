"""What a workshop page holds: runs, who is ahead in them, and the questions, as one JSON document.

Version 1; ``MODEL.md`` lists its parts. The page reads this version and says so of any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import sim
from sim.kernel_sources import source_hash
from sim.measures import MEASURES
from sim.studies.comparison import assumptions, differing_settings
from sim.studies.structure_history import OCCUPANT_BITS, PLACE, History
from sim.workshop import encoding
from sim.workshop.attributes import ATTRIBUTES
from sim.workshop.events import events_of
from sim.workshop.goals import Goal, count
from sim.workshop.needs import RUN_KEYS, needs_of
from sim.workshop.pairs import ahead, quantiles, typical_seed
from sim.workshop.recording import Recording, Ties
from sim.workshop.store import key_of
from sim.workshop.variants import Variant

if TYPE_CHECKING:
    from sim.scenario.loading import Scenario
    from sim.workshop.questions import Questions

FORMAT, VERSION = "learning-org workshop", 1
#: What the page knows of a place, in this order; -1 stands for none.
PLACE_FIELDS = ("unit", "manager", "level", "community", "cell", "officer", "occupant")
#: Rows of a series before those of single seeds.
MEAN, P10, P90, SHOWN = range(4)
#: What happens week by week is shown as the mean of so many weeks.
QUARTER = 13


def goal_series(goal: Goal, recordings: Sequence[Recording]) -> NDArray[np.float64]:
    """A goal's value by seed and week, shape (seeds, weeks + 1); NaN where there is none.

    What is counted week by week is the mean of the last ``QUARTER`` weeks, of fewer at the start:
    single weeks differ by chance more than organizations do.
    """
    if goal.kind == "people":
        return np.stack([count(goal, each.of(goal.attribute)) for each in recordings])
    rows = np.stack([each.series[each.measures.index(goal.measure)] for each in recordings])
    if MEASURES[goal.measure].flow is not None:
        rows = last_weeks(rows, QUARTER)
    return rows * goal.times


def last_weeks(rows: NDArray[np.float64], weeks: int) -> NDArray[np.float64]:
    """Means of the last so many weeks in each week, of those that have a value; NaN without one.

    ``rows`` have weeks on the last axis, of which 0, the start, belongs to none.
    """
    there = np.isfinite(rows)
    there[..., 0] = False
    total = np.cumsum(np.where(there, rows, 0.0), axis=-1)
    count = np.cumsum(there, axis=-1)
    total[..., weeks:] -= total[..., :-weeks].copy()
    count[..., weeks:] -= count[..., :-weeks].copy()
    return np.divide(total, count, out=np.full(rows.shape, np.nan), where=count > 0)


def run_payload(
    variant: Variant,
    recordings: Sequence[Recording],
    *,
    shown_seed: int,
    attributes: Sequence[str],
    goals: Sequence[Goal],
    with_ties: bool = False,
    single: Collection[str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """RUN: one variant as the page plays it; people of the shown seed, goals of all seeds.

    Parameters
    ----------
    recordings
        Of all seeds of the variant, in the order of its seeds.
    attributes
        What is seen of people, in the order of the film.
    single
        Ids of the goals whose series have a row for each seed; None for all of them.
    texts
        Words for events, by ``event.KIND``; without them, those of ``sim.workshop.events``.

    Raises
    ------
    ValueError
        When no recording is of the shown seed.
    """
    place = [each.seed for each in recordings].index(shown_seed)
    shown = recordings[place]
    rows = [shown.attributes.index(name) for name in attributes]
    return {
        "scenario": variant.scenario,
        "title": variant.title,
        "settings": [{"key": key, "value": value} for key, value in variant.changes],
        "people": shown.people,
        "weeks": shown.weeks,
        "every": variant.every,
        "names": None if variant.people is None else list(variant.people.ids),
        "form": shown.form,
        "attributes": list(attributes),
        "film": encoding.film(shown.codes[rows], variant.every),
        "places": _places(shown.places),
        "ties": _ties(shown.ties) if with_ties else None,
        "events": events_of(variant.settings, shown.places, texts or {}),
        "series": {
            goal.id: _series(goal, recordings, place, single is None or goal.id in single)
            for goal in goals
        },
    }


def pair_payload(
    left: str,
    right: str,
    goal: Goal,
    series: tuple[NDArray[np.float64], NDArray[np.float64]],
    week: int,
    shown: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """PAIR: who is ahead of two runs in a goal, in one week.

    ``series`` are those of ``goal_series``, of the same seeds; ``shown`` the two means as the page
    reads them off its own series, so that a number is the same wherever it stands.
    """
    found = ahead(series[0][:, week], series[1][:, week], goal.better)
    if shown is not None:
        found = replace(found, mean_A=shown[0], mean_B=shown[1])
    return {"left": left, "right": right, "goal": goal.id, "week": week, **found.document()}


def workshop_payload(
    asked: Questions,
    sides: Mapping[str, Scenario],
    variants: Mapping[str, Variant],
    recordings: Mapping[str, Sequence[Recording]],
    *,
    command: str,
    date: str,
    policy_map: Mapping[str, Any] | None = None,
    map_runs: Mapping[str, Mapping[str, Any]] | None = None,
    every_seed: bool = True,
) -> dict[str, Any]:
    """The whole document.

    Parameters
    ----------
    sides
        The scenarios of ``A`` and ``B``.
    variants, recordings
        What questions need, by run id, and ``A`` and ``B`` among it.
    command, date
        How to make the page again, and the day on which it was made (YYYY-MM-DD).
    policy_map, map_runs
        MAP, and the RUNs that its replays name besides.
    every_seed
        Whether series of all goals have a row for each seed, or only those of what a question is
        about.
    """
    goals = {goal.id: goal for goal in asked.goals}
    series = _all_series(asked, recordings)
    place = shown_place(asked.records, series)
    seeds = variants["A"].seeds
    names = _merged(variants)
    records = [
        _renamed(asked.with_results(record, series, place), names) for record in asked.records
    ]
    wanted = needs_of(records, goals, weeks=variants["A"].settings.periods)
    for left, right, goal in asked.pairs:
        wanted.add_pair(names[left], names[right], goal)
    runs = {
        run: run_payload(
            variants[run],
            recordings[run],
            shown_seed=seeds[place],
            attributes=wanted.attributes_of(run),
            goals=[goals[goal] for goal in goals if goal in wanted.goals.get(run, ())],
            with_ties=run in wanted.ties,
            single=None if every_seed else wanted.main.get(run, ()),
            texts=asked.texts,
        )
        for run in variants
        if names[run] == run and run in wanted.runs
    }
    means = {
        (run, goal): encoding.values_of_series(document)[MEAN]
        for run, each in runs.items()
        for goal, document in each["series"].items()
    }
    pairs = [
        pair_payload(
            left,
            right,
            goals[goal],
            (series[left][goal], series[right][goal]),
            week,
            (float(means[left, goal][week]), float(means[right, goal][week])),
        )
        for left, right, goal, week in wanted.pairs
    ]
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": {
            "version": sim.__version__,
            "rules": source_hash(),
            "command": command,
            "seeds": list(seeds),
            "shown_seed": seeds[place],
            "date": date,
        },
        "language": asked.language,
        "direction": asked.direction,
        "texts": dict(asked.texts),
        "title": asked.title,
        "playing_minutes": asked.playing_minutes,
        "sides": [dict(side) for side in asked.sides],
        "attributes": [attribute_row(name, asked.texts) for name in wanted.attributes],
        "goals": [goal.document(runs["A"]["people"]) for goal in asked.goals],
        "runs": {**runs, **(map_runs or {})},
        "questions": records,
        "pairs": pairs,
        "map": policy_map,
        "assumptions": readable_rows(assumptions(sides["A"]), ("value",)),
        "settings": readable_rows(differing_settings(sides["A"], sides["B"]), ("A", "B")),
        "sources": list(asked.sources),
    }


def shown_seed(
    asked: Questions, variants: Mapping[str, Variant], recordings: Mapping[str, Sequence[Recording]]
) -> int:
    """The seed whose people the page of these recordings shows."""
    series = _all_series(asked, recordings)
    return variants["A"].seeds[shown_place(asked.records, series)]


def _all_series(
    asked: Questions, recordings: Mapping[str, Sequence[Recording]]
) -> dict[str, dict[str, NDArray[np.float64]]]:
    return {
        run: {goal.id: goal_series(goal, each) for goal in asked.goals}
        for run, each in recordings.items()
    }


def shown_place(
    records: Sequence[Mapping[str, Any]], series: Mapping[str, Mapping[str, NDArray[np.float64]]]
) -> int:
    """Place among the seeds of the run whose people are shown: the most typical one.

    Its paired difference in the first question's goal is nearest to the median of all seeds.
    """
    for record in records:
        if record.get("left") and record.get("right") and record.get("goal"):
            left, right = (series[record[side]][record["goal"]] for side in RUN_KEYS)
            return typical_seed(left[:, -1], right[:, -1])
    return 0


def _merged(variants: Mapping[str, Variant]) -> dict[str, str]:
    """For each run the first one that is the same, so that a page holds it once."""
    first: dict[str, str] = {}
    return {run: first.setdefault(key_of(each), run) for run, each in variants.items()}


def _renamed(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A question with runs named by those that stand for them."""
    renamed = dict(record)
    for key in RUN_KEYS:
        if renamed.get(key):
            renamed[key] = names[renamed[key]]
    if renamed.get("control"):
        options = [_renamed(option, names) for option in renamed["control"]["options"]]
        renamed["control"] = {**renamed["control"], "options": options}
    if renamed.get("choices"):
        renamed["choices"] = [{**each, "id": names[each["id"]]} for each in renamed["choices"]]
    return renamed


def _series(
    goal: Goal, recordings: Sequence[Recording], place: int, single: bool
) -> dict[str, Any]:
    """Rows mean, 10 and 90 % quantile, the shown seed, then, with ``single``, all seeds."""
    values = goal_series(goal, recordings)
    low, high = quantiles(values, (0.1, 0.9))
    there = np.isfinite(values)
    counts = there.sum(axis=0)
    total = np.where(there, values, 0.0).sum(axis=0)
    mean = np.divide(total, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    ends = goal.document(recordings[0].people)
    rows = np.vstack([mean, low, high, values[place], *([values] if single else [])])
    whole = goal.kind == "people"
    return encoding.series(rows, ends["low"], ends["high"], whole, fine=SHOWN + 1)


def _places(history: History) -> dict[str, Any]:
    """Everybody's place in each week in which any changed."""
    rows = history.table.to_numpy(np.int64)  # week, seat and place, ordered by week
    weeks, first = np.unique(rows[:, 0], return_index=True)
    fields = [PLACE.index(name) for name in PLACE_FIELDS if name != "occupant"]
    now = np.empty((len(PLACE), history.people), dtype=np.int64)
    frames = []
    for changed in np.split(rows, first[1:]):
        now[:, changed[:, 1]] = changed[:, 2:].T
        occupant = now[PLACE.index("person")] >> OCCUPANT_BITS
        frames.append(np.stack([*now[fields], occupant]))
    return {"weeks": weeks.tolist(), "data": encoding.packed(np.stack(frames).astype(np.int16))}


def _ties(ties: Ties) -> dict[str, Any]:
    return {
        "weeks": ties.weeks.tolist(),
        "counts": ties.counts.tolist(),
        "data": encoding.packed(ties.pairs),
    }


def attribute_row(name: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """What the page is told of an attribute, in the words of its language."""
    attribute = ATTRIBUTES[name]
    return {
        "id": name,
        "label": texts.get(f"attribute.{name}", attribute.label),
        "unit": texts.get(f"attribute.{name}.unit", attribute.unit),
        "low": attribute.low,
        "high": attribute.high,
        "drawn": list(attribute.drawn),
        "doc": texts.get(f"attribute.{name}.doc", attribute.doc),
    }


def readable_rows(
    rows: Iterable[Mapping[str, Any]], values: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Rows of settings with their values as text."""
    from sim.pages.comparison_page import setting_text

    return [{**row, **{name: setting_text(row[name]) for name in values}} for row in rows]
