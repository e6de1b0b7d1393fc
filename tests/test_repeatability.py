"""The same scenario and seed give the same organization, to the bit; paired worlds stay paired."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from joblib import Parallel, delayed

from sim.arrays import ARRAYS
from sim.organization import Organization
from sim.scenario.changes import with_changes
from sim.scenario.loading import load_scenario

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ("bureaucratic", "post_bureaucratic+worlds/turbulent")
SMALL = {"people": 40, "dimensions": 24, "periods": 30}
#: Interpreters to compare with this one, separated by os.pathsep; each needs the same packages.
OTHER_PYTHONS = "LEARNING_ORG_PYTHONS"


def organization_of(scenario, seed=1, **changes):
    settings = with_changes(load_scenario(scenario).settings, {**SMALL, **changes})
    return Organization(settings, seed)


def fingerprint(scenario, seed):
    """Hash of all arrays, in the order of ``ARRAYS``, at the end of a run."""
    organization = organization_of(scenario, seed)
    for _ in range(organization.settings.periods):
        organization.step()
    digest = hashlib.sha256()
    for name, array in organization.arrays().items():
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def fingerprints_in(python, hash_seed="0"):
    """The fingerprints of all scenarios, computed in a fresh process of some interpreter."""
    program = (
        "import sys; sys.path[:0] = ['.', 'tests']\n"
        "from test_repeatability import SCENARIOS, fingerprint\n"
        "print(*(fingerprint(scenario, 1) for scenario in SCENARIOS))\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [python, "-c", program],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(done.stdout.split())


@pytest.fixture(scope="module")
def here():
    return tuple(fingerprint(scenario, 1) for scenario in SCENARIOS)


def test_seeds_and_scenarios_tell_runs_apart(here):
    assert len({*here, fingerprint(SCENARIOS[0], 2)}) == 3


def test_a_run_is_the_same_in_other_processes(here):
    """Also where Python's hashes of strings, and so the order of its sets, are others."""
    assert fingerprints_in(sys.executable, hash_seed="0") == here
    assert fingerprints_in(sys.executable, hash_seed="1") == here


def test_a_run_is_the_same_on_one_and_two_jobs_in_any_order(here):
    runs = [(scenario, seed) for seed in (1, 2) for scenario in SCENARIOS]
    alone = dict(zip(runs, Parallel(n_jobs=1)(delayed(fingerprint)(*r) for r in runs), strict=True))
    backwards = runs[::-1]
    shared = Parallel(n_jobs=2)(delayed(fingerprint)(*r) for r in backwards)
    assert dict(zip(backwards, shared, strict=True)) == alone
    assert tuple(alone[scenario, 1] for scenario in SCENARIOS) == here


@pytest.mark.skipif(
    not os.environ.get(OTHER_PYTHONS), reason=f"{OTHER_PYTHONS} names no other interpreters"
)
def test_a_run_is_the_same_in_other_versions_of_python(here):
    for python in os.environ[OTHER_PYTHONS].split(os.pathsep):
        assert fingerprints_in(python) == here, python


# Paired worlds

SEAT, WEEK = 17, 5
DEPARTURE = [{"at": WEEK, "leave": {"seat": SEAT}}]
PER_PERSON = [name for name, array in ARRAYS.items() if array.axes[0] == "people"]
#: Without anything through which one person reaches another: talk, rules learned from people, ties
#: and support, routes of requests by interest, failures and successes of others, and the mean
#: record, by which people reckon whether to raise a failure.
APART = {
    "without": [
        *("interpersonal", "cells", "officers", "communities", "approvals"),
        *("climate", "codification", "reshuffle"),
    ],
    "start.contacts": 0,
    "requests.specialization": 0.0,
    "structure.enabling": 0.0,
    "self_efficacy.vicarious": 0.0,
    "pdsa.hours": 0.0,
    "workforce.turnover": 0.01,
    "environment.turbulence": 0.01,
}


def lived(weeks, events=(), scenario="post_bureaucratic", seed=1, **changes):
    organization = organization_of(scenario, seed, events=list(events), **changes)
    for _ in range(weeks):
        organization.step()
    return organization


def test_among_people_apart_a_departure_changes_nobody_else():
    """Were any draw taken by order or count, the newcomer's draws would shift all others'."""
    weeks = 25
    start, world, other = lived(0, **APART), lived(weeks, **APART), lived(weeks, DEPARTURE, **APART)
    assert other.person[SEAT] != world.person[SEAT]
    for name in PER_PERSON:
        ours, theirs = (getattr(each, name) for each in (world, other))
        changed = {int(i) for i in np.argwhere(ours != theirs)[:, 0]}
        assert changed <= {SEAT}, name
    assert np.any(world.beliefs[SEAT] != other.beliefs[SEAT])
    # People did learn, work, try, forget and leave in the meantime.
    for name in ("beliefs", "practice", "record_cases", "trial_stage", "person", "self_efficacy"):
        assert np.any(np.delete(getattr(world, name) != getattr(start, name), SEAT, axis=0)), name


@pytest.mark.parametrize("scenario", ["bureaucratic", "post_bureaucratic"])
def test_within_its_week_a_departure_reaches_only_colleagues_and_acquaintances(scenario):
    """With every mechanism at work, in the first week, while nobody has a record to compare.

    Requests go to anybody: the newcomer's other interest would route some to other people.
    """
    size = {"people": 150, "periods": 30, "requests.specialization": 0.0}
    leave = [{"at": 0, "leave": {"seat": SEAT}}]
    world, other = (lived(1, events, scenario, **size) for events in ([], leave))
    boss = world.manager[SEAT]
    groups = ((world.unit, SEAT), (world.unit, boss), (world.community, SEAT))
    reached = (world.manager == SEAT) | np.any(world.contact == SEAT, axis=1)
    for group, seat in groups:
        reached |= group == group[seat]
    assert np.sum(~reached) > 30
    for name in PER_PERSON:
        ours, theirs = (getattr(each, name)[~reached] for each in (world, other))
        np.testing.assert_array_equal(ours, theirs, name)
    assert np.any(world.beliefs[reached] != other.beliefs[reached])


def test_paired_worlds_share_the_world_the_requests_and_the_people():
    """With every mechanism at work the departure reaches everybody, but nothing drawn for them."""
    changes = {"people": 40, "workforce.turnover": 0.01, "environment.turbulence": 0.01}
    world, other = lived(0, **changes), lived(0, DEPARTURE, **changes)
    kinds: list[dict[tuple[int, int], int]] = [{}, {}]
    for _ in range(30):
        for each, seen in zip((world, other), kinds, strict=True):
            each.step()
            seen.update(waiting(each))
        np.testing.assert_array_equal(world.reality, other.reality)
        assert world.tally[0] == other.tally[0]  # requests arrived
        same = world.person == other.person
        for trait in ("ability", "sociability", "learning_rate", "mindset", "interest"):
            ours, theirs = getattr(world, trait), getattr(other, trait)
            np.testing.assert_array_equal(ours[same], theirs[same])
    met = kinds[0].keys() & kinds[1].keys()
    assert met
    assert all(kinds[0][request] == kinds[1][request] for request in met)
    others = np.delete(world.beliefs != other.beliefs, SEAT, axis=0)
    assert others.any(), "a departure ought to have consequences"
    assert np.any(world.person >= 1 << 32), "somebody ought to have left"


def waiting(organization):
    """Kind of every request in a queue, by the week it came and its number."""
    found = {}
    limit = organization.queue_block.shape[1]
    for i in range(organization.people):
        first = organization.queue_head[i]
        for place in range(first, first + organization.queue_length[i]):
            request = (organization.queue_week[i, place % limit],)
            request += (organization.queue_number[i, place % limit],)
            found[request] = organization.queue_block[i, place % limit]
    return found


def test_two_structures_on_one_seed_begin_with_the_same_people_and_requests():
    one, other = (organization_of(scenario) for scenario in ("bureaucratic", "post_bureaucratic"))
    for name in ("reality", "code", "beliefs", "articulated", "practice", "ability", "tenure"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    for _ in range(10):
        one.step()
        other.step()
        np.testing.assert_array_equal(one.reality, other.reality)
        assert one.tally[0] == other.tally[0]
