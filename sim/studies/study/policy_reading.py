"""From the `policy` of a study file to what its map shows, and every slip in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.measures import MEASURES
from sim.scenario.marks import shown
from sim.studies.study.derived import Derived
from sim.studies.study.factors import Factor, Value
from sim.studies.study.form import OutcomeForm, PolicyForm
from sim.studies.study.parts import Parts
from sim.studies.study.policy import Policy, PolicyOutcome

POLICY = "policy"
#: Share of the colour range that matters unless the file says otherwise.
MARGIN = 0.02
#: Decimals shown unless the file says otherwise.
DECIMALS = 2


@dataclass
class PolicyReading:
    """Reads the policy map of one study; ``measured`` are the measures that its runs have."""

    parts: Parts
    factors: Sequence[Factor]
    also: Sequence[Derived]
    measured: Sequence[str]

    def policy(self) -> Policy | None:
        """What the map shows, None where the file asks for none or it cannot be read."""
        form: PolicyForm | None = self.parts.of(POLICY)
        if form is None:
            return None
        before = len(self.parts.document.problems)
        factors = self._axes(form)
        outcomes = [self._outcome(name, one) for name, one in form.outcomes.items()]
        if not form.outcomes:
            self._report("a map shows an outcome", "Name a measure.", "outcomes")
        self._check_design()
        today = self._today(form, factors) if factors else None
        if len(self.parts.document.problems) > before or today is None:
            return None
        known = tuple(one for one in outcomes if one is not None)
        return Policy(
            form.rows, form.columns, form.tabs, known, today, dict(form.labels), form.tile
        )

    def _axes(self, form: PolicyForm) -> tuple[Factor, Factor] | None:
        """The factors of rows and columns; every factor of the study must have its place."""
        by_name = {factor.name: factor for factor in self.factors}
        places = {"rows": form.rows, "columns": form.columns}
        if form.tabs:
            places["tabs"] = form.tabs
        named: list[str] = []
        for key, name in places.items():
            known = self.parts.report_unless_known(name, by_name, "factor", (POLICY, key))
            if name in named:
                self._report(f"`{shown(name)}` has a place already", "Name another one.", key)
            elif known and by_name[name].levels is None:
                self._report("a map needs levels", "List the factor's levels.", key)
            named.append(name)
        for name in form.labels:
            self.parts.report_unless_known(name, by_name, "factor", (POLICY, "labels", name))
        left = [name for name in by_name if name not in named]
        if left:
            message = f"the factor `{shown(left[0])}` has no place on the map"
            remedy = "Make it `tabs`, or take it out: a tile is one policy, not a mean of several."
            self._report(message, remedy, "tabs" if form.tabs else "rows")
        if form.rows not in by_name or form.columns not in by_name:
            return None
        return by_name[form.rows], by_name[form.columns]

    def _check_design(self) -> None:
        scenarios = self.parts.of("scenarios") or []
        if len(scenarios) > 1:
            message = "a policy map is of one scenario"
            self.parts.report(message, "Keep one: the others go into `tabs`.", ("scenarios",))
        if self.parts.of("pairing") == "independent":
            message = "a policy map compares tiles on the same seeds"
            self.parts.report(message, "Take `pairing: common`.", ("pairing",))

    def _outcome(self, name: str, form: OutcomeForm) -> PolicyOutcome | None:
        here = (POLICY, "outcomes", name)
        derived = next((one for one in self.also if one.name == name), None)
        if derived is not None and derived.first:
            message = f"`{shown(name)}` is a time that not every run reaches"
            self.parts.report(message, "Take a measure, or a mean over a window.", here)
            return None
        known = [*self.measured, *(one.name for one in self.also)]
        if not self.parts.report_unless_known(name, known, "measure", here):
            return None
        measure: Any = MEASURES[derived.measure if derived else name]
        better = {"more": 1, "less": -1, None: measure.better}[form.better]
        if better == 0:
            message = f"neither more nor less of `{shown(name)}` is better in itself"
            self.parts.report(message, "Say which way: `better: more` or `better: less`.", here)
        low = measure.low if form.low is None else form.low
        high = measure.high if form.high is None else form.high
        if low is None or high is None:
            message = f"`{shown(name)}` has no natural range, and colours need one"
            self.parts.report(message, "Give `low` and `high`.", here)
            return None
        if not low < high:
            message = f"the range from {low:g} to {high:g} is empty"
            self.parts.report(message, "`low` lies below `high`.", here)
            return None
        margin = MARGIN * (high - low) if form.margin is None else form.margin
        if not margin > 0:
            message = f"a difference of {margin:g} cannot be what matters"
            self.parts.report(message, "Give a margin above 0.", (*here, "margin"))
        return PolicyOutcome(
            name=name,
            label=form.label or (derived.label if derived else measure.label),
            unit=derived.unit if derived else measure.unit,
            better=better,
            low=float(low),
            high=float(high),
            decimals=DECIMALS if form.decimals is None else form.decimals,
            margin=float(margin),
        )

    def _today(
        self, form: PolicyForm, factors: tuple[Factor, Factor]
    ) -> tuple[Value, Value] | None:
        found: list[Value] = []
        for factor in factors:
            levels = list(factor.levels or ())
            level = form.today.get(factor.name, levels[0] if levels else None)
            if level not in levels:
                message = f"`{shown(factor.name)}` has no level {shown(level)}"
                self._report(message, "Name one of those that are run.", "today")
                return None
            found.append(levels[levels.index(level)])
        names = [factor.name for factor in factors]
        for name in form.today:
            self.parts.report_unless_known(name, names, "row or column", (POLICY, "today", name))
        return found[0], found[1]

    def _report(self, message: str, remedy: str, key: str) -> None:
        self.parts.report(message, remedy, (POLICY, key))
