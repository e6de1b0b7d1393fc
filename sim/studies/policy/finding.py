"""The finding of an experiment that has a policy map, as Markdown and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.pages.numbers import number
from sim.pages.study.facts import factor_facts
from sim.studies.policy.of_study import maps_of, policy_table
from sim.studies.policy.tiles import WORST, PolicyMap, PolicyMaps
from sim.studies.policy.verdicts import state, verdict

if TYPE_CHECKING:
    from sim.studies.finished import Finished

#: Outcomes of which the maps are printed; the table beside the finding has them all.
PRINTED = 2
MARKS = {"tied": "**{}**", "unclear": "{}?", "behind": "{}"}


def policy_finding_table(done: Finished) -> pd.DataFrame:
    """All tiles of all maps, one row each; see ``policy_table``."""
    return policy_table(_maps(done))


def policy_lines(done: Finished) -> list[str]:
    """What the maps say: a row an outcome and tab, then the maps of the first outcomes."""
    maps, study = _maps(done), done.study
    assert study.policy is not None
    levels = _Levels(done)
    lines = [
        f"**Found.** Each tile is one policy, {_runs(maps)} runs on the same seeds. Tied: surely "
        "not behind the best by more than the margin (upper end of the 90 % interval of the "
        "paired difference). Behind: surely by more (lower end, which allows for the best having "
        "been chosen among all). Between the two these runs cannot tell.",
        "",
        f"| outcome | margin | {study.policy.tabs or 'map'} | means | tied | behind | cannot tell "
        "| best |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in maps:
        told, means = verdict(one), [tile.mean for tile in one.run]
        best = f"{levels.place(told.best)}" if told.best else "none to point at"
        decimals = max(one.outcome.decimals, 3 if one.outcome.margin < 0.1 else 0)
        ends = [number(end, decimals) for end in (min(means), max(means))]
        lines.append(
            f"| {one.outcome.label} | {one.outcome.margin:g} | {_tab(one, maps)} "
            f"| {' to '.join(ends)} | {told.tied} | {told.behind} | {told.unclear} | {best} |"
        )
    for outcome in study.policy.outcomes[:PRINTED]:
        for tab in maps.tabs:
            one = maps.of(outcome.name, tab)
            head = f"{outcome.label} ({outcome.unit}); {_tab(one, maps)}. In bold: tied with the "
            lines += ["", f"{head}best; with a question mark: cannot tell; plain: behind.", ""]
            lines += _matrix(one, maps, levels)
    return lines


def _maps(done: Finished) -> PolicyMaps:
    maps = maps_of(done.study, done.runs)
    assert maps is not None
    return maps


def _runs(maps: PolicyMaps) -> int:
    return max(tile.runs for one in maps for tile in one.run)


def _tab(one: PolicyMap, maps: PolicyMaps) -> str:
    if one.tab == WORST and len(maps.worlds) > 1:
        return f"worst of the {len(maps.worlds)}"
    return one.tab or "all runs"


class _Levels:
    """Levels of rows and columns as a reader would write them."""

    def __init__(self, done: Finished) -> None:
        policy = done.study.policy
        assert policy is not None
        by_name = {one.name: one for one in factor_facts(done.study)}
        self.rows, self.columns = by_name[policy.rows], by_name[policy.columns]

    def place(self, place: Sequence[Any]) -> str:
        row, column = self.rows.text(place[0]), self.columns.text(place[1])
        return f"{self.rows.title} {row}, {self.columns.title} {column}"


def _matrix(one: PolicyMap, maps: PolicyMaps, levels: _Levels) -> list[str]:
    heads = [levels.columns.text(level) for level in maps.columns]
    lines = [
        f"| {levels.rows.title} \\ {levels.columns.title} | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
    ]
    for row in maps.rows:
        cells = []
        for column in maps.columns:
            tile = one.tiles[row, column]
            text = "not run"
            if tile is not None:
                mean = number(tile.mean, max(one.outcome.decimals, 3))
                text = MARKS[state(tile, one.outcome.margin)].format(mean)
            cells.append(text)
        lines.append(f"| {levels.rows.text(row)} | {' | '.join(cells)} |")
    return lines
