"""Making kernels ready: a scenario is lived through once with few people, so that all compile.

On a fresh machine that is most of a first minute. A second process helps where there is a second
core: it goes through the same week from the other end, and since what one has compiled is on disk
for the other, they meet in the middle. What the first has begun the second leaves to it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim import kernel_claims
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
#: Seconds until the second process looks again for what the first had begun.
PAUSE = 0.1


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
    with tempfile.TemporaryDirectory() as folder:
        marks = Path(folder)
        second = multiprocessing.get_context("spawn").Process(
            target=warm_from_behind, args=(lived_through, marks), daemon=True
        )
        started = False
        with contextlib.suppress(OSError):
            second.start()
            started = True
        try:
            with kernel_claims.sharing(marks):
                yield
        finally:
            if started:
                second.terminate()
                second.join()


def warm_from_behind(scenarios: Sequence[Settings], marks: Path) -> None:
    """Compile what scenarios need, beginning with what ``warm`` comes to last.

    A week backwards makes no sense but to a compiler: what fails is left to the one that goes
    forward, which tells it as it should be told. So is what that one has begun, as marked in the
    folder ``marks``; such a scenario has another turn after the others.
    """
    with kernel_claims.sharing(marks):
        waiting = [each for each in scenarios if not _is_through(each)]
        while waiting and _has_a_first():
            time.sleep(PAUSE)
            waiting = [each for each in waiting if not _is_through(each)]


def _has_a_first() -> bool:
    """False once the process that started this one is gone: it will end nothing it has begun."""
    first = multiprocessing.parent_process()
    return first is None or first.is_alive()


def _is_through(settings: Settings) -> bool:
    """True when nothing is left to do for a scenario; False when it is to have another turn."""
    with contextlib.suppress(Exception):
        organization = Organization(_small(settings), 0)
        steps: list[Callable[[], object]] = [lambda: stocks(organization, MEASURES)]
        steps += [partial(one.apply, organization) for one in reversed(organization.mechanisms)]
        for _ in range(FEW_WEEKS):
            done = [_is_done(step) for step in steps]
            if not all(done):
                # Without some of a week's steps the next might find what no kernel expects.
                return False
            organization.period += 1
    return True


def _is_done(step: Callable[[], object]) -> bool:
    with kernel_claims.giving_way():
        try:
            step()
        except kernel_claims.AlreadyBegun:
            return False
    return True


def _small(settings: Settings) -> Settings:
    few = {"people": FEW_PEOPLE, "periods": min(settings.periods, FEW_WEEKS)}
    return settings.model_copy(update={**few, "events": [], "worker": ""})
