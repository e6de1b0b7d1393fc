"""The four dials of an era: one number each for what an organization assumes about its time.

From the industrial age (0) to the social era (1) [document 003]: power moves from the boardroom to
the living room, leadership from campaigning to engaging, what is offered is defined by a community
and no longer by the organization, and strategy turns from price to trust. A dial is another name
for a setting of a mechanism, not a rule of its own: it is spelled out where a scenario, an option,
an event or a study names it, and no mechanism reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.scenario.marks import Marked

#: The setting that each dial stands for, and its values at the dial's 0 and 1.
DIALS: dict[str, tuple[str, float, float]] = {
    "era.power": ("structure.centralization", 1.0, 0.0),
    "era.leadership": ("leadership.engaging", 0.0, 1.0),
    "era.offer": ("pdsa.agenda", 1.0, 0.0),
    "era.strategy": ("work.checking", 0.0, 1.0),
}
#: A dial of .3 gives .7, not .7 and what is left of a subtraction.
DIGITS = 12


def _dial(name: str, doc: str) -> Any:
    setting, first, last = DIALS[f"era.{name}"]
    return parameter(
        None,
        unit="industrial age 0 to social era 1",
        bounds=(0, 1),
        doc=f"{doc} Sets {setting}, from {first:g} to {last:g}, where the same file or option does "
        "not; not given: as the sections set it.",
        source="document 003 (Aceto's table); which setting it stands for: " + ASSUMPTION,
    )


class EraParameters(Parameters):
    """The four dials; see ``DIALS``."""

    power: float | None = _dial("power", "Who decides: the boardroom 0, the living room 1.")
    leadership: float | None = _dial(
        "leadership", "What leaders do with the time they give to it: campaigning 0, engaging 1."
    )
    offer: float | None = _dial(
        "offer", "Who says what is to become better: the organization 0, its community 1."
    )
    strategy: float | None = _dial(
        "strategy", "What clients are won by: price 0, trust 1, for which work is checked."
    )


def stands_for(path: str, value: Any) -> tuple[str, float] | None:
    """The setting that a dial stands for at ``path``, and its value; None where it is no dial.

    None also where the value is none that a dial can take: that is reported where it stands.
    """
    if path not in DIALS or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0.0 <= value <= 1.0:
        return None
    setting, first, last = DIALS[path]
    return setting, round(first + value * (last - first), DIGITS)


def dials_spelled_out(values: Mapping[str, Any]) -> dict[str, float]:
    """What the dials among settings by key path stand for, by key path."""
    found = (stands_for(path, value) for path, value in values.items())
    return dict(one for one in found if one is not None)


def dials_of(root: Marked) -> dict[str, Marked]:
    """What the dials of a layer stand for, by key path, each marked where the dial stands."""
    section = root.value.get("era")
    given = section.value if section is not None and isinstance(section.value, dict) else {}
    return _spelled_out({f"era.{name}": dial for name, dial in given.items()})


def events_spelled_out(root: Marked) -> Marked:
    """The layer with what events do to dials said as what the dials stand for.

    What an event sets itself has the last word over its dials.
    """
    events = root.value.get("events")
    if events is None or not isinstance(events.value, list):
        return root
    changed = Marked([_event_spelled_out(event) for event in events.value], events.mark)
    return Marked({**root.value, "events": changed}, root.mark)


def _event_spelled_out(event: Marked) -> Marked:
    new = event.value.get("set") if isinstance(event.value, dict) else None
    if new is None or not isinstance(new.value, dict):
        return event
    spelled = _spelled_out(new.value)
    dials = {path for path, dial in new.value.items() if stands_for(path, dial.value) is not None}
    kept = {path: inner for path, inner in new.value.items() if path not in dials}
    return Marked(
        {**event.value, "set": Marked({**spelled, **kept}, new.mark)},
        event.mark,
    )


def _spelled_out(given: Mapping[str, Marked]) -> dict[str, Marked]:
    spelled = {}
    for path, dial in given.items():
        found = stands_for(path, dial.value)
        if found is not None:
            spelled[found[0]] = Marked(found[1], dial.mark)
    return spelled
