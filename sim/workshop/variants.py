"""The runs that a workshop needs: which settings, seeds and people, under which id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.scenario.loading import Scenario, scenario_of_texts
from sim.scenario.marks import plain
from sim.scenario.overrides import read_set

if TYPE_CHECKING:
    from sim.scenario.people import People
    from sim.scenario.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """A run that questions need: whose it is (``A`` or ``B``), and what is set differently in it.

    ``sets`` are as on the command line. ``every`` are the weeks between two pictures of people.
    """

    side: str
    sets: tuple[str, ...] = ()
    title: str = ""
    every: int = 1


@dataclass(frozen=True)
class Variant:
    """An organization under some settings, and the seeds it is run on.

    ``changes`` are the settings in which it differs from its side, to be shown.
    """

    id: str
    scenario: str
    settings: Settings
    seeds: tuple[int, ...]
    people: People | None = None
    title: str = ""
    changes: tuple[tuple[str, Any], ...] = ()
    every: int = 1
    #: Whether the scenario may bring a Worker of its own.
    allow_plugins: bool = False


def variant_of(
    scenario: Scenario,
    id: str,
    seeds: Sequence[int],
    *,
    sets: Sequence[str] = (),
    title: str = "",
    people: People | None = None,
    every: int = 1,
    allow_plugins: bool = False,
) -> Variant:
    """A scenario as a variant, with further settings laid over it.

    Raises
    ------
    InputProblem
        When the settings are not as they must be.
    """
    changed = _with_sets(scenario, sets) if sets else scenario
    return Variant(
        id=id,
        scenario=scenario.name,
        settings=changed.settings,
        seeds=tuple(seeds),
        people=people,
        title=title or changed.settings.title or scenario.name,
        changes=tuple(change for text in sets for change in _changes(text)),
        every=every,
        allow_plugins=allow_plugins,
    )


def variants_of(
    sides: Mapping[str, Scenario],
    wanted: Mapping[str, Wanted],
    seeds: Sequence[int],
    people: People | None = None,
    allow_plugins: bool = False,
) -> dict[str, Variant]:
    """All runs that are wanted, by id; ``sides`` has the scenarios of ``A`` and ``B``.

    Raises
    ------
    InputProblem
        When the settings of one are not as they must be.
    """
    return {
        id: variant_of(
            sides[each.side],
            id,
            seeds,
            sets=each.sets,
            title=each.title,
            people=people,
            every=each.every,
            allow_plugins=allow_plugins,
        )
        for id, each in wanted.items()
    }


def _with_sets(scenario: Scenario, sets: Sequence[str]) -> Scenario:
    files = [(str(file), text) for file, text in zip(scenario.files, scenario.text, strict=True)]
    return scenario_of_texts(scenario.name, files, sets=[*scenario.sets, *sets])


def _changes(text: str) -> list[tuple[str, Any]]:
    """Key path and value of what one ``--set`` sets."""
    key, _, _ = text.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    root = read_set(text).root
    value: Any = None if root is None else plain(root)
    for part in path:
        value = value[part] if isinstance(value, dict) else None
    return [(".".join(path), value)]
