"""The scenarios of a study, with what its `set` and the command line lay over them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, cast

from sim.errors import InputProblem, Problem
from sim.scenario.checking import check
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.marks import Document, KeyPath, Mark, Marked, merge, plain, shown, walk_along
from sim.scenario.overrides import OPTION, read_set
from sim.scenario.readings import spell_out
from sim.studies.study.factors import Factor
from sim.studies.study.keys import (
    Leaf,
    checked,
    known_settings,
    leaves,
    marked,
    nested,
    vocabulary_of_settings,
)
from sim.studies.study.parts import Parts

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

SCENARIOS, SET = "scenarios", "set"
_NOWHERE = Mark("", None)


@dataclass
class ScenarioReading:
    """Loads the scenarios of one study; ``sets`` come from the command line."""

    parts: Parts
    sets: Sequence[str]
    load: Callable[[str], Scenario] = load_scenario
    problems: list[Problem] = field(default_factory=list)

    def scenarios(self, factors: Sequence[Factor]) -> list[Scenario]:
        """The scenarios as they are below the factors, or as many as could be loaded."""
        layers = [self._from_file(), self._from_options(factors)]
        names = self.parts.of(SCENARIOS)
        if names is None:
            return []
        if not names:
            message = "there is no scenario to run"
            self.parts.report(message, "Name one, such as [bureaucratic].", (SCENARIOS,))
        loaded: list[Scenario] = []
        for place, name in enumerate(names):
            scenario = self._loaded(name, (SCENARIOS, place))
            if scenario is None:
                continue
            if scenario.name in [other.name for other in loaded]:
                message = f"`{shown(scenario.name)}` stands among the scenarios twice"
                remedy = "Keep one of the two; two files of one name need different names."
                self.parts.report(message, remedy, (SCENARIOS, place))
                continue
            loaded.append(self._below_factors(scenario, [one for one in layers if one]))
        return loaded

    def _loaded(self, name: str, path: KeyPath) -> Scenario | None:
        try:
            return self.load(name)
        except InputProblem as refused:
            for problem in refused.problems:
                if problem.file:
                    self.problems.append(problem)
                else:
                    self.parts.report(problem.message, problem.remedy, path)
        return None

    # --- what is laid over them -----------------------------------------------------------------

    def _from_file(self) -> list[Leaf]:
        if self.parts.of(SET) is None or SET not in self.parts:
            return []
        given = self.parts.root.value[SET]
        return list(self._right(leaves(given, (SET,)), self.parts.document))

    def _from_options(self, factors: Sequence[Factor]) -> list[Leaf]:
        documents = [read_set(text) for text in self.sets]
        self.problems += [problem for one in documents for problem in one.problems]
        roots = [document.root for document in documents if document.root is not None]
        if not roots:
            return []
        found = []
        moved = {path: factor.name for factor in factors for path in factor.moves}
        for leaf in self._right(leaves(reduce(merge, roots), ()), None):
            if leaf.path in moved:
                name = moved[leaf.path]
                message = f"`{leaf.path}` is varied by the factor `{shown(name)}` of this study"
                remedy = f"Change the factor in {self.parts.document.file}, or drop the option."
                self.problems.append(Problem(message, remedy, leaf.given.mark.file))
            else:
                found.append(leaf)
        return found

    def _right(self, given: Iterator[Leaf], document: Document | None) -> Iterator[Leaf]:
        """The settings that exist and whose values are allowed; the others are reported."""
        seen = set()
        for leaf in given:
            _, problems = checked(leaf)
            if document is None:
                self.problems += problems
            else:
                document.problems += problems
                if leaf.path in seen:
                    message = f"`{leaf.path}` is set twice"
                    self.parts.report(message, "Keep one of the two.", leaf.here)
            seen.add(leaf.path)
            if not problems and not leaf.given.mark.refused:
                yield leaf

    def _below_factors(self, scenario: Scenario, layers: Sequence[Sequence[Leaf]]) -> Scenario:
        """The scenario with layers over it, each spelling out its own `rules`."""
        if not layers:
            return scenario
        spelled = [
            spell_out(reduce(merge, (nested(leaf.path, leaf.given) for leaf in layer)))
            for layer in layers
        ]
        above = reduce(merge, spelled)
        whole = merge(marked(scenario.given, _NOWHERE), above)
        settings, problems = check(whole, vocabulary_of_settings())
        if settings is None:
            self._report_together(scenario, problems)
            return scenario
        given = {path: one for path in known_settings() if (one := _given(above, path))}
        return replace(
            scenario,
            settings=cast("Settings", settings),
            sets=tuple(f"{path}={_json(one)}" for path, one in given.items()),
            given=plain(whole),
            origin={**scenario.origin, **{path: _origin(one) for path, one in given.items()}},
        )

    def _report_together(self, scenario: Scenario, problems: Sequence[Problem]) -> None:
        """Problems of values that are allowed alone, and not in this scenario."""
        for problem in problems:
            message = f"in the scenario {scenario.name}, {problem.message}"
            if problem.file:
                own = problem.file == self.parts.document.file
                key = f"{SET}.{problem.key}" if own else problem.key
                self.problems.append(replace(problem, message=message, key=key))
            else:
                self.parts.report(message, problem.remedy, (SET, *problem.key.split(".")))


def _given(above: Marked, path: str) -> Marked | None:
    parts = tuple(path.split("."))
    met = walk_along(above, parts)
    return met[-1] if len(met) == len(parts) + 1 else None


def _json(given: Marked) -> str:
    return json.dumps(plain(given), ensure_ascii=False)


def _origin(given: Marked) -> str:
    mark = given.mark
    return OPTION if mark.line is None else f"{mark.file}:{mark.line}"


def values_of(scenario: Scenario, path: str) -> Any:
    """What a setting is in a scenario."""
    value: Any = scenario.settings
    for part in path.split("."):
        value = getattr(value, part)
    return value
