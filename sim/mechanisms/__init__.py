"""What happens in a period, in the order in which it happens, and why in this order.

A mechanism acts on the closing arrays; what others believe and know is read from the opening
arrays, taken between ``WORLD`` and ``LEARNING_AND_WORK``.
"""

from __future__ import annotations

from sim.mechanisms.advice import Advice
from sim.mechanisms.approvals import Approvals
from sim.mechanisms.cells import Cells
from sim.mechanisms.climate import Climate
from sim.mechanisms.coaching import Coaching
from sim.mechanisms.codification import Codification
from sim.mechanisms.communities import Communities
from sim.mechanisms.dialogue import Dialogue
from sim.mechanisms.environment import Environment
from sim.mechanisms.events import Events
from sim.mechanisms.hours import Hours
from sim.mechanisms.incidental import Incidental
from sim.mechanisms.interpersonal import Interpersonal
from sim.mechanisms.joining import Joining
from sim.mechanisms.leadership import Leadership
from sim.mechanisms.lectures import Lectures
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.network_feedback import NetworkFeedback
from sim.mechanisms.officers import Officers
from sim.mechanisms.pdsa import Pdsa
from sim.mechanisms.practice import Practice
from sim.mechanisms.programme import Programme
from sim.mechanisms.reinforcement import Reinforcement
from sim.mechanisms.requests import Requests
from sim.mechanisms.reshuffle import Reshuffle
from sim.mechanisms.self_efficacy import SelfEfficacy
from sim.mechanisms.self_organization import SelfOrganization
from sim.mechanisms.social_media import SocialMedia
from sim.mechanisms.socialization import Socialization
from sim.mechanisms.spanning import Spanning
from sim.mechanisms.work import Work
from sim.mechanisms.workforce import Workforce

#: What happens to the organization before anybody acts; the opening arrays are taken after it.
WORLD: tuple[type[Mechanism], ...] = (
    Environment,  # the world moves first: all judgement of the period is against it
    Events,  # what the scenario says happens now
    Workforce,  # who leaves does not act any more; newcomers act from their first week
)

LEARNING_AND_WORK: tuple[type[Mechanism], ...] = (
    Requests,  # arrivals come before time is divided: work waiting competes with learning
    Hours,  # everything below acts in proportion to the hours it gets
    Leadership,  # leaders say where things go, or listen, before people talk among themselves
    Socialization,  # the rule is learned first, so that colleagues can correct it
    Lectures,  # and what experts tell all alike;
    Interpersonal,  # then from one's unit,
    Cells,  # from one's cell,
    Officers,  # and officers from each other: what they learn reaches cells next week
    Communities,  # stories come last of what is said: they give words to what was seen
    Spanning,  # guests of other communities come to their sessions, and tell of it at home
    Programme,  # what comes from outside is heard after what is said inside
    SocialMedia,  # and what is written after what is said
    Dialogue,  # what clients say is nearer to what works than what colleagues say
    Coaching,  # what one works out oneself overrides what one was told
    Pdsa,  # trying out overrides hearsay
    NetworkFeedback,  # others are asked before a change is put into force
    Approvals,  # proposals of this week reach the first approver at once
    Advice,  # who is stuck on a request asks before handling it
    Work,  # requests are handled with what people know by now
)

REFLECTION: tuple[type[Mechanism], ...] = (
    Practice,  # use is known only after the week's work
    Incidental,  # what colleagues did rubs off
    Reinforcement,  # managers look at what was done
    Climate,  # and so is how failures were met
    SelfEfficacy,  # which, with outcomes, moves trust in oneself
    Codification,  # the code learns from the opening beliefs of those who do better than it
    SelfOrganization,  # communities look back on their sessions and decide on the next
    Joining,  # who has found a community of like minds goes there
    Reshuffle,  # places change over the weekend
)

PERIOD: tuple[type[Mechanism], ...] = (*WORLD, *LEARNING_AND_WORK, *REFLECTION)
