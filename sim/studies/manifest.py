"""What a manifest tells, read back: the command, the texts and the code that results came of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.errors import InputProblem, Problem
from sim.scenario.loading import Scenario, scenario_of_texts
from sim.studies.results import FORMAT, VERSION
from sim.studies.study import Study, study_of_text

#: Options of a command that have a value after them.
WITH_VALUE = ("--set", "--seeds", "--org", "--figure")


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _File(_Part):
    name: str
    text: str


class _Scenario(_Part):
    files: list[_File] = Field(min_length=1)
    set: list[str]


class _Organization(_Part):
    file: str
    sha256: str


class _Code(_Part):
    version: str = Field(alias="learning-org")
    rules: str


class _Target(_Part):
    file: str
    text: str


class Told(_Part):
    """What a manifest must have, to be repeated."""

    command: list[str] = Field(min_length=1)
    scenarios: dict[str, _Scenario] = Field(min_length=1)
    study: dict[str, str] = Field(default={}, max_length=1)
    design: dict[str, Any] | None = None
    seeds: list[int]
    organization: _Organization | None
    code: _Code
    packages: dict[str, str]
    machine: str
    tables: dict[str, str] = Field(min_length=1)
    target: _Target | None = None


@dataclass(frozen=True)
class Manifest:
    """What a results folder says of itself."""

    file: Path
    told: dict[str, Any]

    @property
    def verb(self) -> str:
        return str(self.told["command"][0])

    @property
    def folder(self) -> Path:
        return self.file.parent

    def option(self, name: str) -> list[str]:
        """Values of an option of the command, in their order."""
        command = self.told["command"]
        return [
            str(command[place + 1])
            for place, word in enumerate(command[:-1])
            if word == name and (place == 0 or command[place - 1] not in WITH_VALUE)
        ]

    def code(self) -> list[str]:
        """Names of code of one's own that the runs would load, in order; mostly none."""
        if self.verb == "replicate":
            return []
        if not self.told["study"]:
            found = [self.scenario(name).settings.worker for name in self.told["scenarios"]]
        else:
            study = self.study()
            found = [one.settings.worker for one in study.scenarios]
            for factor in study.factors:
                found += [str(world.get("worker", "")) for world in factor.worlds.values()]
        return [name for name in dict.fromkeys(found) if name]

    def scenario(self, name: str, with_sets: bool = True) -> Scenario:
        """A scenario as it was, put together from its texts."""
        told = self.told["scenarios"][name]
        texts = [(one["name"], one["text"]) for one in told["files"]]
        return scenario_of_texts(name, texts, sets=told["set"] if with_sets else ())

    def study(self) -> Study:
        """The study as it was."""
        [(file, text)] = self.told["study"].items()
        names = iter(self.told["scenarios"])
        study = study_of_text(
            file,
            text,
            lambda _: self.scenario(next(names), with_sets=False),
            self.option("--set"),
            self.told.get("design"),
        )
        seeds = [int(each) for each in self.option("--seeds")]
        return study.with_seeds(seeds[-1]) if seeds else study


def load_manifest(file: Path) -> Manifest:
    """Read a manifest, or that of a results folder.

    Raises
    ------
    InputProblem
        Where there is none, or one of a newer version.
    """
    path = file / "manifest.json" if file.is_dir() else file
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputProblem(
            Problem(
                f"{path} cannot be read: {error.strerror}", "Name a results folder or its manifest."
            )
        ) from None
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise InputProblem(
            Problem(f"{path} is no manifest of this program", "Name a results folder.")
        )
    if told.get("version") != VERSION:
        raise InputProblem(
            Problem(
                f"the manifest {path} was written by another version of this program",
                "Install that one, or a newer one than this.",
            )
        )
    try:
        return Manifest(path, Told.model_validate(told).model_dump(by_alias=True))
    except ValidationError as error:
        wrong = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InputProblem(
            Problem(
                f"the manifest {path} was changed: {wrong} is not as this program writes it",
                "Take it from where the results came from.",
            )
        ) from None
