"""The pages of a policy study: the map as a page, as a table and as a picture."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.errors import InputProblem, Problem
from sim.pages.policy.payload import MapData, map_payload, replay_runs, shared_parts
from sim.pages.policy.texts import MapWords, label_of, sentences, warnings
from sim.pages.study.facts import study_facts
from sim.studies.policy.of_study import maps_of, policy_table
from sim.studies.policy.replays import REPLAYS, replay_id, replays_of, typical_seed
from sim.studies.policy.seconds import seconds_per_run
from sim.studies.policy.tiles import PolicyMap, PolicyMaps
from sim.studies.policy.verdicts import verdict
from sim.studies.pool import Pool
from sim.studies.runner import ALONE
from sim.studies.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.workshop.texts import Texts

PAGE, TABLE, PICTURE = "policy.html", "policy.csv", "policy.svg"
TODAY, OTHER = "A", "B"


def words_of(study: Study, maps: PolicyMaps, texts: Mapping[str, str], folder: Path) -> MapWords:
    """What things are called on the maps of a study whose runs are in ``folder``."""
    cells = len({point.cell for point in study.points})
    return MapWords(maps, study_facts(study), texts, cells, seconds_per_run(folder))


def map_data(
    study: Study,
    folder: Path,
    texts: Mapping[str, str],
    manifest: Mapping[str, Any],
    *,
    seed: int | None = None,
    replays: Path | None = None,
    pool: Pool = ALONE,
    tell: Callable[[int], None] = lambda runs: None,
    run_missing: bool = True,
    people: Any = None,
    allow_plugins: bool = False,
) -> MapData:
    """What a page shows of a finished policy study in ``folder``.

    ``seed`` is the one whose people are shown (the typical one, if none is given), ``replays`` the
    folder of recordings (default: beside the runs). ``manifest`` is that of the folder.

    Raises
    ------
    InputProblem
        When the folder holds no study or a damaged one.
    RunsFailed
        When a tile could not be replayed.
    """
    from sim.studies.store import load_results, load_series

    runs = load_results(folder)
    maps = maps_of(study, runs)
    assert maps is not None
    series = None
    if study.series:
        series = _slim(load_series(folder), study)
    shown = typical_seed(maps, runs, maps.policy) if seed is None else seed
    found = {}
    if study.policy is not None:
        found = replays_of(
            study, shown, replays or folder / REPLAYS, people=people, allow_plugins=allow_plugins,
            pool=pool, tell=tell, run_missing=run_missing,
        )  # fmt: skip
    program = {
        "version": manifest["code"]["learning-org"],
        "rules": manifest["code"]["rules"],
        "command": shlex.join(["python", "run.py", *manifest["command"]]),
        "seeds": sorted(int(one) for one in runs["seed"].unique()),
        "runs": len(runs),
        "failed": int((runs["status"].astype(str) != "done").sum()),
        "data": manifest["tables"].get("runs", ""),
        "shown_seed": shown,
    }
    words = words_of(study, maps, texts, folder)
    kept = runs[["run", *(f.name for f in study.factors), "seed"]]
    values = _first_values(runs, maps)
    return MapData(study, maps, words, kept, series, found, shown, program, values)


def _first_values(runs: pd.DataFrame, maps: PolicyMaps) -> dict[str, pd.Series]:
    """The first outcome by seed, of each tile by its replay."""
    policy = maps.policy
    keys = [policy.rows, policy.columns, *([policy.tabs] if policy.tabs else [])]
    found = {}
    for level, part in runs.groupby(keys, sort=False, observed=True):
        told: Any = level
        row, column, *world = (one.item() if hasattr(one, "item") else one for one in told)
        values = part.set_index("seed")[policy.outcomes[0].name].astype(float)
        found[replay_id(str(world[0]) if world else "", (row, column))] = values
    return found


def _slim(series: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Only what the maps need of a table that is large."""
    assert study.policy is not None
    also = {one.name: one.measure for one in study.also}
    names = [also.get(one.name, one.name) for one in study.policy.outcomes]
    return series[["run", "period", *dict.fromkeys(names)]]


def map_of_folder(
    folder: Path,
    texts: Mapping[str, str],
    *,
    seed: int | None = None,
    replays: Path | None = None,
    pool: Pool = ALONE,
    tell: Callable[[int], None] = lambda runs: None,
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]] | None:
    """MAP and the RUNs of its tiles from the results of a policy study; None where there are none.

    ``seed`` is the one whose people the page shows, ``replays`` where recordings are kept.
    """
    from sim.studies.manifest import load_manifest

    try:
        manifest = load_manifest(folder)
        study = manifest.study() if manifest.told["study"] else None
    except InputProblem:
        return None
    if study is None or study.policy is None:
        return None
    data = map_data(
        study, folder, texts, manifest.told, seed=seed, replays=replays, pool=pool, tell=tell
    )
    told, runs = map_payload(data), replay_runs(data)
    return {**told, "shared": shared_parts(runs)}, runs


def policy_payload(data: MapData, texts: Texts, date: str) -> dict[str, Any]:
    """The workshop page's document with nothing but a policy map, opened there."""
    from sim.studies.comparison import assumptions
    from sim.workshop.attributes import ATTRIBUTES
    from sim.workshop.payload import FORMAT, VERSION, attribute_row, readable_rows

    [scenario] = data.study.scenarios
    left, right = shown_pair(data)
    runs, told = replay_runs(data, (left, right)), map_payload(data)
    if left not in runs or right not in runs:
        raise InputProblem(
            Problem(
                "the recordings of tiles are not beside the runs",
                "Give the command `policy` again: it records what is missing.",
            )
        )
    told["shared"] = shared_parts(runs, (left, right))
    title = told["title"]
    sides = [
        {"id": TODAY, "name": data.words.text("map.today"), "pattern": "solid"},
        {"id": OTHER, "name": data.words.text("map.other"), "pattern": "dashed"},
    ]
    question = {
        "id": "policy", "number": 1, "title": title, "say": told["question"], "control": None,
        "bet": {
            "kind": "sides",
            "choices": [{"id": one["id"], "label": one["name"]} for one in sides]
            + [{"id": "none", "label": data.words.text("map.no_difference")}],
        },
        "left": left, "right": right, "colour": "knowledge", "size": None, "shape": "safe",
        "goal": told["goals"][0]["id"], "more_goals": [], "ties": False, "follow": None,
        "weeks": [told["weeks"]], "reveal": {}, "talk": "", "why": "", "source": "",
        "assumption": "", "puzzle": None, "screen": "map", "notes": "", "minutes": 5,
    }  # fmt: skip
    rows = sorted(assumptions(scenario), key=lambda row: str(row["key"]))
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": {**data.program, "date": date},
        "language": texts.language,
        "direction": texts.direction,
        "texts": dict(texts.texts),
        "title": title,
        "playing_minutes": 5,
        "sides": [{**side, "title": side["name"], "story": ""} for side in sides],
        "attributes": [
            attribute_row(name, texts.texts) for name in ATTRIBUTES if name in _seen(runs)
        ],
        "goals": told["goals"],
        "runs": runs,
        "questions": [question],
        "pairs": _pairs(data, left, right),
        "map": told,
        "open": "map",
        "assumptions": readable_rows(rows, ("value",)),
        "settings": [],
        "sources": [],
    }


def shown_pair(data: MapData) -> tuple[str, str]:
    """Today's policy, and the one with the highest mean of the first map that is another."""
    one = data.maps.of(data.maps.policy.outcomes[0].name, data.maps.worlds[0])
    today = data.maps.policy.today
    others = [tile for tile in one.run if (tile.row, tile.column) != today]
    best = max(others, key=lambda tile: one.outcome.better * tile.mean, default=None)
    place = today if best is None else (best.row, best.column)
    return replay_id(one.tab, today), replay_id(one.tab, place)


def _pairs(data: MapData, left: str, right: str) -> list[dict[str, Any]]:
    """Who is ahead of the two that are shown first."""
    from sim.workshop.pairs import ahead

    tiles = {run: data.values.get(run) for run in (left, right)}
    if tiles[left] is None or tiles[right] is None:
        return []
    outcome = data.maps.policy.outcomes[0]
    pair = pd.concat([tiles[left], tiles[right]], axis=1, join="inner").to_numpy()
    found = ahead(pair[:, 0], pair[:, 1], outcome.better)
    week = int(data.study.settings_of(0, data.study.points[0]).periods)
    where = {"left": left, "right": right, "goal": f"map.{outcome.name}", "week": week}
    return [{**where, **found.document()}]


def _seen(runs: Mapping[str, Mapping[str, Any]]) -> set[str]:
    return {name for run in runs.values() for name in run["attributes"]}


def write_policy(folder: Path, data: MapData, texts: Texts, date: str) -> None:
    """Write page, table and picture of a policy study beside its runs.

    Raises
    ------
    InputProblem
        When the folder cannot be written.
    """
    from sim.pages.drawing import save_figure
    from sim.pages.policy.figure import map_figure
    from sim.pages.workshop.page import workshop_page
    from sim.studies.store.faults import writing
    from sim.verbs.files import write_text

    page = workshop_page(policy_payload(data, texts, date))
    write_text(folder / PAGE, page)
    write_text(folder / TABLE, csv_text(data.maps))
    with writing(folder):
        save_figure(map_figure(first_map(data.maps), data.words), folder / PICTURE)


def csv_text(maps: PolicyMaps) -> str:
    """All tiles as CSV, the same text that the page offers."""
    return policy_table(maps).to_csv(index=False, lineterminator="\n", float_format="%.6f")


def first_map(maps: PolicyMaps) -> PolicyMap:
    """The map that is opened first: the first outcome in the first world."""
    return maps.of(maps.policy.outcomes[0].name, maps.tabs[0])


def told_in_short(data: MapData) -> list[tuple[str, list[str]]]:
    """What the maps of the first outcome say, a heading (the tab) with its sentences."""
    outcome = data.maps.policy.outcomes[0]
    said = []
    for tab in data.maps.tabs:
        one = data.maps.of(outcome.name, tab)
        heading = f"{label_of(outcome)}: {data.words.tab(tab)}" if tab else label_of(outcome)
        said.append((heading, [*sentences(one, data.words), *warnings(one, data.words)]))
    return said


def verdicts(maps: PolicyMaps) -> dict[str, dict[str, Any]]:
    """What each map says, for a JSON document: by outcome and tab."""
    found: dict[str, dict[str, Any]] = {}
    for one in maps:
        told = vars(verdict(one))
        plain = {name: list(v) if isinstance(v, tuple) else v for name, v in told.items()}
        found.setdefault(one.outcome.name, {})[one.tab] = plain
    return found


__all__: Sequence[str] = (
    "PAGE", "PICTURE", "TABLE", "csv_text", "first_map", "map_data", "map_of_folder",
    "policy_payload", "told_in_short", "verdicts", "words_of", "write_policy",
)  # fmt: skip
