"""The settings that the speed of the full model is measured on leave nothing out."""

from __future__ import annotations

from benchmarks.everything import everything

from sim.mechanisms import PERIOD


def test_every_mechanism_acts_and_so_does_what_hinders_talk():
    settings = everything()
    assert (settings.people, settings.dimensions, settings.periods) == (150, 60, 156)
    assert not settings.without
    for mechanism in PERIOD:
        values = {path: value_of(settings, path) for path in mechanism.null}
        assert not values or values != mechanism.null, mechanism.name
    talk = settings.interpersonal
    assert min(talk.status, talk.dominance, talk.conflict, talk.loafing, talk.regulators) > 0.0


def value_of(settings, path: str):
    section, _, name = path.partition(".")
    return getattr(getattr(settings, section), name)
