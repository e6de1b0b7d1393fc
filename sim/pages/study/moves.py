"""What each factor alone does to a measure, or to a difference, and how surely: in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.pages.sentences import MeasureLike
from sim.pages.study.facts import FactorFacts, StudyFacts, are_numbers
from sim.pages.study.words import CLEAR, HINT, amount, interval, listed, strength, value
from sim.studies.statistics import holm

#: Factors that are spoken of with their numbers; the others are named.
MOST_FACTORS = 3
#: Effects below this share of the measure are rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Move:
    """A measure's change when a factor goes from one level to another, with its 95 % interval."""

    factor: FactorFacts
    start: Any
    end: Any
    mean: float
    low: float
    high: float
    p: float
    p_holm: float = float("nan")


def moves_of(
    table: pd.DataFrame,
    facts: StudyFacts,
    base: Mapping[str, Any] | None = None,
    scale: float = 0.0,
) -> list[Move]:
    """The moves in a table of ``tornado`` (of one scenario or pair), factors in its order.

    Against the levels of ``base`` (those of the point that ``tornado`` names) where the design has
    one, and in a grid of one factor against its first level; else of a number from the lowest level
    to the highest, of words from the first level, and where 0 is a word from that.
    ``p_holm`` is corrected over all of them. What is nothing beside ``scale`` (the size of the
    measure's values) but for rounding is 0.
    """
    columns, by_regression = ["mean", "low", "high"], table.attrs.get("base") is None
    values = table[columns].to_numpy(dtype=float)
    small = np.abs(values) <= ROUNDING * scale
    # The spread of what never varies can be the root of a rounding error below 0, so NaN.
    unknown = np.isnan(values) & (table["n"].to_numpy() > 1)[:, None]
    nothing = small[:, 0] & (small | unknown).all(axis=1)
    table = table.assign(
        **dict(zip(columns, np.where(nothing[:, None], 0.0, values).T, strict=True)),
        p=table["p"].where(~nothing),
    )
    found = []
    for name, rows in table.groupby("factor", sort=False):
        factor = facts.factor(str(name))
        low, high = (rows[rows["end"] == end].iloc[0] for end in ("low", "high"))
        plain = are_numbers([low["level"], high["level"]]) and not factor.has_word
        if by_regression and plain:
            found.append(_move(factor, low["level"], high, 2.0))
        else:
            first = 0 if factor.has_word and by_regression else (factor.levels or ("",))[0]
            start = base[factor.name] if base is not None else first
            found += [_move(factor, start, row) for row in (low, high) if row["level"] != start]
    corrected = holm(np.array([move.p for move in found], dtype=float))
    return [replace(move, p_holm=float(p)) for move, p in zip(found, corrected, strict=True)]


def _move(factor: FactorFacts, start: Any, row: Any, times: float = 1.0) -> Move:
    mean, low, high = (times * float(row[key]) for key in ("mean", "low", "high"))
    return Move(factor, start, row["level"], mean, low, high, float(row["p"]))


def move_sentences(
    moves: Sequence[Move],
    bent: Mapping[str, str],
    where: str,
    what: str,
    measure: MeasureLike,
) -> list[str]:
    """What moves something, factors by the size of what they do, and what cannot be told.

    ``where`` ("in A, ") opens the sentences on ``what``; ``bent`` has those of ``bends``.
    """
    clear: list[tuple[list[Move], list[Move]]] = []
    unclear: list[tuple[list[Move], list[Move]]] = []
    still: list[str] = []
    for name in dict.fromkeys(move.factor.name for move in moves):
        own = [move for move in moves if move.factor.name == name]
        sure = [move for move in own if strength(vars(move)) == CLEAR]
        if all(move.low == move.high == 0 for move in own):
            still.append(own[0].factor.title)
        else:
            (clear if sure or name in bent else unclear).append((own, sure))
    said = []
    if clear:
        # Another that cannot be told may be larger still.
        largest = moves[0].factor.name == clear[0][0][0].factor.name
        alone = len(clear) + len(unclear) + len(still) == 1
        most = "most " if largest and not alone else ""
        texts = [_told(sure or own, measure) for own, sure in clear[:MOST_FACTORS]]
        said.append(f"{_opened(where + what)} depends {most}on {'; on '.join(texts)}.")
        more = [own[0].factor.title for own, _ in clear[MOST_FACTORS:]]
        if more:
            said.append(f"It depends less, but clearly, on {listed(more)}.")
        said += [bent[own[0].factor.name] for own, _ in clear if own[0].factor.name in bent]
    if unclear:
        texts = [_unclear(own, measure) for own, _ in unclear[:MOST_FACTORS]]
        rest = len(unclear) - len(texts)
        texts += [f"{rest} more factor{'' if rest == 1 else 's'}"] if rest else []
        who, those = "it" if clear else what, listed(texts, "or")
        opening = _opened(f"{'' if clear else where}whether {who}")
        said.append(f"{opening} depends on {those} cannot be told.")
    if still:
        verb = "changes" if len(still) == 1 else "change"
        text = f"{'' if clear or unclear else where}{listed(still)} {verb} nothing"
        said.append(f"{_opened(text)}: {what} stays exactly the same.")
    return said


def _told(moves: Sequence[Move], measure: MeasureLike) -> str:
    texts = []
    for move in moves:
        row = vars(move)
        way = "up" if move.mean > 0 else "down"
        sure = "" if strength(row) == CLEAR else "; that alone cannot be told"
        texts.append(
            f"from {move.factor.text(move.start)} to {move.factor.text(move.end)} {way} by "
            f"{amount(row, measure)} ({interval(row, measure, size=True)}{sure})"
        )
    return f"{moves[0].factor.title}: {' and '.join(texts)}"


def _unclear(moves: Sequence[Move], measure: MeasureLike) -> str:
    move = max(moves, key=lambda move: abs(move.mean))
    row = vars(move)
    hint = "; a hint only" if strength(row) == HINT else ""
    return (
        f"{move.factor.title} (from {move.factor.text(move.start)} to {move.factor.text(move.end)} "
        f"{amount(row, measure, sign=True)}, {interval(row, measure)}{hint})"
    )


def _opened(text: str) -> str:
    """With a capital letter, unless it begins with the key path of a setting."""
    return text if "." in text.split(" ")[0] else text[:1].upper() + text[1:]


def bends(
    effects: Mapping[str, pd.DataFrame], scenario: str, facts: StudyFacts, measure: MeasureLike
) -> dict[str, str]:
    """Sentences on factors whose effect turns in between, by factor.

    ``effects`` has tables of ``main_effects``. Said only where the interval at a level in between
    lies beyond those at both ends.
    """
    said = {}
    for name, table in effects.items():
        rows = table[table["scenario"] == scenario].reset_index(drop=True)
        rows = rows[np.isfinite(rows["mean"])]
        if len(rows) < 3 or not are_numbers(rows["level"]):
            continue
        factor = facts.factor(name)
        rows = rows.sort_values("level", key=lambda one: one.map(factor.is_beyond), kind="stable")
        first, last, inner = rows.iloc[0], rows.iloc[-1], rows.iloc[1:-1]
        top, bottom = inner.loc[inner["mean"].idxmax()], inner.loc[inner["mean"].idxmin()]
        if top["low"] > max(first["high"], last["high"]):
            turn, word = top, "highest"
        elif bottom["high"] < min(first["low"], last["low"]):
            turn, word = bottom, "lowest"
        else:
            continue
        said[name] = (
            f"Along {factor.title} it is {word} in between: {_at(turn, factor, measure)}, "
            f"against {_at(first, factor, measure)} and {_at(last, factor, measure)}."
        )
    return said


def _at(row: Any, factor: FactorFacts, measure: MeasureLike) -> str:
    text = value(row["mean"], row, measure)
    return f"{text} at {factor.text(row['level'])} ({interval(row, measure)})"
