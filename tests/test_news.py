"""News: what a few come to know, how far it gets, and what it takes to get there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from organizations import changed, differing, lively, quiet, snapshot, weeks
from test_contract import acting_one_by_one
from watching import Watched

from sim.errors import InputProblem
from sim.measures import MEASURES
from sim.models.run import run
from sim.organization import Organization
from sim.scenario.events import Event, News
from sim.scenario.loading import load_scenario

NEWS = ("news_reach", "news_in_words", "news_fidelity", "news_cells")


def plant(organization: Organization, **news: Any) -> None:
    """Let an event of this week bring news."""
    events = next(m for m in organization.mechanisms if m.name == "events")
    events.timeline = (Event(at=organization.period, news=News.model_validate(news)),)
    events.apply(organization)


def measured(organization: Organization) -> dict[str, float]:
    return {name: MEASURES[name].of(organization) for name in NEWS}


def test_without_news_there_is_nothing_to_measure():
    assert all(np.isnan(value) for value in measured(quiet()).values())


def test_news_of_a_cell_is_known_to_its_members_and_to_nobody_else():
    organization = lively(2)
    cell = organization.cell == 1
    plant(organization, cell=1, dimension=5)
    assert np.array_equal(organization.beliefs[:, 5], np.where(cell, organization.reality[5], 0))
    assert np.array_equal(organization.articulated[:, 5], cell)
    assert not organization.practice[:, 5].any() and organization.code[5] == 0
    assert np.flatnonzero(organization.news).tolist() == [5]
    assert measured(organization) == {
        "news_reach": cell.mean(),
        "news_in_words": cell.mean(),
        "news_fidelity": 1.0,
        "news_cells": 1 / organization.cells,
    }


def test_tacit_news_can_be_done_and_not_said():
    organization = quiet()
    plant(organization, seat=3, form="tacit")
    assert np.flatnonzero(organization.beliefs[:, -1]).tolist() == [3]
    assert not organization.articulated[:, -1].any()
    assert organization.practice[3, -1] == np.float32(0.8)
    assert measured(organization)["news_in_words"] == 0.0
    assert measured(organization)["news_reach"] == 1 / 12


@pytest.mark.parametrize(("share", "people"), [(0.0, 1), (0.26, 10), (1.0, 40)])
def test_news_is_known_to_as_many_as_asked_and_to_one_at_least(share, people):
    organization = quiet(people=40)
    plant(organization, share=share)
    assert np.count_nonzero(organization.beliefs[:, -1]) == people


def test_two_pieces_of_news_in_one_week_come_to_different_people():
    news = [{"at": 0, "news": {"share": 0.1, "dimension": d}} for d in (0, 1)]
    organization = weeks(quiet(people=200, events=news), 1)
    know = organization.beliefs[:, :2] != 0
    assert know.sum(axis=0).tolist() == [20, 20]
    # The same twenty of two hundred by chance: once in 10 ** 27.
    assert not np.array_equal(know[:, 0], know[:, 1])
    assert measured(organization)["news_reach"] == 0.1


def test_news_changes_only_its_dimension_and_what_is_tried_there():
    organization = weeks(lively(3), 5)
    organization.trial_stage[:] = 1
    organization.trial_dimension[:] = np.arange(40) % 24
    before = snapshot(organization)
    plant(organization, share=0.1, dimension=7)
    touched = changed(before, organization)
    assert touched <= {"beliefs", "articulated", "practice", "code", "news", "trial_stage"}
    for name in ("beliefs", "articulated", "practice"):
        after = getattr(organization, name)
        assert np.array_equal(np.delete(after, 7, axis=1), np.delete(before[name], 7, axis=1))
    assert np.array_equal(organization.trial_stage == 0, organization.trial_dimension == 7)


def test_fidelity_and_reach_tell_wrong_from_ignorant():
    organization = quiet()
    plant(organization, share=0.5)
    organization.beliefs[np.flatnonzero(organization.beliefs[:, -1])[:2], -1] *= -1
    assert measured(organization)["news_fidelity"] == pytest.approx(4 / 6)
    assert measured(organization)["news_reach"] == pytest.approx(4 / 12)
    organization.beliefs[:, -1] = 0
    assert np.isnan(measured(organization)["news_fidelity"])


def test_newcomers_do_not_know_the_news():
    organization = weeks(
        quiet(
            people=60,
            workforce={"newcomer_opinion": 1.0},
            events=[
                {"at": 0, "news": {"share": 1.0}},
                {"at": 1, "leave": {"share": 0.5}},
            ],
        ),
        2,
    )
    assert np.count_nonzero(organization.beliefs[:, -1]) == 30
    assert measured(organization)["news_reach"] == 0.5
    assert np.count_nonzero(organization.beliefs[:, 0]) > 30


def test_two_scenarios_that_differ_by_news_are_the_same_before_it():
    calm = weeks(lively(5, events=[]), 6)
    later = weeks(lively(5, events=[{"at": 6, "news": {"cell": 0}}]), 6)
    assert differing(calm, later) == set()
    assert {"beliefs", "news"} <= differing(weeks(calm, 1), weeks(later, 1))


def test_events_with_news_keep_to_their_declarations():
    events = [
        {"at": 1, "news": {"cell": 0}},
        {"at": 2, "news": {"share": 0.3, "form": "tacit", "dimension": 2}},
        {"at": 3, "leave": {"share": 0.1, "who": "spanners"}},
    ]
    organization, wrongly = lively(3, events=events), set()
    for mechanism in acting_one_by_one(organization, periods=6):
        watched = mechanism.name in ("events", "workforce")
        watcher, before = Watched(organization), snapshot(organization)
        mechanism.apply(watcher if watched else organization)
        if watched:
            wrongly |= changed(before, organization) - set(mechanism.writes)
            wrongly |= watcher.touched - {*mechanism.reads, *mechanism.writes}
    assert wrongly == set()


@pytest.mark.parametrize(
    ("news", "key", "remedy"),
    [
        ("{}", r"events\[0\]\.news", "exactly one"),
        ("{cell: 0, seat: 1}", r"events\[0\]\.news", "cell: 0"),
        ("{share: 2}", r"events\[0\]\.news\.share", "from 0 to 1"),
        ("{cell: 0, form: tacitly}", r"events\[0\]\.news\.form", "Did you mean `tacit`"),
        ("{cell: 0, dimention: 3}", r"events\[0\]\.news\.dimention", "`dimension`"),
        ("{cell: 0, dimension: 60}", r"events\[0\]\.news\.dimension", "from 0 to 59"),
        ("{cell: 1000}", r"events\[0\]\.news\.cell", "write a number from 0 to"),
        ("{seat: 150}", r"events\[0\]\.news\.seat", "from 0 to 149"),
    ],
)
def test_news_that_cannot_be_is_one_clear_problem(
    news: str, key: str, remedy: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"extends: base\nevents:\n- {{at: 5, news: {news}}}\n", encoding="utf-8")
    with pytest.raises(InputProblem, match=key) as raised:
        Organization(load_scenario(path).settings)
    assert len(raised.value.problems) == 1
    assert remedy in str(raised.value)


#: An organization that learns in all ways but trying out; the news is a cell's and of its topic.
POST = ("pdsa.rate=0", "periods=104")


def reached(form: str, seeds: int, *sets: str) -> dict[str, np.ndarray]:
    """Final values of the measures of news by seed: news of cell 0 in week 4, of dimension 0."""
    event = f"events=[{{at: 4, news: {{cell: 0, dimension: 0, form: {form}}}}}]"
    settings = load_scenario("post_bureaucratic", sets=[*POST, event, *sets]).settings
    runs = [run(settings, seed).finals for seed in range(seeds)]
    return {name: np.array([each[name] for each in runs]) for name in NEWS}


def test_without_stories_and_trials_tacit_news_reaches_nobody_s_words():
    """R83, exact in every run: nothing else puts into words what can only be done."""
    mute = reached("tacit", 4, "communities.articulation=0")
    assert not mute["news_in_words"].any()


def test_stories_carry_tacit_news_into_words_and_beyond_its_cell():
    """R81, R82: on six paired seeds, with stories that often find words (.5).

    In each words reach more people than a cell has, and more hold it than without stories: were
    stories without effect, words would stay at 0 (the test above), and reach be equal.
    """
    told = reached("tacit", 6, "communities.articulation=0.5")
    mute = reached("tacit", 6, "communities.articulation=0")
    assert (told["news_in_words"] > 6 / 150).all()
    assert (told["news_reach"] > mute["news_reach"]).all()
    assert np.median(told["news_in_words"]) > 0.5


def test_trials_too_put_tacit_news_into_words():
    """A rate at which everybody tries something out several times a year."""
    tried = reached("tacit", 4, "communities.articulation=0", "pdsa.rate=0.2")
    assert (tried["news_in_words"] > 0).all()


def test_explicit_news_gets_further_than_tacit_news():
    """R82 on six paired seeds, all of one sign: by chance once in 64; and past half of people."""
    said, done = reached("explicit", 6), reached("tacit", 6, "communities.articulation=0")
    assert (said["news_reach"] > done["news_reach"]).all()
    assert np.median(said["news_reach"]) > 0.5
