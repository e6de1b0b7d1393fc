"""Numbers, units and names as text: the same in sentence, table, figure and terminal."""

from __future__ import annotations

import unicodedata
from math import floor, isfinite, log10

MISSING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
BIDIRECTIONAL_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_share(unit: str) -> bool:
    """Shares (unit "share", "share of …") are shown as percentages."""
    return unit.split(" ")[0] == "share"


def shown_factor(unit: str) -> float:
    """By what a value is multiplied before it is shown."""
    return 100.0 if is_share(unit) else 1.0


def shown_unit(unit: str) -> str:
    """The unit beside a shown value: "%" for "share", nothing for a bare scale such as "0 to 1"."""
    if is_share(unit):
        return "%" + unit.removeprefix("share")
    bare = "".join(unit.replace("to", "").split())
    return plain_text(unit) if any(map(str.isalpha, bare)) else ""


def decimals_for(uncertainty: float, value: float = 0.0) -> int:
    """Decimals that show two significant digits of ``uncertainty`` (three of ``value`` without)."""
    leading, digits = (uncertainty, 2) if _positive(uncertainty) else (abs(value), 3)
    if not _positive(leading) or (digits == 3 and value == round(value)):
        return 0
    return min(6, max(0, digits - 1 - floor(log10(leading))))


def number(value: float, decimals: int, *, sign: bool = False) -> str:
    """Write a number: true minus, commas between thousands, a dash for a missing one."""
    if not isfinite(value):
        return MISSING
    large = abs(value) >= 1e9
    text = f"{abs(value):.3g}" if large else f"{abs(value):,.{decimals}f}"
    if not large and float(text.replace(",", "")) == 0:
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def interval_text(low: float, high: float, decimals: int) -> str:
    """Write an interval as "1.2 to 5.0", or a dash where there is none."""
    if not (isfinite(low) and isfinite(high)):
        return MISSING
    return f"{number(low, decimals)} to {number(high, decimals)}"


def distinct_titles(titles: tuple[str, str]) -> tuple[str, str]:
    """Two clean titles that are not empty and not the same."""
    first, second = (plain_text(title) or side for title, side in zip(titles, "AB", strict=True))
    return (first, second) if first != second else (f"{first} (A)", f"{second} (B)")


def plain_text(text: object) -> str:
    """One line without control characters or marks that reverse the direction of what follows."""
    kept = (
        " " if character.isspace() else character
        for character in str(text)
        if character.isspace()
        or (
            unicodedata.category(character) not in ("Cc", "Cs", "Cn")
            and character not in BIDIRECTIONAL_CONTROLS
        )
    )
    return " ".join("".join(kept).split())


def _positive(value: float) -> bool:
    return isfinite(value) and value > 0
