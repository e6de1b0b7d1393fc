"""One word in a scenario for other settings: readings of a paper, and the dials of an era."""

from __future__ import annotations

from sim.scenario.era import dials_of, events_spelled_out
from sim.scenario.marks import Marked, merge

#: What March's program did, and what the paper's text says, as settings of the mechanisms.
READINGS: dict[str, dict[str, str]] = {
    "program": {
        "socialization.transfer": "stepwise",
        "codification.performance": "score",
        "codification.votes": "actions",
    },
    "text": {
        "socialization.transfer": "direct",
        "codification.performance": "correct",
        "codification.votes": "beliefs",
    },
}


def spell_out(root: Marked) -> Marked:
    """Lay a layer over the settings that its ``rules`` and its dials (``era``) stand for."""
    root = events_spelled_out(root)
    stood_for = {**_reading_of(root), **dials_of(root)}
    if not stood_for:
        return root
    sections: dict[str, Marked] = {}
    for path, value in stood_for.items():
        section, name = path.split(".")
        inside = sections.setdefault(section, Marked({}, value.mark))
        inside.value[name] = value
    return merge(Marked(sections, root.mark), root)


def _reading_of(root: Marked) -> dict[str, Marked]:
    """What the ``rules`` of a layer stand for, by key path; nothing if they name no reading."""
    given = root.value.get("rules")
    if given is None or not _is_word(given.value):
        return {}
    reading = READINGS.get(given.value, {})
    return {path: Marked(value, given.mark) for path, value in reading.items()}


def _is_word(value: object) -> bool:
    return isinstance(value, str)
