"""Plan, do, study, act: what is tried, what is seen of it, who dares, and who has to consent."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from organizations import apply, differing, lively, quiet, week_up_to

from sim.learning.supporters import stranger, support_for, support_of
from sim.learning.trials import DOING, NONE, WAITING, failing_block, plan_within, study_trial
from sim.measures import MEASURES
from sim.mechanisms.pdsa import chance_to_act
from sim.organization import Organization
from sim.randomness import draw
from sim.tallies import (
    APPROVAL,
    CHANGES_ADOPTED,
    CHANGES_RIGHT,
    IDLE,
    PROPOSALS_REFUSED,
    PROPOSALS_SUBMITTED,
    TALLIES,
    TRIAL,
    TRIALS_BETTER_IN_TRUTH,
    TRIALS_ON_AGENDA,
    TRIALS_PLANNED,
    TRIALS_REPEATED,
    TRIALS_REPORTED_BETTER,
    TRIALS_STUDIED,
)

opinions = st.sampled_from([-1, 0, 1])
truths = st.sampled_from([-1, 1])
shares = st.floats(0, 1)
gains = st.floats(-2, 2)
WORDS = [np.uint64(n) for n in range(1000)]


def planned(belief: int, rule: int, word: np.uint64 = WORDS[0]) -> int:
    """What somebody with this belief under this rule tries, on the one dimension there is."""
    beliefs, code = np.array([belief], np.int8), np.array([rule], np.int8)
    d, value = plan_within(beliefs, code, 0, 1, word)
    assert d == 0
    return int(value)


def test_who_disagrees_with_the_rule_tries_their_own_way_and_who_agrees_the_opposite():
    assert planned(-1, +1) == -1
    assert planned(+1, +1) == -1
    assert planned(0, +1) == -1
    assert planned(-1, 0) == +1
    heads = sum(planned(0, 0, word) == 1 for word in WORDS)
    # 5 standard errors of 1 000 coins: a right model fails once in 1.7 million.
    assert abs(heads - 500) < 5 * np.sqrt(250)


def test_what_fails_is_tried_in_proportion_to_a_tenth_plus_failures():
    """Failures 0, 2 and 0 weigh .1, 2.1 and .1; dimensions of a block are chosen alike."""
    none, cases = np.zeros(6, np.int8), np.array([3, 4, 0], np.float32)
    success = np.array([3, 2, 0], np.float32)
    blocks = [failing_block(success, cases, draw(word, 0, 0)) for word in WORDS]
    planned = zip(blocks, WORDS, strict=True)
    tried = np.array([plan_within(none, none, block, 2, word)[0] for block, word in planned])
    counts = np.bincount(tried, minlength=6)
    for d, chance in enumerate([0.05, 0.05, 1.05, 1.05, 0.05, 0.05]):
        chance /= 2.3
        assert abs(counts[d] - 1000 * chance) < 5 * np.sqrt(1000 * chance * (1 - chance))


@given(
    arrays(np.int8, 2, elements=opinions),
    arrays(np.int8, 2, elements=opinions),
    arrays(np.int8, 2, elements=truths),
    truths,
    shares,
)
def test_a_trial_shows_the_true_gain_on_average(beliefs, code, reality, value, formalization):
    """4 000 trials of one case each way; their gain has a variance of 1 at most.

    5.5 standard errors: one example in 26 million fails a right model.
    """
    total, truth = 0.0, 0.0
    for n in range(4000):
        gain, deviation, truth = study_trial(
            beliefs, code, reality, 1, value, 2, formalization, 1.0, 1, np.uint64(n)
        )
        total += gain
        assert gain in (-1.0, 0.0, 1.0) and deviation > 0.0
    assert abs(total / 4000 - truth) < 5.5 / math.sqrt(4000)


def test_the_true_gain_by_hand():
    """Half formalized: the other dimension is right with chance 1/2, this one with 1/2 or all."""
    beliefs, code, reality = (np.array(a, np.int8) for a in ([1, -1], [-1, 1], [1, 1]))
    truth = study_trial(beliefs, code, reality, 1, 1, 2, 0.5, 1.0, 8, WORDS[0])[2]
    assert truth == 0.5 * (1.0 - 0.5)
    truth = study_trial(beliefs, code, reality, 1, -1, 2, 0.5, 1.0, 8, WORDS[0])[2]
    assert truth == 0.5 * (0.0 - 0.5)


def test_where_no_failure_is_noticed_a_trial_shows_no_gain():
    beliefs, reality = np.array([-1], np.int8), np.array([1], np.int8)
    for word in WORDS[:50]:
        gain, _, truth = study_trial(beliefs, 0 * beliefs, reality, 0, 1, 1, 0.0, 0.0, 8, word)
        assert (gain, truth) == (0.0, 1.0)


def test_a_clear_trial_has_the_standard_deviation_of_its_pooled_share():
    """8 successes of 8 against 0 of 8: pooled 9 of 18."""
    beliefs, reality = np.array([-1], np.int8), np.array([1], np.int8)
    gain, deviation, _ = study_trial(beliefs, 0 * beliefs, reality, 0, 1, 1, 0.0, 1.0, 8, WORDS[0])
    assert gain == 1.0
    assert deviation == pytest.approx(math.sqrt(2 * 0.25 / 8))


def test_courage_is_logistic_in_efficacy_support_and_fear_times_stakes():
    assert chance_to_act(0.5, 0.0, 0.0, 0.4, 0.0) == 0.5
    assert chance_to_act(0.5, 0.0, 0.0, 0.4, 0.5) == pytest.approx(1 / (1 + math.exp(-0.5)))
    odds = 0.5 + (2 * 0.8 - 1) + 0.3 - 4 * 0.6 * 0.4
    assert chance_to_act(0.8, 0.3, 0.6, 0.4, 0.5) == pytest.approx(1 / (1 + math.exp(-odds)))


def test_support_comes_from_informal_ties_and_fades_with_them():
    contact = np.array([[1, 2, 3, -1]], np.int32)
    familiarity = np.array([[1.0, 0.5, 1.0, 0.9]], np.float32)
    trust = np.array([[1.0, 0.6, 1.0, 1.0]], np.float32)
    last_met = np.zeros((1, 4), np.int32)
    manager = np.array([3], np.int32)
    now = support_of(0, contact, familiarity, trust, last_met, manager, 0)
    assert now == pytest.approx(1 - (1 - 0.2) * (1 - 0.2 * 0.5 * 0.6))
    later = support_of(0, contact, familiarity, trust, last_met, manager, 40)
    assert later == pytest.approx(1 - (1 - 0.1) * (1 - 0.1 * 0.5 * 0.6))
    nobody = np.full((1, 4), -1, np.int32)
    assert support_of(0, nobody, familiarity, trust, last_met, manager, 0) == 0.0


def trying(complexity: int = 3, **changes: object) -> Organization:
    """Everybody is wrong about everything and the code silent; all plan a trial in week 0."""
    pdsa = {"rate": 1.0, "weeks": 3.0, "hours": 2.0, **changes}
    world = {"complexity": complexity}
    organization = quiet(
        pdsa=pdsa, structure={"levels": 1}, work={"noticed": 1.0}, environment=world
    )
    organization.code[:] = 0
    organization.beliefs[:] = -organization.reality
    organization.articulated[:] = False
    organization.self_efficacy[:] = 1.0
    organization.fear[:] = 0.0
    return organization


def trial_weeks(organization: Organization, count: int) -> list[dict[str, float]]:
    """What is counted of trials, week by week, while nobody decides on proposals."""
    counted = []
    for _ in range(count):
        week_up_to(organization, "pdsa")
        organization.period += 1
        counted.append({n: float(v) for n, v in zip(TALLIES, organization.tally, strict=True) if v})
    return counted


def test_a_trial_takes_its_weeks_and_its_hours():
    organization = trying(courage=-10.0)
    weeks = trial_weeks(organization, 3)
    assert weeks == [{"trials_planned": 12.0}, {}, {}]
    assert np.all(organization.trial_stage == DOING)
    assert np.all(organization.hours[:, TRIAL] == 2.0)
    # Planned in week 0, done in weeks 1 to 3, and a new one planned in week 4.
    weeks = trial_weeks(organization, 2)
    assert weeks[0]["trials_studied"] == 12.0
    assert weeks[1]["trials_planned"] == 12.0


def test_with_half_the_hours_a_trial_takes_twice_as_long():
    organization = trying(courage=-10.0)
    trial_weeks(organization, 1)
    for _ in range(5):
        organization.learning_share[:] = 0.5
        apply(organization, "pdsa")
    assert organization.tally[TRIALS_STUDIED] == 0.0
    apply(organization, "pdsa")
    assert organization.tally[TRIALS_STUDIED] == 12.0


def test_plans_rise_in_proportion_to_self_efficacy():
    """1 200 people; 5 standard errors: a right model fails once in 1.7 million."""
    for efficacy, chance in ((0.0, 0.0), (0.25, 0.1), (0.5, 0.2), (1.0, 0.4)):
        organization = quiet(people=1200, dimensions=3, pdsa={"rate": 0.2})
        organization.self_efficacy[:] = efficacy
        organization.learning_share[:] = 1.0
        apply(organization, "pdsa")
        missed = organization.tally[TRIALS_PLANNED] - 1200 * chance
        assert abs(missed) <= 5 * np.sqrt(1200 * chance * (1 - chance))


def test_what_a_trial_shows_is_learned_whether_or_not_one_acts():
    """With one dimension a request a trial of the right way always shows it."""
    organization = trying(complexity=1, courage=-10.0, weeks=1.0)
    trial_weeks(organization, 2)
    seats = np.arange(12)
    tried = organization.trial_dimension
    assert np.array_equal(organization.beliefs[seats, tried], organization.reality[tried])
    assert organization.articulated.sum() == 12
    assert organization.tally[TRIALS_BETTER_IN_TRUTH] == 12.0


def test_a_trial_that_shows_the_contrary_teaches_it():
    organization = trying(complexity=1, courage=-10.0, weeks=1.0)
    # The rule is right and followed, everybody knows better.
    organization.code[:] = organization.reality
    organization.open_period()
    structure = organization.parameters["structure"]
    organization.parameters["structure"] = structure.model_copy(update={"formalization": 1.0})
    trial_weeks(organization, 2)
    seats, tried = np.arange(12), organization.trial_dimension
    assert np.array_equal(organization.beliefs[seats, tried], organization.reality[tried])
    assert organization.tally[TRIALS_REPORTED_BETTER] == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_the_funnel_only_narrows(seed):
    """At any week: planned >= studied >= reported better >= submitted >= adopted + refused."""
    organization = lively(seed, structure={"centralization": 1.0})
    total = np.zeros(len(TALLIES))
    for _ in range(25):
        organization.step()
        total += organization.tally
        decided = total[CHANGES_ADOPTED] + total[PROPOSALS_REFUSED]
        funnel = [
            total[TRIALS_PLANNED],
            total[TRIALS_STUDIED],
            total[TRIALS_REPORTED_BETTER],
            total[PROPOSALS_SUBMITTED],
            decided,
        ]
        assert funnel == sorted(funnel, reverse=True)
        assert total[TRIALS_BETTER_IN_TRUTH] <= total[TRIALS_REPORTED_BETTER]
        assert total[CHANGES_RIGHT] <= total[CHANGES_ADOPTED] == len(organization.changes)
        doing = (organization.trial_stage == DOING).sum()
        assert total[TRIALS_PLANNED] >= total[TRIALS_STUDIED] + doing
        assert set(organization.trial_stage) <= {NONE, DOING, WAITING}
    assert decided > 0


def test_at_a_fifth_of_the_hours_five_weeks_take_twenty_five():
    organization = trying(courage=-10.0, weeks=5.0)
    trial_weeks(organization, 1)
    for _ in range(25):
        organization.learning_share[:] = 0.2
        apply(organization, "pdsa")
    assert organization.tally[TRIALS_STUDIED] == 12.0


def test_plans_rise_with_purpose_above_a_half():
    """1 200 people, twice .25 times the effect more; 5 standard errors, once in 1.7 million."""
    for effect, purpose, chance in ((0.0, 0.75, 0.2), (1.0, 0.75, 0.3), (1.0, 0.5, 0.2)):
        pdsa = {"rate": 0.2, "purpose_effect": effect}
        organization = quiet(people=1200, dimensions=3, pdsa=pdsa)
        organization.self_efficacy[:] = 0.5
        organization.purpose[:] = purpose
        organization.learning_share[:] = 1.0
        apply(organization, "pdsa")
        missed = organization.tally[TRIALS_PLANNED] - 1200 * chance
        assert abs(missed) <= 5 * np.sqrt(1200 * chance * (1 - chance))


def put_forward(purpose: float = 0.5, known: float = 0.0, **changes: float) -> float:
    """Share of 600 people who act on what they found, which every trial of a block shows."""
    settings = {"rate": 1.0, "weeks": 1.0, "stakes": 0.0, "reporting_bias": 0.0, **changes}
    organization = quiet(
        people=600,
        dimensions=1,
        environment={"complexity": 1},
        communities={"count": 1},
        pdsa=settings,
        work={"noticed": 1.0},
        structure={"levels": 1, "formalization": 0.0},
        start={"homes": 1, "contacts": 149},
    )
    organization.beliefs[:] = -organization.reality
    organization.code[:] = organization.reality * 0
    organization.self_efficacy[:] = 0.5
    organization.purpose[:] = purpose
    organization.familiarity[:], organization.trust[:] = known, 1.0
    trial_weeks(organization, 1)
    organization.self_efficacy[:] = 0.5
    organization.learning_share[:] = 1.0
    organization.period = 1
    apply(organization, "pdsa")
    counted = organization.tally
    return float(counted[PROPOSALS_SUBMITTED] / counted[TRIALS_REPORTED_BETTER])


def test_who_acts_is_moved_by_support_and_by_purpose_as_far_as_is_set():
    """Log odds 0 by themselves; 149 close ties are full support. 5 standard errors of 600."""
    for settings, odds in (
        ({}, 0.0),
        ({"known": 1.0}, 1.0),
        ({"known": 1.0, "support_effect": 0.0}, 0.0),
        ({"known": 1.0, "support_effect": 2.0}, 2.0),
        ({"purpose": 1.0}, 0.0),
        ({"purpose": 1.0, "purpose_effect": 3.0}, 1.5),
    ):
        chance = 1 / (1 + math.exp(-odds))
        missed = put_forward(courage=0.0, **settings) - chance
        assert abs(missed) < 5 * math.sqrt(chance * (1 - chance) / 600), settings


def test_purpose_brings_more_trials_and_each_of_them_costs_hours():
    """Paired worlds; above zero by more than five standard errors of twelve seeds."""
    trials, hours, idle = np.zeros(12), np.zeros(12), np.zeros(12)
    for seed in range(12):
        for sign, purpose in ((1, 0.2), (-1, 0.0)):
            organization = quiet(
                seed,
                people=50,
                without=["approvals"],
                communities={"hours": 1.0, "purpose": purpose},
                pdsa={"rate": 0.05, "purpose_effect": 1.0},
            )
            for _ in range(30):
                organization.step()
                trials[seed] += sign * organization.tally[TRIALS_PLANNED]
                hours[seed] += sign * organization.hours[:, TRIAL].sum()
                idle[seed] += sign * organization.hours[:, IDLE].sum()
    for difference in (trials, hours):
        assert difference.mean() > 5 * difference.std(ddof=1) / np.sqrt(12)
    # Nothing but idle time had to give way here.
    assert idle == pytest.approx(-hours)


def test_who_perseveres_tries_the_same_again_three_times_at_most():
    """All are right already, so what is tried is worse; trials of a week, begun again for sure."""
    organization = trying(persistence=1.0, weeks=1.0, courage=-10.0)
    organization.beliefs[:] = organization.reality
    organization.open_period()
    first = trial_weeks(organization, 1)
    tried = organization.trial_dimension.copy(), organization.trial_value.copy()
    assert first == [{"trials_planned": 12.0}]
    for repeat in range(1, 4):
        counted = trial_weeks(organization, 1)[0]
        assert counted == {
            "trials_planned": 12.0,
            "trials_studied": 12.0,
            "trials_repeated": 12.0,
        }
        assert (organization.trial_repeats == repeat).all()
        assert (organization.trial_stage == DOING).all()
        assert MEASURES["trials_repeated"].of(organization) == 1.0
        # Every repetition takes its hours.
        assert (organization.hours[:, TRIAL] == 2.0).all()
    assert np.array_equal(organization.trial_dimension, tried[0])
    assert np.array_equal(organization.trial_value, tried[1])
    assert trial_weeks(organization, 1) == [{"trials_studied": 12.0}]
    assert trial_weeks(organization, 1) == [{"trials_planned": 12.0}]
    assert (organization.trial_repeats == 0).all()


def test_perseverance_is_in_proportion_to_self_efficacy():
    """1 200 people; five standard errors: a right model fails once in 1.7 million."""
    for persistence, efficacy in ((0.0, 1.0), (1.0, 0.0), (0.6, 0.5), (1.0, 0.25)):
        organization = quiet(
            people=1200,
            dimensions=3,
            pdsa={"rate": 1.0, "weeks": 1.0, "persistence": persistence},
            work={"noticed": 1.0},
            structure={"levels": 1, "formalization": 0.0},
        )
        organization.beliefs[:] = organization.reality
        organization.trial_stage[:] = DOING
        organization.trial_value[:] = -organization.reality[0]
        organization.self_efficacy[:] = efficacy
        organization.fear[:] = 0.0
        organization.learning_share[:] = 1.0
        apply(organization, "pdsa")
        assert organization.tally[TRIALS_STUDIED] == 1200
        chance = persistence * efficacy
        missed = organization.tally[TRIALS_REPEATED] - 1200 * chance
        assert abs(missed) <= 5 * np.sqrt(1200 * chance * (1 - chance))


@pytest.mark.parametrize("persistence", [0.0, 1.0])
def test_who_is_refused_may_try_again(persistence):
    """A reported loss of ten failures a case convinces no approver."""
    organization = quiet(
        structure={"levels": 2, "span": 12, "centralization": 1.0},
        approvals={"least_weeks": 0},
        pdsa={"rate": 0.1, "persistence": persistence},
    )
    organization.self_efficacy[:] = 1.0
    asking = organization.manager >= 0
    organization.trial_stage[asking] = WAITING
    organization.trial_gain[:], organization.trial_progress[:] = -10.0, 5.0
    organization.hours[:, APPROVAL] = 40.0
    apply(organization, "approvals")
    refused = organization.tally[PROPOSALS_REFUSED]
    assert refused == asking.sum() > 0
    assert organization.tally[TRIALS_REPEATED] == persistence * refused
    assert (organization.trial_stage[asking] == (DOING if persistence else NONE)).all()
    if persistence:
        assert (organization.trial_repeats[asking] == 1).all()
        assert (organization.trial_progress[asking] == 0.0).all()


def on_the_agenda(agenda: float, people: int = 12) -> Organization:
    """The rule fails on the third block, people on the first; everybody plans a trial."""
    organization = quiet(people=people, pdsa={"rate": 1.0, "agenda": agenda})
    organization.code_cases[:] = organization.code_success[:] = 1000.0
    organization.code_success[2] = 0.0
    organization.record_cases[:] = organization.record_success[:] = 1000.0
    organization.record_success[:, 0] = 0.0
    organization.self_efficacy[:] = organization.learning_share[:] = 1.0
    organization.open_period()
    apply(organization, "pdsa")
    assert organization.tally[TRIALS_PLANNED] == people
    return organization


def test_management_sets_what_fails_by_its_rules_and_people_begin_with_what_fails_for_them():
    """1 200 people, five standard errors; by chance one in 3 333 begins with another block."""
    of_own = on_the_agenda(0.0)
    assert (of_own.trial_dimension // of_own.complexity == 0).all()
    assert of_own.tally[TRIALS_ON_AGENDA] == 0
    told = on_the_agenda(1.0)
    assert (told.trial_dimension // told.complexity == 2).all()
    assert told.tally[TRIALS_ON_AGENDA] == 12 and MEASURES["trials_on_agenda"].of(told) == 1.0
    mixed = on_the_agenda(0.3, people=1200)
    missed = mixed.tally[TRIALS_ON_AGENDA] - 360
    assert abs(missed) < 5 * np.sqrt(1200 * 0.3 * 0.7)
    on_third = (mixed.trial_dimension // mixed.complexity == 2).sum()
    assert abs(on_third - mixed.tally[TRIALS_ON_AGENDA]) < 8


def support_by(views: list[int], strangers: bool = False, lots: int = 0, week: int = 0) -> float:
    """Support of seat 0 in trying +1 by four others, known wholly and half trusted."""
    people = len(views)
    contact = np.arange(people, dtype=np.int32)[None, :].repeat(people, 0)
    contact[:, 0] = -1
    full = np.ones((people, people), np.float32)
    return support_for(
        0,
        0,
        1,
        (True, strangers, np.array(views, np.int8)[:, None], np.uint64(lots)),
        contact,
        full,
        0.5 * full,
        np.zeros((people, people), np.int32),
        np.full(people, -1, np.int32),
        np.arange(people, dtype=np.uint64),
        week,
    )


def test_like_minded_people_support_whole_the_undecided_half_and_the_others_not():
    assert support_by([0, 1, 0, -1]) == pytest.approx(1 - 0.9 * 0.95)
    assert support_by([0, -1, -1, -1]) == 0.0
    assert support_by([0, 1, 1, 1]) == pytest.approx(1 - 0.9**3)
    # Half of the familiarity is left after forty weeks.
    assert support_by([0, 1, -1, -1], week=40) == pytest.approx(0.05)


def test_strangers_are_as_strong_as_the_ties_they_stand_for_and_of_any_mind():
    for lots in range(20):
        assert support_by([-1, 1, 1, 1], True, lots) == pytest.approx(1 - 0.9**3)
        assert support_by([1, -1, -1, -1], True, lots) == 0.0
    # Each of three places is the only supporter's with chance 1/3, in any week the same.
    support = np.array([support_by([0, 1, -1, -1], True, lots) for lots in range(900)])
    expected = 1 - (1 - 0.1 / 3) ** 3
    assert abs(support.mean() - expected) < 5 * support.std() / np.sqrt(900)
    again = np.array([support_by([0, 1, -1, -1], True, lots) for lots in range(50)])
    assert np.array_equal(support[:50], again)


def test_a_stranger_is_anybody_else_and_the_same_all_run():
    """Nine others with equal chances; 1 000 words, five standard errors."""
    drawn = np.array([stranger(4, 2, 10, word) for word in WORDS])
    counts = np.bincount(drawn, minlength=10)
    assert counts[4] == 0
    assert (abs(np.delete(counts, 4) - 1000 / 9) < 5 * np.sqrt(1000 * 8 / 81)).all()
    assert len({int(stranger(4, k, 10, WORDS[7])) for k in range(100)}) > 5


def test_where_anybody_supports_anything_it_is_the_same_to_the_bit_who_the_ties_are_to():
    by_ties, by_strangers = lively(2), lively(2, pdsa={"supporters": "strangers"})
    for _ in range(10):
        by_ties.step()
        by_strangers.step()
        assert differing(by_ties, by_strangers) == set()


@given(arrays(np.int8, 6, elements=opinions), st.booleans(), st.integers(0, 100))
def test_nobody_has_more_support_of_like_minds_than_of_all(views, strangers, lots):
    anybody = support_by([1] * 6)
    assert 0.0 <= support_by(list(views), strangers, lots) <= anybody + 1e-12
