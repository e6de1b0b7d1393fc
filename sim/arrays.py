"""All arrays of an organization: their axes, types and meanings.

From this list they are allocated, documented and checked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Array(NamedTuple):
    """Declaration of one array: its axes, its type, its meaning."""

    axes: tuple[str, ...]
    dtype: Any
    meaning: str


P, D, B, K, Q = "people", "dimensions", "blocks", "contacts", "queue"

ARRAYS: dict[str, Array] = {
    "reality": Array((D,), np.int8, "what works, +1 or -1"),
    "code": Array((D,), np.int8, "the organization's written rule; 0 says nothing"),
    "codifiable": Array((D,), np.bool_, "whether a rule can be written for the dimension"),
    "partners": Array((D, "partners"), np.int32, "nk: on which dimensions a contribution depends"),
    "contributions": Array((D, "patterns"), np.float64, "nk: what a dimension is worth, by them"),
    "peak": Array(("peaks",), np.float64, "nk: the highest fitness there is"),
    "beliefs": Array((P, D), np.int8, "what a person thinks works; 0 no opinion"),
    "articulated": Array((P, D), np.bool_, "the person can explain this belief (explicit)"),
    "practice": Array((P, D), np.float32, "depth of skill from use, 0 to 1"),
    "used": Array((P, D), np.bool_, "the person acted on this dimension this week"),
    "person": Array((P,), np.uint64, "who sits here: seat + occupant number * 2**32"),
    "home": Array((P,), np.int32, "site or department a person belongs to"),
    "interest": Array((P,), np.float32, "where a job's specialty lies, 0 to 1 over the topics"),
    "topic": Array((P,), np.int32, "topic of the job, whatever community its holder is in"),
    "seniority": Array((P,), np.float64, "order in which people fill the hierarchy"),
    "character": Array((P,), np.float32, "standard normal: how inclusive as a manager"),
    "ability": Array((P,), np.float32, "speed at work relative to the mean person"),
    "dominance": Array((P,), np.float32, "readiness to take the floor from others, 0 to 1"),
    "sociability": Array((P,), np.float32, "readiness to take part, 0 to 1"),
    "learning_rate": Array((P,), np.float32, "how readily a person learns, 0 to 1"),
    "mindset": Array((P,), np.float32, "fixed 0 to growth 1"),
    "self_efficacy": Array((P,), np.float32, "trust in one's own ability, 0 to 1"),
    "fear": Array((P,), np.float32, "fear of speaking and failing, 0 to 1"),
    "belonging": Array((P,), np.float32, "feeling part of the organization, 0 to 1"),
    "purpose": Array((P,), np.float32, "sense of a common purpose, 0 to 1"),
    "ethics": Array((P,), np.float32, "how strictly a person keeps to standards, 0 to 1"),
    "influence": Array(
        (P,), np.float32, "recent beliefs that others took over from one, half-life 13 weeks"
    ),
    "rule_author": Array(
        (D,), np.int32, "seat of who last changed the rule, -1 nobody in particular"
    ),
    "improper": Array((D,), np.int8, "the way of doing it that is against standards, 0 for none"),
    "voice": Array((P,), np.float32, "how often the person came to speak lately, 0 to 1"),
    "participation": Array(
        (P,), np.float32, "recent parts taken in sessions of the community, half-life 13 weeks"
    ),
    "spanner": Array((P,), np.bool_, "appointed to span the boundary to another community"),
    "encouragement": Array((P,), np.float32, "kind minus hurtful words this week, -1 to 1"),
    "tenure": Array((P,), np.int32, "weeks a person has been here"),
    "level": Array((P,), np.int32, "level in the hierarchy, 0 the front line"),
    "unit": Array((P,), np.int32, "formal unit"),
    "manager": Array((P,), np.int32, "seat of the manager, -1 for nobody"),
    "leads_unit": Array((P,), np.int32, "unit a manager leads, -1 for nobody's manager"),
    "team_start": Array(("teams",), np.int32, "where a unit begins in team_member"),
    "team_member": Array(("roles",), np.int32, "seats by unit, managers in the unit they lead"),
    "community": Array((P,), np.int32, "primary community of practice"),
    "community_start": Array(("community_bounds",), np.int32, "where a community begins"),
    "community_member": Array((P,), np.int32, "seats by community"),
    "community_topic": Array(("communities",), np.int32, "topic that a community meets about"),
    "session_change": Array(
        ("communities",), np.float64, "hours its sessions are longer than the organization set"
    ),
    "session_gains": Array(
        (P,), np.float32, "what one took from sessions since one's community last decided on them"
    ),
    "cell": Array((P,), np.int32, "cell within the community"),
    "cell_start": Array(("cell_bounds",), np.int32, "where a cell begins in cell_member"),
    "cell_member": Array((P,), np.int32, "seats by cell"),
    "officer": Array(("cells",), np.int32, "seat of each cell's learning officer"),
    "subject": Array(("cells",), np.int32, "block a cell is learning together, -1 for none"),
    "subject_weeks": Array(("cells",), np.int32, "weeks it has been at it"),
    "cell_community": Array(("cells",), np.int32, "community of each cell"),
    "hours": Array((P, "activities"), np.float32, "this week's hours by activity"),
    "planned": Array((P, "activities"), np.float32, "hours planned this week by activity"),
    "learning_share": Array((P,), np.float32, "share of the planned learning that fits the week"),
    "learning_hours": Array(
        (P,), np.float32, "recent weekly hours of learning, half-life 13 weeks"
    ),
    "joint_hours": Array((P,), np.float32, "this week's hours spent together, over all pairs"),
    "warmth": Array((P,), np.float32, "the same hours weighted by familiarity"),
    "record_success": Array((P, B), np.float32, "recent cases seen to succeed, half-life 13 weeks"),
    "record_cases": Array((P, B), np.float32, "recent cases, half-life 13 weeks"),
    "code_success": Array((B,), np.float32, "recent successes of cases done by the code alone"),
    "code_cases": Array((B,), np.float32, "recent cases done by the code alone"),
    "queue_block": Array((P, Q), np.int32, "requests waiting: which block each asks for"),
    "queue_week": Array((P, Q), np.int32, "week in which each arrived"),
    "queue_number": Array((P, Q), np.int32, "its number among the week's requests"),
    "queue_tries": Array((P, Q), np.int32, "how often it has been handled"),
    "queue_head": Array((P,), np.int32, "position of the oldest request"),
    "queue_length": Array((P,), np.int32, "requests waiting"),
    "overtime": Array((P,), np.float32, "hours of the next week already spent on the last request"),
    "backlog": Array((P,), np.float32, "weeks of work waiting"),
    "week_cases": Array((P,), np.float32, "own cases this week"),
    "week_success": Array((P,), np.float32, "own cases noticed to succeed this week"),
    "noticed": Array((P,), np.int32, "failures noticed this week and worked around"),
    "raised": Array((P,), np.int32, "failures raised this week"),
    "rewarded": Array((P,), np.int32, "times a manager rewarded what one did this week"),
    "reprimanded": Array((P,), np.int32, "times a manager punished what one did this week"),
    "unhappy": Array(
        (P, "client_blocks"),
        np.float32,
        "recent requests closed wrong, by block: what clients know",
    ),
    "trial_stage": Array((P,), np.int32, "0 none, 1 do, 2 waiting for approval"),
    "trial_dimension": Array((P,), np.int32, "dimension of the PDSA cycle under way"),
    "trial_value": Array((P,), np.int8, "what is tried there"),
    "trial_progress": Array((P,), np.float32, "weeks of Do completed"),
    "trial_gain": Array((P,), np.float32, "reported gain"),
    "trial_truth": Array((P,), np.float32, "true gain at the time of Study"),
    "trial_since": Array((P,), np.int32, "week of submission, then of reaching the approver"),
    "trial_submitted": Array((P,), np.int32, "week of submission"),
    "trial_approver": Array((P,), np.int32, "seat the proposal waits at"),
    "trial_left": Array((P,), np.int32, "approvals still needed"),
    "tie_start": Array(("tie_bounds",), np.int64, "where a seat's ties of the network begin"),
    "tie": Array(("ties",), np.int32, "seats one looks at in the network"),
    "contact": Array((P, K), np.int32, "whom a person knows, -1 empty"),
    "familiarity": Array((P, K), np.float32, "how well, 0 to 1, as of the week last met"),
    "trust": Array((P, K), np.float32, "what one expects of the contact's work, 0 to 1"),
    "last_met": Array((P, K), np.int32, "week last met"),
    "address": Array((P, "addresses"), np.int32, "whose knowledge a person has a view of, or -1"),
    "knows_what": Array(
        (P, "addresses", "topics"), np.float32, "how often such a one is expected to know, 0 to 1"
    ),
    "what_weight": Array((P, "addresses", "topics"), np.uint8, "on how many cases this rests"),
    "knows_whom": Array(
        (P, "addresses", "topics"), np.float32, "the same of knowing somebody who knows"
    ),
    "whom_weight": Array((P, "addresses", "topics"), np.uint8, "on how many cases this rests"),
    "trial_repeats": Array((P,), np.int32, "how often this trial has been begun again"),
    "online": Array((P,), np.bool_, "uses the social platform for work"),
    "follows": Array((P, "follows"), np.int32, "whom one follows on the platform, -1 empty"),
    "post_dimension": Array((P,), np.int32, "what one posts about this week, -1 nothing"),
    "post_value": Array((P,), np.int8, "what one says works there"),
    "post_author": Array((P,), np.int32, "whose words they were first"),
    "reach": Array(
        (P,), np.float32, "recent readers of what one wrote or passed on, half-life 13 weeks"
    ),
    "applause": Array((P,), np.float32, "recent likes, half-life 13 weeks"),
    "posted": Array((P,), np.float32, "recent posts, own and passed on, half-life 13 weeks"),
    "endorsed": Array((P,), np.int32, "whose post of last week one could pass on, -1 nobody"),
    "programme_stage": Array(
        (P,),
        np.int8,
        "open programme: 0 outside, 1 registered, 2 taking part, 3 dropped out, 4 completed",
    ),
    "programme_weeks": Array((P,), np.int32, "weeks of the open programme taken part in"),
    "news": Array((D,), np.bool_, "planted by an event, to see how far it gets"),
    "tally": Array(("tallies",), np.float64, "what was counted this week"),
}

#: Arrays whose state at the opening of a period is what others can see of it.
OPENING = ("beliefs", "articulated", "code", "record_success", "record_cases")

#: Room for what is worked out and used up within a period. Nothing is read of it that was not
#: written in the same period, so it is neither kept nor compared.
ROOM: dict[str, Array] = {
    "mean_success": Array(("one",), np.float64, "share of all cases on record that succeeded"),
    "share": Array((P,), np.float64, "learning_share as talk takes it"),
    "needs": Array((P, B), np.float64, "how much a subject needs talking about"),
    "floor_marks": Array(("floor_marks", "floor"), np.int32, "whole numbers of a talk"),
    "floor_numbers": Array(("floor_numbers", "floor"), np.float64, "numbers of a talk"),
    # social_media
    "last_dimension": Array((P,), np.int32, "what one posted about last week, -1 nothing"),
    "last_value": Array((P,), np.int8, "what one said works there"),
    "last_author": Array((P,), np.int32, "whose words they were first"),
    "post_outcome": Array((P,), np.int64, "how the case went that a post shows, -1 unknown"),
    "post_topic": Array((P,), np.int64, "topic that a post shows a case of, -1 none"),
    "post_readers": Array((P,), np.int64, "readers of a post"),
    "post_likes": Array((P,), np.int64, "who like it"),
    "read_by_manager": Array((P,), np.bool_, "the manager of who posted is among the readers"),
    "gained": Array((P,), np.bool_, "took something over from the platform, or was liked"),
    "unit_size": Array((P,), np.int64, "people in each unit"),
    "posts_waiting": Array(("follows",), np.int32, "who wrote the posts that wait to be read"),
    "place_of": Array(("seats_and_none",), np.int64, "where each stands in one's directory"),
    "noted": Array(("noted", "note"), np.int32, "what a reader notes of whom: seat, post, kind"),
    "was_online": Array((P,), np.bool_, "was a user this week"),
    "known_users": Array((K,), np.float64, "how well one knows those contacts who are users"),
    "known_best": Array(("follows",), np.int32, "places of those known best, in this order"),
    "known_lot": Array(("follows",), np.float64, "their lots, which decide between equals"),
    "stays_online": Array((P,), np.bool_, "is a user, and not new on the seat"),
    # climate
    "inclusiveness": Array((P,), np.float32, "how inclusive one's manager is, 0 to 1"),
    "met": Array(("reactions", P), np.int64, "failures of one that were punished, met kindly"),
    "unit_met": Array(("reactions", "teams"), np.int64, "the same by unit"),
    "tellers": Array(("happenings",), np.int64, "who tells of either: 2 seat + which"),
    "has_heard": Array(("reactions", P), np.bool_, "was told of either by somebody elsewhere"),
    "reach_so_far": Array((K,), np.float64, "sums over those contacts one could tell"),
    # network_feedback
    "askers": Array((P,), np.int32, "who asks for opinions this week"),
    "asker_lot": Array((P,), np.float64, "their lots"),
    "opinion_hours": Array((P,), np.float64, "hours spent on opinions"),
    "could_be_asked": Array((P,), np.int32, "whom one person could ask"),
    "how_well_known": Array((P,), np.float64, "how well that one knows them now"),
    "spare": Array((P,), np.float64, "hours of the week for asking and answering"),
    "asked": Array(("most_asked",), np.int32, "whom one asks"),
    "asked_at": Array(("most_asked",), np.float64, "at what time they stood in the lot"),
    # incidental
    "happenings": Array(("happenings",), np.int64, "occasions on which something is picked up"),
    "happening_luck": Array(("happenings",), np.float64, "what is drawn on each occasion"),
    "met_places": Array((K,), np.int64, "places of those contacts whom one met this week"),
    # reinforcement
    "reports": Array((P,), np.int64, "how many people one manages"),
    "line_share": Array((P,), np.float64, "part of the hours planned in the line that one had"),
    # dialogue
    "dialogue_hours": Array((P,), np.float32, "hours one talks with clients"),
    "requests_so_far": Array((B,), np.float64, "sums over blocks of requests closed wrong"),
    # self_efficacy
    "unit_first": Array(("teams",), np.int32, "the first seat of a unit, -1 none"),
    "next_rank": Array((P,), np.int32, "the first seat of another level in the unit, -1 none"),
    "first_alike": Array((P,), np.int32, "the first seat of the same unit and level"),
    "alike_cases": Array((P,), np.float64, "cases of all of them, by the first"),
    "alike_success": Array((P,), np.float64, "cases seen to succeed of all of them, by the first"),
    # advice
    "free_hours": Array((P,), np.float64, "hours left to ask and to answer"),
    "answering_hours": Array((P,), np.float64, "hours one is still ready to answer"),
    "advice_hours": Array((P,), np.float64, "hours spent on advice so far"),
    "passes_walls": Array((P,), np.bool_, "an officer, who links cells"),
    "question_asker": Array(("questions",), np.int32, "who has a question"),
    "question_block": Array(("questions",), np.int32, "about which block"),
    "question_word": Array(("questions",), np.uint64, "the word that draws its luck"),
    "question_order": Array(("questions",), np.int64, "questions in the order they are asked"),
    "question_first": Array(("question_bounds",), np.int64, "where about a lot belongs in it"),
    "shown_case": Array((P,), np.int64, "topic of a case that others can see, -1 none"),
    "shown_case_outcome": Array((P,), np.float64, "how it ended, 0 or 1"),
    "shown_question": Array((P,), np.int64, "topic of one's last question, -1 none"),
    "shown_question_outcome": Array((P,), np.float64, "how it ended, 0 or 1"),
    "watched": Array(("watched",), np.int64, "members of a group whom one watches"),
    "watched_sitter": Array(("watched",), np.uint64, "who sits there"),
    "watched_question": Array(("watched",), np.int64, "1 where they show a question"),
    "watched_case": Array(("watched",), np.int64, "1 where they show a case"),
    "sight": Array(("watched",), np.int64, "what one sees of each"),
    "seen_at_work": Array(("watched",), np.int64, "whom of them one sees at something, and what"),
    "address_place": Array(("seats_and_none",), np.int64, "where each stands in one's directory"),
    "address_cases": Array((P, "addresses"), np.int32, "order of addresses by cases"),
    "is_counted": Array((P,), np.bool_, "that order has been worked out"),
    # joining
    "wish": Array((P,), np.int32, "community one wants to move to, -1 none"),
    "interests": Array(("communities",), np.float64, "sum of its members' interests"),
    "known_there": Array(("communities",), np.float64, "how well one knows its members in all"),
    "topic_middle": Array(("communities",), np.float64, "where its topic has its middle, 0 to 1"),
    "mover": Array((P,), np.int64, "who wants to move"),
    "mover_lot": Array((P,), np.uint64, "the word that says who moves first"),
    "mover_order": Array((P,), np.int64, "seats in the order they move"),
    "mover_first": Array(("seats_and_two",), np.int64, "where about a lot belongs in it"),
    "cell_size": Array(("cells",), np.int64, "people in each cell"),
    # meetings
    "floor_words": Array(("floor_words", "floor"), np.uint64, "keys of those at a talk"),
    "topic_low": Array(("communities",), np.int32, "first block that a community meets about"),
    "topic_high": Array(("communities",), np.int32, "last block of it + 1"),
    "group_low": Array(("meetings",), np.int32, "first block of each group's business"),
    "group_high": Array(("meetings",), np.int32, "last block of it + 1"),
    "group_pace": Array(("meetings",), np.float64, "subjects each takes up per hour, or the first"),
    "group_subject": Array(("meetings",), np.int32, "the block each stays with, -1 for by need"),
    "group_time": Array((P,), np.float64, "hours that each is at a meeting"),
    "group_share": Array((P,), np.float64, "part of the hours planned for it that each has"),
    # learning tree
    "tree_start": Array(("cell_bounds",), np.int32, "where a group of officers begins"),
    "tree_member": Array(("tree_members",), np.int32, "seats of officers by group, from below"),
    "tree_community": Array(("cells",), np.int32, "community of each group, -1 for the whole"),
    "tree_bounds": Array(("tree_bounds",), np.int64, "where each part of the tree begins"),
    "tree_nodes": Array(("cells",), np.int32, "officers that a level is made of"),
    "tree_region": Array(("cells",), np.int32, "community of each, -1 for the whole"),
    # spanning
    "host": Array((P,), np.int32, "community one visits this week, -1 for none"),
    "brought": Array((P, D), np.int8, "beliefs that guests bring home"),
    "brought_in_words": Array((P, D), np.bool_, "which of them they can put into words"),
    # socialization
    "seats": Array((P,), np.int64, "seats of those whom a step is about"),
    "adoption": Array((P,), np.float64, "chance of each to adopt a belief of the code"),
    "differing": Array((D,), np.int64, "dimensions on which somebody differs from the code"),
    # practice
    "chances": Array((D,), np.float64, "what is drawn for each dimension"),
    "happens": Array((D,), np.bool_, "whether it comes about there"),
    # hours
    "reports_led": Array((P,), np.int32, "how many report to somebody"),
    "skill": Array((P,), np.float64, "sum of one's practice over all dimensions"),
    # workforce
    "leavers": Array((P,), np.int64, "seats whose occupants leave"),
    "left": Array((P,), np.bool_, "whether that is so of a seat"),
    "left_by_contact": Array(("seats_and_none",), np.bool_, "the same, and nobody comes first"),
    # approvals
    "proposals_asked": Array((P,), np.int32, "proposals that wait for somebody's consent"),
    "waiting": Array((P,), np.int64, "seats whose proposals wait, the oldest first"),
    "approver_room": Array((P,), np.int64, "proposals that somebody has the time to judge"),
    "adopted": Array((P,), np.int8, "what becomes of somebody's proposal this week"),
    # codification
    "views": Array((P, D), np.int8, "what people believe or do, as far as it counts"),
    "compared": Array((P, D), np.int8, "what of it is compared with the truth"),
    "superior": Array((P, B), np.bool_, "who outperforms the code, by the record"),
    "superior_in_all": Array((P, "one"), np.bool_, "who outperforms the code, in truth"),
    "code_shares": Array((B,), np.float64, "share of its cases in which the code succeeds"),
    "votes": Array((D,), np.int32, "sum of what superiors think"),
    "code_before": Array((D,), np.int8, "the code before they vote"),
    # requests
    "plan_sums": Array(("activities",), np.float32, "sums of parts of somebody's plans"),
    "room": Array((P,), np.float64, "hours one has for requests"),
    "topic_bounds": Array(("topic_bounds",), np.int64, "where a topic begins among the seats"),
    "route_seats": Array(("ways", P), np.int32, "seats by topic, and all seats"),
    "route_reach": Array(("ways", P), np.float64, "the room of all of these up to each"),
    "route_guide": Array(("ways", "guide"), np.int32, "where some room is reached there"),
    "room_before": Array(("topics_and_all",), np.float64, "the room before each topic"),
    "room_within": Array(("topics_and_all",), np.float64, "the room within each topic"),
    "block_topic": Array((B,), np.int64, "topic of each block"),
    "request_count": Array((P,), np.int32, "requests that each seat gets"),
    "request_begins": Array((P,), np.int32, "where they begin among all"),
    "request_draws": Array(("draws", "batch"), np.float64, "what is drawn for each request"),
    "request_aims": Array(("aims", "batch"), np.int32, "way, last place and place of each"),
    "request_sent": Array(("portion", "seat_and_block"), np.int32, "where each goes, for what"),
    "request_ordered": Array(("portion", "seat_and_block"), np.int32, "each, seat by seat"),
    # coaching and others who go by lot
    "lots": Array((P,), np.uint64, "words that draw a lot each"),
    "by_lot": Array((P,), np.int64, "places in the order of these lots"),
    "lot_first": Array(("seats_and_two",), np.int64, "where about a lot belongs in it"),
    # coaching
    "coach": Array((P,), np.int32, "whom one has as a coach this week, -1 for nobody"),
    "coach_room": Array((P,), np.float64, "hours that one can give to learners"),
    "learners": Array((P,), np.int64, "how many come to one, or in how many groups one sits"),
    "facilitated": Array((P,), np.int64, "how many groups one facilitates"),
    "circle_start": Array(("teams",), np.int32, "where a facilitated group begins"),
    "circle_member": Array(("roles",), np.int32, "seats by facilitated group"),
    "circle_group": Array((P,), np.int32, "the unit or cell it is"),
    "circle_facilitator": Array((P,), np.int32, "who leads it, -1 for nobody"),
    "circle_leader": Array((P,), np.int32, "who leads each unit, -1 for nobody"),
    "present": Array((P,), np.bool_, "who of a group is there, by place"),
    "brings": Array((P,), np.bool_, "who of a group brings cases, by place"),
    "waits": Array((P,), np.float64, "how long one waits for the floor, by place"),
    # leadership
    "admits": Array((P,), np.bool_, "the manager tells the unit of a failure this week"),
    "purpose_before": Array((P,), np.float64, "purpose before leaders spoke"),
    "purpose_sum": Array((P,), np.float64, "the same of all present, by unit"),
    "purpose_count": Array((P,), np.float64, "how many are present, by unit"),
    "speakers": Array((P,), np.int64, "who speaks up to the manager"),
    "unit_success": Array((B,), np.float64, "cases on record of a unit that succeeded"),
    "unit_cases": Array((B,), np.float64, "cases on record of a unit"),
    # communities
    "session_length": Array(("communities",), np.float64, "hours of a community's session"),
    "telling_weight": Array((P,), np.float64, "how soon a member tells a story, by place"),
    "weak_contacts": Array(("two",), np.int64, "places of the least known, and the next"),
    "known_members": Array((K,), np.int64, "places of contacts of one's community"),
    # lectures
    "hall_start": Array(("teams",), np.int32, "where a hall begins"),
    "hall_member": Array((P,), np.int32, "seats by hall"),
    "hall_block": Array((P,), np.int32, "what each hall hears about"),
    "hall_lecturer": Array((P,), np.int32, "who speaks there"),
    "hall_of": Array((P,), np.int64, "hall of each member of a group, by place"),
    "hall_free": Array((P,), np.int64, "next free place of each hall of a group"),
    "best_on_block": Array((B,), np.int32, "who of a group does best on each block, -1 unknown"),
    "audience_start": Array(("community_bounds",), np.int32, "where those who fill halls begin"),
    "audience": Array((P,), np.int32, "seats of those who fill halls, by group"),
    # programme
    "takes_part": Array((P,), np.bool_, "who is there this week, or takes part in it"),
    "taught": Array((D,), np.int8, "what the programme holds to work, by place in the block"),
    "pupils": Array((P,), np.int32, "seats of those who are there"),
    "table_start": Array(("teams",), np.int32, "where a table begins"),
    "table_member": Array((P,), np.int32, "seats by table"),
    # reshuffle
    "movers": Array((P,), np.int64, "seats of those who exchange places"),
    "moved_from": Array((P,), np.int64, "how many leave each place"),
}
