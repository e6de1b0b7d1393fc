"""The policy map as the workshop page reads it: tiles, sentences, curves, replays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.measures import MEASURES
from sim.pages.numbers import plain_text
from sim.pages.policy.texts import MapWords, label_of, sentences, warnings
from sim.studies.policy.replays import SEEN, curves_of, replay_id
from sim.studies.policy.tiles import Place, PolicyMaps, Tile
from sim.studies.study import PolicyOutcome, Study

if TYPE_CHECKING:
    from sim.workshop.recording import Recording
    from sim.workshop.variants import Variant

#: Decimals of the numbers behind the tiles.
DIGITS = 6
#: A tile of the page as a row of numbers, in this order; ``world`` is the tab's place.
TILE = ("runs", "mean", "p10", "p90", "behind", "behind_low", "behind_high", "error", "world")
#: Weeks of a curve that the page draws, about; it is a picture, and its bytes count.
CURVE_WEEKS = 15
#: Codes of a curve go from 0 to LAST; MISSING stands for no value.
LAST, MISSING = 254, 255


@dataclass(frozen=True)
class MapData:
    """All that a page's map is made of.

    ``series`` is the table of values on the way, None where the study kept none; ``replays`` are by
    ``replay_id``, none where they are not there. ``program`` is what the page says of its making,
    ``values`` the first outcome by seed of each tile that can be replayed.
    """

    study: Study
    maps: PolicyMaps
    words: MapWords
    runs: pd.DataFrame
    series: pd.DataFrame | None
    replays: Mapping[str, tuple[Variant, Recording]]
    seed: int
    program: Mapping[str, Any]
    values: Mapping[str, pd.Series] = field(default_factory=dict)


def map_payload(data: MapData) -> dict[str, Any]:
    """MAP, as the page's ``map`` is to be."""
    study, maps, words = data.study, data.maps, data.words
    policy = maps.policy
    weeks = _weeks(data)
    weeks = weeks[::-1][:: -(-len(weeks) // CURVE_WEEKS)][::-1] if weeks else []
    return {
        "title": plain_text(study.title),
        "question": plain_text(study.question),
        "expectation": plain_text(study.expectation),
        "rows": _axis(policy.rows, maps.rows, words),
        "columns": _axis(policy.columns, maps.columns, words),
        "tabs": {
            "key": policy.tabs,
            "label": words.label(policy.tabs) if policy.tabs else "",
            "levels": [{"value": tab, "label": words.tab(tab)} for tab in maps.tabs],
            "worlds": len(maps.worlds),
        },
        "outcomes": [_outcome(one) for one in policy.outcomes],
        "goals": [_goal(one) for one in policy.outcomes],
        "tile_fields": list(TILE),
        "tiles": _by_map(maps, lambda one: [_tile(tile, maps) for tile in one.tiles.values()]),
        "best": _by_map(maps, lambda one: _place(one.best)),
        "today": _place(policy.today),
        "tile": plain_text(policy.tile),
        "sentences": _by_map(maps, lambda one: [*sentences(one, words), *warnings(one, words)]),
        "replays": {run.removeprefix("tile/"): run for run in data.replays},
        "curves": {} if data.series is None else _curves(data, weeks),
        "seconds": words.seconds,
        "points": words.points,
        "settings": _settings(data),
        "weeks": int(study.settings_of(0, study.points[0]).periods),
        "program": dict(data.program),
    }


def replay_runs(data: MapData, with_series: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """RUN of every tile that can be replayed, by its id.

    The page takes a tile's curve from the map's; those in ``with_series`` have that of the first
    outcome with them, for pages without scripts.
    """
    from sim.workshop.payload import run_payload

    runs = {}
    for tab in data.maps.worlds:
        for place in data.maps.places:
            name = replay_id(tab, place)
            if name not in data.replays:
                continue
            variant, recording = data.replays[name]
            run = run_payload(
                variant, [recording], shown_seed=data.seed, attributes=SEEN, goals=(),
                texts=data.words.texts,
            )  # fmt: skip
            run["title"] = _upper(data.words.short(place))
            run["settings"] = [
                {"key": data.words.label(key), "value": data.words.level(key, value)}
                for key, value in variant.changes
            ]
            if name in with_series:
                run["series"] = _series(data, tab, place, recording.weeks)
            runs[name] = run
    return runs


def shared_parts(runs: dict[str, dict[str, Any]], whole: Sequence[str] = ()) -> dict[str, Any]:
    """What tiles have in common, taken out of ``runs``, in which its number stands instead.

    Policies under different fear have the same cells, and the same reshuffles; who sits where then
    differs by who came when somebody left. Runs named in ``whole`` stay as they are.

    Returns
    -------
    ``places`` and ``events`` (lists); and ``occupants`` by run: week, seat and number of everybody
    who came later, one after the other.
    """
    places: dict[str, tuple[int, Any]] = {}
    events: dict[str, tuple[int, Any]] = {}
    occupants = {}
    for name, run in runs.items():
        if name in whole:
            continue
        seats, came = _without_occupants(run["places"], run["people"])
        occupants[name] = came
        run["places"] = places.setdefault(json.dumps(seats), (len(places), seats))[0]
        run["events"] = events.setdefault(json.dumps(run["events"]), (len(events), run["events"]))[
            0
        ]
    return {
        "places": [part for _, part in places.values()],
        "events": [part for _, part in events.values()],
        "occupants": occupants,
    }


def _without_occupants(places: Mapping[str, Any], people: int) -> tuple[dict[str, Any], list[int]]:
    """The places in weeks in which somebody moved; and who came when, into which seat."""
    from sim.workshop.encoding import packed, unpacked
    from sim.workshop.payload import PLACE_FIELDS

    field, weeks = PLACE_FIELDS.index("occupant"), list(places["weeks"])
    frames = (
        unpacked(places["data"], np.int16).reshape(len(weeks), len(PLACE_FIELDS), people).copy()
    )
    came = []
    for k in range(1, len(weeks)):
        for seat in np.flatnonzero(frames[k, field] != frames[k - 1, field]):
            came += [int(weeks[k]), int(seat), int(frames[k, field, seat])]
    frames[:, field] = frames[0, field]
    kept = [k for k in range(len(weeks)) if k == 0 or (frames[k] != frames[k - 1]).any()]
    return {"weeks": [weeks[k] for k in kept], "data": packed(frames[kept].astype(np.int16))}, came


# --- parts --------------------------------------------------------------------------------------


def _by_map(maps: PolicyMaps, of: Any) -> dict[str, dict[str, Any]]:
    """What ``of`` makes of each map, by outcome and tab."""
    names = [one.name for one in maps.policy.outcomes]
    return {name: {tab: of(maps.of(name, tab)) for tab in maps.tabs} for name in names}


def _axis(factor: str, levels: Sequence[Any], words: MapWords) -> dict[str, Any]:
    return {
        "key": factor,
        "label": words.label(factor),
        "levels": [{"value": level, "label": words.level(factor, level)} for level in levels],
    }


def _outcome(one: PolicyOutcome) -> dict[str, Any]:
    return {
        "id": one.name,
        "label": label_of(one),
        "unit": plain_text(one.unit),
        "better": one.better,
        "low": one.low,
        "high": one.high,
        "decimals": one.decimals,
        "margin": one.margin,
        "so_far": _is_flow(one.name),
    }


def _is_flow(name: str) -> bool:
    """Whether an outcome is counted over all weeks: on the way, its mean so far is shown."""
    return name in MEASURES and MEASURES[name].flow is not None


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _goal(one: PolicyOutcome) -> dict[str, Any]:
    """The outcome as a goal of the page's chart, while a tile is played."""
    return {
        "id": f"map.{one.name}",
        "kind": "measure",
        "measure": one.name,
        "label": label_of(one),
        "short": label_of(one)[:1].lower() + label_of(one)[1:],
        "unit": plain_text(one.unit),
        "better": one.better,
        "low": one.low,
        "high": one.high,
        "decimals": one.decimals,
    }


def _tile(tile: Tile | None, maps: PolicyMaps) -> list[float | int | None] | None:
    if tile is None:
        return None
    numbers = (tile.mean, tile.p10, tile.p90, tile.behind, tile.low, tile.high, tile.error)
    return [tile.runs, *map(_number, numbers), maps.worlds.index(tile.world)]


def _place(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {"row": place[0], "column": place[1]}


def _number(value: float) -> float | None:
    return round(float(value), DIGITS) if isfinite(value) else None


def _measure(data: MapData, outcome: PolicyOutcome) -> str:
    """The measure whose way belongs to an outcome."""
    return next((one.measure for one in data.study.also if one.name == outcome.name), outcome.name)


def _weeks(data: MapData) -> list[int]:
    """The weeks of the study's series."""
    if data.series is None:
        return []
    return sorted(int(period) for period in data.series["period"].unique())


def _on_the_way(
    data: MapData, outcome: PolicyOutcome, weeks: Sequence[int]
) -> dict[tuple[str, Place], NDArray[np.float64]]:
    """An outcome by tab and tile in some weeks: what is counted over weeks as its mean so far."""
    assert data.series is not None
    every, name = _weeks(data), _measure(data, outcome)
    found = curves_of(data.series, data.runs, data.maps, name, every)
    kept = [every.index(week) for week in weeks]
    if not _is_flow(outcome.name):
        return {key: values[:, kept] for key, values in found.items()}
    return {key: _so_far(values)[:, kept] for key, values in found.items()}


def _so_far(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means over the weeks up to each, without those that are missing."""
    there = np.isfinite(values)
    counts = np.cumsum(there, axis=1)
    total = np.cumsum(np.where(there, values, 0.0), axis=1)
    return np.divide(total, counts, out=np.full(values.shape, np.nan), where=counts > 0)


def _curves(data: MapData, weeks: Sequence[int]) -> dict[str, Any]:
    """Every run of every tile on the way, in 8 bits: it is drawn, and no number is read off it.

    ``data`` has codes of each world, tile, seed and week, each less the one before it (modulo 256);
    value = low + code * (high - low) / 254, 255 for none.
    """
    from sim.workshop.encoding import packed

    seeds = data.runs["seed"].nunique()
    found = {}
    for outcome in data.maps.policy.outcomes:
        curves = _on_the_way(data, outcome, weeks)
        none = np.full((seeds, len(weeks)), np.nan)
        values = np.stack(
            [
                np.stack([curves.get((tab, place), none) for place in data.maps.places])
                for tab in data.maps.worlds
            ]
        )
        seen = values[np.isfinite(values)]
        low, high = outcome.low, outcome.high
        if seen.size:
            low, high = min(low, float(seen.min())), max(high, float(seen.max()))
        codes = np.full(values.shape, MISSING, dtype=np.uint8)
        there = np.isfinite(values)
        codes[there] = np.rint((values[there] - low) * (LAST / (high - low)))
        steps = codes.copy()
        steps[..., 1:] -= codes[..., :-1]
        found[outcome.name] = {
            "low": low, "high": high, "weeks": list(weeks), "seeds": seeds, "data": packed(steps)
        }  # fmt: skip
    return found


def _series(data: MapData, tab: str, place: Place, last: int) -> dict[str, Any]:
    """Mean, 10 and 90 % quantile and the shown seed of the first outcome, week by week.

    Between the weeks that were kept lie straight lines; before the first nothing is known.
    """
    from sim.workshop.encoding import series

    outcome, weeks = data.maps.policy.outcomes[0], np.array(_weeks(data))
    if data.series is None:
        return {}
    values = _on_the_way(data, outcome, weeks.tolist())[tab, place]
    seeds = sorted(int(seed) for seed in data.runs["seed"].unique())
    own = values[seeds.index(data.seed)] if data.seed in seeds else np.full(len(weeks), np.nan)
    rows = [values.mean(axis=0), *np.quantile(values, [0.1, 0.9], axis=0), own]
    at = np.arange(last + 1)
    weekly = np.stack([np.interp(at, weeks, row, left=np.nan) for row in rows])
    return {f"map.{outcome.name}": series(weekly, outcome.low, outcome.high)}


def _settings(data: MapData) -> list[dict[str, str]]:
    """What was the same in all runs: the scenario, and what the study lays over it; then worlds."""
    from sim.pages.comparison_page import setting_text

    [scenario] = data.study.scenarios
    rows = [{"key": "scenario", "value": plain_text(scenario.settings.title or scenario.name)}]
    for told in scenario.sets:
        key, _, value = told.partition("=")
        rows.append({"key": key, "value": plain_text(value)})
    for factor in data.study.factors:
        for level, world in factor.worlds.items():
            told = ", ".join(f"{path} {setting_text(value)}" for path, value in world.items())
            rows.append(
                {"key": f"{data.words.label(factor.name)}: {plain_text(level)}", "value": told}
            )
    return rows
