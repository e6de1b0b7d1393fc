"""Readings of a paper: one word in a scenario for several settings that belong together."""

from __future__ import annotations

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
    """Lay a layer over the settings that its ``rules`` stand for, if it names a reading."""
    given = root.value.get("rules")
    reading = READINGS.get(given.value) if given is not None and _is_word(given.value) else None
    if given is None or reading is None:
        return root
    sections: dict[str, Marked] = {}
    for path, value in reading.items():
        section, name = path.split(".")
        inside = sections.setdefault(section, Marked({}, given.mark))
        inside.value[name] = Marked(value, given.mark)
    return merge(Marked(sections, given.mark), root)


def _is_word(value: object) -> bool:
    return isinstance(value, str)
