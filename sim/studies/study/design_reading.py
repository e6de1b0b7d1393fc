"""From the `design` and `points` of a study file to a design and its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.errors import InputProblem
from sim.scenario.loading import Scenario
from sim.scenario.marks import KeyPath, Marked, shown
from sim.scenario.wording import listed, nearest, number
from sim.studies.study.designs import (
    Design,
    Grid,
    Points,
    Row,
    one_at_a_time,
    placed,
    unit_points,
)
from sim.studies.study.factor_reading import FACTORS, FactorReading
from sim.studies.study.factors import Factor, Value
from sim.studies.study.form import MOST_POINTS, DesignForm
from sim.studies.study.keys import Leaf, checked
from sim.studies.study.parts import Parts
from sim.studies.study.scenario_reading import values_of

DESIGN, POINTS = "design", "points"
MOST_IN_A_GRID = 10_000_000
#: Which kinds of design each option belongs to.
OPTIONS = {
    "points": ("latin_hypercube", "sobol", "saltelli"),
    "seed": ("latin_hypercube", "sobol", "morris", "saltelli"),
    "trajectories": ("morris",),
    "grid": ("morris",),
    "second_order": ("saltelli",),
    "base": ("one_at_a_time",),
}


@dataclass
class DesignReading:
    """Reads the design of one study."""

    parts: Parts
    reading: FactorReading

    def design(self) -> Design | None:
        """The design without its base, None where it cannot be read."""
        given = self.parts.of(DESIGN)
        if given is None:
            return None
        if DESIGN not in self.parts and POINTS in self.parts:
            given = "points"
        if isinstance(given, str):
            given = DesignForm(kind=given)  # type: ignore[arg-type]
        for option, kinds in OPTIONS.items():
            if getattr(given, option) is not None and given.kind not in kinds:
                message = f"`{option}` says nothing about a design of kind {given.kind}"
                remedy = f"It belongs to {listed(kinds)}."
                if option == "points" and given.kind == "points":
                    remedy = "List the points under `points:` at the top."
                self.parts.report(message, remedy, (DESIGN, option))
        if given.kind in OPTIONS["points"] and given.points is None:
            message = f"a design of kind {given.kind} needs a number of points"
            self.parts.report(message, f"Write {{kind: {given.kind}, points: 64}}.", (DESIGN,))
            return None
        self._check_numbers(given)
        if given.kind != "points" and POINTS in self.parts:
            message = f"points are listed, and the design is {given.kind}"
            self.parts.report(message, "Write `design: points`, or drop the list.", (POINTS,))
        asked = {name: getattr(given, name) for name in OPTIONS if name != "base"}
        known = {name: value for name, value in asked.items() if value is not None}
        return Design(given.kind, **known)

    def points(
        self, design: Design, factors: Sequence[Factor], scenarios: Sequence[Scenario]
    ) -> tuple[Design, tuple[Factor, ...], Points] | None:
        """The design with its base, the factors and the points; None where there are none."""
        if design.kind == "points":
            return self._listed(design, factors)
        if not factors and (design.is_sampled or design.kind == "one_at_a_time"):
            message = f"a design of kind {design.kind} needs factors"
            self.parts.report(message, "Name what is varied under `factors`.", (DESIGN,))
            return None
        if design.kind == "one_at_a_time":
            base = self._base(factors, scenarios)
            if base is None:
                return None
            rows: Sequence[Row] = one_at_a_time(factors, base)
            return replace(design, base=base), tuple(factors), Points(factors, rows, True)
        if design.is_sampled:
            drawn = self._drawn(design, factors)
            return None if drawn is None else (design, tuple(factors), drawn)
        return self._grid(design, factors)

    def _check_numbers(self, given: DesignForm) -> None:
        size = given.points or 0
        if given.kind in ("sobol", "saltelli") and size & (size - 1):
            message = f"{size} is no power of two, and only those spread evenly"
            below = 1 << (size.bit_length() - 1)
            self.parts.report(message, f"Take {below} or {2 * below}.", (DESIGN, "points"))
        if given.kind == "morris" and (given.grid or 4) % 2:
            message = f"a grid of {given.grid} levels has no step of half its length"
            remedy = "Take an even number of levels; 4 is usual."
            self.parts.report(message, remedy, (DESIGN, "grid"))

    # --- kind by kind -------------------------------------------------------------------------

    def _grid(
        self, design: Design, factors: Sequence[Factor]
    ) -> tuple[Design, tuple[Factor, ...], Points] | None:
        for factor in factors:
            if factor.levels is None:
                message = "a grid needs levels, and this range has no `steps`"
                remedy = "Add steps, such as `steps: 5`, or choose a design that samples: "
                remedy += "{kind: latin_hypercube, points: 64}."
                self.parts.report(message, remedy, (FACTORS, factor.name))
        if any(factor.levels is None for factor in factors):
            return None
        rows = Grid([factor.levels or () for factor in factors])
        if len(rows) > MOST_IN_A_GRID:
            message = f"the grid has {len(rows):,} points, more than {MOST_IN_A_GRID:,}"
            remedy = "Take fewer levels, or {kind: latin_hypercube, points: 1000}."
            self.parts.report(message, remedy, (FACTORS,))
            return None
        return design, tuple(factors), Points(factors, rows, True)

    def _drawn(self, design: Design, factors: Sequence[Factor]) -> Points | None:
        size = design.points or 0
        runs = (len(factors) + 1) * (
            design.trajectories if design.kind == "morris" else (1 + design.second_order) * size
        )
        if design.kind in ("morris", "saltelli") and runs > MOST_POINTS:
            message = f"this design has some {runs:,} points, more than {MOST_POINTS:,}"
            self.parts.report(message, "Ask for fewer.", (DESIGN,))
            return None
        if any(problem.key.startswith(DESIGN) for problem in self.parts.document.problems):
            return None
        try:
            places = unit_points(design, len(factors))
        except InputProblem as refused:
            for problem in refused.problems:
                path = (DESIGN, problem.key) if problem.key in OPTIONS else (DESIGN,)
                self.parts.report(problem.message, problem.remedy, path)
            return None
        assert places is not None
        return Points(factors, placed(factors, places), False)

    def _base(
        self, factors: Sequence[Factor], scenarios: Sequence[Scenario]
    ) -> dict[str, Value] | None:
        given = self._given_base()
        names = [factor.name for factor in factors]
        for name in given:
            self.parts.report_unless_known(name, names, "factor", (DESIGN, "base", name))
        base: dict[str, Value | None] = {}
        for factor in factors:
            if factor.name in given:
                path = (DESIGN, "base", factor.name)
                base[factor.name] = self._level(factor, given[factor.name], path, anywhere=True)
            elif factor.is_joint:
                base[factor.name] = 0.0 if factor.line else (factor.levels or ("",))[0]
            else:
                base[factor.name] = self._shared(factor, scenarios)
        known = {name: value for name, value in base.items() if value is not None}
        return known if len(known) == len(factors) and set(given) <= set(names) else None

    def _given_base(self) -> dict[str, Marked]:
        design = self.parts.root.value.get(DESIGN)
        base = design.value.get("base") if design and isinstance(design.value, dict) else None
        return base.value if base and isinstance(base.value, dict) else {}

    def _shared(self, factor: Factor, scenarios: Sequence[Scenario]) -> Value | None:
        """What all scenarios say of a setting; reported where they differ."""
        values = {scenario.name: values_of(scenario, factor.name) for scenario in scenarios}
        if len(set(values.values())) == 1:
            return next(iter(values.values()))
        if values:
            told = ", ".join(f"{_word(value)} in {name}" for name, value in values.items())
            message = f"the scenarios differ in `{factor.name}`: {told}"
            some = next(iter(values.values()))
            remedy = f"Say where it stays: {{kind: one_at_a_time, base: {{{factor.name}: "
            self.parts.report(message, f"{remedy}{_word(some)}}}}}.", (DESIGN,))
        return None

    # --- points listed ------------------------------------------------------------------------

    def _listed(
        self, design: Design, factors: Sequence[Factor]
    ) -> tuple[Design, tuple[Factor, ...], Points] | None:
        listed_points = self.parts.of(POINTS)
        if listed_points is None:
            return None
        if not listed_points:
            message = "a design of kind points needs points"
            remedy = "List them under `points`, such as - {cells.size: 4}."
            self.parts.report(message, remedy, (POINTS,) if POINTS in self.parts else (DESIGN,))
            return None
        given: list[Marked] = self.parts.root.value[POINTS].value
        if FACTORS not in self.parts:
            factors = self._named_in(given)
        rows = self._rows(given, factors)
        if rows is None:
            return None
        return design, tuple(factors), Points(factors, rows, True)

    def _named_in(self, given: Sequence[Marked]) -> list[Factor]:
        """The factors that points name, each with its values in the order of appearance."""
        names = dict.fromkeys(name for point in given for name in point.value)
        found = []
        for name in names:
            entries: dict[str, tuple[Marked, KeyPath]] = {}
            for place, point in enumerate(given):
                if name in point.value:
                    entry = point.value[name]
                    entries.setdefault(repr(entry.value), (entry, (POINTS, place, name)))
            values, places = zip(*entries.values(), strict=True)
            factor = self.reading.single(name, values, places)
            if factor is not None:
                found.append(factor)
        return found

    def _rows(self, given: Sequence[Marked], factors: Sequence[Factor]) -> list[Row] | None:
        names = [factor.name for factor in factors]
        before = len(self.parts.document.problems)
        rows: dict[Row, int] = {}
        for place, point in enumerate(given):
            path = (POINTS, place)
            for name in point.value:
                if FACTORS in self.parts:
                    self.parts.report_unless_known(name, names, "factor", (*path, name))
            missing = [name for name in names if name not in point.value]
            if missing:
                message = f"this point says nothing of {listed(missing)}"
                self.parts.report(message, "Give every factor a level.", path)
                continue
            levels = [
                self._level(factor, point.value[factor.name], (*path, factor.name))
                for factor in factors
            ]
            row = tuple(level for level in levels if level is not None)
            if len(row) < len(factors):
                continue
            if row in rows:
                message = f"this point is the same as points[{rows[row]}]"
                self.parts.report(message, "Keep one of the two.", path)
            rows.setdefault(row, place)
        return list(rows) if len(self.parts.document.problems) == before else None

    def _level(
        self, factor: Factor, given: Marked, path: KeyPath, anywhere: bool = False
    ) -> Value | None:
        """A level that a point or a base names; None where the factor cannot take it."""
        if factor.is_joint:
            return self._joint_level(factor, given, path)
        value, problems = checked(Leaf(factor.name, given, path))
        self.parts.document.problems += problems
        if value is None or anywhere:
            return value
        if factor.span is not None:
            low, high = factor.span
            if low <= value <= high:
                return value
            message = f"{_word(value)} lies outside the range of `{factor.name}`"
            remedy = f"It goes from {number(low)} to {number(high)}."
        else:
            if value in (factor.levels or ()):
                return value
            message = f"{_word(value)} is not among the levels of `{factor.name}`"
            remedy = f"They are {listed(_word(level) for level in factor.levels or ())}."
        self.parts.report(message, remedy, path)
        return None

    def _joint_level(self, factor: Factor, given: Marked, path: KeyPath) -> Value | None:
        if factor.line:
            share = given.value
            if isinstance(share, int | float) and not isinstance(share, bool) and 0 <= share <= 1:
                return float(share)
            message = f"`{shown(factor.name)}` moves along a line"
            self.parts.report(message, "Give the share of the way, from 0 to 1.", path)
            return None
        names = [str(level) for level in factor.levels or ()]
        if given.value in names:
            return str(given.value)
        near = nearest(str(given.value), names)
        remedy = f"Did you mean `{near}`?" if near else f"They are {listed(names)}."
        message = f"`{shown(factor.name)}` has no level `{shown(given.value)}`"
        self.parts.report(message, remedy, path)
        return None


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return number(value)
