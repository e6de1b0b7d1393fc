"""From a study file to a study: what it asks for, and every slip in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import InputProblem, Problem
from sim.scenario.checking import MOST_PROBLEMS
from sim.scenario.finding import SUFFIXES
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.marks import Document, Mark, Marked, shown
from sim.scenario.wording import listed
from sim.scenario.yaml_marks import read_file, read_text
from sim.studies.study.design_reading import DesignReading
from sim.studies.study.factor_reading import FACTORS, FactorReading
from sim.studies.study.factors import Factor
from sim.studies.study.form import Form
from sim.studies.study.keys import marked
from sim.studies.study.measure_reading import COLUMNS, MeasureReading
from sim.studies.study.parts import Parts
from sim.studies.study.policy_reading import PolicyReading
from sim.studies.study.scenario_reading import ScenarioReading
from sim.studies.study.study import Study
from sim.studies.study.trying import problems_at_points


def load_study(
    path: str | Path, sets: Sequence[str] = (), design: Mapping[str, Any] | None = None
) -> Study:
    """Read a study file; ``sets`` are ``key.path=value`` from the command line.

    They lie over the file's `set`, and that over every scenario; factors lie over all. ``design``
    takes the place of the file's.

    Raises
    ------
    InputProblem
        With every problem found, each with its file, line and key: with the file, with the
        scenarios it names, and with settings that cannot be combined at a point.
    """
    folder = Path(path).parent
    document = read_file(Path(path))
    if design is not None and document.root is not None:
        document.root = with_design(document.root, design)
    return _study(
        document,
        Path(path).name,
        sets,
        lambda name: load_scenario(_beside(folder, name)),
    )


def is_study(name: str) -> bool:
    """Whether a name is that of a file that means to be a study, right or wrong."""
    path = Path(name)
    if path.suffix not in SUFFIXES or not path.is_file():
        return False
    root = read_file(path).root
    return root is not None and bool({"scenarios", "question"} & set(root.value))


def study_of_text(
    file: str,
    text: str,
    load: Callable[[str], Scenario],
    sets: Sequence[str] = (),
    design: Mapping[str, Any] | None = None,
) -> Study:
    """The study that a file called ``file`` held; ``load`` gives the scenarios it names.

    Raises
    ------
    InputProblem
        As ``load_study``.
    """
    document = read_text(file, text)
    if design is not None and document.root is not None:
        document.root = with_design(document.root, design)
    return _study(document, file, sets, load)


def with_design(root: Marked, design: Mapping[str, Any]) -> Marked:
    """A study file's values with another design."""
    given = marked(dict(design), Mark("--method", None))
    return Marked({**root.value, "design": given}, root.mark)


def _study(
    document: Document, file: str, sets: Sequence[str], load: Callable[[str], Scenario]
) -> Study:
    if document.root is None:
        raise InputProblem(document.problems)
    reading = StudyReading(document, sets, load)
    study = reading.study(file)
    problems = reading.problems()
    if not problems and study is not None:
        problems = problems_at_points(study, document)
    if problems or study is None:
        raise InputProblem(problems)
    return study


def _beside(folder: Path, name: str) -> str:
    """A scenario's name, with the files in it that lie beside the study led there."""
    parts = [part.strip() for part in name.split("+")]
    found = [
        str(folder / part)
        if Path(part).suffix in SUFFIXES and not Path(part).is_file() and (folder / part).is_file()
        else part
        for part in parts
    ]
    return name if found == parts else "+".join(found)


@dataclass
class StudyReading:
    """Reads one document; what is wrong goes to the document's problems, or the scenarios'."""

    document: Document
    sets: Sequence[str]
    load: Callable[[str], Scenario]
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parts = Parts(self.document)
        self.parts.report_unknown_keys()
        self._from_scenarios = ScenarioReading(self.parts, self.sets, self.load)

    def study(self, file: str) -> Study | None:
        """The study, None where it cannot be put together; its problems are told in any case."""
        factor_reading = FactorReading(self.parts, self.notes)
        design_reading = DesignReading(self.parts, factor_reading)
        factors: Sequence[Factor] = factor_reading.factors()
        scenarios = self._from_scenarios.scenarios(factors)
        design = design_reading.design()
        whole = None
        if design is not None and len(factors) == self._named:
            whole = design_reading.points(design, factors, scenarios)
        if whole is not None:
            factors = whole[1]
        self._check_columns(factors)
        self._check_events(factors, scenarios)
        self._note_what_is_switched_off(factors, scenarios)
        measuring = MeasureReading(self.parts, scenarios, factors)
        also = measuring.also()
        policy = PolicyReading(self.parts, factors, also, measuring.measured).policy()
        measures = measuring.measures()
        if policy is not None and "measures" not in self.parts:
            measures = tuple(one.name for one in policy.outcomes)
        replications = measuring.replications()
        series = measuring.series()
        texts = self._texts()
        rest = {key: self.parts.of(key) for key in ("first_seed", "pairing")}
        if whole is None:
            return None
        return Study(
            name=Path(file).stem,
            **texts,
            scenarios=tuple(scenarios),
            factors=tuple(factors),
            design=whole[0],
            points=whole[2],
            replications=replications,
            **rest,
            measures=measures,
            also=tuple(also),
            series=series,
            files={file: self.document.text},
            notes=tuple(self.notes),
            policy=policy,
        )

    def problems(self) -> list[Problem]:
        """All that is wrong: the study's file first, then scenarios and options."""
        own = sorted(self.document.problems, key=lambda one: one.line or 0)
        found = list(dict.fromkeys([*own, *self._from_scenarios.problems]))
        more = len(found) - MOST_PROBLEMS
        if more <= 0:
            return found
        rest = Problem(f"{more} more problems follow", "Mend these first.", self.document.file)
        return [*found[:MOST_PROBLEMS], rest]

    @property
    def _named(self) -> int:
        """How many factors the file names."""
        given = self.parts.root.value.get(FACTORS)
        return len(given.value) if given is not None and isinstance(given.value, dict) else 0

    def _texts(self) -> dict[str, Any]:
        texts = {}
        for key in ("title", "question", "expectation", "afterthought"):
            text = self.parts.of(key)
            if text is not None and Form.model_fields[key].is_required() and not text.strip():
                self.parts.report(f"`{key}` is empty", "Write it out.", (key,))
            texts[key] = (text or "").strip()
        return texts

    def _check_columns(self, factors: Sequence[Factor]) -> None:
        from sim.measures import MEASURES

        for factor in factors:
            if factor.name in COLUMNS or factor.name in MEASURES:
                message = f"the tables have a column `{factor.name}` already"
                self.parts.report(message, "Give it another name.", (FACTORS, factor.name))

    def _note_what_is_switched_off(
        self, factors: Sequence[Factor], scenarios: Sequence[Scenario]
    ) -> None:
        for scenario in scenarios:
            for factor in factors:
                sections = {path.partition(".")[0] for path in factor.paths}
                if sections <= set(scenario.settings.without):
                    self.notes.append(
                        f"{factor.name} changes nothing in {scenario.name}, which is without "
                        f"{listed(sorted(sections))}"
                    )

    def _check_events(self, factors: Sequence[Factor], scenarios: Sequence[Scenario]) -> None:
        """Report settings that both a factor and an event move: the event would win half-way."""
        moved = {path: factor for factor in factors for path in factor.moves}
        for factor, scenario, week, path in self._set_by_events(factors, scenarios):
            if path not in moved:
                continue
            name = moved[path].name
            where = f"level {shown(factor)}" if factor else f"the scenario {scenario}"
            message = f"an event in {where} sets `{path}` in week {week}, whatever the factor says"
            remedy = "Take the event away, or vary something else."
            key = (FACTORS, name) if FACTORS in self.parts else ("points",)
            self.parts.report(message, remedy, key)

    def _set_by_events(
        self, factors: Sequence[Factor], scenarios: Sequence[Scenario]
    ) -> Iterator[tuple[str, str, int, str]]:
        """Level or "", scenario, week and key path of everything that an event sets."""
        for scenario in scenarios:
            for event in scenario.settings.events:
                for path in event.set or {}:
                    yield "", scenario.name, event.at, path
        for factor in factors:
            for level, world in factor.worlds.items():
                events: list[Mapping[str, Any]] = world.get("events", [])
                for each in events:
                    for path in each.get("set") or {}:
                        yield level, "", each["at"], path
