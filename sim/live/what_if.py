"""What-ifs: runs of the page with other settings, which the page has not brought along.

A short list of settings may be changed, within bounds. What comes of it is what
``sim.workshop.payload.run_payload`` gives for the same settings and seeds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.live.room import Refused

if TYPE_CHECKING:
    from sim.scenario.settings import Settings
    from sim.workshop.recording import Recording
    from sim.workshop.variants import Variant

#: Results whose numbers are remembered, to be compared with others.
REMEMBERED = 200
#: Digits beyond those shown to which numbers that the page packs can be relied on.
PACKED_DIGITS = 2


@dataclass(frozen=True)
class Offered:
    """A setting that may be changed, from ``low`` to ``high``, where ``acts`` is not 0.

    ``zero`` allows 0 for "never" below ``low``.
    """

    key: str
    low: float
    high: float
    decimals: int = 2
    acts: str = ""
    zero: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is a whole number."""
        return self.decimals == 0


OFFERED = (
    Offered("climate.base_fear", 0.0, 1.0),
    Offered("leadership.inclusiveness", 0.0, 1.0),
    Offered("cells.size", 2, 30, 0, acts="cells.hours"),
    Offered("reshuffle.every", 2, 104, 0, acts="cells.hours", zero=True),
    Offered("structure.centralization", 0.0, 1.0),
    Offered("pdsa.rate", 0.0, 0.3, 3),
    Offered("hours.protected", 0.0, 1.0),
    Offered("workforce.turnover", 0.0, 0.03, 4),
    Offered("environment.turbulence", 0.0, 0.01, 4),
)


@dataclass(frozen=True)
class Wanted:
    """A what-if: the run it changes, what it sets, and the run it is compared with.

    ``is_there`` says that the page has this run, under ``id``.
    """

    id: str
    run: str
    sets: tuple[tuple[str, float], ...]
    against: str | None
    is_there: bool = False

    @property
    def what(self) -> tuple[str, tuple[tuple[str, float], ...]]:
        """What has to be computed, whatever it is compared with."""
        return self.run, self.sets


class Offer:
    """What-ifs of the runs of a page; computes them in parts, as ``sim.live.orders`` asks."""

    def __init__(self, payload: Mapping[str, Any], variants: Mapping[str, Variant]) -> None:
        self._payload = payload
        self._variants = {id: one for id, one in variants.items() if id in payload["runs"]}
        self._values: OrderedDict[str, dict[str, NDArray[np.float64]]] = OrderedDict()
        self.part, self.whole = record_part, put_together

    @cached_property
    def document(self) -> dict[str, Any]:
        """What the page offers: settings with their bounds, and their values in each run."""
        values = {id: self._offered(variant.settings) for id, variant in self._variants.items()}
        some = {key for each in values.values() for key in each}
        return {
            "keys": [
                {
                    "key": one.key,
                    "low": one.low,
                    "high": one.high,
                    "decimals": one.decimals,
                    "zero": one.zero,
                }
                for one in OFFERED
                if one.key in some
            ],
            "values": values,
        }

    def wanted(self, run: str, sets: Mapping[str, float], against: str | None) -> Wanted:
        """A what-if that was asked for.

        Raises
        ------
        Refused
            When there is no such run, a setting is not offered for it or out of bounds, or the
            settings do not go together.
        """
        base = self._variants.get(run)
        if base is None or not set(sets) <= set(self._offered(base.settings)):
            raise Refused("live.what_if.not_offered")
        kept = tuple((one.key, _allowed(one, sets[one.key])) for one in OFFERED if one.key in sets)
        settings = self._settings(base.settings, kept)
        same = self._same(replace(base, settings=settings), run)
        if same is not None:
            return Wanted(same, run, kept, against, is_there=True)
        told = "&".join(f"{key}={value:g}" for key, value in kept)
        return Wanted(f"{run}?{told}", run, kept, against)

    def parts(self, what: tuple[str, tuple[tuple[str, float], ...]]) -> list[tuple[Any, ...]]:
        """One part a seed, for ``record_part``."""
        variant, looks = self._variant(what), self._looks(what[0])
        return [(variant, seed, looks) for seed in variant.seeds]

    def rest(self, what: tuple[str, tuple[tuple[str, float], ...]]) -> tuple[Any, ...]:
        """What ``put_together`` takes besides the recordings."""
        return self._variant(what), self._looks(what[0])

    def keep(self, wanted: Wanted, result: Mapping[str, Any]) -> dict[str, Any]:
        """Remember the numbers of a result for comparisons; gives its RUN."""
        self._values[wanted.id] = result["values"]
        self._values.move_to_end(wanted.id)
        if len(self._values) > REMEMBERED:
            self._values.popitem(last=False)
        run: dict[str, Any] = result["run"]
        return run

    def pairs(self, wanted: Wanted) -> list[dict[str, Any]]:
        """PAIRs of the what-if and the run that it is compared with, either on the left."""
        from sim.workshop.payload import pair_payload

        if wanted.against is None or wanted.against == wanted.id:
            return []
        one, other = self._numbers(wanted.against), self._numbers(wanted.id)
        week = self._variants[wanted.run].settings.periods
        pairs = []
        for goal in self._goals:
            a, b = one.get(goal.id), other.get(goal.id)
            if a is not None and b is not None and a.shape == b.shape:
                pairs.append(pair_payload(wanted.against, wanted.id, goal, (a, b), week))
                pairs.append(pair_payload(wanted.id, wanted.against, goal, (b, a), week))
        return pairs

    @cached_property
    def _goals(self) -> list[Any]:
        from sim.workshop.goals import Goal

        return [Goal.of_document(document) for document in self._payload["goals"]]

    def _numbers(self, id: str) -> dict[str, NDArray[np.float64]]:
        """Goals of a run by seed and week; what the page packed is read off the page."""
        if id in self._values:
            return self._values[id]
        run = self._payload["runs"].get(id)
        if run is None:
            return {}
        return {
            goal.id: _unpacked(run["series"][goal.id], goal)
            for goal in self._goals
            if goal.id in run["series"]
        }

    def _looks(self, run: str) -> dict[str, Any]:
        """What is seen of a run on the page, and so of its what-ifs."""
        shown = self._payload["runs"][run]
        return {
            "attributes": tuple(shown["attributes"]),
            "goals": tuple(goal for goal in self._goals if goal.id in shown["series"]),
            "with_ties": shown["ties"] is not None,
            "shown_seed": self._payload["program"]["shown_seed"],
            "texts": {k: v for k, v in self._payload["texts"].items() if k.startswith("event.")},
        }

    def _variant(self, what: tuple[str, tuple[tuple[str, float], ...]]) -> Variant:
        run, sets = what
        base = self._variants[run]
        changed = {**dict(base.changes), **dict(sets)}
        texts = self._payload["texts"]
        told = ", ".join(f"{texts.get(f'live.key.{key}', key)} {value:g}" for key, value in sets)
        return replace(
            base,
            id=f"{run}?",
            settings=self._settings(base.settings, sets),
            changes=tuple(changed.items()),
            title=f"{self._payload['runs'][run]['title']}, {told}",
            every=self._payload["runs"][run]["every"],
        )

    def _settings(self, settings: Settings, sets: Sequence[tuple[str, float]]) -> Settings:
        from sim.combination import check_combination
        from sim.errors import InputProblem

        for key, value in sets:
            section, name = key.split(".")
            old = getattr(settings, section)
            new = type(old).model_validate({**old.model_dump(), name: value})
            settings = settings.model_copy(update={section: new})
        try:
            check_combination(settings)
        except InputProblem as wrong:
            problem = wrong.problems[0].message
            raise Refused("live.what_if.clash", problem=problem) from None
        return settings

    def _same(self, variant: Variant, run: str) -> str | None:
        """The run of the page that has these settings and shows as much as ``run``."""
        shown = self._payload["runs"]
        for id, other in self._variants.items():
            alike = other.settings == variant.settings and other.seeds == variant.seeds
            sees = set(shown[id]["attributes"]) >= set(shown[run]["attributes"])
            if alike and sees and set(shown[id]["series"]) >= set(shown[run]["series"]):
                return id
        return None

    def _offered(self, settings: Settings) -> dict[str, float]:
        """What may be changed in a run, with its value there."""
        return {
            one.key: _value(settings, one.key)
            for one in OFFERED
            if not one.acts or _value(settings, one.acts) > 0
        }


def record_part(variant: Variant, seed: int, looks: Mapping[str, Any]) -> Recording:
    """Record one seed of a what-if, on a worker; RuntimeError where the run fails."""
    from sim.workshop.goals import measures_of
    from sim.workshop.recording import Recording
    from sim.workshop.store import Seen, record_seed

    seen = tuple(goal.attribute for goal in looks["goals"] if goal.kind == "people")
    attributes = tuple(dict.fromkeys((*looks["attributes"], *seen)))
    wanted = Seen(attributes, measures_of(looks["goals"]), looks["with_ties"])
    recording = record_seed(variant, seed, wanted)
    if not isinstance(recording, Recording):
        raise RuntimeError(recording.error)
    return recording


def put_together(
    recordings: Sequence[Recording], variant: Variant, looks: Mapping[str, Any]
) -> dict[str, Any]:
    """RUN of a what-if, and ``values``: its goals by seed and week."""
    from sim.workshop.payload import goal_series, run_payload

    run = run_payload(variant, recordings, **looks)
    return {
        "run": run,
        "values": {goal.id: goal_series(goal, recordings) for goal in looks["goals"]},
    }


def _allowed(offered: Offered, value: float) -> float:
    """A value within bounds, rounded as it is offered; Refused for others."""
    if not (offered.low <= value <= offered.high or (offered.zero and value == 0)):
        low = 0.0 if offered.zero else offered.low
        raise Refused("live.what_if.range", low=f"{low:g}", high=f"{offered.high:g}")
    return round(value) if offered.whole else round(value, offered.decimals)


def _value(settings: Settings, key: str) -> float:
    section, name = key.split(".")
    value: float = getattr(getattr(settings, section), name)
    return value


def _unpacked(document: Mapping[str, Any], goal: Any) -> NDArray[np.float64]:
    from sim.workshop.encoding import values_of_series
    from sim.workshop.payload import SHOWN

    return np.round(values_of_series(document)[SHOWN + 1 :], goal.decimals + PACKED_DIGITS)
