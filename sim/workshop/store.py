"""Recordings on disk: one file a variant, under a name that says what it was made from.

A file is used only if its name fits the settings, seeds, people and rules of now, and it can be
read whole; else its runs are done again. Files are put in place whole, so a build that was killed
goes on with what is there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputProblem, Problem
from sim.kernel_sources import source_hash
from sim.scenario.plugins import plugin_hash
from sim.studies import structure_history
from sim.studies.comparison import TEXTS
from sim.studies.parcels import own_steps, what_and_where
from sim.studies.pool import Pool
from sim.studies.runner import ALONE, RunsFailed
from sim.studies.structure_history import PLACE, History
from sim.studies.whole_files import whole_file
from sim.workshop import attributes as attributes_module
from sim.workshop import recording as recording_module
from sim.workshop.attributes import ATTRIBUTES
from sim.workshop.recording import Recording, Ties, record
from sim.workshop.variants import Variant

#: Changes when files are laid out otherwise.
VERSION = 1
#: Bytes of recordings that are kept.
MOST_KEPT = 1_000_000_000
#: Seeds that a worker does at a time.
PARCEL = 5


@dataclass(frozen=True)
class Seen:
    """What recordings hold: attributes of people, weekly measures, and whether ties."""

    attributes: tuple[str, ...] = tuple(ATTRIBUTES)
    measures: tuple[str, ...] = ()
    with_ties: bool = True


EVERYTHING = Seen()


@dataclass
class Recordings:
    """Recordings of variants in a folder; None keeps none.

    ``renewed`` names the files that were there and could not be read.
    """

    folder: Path | None = None
    renewed: list[str] = field(default_factory=list)

    def missing(self, variants: Sequence[Variant], seen: Seen = EVERYTHING) -> list[Variant]:
        """Variants whose runs have to be done; of those that are the same runs the first."""
        first: dict[str, Variant] = {}
        for each in variants:
            first.setdefault(key_of(each, seen), each)
        return [each for each in first.values() if self._file(each, seen) is None]

    def get(
        self,
        variants: Sequence[Variant],
        seen: Seen = EVERYTHING,
        *,
        pool: Pool = ALONE,
        tell: Callable[[int], None] = lambda runs: None,
    ) -> dict[str, list[Recording]]:
        """The recordings of all variants by id, in the order of their seeds.

        What is not there is run in ``pool``; ``tell`` is called with how many runs have been done.

        Raises
        ------
        InputProblem
            When a scenario cannot be run, or the folder not be written.
        RunsFailed
            When a run failed.
        """
        found: dict[str, list[Recording]] = {}
        todo: dict[str, list[Variant]] = {}
        for variant in variants:
            kept = self._read(variant, seen)
            if kept is None:
                # Two variants may be the same runs.
                todo.setdefault(key_of(variant, seen), []).append(variant)
            else:
                found[variant.id] = kept
        unique = [same[0] for same in todo.values()]
        for first, recordings in _run(unique, seen, pool, tell):
            self._write(first, seen, recordings)
            for variant in todo[key_of(first, seen)]:
                found[variant.id] = recordings
        return {variant.id: found[variant.id] for variant in variants}

    def _file(self, variant: Variant, seen: Seen) -> Path | None:
        """The file of a variant, None where there is none."""
        if self.folder is None:
            return None
        path = self.folder / f"{key_of(variant, seen)}.npz"
        return path if path.is_file() else None

    def _read(self, variant: Variant, seen: Seen) -> list[Recording] | None:
        path = self._file(variant, seen)
        if path is None:
            return None
        try:
            recordings = read_recordings(path)
            if tuple(each.seed for each in recordings) == variant.seeds:
                with contextlib.suppress(OSError):
                    os.utime(path)
                return recordings
        except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile):
            pass
        except Exception as error:  # zlib.error and whatever else a damaged archive brings
            if isinstance(error, MemoryError):
                raise
        self.renewed.append(path.name)
        return None

    def _write(self, variant: Variant, seen: Seen, recordings: Sequence[Recording]) -> None:
        if self.folder is not None:
            write_recordings(self.folder / f"{key_of(variant, seen)}.npz", recordings)

    def forget_oldest(self, most: int = MOST_KEPT) -> None:
        """Remove what was not used for longest, until at most so many bytes are kept."""
        if self.folder is None:
            return
        files = [(path, path.stat()) for path in self.folder.glob("*.npz")]
        files.sort(key=lambda each: each[1].st_mtime, reverse=True)
        kept = 0
        for path, status in files:
            kept += status.st_size
            if kept > most:
                path.unlink(missing_ok=True)


def key_of(variant: Variant, seen: Seen = EVERYTHING) -> str:
    """Name of the runs of a variant: of all that they depend on, and of what is seen of them."""
    settings = variant.settings.model_dump(mode="json")
    told = {name: value for name, value in settings.items() if name not in TEXTS}
    parts = {
        "settings": told,
        "worker": plugin_hash(variant.settings.worker) if variant.settings.worker else "",
        "seeds": list(variant.seeds),
        "rules": source_hash(),
        "recording": [VERSION, _recording_hash()],
        "seen": [list(seen.attributes), list(seen.measures), seen.with_ties],
    }
    digest = hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=12)
    if variant.people is not None:
        people = variant.people
        digest.update(json.dumps([people.ids, people.rank_names, people.home_names]).encode())
        for name in ("rank", "home", "tenure", "source", "target", "strength"):
            digest.update(np.ascontiguousarray(getattr(people, name)).tobytes())
    return digest.hexdigest()


@cache
def _recording_hash() -> str:
    """Hash of the code that looks at runs: it is no part of the rules."""
    digest = hashlib.blake2b(digest_size=8)
    for module in (attributes_module, recording_module, structure_history):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class _Part:
    """Some seeds of a variant, to be done by one worker."""

    variant: Variant
    seeds: tuple[int, ...]
    seen: Seen


def _run(
    variants: Sequence[Variant], seen: Seen, pool: Pool, tell: Callable[[int], None]
) -> Iterator[tuple[Variant, list[Recording]]]:
    """Run variants; gives each with its recordings as soon as all its seeds are done."""
    parts = [
        (number, _Part(variant, variant.seeds[first : first + PARCEL], seen))
        for number, variant in enumerate(variants)
        for first in range(0, len(variant.seeds), PARCEL)
    ]
    done: dict[int, dict[int, Recording]] = {number: {} for number in range(len(variants))}
    for place, came in pool.stream(do_part, [part for _, part in parts]):
        number = parts[place][0]
        variant = variants[number]
        for outcome in came:
            if isinstance(outcome, Failed):
                raise _failure(variant, outcome)
            done[number][outcome.seed] = outcome
        tell(len(came))
        if len(done[number]) == len(variant.seeds):
            by_seed = done.pop(number)
            yield variant, [by_seed[seed] for seed in variant.seeds]


@dataclass(frozen=True)
class Failed:
    """Why there is no recording of a seed; ``problems`` where its settings cannot be run."""

    seed: int
    error: str
    problems: tuple[Problem, ...] = ()


def do_part(part: _Part) -> list[Recording | Failed]:
    """Record some seeds of a variant; a failure is an outcome."""
    return [record_seed(part.variant, seed, part.seen) for seed in part.seeds]


def record_seed(variant: Variant, seed: int, seen: Seen = EVERYTHING) -> Recording | Failed:
    """Record one seed of a variant; a failure is an outcome."""
    try:
        return record(
            variant.settings,
            seed,
            variant.people,
            own_steps(variant.settings, variant.allow_plugins),
            attributes=seen.attributes,
            measures=seen.measures,
            with_ties=seen.with_ties,
        )
    except InputProblem as wrong:
        return Failed(seed, str(wrong), tuple(wrong.problems))
    except Exception as error:
        return Failed(seed, what_and_where(error))


def _failure(variant: Variant, failed: Failed) -> Exception:
    if failed.problems:
        return InputProblem(list(failed.problems))
    return RunsFailed(
        f"the run `{variant.id}` of scenario `{variant.scenario}` with seed {failed.seed} failed: "
        f"{failed.error}"
    )


def write_recordings(path: Path, recordings: Sequence[Recording]) -> None:
    """Write the recordings of one variant as one file, whole or not at all.

    Raises
    ------
    InputProblem
        When it cannot be written.
    """
    try:
        with whole_file(path) as file:
            np.savez_compressed(file, **_arrays(recordings))
    except OSError as error:
        raise InputProblem(
            Problem(
                f"cannot write recordings to {path.parent}: {error.strerror or error}",
                "Name another place with --out.",
            )
        ) from None


def _arrays(recordings: Sequence[Recording]) -> dict[str, Any]:
    first = recordings[0]
    told = {
        "version": VERSION,
        "weeks": first.weeks,
        "attributes": first.attributes,
        "measures": first.measures,
        "forms": [each.form for each in recordings],
        "finals": list(first.finals),
        "reshuffles": [each.places.reshuffles for each in recordings],
    }
    tables = [each.places.table.to_numpy(np.int64) for each in recordings]
    return {
        "told": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8),
        "seeds": np.array([each.seed for each in recordings], dtype=np.int64),
        "codes": np.stack([each.codes for each in recordings]),
        "series": np.stack([each.series for each in recordings]),
        "finals": np.array([list(each.finals.values()) for each in recordings]),
        "places": np.concatenate(tables),
        "places_rows": np.array([len(table) for table in tables], dtype=np.int64),
        "ties_weeks": np.stack([each.ties.weeks for each in recordings]),
        "ties_counts": np.stack([each.ties.counts for each in recordings]),
        "ties_pairs": np.concatenate([each.ties.pairs for each in recordings]),
    }


def read_recordings(path: Path) -> list[Recording]:
    """Read what ``write_recordings`` wrote; raises ValueError, or what NumPy raises, if damaged."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    told = json.loads(arrays["told"].tobytes())
    if told["version"] != VERSION:
        raise ValueError(f"recordings of version {told['version']}")
    tables = _divided(arrays["places"], arrays["places_rows"])
    pairs = _divided(arrays["ties_pairs"], arrays["ties_counts"].sum(axis=1))
    return [
        Recording(
            seed=int(seed),
            weeks=int(told["weeks"]),
            attributes=tuple(told["attributes"]),
            codes=arrays["codes"][run],
            places=_history(tables[run], arrays["codes"].shape[3], told, run),
            form=told["forms"][run],
            ties=Ties(arrays["ties_weeks"][run], arrays["ties_counts"][run], pairs[run]),
            finals=dict(zip(told["finals"], arrays["finals"][run].tolist(), strict=True)),
            measures=tuple(told["measures"]),
            series=arrays["series"][run],
        )
        for run, seed in enumerate(arrays["seeds"])
    ]


def _history(rows: NDArray[Any], people: int, told: Mapping[str, Any], run: int) -> History:
    table = pd.DataFrame(rows, columns=["week", "seat", *PLACE])
    return History(people, int(told["weeks"]), table, tuple(told["reshuffles"][run]))


def _divided(rows: NDArray[Any], sizes: NDArray[np.int64]) -> list[NDArray[Any]]:
    return np.split(rows, np.cumsum(sizes)[:-1])
