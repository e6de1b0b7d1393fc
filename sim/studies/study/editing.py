"""The JSON Schema of a study file, from which editors complete and check keys."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sim.measures import MEASURES
from sim.scenario.schema import json_schema
from sim.studies.study import form
from sim.studies.study.keys import TEXTS, known_settings


def study_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a study file."""
    schema = json_schema(form.Form)
    schema["title"] = "Study of a learning organization"
    schema["required"] = [
        name for name, field in form.Form.model_fields.items() if field.is_required()
    ]
    properties, definitions = schema["properties"], schema["$defs"]
    del properties["extends"]
    pieces: tuple[type[BaseModel], ...] = (
        form.Range,
        form.Line,
        form.Level,
        form.DesignForm,
        form.Sequential,
        form.DerivedForm,
        form.Series,
        form.PolicyForm,
        form.OutcomeForm,
    )
    for piece in pieces:
        described = json_schema(piece)["properties"]
        del described["extends"]
        definitions[piece.__name__]["properties"] = described
    _complete(properties, definitions)
    return schema


def _complete(properties: dict[str, Any], definitions: dict[str, Any]) -> None:
    """Let editors complete key paths of settings and names of measures."""
    known = {path: one for path, one in known_settings().items() if path not in TEXTS}
    factor = properties["factors"]["additionalProperties"]
    definitions["Factor"] = factor
    varied = {path: one.meaning for path, one in known.items() if list not in one.kinds}
    properties["factors"]["properties"] = {
        path: {"$ref": "#/$defs/Factor", "description": meaning} for path, meaning in varied.items()
    }
    properties["factors"]["additionalProperties"] = {"$ref": "#/$defs/Factor"}
    settings = {path: {"description": one.meaning} for path, one in known.items()}
    for holder in (properties, definitions["Level"]["properties"]):
        holder["set"]["properties"] = settings
    measure = {"anyOf": [{"enum": list(MEASURES)}, {"type": "string"}]}
    properties["measures"]["items"] = measure
    for key in ("mean_of", "first"):
        definitions["DerivedForm"]["properties"][key]["enum"] = ["", *MEASURES]
    until = definitions["Sequential"]["properties"]["until"]
    until["properties"] = {
        name: {"type": "number", "exclusiveMinimum": 0, "description": f"In {one.unit}."}
        for name, one in MEASURES.items()
    }
    for name in ("points", "scenarios"):
        properties[name]["minItems"] = 1
