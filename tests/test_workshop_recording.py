"""What is recorded of a run is the run: its measures to the bit, its people as they were."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputProblem
from sim.models.run import run
from sim.organization import Organization
from sim.scenario.loading import load_scenario
from sim.studies.structure_history import live_through, places_of
from sim.workshop import store as store_module
from sim.workshop.attributes import ATTRIBUTES
from sim.workshop.goals import Goal, check_goals, count
from sim.workshop.payload import goal_series
from sim.workshop.recording import TIES_EVERY, Recording, record, ties_in_use
from sim.workshop.store import Failed, Recordings, Seen, key_of, read_recordings, record_seed
from tests.workshops import GOALS, PAIR, SEEDS, SEEN, SMALL, recorded, scenarios, variants


@pytest.fixture(scope="module")
def both() -> dict[str, Recording]:
    """A recording of each side, seed 3."""
    return {
        side: record(scenario.settings, 3, measures=SEEN.measures)
        for side, scenario in scenarios().items()
    }


@pytest.mark.parametrize("side", ["A", "B"])
def test_a_recorded_run_is_the_run_to_the_bit(both, side):
    settings = scenarios()[side].settings
    plain = run(settings, 3)
    np.testing.assert_equal(both[side].finals, plain.finals)
    for row, name in enumerate(SEEN.measures):
        column = list(plain.finals).index(name)
        np.testing.assert_array_equal(both[side].series[row, 1:], plain.series[:, column])


def test_a_recorded_run_is_the_run_to_the_bit_where_worth_moves_and_people_leave():
    events = (
        "events=[{at: 3, leave: {share: 0.3}}, {at: 5, set: {value.wrong: 3}}, "
        "{at: 6, shock: {share: 0.5}}]"
    )
    settings = scenarios(events)["B"].settings
    np.testing.assert_equal(record(settings, 0).finals, run(settings, 0).finals)


def test_films_show_what_a_person_is_in_every_week(both):
    settings = scenarios()["B"].settings
    organization = Organization(settings, 3)
    for week in range(settings.periods + 1):
        if week:
            organization.step()
        right = organization.beliefs == organization.reality
        by_hand = {
            "knowledge": right.sum(axis=1) / settings.dimensions,
            "explicit": (right & organization.articulated).sum(axis=1) / settings.dimensions,
            "fear": organization.fear,
            "safe": organization.fear <= 0.5,
        }
        for name, values in by_hand.items():
            codes = both["B"].of(name)[week]
            off = np.abs(ATTRIBUTES[name].values(codes) - values)
            assert off.max() <= 0.5 / 255 + 1e-12
    assert both["B"].codes.shape == (len(ATTRIBUTES), settings.periods + 1, settings.people)


def test_what_is_tacit_and_what_is_explicit_make_up_what_is_known(both):
    parts = both["A"].of("tacit").astype(int) + both["A"].of("explicit")
    # Each of the three is off by half a level at most.
    assert np.abs(parts - both["A"].of("knowledge")).max() <= 1


def test_who_never_had_a_case_has_no_success():
    organization = Organization(scenarios()["A"].settings, 0)
    assert (ATTRIBUTES["success"].of(organization) == 0.0).all()


def test_both_sides_start_with_the_same_people(both):
    first, second = both["A"], both["B"]
    assert first.people == second.people
    for name in ATTRIBUTES:
        np.testing.assert_array_equal(first.of(name)[0], second.of(name)[0], name)
    np.testing.assert_array_equal(first.places.at(0).person, second.places.at(0).person)
    np.testing.assert_array_equal(first.places.at(0).person, np.arange(first.people))


def test_places_are_those_of_the_run_and_successors_are_told_from_their_predecessors(both):
    settings = scenarios()["B"].settings
    organization, history = live_through(settings, 3, settings.periods)
    assert both["B"].places.table.equals(history.table)
    assert both["B"].places.reshuffles == history.reshuffles != ()
    np.testing.assert_array_equal(both["B"].places.at(16).cell, places_of(organization).cell)
    assert (both["B"].places.at(16).person >> 32).max() > 0
    assert both["A"].form == "departments" and both["B"].form == "cells"


def test_ties_in_use_join_people_of_different_groups_who_met_lately(both):
    ties = both["B"].ties
    assert ties.weeks.tolist() == list(range(0, 17, TIES_EVERY))
    assert ties.counts[0] == 0 < ties.counts[1:].min() and len(ties.pairs) == ties.counts.sum()
    settings = scenarios()["B"].settings
    organization, _ = live_through(settings, 3, 16)
    last = ties.pairs[len(ties.pairs) - ties.counts[-1] :]
    np.testing.assert_array_equal(last, ties_in_use(organization))
    assert len({tuple(pair) for pair in last.tolist()}) == len(last)
    for one, other in last.tolist():
        assert one < other
        assert organization.cell[one] != organization.cell[other]
        met = [
            organization.period - organization.last_met[a, k]
            for a, b in ((one, other), (other, one))
            for k in np.flatnonzero(organization.contact[a] == b)
            if organization.familiarity[a, k] > 0
        ]
        assert min(met) <= TIES_EVERY


def test_only_the_strongest_ties_are_kept_strongest_first():
    organization, _ = live_through(scenarios()["B"].settings, 3, 8)
    every = ties_in_use(organization, most=10_000)
    np.testing.assert_array_equal(ties_in_use(organization, most=5), every[:5])
    assert len(every) > 5


# Goals


def test_people_who_reached_a_goal_are_counted_as_one_would_by_hand(both):
    for goal in GOALS[:2]:
        codes = both["B"].of(goal.attribute)
        counted = count(goal, codes)
        for week in range(len(codes)):
            by_hand = 0
            for code in codes[week].tolist():
                value = code / 255
                reached = (
                    value >= round(goal.at_least * 255) / 255
                    if goal.at_least is not None
                    else value <= round(goal.at_most * 255) / 255
                )
                by_hand += reached
            assert counted[week] == by_hand
    assert 0 < count(GOALS[0], both["B"].of("knowledge")).max() <= 24


def test_counting_codes_is_counting_people_where_values_are_far_from_the_threshold():
    """Of 60 dimensions, half a level of 255 moves nobody over a threshold between two of them."""
    settings = scenarios()["B"].settings
    organization, _ = live_through(settings, 3, 16)
    known = (organization.beliefs == organization.reality).mean(axis=1)
    goal = Goal("half", "people", attribute="knowledge", at_least=24.5 / settings.dimensions)
    recording = record(settings, 3)
    assert count(goal, recording.of("knowledge"))[-1] == (known >= goal.at_least).sum()


def test_exactly_on_the_threshold_is_reached():
    attribute = ATTRIBUTES["knowledge"]
    for sixtieths in range(61):
        goal = Goal("it", "people", attribute="knowledge", at_least=sixtieths / 60)
        assert count(goal, attribute.codes([sixtieths / 60]))[()] == 1


def test_a_goal_of_a_measure_is_the_measure_by_week():
    settings = scenarios()["A"].settings
    recordings = [record(settings, seed, measures=SEEN.measures) for seed in (0, 1)]
    series = goal_series(GOALS[2], recordings)
    assert series.shape == (2, 17)
    organization = Organization(settings, 1)
    assert series[1, 0] == (organization.fear > 0.5).mean()
    flows = goal_series(GOALS[3], recordings)
    assert np.isnan(flows[:, 0]).all() and np.isfinite(flows[:, -1]).all()


def test_wrong_goals_are_named_all_at_once():
    wrong = (
        Goal("one", "people", attribute="knowlege", at_least=0.5),
        Goal("two", "people", attribute="fear"),
        Goal("three", "measure", measure="fear_"),
    )
    with pytest.raises(InputProblem) as raised:
        check_goals(wrong)
    texts = [str(problem) for problem in raised.value.problems]
    assert len(texts) == 3
    assert "knowledge" in texts[0] and "at_least or at_most" in texts[1] and "`fear`" in texts[2]


# Keeping recordings


def test_a_second_build_runs_nothing_and_reads_the_same(tmp_path, monkeypatch):
    store = Recordings(tmp_path)
    done: list[int] = []
    first = store.get(list(variants().values()), SEEN, tell=done.append)
    # The fifth variant sets what is so anyway, and is the same runs.
    assert sum(done) == 4 * len(SEEDS) and len(list(tmp_path.iterdir())) == 4
    assert first["B"] is first["B.as-before"]

    monkeypatch.setattr(store_module, "record", _never)
    again = recorded(Recordings(tmp_path))
    assert Recordings(tmp_path).missing(list(variants().values()), SEEN) == []
    assert list(again) == list(first)
    for id, recordings in first.items():
        for one, other in zip(recordings, again[id], strict=True):
            _same(one, other)


def _never(*_: object, **__: object) -> Recording:
    raise AssertionError("a run was done")


def _same(one: Recording, other: Recording) -> None:
    assert (one.seed, one.weeks, one.form) == (other.seed, other.weeks, other.form)
    assert (one.attributes, one.measures) == (other.attributes, other.measures)
    np.testing.assert_array_equal(one.codes, other.codes)
    np.testing.assert_array_equal(one.series, other.series)
    np.testing.assert_equal(one.finals, other.finals)
    assert one.places.table.equals(other.places.table)
    assert one.places.reshuffles == other.places.reshuffles
    for name in ("weeks", "counts", "pairs"):
        np.testing.assert_array_equal(getattr(one.ties, name), getattr(other.ties, name))


DAMAGES = {
    "cut off": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "another file": lambda data: b"PK" + b"no archive" * 100,
    "a byte changed": lambda data: (
        data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 255]) + data[len(data) // 2 + 1 :]
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_made_anew(tmp_path, damage):
    variant = variants()["B"]
    store = Recordings(tmp_path)
    (sound,) = store.get([variant], SEEN).values()
    (path,) = tmp_path.iterdir()
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    (again,) = store.get([variant], SEEN).values()
    assert store.renewed == [path.name]
    for one, other in zip(sound, again, strict=True):
        _same(one, other)
    for one, other in zip(sound, read_recordings(path), strict=True):
        _same(one, other)


def test_other_settings_seeds_people_or_looks_are_other_runs():
    plain = variants()["B"]
    assert key_of(plain) == key_of(variants()["B"])
    assert key_of(plain) == key_of(replace(plain, id="other", title="Other", every=4))
    told = plain.settings.model_copy(update={"title": "Other", "story": "Other"})
    assert key_of(plain) == key_of(replace(plain, settings=told))
    others = [
        replace(plain, settings=plain.settings.model_copy(update={"periods": 17})),
        replace(plain, seeds=(0, 1, 3)),
        variants()["B.harsh"],
    ]
    keys = {key_of(plain), *map(key_of, others), key_of(plain, Seen(("fear",)))}
    keys.add(key_of(plain, SEEN))
    assert len(keys) == 6


def test_other_rules_are_other_runs(monkeypatch):
    before = key_of(variants()["B"])
    monkeypatch.setattr(store_module, "source_hash", lambda: "other")
    assert key_of(variants()["B"]) != before


def test_a_build_that_was_stopped_goes_on(tmp_path):
    wanted = list(variants().values())[:2]

    class Stopped(Exception):
        pass

    def stop_at_the_second(runs: int, seen: list[int] = []) -> None:  # noqa: B006
        seen.append(runs)
        if len(seen) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        Recordings(tmp_path).get(wanted, SEEN, tell=stop_at_the_second)
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]
    assert Recordings(tmp_path).missing(wanted, SEEN) == wanted[1:]


def test_what_was_not_used_for_longest_is_forgotten_first(tmp_path):
    for age, name in enumerate(["new", "older", "oldest"]):
        path = tmp_path / f"{name}.npz"
        path.write_bytes(bytes(100))
        os.utime(path, (1e9 - age, 1e9 - age))
    Recordings(tmp_path).forget_oldest(most=250)
    assert {path.stem for path in tmp_path.iterdir()} == {"new", "older"}


def test_settings_that_cannot_be_run_are_the_users_to_mend():
    scenario = load_scenario(PAIR[1], sets=[*SMALL, "events=[{at: 2, leave: {seat: 99}}]"])
    variant = replace(variants()["B"], settings=scenario.settings)
    failed = record_seed(variant, 0, SEEN)
    assert isinstance(failed, Failed) and failed.problems
    with pytest.raises(InputProblem, match="seat 99"):
        Recordings().get([variant], SEEN)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputProblem, match="cannot write recordings"):
        Recordings(Path(file)).get([variants()["A"]], SEEN)
