"""What a study looks at, and how often it runs: measures, windows, replications, series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.measures import LEARNING_MEASURES, MAIN_MEASURES, MEASURES
from sim.models.whole_run.batch import MEASURED
from sim.models.whole_run.scope import is_whole
from sim.scenario.loading import Scenario
from sim.scenario.marks import KeyPath, shown
from sim.studies.study.derived import WEEKS, Derived
from sim.studies.study.factors import Factor
from sim.studies.study.parts import Parts
from sim.studies.study.study import Replications

#: Columns that every table of runs has.
COLUMNS = ("run", "scenario", "point", "seed", "status", "error", "period")
ALSO = "also"


@dataclass
class MeasureReading:
    """Reads what one study measures."""

    parts: Parts
    scenarios: Sequence[Scenario]
    factors: Sequence[Factor]

    def __post_init__(self) -> None:
        #: Whether nothing happens but learning, so that there are only measures of learning.
        self.learning_only = bool(self.scenarios) and all(
            is_whole(scenario.settings) for scenario in self.scenarios
        )
        self.measured = list(MEASURED if self.learning_only else MEASURES)

    def also(self) -> list[Derived]:
        """The numbers taken off series, or as many as could be read."""
        given = self.parts.of(ALSO) or []
        taken = {*MEASURES, *COLUMNS, *(factor.name for factor in self.factors)}
        found = []
        for place, form in enumerate(given):
            path = (ALSO, place)
            if form.name in taken:
                message = f"there is already a column `{shown(form.name)}`"
                self.parts.report(message, "Give it another name.", (*path, "name"))
            taken.add(form.name)
            derived = self._derived(form, path)
            if derived is not None:
                found.append(derived)
        return found

    def measures(self) -> tuple[str, ...]:
        """What is spoken of first."""
        given = self.parts.of("measures") or []
        named = self._named()
        for place, name in enumerate(given):
            self._is_measured(name, ("measures", place), named)
            if name in given[:place]:
                message = f"`{shown(name)}` stands here a second time"
                self.parts.report(message, "Keep one of the two.", ("measures", place))
        main = LEARNING_MEASURES if self.learning_only else MAIN_MEASURES
        return tuple(given or main)

    def replications(self) -> Replications:
        """How many runs, as far as it could be read."""
        given = self.parts.of("replications")
        if given is None:
            return Replications()
        several = len(self.scenarios) > 1
        if isinstance(given, int):
            return Replications(given, of="difference" if several else "mean")
        path = ("replications",)
        named = self._named()
        if not given.until:
            message = "it is not said what is to be known how precisely"
            self.parts.report(message, "Such as until: {output: 0.05}.", (*path, "until"))
        for name, half_width in given.until.items():
            self._is_measured(name, (*path, "until", name), named)
            if half_width <= 0:
                message = f"an interval cannot be as narrow as {half_width:g}"
                remedy = "Give a half-width above 0, in the measure's unit."
                self.parts.report(message, remedy, (*path, "until", name))
        if given.of == "difference" and len(self.parts.of("scenarios") or "12") < 2:
            message = "there is no difference between one scenario"
            self.parts.report(message, "Name a second one, or take of: mean.", (*path, "of"))
        if given.at_least > given.at_most:
            message = f"at_least is {given.at_least}, more than at_most, {given.at_most}"
            place = "at_least" if "at_least" in given.model_fields_set else "at_most"
            self.parts.report(message, "Lower one or raise the other.", (*path, place))
        of = given.of or ("difference" if several else "mean")
        return Replications(None, dict(given.until), of, given.batch, given.at_least, given.at_most)

    def series(self) -> int:
        """Every how many periods the way is kept, 0 for never."""
        given = self.parts.of("series")
        if given is None or isinstance(given, bool):
            return int(bool(given))
        shortest = self._shortest()
        if self.scenarios and given.every > shortest:
            message = f"every {given.every} periods is never in runs of {shortest}"
            self.parts.report(message, f"Give at most {shortest}.", ("series", "every"))
        return int(given.every)

    # --- one by one ---------------------------------------------------------------------------

    def _derived(self, form: Any, path: KeyPath) -> Derived | None:
        start, end = getattr(form, "from") or 1, form.to
        if bool(form.mean_of) == bool(form.first):
            message = "this needs one of `mean_of` and `first`, with a measure"
            self.parts.report(message, "Such as mean_of: output, or first: quality.", path)
            return None
        measure = form.mean_of or form.first
        self._is_measured(measure, (*path, "mean_of" if form.mean_of else "first"), ())
        thresholds = [form.above, form.below]
        if form.first and thresholds.count(None) != 1:
            message = "a first passage needs one of `above` and `below`"
            self.parts.report(message, "Such as above: 0.5.", path)
        if form.mean_of and thresholds.count(None) != 2:
            message = "a mean over a window has no threshold"
            remedy = "Take it away, or write `first` instead of `mean_of`."
            self.parts.report(message, remedy, (*path, "below" if form.above is None else "above"))
        self._window(start, end, path)
        unit = MEASURES[measure].unit if form.mean_of and measure in MEASURES else WEEKS
        return Derived(
            form.name, form.mean_of, form.first, start, end, form.above, form.below, unit
        )

    def _window(self, start: int, end: int | None, path: KeyPath) -> None:
        shortest = self._shortest()
        for key, period in (("from", start), ("to", end)):
            if self.scenarios and period is not None and period > shortest:
                message = f"period {period} lies after the end of the runs, period {shortest}"
                remedy = "Set `periods` longer, or look earlier."
                self.parts.report(message, remedy, (*path, key))
        if end is not None and end < start:
            message = f"the window from {start} to {end} is empty"
            self.parts.report(message, "`from` is the earlier period.", (*path, "to"))

    def _shortest(self) -> int:
        """Periods of the shortest runs of the study."""
        varied = [level for factor in self.factors for level in _periods(factor)]
        return min(varied or [scenario.settings.periods for scenario in self.scenarios] or [1])

    def _named(self) -> Sequence[str] | None:
        """Names that `also` gives to columns, None where that part cannot be read."""
        given = self.parts.of(ALSO)
        return None if given is None else [form.name for form in given]

    def _is_measured(self, name: str, path: KeyPath, named: Sequence[str] | None) -> None:
        known = [*self.measured, *(named or ())]
        if name in MEASURES and name not in known:
            message = f"these runs have no measure `{name}`: people only learn in them"
            self.parts.report(message, f"They have {', '.join(known)}.", path)
        elif named is not None:
            self.parts.report_unless_known(name, known, "measure", path)


def _periods(factor: Factor) -> list[int]:
    """How long runs are at the levels of a factor that says so; empty for any other."""
    if "periods" not in factor.paths:
        return []
    levels = factor.levels if factor.levels is not None else factor.span
    assert levels is not None
    worlds = [factor.values_at(level) for level in levels]
    return [world["periods"] for world in worlds if "periods" in world]
