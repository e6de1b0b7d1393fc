"""``policy``: a study as a map of policies, with a page to look at and to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputProblem, Problem
from sim.studies.finished import Finished
from sim.studies.study import Study, load_study
from sim.studies.study_manifest import results_folder
from sim.verbs.study_files import write_study
from sim.verbs.sweep import Asked, carry_out
from sim.verbs.terminal import messages, print_json, progress, results, where

if TYPE_CHECKING:
    from sim.pages.policy.payload import MapData


@dataclass(frozen=True)
class Wish:
    """What was asked for besides what ``sweep`` asks; see ``sim.cli``."""

    seeds: int | None
    texts: Path | None
    open_page: bool


def policy_map(asked: Asked, wish: Wish) -> bool:
    """Load, run what is missing, write, print the sentence. Whether no run failed."""
    from sim.workshop.texts import load_texts

    load_texts(wish.texts)  # a mistake in them should not cost the runs
    study = load_study(asked.file, asked.sets)
    if wish.seeds is not None:
        study = study.with_seeds(wish.seeds)
    check_policy(study, asked.file)
    folder = asked.out or results_folder(study.name, asked.sets, asked.org)
    done = carry_out(study, asked, folder)
    seeds = [] if wish.seeds is None else ["--seeds", str(wish.seeds)]
    write_study(folder, done, ["policy", asked.file, *seeds, *asked.options], None)
    data = make_pages(folder, done, wish.texts, asked)
    if asked.as_json:
        from sim.pages.policy.page import verdicts

        print_json({"study": study.name, "maps": verdicts(data.maps)})
    else:
        say(data)
    page = folder / "policy.html"
    messages.print(f"Page: {where(page)}; table policy.csv, picture policy.svg", soft_wrap=True)
    if wish.open_page:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return done.swept.failed == 0


def check_policy(study: Study, file: str) -> None:
    """Raise InputProblem for a study whose file asks for no map."""
    if study.policy is None:
        raise InputProblem(
            Problem(
                "this study has no policy map",
                "Say under `policy:` which factors are rows and columns, and of which outcomes.",
                file,
                key="policy",
            )
        )


def make_pages(
    folder: Path, done: Finished, texts_file: Path | None, asked: Asked | None = None
) -> MapData:
    """Write page, table and picture; tiles are replayed where ``asked`` is given and they lack."""
    from sim.pages.policy.page import map_data, write_policy
    from sim.studies.manifest import load_manifest
    from sim.studies.pool import Pool
    from sim.workshop.texts import load_texts

    texts, manifest = load_texts(texts_file), load_manifest(folder).told
    total = len(done.study.points) if asked else 0
    with progress("Recording people", total) as bar:
        data = map_data(
            done.study, folder, texts.texts, manifest,
            pool=asked.pool if asked else Pool(), tell=bar.done, run_missing=asked is not None,
            people=done.conditions.people, allow_plugins=done.conditions.allow_plugins,
        )  # fmt: skip
    made = datetime.fromtimestamp((folder / "manifest.json").stat().st_mtime, tz=UTC)
    write_policy(folder, data, texts, made.strftime("%Y-%m-%d"))
    return data


def say(data: MapData) -> None:
    """Print what the maps of the first outcome say."""
    from sim.pages.policy.page import told_in_short

    results.print(data.study.title, style="bold")
    for heading, sentences in told_in_short(data):
        results.print()
        results.print(heading, style="bold")
        for sentence in sentences:
            results.print(sentence, soft_wrap=True)
