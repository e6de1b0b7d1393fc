"""The workshop page shows what Python computed, on one clock, and reveals nothing too early."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
from stage import shown

from sim.organization import Organization
from sim.workshop.attributes import ATTRIBUTES
from sim.workshop.encoding import values_of_series


def lived(workshop, run: str):
    """The organization of a run on the seed that is shown, week by week from 0."""
    variant = workshop.plan.variants[run]
    organization = Organization(variant.settings, workshop.payload["program"]["shown_seed"])
    yield organization
    for _ in range(variant.settings.periods):
        organization.step()
        yield organization


def reached(goal: dict, organization) -> int:
    """How many people have reached a goal that counts people."""
    attribute = ATTRIBUTES[goal["attribute"]]
    codes = attribute.codes(attribute.of(organization))
    return int((codes >= goal["code"] if "at_least" in goal else codes <= goal["code"]).sum())


def goal_of(workshop, id: str) -> dict:
    return next(goal for goal in workshop.payload["goals"] if goal["id"] == id)


@pytest.mark.parametrize("number", [1, 2])
def test_counts_on_screen_are_those_of_the_model_at_any_week(workshop, stage, number):
    question = workshop.payload["questions"][number - 1]
    goal = goal_of(workshop, question["goal"])
    expected = [
        [reached(goal, now) for now in lived(workshop, run)]
        for run in (question["left"], question["right"])
    ]
    on = stage(f"#q={number}")
    last = len(expected[0]) - 1
    for week in (0, last // 2, last, last // 3):
        on.seek(week)
        assert on.counts() == tuple(shown(side[week], goal["decimals"]) for side in expected)


def test_means_and_ranges_in_the_table_are_those_of_all_seeds(workshop, stage):
    question = workshop.payload["questions"][0]
    goal = goal_of(workshop, question["goal"])
    weeks = workshop.payload["runs"]["A"]["weeks"]
    on = stage("#q=1")
    on.play()
    on.page.locator("#numbers summary").click()
    on.page.locator("#numbers tbody td").first.wait_for()
    cells = on.page.locator("#numbers tbody tr").last.locator("td").all_inner_texts()
    for side, run in enumerate((question["left"], question["right"])):
        variant = workshop.plan.variants[run]
        ends = []
        for seed in variant.seeds:
            organization = Organization(variant.settings, seed)
            for _ in range(weeks):
                organization.step()
            ends.append(reached(goal, organization))
        low, high = np.percentile(ends, [10, 90])
        for value in (np.mean(ends), low, high):
            assert shown(value, goal["decimals"]) in cells[2 * side + 1]


def test_the_bars_of_a_person_are_those_of_the_model(workshop, stage):
    on = stage("#q=1")
    films = {run: list(values_of(workshop, run)) for run in "AB"}
    names = {row["label"]: row["id"] for row in workshop.payload["attributes"]}
    for person, week in product((0, 17, 29), (0, 10, 20)):
        on.page.locator("#person").select_option(str(person))
        on.seek(week)
        for side in "AB":
            bars = on.page.locator(f"#person-{side} .bars li")
            for label, value in zip(
                bars.locator(".bar-name").all_inner_texts(),
                bars.locator(".bar-value").all_inner_texts(),
                strict=True,
            ):
                # Half a step of the 256 that are kept, and half of what is shown.
                exact = films[side][week][names[label]][person]
                assert abs(float(value) - exact) <= 0.5 / 255 + 0.005 + 1e-9


def values_of(workshop, run):
    for organization in lived(workshop, run):
        yield {name: np.array(each.of(organization)) for name, each in ATTRIBUTES.items()}


def test_both_sides_begin_with_the_same_people(workshop, stage):
    on = stage("#q=1")
    for person in (0, 3, 11, 29):
        on.page.locator("#person").select_option(str(person))
        on.page.clock.run_for(100)
        bars = [on.page.locator(f"#person-{side} .bars").inner_text() for side in "AB"]
        assert bars[0] == bars[1]
    assert on.counts()[0] == on.counts()[1]


def test_a_played_frame_is_the_scrubbed_frame(stage):
    played, moved = (stage("#q=1", reduced_motion="reduce") for _ in range(2))
    played.page.locator("#play").click()
    played.let(5)
    played.page.locator("#play").click()
    played.settle()
    week = played.state["week"]
    assert 0 < week < 20
    moved.seek(week + 6)  # past a reshuffle, short of the reveal
    moved.seek(week)
    assert moved.pictures() == played.pictures()
    assert moved.counts() == played.counts()


def test_one_clock_for_all_after_any_sequence(workshop, stage):
    on = stage("#q=1")
    chance = random.Random(7)
    for _ in range(25):
        act = chance.choice(["play", "seek", "back", "forward", "question", "key"])
        if act == "play":
            on.page.locator("#play").click()
            on.let(chance.choice([0.5, 2.0, 11.0]))
        elif act == "seek":
            on.seek(chance.randrange(21))
        elif act in ("back", "forward"):
            on.page.locator(f"#{act}").click()
        elif act == "question":
            on.open(chance.choice([1, 2, 4]))
        else:
            on.page.locator("h1#question").click()
            on.page.keyboard.press(chance.choice(["ArrowRight", "ArrowLeft", "Home", "End"]))
        on.page.clock.run_for(50)
        if on.state["playing"]:
            on.page.locator("#play").click()
            on.settle()
        state = on.state
        week, last = state["week"], workshop.payload["runs"][state["left"]]["weeks"]
        assert on.page.locator("#week").input_value() == str(week)
        assert str(week) in on.text("#week-now")
        marker = on.page.locator("#chart line.now")
        at, width = float(marker.get_attribute("x1")), float(marker.get_attribute("x2"))
        assert at == width
        expected = [
            series_at(workshop, state[side], state["goal"], week) for side in ("left", "right")
        ]
        decimals = goal_of(workshop, state["goal"])["decimals"]
        assert on.counts() == tuple(shown(value, decimals) for value in expected), (act, state)
        assert last >= week


def series_at(workshop, run, goal, week) -> float:
    """The value of a goal in the run that is shown, from the page's own data."""
    return float(values_of_series(workshop.payload["runs"][run]["series"][goal])[3][week])


@pytest.mark.parametrize("verdict", ["A", "B", "none"])
@pytest.mark.parametrize("bet", ["A", "B", "none"])
def test_the_reveal_names_the_bet_and_says_the_truth_and_nothing_before(
    workshop, stage, tmp_path, bet, verdict
):
    def plant(data):
        for pair in data["pairs"]:
            if {pair["left"], pair["right"]} == {"A", "B"} and pair["goal"] == "knows_half":
                ahead = {"A": (4, 0), "B": (0, 4), "none": (2, 2)}[verdict]
                pair.update(A=12.0, B=17.0 if verdict == "B" else 9.0, verdict=verdict, same=0)
                pair.update(ahead_A=ahead[0], ahead_B=ahead[1], runs=4)
                planted.append(pair)

    planted: list[dict] = []
    on = stage("#q=1", workshop.with_payload(tmp_path / "planted.html", plant))
    question = workshop.payload["questions"][0]
    labels = {choice["id"]: choice["label"] for choice in question["bet"]["choices"]}
    assert not on.page.locator("#told").is_visible()
    on.page.locator(f"#bets button[data-choice='{bet}']").click()
    assert not on.page.locator("#told").is_visible()
    assert on.page.locator("#reveal-numbers").text_content() == ""
    assert on.focused == "play"
    on.play()
    assert on.page.locator("#told").is_visible()
    said = on.text("#reveal-bet")
    assert labels[bet] in said
    if bet != verdict:
        assert labels[verdict] in said
    assert ("That is what happened" in said) == (bet == verdict)
    numbers = on.text("#reveal-numbers")
    for value in (planted[0]["A"], planted[0]["B"]):
        assert shown(value, 0) in numbers
    assert "4 runs" in numbers or "of 4" in numbers
    assert ("No difference" in numbers) == (verdict == "none")


def test_scrubbing_to_the_middle_reveals_nothing(stage):
    on = stage("#q=1")
    on.seek(10)
    assert not on.page.locator("#told").is_visible()
    on.open(2)
    on.open(1)
    assert not on.page.locator("#told").is_visible()
