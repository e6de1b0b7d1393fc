"""From the `factors` of a study file to factors, and every slip in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.marks import KeyPath, Marked, shown
from sim.scenario.schema import Declaration
from sim.scenario.wording import expected, number
from sim.studies.study import form
from sim.studies.study.factors import End, Factor, Value, nearest_whole, spaced
from sim.studies.study.keys import TEXTS, Leaf, checked, known_settings, leaves, no_setting
from sim.studies.study.parts import Parts

FACTORS = "factors"


@dataclass
class FactorReading:
    """Reads the factors of one study; ``notes`` are things worth saying about them."""

    parts: Parts
    notes: list[str]

    def factors(self) -> list[Factor]:
        """The factors, or as many as could be read."""
        given = self.parts.root.value.get(FACTORS)
        if given is None or given.mark.refused:
            return []
        if not isinstance(given.value, dict):
            self.parts.checked(FACTORS, dict[str, Any], given)
            return []
        found = [self._factor(name, marked) for name, marked in given.value.items()]
        factors = [factor for factor in found if factor is not None]
        self._each_setting_once(factors)
        return factors

    def single(
        self, name: str, values: Sequence[Marked], places: Sequence[KeyPath]
    ) -> Factor | None:
        """A factor of one setting, with the levels that stand at ``places``."""
        # Entries of a list stand below their factor; what points name stands in each point.
        first = places[0]
        declared = self._varied(name, first[:-1] if first[0] == FACTORS else first)
        if declared is None:
            return None
        levels: list[Value] = []
        for marked, place in zip(values, places, strict=True):
            value, problems = checked(Leaf(name, marked, place))
            self.parts.document.problems += problems
            if value is not None:
                levels.append(value)
        return _of_setting(name, declared, levels=tuple(levels))

    # --- the four forms -----------------------------------------------------------------------

    def _factor(self, name: str, marked: Marked) -> Factor | None:
        path = (FACTORS, name)
        if marked.mark.refused:
            return None
        if isinstance(marked.value, list):
            if not marked.value:
                message = f"`{shown(name)}` has no levels"
                self.parts.report(message, "List them: [1, 3, 5].", path)
                return None
            if any(isinstance(entry.value, dict) for entry in marked.value):
                return self._joint(name, marked)
            return self._listed(name, marked.value)
        if isinstance(marked.value, dict):
            return self._line(name, marked) if "of" in marked.value else self._range(name, marked)
        message = f"`{shown(name)}` is given one value; a factor has several"
        remedy = "List levels, such as [1, 3, 5], or give {from: 1, to: 5, steps: 3}; "
        self.parts.report(message, remedy + "one value for all stands under `set`.", path)
        return None

    def _listed(self, name: str, entries: list[Marked]) -> Factor | None:
        places = [(FACTORS, name, number) for number in range(len(entries))]
        before = len(self.parts.document.problems)
        factor = self.single(name, entries, places)
        if factor is None or len(self.parts.document.problems) > before:
            return None
        assert factor.levels is not None
        for place, level in enumerate(factor.levels):
            if level in factor.levels[:place]:
                message = f"the level {shown(level)} stands here a second time"
                self.parts.report(message, "Keep one of the two.", places[place])
                return None
        return factor

    def _range(self, name: str, marked: Marked) -> Factor | None:
        path = (FACTORS, name)
        declared = self._varied(name, path)
        given = self._form(name, form.Range, marked)
        if declared is None or given is None:
            return None
        if not _is_number(declared):
            message = f"a range needs numbers, and `{name}` is {expected(declared)}"
            self.parts.report(message, f"List its levels: {_some_levels(declared)}.", path)
            return None
        low, high = getattr(given, "from"), given.to
        if not self._is_span(low, high, given.scale, path):
            return None
        ends = [Leaf(name, marked.value[end], (*path, end)) for end in ("from", "to")]
        problems = [problem for end in ends for problem in checked(end)[1]]
        self.parts.document.problems += problems
        if problems:
            return None
        levels: tuple[Value, ...] | None = None
        if given.steps is not None:
            steps = spaced(low, high, given.steps, given.scale)
            levels = tuple(self._whole(name, steps, path) if _is_whole(declared) else steps)
            if not levels:
                return None
        span = (float(low), float(high))
        return _of_setting(name, declared, levels=levels, span=span, scale=given.scale)

    def _joint(self, name: str, marked: Marked) -> Factor | None:
        given = self._form(name, list[form.Level], marked)
        if given is None:
            return None
        worlds: dict[str, dict[str, Any]] = {}
        before = len(self.parts.document.problems)
        for place, level in enumerate(given):
            path = (FACTORS, name, place)
            if level.name in worlds:
                message = f"two levels have the name `{shown(level.name)}`"
                self.parts.report(message, "Name them differently.", (*path, "name"))
            worlds[level.name] = self._settings(self.parts.at((*path, "set")), (*path, "set"))
        if len(self.parts.document.problems) > before:
            return None
        moved = dict.fromkeys(path for world in worlds.values() for path in world)
        if not moved:
            self.parts.report("none of its levels sets anything", "Say what.", (FACTORS, name))
            return None
        if any(path not in world for world in worlds.values() for path in moved):
            # One name may then stand for other worlds, where scenarios differ in such a setting.
            self.notes.append(f"{name}: what a level does not set is as each scenario has it")
        for place, (level_name, world) in enumerate(worlds.items()):
            if world in list(worlds.values())[:place]:
                message = f"`{shown(level_name)}` sets the same as a level above it"
                self.parts.report(message, "Keep one of the two.", (FACTORS, name, place))
                return None
        return Factor(name, tuple(moved), tuple(worlds), is_joint=True, worlds=worlds)

    def _line(self, name: str, marked: Marked) -> Factor | None:
        given = self._form(name, form.Line, marked)
        if given is None:
            return None
        path = (FACTORS, name)
        firsts, lasts = getattr(given, "from"), given.to
        if not len(given.of) == len(firsts) == len(lasts) or not given.of:
            message = f"{len(given.of)} settings move from {len(firsts)} values to {len(lasts)}"
            remedy = "Give each of `of` one value in `from` and one in `to`."
            self.parts.report(message, remedy, path)
            return None
        ends = [
            self._end(name, place, setting, marked, given.scale)
            for place, setting in enumerate(given.of)
        ]
        if all(end is not None and end.first == end.last for end in ends):
            message = f"nothing moves along `{shown(name)}`"
            self.parts.report(message, "Let `from` and `to` differ.", path)
            return None
        found = [end for end in ends if end is not None]
        if len(found) < len(ends):
            return None
        levels = None if given.steps is None else tuple(spaced(0.0, 1.0, given.steps, "linear"))
        return Factor(
            name,
            tuple(given.of),
            levels,
            span=(0.0, 1.0),
            unit="share of the way",
            is_joint=True,
            line=tuple(found),
            line_scale=given.scale,
        )

    # --- their parts --------------------------------------------------------------------------

    def _form(self, name: str, kind: Any, marked: Marked) -> Any:
        """The factor checked as one of the forms, None where it is wrong."""
        given = Marked({name: marked}, marked.mark)
        checked_form = self.parts.checked(FACTORS, dict[str, kind], given)
        return None if checked_form is None else checked_form[name]

    def _varied(self, name: str, path: KeyPath) -> Declaration | None:
        """The declaration of a setting that a factor may vary, None where it may not."""
        wrong = no_setting(name) or _unvaried(name)
        if wrong is not None:
            self.parts.report(*wrong, path)
            return None
        return known_settings()[name]

    def _settings(self, given: Marked, here: KeyPath) -> dict[str, Any]:
        settings = {}
        for leaf in leaves(given, here):
            value, problems = checked(leaf)
            if leaf.path in TEXTS:
                self.parts.report(*_word_for_people(leaf.path), leaf.here)
            elif leaf.path in settings:
                message = f"`{leaf.path}` is set twice"
                self.parts.report(message, "Keep one of the two.", leaf.here)
            self.parts.document.problems += problems
            settings[leaf.path] = value
        return settings

    def _end(self, name: str, place: int, setting: str, marked: Marked, scale: str) -> End | None:
        path = (FACTORS, name)
        declared = self._varied(setting, (*path, "of", place))
        if declared is None:
            return None
        if not _is_number(declared):
            message = f"only numbers move along a line, and `{setting}` is {expected(declared)}"
            self.parts.report(message, "Use levels with names instead.", (*path, "of", place))
            return None
        ends: list[Any] = []
        for end in ("from", "to"):
            here = (*path, end, place)
            given = marked.value[end].value[place]
            value, problems = checked(Leaf(setting, given, here))
            if scale == "log" and isinstance(value, int | float) and value <= 0:
                self.parts.report(*_no_logarithm(value), here)
                return None
            self.parts.document.problems += problems
            ends.append(value)
        if None in ends:
            return None
        return End(setting, float(ends[0]), float(ends[1]), _is_whole(declared))

    def _is_span(self, low: float, high: float, scale: str, path: KeyPath) -> bool:
        if scale == "log" and low <= 0:
            self.parts.report(*_no_logarithm(low), (*path, "from"))
            return False
        if low >= high:
            message = f"the range goes from {number(low)} to {number(high)}"
            self.parts.report(message, "`from` is the lower end.", (*path, "from"))
            return False
        return True

    def _whole(self, name: str, steps: list[float], path: KeyPath) -> list[int]:
        """Steps of a setting that is a whole number, empty where two of them coincide."""
        levels = [nearest_whole(step) for step in steps]
        become = ", ".join(str(level) for level in levels)
        if len(set(levels)) < len(levels):
            message = f"{name} is a whole number, and {len(levels)} steps become {become}"
            self.parts.report(message, "Take fewer steps, or list the levels.", (*path, "steps"))
            return []
        if any(step != level for step, level in zip(steps, levels, strict=True)):
            self.notes.append(f"{name} is a whole number: its levels are {become}")
        return levels

    def _each_setting_once(self, factors: list[Factor]) -> None:
        moving: dict[str, str] = {}
        for factor in factors:
            for path in factor.moves:
                if path in moving:
                    message = f"`{path}` is already moved by the factor `{shown(moving[path])}`"
                    remedy = "Let one factor move it, or make one joint factor of the two."
                    self.parts.report(message, remedy, (FACTORS, factor.name))
                moving.setdefault(path, factor.name)
            for path in _repeated(factor.paths):
                message = f"`{path}` stands in `of` twice"
                self.parts.report(message, "Keep one of the two.", (FACTORS, factor.name, "of"))


def _of_setting(name: str, declared: Declaration, **parts: Any) -> Factor:
    return Factor(name, (name,), unit=declared.unit, is_whole=_is_whole(declared), **parts)


def _unvaried(path: str) -> tuple[str, str] | None:
    """Message and remedy where a setting cannot be a factor by itself."""
    if path in TEXTS:
        return _word_for_people(path)
    if list in known_settings()[path].kinds:
        some = f"{{name: …, set: {{{path}: […]}}}}"
        return f"`{path}` is a list and has no levels", f"Give levels names: NAME: [{some}, …]."
    return None


def _word_for_people(path: str) -> tuple[str, str]:
    return (
        f"`{path}` is for people to read and changes nothing in a run",
        "Vary something that people meet.",
    )


def _no_logarithm(low: float) -> tuple[str, str]:
    return (
        f"a logarithmic scale cannot hold {number(low)}",
        "Begin above 0, such as 0.001, or take `scale: linear`.",
    )


def _is_whole(declared: Declaration) -> bool:
    return int in declared.kinds and float not in declared.kinds


def _is_number(declared: Declaration) -> bool:
    return int in declared.kinds or float in declared.kinds


def _some_levels(declared: Declaration) -> str:
    levels = declared.choices or (False, True)
    return "[" + ", ".join(str(level).lower() for level in levels[:3]) + "]"


def _repeated(paths: Sequence[str]) -> Iterator[str]:
    return (path for place, path in enumerate(paths) if path in paths[:place])
