"""A replication as one JSON document and as tidy tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sim.scenario.marks import plain
from sim.studies.replication.outcome import Judgement, Outcome
from sim.studies.replication.targets import Cell, Contest, Request


def document(outcome: Outcome) -> dict[str, Any]:
    """The replication as one JSON document."""
    parts: dict[str, list[dict[str, Any]]] = {
        "cells": [], "shapes": [], "contests": [], "crossings": []
    }  # fmt: skip
    for figure in outcome.figures:
        name = {"figure": figure.target.name}
        parts["cells"] += [{**name, **_cell_document(one)} for one in figure.cells]
        parts["shapes"] += [
            {**name, "says": one.of.says, "agrees": one.agrees, "judged": one.of.judged}
            for one in figure.shapes
        ]
        parts["contests"] += [{**name, **_contest_document(one)} for one in figure.contests]
        if figure.crossing is not None:
            parts["crossings"].append({**name, **_numbers(figure.crossing)})
    return {"model": outcome.model.name, **parts, "agrees": outcome.agrees}


def _cell_document(one: Judgement) -> dict[str, Any]:
    assert isinstance(one.of, Cell)
    request = one.of.request
    return {
        "row": one.of.row,
        "column": one.of.column,
        "scenario": request.scenario,
        "parameters": {key: plain(value) for key, value in request.given.items()},
        "measure": request.measure,
        "time": _time(request),
        **_numbers(one),
    }


def _contest_document(one: Judgement) -> dict[str, Any]:
    assert isinstance(one.of, Contest)
    return {"row": one.of.row, "column": one.of.column, "wins_per": 1000, **_numbers(one)}


def _numbers(one: Judgement) -> dict[str, Any]:
    expected = one.of.expected
    return {
        "mean": _finite(one.ours.mean),
        "ci95": [_finite(one.ours.low), _finite(one.ours.high)],
        "reps": one.ours.n,
        "expected": None
        if expected is None
        else {
            "value": expected.value,
            "half_width": _finite(one.expected_half_width),
            "basis": expected.basis,
        },
        "agrees": one.agrees,
        "judged": one.of.judged,
    }


def _time(request: Request) -> Any:
    if request.periods is None:
        return "end"
    first, last = request.periods[0], request.periods[-1]
    return first if first == last else [first, last]


def _finite(value: float | None) -> float | None:
    """The number, or None for one that is none: JSON knows no NaN."""
    return None if value is None or not np.isfinite(value) else float(value)


def tables(outcome: Outcome) -> dict[str, pd.DataFrame]:
    """What to keep: ``cells`` with contests and crossings, and ``shapes``; empty ones left out."""
    kept = {
        "cells": pd.DataFrame(list(_rows(outcome))),
        "shapes": pd.DataFrame(
            [
                {"figure": figure.target.name, "says": one.of.says, "agrees": one.agrees}
                for figure in outcome.figures
                for one in figure.shapes
            ]
        ),
    }
    return {name: table for name, table in kept.items() if len(table)}


def _rows(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for figure in outcome.figures:
        for one in figure.judgements:
            request = getattr(one.of, "request", None)
            expected = one.of.expected
            yield {
                "figure": figure.target.name,
                "kind": type(one.of).__name__.lower(),
                "row": getattr(one.of, "row", ""),
                "column": getattr(one.of, "column", ""),
                "measure": request.measure if request else "",
                "time": str(_time(request)) if request else "",
                "mean": one.ours.mean,
                "low": one.ours.low,
                "high": one.ours.high,
                "sd": one.ours.sd,
                "reps": one.ours.n,
                "expected": None if expected is None else expected.value,
                "expected_half_width": one.expected_half_width,
                "basis": "" if expected is None else expected.basis,
                "agrees": "" if one.agrees is None else "yes" if one.agrees else "no",
                "judged": "yes" if one.of.judged else "no",
            }


def runs_table(outcome: Outcome) -> pd.DataFrame:
    """One row a cell and seed: figure, row and column of the cell, ``seed``, ``value``."""
    parts = [
        pd.DataFrame(
            {
                "figure": figure.target.name,
                "row": one.of.row,
                "column": one.of.column,
                "seed": np.arange(one.values.size),
                "value": one.values,
            }
        )
        for figure in outcome.figures
        for one in figure.cells
        if isinstance(one.of, Cell)
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
