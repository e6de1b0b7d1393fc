"""What every mechanism promises: its declarations are complete, and it keeps to them."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from organizations import (
    LIVELY,
    USED_UP,
    apply,
    by_section,
    changed,
    differing,
    lively,
    merged,
    snapshot,
    weeks,
)
from watching import Watched

from sim.arrays import ARRAYS, OPENING
from sim.mechanisms import PERIOD, Mechanism
from sim.organization import SECTIONS as ORGANIZATION_SECTIONS
from sim.organization import Organization
from sim.scenario.settings import SECTIONS, Settings

EACH = pytest.mark.parametrize("mechanism", PERIOD, ids=lambda mechanism: mechanism.name)
#: Numbers that have no natural end on either side would be listed here, with the reason.
UNBOUNDED: set[str] = set()

#: Settings that lead mechanisms down the paths that ``LIVELY`` does not take.
OTHER_WAYS: dict[str, Any] = {
    "reshuffle": {"within": "organization", "officers": "move", "rule": "most_different"},
    "officers": {"links": "tree", "branch": 2, "organization_meeting": 0.5},
    "communities": {"formation": "by_lot"},
    "leadership": {"message": "own", "engaging": 0.0},
    "lectures": {"within": "organization"},
    "reinforcement": {"standard": "rule", "crowding": 0.05},
    "coaching": {"by": "experienced"},
    "training": {"hours": 0.4},
    "pdsa": {"support_from": "like_minded", "supporters": "strangers"},
    "cells": {
        **{"advance": "together", "pacing": "officer", "paces": [2.0, 0.5]},
        **{"isolation": 0.5},
    },
    "joining": {"rate": 0.5},
    "social_media": {"working_out_loud": 0.5, "recognition": 0.5, "silence": 0.1},
    "network_feedback": {"among": "platform"},
    "dialogue": {"hours": 0.5, "talks": 6.0, "insight": 0.4},
    "codification": {"judge": "truth", "votes": "actions", "codifies": "all"},
    "interpersonal": {"status": 0.3, "dominance": 1.0, "conflict": 0.3, "loafing": 0.3},
    "socialization": {"transfer": "stepwise", "share_fast": 0.3},
    "events": [
        {"at": 3, "news": {"cell": 0, "dimension": 0, "form": "tacit"}},
        {"at": 5, "leave": {"share": 0.2, "who": "record"}},
        {"at": 6, "leave": {"share": 0.2, "who": "tenure"}},
        {"at": 7, "leave": {"seat": 3}},
    ],
}

#: People learn along the ties of a network instead of in their units.
ALONG_TIES: dict[str, Any] = {
    "network": {"kind": "small_world", "rewiring": 0.2},
    "interpersonal": {"sources": "network", "search": "local_then_distant"},
}
WAYS: dict[str, dict[str, Any]] = {
    "lively": {},
    "other ways": OTHER_WAYS,
    "along ties": ALONG_TIES,
}


def acting_one_by_one(organization: Organization, periods: int) -> Any:
    """Live through some periods, handing out each mechanism just before it would act."""
    for _ in range(periods):
        organization.tally[:] = 0.0
        organization.tenure += 1
        for mechanism in organization.mechanisms:
            if mechanism.name == "requests":
                organization.open_period()
            yield mechanism
        organization.period += 1


def with_null(mechanism: type[Mechanism], **changes: Any) -> Organization:
    """A lively organization but for this mechanism, which is at its null setting."""
    settings = merged(merged(LIVELY, by_section(mechanism.null)), changes)
    if mechanism.name == "events":
        settings["events"] = []
    return Organization(Settings.model_validate(settings), 5)


@EACH
def test_every_mechanism_says_what_it_claims(mechanism: type[Mechanism]) -> None:
    assert len(mechanism.claim()) > len(mechanism.name)
    assert ":" in mechanism.claim()


@EACH
def test_declared_arrays_exist(mechanism: type[Mechanism]) -> None:
    assert set(mechanism.reads) <= set(ARRAYS)
    assert set(mechanism.writes) <= set(ARRAYS)
    assert set(OPENING) <= set(ARRAYS)


@EACH
def test_null_and_fixed_settings_exist(mechanism: type[Mechanism]) -> None:
    for path in mechanism.null:
        section, _, name = path.partition(".")
        assert name in SECTIONS[section].model_fields, path
    assert set(mechanism.fixed) <= set(mechanism.Parameters.model_fields)


@pytest.mark.parametrize("section", SECTIONS)
def test_parameters_are_declared_whole(section: str) -> None:
    """Unit, meaning and source of each; numbers within bounds, and the default within them."""
    defaults = SECTIONS[section]()
    for name, field in SECTIONS[section].model_fields.items():
        extra = field.json_schema_extra
        assert isinstance(extra, dict), name
        assert field.description and extra["unit"] and extra["source"], name
        value = getattr(defaults, name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        low = [limit.ge for limit in field.metadata if hasattr(limit, "ge")]
        high = [limit.le for limit in field.metadata if hasattr(limit, "le")]
        assert (low and high) or f"{section}.{name}" in UNBOUNDED, name
        assert all(limit <= value for limit in low) and all(value <= limit for limit in high), name


def test_each_section_belongs_to_one_mechanism_or_to_the_organization() -> None:
    names = [mechanism.name for mechanism in PERIOD]
    assert len(names) == len(set(names))
    assert not set(names) & set(ORGANIZATION_SECTIONS)


@EACH
def test_at_its_null_setting_a_mechanism_changes_nothing(mechanism: type[Mechanism]) -> None:
    fresh = with_null(mechanism)
    before = snapshot(fresh)
    apply(fresh, mechanism.name)
    assert changed(before, fresh) == set()


@EACH
def test_amid_lively_others_a_null_mechanism_changes_nothing(mechanism: type[Mechanism]) -> None:
    """But for using up what others counted for it."""
    organization = with_null(mechanism)
    for each in acting_one_by_one(organization, periods=7):
        before = snapshot(organization)
        each.apply(organization)
        if each.name == mechanism.name:
            assert changed(before, organization, USED_UP) == set()


# Without hours nobody counts them, and there is time for everything; a week of none has none.
@pytest.mark.parametrize(
    "mechanism",
    [mechanism for mechanism in PERIOD if mechanism.name != "hours"],
    ids=lambda mechanism: mechanism.name,
)
def test_without_a_mechanism_is_as_with_it_at_its_null_setting(mechanism: type[Mechanism]) -> None:
    null = weeks(with_null(mechanism), 8)
    without = weeks(with_null(mechanism, without=[mechanism.name]), 8)
    assert differing(null, without, USED_UP) == set()


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("seed", range(2))
def test_mechanisms_change_only_what_they_declare_to_write(seed: int, ways: str) -> None:
    organization = lively(seed, **WAYS[ways])
    wrongly: dict[str, set[str]] = {}
    for mechanism in acting_one_by_one(organization, periods=12):
        before = snapshot(organization)
        mechanism.apply(organization)
        undeclared = changed(before, organization) - set(mechanism.writes)
        if undeclared:
            wrongly.setdefault(mechanism.name, set()).update(undeclared)
    assert wrongly == {}


@pytest.mark.parametrize("ways", WAYS)
def test_mechanisms_touch_only_what_they_declare(ways: str) -> None:
    """Reading included: an array that is asked for stands in ``reads`` or ``writes``.

    Hours asks every mechanism for its plan, and so touches what those declare.
    """
    organization = lively(seed=2, **WAYS[ways])
    declared = {m.name: {*m.reads, *m.writes} for m in PERIOD}
    declared["hours"] = set().union(*declared.values())
    wrongly: dict[str, set[str]] = {}
    for mechanism in acting_one_by_one(organization, periods=12):
        watcher = Watched(organization)
        planned = organization.planned.copy()
        mechanism.plan(watcher)
        organization.planned[:] = planned
        watcher.touched.discard("planned")
        mechanism.apply(watcher)
        undeclared = watcher.touched - declared[mechanism.name]
        if undeclared:
            wrongly.setdefault(mechanism.name, set()).update(undeclared)
    assert wrongly == {}


def test_the_same_seed_gives_the_same_arrays_and_another_seed_others() -> None:
    one, again, other = weeks(lively(7), 8), weeks(lively(7), 8), weeks(lively(8), 8)
    assert differing(one, again) == set()
    assert {"reality", "beliefs", "familiarity", "fear"} <= differing(one, other)
    assert one.changes == again.changes


def test_arrays_keep_their_shape_and_type() -> None:
    organization = weeks(lively(seed=4), 10)
    for name, declaration in ARRAYS.items():
        array = getattr(organization, name)
        assert array.shape == tuple(organization.sizes[axis] for axis in declaration.axes), name
        assert array.dtype == declaration.dtype, name


def test_an_organization_that_was_pickled_lives_on_as_if_it_had_not_been() -> None:
    organization = weeks(lively(seed=6), 7)
    copy = pickle.loads(pickle.dumps(organization))
    assert differing(organization, copy) == set()
    assert differing(weeks(organization, 5), weeks(copy, 5)) == set()
    assert organization.changes == copy.changes


@EACH
def test_mechanisms_pickle(mechanism: type[Mechanism]) -> None:
    one = mechanism.from_settings(Settings.model_validate(LIVELY))
    copy = pickle.loads(pickle.dumps(one))
    assert type(copy) is mechanism
    assert copy.parameters == one.parameters


def test_states_stay_within_their_ranges_in_a_lively_organization() -> None:
    organization = lively(seed=9)
    shares = ("practice", "sociability", "learning_rate", "mindset", "self_efficacy", "fear")
    for _ in range(25):
        organization.step()
        for name in (*shares, "belonging", "familiarity", "trust", "learning_share"):
            array = getattr(organization, name)
            assert array.min() >= 0.0 and array.max() <= 1.0, name
        for name in ("beliefs", "code"):
            assert set(getattr(organization, name).ravel()) <= {-1, 0, 1}, name
        assert set(organization.reality) <= {-1, 1}
        # Nobody can explain what they do not think, and no success is without a case.
        assert not (organization.articulated & (organization.beliefs == 0)).any()
        assert (organization.record_success <= organization.record_cases).all()
        assert (organization.code_success <= organization.code_cases).all()
