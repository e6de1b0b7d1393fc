"""What a policy map says, in sentences: the same words in the terminal, the report and the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.pages.numbers import plain_text
from sim.pages.study.facts import FactorFacts, StudyFacts
from sim.studies.policy.tiles import WORST, Place, PolicyMap, PolicyMaps
from sim.studies.policy.verdicts import Verdict, conflicts, verdict
from sim.studies.study import PolicyOutcome
from sim.studies.study.factors import Value


@dataclass(frozen=True)
class MapWords:
    """What things are called on a map: ``texts`` by key, factors and levels as the study has them.

    ``points`` and ``seconds`` say how many runs a further seed of the whole study is, and how long
    one run takes, for the minutes that more runs need.
    """

    maps: PolicyMaps
    facts: StudyFacts
    texts: Mapping[str, str]
    points: int
    seconds: float

    def text(self, key: str, **values: object) -> str:
        """The text of a key with its placeholders filled."""
        template = self.texts.get(key, f"[{key}]")
        return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), template)

    def label(self, factor: str) -> str:
        """What a factor is called within a sentence."""
        return plain_text(self.maps.policy.labels.get(factor) or self.facts.factor(factor).title)

    def level(self, factor: str, value: Value) -> str:
        """A level as the map writes it: the word for 0, where it has one."""
        return self._facts_of(factor).text(value)

    def tile(self, place: Place) -> str:
        """A policy in words."""
        policy = self.maps.policy
        return self.text(
            "map.tile",
            rows=self.label(policy.rows),
            row=self.level(policy.rows, place[0]),
            columns=self.label(policy.columns),
            column=self.level(policy.columns, place[1]),
        )

    def short(self, place: Place) -> str:
        """A policy in few words, for the heads of pictures."""
        policy = self.maps.policy
        if not policy.tile:
            return self.tile(place)
        levels = {
            "rows": self.level(policy.rows, place[0]),
            "columns": self.level(policy.columns, place[1]),
        }
        return plain_text(
            re.sub(r"\{(\w+)\}", lambda found: levels.get(found[1], found[0]), policy.tile)
        )

    def tab(self, tab: str) -> str:
        """A tab's name."""
        if tab == WORST and len(self.maps.worlds) > 1:
            return self.text("map.worst", count=len(self.maps.worlds))
        return plain_text(tab)

    def where(self, tab: str) -> str:
        """In which world a map is, as the beginning of a sentence."""
        policy = self.maps.policy
        if not policy.tabs:
            return self.text("map.where_none")
        label = self.label(policy.tabs)
        if tab == WORST:
            return self.text("map.where_worst", tabs=label, count=len(self.maps.worlds))
        return self.text("map.where", tabs=label, tab=self.tab(tab))

    def _facts_of(self, factor: str) -> FactorFacts:
        return self.facts.factor(factor)


def rounded(value: float, decimals: int) -> str:
    """A number with so many decimals, halves away from zero, as the page writes it."""
    from sim.workshop.pairs import rounded as as_shown

    return f"{as_shown(value, decimals):.{decimals}f}"


def label_of(outcome: PolicyOutcome) -> str:
    """What an outcome is called."""
    return plain_text(outcome.label)


def sentences(one: PolicyMap, words: MapWords, margin: float | None = None) -> list[str]:
    """What a map says: the finding first, then what belongs to it, at last what it supports."""
    margin = one.outcome.margin if margin is None else margin
    told = verdict(one, margin)
    said = [_finding(one, told, words, margin)]
    if told.kind == "some" and told.best is not None:
        said.append(words.text("map.highest", **_best(one, told, words)))
    said += _throughout(told, words)
    said += _more_runs(one, told, words, margin)
    if told.missing:
        said.append(words.text("map.missing", missing=told.missing, all=told.missing + told.tiles))
    said.append(words.text(f"map.supports.{told.kind}"))
    return said


def warnings(one: PolicyMap, words: MapWords) -> list[str]:
    """Where the best policy of a map is behind: in other worlds, for other outcomes."""
    told = verdict(one)
    if told.best is None:
        return []
    best, said = words.tile(told.best), []
    for what, name in conflicts(words.maps, one.outcome.name, one.tab):
        other = words.tab(name)
        if what == "outcome":
            [outcome] = [each for each in words.maps.policy.outcomes if each.name == name]
            other = label_of(outcome)
        tabs = words.label(words.maps.policy.tabs) if words.maps.policy.tabs else ""
        said.append(words.text(f"map.conflict.{what}", best=best, tabs=tabs, other=other))
    return said


def _finding(one: PolicyMap, told: Verdict, words: MapWords, margin: float) -> str:
    policy = words.maps.policy
    best = _best(one, told, words) if told.best is not None else {}
    key = "map.some_told" if told.kind == "some" and not told.unclear else f"map.{told.kind}"
    return words.text(
        key,
        where=words.where(one.tab),
        rows=words.label(policy.rows),
        columns=words.label(policy.columns),
        outcome=label_of(one.outcome),
        margin=f"{margin:.6g}",
        tiles=told.tiles,
        tied=told.tied,
        behind=told.behind,
        unclear=told.unclear,
        **best,
    )


def _best(one: PolicyMap, told: Verdict, words: MapWords) -> dict[str, str]:
    assert told.best is not None
    tile = one.tiles[told.best]
    assert tile is not None
    return {"best": words.tile(told.best), "mean": rounded(tile.mean, one.outcome.decimals)}


def _throughout(told: Verdict, words: MapWords) -> list[str]:
    """Rows and columns that are behind from end to end."""
    policy = words.maps.policy
    parts = [
        words.text(
            "map.levels_of",
            label=words.label(factor),
            levels=", ".join(words.level(factor, level) for level in levels),
        )
        for factor, levels in (
            (policy.rows, told.rows_behind),
            (policy.columns, told.columns_behind),
        )
        if levels
    ]
    return [words.text("map.behind_throughout", levels="; ".join(parts))] if parts else []


def _more_runs(one: PolicyMap, told: Verdict, words: MapWords, margin: float) -> list[str]:
    if not told.unclear or told.kind == "few":
        return []
    now = max(tile.runs for tile in one.run)
    if told.runs is None:
        return [words.text("map.runs_too_many", margin=f"{margin:.6g}")]
    minutes = minutes_for(told.runs - now, words)
    return [words.text("map.runs_needed", runs=told.runs, now=now, minutes=minutes)]


def minutes_for(runs: int, words: MapWords) -> int:
    """Minutes that so many more runs of every tile take on one core, 1 at least."""
    return max(1, int(max(runs, 0) * words.points * words.seconds / 60 + 0.5))


def levels_of(values: Sequence[Value], factor: str, words: MapWords) -> list[str]:
    """Levels as the map writes them."""
    return [words.level(factor, value) for value in values]
