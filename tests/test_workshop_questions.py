"""The workshop's questions: data that hangs together, texts that presuppose nothing, puzzles."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputProblem
from sim.measures import MEASURES
from sim.scenario.loading import load_scenario
from sim.scenario.questions import AttributeName, OwnQuestion
from sim.scenario.schema import json_schema
from sim.workshop.asking import workshop
from sim.workshop.attributes import ATTRIBUTES
from sim.workshop.goals import check_goals
from sim.workshop.puzzles import breaks_of, dip_weeks, outcome, targets
from sim.workshop.questions import common_sets, default_scenarios, questions_of
from sim.workshop.texts import english, load_texts, placeholders
from sim.workshop.variants import variants_of
from tests.organizations import quiet

SEEDS, WEEKS = 12, 120
PAGES = Path("sim/pages")


@pytest.fixture(scope="module")
def usual():
    return [
        load_scenario(name, sets=common_sets(False, side))
        for name, side in zip(default_scenarios(), "AB", strict=True)
    ]


@pytest.fixture(scope="module")
def asked(usual):
    return questions_of(*usual)


# --- the seven questions --------------------------------------------------------------------------


def test_there_are_seven_questions_and_the_sandbox_is_last(asked):
    ids = [record["id"] for record in asked.records]
    assert ids == ["learn", "speak", "expert", "rhythm", "islands", "size", "sandbox"]
    assert [record["number"] for record in asked.records] == list(range(1, 8))
    assert asked.records[-1]["screen"] == "sandbox" and asked.records[-1]["bet"] is None


def test_each_question_is_whole(asked):
    for record in asked.records:
        for part in ("title", "say", "talk", "why", "assumption", "notes", "source"):
            assert record[part], f"{record['id']} has no {part}"
        if record["screen"] != "sandbox":
            assert record["bet"]["choices"][-1]["id"] == "none"


def test_playing_time_is_about_25_minutes(asked):
    assert asked.playing_minutes == 25 == workshop().playing_minutes


def test_a_question_has_at_most_one_new_control_and_the_first_none(asked):
    controls = [record["control"] for record in asked.records]
    assert controls[0] is None
    assert all(control is None or len(control["options"]) > 1 for control in controls)
    names = [control["id"] for control in controls if control]
    assert len(names) == len(set(names))


def test_what_questions_name_exists(asked):
    check_goals(asked.goals)
    goals = {goal.id for goal in asked.goals}
    for record in asked.records:
        assert {record["goal"], *record["more_goals"]} <= goals
        assert {record["colour"], record["size"], record["shape"]} <= set(ATTRIBUTES)
        assert all(0 < week <= WEEKS for week in record["weeks"])
        options = (record["control"] or {}).get("options", [])
        shown = [record, *options]
        assert {each[side] for each in shown for side in ("left", "right")} <= set(asked.wanted)
        assert {choice["id"] for choice in record.get("choices", [])} <= set(asked.wanted)
        if record["bet"]:
            assert record["bet"]["goal"] in (record["goal"], *record["more_goals"])
            assert record["bet"]["week"] in record["weeks"]


def test_all_runs_can_be_loaded_with_the_same_people_and_weeks(usual, asked):
    sides = dict(zip("AB", usual, strict=True))
    variants = variants_of(sides, asked.wanted, range(2))
    assert {each.settings.people for each in variants.values()} == {100}
    assert {each.settings.periods for each in variants.values()} == {WEEKS}
    starts = {each.settings.start.model_dump_json() for each in variants.values()}
    assert len(starts) == 1


def test_runs_with_equal_settings_are_asked_for_once(asked):
    runs = [(each.side, each.sets) for each in asked.wanted.values()]
    assert len(runs) == len(set(runs))


def test_a_users_own_setting_comes_after_the_workshops():
    name = default_scenarios()[1]
    sets = [*common_sets(False, "B"), "cells.size=5", "people=40"]
    settings = load_scenario(name, sets=sets).settings
    assert (settings.cells.size, settings.people, settings.reshuffle.every) == (5, 40, 12)


def test_fewer_weeks_shorten_what_is_told():
    sides = [
        load_scenario(name, sets=[*common_sets(False, side), "periods=50"])
        for name, side in zip(default_scenarios(), "AB", strict=True)
    ]
    for record in questions_of(*sides).records:
        assert record["weeks"] == [50]
        assert not record["bet"] or record["bet"]["week"] == 50


def test_texts_say_how_many_people_and_weeks_there_are():
    sides = [
        load_scenario(name, sets=[*common_sets(False, side), "people=40", "periods=50"])
        for name, side in zip(default_scenarios(), "AB", strict=True)
    ]
    records = questions_of(*sides).records
    assert records[0]["title"].startswith("Same 40 people.")
    assert "after 50 weeks" in records[0]["say"]
    assert "by week 50" in record_of(questions_of(*sides), "size")["say"]


def test_those_leave_who_know_most():
    organization = quiet(people=20, events=[{"at": 0, "leave": {"share": 0.1, "who": "knowledge"}}])
    organization.beliefs[:] = -organization.reality
    organization.beliefs[[4, 11], :3] = organization.reality[:3]
    organization.beliefs[7, 0] = organization.reality[0]
    organization.step()
    left = np.flatnonzero(organization.person >> np.uint64(32))
    assert left.tolist() == [4, 11]


# --- texts presuppose nothing ---------------------------------------------------------------------

SIDE = r"(?:departments?|cells?|bureaucra\w+|left side|right side|hierarch\w+)"
WINS = (
    r"(?:wins?|won|beats?|leads?|better|best|ahead|behind|faster|slower|loses?|lost|worse|worst"
    r"|more people know|learn more|superior)"
)


def names_a_winner(text):
    """Sentences that say of a side, as a fact, that it does better or worse."""
    found = []
    for sentence in re.findall(r"[^.?!\n]+[.?!]?", text):
        is_asked = sentence.rstrip().endswith("?")
        said = re.search(rf"\b{SIDE}\b.*\b{WINS}\b|\b{WINS}\b.*\b{SIDE}\b", sentence, re.I)
        if said and not is_asked:
            found.append(sentence.strip())
    return found


@pytest.mark.parametrize(
    "text",
    [
        "Cells win.",
        "As you saw, people in cells learn more.",
        "Departments are ahead. Why?",
        "It is worse in Departments.",
        "The right side is faster!",
    ],
)
def test_a_text_that_names_a_winner_is_found(text):
    assert names_a_winner(text)


#: Where such words are no verdict: what was put in, and what is to be found.
NO_VERDICT = (
    "Not put in:",
    "Find a world in which",
    "Put in by us:",
    "A dip week",
    "In a dip week",
    "Look at more than one number",
)


def test_no_text_of_a_question_names_a_winner():
    told = {
        key: text
        for key, text in english().texts.items()
        if key.startswith(("question.", "side.", "goal.", "page."))
        and ".reveal." not in key
        and ".option." not in key
    }
    found = {
        key: sentence
        for key, text in told.items()
        for sentence in names_a_winner(text)
        if not sentence.startswith(NO_VERDICT)
    }
    assert found == {}


def test_what_is_revealed_names_sides_only_by_what_happened():
    for key, text in english().texts.items():
        if key.startswith("reveal."):
            assert not re.search(rf"\b{SIDE}\b", text, re.I), key


# --- outcomes, dips and puzzles from planted data ------------------------------------------------


def spread(mean, sd=1.0, seed=0, seeds=30):
    return mean + sd * np.random.default_rng(seed).standard_normal(seeds)


def test_a_clear_winner_among_options_is_found_and_the_sign_of_the_goal_counts():
    luck = spread(0.0)
    values = {"few": 10 + luck, "some": 14 + luck + spread(0, 0.5, 1), "many": 11 + luck}
    found = outcome(values, better=1)
    assert (found.best, found.tied, found.clear, found.all_tied) == ("some", ("some",), True, False)
    assert outcome(values, better=-1).best == "few"


def test_options_that_are_the_same_are_all_tied():
    same = spread(10.0)
    found = outcome({"a": same, "b": same.copy(), "c": same.copy()}, better=1)
    assert found.all_tied and not found.clear and set(found.tied) == {"a", "b", "c"}


def test_noise_is_seldom_taken_for_a_best_option():
    """In at most 5 % of questions; more than 22 of 200 would be a false alarm of one in 5 000."""
    wrong = 0
    for trial in range(200):
        values = {name: spread(0, 1.0, 1000 + 10 * trial + n) for n, name in enumerate("abcdef")}
        wrong += not outcome(values, better=1).all_tied
    assert wrong <= 22


def test_without_values_nothing_can_be_told():
    found = outcome({"a": np.full(5, np.nan), "b": np.full(5, np.nan)}, better=1)
    assert found.all_tied and not found.clear


def test_dip_weeks_by_hand():
    #                    week 0  1  2  3  4  5  6  7  8
    values = np.array([5.0, 6, 7, 5, 6, 7, 8, 6, 9])
    assert dip_weeks(values, breaks=[3, 7]) == [3, 4, 7]
    assert dip_weeks(values, breaks=[]) == []
    assert breaks_of(4, 12) == [4, 8, 12] and breaks_of(0, 12) == []


def test_a_value_that_is_missing_is_no_dip():
    assert dip_weeks(np.array([np.nan, 1.0, np.nan, 2.0]), breaks=[1, 3]) == []


def planted(**options):
    """Options with their reach and dips, the same in each of five runs."""
    reach = {name: np.full(5, float(one)) for name, (one, _) in options.items()}
    dips = {name: np.full(5, float(other)) for name, (_, other) in options.items()}
    return reach, dips


def solvers(asked, reach, dips):
    return [n for n in reach if reach[n][0] >= asked.target and dips[n][0] <= asked.limit]


def test_where_reach_costs_dips_only_the_middle_solves_the_puzzle():
    reach, dips = planted(never=(30, 0), seldom=(40, 4), often=(50, 10), always=(60, 40))
    asked = targets(reach, dips, shown=0)
    assert asked.possible
    assert solvers(asked, reach, dips) == ["often"]
    assert (asked.target, asked.limit) == (45, 25)


def test_where_one_option_is_best_in_both_only_it_solves_the_puzzle():
    reach, dips = planted(a=(30, 9), b=(40, 5), c=(50, 1))
    asked = targets(reach, dips, shown=0)
    assert solvers(asked, reach, dips) == ["c"]


def test_where_options_do_not_differ_the_puzzle_is_trivial_but_possible():
    reach, dips = planted(a=(30, 2), b=(30, 2))
    asked = targets(reach, dips, shown=0)
    assert asked.possible and len(solvers(asked, reach, dips)) == 2


def test_a_puzzle_that_the_shown_run_cannot_solve_says_so():
    reach = {"a": np.array([10.0, 50, 50, 50, 50])}
    dips = {"a": np.array([30.0, 2, 2, 2, 2])}
    assert not targets(reach, dips, shown=0).possible
    assert targets(reach, dips, shown=1).possible


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 120)), min_size=1, max_size=7),
)
def test_a_puzzle_from_whole_numbers_can_always_be_solved(options):
    reach, dips = planted(**{f"o{n}": each for n, each in enumerate(options)})
    asked = targets(reach, dips, shown=0)
    assert asked.possible and solvers(asked, reach, dips)


# --- what only runs can say -----------------------------------------------------------------------


@pytest.fixture
def series(asked):
    """Planted series of all runs: everything level, but for what a test changes."""
    luck = np.random.default_rng(3).normal(50, 1, (SEEDS, 1))
    return {
        run: {goal.id: np.repeat(luck, WEEKS + 1, axis=1) for goal in asked.goals}
        for run in asked.wanted
    }


#: What the page itself fills in, when it tells what happened.
REVEALED = {"A", "B", "ahead", "behind", "short", "week", "n", "runs"}


def record_of(asked, id):
    return next(record for record in asked.records if record["id"] == id)


def test_every_record_can_be_completed_and_written_as_json(asked, series):
    for record in asked.records:
        text = json.dumps(asked.with_results(record, series, shown=0), allow_nan=False)
        asked_for = set(re.findall(r"\{(\w+)\}", text)) - REVEALED
        assert asked_for == set(), record["id"]


def test_a_bet_on_options_is_settled_by_its_own_goal_and_week(asked, series):
    record = record_of(asked, "rhythm")
    option = next(one for one in record["control"]["options"] if one["id"] == "e24")
    series[option["right"]]["knows_half"][:, record["bet"]["week"]] += 9
    series["B-rhythm"]["cellmates"] += 30
    found = asked.with_results(record, series, shown=0)["outcome"]
    assert (found["best"], found["clear"], found["goal"]) == ("e24", True, "knows_half")


def test_no_difference_between_options_is_said(asked, series):
    found = asked.with_results(record_of(asked, "size"), series, shown=0)["outcome"]
    assert found["all_tied"] and not found["clear"]


def test_losses_are_those_against_the_same_organization(asked, series):
    record = record_of(asked, "expert")
    ten = next(one for one in record["control"]["options"] if one["id"] == "ten")
    series["B"]["knows"] += 20  # that one knows more anyhow is no smaller loss
    series[ten["right"]]["knows"] += 20
    series[ten["left"]]["knows"][:, 61] -= 3
    series[ten["right"]]["knows"][:, 61] -= 5
    changes = asked.with_results(record, series, shown=0)["changes"]
    told = {(one["goal"], one["week"]): one for one in changes["ten"]}
    at_once, later = told["knows", 61], told["knows", 120]
    assert (round(at_once["A"], 9), round(at_once["B"], 9), at_once["verdict"]) == (3, 5, "A")
    assert later["verdict"] == "none" and later["same"] == SEEDS
    assert all(one["same"] == SEEDS for one in changes["nobody"])


def test_the_puzzle_counts_dips_after_reshuffles_and_fills_its_text(asked, series):
    record = record_of(asked, "rhythm")
    reach = {"never": 30.0, "e40": 35.0, "e24": 40.0, "e12": 45.0, "e8": 50.0, "e4": 60.0}
    deep = {"never": 0, "e40": 1, "e24": 1, "e12": 1, "e8": 2, "e4": 3}
    for one in record["control"]["options"]:
        every = asked.every[one["right"]]
        series[one["right"]]["pairs_known"][:] = reach[one["id"]]
        for week in breaks_of(every, WEEKS):
            series[one["right"]]["at_home"][:, week : week + deep[one["id"]]] -= 1
    puzzle = asked.with_results(record, series, shown=2)["puzzle"]
    dips = {id: one["dips"] for id, one in puzzle["options"].items()}
    # e4: three weeks in four from week 4 on, but the last week, 120, has none after it.
    assert dips == {"never": 0, "e40": 3, "e24": 5, "e12": 10, "e8": 29, "e4": 88}
    assert [id for id, one in puzzle["options"].items() if one["ok"]] == ["e8"]
    assert puzzle["options"]["e8"]["solved"] == SEEDS and puzzle["possible"]
    assert f"at least {puzzle['target']:g} of 100" in puzzle["text"]
    assert puzzle["options"]["e40"]["dip_weeks"] == [40, 80, 120]


# --- texts and translations -----------------------------------------------------------------------

ENGLISH = Path("sim/workshop/texts/en.yaml")


def translated(tmp_path, change):
    path = tmp_path / "pt.yaml"
    path.write_text(change(ENGLISH.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def test_the_english_file_is_a_complete_translation_of_itself():
    assert load_texts(ENGLISH).texts == english().texts
    assert (english().language, english().direction) == ("en", "ltr")


def test_a_translation_keeps_its_language_and_direction(tmp_path):
    path = translated(
        tmp_path,
        lambda text: (
            text.replace("language: en", "language: ar")
            .replace("direction: ltr", "direction: rtl")
            .replace("bet.none: No difference", "bet.none: لا فرق")
        ),
    )
    texts = load_texts(path)
    assert (texts.language, texts.direction, texts["bet.none"]) == ("ar", "rtl", "لا فرق")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bet.none: No difference", "bet.nome: Sem", ["bet.nome", "Did you mean `bet.none`"]),
        ("bet.none: No difference", "", ["bet.none", "missing", "In English: No difference"]),
        ("still.week: week {week}", "still.week: semana", ["{week} is missing"]),
        ("still.week: week {week}", "still.week: semana {semana}", ["{semana} is unknown"]),
        ("still.week: week {week}", "still.week: semana {week", ["a brace stands alone"]),
        ("bet.none: No difference", "bet.none: 3", ["expected a text", 'quotes: "3"']),
        ("language: en", "language: english please", ["language tag"]),
        ("direction: ltr", "direction: left", ["expected ltr"]),
    ],
)
def test_a_faulty_translation_is_said_with_its_line(tmp_path, old, new, said):
    path = translated(tmp_path, lambda text: text.replace(old, new))
    with pytest.raises(InputProblem) as problem:
        load_texts(path)
    message = str(problem.value)
    for part in said:
        assert part in message
    if new:
        lines = path.read_text(encoding="utf-8").splitlines()
        line = next(n for n, text in enumerate(lines, 1) if new and text.startswith(new))
        assert f"pt.yaml:{line}: " in message


def sources_of_the_page():
    files = [*PAGES.rglob("*.js"), *PAGES.rglob("*.j2"), *Path("sim").rglob("*.py")]
    return {path: path.read_text(encoding="utf-8") for path in files}


KEY = r"[a-z][\w-]*(?:\.[\w-]+)*"


def test_every_text_that_the_page_asks_for_exists():
    known = english().texts
    missing = {}
    for path, source in sources_of_the_page().items():
        asked_for = []
        if path.suffix == ".js":
            asked_for = re.findall(rf"lab\.text\(\s*[\"']({KEY})[\"']\s*[,)]", source)
        elif path.suffix == ".j2":
            asked_for = re.findall(rf"texts\[[\"']({KEY})[\"']\]", source)
        elif PAGES in path.parents or path.parent.name == "live":
            asked_for = re.findall(rf"\.text\(\s*\"({KEY})\"", source)
            asked_for += re.findall(rf"[a-z]*texts\[\"({KEY})\"\]", source)
        for key in asked_for:
            if key not in known:
                missing[key] = path.name
    assert missing == {}


def test_every_text_is_used_somewhere():
    """By its whole key, or one put together: ``"a.b." + kind``, ``${lost}.none``."""
    whole, beginnings, endings = set(), set(), set()
    for source in sources_of_the_page().values():
        whole |= set(re.findall(rf"[\"'`]({KEY})[\"'`]", source))
        beginnings |= set(re.findall(rf"[\"'`]({KEY}\.)(?:[\"'`]|\$\{{|\{{)", source))
        endings |= set(re.findall(r"`\$\{\w+\}(\.[\w.]+)`", source))
    whole |= {key + ending for key in whole for ending in endings}
    data = workshop()
    beginnings |= {f"question.{one.id}." for one in (*data.questions, *data.own)}
    beginnings |= {f"goal.{id}." for id in data.goals}
    unused = [
        key for key in english().texts if key not in whole and not key.startswith(tuple(beginnings))
    ]
    assert unused == []


def test_texts_of_questions_that_do_not_exist_are_found():
    data = workshop()
    known = {one.id for one in (*data.questions, *data.own)} | {"talk"}
    options = {
        f"question.{one.id}.option.{option.id}"
        for one in data.questions
        for option in (one.control.options if one.control else [])
    }
    for key in english().texts:
        if key.startswith("question."):
            assert key.split(".")[1] in known
        if key.startswith("goal.") and key.count(".") == 2:
            assert key.split(".")[1] in data.goals
        if ".option." in key and key.startswith("question."):
            assert key in options
    assert options <= set(english().texts)


def test_puzzles_say_what_is_asked():
    for question in workshop().questions:
        if question.puzzle:
            text = english()[f"question.{question.id}.puzzle"]
            assert placeholders(text) == {"target", "limit", "week"}
            assert english()[f"question.{question.id}.puzzle.impossible"]


# --- questions that scenarios bring ---------------------------------------------------------------

OWN = """
extends: bureaucratic
title: Our clinic
story: Wards under a board.
people: 30
periods: 20
questions:
  - Where does a good idea wait?
  - title: Would a coach for everybody help?
    count: knowledge
    at_least: 0.9
    counted: people know nearly all
    bet: options
    options:
      - {label: no coach}
      - {label: a coach, set: {coaching.hours: 0.5}, where: here}
    talk: Who coaches you?
    minutes: 5
  - title: Who waits?
    measure: response_time
"""


def scenario_file(tmp_path, text, name="ours.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scenarios_own_questions_come_after_those_for_any_two(tmp_path):
    ours = load_scenario(scenario_file(tmp_path, OWN))
    other = load_scenario("post_bureaucratic", sets=["people=30", "periods=20", "questions=[]"])
    asked = questions_of(ours, other, own=True)
    titles = [record["title"] for record in asked.records]
    assert titles[3:6] == [
        "Where does a good idea wait?",
        "Would a coach for everybody help?",
        "Who waits?",
    ]
    assert asked.records[-1]["screen"] == "sandbox"
    assert [side["name"] for side in asked.sides] == ["Our clinic", "Post-bureaucratic"]
    assert asked.sides[0]["story"] == "Wards under a board."
    sentence, coach, waits = asked.records[3:6]
    assert sentence["bet"] is None
    without, with_coach = coach["control"]["options"]
    assert (without["left"], without["right"]) == ("A", "B")
    assert with_coach["right"] == "B"
    assert asked.wanted[with_coach["left"]].sets == ("coaching.hours=0.5",)
    assert coach["bet"]["kind"] == "options" and coach["minutes"] == 5
    goals = {goal.id: goal for goal in asked.goals}
    assert goals[coach["goal"]].short == "people know nearly all"
    assert goals[waits["goal"]].better == MEASURES["response_time"].better == -1
    check_goals(asked.goals)


def test_a_bet_on_a_scenarios_options_looks_at_the_side_that_changes(tmp_path):
    ours = load_scenario(scenario_file(tmp_path, OWN))
    other = load_scenario("post_bureaucratic", sets=["people=30", "periods=20"])
    asked = questions_of(ours, other, own=True)
    coach = next(r for r in asked.records if r["title"].startswith("Would a coach"))
    luck = np.random.default_rng(1).normal(10, 1, (SEEDS, 1))
    series = {
        run: {goal.id: np.repeat(luck, 21, axis=1) for goal in asked.goals} for run in asked.wanted
    }
    series[coach["control"]["options"][1]["left"]][coach["goal"]] += 5
    found = asked.with_results(coach, series, shown=0)["outcome"]
    assert found["best"] == "o2" and found["clear"]


def test_two_scenarios_of_one_name_are_told_apart():
    base = load_scenario("base", sets=["people=30"])
    names = [side["name"] for side in questions_of(base, base, own=True).sides]
    assert names == ["Base (A)", "Base (B)"]


@pytest.mark.parametrize(
    ("entry", "line", "said"),
    [
        ("- title: A", 2, "`count: knowledge`"),
        ("- {title: A, count: knowlege, at_least: 0.5}", 2, "Did you mean `knowledge`?"),
        ("- {title: A, count: fear}", 2, "at_least or at_most, one of them"),
        ("- {title: A, count: fear, at_most: 3}", 2, "3 is above the highest value allowed, 1"),
        ("- {title: A, measure: outptu}", 2, "Did you mean `output`?"),
        ("- {title: A, measure: output, at_least: 0.5}", 2, "not with a measure"),
        ("- {count: fear, at_most: 0.5}", 2, "`title` is missing"),
        ("- {title: A, count: fear, at_most: 0.5, why_not: x}", 2, "no setting `why_not`"),
        ("- {title: A, measure: output, bet: options}", 2, "no options to bet on"),
        ("- {title: A, measure: output, options: [{label: a}]}", 2, "two to 6, or none"),
        ("- Why?\n  - 3", 3, "expected a text or a group of settings; found 3"),
        (
            "- title: A\n    measure: output\n    options:\n"
            "      - {label: a}\n      - label: b\n        set: {cells.sice: 3}",
            7,
            "Did you mean `cells.size`?",
        ),
        (
            "- title: A\n    measure: output\n    options:\n"
            "      - {label: a}\n      - label: b\n        set: {cells.size: 0}",
            7,
            "0 is below the lowest value allowed, 1",
        ),
        (
            "- title: A\n    measure: output\n    bet: options\n    options:\n"
            "      - {label: a}\n      - {label: b, set: {cells.size: 3}}",
            2,
            "Add `where: here`",
        ),
    ],
)
def test_a_faulty_question_of_a_scenario_gives_one_message_with_its_line(
    tmp_path, entry, line, said
):
    path = scenario_file(tmp_path, f"questions:\n  {entry}\nextends: base\n")
    with pytest.raises(InputProblem) as problem:
        load_scenario(path)
    assert len(problem.value.problems) == 1
    message = str(problem.value)
    assert said in message
    assert f"ours.yaml:{line}: questions" in message


def test_plain_sentences_are_read_as_ever(tmp_path):
    path = scenario_file(tmp_path, 'extends: base\nquestions: ["Why?", "What: now?"]\n')
    assert load_scenario(path).settings.questions == ["Why?", "What: now?"]


def test_the_schema_knows_both_kinds_of_questions():
    schema = json_schema()
    items = schema["properties"]["questions"]["items"]
    assert {"type": "string"} in items["anyOf"]
    assert {"$ref": "#/$defs/OwnQuestion"} in items["anyOf"]
    described = schema["$defs"]["OwnQuestion"]["properties"]
    assert all(entry.get("description") for entry in described.values())


def test_questions_may_name_exactly_what_is_seen_of_a_person():
    assert set(AttributeName.__args__) == set(ATTRIBUTES)
    assert OwnQuestion.model_fields["colour"].default in ATTRIBUTES
