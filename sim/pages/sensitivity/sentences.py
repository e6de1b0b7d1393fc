"""Saying in plain words what a measure depends on, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.pages.numbers import (
    decimals_for,
    interval_text,
    is_share,
    number,
    plain_text,
    shown_factor,
    shown_unit,
)

#: Factors that are spoken of with their numbers; the others are named.
MOST_SPOKEN = 3
#: Part of the effects that must go one way for them to be said to go that way.
ONE_WAY = 0.9
#: Share of luck in the differences between points from which on it is said.
MUCH_LUCK = 0.05
#: Widths of intervals below this share of the value are rounding.
ROUNDING = 1e-9


def sensitivity_sentences(
    table: pd.DataFrame,
    measure_label: str,
    *,
    unit: str = "",
    labels: Mapping[str, str] | None = None,
) -> list[str]:
    """What a table of ``analyse`` allows one to say about a measure, a list of sentences.

    ``unit`` is the measure's, ``labels`` what factors are called (default: their names). Factors
    are ranked by the method's main index; every claim has its interval.
    """
    label, about = _in_sentence(measure_label), table.attrs
    called = {name: plain_text((labels or {}).get(str(name), name)) for name in table.index}
    if about["constant"]:
        said = [f"{_opened(label)}: the same at every point, so no factor changes it here."]
        return said + _warning(about)
    ranked = table.sort_values(about["main"], ascending=False, kind="stable")
    clear = ranked[ranked["above_noise"]]
    main, rest = ranked[about["main"]], ranked[~ranked["above_noise"]]
    still = [called[name] for name in rest.index if main[name] == 0.0]
    unclear = [called[name] for name in rest.index if main[name] != 0.0]
    speak: dict[str, Callable[[pd.DataFrame, str, str, Mapping[Any, str], Any], list[str]]] = {
        "morris": _morris,
        "sobol": _sobol,
        "pawn": _pawn,
    }
    said = speak[about["method"]](clear, label, unit, called, about) if len(clear) else []
    if not said:
        said = [f"Of no factor can it be told that {label} depends on it."]
    if unclear:
        said.append(f"{_opened(listed(unclear))} cannot be told from noise.")
    if still:
        verb = "changes" if len(still) == 1 else "change"
        said.append(f"{_opened(listed(still))} {verb} nothing: {label} stayed exactly the same.")
    return said + _about_luck(about) + _warning(about)


def listed(words: Sequence[str]) -> str:
    """Words in a row: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _morris(
    clear: pd.DataFrame, label: str, unit: str, called: Mapping[Any, str], about: Any
) -> list[str]:
    factor, points = shown_factor(unit), " points" if is_share(unit) else ""
    behind = "" if points or not shown_unit(unit) else f" {shown_unit(unit)}"
    spoken = []
    for name, row in clear.head(MOST_SPOKEN).iterrows():
        size, width = factor * row["mu_star"], factor * (row["mu_star_high"] - row["mu_star_low"])
        digits = decimals_for(width / 2 if width > ROUNDING * size else 0.0, size)
        low, high = factor * row["mu_star_low"], factor * row["mu_star_high"]
        spoken.append(
            f"{called[name]} (by {number(size, digits)}{points}{behind} on "
            f"average over its range, {_percent(about['level'])} interval "
            f"{interval_text(low, high, digits)}; {_direction(row)})"
        )
    said = [f"{_opened(label)} depends most on {listed(spoken)}."]
    said += _further(clear, called)
    bent = [called[name] for name, row in clear.iterrows() if row["sigma"] > row["mu_star"]]
    if bent:
        said.append(
            f"How much {listed(bent)} {'does' if len(bent) == 1 else 'do'} depends on where the "
            "factors stand."
        )
    return said


def _direction(row: Any) -> str:
    if abs(row["mu"]) < ONE_WAY * row["mu_star"]:
        return "up in some settings, down in others"
    return "more of it, more" if row["mu"] > 0 else "more of it, less"


def _sobol(
    clear: pd.DataFrame, label: str, unit: str, called: Mapping[Any, str], about: Any
) -> list[str]:
    said = []
    for name, row in clear.head(MOST_SPOKEN).iterrows():
        (alone, alone_interval), (every, every_interval) = _share(row, "S1"), _share(row, "ST")
        said.append(
            f"{_opened(called[name])} explains {alone} of the variance of {label} alone "
            f"({_percent(about['level'])} interval {alone_interval}), and {every} with all it does "
            f"together with other factors ({every_interval})."
        )
    said += _further(clear, called)
    together = 100 * (1 - float(clear["S1"].clip(lower=0).sum()))
    if together >= 10:
        said.append(f"About {together:.0f} % is of what factors do only together, and of luck.")
    return said


def _share(row: Any, index: str) -> tuple[str, str]:
    """An index and its interval in per cent."""
    low, high = 100 * row[f"{index}_low"], 100 * row[f"{index}_high"]
    digits = min(1, decimals_for((high - low) / 2, 100 * row[index]))
    return f"{number(100 * row[index], digits)} %", interval_text(low, high, digits)


def _pawn(
    clear: pd.DataFrame, label: str, unit: str, called: Mapping[Any, str], about: Any
) -> list[str]:
    spoken: list[str] = []
    partly: list[str] = []
    for name, row in clear.iterrows():
        if row["median"] <= row["median_noise"]:
            partly.append(called[name])
        elif len(spoken) < MOST_SPOKEN:
            interval = interval_text(row["median_low"], row["median_high"], 2)
            spoken.append(f"{called[name]} (distance {row['median']:.2f}, {interval})")
    said = []
    if spoken:
        said.append(
            f"The distribution of {label} depends most on {listed(spoken)}: 0 is no influence, 1 "
            f"the largest; {_percent(about['level'])} intervals."
        )
        wholly = clear[clear["median"] > clear["median_noise"]]
        said += _further(wholly, called)
    if partly:
        verb = "matters" if len(partly) == 1 else "matter"
        said.append(f"{_opened(listed(partly))} {verb} in a part of the range only.")
    return said


def _further(clear: pd.DataFrame, called: Mapping[Any, str]) -> list[str]:
    more = [called[name] for name in clear.index[MOST_SPOKEN:]]
    verb = "matters" if len(more) == 1 else "matter"
    return [f"{_opened(listed(more))} {verb} less, but can be told from noise."] if more else []


def _about_luck(about: Any) -> list[str]:
    if about["replications"] == 1:
        return ["With one seed a point it is not known how much of this is the luck of that seed."]
    share = about["noise_share"]
    if not np.isfinite(share) or share < MUCH_LUCK:
        return []
    return [f"{100 * share:.0f} % of the variance between points is luck of the seeds."]


def _warning(about: Any) -> list[str]:
    return [f"{_opened(about['message'])}."] if about["message"] else []


def _percent(level: float) -> str:
    return f"{100 * level:g} %"


def _opened(text: str) -> str:
    """With a capital letter, unless it begins with the key path of a setting."""
    return text if "." in text.split(" ")[0].rstrip(".,") else text[:1].upper() + text[1:]


def _in_sentence(label: str) -> str:
    text = plain_text(label)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
