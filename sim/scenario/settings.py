"""The one schema of a scenario: sections of parameters, one for each mechanism and for the start.

``Settings`` is put together from the declarations in the mechanisms' own modules. Validation, the
JSON Schema, the tables of MODEL.md and ``describe`` all come from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import create_model

from sim.mechanisms import PERIOD
from sim.organization import SECTIONS as ORGANIZATION_SECTIONS
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.scenario.era import EraParameters
from sim.scenario.events import Event
from sim.scenario.questions import QuestionEntry
from sim.scenario.readings import READINGS
from sim.scenario.wording import listed


class General(Parameters):
    """What stands at the top of a scenario, outside the sections."""

    title: str = parameter("", unit="text", doc="Name shown on figures and pages.", source="-")
    story: str = parameter(
        "", unit="text", doc="One or two sentences for participants.", source="-"
    )
    questions: list[QuestionEntry] = parameter(
        [],
        unit="texts",
        doc="Questions for participants: sentences to talk about, or records of the workshop page.",
        source="-",
    )
    people: int = parameter(
        150,
        unit="people",
        bounds=(1, 1_000_000),
        doc="Seats of the organization.",
        source=ASSUMPTION,
    )
    dimensions: int = parameter(
        60,
        unit="dimensions",
        bounds=(1, 10_000),
        doc="Pieces of knowledge that can be right or wrong.",
        source="March1991, m (30 there)",
    )
    periods: int = parameter(
        156, unit="weeks", bounds=(1, 100_000), doc="Length of a run.", source=ASSUMPTION
    )
    rules: Literal["as_set", "program", "text"] = parameter(
        "as_set",
        unit="reading",
        doc="How people and the code learn from each other: as the sections set it, or in one of "
        "the two readings of March (1991): what his program did, or what the paper says. A reading "
        "sets " + listed(READINGS["text"]) + ", where the same file or option does not.",
        source="program: Workiewicz2019; text: March1991",
    )
    without: list[str] = parameter(
        [], unit="mechanisms", doc="Mechanisms switched off altogether (ablation).", source="-"
    )
    events: list[Event] = parameter([], unit="events", doc="What happens, and when.", source="-")
    worker: str = parameter(
        "",
        unit="plug-in",
        doc="Class of people with steps of their own (package.module:Class), where allowed.",
        source="-",
    )


#: Section name -> its parameters, in the order a reader meets them.
SECTIONS: dict[str, type[Parameters]] = {
    "era": EraParameters,
    **ORGANIZATION_SECTIONS,
    **{
        mechanism.name: mechanism.Parameters
        for mechanism in PERIOD
        if mechanism.name not in General.model_fields
    },
}

if TYPE_CHECKING:

    class Settings(General):
        """All settings of one scenario; sections are attributes of the mechanisms' names."""

        def __getattr__(self, name: str) -> Any: ...

else:
    Settings = create_model(
        "Settings",
        __base__=General,
        __doc__="All settings of one scenario; sections are attributes of the mechanisms' names.",
        **{name: (section, section()) for name, section in SECTIONS.items()},
    )
