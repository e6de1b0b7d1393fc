"""Making kernels ready: a scenario is lived through once with few people, so that all compile.

On a fresh machine that is most of a first minute. A second process helps where there is a second
core: it goes through the same week from the other end, and since what one has compiled is on disk
for the other, they meet in the middle.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sim.kernels import watch_compilation
from sim.measures import MEASURES
from sim.models.measuring import stocks
from sim.models.run import run
from sim.models.whole_run.batch import run_seeds
from sim.models.whole_run.scope import is_whole
from sim.organization import Organization
from sim.studies.machine import cores

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

#: People and weeks that it takes to have lived through (nearly) everything once.
FEW_PEOPLE, FEW_WEEKS = 24, 30


def warm(settings: Settings, tell: Callable[[str], None]) -> None:
    """Compile what a scenario needs, once on this machine, by living through it with few people.

    ``tell`` is called with each kernel's name as its compilation starts.
    """
    with watch_compilation(tell):
        if is_whole(settings):
            run_seeds(settings.model_copy(update={"periods": min(settings.periods, 2)}), [0])
        else:
            run(_small(settings), seed=0)


@contextlib.contextmanager
def second_compiler(scenarios: Sequence[Settings]) -> Iterator[None]:
    """Have a second process compile what these scenarios need, from behind, while this one does.

    Without effect on a machine of one core, or where no process can be started.
    """
    lived_through = [each for each in scenarios if not is_whole(each)]
    if not lived_through or cores() < 2:
        yield
        return
    second = multiprocessing.get_context("spawn").Process(
        target=warm_from_behind, args=(lived_through,), daemon=True
    )
    started = False
    with contextlib.suppress(OSError):
        second.start()
        started = True
    try:
        yield
    finally:
        if started:
            second.terminate()
            second.join()


def warm_from_behind(scenarios: Sequence[Settings]) -> None:
    """Compile what scenarios need, beginning with what ``warm`` comes to last.

    A week backwards makes no sense but to a compiler: what fails is left to the one that goes
    forward, which tells it as it should be told.
    """
    for settings in scenarios:
        with contextlib.suppress(Exception):
            organization = Organization(_small(settings), 0)
            stocks(organization, MEASURES)
            for _ in range(FEW_WEEKS):
                for mechanism in reversed(organization.mechanisms):
                    mechanism.apply(organization)
                organization.period += 1


def _small(settings: Settings) -> Settings:
    few = {"people": FEW_PEOPLE, "periods": min(settings.periods, FEW_WEEKS)}
    return settings.model_copy(update={**few, "events": [], "worker": ""})
