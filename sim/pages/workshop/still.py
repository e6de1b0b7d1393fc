"""Pictures that need no script: both organizations at start and end, and who is ahead, as a table.

They are shown where scripts are off or the page cannot start, and they are what a printer gets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.pages.numbers import MINUS, MISSING, plain_text
from sim.workshop import encoding
from sim.workshop.pairs import rounded
from sim.workshop.payload import MEAN, P10, P90, PLACE_FIELDS

#: Of cividis, from few to much, dark to light: told apart in grey as well.
SHADES = ("#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838")
#: What is said, unless the page's texts say it otherwise.
TEXTS = {
    "still.week": "week {week}",
    "still.range": "in 8 of 10 runs",
    "still.runs": "{name}: ahead in {n} of {runs} runs.",
}
STEP, RADIUS, GROUPS_A_ROW = 12, 4.5, 5


def still_pictures(payload: Mapping[str, Any]) -> str:
    """HTML of the first question that has two runs; nothing where there is none."""
    for question in payload["questions"]:
        if question.get("left") and question.get("goal") and question.get("colour"):
            return _question(payload, question)
    return ""


def shown(value: float, decimals: int) -> str:
    """A number as the page writes it."""
    if not np.isfinite(value):
        return MISSING
    near = rounded(value, decimals)
    return f"{MINUS if near < 0 else ''}{abs(near):.{decimals}f}"


def _question(payload: Mapping[str, Any], question: Mapping[str, Any]) -> str:
    texts = {**TEXTS, **{key: payload["texts"][key] for key in TEXTS if key in payload["texts"]}}
    goal = next(each for each in payload["goals"] if each["id"] == question["goal"])
    colour = next(each for each in payload["attributes"] if each["id"] == question["colour"])
    last = payload["runs"][question["left"]]["weeks"]
    told = [week for week in question.get("weeks") or [last] if week <= last]
    rows, figures = [], []
    for side in ("left", "right"):
        run = payload["runs"][question[side]]
        values = encoding.values_of_series(run["series"][goal["id"]])
        for week in sorted({0, *told, last}):
            when = filled(texts["still.week"], {"week": week})
            if week in (0, last):
                label = f"{run['title']}, {when}: {colour['label']}"
                figures.append(_figure(run, colour["id"], week, label))
            mean, low, high = (
                shown(float(values[row, week]), goal["decimals"]) for row in (MEAN, P10, P90)
            )
            rows.append(_cells("td", (run["title"], when, mean, f"{low} \N{EN DASH} {high}")))
    head = "<td></td><td></td>" + _cells("th", (goal["short"], texts["still.range"]))
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    ahead = [_in_words(payload, question, goal["id"], week, texts) for week in told]
    caption = " ".join([question["title"], *ahead])
    return (
        f'<div class="still-pictures">{"".join(figures)}</div>'
        f'<table class="still-table"><caption>{_safe(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _safe(text: object) -> str:
    return escape(plain_text(text))


def _cells(kind: str, texts: Sequence[str]) -> str:
    return "".join(f"<{kind}>{_safe(text)}</{kind}>" for text in texts)


def _in_words(
    payload: Mapping[str, Any],
    question: Mapping[str, Any],
    goal: str,
    week: int,
    texts: Mapping[str, str],
) -> str:
    """In how many runs each is ahead in a week."""
    names = (question["left"], question["right"], goal, week)
    for pair in payload["pairs"]:
        if names == tuple(pair[key] for key in ("left", "right", "goal", "week")):
            told = []
            for run, count in zip(names[:2], (pair["ahead_A"], pair["ahead_B"]), strict=True):
                values = {"name": payload["runs"][run]["title"], "n": count, "runs": pair["runs"]}
                told.append(filled(texts["still.runs"], values))
            return f"{filled(texts['still.week'], {'week': week})}: {' '.join(told)}"
    return ""


def filled(text: str, values: Mapping[str, object]) -> str:
    """A text with its {placeholders} filled in; others stay as they are."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def _figure(run: Mapping[str, Any], attribute: str, week: int, label: str) -> str:
    """People as dots in their groups, coloured by one attribute."""
    codes = encoding.codes_of_film(run["film"], len(run["attributes"]), run["people"])
    frames = codes[run["attributes"].index(attribute)]
    frame = frames[min(week // run["every"], len(frames) - 1)]
    dots, width, height = _dots(_groups(run, week), frame)
    return (
        f'<figure><svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{_safe(label)}">{dots}</svg>'
        f"<figcaption>{_safe(label)}</figcaption></figure>"
    )


def _groups(run: Mapping[str, Any], week: int) -> NDArray[np.int64]:
    """Each person's group in a week: as the run is drawn."""
    weeks = np.array(run["places"]["weeks"])
    places = encoding.unpacked(run["places"]["data"], np.int16)
    frame = places.reshape(len(weeks), len(PLACE_FIELDS), -1)[(weeks <= week).sum() - 1]
    field = {"departments": "unit", "cells": "cell", "communities": "community"}.get(run["form"])
    if field is None:
        return np.zeros(run["people"], dtype=np.int64)
    return frame[PLACE_FIELDS.index(field)].astype(np.int64)


def _dots(groups: NDArray[np.int64], frame: NDArray[np.uint8]) -> tuple[str, int, int]:
    """Circles of all people, group by group; and how wide and high they stand."""
    numbers = np.unique(groups)
    sizes = [int((groups == number).sum()) for number in numbers]
    side = max(1, int(np.ceil(np.sqrt(max(sizes)))))
    across = min(GROUPS_A_ROW, len(numbers))
    block = (side + 1) * STEP
    circles = []
    for place, number in enumerate(numbers):
        left, top = place % across * block, place // across * block
        for spot, person in enumerate(np.flatnonzero(groups == number)):
            x = left + spot % side * STEP + STEP // 2
            y = top + spot // side * STEP + STEP // 2
            shade = SHADES[min(int(frame[person]) * len(SHADES) // 256, len(SHADES) - 1)]
            circles.append(f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="{shade}"/>')
    rows = -(-len(numbers) // across)
    return "".join(circles), across * block, rows * block
