"""Names of what is counted in a week, and of what hours are spent on.

Kernels add to rows of plain arrays; these constants say which. Names are also those of measures.
"""

from __future__ import annotations

#: How a person's week of hours can be spent, in the order of the columns of ``hours``.
ACTIVITIES = (
    "line",  # meetings along the line, supervising reports
    "approval",  # judging proposals of others
    "officer",  # learning officers: meeting other officers
    "rules",  # being trained in the organization's code
    "lecture",  # listening to lectures
    "team",  # talking in one's unit about how work is done
    "cell",  # meeting in one's cell
    "joint",  # sitting in on a colleague's cases
    "community",  # sessions of one's community of practice
    "visit",  # taking part in another community, and telling of it at home
    "trial",  # running PDSA cycles
    "work",  # handling requests
    "failure",  # working around or raising failures
    "advice",  # asking colleagues about a request, and being asked
    "idle",
)
(
    LINE,
    APPROVAL,
    OFFICER,
    RULES,
    LECTURE,
    TEAM,
    CELL,
    JOINT,
    COMMUNITY,
    VISIT,
    TRIAL,
    WORK,
    FAILURE,
    ADVICE,
    IDLE,
) = range(15)
#: Obligations come before everything else; learning is what may have to give way to requests.
OBLIGATIONS = (LINE, APPROVAL, OFFICER)
LEARNING = (RULES, LECTURE, TEAM, CELL, JOINT, COMMUNITY, VISIT, TRIAL)

#: What the kernels count in a week, in the order of ``tally``.
TALLIES = (
    "requests_arrived",
    "requests_refused",
    "cases_handled",
    "closed_right",
    "closed_wrong",
    "response_weeks",
    "failures_noticed",
    "failures_raised",
    "failures_worked_around",
    "reactions_punishing",
    "reactions_kind",
    "socialization_flow",
    "externalization_flow",
    "combination_flow",
    "internalization_flow",
    "beliefs_forgotten",
    "stories_told",
    "turns_taken",
    "trials_planned",
    "trials_studied",
    "trials_reported_better",
    "proposals_submitted",
    "proposals_refused",
    "changes_adopted",
    "changes_right",
    "changes_gain",
    "approval_weeks",
    "rules_changed",
    "people_left",
    "seats_moved",
    "trials_better_in_truth",
    "leaked",
    "help_given",
    "help_upward",
    "turns_lost",
    "withdrawn",
    "words_relayed",
    "words_lost",
    "questions_asked",
    "questions_answered",
    "questions_answered_rightly",
    "questions_referred",
    "visits_made",
    "brought_home",
    "communities_changed",
    "diversity_of_changes",
    "diversity_of_right_changes",
)
(
    REQUESTS_ARRIVED,
    REQUESTS_REFUSED,
    CASES_HANDLED,
    CLOSED_RIGHT,
    CLOSED_WRONG,
    RESPONSE_WEEKS,
    FAILURES_NOTICED,
    FAILURES_RAISED,
    FAILURES_WORKED_AROUND,
    REACTIONS_PUNISHING,
    REACTIONS_KIND,
    SOCIALIZATION_FLOW,
    EXTERNALIZATION_FLOW,
    COMBINATION_FLOW,
    INTERNALIZATION_FLOW,
    BELIEFS_FORGOTTEN,
    STORIES_TOLD,
    TURNS_TAKEN,
    TRIALS_PLANNED,
    TRIALS_STUDIED,
    TRIALS_REPORTED_BETTER,
    PROPOSALS_SUBMITTED,
    PROPOSALS_REFUSED,
    CHANGES_ADOPTED,
    CHANGES_RIGHT,
    CHANGES_GAIN,
    APPROVAL_WEEKS,
    RULES_CHANGED,
    PEOPLE_LEFT,
    SEATS_MOVED,
    TRIALS_BETTER_IN_TRUTH,
    LEAKED,
    HELP_GIVEN,
    HELP_UPWARD,
    TURNS_LOST,
    WITHDRAWN,
    WORDS_RELAYED,
    WORDS_LOST,
    QUESTIONS_ASKED,
    QUESTIONS_ANSWERED,
    QUESTIONS_ANSWERED_RIGHTLY,
    QUESTIONS_REFERRED,
    VISITS_MADE,
    BROUGHT_HOME,
    COMMUNITIES_CHANGED,
    DIVERSITY_OF_CHANGES,
    DIVERSITY_OF_RIGHT_CHANGES,
) = range(47)
