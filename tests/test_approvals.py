"""Permission: how many must consent, how long that takes, and what comes of a yes or a no."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from organizations import apply, quiet

from sim.acquaintance.participation import edges_of
from sim.measures import MEASURES
from sim.mechanisms.approvals import approves
from sim.mechanisms.pdsa import NONE, WAITING
from sim.organization import Organization
from sim.tallies import (
    APPROVAL,
    APPROVAL_WEEKS,
    CHANGES_ADOPTED,
    CHANGES_FROM_CORE,
    CHANGES_FROM_EDGE,
    CHANGES_FROM_FRONT,
    COMBINATION_FLOW,
    DIVERSITY_OF_CHANGES,
    DIVERSITY_OF_RIGHT_CHANGES,
    LEAKED,
    PROPOSALS_REFUSED,
)

opinions = st.sampled_from([-1, 0, 1])
truths = st.sampled_from([-1, 1])
gains = st.floats(-2, 2)


def chain(levels: int = 4, centralization: float = 1.0, **changes: object) -> Organization:
    """Two reports a manager, and a proposal from the front line that everybody consents to."""
    organization = quiet(
        people=2**levels - 1,
        without=["hours"],
        structure={"levels": levels, "span": 2, "centralization": centralization},
        approvals={"noise": 0.0, "prior_gain": 0.0, **changes},
    )
    assert organization.level.max() == levels - 1
    propose(organization, np.flatnonzero(organization.level == 0)[:1])
    return organization


def propose(organization: Organization, seats: np.ndarray, gain: float = 1.0) -> None:
    """Let people put forward, this week, to do the contrary of the code on dimension 0."""
    organization.code[0] = 1
    organization.codifiable[0] = True
    organization.trial_stage[seats] = WAITING
    organization.trial_dimension[seats] = 0
    organization.trial_value[seats] = -1
    organization.trial_gain[seats] = gain
    organization.trial_submitted[seats] = organization.period


def weeks_until(organization: Organization, tally: int, most: int = 20) -> int | None:
    """In how many weeks from now something is counted."""
    for week in range(most):
        apply(organization, "approvals")
        organization.period += 1
        if organization.tally[tally]:
            return week
    return None


@pytest.mark.parametrize("levels", [2, 3, 5])
def test_a_proposal_stays_at_least_a_week_with_each_level_above(levels):
    organization = chain(levels)
    assert weeks_until(organization, CHANGES_ADOPTED) == levels - 1
    assert organization.code[0] == -1
    assert organization.tally[APPROVAL_WEEKS] == levels - 1
    assert organization.changes[0].level == 0


@pytest.mark.parametrize(("centralization", "needed"), [(0.2, 1), (0.4, 2), (0.6, 2), (1.0, 4)])
def test_a_share_of_the_levels_above_must_consent(centralization, needed):
    organization = chain(5, centralization)
    assert weeks_until(organization, CHANGES_ADOPTED) == needed


@pytest.mark.parametrize("least", [0, 1, 3])
def test_levels_take_as_long_as_they_are_said_to(least):
    assert weeks_until(chain(2, least_weeks=least), CHANGES_ADOPTED) == least


def test_what_the_top_decides_is_the_rule_at_once():
    organization = chain(3)
    organization.trial_stage[:] = NONE
    propose(organization, np.flatnonzero(organization.level == 2))
    assert weeks_until(organization, CHANGES_ADOPTED) == 0
    assert organization.code[0] == -1


def test_what_nobody_has_to_approve_is_ones_own_way_and_not_the_rule():
    organization = chain(3, centralization=0.0)
    assert weeks_until(organization, CHANGES_ADOPTED) == 0
    assert organization.code[0] == 1


def test_a_refusal_ends_a_proposal_and_hurts():
    organization = chain(3)
    organization.trial_gain[:] = -1.0
    assert weeks_until(organization, PROPOSALS_REFUSED) == 1
    proposer = int(np.flatnonzero(organization.level == 0)[0])
    assert organization.trial_stage[proposer] == NONE
    assert organization.encouragement[proposer] == -0.5
    assert organization.code[0] == 1


def test_an_approver_judges_four_proposals_a_week_first_come_first_served():
    organization = quiet(
        people=11,
        without=["hours"],
        structure={"levels": 2, "span": 10, "centralization": 1.0},
        approvals={"noise": 0.0, "prior_gain": 0.0},
    )
    front = np.flatnonzero(organization.level == 0)
    late, early = front[:3], front[3:]
    propose(organization, early)
    waiting = []
    for week in range(5):
        if week == 1:
            propose(organization, late)
            # No rule changes on the way: what is proposed is refused.
            organization.trial_gain[:] = -1.0
        apply(organization, "approvals")
        organization.period += 1
        waiting.append(set(np.flatnonzero(organization.trial_stage == WAITING)))
    assert waiting == [
        set(early),
        set(late) | set(early[4:]),
        # Three of the early and, with the fourth place, the first of the late.
        set(late[1:]),
        set(),
        set(),
    ]


def test_approvers_plan_half_an_hour_for_each_and_two_hours_at_most():
    organization = quiet(
        people=11, structure={"levels": 2, "span": 10, "centralization": 1.0, "line_hours": 0.0}
    )
    front, boss = np.flatnonzero(organization.level == 0), int(np.argmax(organization.level))
    for asked, hours in ((3, 1.5), (10, 2.0)):
        organization.trial_stage[:] = NONE
        propose(organization, front[:asked])
        apply(organization, "approvals")
        apply(organization, "hours")
        assert organization.hours[boss, APPROVAL] == hours
        assert organization.hours[:, APPROVAL].sum() == hours


@given(opinions, truths, gains, st.floats(0.001, 1), st.floats(0, 1), st.floats(-1, 1), gains)
def test_a_screen_without_noise_consents_exactly_when_its_posterior_exceeds_the_hurdle(
    belief, value, gain, spread, prior, hurdle, luck
):
    """Without noise the evidence is believed whole."""
    assert approves(belief, value, gain, 0.0, luck, prior, spread, hurdle) == (gain > hurdle)


@given(opinions, truths, gains, st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0, 1), gains)
def test_a_noisy_screen_weighs_prior_and_evidence_by_their_precision(
    belief, value, gain, noise, spread, prior, luck
):
    precision, evidence = 1 / spread**2, 1 / noise**2
    seen = gain + noise * luck
    posterior = (precision * prior * belief * value + evidence * seen) / (precision + evidence)
    for hurdle in (posterior - 1e-6, posterior + 1e-6):
        consents = approves(belief, value, gain, noise, luck, prior, spread, hurdle)
        assert consents == (posterior > hurdle)


def test_who_leaves_takes_their_proposal_along():
    organization = chain(3)
    apply(organization, "approvals")
    proposer = int(np.flatnonzero(organization.level == 0)[0])
    organization.parameters["workforce"] = organization.parameters["workforce"].model_copy(
        update={"turnover": 1.0, "fear_effect": 0.0, "belonging_effect": 0.0}
    )
    workforce = next(m for m in organization.mechanisms if m.name == "workforce")
    workforce.parameters = organization.parameters["workforce"]
    organization.period += 1
    apply(organization, "workforce")
    assert organization.trial_stage[proposer] == NONE
    assert weeks_until(organization, CHANGES_ADOPTED) is None


def test_proposals_wait_while_their_approver_has_no_hours():
    organization = quiet(
        people=11,
        structure={"levels": 2, "span": 10, "centralization": 1.0, "line_hours": 40.0},
        approvals={"noise": 0.0, "prior_gain": 0.0},
    )
    propose(organization, np.flatnonzero(organization.level == 0))
    for _ in range(3):
        organization.step()
    assert organization.hours[:, APPROVAL].sum() == 0.0
    assert (organization.trial_stage == WAITING).sum() == 10


def test_what_is_approved_becomes_the_rule_also_where_levels_decide_at_once():
    organization = chain(2, least_weeks=0)
    assert weeks_until(organization, CHANGES_ADOPTED) == 0
    assert organization.code[0] == -1


def test_the_first_cases_by_a_new_rule_are_on_its_record():
    organization = chain(2)
    organization.open_period()
    assert weeks_until(organization, CHANGES_ADOPTED) == 1
    organization.code_cases[0] = 5.0
    apply(organization, "codification")
    assert organization.code_cases[0] == 5.0


def test_three_tenths_of_an_hour_are_time_for_three_tenths():
    organization = quiet(
        people=11,
        without=["hours"],
        structure={"levels": 2, "span": 10, "centralization": 1.0},
        approvals={"noise": 0.0, "prior_gain": 0.0, "hours_each": 0.1, "hours_most": 0.3},
    )
    propose(organization, np.flatnonzero(organization.level == 0), gain=-1.0)
    apply(organization, "approvals")
    organization.period += 1
    apply(organization, "approvals")
    assert organization.tally[PROPOSALS_REFUSED] == 3.0


def test_weeks_of_approval_are_those_of_changes_that_are_counted():
    organization = chain(3)
    organization.code[0] = -1
    assert weeks_until(organization, CHANGES_ADOPTED, most=5) is None
    assert organization.tally[APPROVAL_WEEKS] == 0.0


def own_way(seed: int = 0, community: int = 1, **settings: dict[str, object]) -> Organization:
    """Seat 0 of twelve has found out about dimension 0, and needs nobody's permission.

    Seats 0 to 5 are one unit and everybody one community; all take over what they are shown.
    """
    organization = quiet(
        seed,
        without=["hours"],
        communities={"count": community, **settings.pop("communities", {})},
        structure={"levels": 1, "centralization": 0.0},
        interpersonal={"rate": 1.0, "stranger": 1.0, "hours": 0.0, "joint_hours": 0.0},
        **settings,
    )
    organization.learning_rate[:] = 1.0
    organization.beliefs[:] = 1
    organization.beliefs[0] = -1
    organization.reality[:] = 1
    organization.unit[:6], organization.unit[6:] = 0, 1
    organization.team_start[:3] = [0, 6, 12]
    organization.team_member[:12] = np.arange(12)
    organization.level[:] = 0
    organization.level[11] = 1  # so that the others are not at the top
    organization.open_period()
    propose(organization, np.array([0]))
    return organization


def took_over(organization: Organization) -> list[int]:
    """Who else believes it after it was shown."""
    apply(organization, "approvals")
    return np.flatnonzero(organization.beliefs[1:, 0] == -1).tolist()


def test_what_came_of_a_change_is_shown_to_ones_unit():
    organization = own_way()
    assert took_over(organization) == [0, 1, 2, 3, 4]
    assert organization.tally[COMBINATION_FLOW] == 5 and organization.tally[LEAKED] == 0


def test_walls_between_cells_keep_results_from_colleagues_and_what_passes_has_leaked():
    """Seats 0, 1 and 2 are a cell; half of the walls hold with isolation one half."""
    seen = {}
    for isolation in (0.0, 0.5, 1.0):
        passed, leaked = 0, 0.0
        for seed in range(100):
            organization = own_way(seed, cells={"isolation": isolation, "hours": 1.0})
            organization.cell[:] = [0, 0, 0, *[1] * 9]
            seats = took_over(organization)
            assert set(seats) >= {0, 1}
            passed += len(seats) - 2
            leaked += organization.tally[LEAKED]
        seen[isolation] = passed
        assert leaked == passed
    assert seen[0.0] == 300 and seen[1.0] == 0
    # 5 standard errors of 300 coins: a right model fails once in 1.7 million.
    assert abs(seen[0.5] - 150) < 5 * np.sqrt(75)


def known_as(organization: Organization, *familiarity: float) -> Organization:
    """The first seats know everybody else so well; nobody else knows anybody."""
    organization.familiarity[:] = 0.0
    for i, known in enumerate(familiarity):
        organization.contact[i] = np.arange(12)
        organization.contact[i, i] = -1
        organization.familiarity[i] = known
        organization.last_met[i] = 0
    return organization


DELEGATED = {"hours": 1.0, "delegation": 0.8}


def test_who_is_at_the_core_of_a_community_speaks_for_it():
    """Chance .8 for who knows the others best, half for who knows them half as well."""
    for known, chance in (((0.3,), 0.8), ((0.2, 0.4), 0.4), ((0.0, 0.8), 0.0), ((0.0,), 0.0)):
        spoke = 0
        for seed in range(200):
            organization = known_as(own_way(seed, communities=DELEGATED), *known)
            seats = took_over(organization)
            assert seats in ([0, 1, 2, 3, 4], list(range(11)))
            spoke += len(seats) == 11
        # 5 standard errors of 200: a right model fails once in 1.7 million.
        assert abs(spoke - 200 * chance) <= 5 * np.sqrt(200 * chance * (1 - chance))


def test_nobody_speaks_for_a_community_that_does_not_meet():
    for settings in ({**DELEGATED, "hours": 0.0}, {"hours": 1.0}):
        for seed in range(20):
            organization = known_as(own_way(seed, communities=settings), 1.0)
            assert took_over(organization) == [0, 1, 2, 3, 4]


def test_what_a_community_is_told_passes_walls_and_is_no_leak():
    cells = {"isolation": 1.0, "hours": 1.0}
    communities = {"hours": 1.0, "delegation": 1.0}
    organization = known_as(own_way(cells=cells, communities=communities), 1.0)
    organization.cell[:] = np.arange(12) // 4
    assert took_over(organization) == list(range(11))
    assert organization.tally[LEAKED] == 0


def test_diversity_around_a_change_is_noted_by_whether_it_is_right():
    """Seat 0 knows seats 1 and 2 alike: of 12 dimensions one agrees on all, the other on none."""
    for right in (True, False):
        organization = own_way()
        organization.beliefs[1] = -1
        organization.open_period()
        organization.familiarity[:] = 0.0
        organization.contact[0, :4] = [-1, 1, 2, -1]
        organization.familiarity[0, 1:3] = 0.5
        organization.reality[0] = -1 if right else 1
        took_over(organization)
        assert organization.tally[DIVERSITY_OF_CHANGES] == pytest.approx(0.5)
        assert organization.tally[DIVERSITY_OF_RIGHT_CHANGES] == pytest.approx(0.5 * right)


def test_who_changed_the_rule_is_noted_down_and_whose_own_way_it_is_is_not():
    organization = chain(3)
    assert (organization.rule_author == -1).all()
    proposer = int(np.flatnonzero(organization.level == 0)[0])
    weeks_until(organization, CHANGES_ADOPTED)
    assert organization.rule_author[0] == proposer
    assert (organization.rule_author[1:] == -1).all()
    own_way = chain(3, centralization=0.0)
    weeks_until(own_way, CHANGES_ADOPTED)
    assert (own_way.rule_author == -1).all()


def test_changes_from_the_front_line_are_counted():
    organization = chain(3, centralization=0.0)
    propose(organization, np.arange(7))
    weeks_until(organization, CHANGES_ADOPTED)
    # The top's is a rule; of all seven, four are at the front.
    assert (organization.tally[CHANGES_ADOPTED], organization.tally[CHANGES_FROM_FRONT]) == (7, 4)
    # No community meets: there is no edge.
    assert organization.tally[[CHANGES_FROM_CORE, CHANGES_FROM_EDGE]].sum() == 0.0
    assert np.isnan(MEASURES["changes_from_edge"].of(organization))
    assert MEASURES["changes_from_front"].of(organization) == 4 / 7


def in_one_community(friends: int) -> Organization:
    """Ten people of one community of whom the first ``friends`` all know each other."""
    organization = quiet(
        people=10,
        without=["hours"],
        structure={"levels": 1, "centralization": 0.0},
        communities={"count": 1, "hours": 1.0},
        start={"contacts": 0},
    )
    organization.contact[:] = -1
    for i in range(friends):
        organization.contact[i, :friends] = np.arange(friends)
        organization.contact[i, i] = -1
    organization.familiarity[:] = 0.9
    organization.last_met[:] = organization.period
    return organization


@pytest.mark.parametrize(
    ("friends", "inside", "outside"),
    # Five stand inside, five outside; of eight inside, three of eight are of the lower half.
    [(5, 0.0, 1.0), (8, 3 / 8, 1.0), (2, 0.0, 5 / 8), (0, 0.5, 0.5)],
)
def test_the_edge_is_the_half_of_a_community_that_knows_fewer(friends, inside, outside):
    organization = in_one_community(friends)
    edges = edges_of(organization, np.arange(10))
    assert edges[:friends] == pytest.approx(inside)
    assert edges[friends:] == pytest.approx(outside)
    assert edges.mean() == pytest.approx(0.5)


def test_changes_from_the_edge_are_counted_once_a_quarter():
    """Of who has left by then it is not known."""
    organization = in_one_community(8)
    propose(organization, np.array([0, 1, 9]))
    organization.codifiable[0] = False  # all are at the top: they would change one rule
    organization.tenure[:] = 50
    for week in range(13):
        assert not organization.tally[[CHANGES_FROM_EDGE, CHANGES_FROM_CORE]].any()
        organization.period = week
        organization.tenure[1] = 5
        apply(organization, "approvals")
    assert organization.tally[CHANGES_ADOPTED] == 3
    assert organization.tally[CHANGES_FROM_EDGE] == pytest.approx(1 + 3 / 8)
    assert organization.tally[CHANGES_FROM_CORE] == pytest.approx(5 / 8)
    assert MEASURES["changes_from_edge"].of(organization) == pytest.approx(11 / 16)
