"""Learning from peers, slot by slot, on cases small enough to be reckoned by hand.

Keys are fixed, so a test that passes goes on passing until the rule changes; each test by lot says
how often a correct rule would fail it. Where hypothesis chooses the case, what is stated holds for
every case, and what must come about sooner or later is given so many periods that a correct rule
fails less than once in 10^15 cases.
"""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from scipy import stats

from sim.environments.nk import DISTINCT
from sim.environments.payoff import Surroundings, payoffs, raise_landscape
from sim.learning.peers import (
    BEST,
    CAMP,
    DISTANT,
    GIVE_UP,
    KEEP,
    LOCAL,
    LOCAL_THEN_DISTANT,
    MAJORITY,
    MODAL,
    NOTHING,
    RANDOM,
    Slots,
    Ties,
    learn_from_peers,
    pick,
)
from sim.randomness import key
from sim.rest import next_learner

#: One takes over the whole set of the best of all one is tied to, whatever it is.
COPY = Slots(
    search=LOCAL,
    aggregate=BEST,
    sample=0,
    only_better=False,
    gated=False,
    tries=False,
    undecided=KEEP,
    accuracy=1.0,
)
PUBLISHED = {
    "Fang": COPY._replace(aggregate=MAJORITY, only_better=True),
    "Miller": COPY._replace(only_better=True),
    "Lazer": COPY._replace(only_better=True, gated=True, tries=True),
    "best member": COPY._replace(gated=True, tries=True, sample=3),
    "conformity": COPY._replace(aggregate=MODAL, gated=True, tries=True, sample=3),
    "random copying": COPY._replace(aggregate=RANDOM, gated=True, sample=1),
}
#: Two-sided: a correct rule fails one test by lot in a million.
ALARM = 1e-6

Beliefs = NDArray[np.int8]


def held(*rows: str) -> Beliefs:
    """Beliefs written as rows of +, - and 0."""
    return np.array([["-0+".index(mark) - 1 for mark in row] for row in rows], np.int8)


def written(row: Beliefs) -> str:
    return "".join("-0+"[belief + 1] for belief in row)


def looking_at(*whom: list[int]) -> Ties:
    """Ties of each seat in turn."""
    start = np.cumsum([0, *(len(one) for one in whom)]).astype(np.int64)
    return Ties(start, np.array([j for one in whom for j in one], np.int32))


def first_at_all(opening: Beliefs) -> Ties:
    """Seat 0 looks at all others, and these at nobody."""
    return looking_at(list(range(1, len(opening))), *([] for _ in opening[1:]))


def everybody(people: int) -> Ties:
    return looking_at(*([j for j in range(people) if j != i] for i in range(people)))


def nobody(people: int) -> Ties:
    return looking_at(*([] for _ in range(people)))


def blocks(reality: Beliefs, complexity: int = 1) -> Surroundings:
    none = np.zeros((reality.size, 0))
    return Surroundings(reality, complexity, none.astype(np.int32), none)


def name(number: int) -> np.uint64:
    return np.uint64(key(np.uint64(number), np.uint64(3), np.uint64(0)))


def learn(
    opening: Beliefs,
    ties: Ties,
    slots: Slots,
    number: int = 0,
    merit: Any = None,
    now: Beliefs | None = None,
    **other: Any,
) -> tuple[Beliefs, int]:
    """What people believe after a period, and how many beliefs changed; all + is right."""
    people, dimensions = opening.shape
    surroundings = other.get("surroundings", blocks(np.ones(dimensions, np.int8)))
    worth = np.empty(people)
    payoffs(opening, surroundings, worth)
    beliefs = (opening if now is None else now).copy()
    changed = learn_from_peers(
        ties,
        opening,
        worth if merit is None else np.array(merit, np.float64),
        surroundings,
        slots,
        np.full(people, other.get("rate", 1.0)),
        np.full(people, other.get("attention", 1.0)),
        other.get("person", np.arange(people, dtype=np.uint64)),
        name(number),
        beliefs,
        other.get("articulated", np.ones(opening.shape, np.bool_)),
    )
    return beliefs, changed


def outcomes(seat: int, runs: int, *case: Any, **other: Any) -> dict[str, int]:
    """How often a seat ends with which set, over so many periods on keys of their own."""
    seen: dict[str, int] = {}
    for number in range(runs):
        mark = written(learn(*case, number=number, **other)[0][seat])
        seen[mark] = seen.get(mark, 0) + 1
    return seen


def assert_equally_often(counts: dict[Any, int], expected: set[Any]) -> None:
    assert set(counts) == expected
    assert stats.chisquare(list(counts.values())).pvalue > ALARM


# Whom one looks at


@pytest.mark.parametrize("aggregate", [MAJORITY, BEST, RANDOM])
def test_locally_one_learns_from_those_one_looks_at_and_from_nobody_else(aggregate):
    opening = held("--", "-+", "+-", "++")
    after, changed = learn(
        opening, looking_at([1], [], [3], []), COPY._replace(aggregate=aggregate)
    )
    assert [written(row) for row in after] == ["-+", "-+", "++", "++"]
    assert changed == 2


def test_a_tie_is_of_the_one_who_looks():
    after, _ = learn(held("-", "+"), looking_at([], [0]), COPY)
    assert [written(row) for row in after] == ["-", "-"]


def test_far_away_one_finds_all_others_equally_often_and_never_oneself():
    opening = held("++", "+-", "-+", "--")
    afar = COPY._replace(search=DISTANT, aggregate=RANDOM)
    for sample in (0, 1, 2):
        counts = outcomes(1, 3000, opening, nobody(4), afar._replace(sample=sample))
        assert_equally_often(counts, {"++", "-+", "--"})


def test_who_is_alone_learns_from_nobody():
    for search in (LOCAL, DISTANT, LOCAL_THEN_DISTANT):
        for aggregate in (MAJORITY, BEST, MODAL, RANDOM, NOTHING):
            slots = COPY._replace(search=search, aggregate=aggregate, undecided=GIVE_UP)
            after, changed = learn(held("+-0"), nobody(1), slots)
            assert written(after[0]) == "+-0" and changed == 0


@pytest.mark.parametrize("aggregate", [MAJORITY, BEST])
def test_one_looks_further_only_if_no_tie_teaches_anything(aggregate):
    opening = held("--", "-+", "++", "--")
    further = COPY._replace(search=LOCAL_THEN_DISTANT, aggregate=aggregate, only_better=True)
    # Seat 0 has a better tie, and does not see the best; seats 1 and 3 find them far away.
    after, _ = learn(opening, looking_at([1], [0], [], [0]), further)
    assert written(after[0]) == "-+"
    assert written(after[1]) == "++"
    assert written(after[2]) == "++"
    near, _ = learn(opening, looking_at([1], [0], [], [0]), further._replace(search=LOCAL))
    assert [written(row) for row in near] == ["-+", "-+", "++", "--"]


def test_a_sample_has_each_set_of_so_many_ties_equally_often():
    """The best of two drawn of four is of rank 1, 2, 3 in 3, 2, 1 of the 6 samples."""
    opening = held("000", "+++", "++0", "+00", "0--")
    counts = outcomes(0, 3000, opening, first_at_all(opening), COPY._replace(sample=2))
    assert set(counts) == {"+++", "++0", "+00"}
    seen = [counts["+++"], counts["++0"], counts["+00"]]
    assert stats.chisquare(seen, [1500, 1000, 500]).pvalue > ALARM


@pytest.mark.parametrize("wanted", [0, 4, 9])
def test_a_sample_as_large_as_all_there_are_is_all_of_them(wanted):
    chosen = np.empty(9, np.int64)
    assert pick(4, wanted, name(0), chosen) == 4
    assert chosen[:4].tolist() == [0, 1, 2, 3]


def test_samples_are_of_different_people_and_all_equally_likely():
    counts: dict[tuple[int, ...], int] = {}
    chosen = np.empty(5, np.int64)
    for number in range(6000):
        assert pick(5, 3, name(number), chosen) == 3
        sample = tuple(sorted(chosen[:3].tolist()))
        counts[sample] = counts.get(sample, 0) + 1
    assert all(len(set(sample)) == 3 for sample in counts)
    assert len(counts) == 10 and stats.chisquare(list(counts.values())).pvalue > ALARM


def test_a_sample_of_nobody_is_empty():
    assert pick(0, 3, name(0), np.empty(3, np.int64)) == 0


# Which of them count


@pytest.mark.parametrize("aggregate", [MAJORITY, BEST, RANDOM])
def test_the_filter_lets_through_only_those_who_do_strictly_better(aggregate):
    opening = held("+-", "-+", "--", "++")
    better = COPY._replace(aggregate=aggregate, only_better=True)
    for number in range(20):
        after, _ = learn(opening, looking_at([1, 2], [0, 2, 3], [], []), better, number)
        assert [written(row) for row in after] == ["+-", "++", "--", "++"]


def test_the_filter_asks_merit_as_others_see_it():
    better = COPY._replace(only_better=True)
    after, _ = learn(held("++", "--"), everybody(2), better, merit=[0.2, 0.7])
    assert [written(row) for row in after] == ["--", "--"]


# What is made of them


@pytest.mark.parametrize(
    ("seen", "own", "keep", "give_up", "camp"),
    [
        (["+", "+", "-"], "-", "+", "+", "+"),
        (["+", "+", "-"], "+", "+", "+", "+"),
        (["+", "-"], "-", "-", "0", "-"),  # a balance of opinions
        (["+", "-"], "0", "0", "0", "0"),
        (["0", "0"], "+", "+", "0", "0"),  # nobody has any
        (["0", "0", "-"], "+", "-", "-", "0"),  # a silent majority
        (["0", "-"], "+", "-", "-", "+"),  # as many silent as minded
        (["0", "+", "-"], "+", "+", "0", "+"),  # three camps of one
        (["0", "0", "+", "-"], "+", "+", "0", "0"),
        (["+", "+", "-", "-", "0"], "+", "+", "0", "+"),
        (["+", "+", "-", "0", "0"], "-", "+", "+", "-"),
        (["+", "+", "+", "-", "0", "0"], "-", "+", "+", "+"),
        (["-"], "0", "-", "-", "-"),
    ],
)
def test_the_majority_and_its_ties(seen, own, keep, give_up, camp):
    opening = held(own, *seen)
    for undecided, expected in ((KEEP, keep), (GIVE_UP, give_up), (CAMP, camp)):
        slots = COPY._replace(aggregate=MAJORITY, undecided=undecided)
        after, changed = learn(opening, first_at_all(opening), slots)
        assert written(after[0]) == expected
        assert changed == (expected != own)


def test_the_majority_is_taken_dimension_by_dimension():
    opening = held("----", "+++-", "++-+", "+-++")
    slots = COPY._replace(aggregate=MAJORITY)
    after, changed = learn(opening, first_at_all(opening), slots)
    assert written(after[0]) == "++++" and changed == 4


def test_the_best_is_taken_whole_even_by_one_who_does_better():
    after, _ = learn(held("+++", "+-0", "---"), looking_at([1, 2], [], []), COPY)
    assert written(after[0]) == "+-0"


def test_lots_decide_between_equals_for_the_best():
    opening = held("---", "++-", "+-+", "-++", "+--")
    counts = outcomes(0, 3000, opening, first_at_all(opening), COPY)
    assert_equally_often(counts, {"++-", "+-+", "-++"})


def test_lots_of_different_people_in_one_period_are_different():
    """Twenty people with the same two best: all alike in one case of 2^19."""
    opening = held("+-", "-+", *["--"] * 20)
    after, _ = learn(opening, looking_at([], [], *[[0, 1]] * 20), COPY)
    assert {written(row) for row in after[2:]} == {"+-", "-+"}


def test_the_most_frequent_set_is_taken_whole():
    modal = COPY._replace(aggregate=MODAL)
    opening = held("+++", "---", "+-+", "---", "++-", "+-+", "---")
    after, _ = learn(opening, first_at_all(opening), modal)
    assert written(after[0]) == "---"


def test_where_all_sets_differ_there_is_nothing_to_conform_to():
    modal = COPY._replace(aggregate=MODAL)
    # One's own set does not count.
    for seen in (["++", "+-", "-+"], ["++"], ["--", "++", "+-"]):
        opening = held("--", *seen)
        assert written(learn(opening, first_at_all(opening), modal)[0][0]) == "--"


def test_without_a_most_frequent_set_one_tries_a_change_of_ones_own():
    modal = COPY._replace(aggregate=MODAL, tries=True)
    opening = held("--", "++", "+-")
    counts = outcomes(0, 1000, opening, first_at_all(opening), modal)
    assert_equally_often(counts, {"+-", "-+"})


def test_lots_decide_between_sets_equally_frequent():
    modal = COPY._replace(aggregate=MODAL)
    opening = held("0", "+", "-", "+", "-")
    counts = outcomes(0, 2000, opening, first_at_all(opening), modal)
    assert_equally_often(counts, {"+", "-"})
    three = held("00", "+-", "-+", "++", "++", "--", "+-", "-+")
    counts = outcomes(0, 3000, three, first_at_all(three), modal)
    assert_equally_often(counts, {"+-", "-+", "++"})


def test_at_random_each_of_those_who_count_is_taken_equally_often():
    opening = held("---", "++-", "+-+", "-++", "+++")
    random = COPY._replace(aggregate=RANDOM)
    counts = outcomes(0, 4000, opening, first_at_all(opening), random)
    assert_equally_often(counts, {"++-", "+-+", "-++", "+++"})


# How it passes on


@pytest.mark.parametrize("aggregate", [MAJORITY, BEST, MODAL, RANDOM])
@pytest.mark.parametrize("how", ["rate", "accuracy", "attention"])
def test_at_rate_or_attention_zero_or_error_one_nothing_is_taken_over(aggregate, how):
    opening = held("---", "+++", "+++", "+++")
    slots, other = COPY._replace(aggregate=aggregate), {}
    if how == "accuracy":
        slots = slots._replace(accuracy=0.0)
    else:
        other = {how: 0.0}
    for number in range(20):
        after, changed = learn(opening, everybody(4), slots, number, **other)
        assert np.array_equal(after, opening) and changed == 0


def test_rate_and_error_decide_on_each_belief_apart():
    """Binomial with .3 x (1 - .4); within 4.9 standard errors."""
    people, dimensions = 2, 20_000
    opening = np.ones((people, dimensions), np.int8)
    opening[0] = -1
    slots = COPY._replace(only_better=True, accuracy=0.6)
    after, changed = learn(opening, everybody(2), slots, rate=0.3)
    assert changed == np.count_nonzero(after[0] == 1)
    error = np.sqrt(0.18 * 0.82 / dimensions)
    assert abs(changed / dimensions - 0.18) < 4.9 * error
    together = np.count_nonzero((after[0, ::2] == 1) & (after[0, 1::2] == 1)) / (dimensions / 2)
    assert abs(together - 0.18**2) < 4.9 * np.sqrt(0.18**2 / (dimensions / 2))


def test_attention_is_the_share_of_periods_in_which_one_looks():
    """4.9 standard errors over 4,000 periods."""
    counts = outcomes(0, 4000, held("-", "+"), looking_at([1], []), COPY, attention=0.3)
    assert abs(counts["+"] / 4000 - 0.3) < 4.9 * np.sqrt(0.3 * 0.7 / 4000)


def test_who_does_not_look_tries_and_who_copies_badly_does_not():
    opening = held("--", "++")
    lazer = PUBLISHED["Lazer"]
    counts = outcomes(0, 100, opening, everybody(2), lazer, attention=0.0)
    assert set(counts) == {"+-", "-+"}
    counts = outcomes(0, 20, opening, everybody(2), lazer._replace(accuracy=0.0))
    assert set(counts) == {"--"}


def test_everybody_learns_from_what_was_held_as_the_period_opened():
    after, _ = learn(held("+-", "-+"), everybody(2), COPY)
    assert [written(row) for row in after] == ["-+", "+-"]
    # Nobody sees what seat 1 has learned since. What seat 0 has learned stays where they agreed.
    after, changed = learn(held("+--", "+++"), looking_at([1], []), COPY, now=held("---", "---"))
    assert [written(row) for row in after] == ["-++", "---"] and changed == 2


def test_what_one_has_come_to_hold_by_then_is_not_counted_again():
    after, changed = learn(held("--", "++"), looking_at([1], []), COPY, now=held("+-", "++"))
    assert written(after[0]) == "++"
    assert changed == 1


def test_what_is_learned_from_others_is_tacit_and_what_one_held_stays_as_it_was():
    articulated = np.ones((2, 3), np.bool_)
    learn(held("-+-", "+++"), looking_at([1], []), COPY, articulated=articulated)
    assert articulated.tolist() == [[False, True, False], [True, True, True]]


# Gate and trial


def test_a_gate_reverts_the_whole_row():
    # The majority is right on the first block and wrong on the second: nothing won.
    surroundings = blocks(np.ones(4, np.int8), 2)
    opening = held("+-++", "++-+", "+++-", "++--")
    slots = COPY._replace(aggregate=MAJORITY, gated=True)
    articulated = np.ones((4, 4), np.bool_)
    case = (opening, first_at_all(opening))
    after, changed = learn(*case, slots, surroundings=surroundings, articulated=articulated)
    assert written(after[0]) == "+-++" and changed == 0 and articulated.all()
    ungated, _ = learn(*case, slots._replace(gated=False), surroundings=surroundings)
    assert written(ungated[0]) == "++--"


def test_a_gate_takes_a_majority_that_is_better_than_everybody_who_formed_it():
    surroundings = blocks(np.ones(3, np.int8), 3)
    opening = held("---", "++-", "+-+", "-++")
    slots = COPY._replace(aggregate=MAJORITY, gated=True)
    after, _ = learn(opening, first_at_all(opening), slots, surroundings=surroundings)
    assert written(after[0]) == "+++"


@pytest.mark.parametrize("aggregate", [BEST, MODAL, RANDOM])
def test_a_gate_takes_no_set_that_is_only_as_good(aggregate):
    opening = held("+-", "-+", "-+")
    slots = COPY._replace(aggregate=aggregate, gated=True)
    after, _ = learn(opening, first_at_all(opening), slots)
    assert written(after[0]) == "+-"


def test_behind_a_gate_a_faulty_copy_is_better_or_not_made_at_all():
    surroundings = blocks(np.ones(4, np.int8), 2)
    opening = held("+---", "++++")
    slots = COPY._replace(only_better=True, gated=True, accuracy=0.5)
    counts = outcomes(0, 400, opening, everybody(2), slots, surroundings=surroundings)
    assert set(counts) == {"+---", "++--", "+++-", "++-+", "+-++", "++++"}
    # Three beliefs differ, and the first block needs one of them, the second two: 5 of 8 copies.
    better = 400 - counts["+---"]
    assert stats.binomtest(better, 400, 5 / 8).pvalue > ALARM


def test_the_gate_compares_with_what_one_holds_by_now():
    """Who has become better in the same period does not fall back to a set that is worse."""
    opening, now = held("---", "+--"), held("++-", "+--")
    after, _ = learn(opening, looking_at([1], []), COPY._replace(gated=True), now=now)
    assert written(after[0]) == "++-"


def test_a_trial_changes_one_belief_and_keeps_it_only_if_that_is_better():
    trial = COPY._replace(aggregate=NOTHING, tries=True)
    counts = outcomes(0, 3000, held("+-0-"), nobody(1), trial)
    # A belief of two choices is right in one of them; the trial of a right belief is undone.
    assert set(counts) == {"+-0-", "++0-", "+-0+", "+-+-"}
    seen = [counts[mark] for mark in ("+-0-", "++0-", "+-0+", "+-+-")]
    assert stats.chisquare(seen, np.array([3 / 8, 1 / 4, 1 / 4, 1 / 8]) * 3000).pvalue > ALARM


def test_at_the_summit_no_trial_is_kept():
    trial = COPY._replace(aggregate=NOTHING, tries=True)
    articulated = np.ones((1, 3), np.bool_)
    for number in range(50):
        after, changed = learn(held("+++"), nobody(1), trial, number, articulated=articulated)
        assert written(after[0]) == "+++" and changed == 0 and articulated.all()


def test_who_learns_from_others_does_not_try_as_well():
    lazer = PUBLISHED["Lazer"]
    counts = outcomes(0, 50, held("----", "+---"), looking_at([1], []), lazer)
    assert set(counts) == {"+---"}


# For every case


@st.composite
def cases(draw: st.DrawFn, people: int = 6) -> tuple[Ties, Beliefs, Surroundings]:
    """Ties, beliefs and a world of blocks or an NK landscape; no views missing on the latter."""
    count, dimensions = draw(st.integers(1, people)), draw(st.integers(1, 4))
    whom = [
        draw(st.lists(st.sampled_from([j for j in range(count) if j != i]), unique=True))
        if count > 1
        else []
        for i in range(count)
    ]
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    reality = random.choice(np.array([-1, 1], np.int8), dimensions)
    if draw(st.booleans()):
        beliefs = random.integers(-1, 2, (count, dimensions)).astype(np.int8)
        divisors = [size for size in (1, 2, 3, 4) if dimensions % size == 0]
        return looking_at(*whom), beliefs, blocks(reality, draw(st.sampled_from(divisors)))
    interdependence = draw(st.integers(0, dimensions - 1))
    partners = np.zeros((dimensions, interdependence), np.int32)
    contributions = np.zeros((dimensions, 2 ** (interdependence + 1)))
    word = name(draw(st.integers(0, 2**32)))
    raise_landscape(partners, contributions, reality, np.zeros(1), DISTINCT, True, word)
    beliefs = random.choice(np.array([-1, 1], np.int8), (count, dimensions))
    return looking_at(*whom), beliefs, Surroundings(reality, 1, partners, contributions)


SLOTS = st.builds(
    Slots,
    search=st.sampled_from([LOCAL, DISTANT, LOCAL_THEN_DISTANT]),
    aggregate=st.sampled_from([MAJORITY, BEST, MODAL, RANDOM, NOTHING]),
    sample=st.integers(0, 3),
    only_better=st.booleans(),
    gated=st.booleans(),
    tries=st.booleans(),
    undecided=st.just(KEEP),
    accuracy=st.sampled_from([0.5, 1.0]),
)
NUMBERS = st.integers(0, 2**62)


def worth_of(beliefs: Beliefs, surroundings: Surroundings) -> NDArray[np.float64]:
    worth = np.empty(len(beliefs))
    payoffs(beliefs, surroundings, worth)
    return worth


@given(cases(), SLOTS, NUMBERS)
def test_what_changes_is_counted_and_nobody_behind_a_gate_loses(case, slots, number):
    ties, opening, surroundings = case
    after, changed = learn(opening, ties, slots, number, surroundings=surroundings, rate=0.7)
    assert changed == np.count_nonzero(after != opening)
    assert set(np.unique(after)) <= {-1, 0, 1}
    moved = (after != opening).any(axis=1)
    if slots.gated:
        before, since = worth_of(opening, surroundings), worth_of(after, surroundings)
        assert np.all(since[moved] > before[moved])


@given(cases(), SLOTS, NUMBERS)
def test_whole_sets_are_those_somebody_held(case, slots, number):
    ties, opening, surroundings = case
    whole = slots._replace(aggregate=BEST, tries=False, accuracy=1.0)
    after, _ = learn(opening, ties, whole, number, surroundings=surroundings)
    assert {written(row) for row in after} <= {written(row) for row in opening}


@given(cases(), SLOTS, NUMBERS, st.randoms(use_true_random=False))
def test_it_does_not_matter_who_sits_where(case, slots, number, shuffle):
    """The same people on other seats, looking at the same people in the same order, do the same."""
    ties, opening, surroundings = case
    near = slots._replace(search=LOCAL)
    seats = list(range(len(opening)))
    shuffle.shuffle(seats)  # person i moves to seats[i]
    back = np.argsort(seats)
    whom = [[seats[j] for j in ties.tie[ties.start[i] : ties.start[i + 1]]] for i in back]
    person = np.arange(len(opening), dtype=np.uint64)
    given_ = {"surroundings": surroundings, "rate": 0.6, "attention": 0.8}
    as_they_sat, _ = learn(opening, ties, near, number, person=person, **given_)
    elsewhere, _ = learn(
        opening[back], looking_at(*whom), near, number, person=person[back], **given_
    )
    assert np.array_equal(elsewhere, as_they_sat[back])


# When nothing more can come of it


def settled(
    ties: Ties, beliefs: Beliefs, surroundings: Surroundings, slots: Slots, first: int = 0
) -> bool:
    merit = worth_of(beliefs, surroundings)
    return bool(
        next_learner(first, ties, beliefs, merit, surroundings, slots, slots.accuracy, 1.0) < 0
    )


def moves(
    ties: Ties, beliefs: Beliefs, surroundings: Surroundings, slots: Slots, periods: int
) -> bool:
    """Whether anything changes in so many periods, at rate and attention 1."""
    return any(
        learn(beliefs, ties, slots, number, surroundings=surroundings)[1] > 0
        for number in range(periods)
    )


@settings(max_examples=300)
@given(cases(), SLOTS, st.sampled_from([KEEP, GIVE_UP, CAMP]))
def test_where_nobody_is_left_to_learn_nobody_does(case, slots, undecided):
    ties, beliefs, surroundings = case
    if surroundings.contributions.size == 0:
        slots = slots._replace(undecided=undecided)
    if settled(ties, beliefs, surroundings, slots):
        assert not moves(ties, beliefs, surroundings, slots, 30)


def is_exact(slots: Slots) -> bool:
    """Slots by which, looking at everybody, ``next_learner`` also misses no rest."""
    if slots.aggregate == BEST:
        return slots.only_better or slots.gated
    return not (slots.gated and slots.aggregate == MAJORITY)


@settings(max_examples=300)
@given(cases(), SLOTS.filter(is_exact))
def test_where_somebody_can_learn_somebody_does_sooner_or_later(case, slots):
    """At worst one of five people, or one belief of four twice over, must be drawn: (7/8)^400."""
    ties, beliefs, surroundings = case
    all_of_them = slots._replace(sample=0, accuracy=1.0)
    if not settled(ties, beliefs, surroundings, all_of_them):
        assert moves(ties, beliefs, surroundings, all_of_them, 400)


@pytest.mark.parametrize("rule", PUBLISHED)
def test_where_all_hold_the_best_set_nobody_is_left_to_learn(rule):
    beliefs = held("+++", "+++", "+++")
    assert settled(everybody(3), beliefs, blocks(np.ones(3, np.int8)), PUBLISHED[rule])


def test_a_set_in_part_worse_may_be_in_part_better():
    """Who copies somebody by lot in part may pass a gate that the whole set would not."""
    slots = COPY._replace(aggregate=RANDOM, gated=True, accuracy=0.5)
    beliefs, world = held("--+", "-+-"), blocks(np.ones(3, np.int8))
    assert moves(first_at_all(beliefs), beliefs, world, slots, 30)
    assert not settled(first_at_all(beliefs), beliefs, world, slots)
    assert settled(first_at_all(beliefs), beliefs, world, slots._replace(accuracy=1.0))


def test_conformists_look_past_a_rarer_set_even_if_only_that_would_pass_their_gate():
    slots = COPY._replace(aggregate=MODAL, gated=True)
    beliefs, world = held("+-", "--", "--", "--", "++", "++"), blocks(np.ones(2, np.int8))
    assert not moves(first_at_all(beliefs), beliefs, world, slots, 30)
    assert settled(first_at_all(beliefs), beliefs, world, slots)


@pytest.mark.parametrize("search", [DISTANT, LOCAL_THEN_DISTANT])
def test_two_people_who_take_over_each_other_s_views_are_not_at_rest(search):
    slots = COPY._replace(search=search, aggregate=MAJORITY)
    beliefs, world = held("+", "-"), blocks(np.ones(1, np.int8))
    assert moves(nobody(2), beliefs, world, slots, 1)
    assert not settled(nobody(2), beliefs, world, slots)


def test_a_majority_of_equals_that_would_be_better_is_no_rest():
    slots = COPY._replace(aggregate=MAJORITY, gated=True)
    beliefs, world = held("---", "++-", "+-+", "-++"), blocks(np.ones(3, np.int8), 3)
    assert moves(everybody(4), beliefs, world, slots, 1)
    assert not settled(everybody(4), beliefs, world, slots)


@pytest.mark.parametrize("gated", [False, True])
def test_where_all_sets_differ_for_good_conformists_are_at_rest(gated):
    slots = COPY._replace(aggregate=MODAL, gated=gated)
    beliefs, world = held("++", "+-", "--"), blocks(np.ones(2, np.int8))
    assert not moves(everybody(3), beliefs, world, slots, 30)
    assert settled(everybody(3), beliefs, world, slots)


def test_a_majority_that_no_gate_lets_in_not_even_in_part_goes_unnoticed():
    """Whether any part of a lesson would pass the gate is not asked: such a run goes on."""
    slots = COPY._replace(aggregate=MAJORITY, only_better=True, gated=True)
    beliefs = held("+-+-+-", "++----", "--++--", "----++")
    ties, world = first_at_all(beliefs), blocks(np.ones(6, np.int8), 2)
    assert not moves(ties, beliefs, world, slots._replace(accuracy=0.5), 100)
    assert not settled(ties, beliefs, world, slots)
