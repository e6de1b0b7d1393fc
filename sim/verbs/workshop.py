"""``workshop``: the page for trainers, made of cached runs, written as one file and opened."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputProblem, Problem
from sim.scenario.finding import SUFFIXES
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.origins import origins_of
from sim.studies.pool import Pool
from sim.studies.runner import Task
from sim.verbs.browser import open_address
from sim.verbs.files import write_text
from sim.verbs.terminal import (
    messages,
    organization_from,
    prepare,
    progress,
    results,
    run_options,
    where,
)
from sim.workshop.goals import check_goals, measures_of
from sim.workshop.payload import shown_seed, workshop_payload
from sim.workshop.questions import Questions, common_sets, default_scenarios, questions_of
from sim.workshop.recording import Recording, record
from sim.workshop.store import Recordings, Seen
from sim.workshop.variants import Variant, variants_of

if TYPE_CHECKING:
    from sim.scenario.people import People

FOLDER = Path("results") / "workshop"
#: MAP and the RUNs of its tiles, as the page reads them.
MapAndRuns = tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]
#: A page of more bytes is too much for mail and for phones.
MOST_BYTES = 1_500_000
#: What is tried until a page is small enough: weeks between two pictures of people, and whether
#: curves of all seeds are there for all that is counted, or for what a question is about alone.
THINNER = ((1, True), (1, False), (2, False), (4, False))
#: Where the policy map of the usual organizations comes from, if somebody has made it.
POLICY_MAP = Path("results") / "policy_map"
#: Weeks of one run that are lived through to say how long all of them take.
TRIED_WEEKS = 12


@dataclass(frozen=True)
class Live:
    """How the live room is opened; see ``sim.live``."""

    share: bool = False
    port: int | None = None
    address: str = ""
    room: str = ""


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line."""

    scenarios: tuple[str, str] | None
    sets: list[str]
    seeds: int
    pool: Pool
    out: Path | None
    org: Path | None
    texts: Path | None
    allow_plugins: bool
    open_page: bool
    live: Live | None = None

    @property
    def options(self) -> list[str]:
        """What the page depends on, as one would type it; files by their name alone."""
        words = []
        if self.scenarios is not None:
            words = ["--scenarios", *(_without_folder(name) for name in self.scenarios)]
        org = None if self.org is None else Path(self.org.name)
        words += run_options(self.sets, self.seeds, org, self.allow_plugins)
        return words + ([] if self.texts is None else ["--texts", self.texts.name])


def _without_folder(scenario: str) -> str:
    """A scenario as it may be named to others: of a file, not in whose folder it is."""
    return Path(scenario).name if Path(scenario).suffix in SUFFIXES else scenario


@dataclass(frozen=True)
class Plan:
    """What has to be run and shown."""

    sides: Mapping[str, Scenario]
    asked: Questions
    variants: Mapping[str, Variant]
    people: People | None

    @property
    def seen(self) -> Seen:
        """What recordings have to hold."""
        return Seen(measures=measures_of(self.asked.goals))


def make_workshop(wish: Wish) -> None:
    """Load, run what is missing, write the page, open or serve it; see ``sim.cli``.

    Raises
    ------
    InputProblem
        When scenarios, people, texts or places are not as they must be, or the page gets too large.
    """
    if wish.live is not None:
        from sim.live import check_live

        check_live()
    plan = plan_of(wish)
    path = wish.out or FOLDER / _file_name(plan.asked.title, wish)
    spare_what_is_no_page(path)
    recordings = _recorded(plan, wish.pool, runs_folder(wish.out))
    command = ["python", "run.py", "workshop", *wish.options]
    date = datetime.now(UTC).astimezone().date().isoformat()
    policy = _policy_map(plan, recordings, wish)
    payload, html = small_enough(plan, recordings, command, date, policy)
    write_text(path, html)
    size = len(html.encode()) / 1000
    runs = f"{len(payload['runs'])} runs on {wish.seeds} seed{'' if wish.seeds == 1 else 's'}"
    results.print(
        f"Workshop: {where(path)} ({size:,.0f} kB, {runs}). Opens in any browser, without network.",
        soft_wrap=True,
        markup=False,
    )
    if wish.live is not None:
        _serve(wish.live, plan, payload, wish)
    elif wish.open_page and wish.out is None:
        open_address(path.resolve().as_uri())


def plan_of(wish: Wish) -> Plan:
    """Load what was named, and see that it can be shown side by side.

    Raises
    ------
    InputProblem
        When it cannot.
    """
    own = wish.scenarios is not None
    people = organization_from(wish.org)
    names = wish.scenarios or default_scenarios()
    first = load_scenario(names[0], sets=[*common_sets(own, "A"), *wish.sets])
    second = load_scenario(names[1], sets=[*common_sets(own, "B"), *wish.sets])
    check_together(first, second)
    asked = questions_of(first, second, own=own, texts=wish.texts, people=people)
    check_goals(asked.goals)
    sides = {"A": first, "B": second}
    variants = variants_of(sides, asked.wanted, range(wish.seeds), people, wish.allow_plugins)
    tasks = [
        Task(each.name, each.settings, 0, people, wish.allow_plugins, origins_of(each))
        for each in (first, second)
    ]
    tasks += [
        Task(each.id, each.settings, 0, people, wish.allow_plugins) for each in variants.values()
    ]
    prepare(tasks)
    return Plan(sides, asked, variants, people)


def check_together(first: Scenario, second: Scenario) -> None:
    """Raise InputProblem where two organizations cannot share their people and their clock."""
    problems = []
    for key, what in (("periods", "weeks"), ("people", "people")):
        one, other = getattr(first.settings, key), getattr(second.settings, key)
        if one != other:
            problems.append(
                Problem(
                    f"{first.name} has {one:,} {what} and {second.name} {other:,}; side by side "
                    "both need the same",
                    f"Add --set {key}={min(one, other)}.",
                    key="--scenarios",
                )
            )
    for scenario in (first, second):
        if scenario.settings.run.stop == "absorption":
            problems.append(
                Problem(
                    f"{scenario.name} stops when nothing changes any more, and has no weeks",
                    "Add --set run.stop=periods.",
                    key="--scenarios",
                )
            )
    if problems:
        raise InputProblem(problems)


def runs_folder(out: Path | None) -> Path:
    """Where recordings are kept: with the results, or beside ``out`` where those cannot be."""
    usual = FOLDER / "runs"
    if out is None:
        return usual
    there = next(each for each in (usual, *usual.absolute().parents) if each.exists())
    return usual if os.access(there, os.W_OK) else out.parent / f"{out.stem}-runs"


def _recorded(plan: Plan, pool: Pool, folder: Path) -> dict[str, list[Recording]]:
    """The recordings of all runs: those that are kept, and the others done now."""
    store = Recordings(folder)
    variants = list(plan.variants.values())
    todo = store.missing(variants, plan.seen)
    runs = sum(len(each.seeds) for each in todo)
    if runs:
        _say_how_long(todo, runs, pool)
    with progress("Recording", runs) as bar:
        found = store.get(variants, plan.seen, pool=pool, tell=bar.done)
    store.forget_oldest()
    if store.renewed:
        messages.print(
            f"{len(store.renewed)} damaged file(s) in {where(folder)} made anew",
            soft_wrap=True,
        )
    return found


def _say_how_long(todo: Sequence[Variant], runs: int, pool: Pool) -> None:
    """Say before it starts what there is to do, and about how long that takes."""
    slowest = 0.0
    for variant in {each.scenario: each for each in todo}.values():
        weeks = min(TRIED_WEEKS, variant.settings.periods)
        few = variant.settings.model_copy(update={"periods": weeks, "events": [], "worker": ""})
        record(few, variant.seeds[0], variant.people)  # what is compiled first must not count
        began = time.perf_counter()
        record(few, variant.seeds[0], variant.people)
        took = (time.perf_counter() - began) * variant.settings.periods / weeks
        slowest = max(slowest, took)
    about = duration(slowest * runs / pool.jobs)
    messages.print(
        f"{runs:,} run{'' if runs == 1 else 's'} to do first, {about}; they are kept for next time",
        soft_wrap=True,
    )


def duration(seconds: float) -> str:
    """About how long something takes."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} seconds"
    return f"about {seconds / 60:.0f} minutes"


def _policy_map(
    plan: Plan, recordings: Mapping[str, Sequence[Recording]], wish: Wish
) -> MapAndRuns | None:
    """The policy map of the usual organizations, if its study has been run here."""
    if wish.scenarios is not None or wish.sets or wish.org is not None:
        return None
    if not POLICY_MAP.is_dir():
        return None
    from sim.pages.policy.page import map_of_folder

    with progress("Recording the map's tiles", 0) as bar:
        return map_of_folder(
            POLICY_MAP,
            plan.asked.texts,
            seed=shown_seed(plan.asked, plan.variants, recordings),
            replays=runs_folder(wish.out),
            pool=wish.pool,
            tell=bar.done,
        )


def small_enough(
    plan: Plan,
    recordings: Mapping[str, Sequence[Recording]],
    command: Sequence[str],
    date: str,
    policy: MapAndRuns | None = None,
    most: int = MOST_BYTES,
) -> tuple[dict[str, Any], str]:
    """Payload and page, of at most so many bytes; people may be shown in fewer weeks for that.

    Raises
    ------
    InputProblem
        When the page is too large all the same.
    """
    from sim.pages.workshop.page import workshop_page

    size = 0
    for every, every_seed in THINNER:
        variants = {
            run: replace(each, every=each.every * every) for run, each in plan.variants.items()
        }
        payload = workshop_payload(
            plan.asked,
            plan.sides,
            variants,
            recordings,
            command=shlex.join(command),
            date=date,
            policy_map=None if policy is None else policy[0],
            map_runs=None if policy is None else policy[1],
            every_seed=every_seed,
        )
        html = workshop_page(payload)
        size = len(html.encode())
        if size <= most:
            if every > 1:
                messages.print(
                    f"To keep the file small, people are shown every {every} weeks; "
                    "curves have all weeks",
                    soft_wrap=True,
                )
            return payload, html
    settings = plan.sides["A"].settings
    people = settings.people if plan.people is None else len(plan.people)
    fewer = "an organization of fewer people" if plan.people is not None else "--set people=60"
    raise InputProblem(
        Problem(
            f"the page would have {size / 1e6:.1f} MB, and more than {most / 1e6:g} MB is too much "
            f"for mail and phones ({people:,} people, {settings.periods:,} weeks, "
            f"{len(plan.variants)} runs), so nothing was written",
            f"Take {fewer}, --set periods=60, or --seeds 10.",
        )
    )


def _serve(live: Live, plan: Plan, payload: Mapping[str, Any], wish: Wish) -> None:
    from sim.live import serve_workshop
    from sim.pages.workshop.page import workshop_page
    from sim.studies.machine import cores

    serve_workshop(
        workshop_page(payload, live=True),
        payload,
        plan.variants,
        share=live.share,
        port=live.port,
        address=live.address,
        room=live.room,
        workers=max(1, cores() - 1),
        open_page=open_address if wish.open_page else None,
    )


def spare_what_is_no_page(path: Path) -> None:
    """Raise InputProblem where a page cannot go; asked before long runs."""
    if path.is_dir():
        raise InputProblem(
            Problem(f"{where(path)} is a folder", "Name a file, such as workshop.html.", "--out")
        )
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputProblem(
            Problem(
                f"{where(path)} is no name of a web page", "Let it end with .html.", key="--out"
            )
        )


def _file_name(title: str, wish: Wish) -> str:
    """The title as the name of a file; other settings or people, another file."""
    words = re.sub(r"[^\w]+", "-", title.lower()).strip("-_")[:60].rstrip("-")
    name = words or "workshop"
    files = [None if file is None else file.resolve() for file in (wish.org, wish.texts)]
    told = (wish.scenarios, wish.sets, wish.seeds, *files)
    if told != (None, [], 30, None, None):
        name += f"-{hashlib.blake2b(repr(told).encode(), digest_size=3).hexdigest()}"
    return f"{name}.html"
