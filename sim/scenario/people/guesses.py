"""Which column means what, and which level is higher: guessed, asked, or left to an option."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from sim.scenario.people.problems import Findings
from sim.scenario.people.tables import UNKNOWN, Table, number, unit_of, weeks

#: What ``--map ROLE=…`` can say.
ROLES = {
    "id": "the column that says who a person is",
    "level": "the column of their level in the hierarchy, or none",
    "home": "the column of their site, unit or department, or none",
    "tenure": "the column of their time in the organization, or none",
    "tenure_unit": "the unit of the tenures: weeks, months or years",
    "order": "the levels from the highest to the lowest, separated by commas",
    "familiarity": "the edge list that says who is familiar with whom, or none",
    "from": "the column of the edge list with those who get information",
    "to": "the column of the edge list with those who give it",
    "weight": "the column of the edge list with the weight of a tie, or none",
}
NONE = "none"

# Names of columns, the surest first; those of one line are equally sure.
_NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        "id",
        "person_id personid person pid",
        "employee_id employee_number emp_id staff_id worker_id member_id user_id node_id actor_id",
        "employee worker member user node actor ego staff",
        "name full_name email",
    ),
    "level": ("level grade rank hierarchy seniority", "position role title job function"),
    "home": (
        "home unit department dept site location office",
        "division team group branch section area plant city country",
    ),
    "tenure": ("tenure",),
    "from": ("from", "source ego seeker i tail"),
    "to": ("to", "target alter j head"),
    "weight": ("weight strength", "frequency value score count rating intensity familiarity w n"),
    "familiarity": (
        "familiarity familiar acquaintance knows",
        "advice communication contact contacts interaction information collaboration",
        "ties edges network email talk",
    ),
}
# No hierarchy and no place, however few values they take.
_OTHER = {"name", "gender", "sex", "age", "birth", "born", "email", "mail", "phone"}
_OTHER |= {"salary", "pay", "date"}

# How high words for a level stand: the first line with a word of the level's name counts, and
# the other words shift it, so an assistant manager stands above an assistant.
_SENIORITY = (
    (90, "ceo president founder owner chief chairman chairwoman"),
    (80, "vp director partner"),
    (70, "head principal dean"),
    (60, "manager boss professor"),
    (50, "leader lead supervisor foreman coordinator"),
    (30, "researcher scientist engineer analyst consultant specialist developer nurse physician"),
    (30, "postdoc teacher clerk operator technician agent employee staff member worker officer"),
    (10, "assistant trainee intern apprentice student"),
    (42, "senior expert"),
    (18, "junior phd"),
)
_SHIFT = {"global": 4, "group": 3, "regional": -1, "local": -2, "deputy": -5, "vice": -5}
_SHIFT |= {"senior": 12, "expert": 8, "junior": -12, "assistant": -5, "associate": -3}

Ask = Callable[[str, list[str]], str]


def words(name: str) -> list[str]:
    """The words of a column's name: ``tenureMonths`` and ``Tenure (months)`` have the same."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[\W_]+", apart.casefold()) if word]


def named(role: str, names: Iterable[str]) -> list[str]:
    """The names that mean a role most surely: one is a guess, several are a question."""
    split = {name: words(name) for name in names}
    for tier in _NAMES[role]:
        synonyms = set(tier.split())
        whole = [name for name, parts in split.items() if "_".join(parts) in synonyms]
        # A manager's id is no person's own.
        partly = [name for name, parts in split.items() if role != "id" and synonyms & set(parts)]
        if whole or partly:
            return whole or partly
    return []


def distinct(table: Table, column: str) -> Counter[str]:
    """The values of a column without regard to case, and how often each occurs."""
    return Counter(cell.casefold() for cell in table.column(column) if cell)


def id_columns(table: Table, free: Sequence[str]) -> list[str]:
    """Columns that may say who a person is: by name, else those where no value occurs twice."""
    return named("id", free)[:1] or [
        column
        for column in free
        if table.rows and len(set(table.column(column)) - {""}) == len(table.rows)
    ]


def level_columns(table: Table, free: Sequence[str]) -> list[str]:
    """Columns that may be levels: by name, else by words such as manager."""
    by_words = [
        column
        for column in free
        if (values := distinct(table, column))
        and 2 * sum(seniority(value) is not None for value in values) > len(values)
    ]
    return named("level", free) or by_words


def tenure_columns(table: Table, free: Sequence[str]) -> list[str]:
    """Columns that may be tenures: by name, else durations under a name with a unit of time."""
    return named("tenure", free) or [
        column
        for column in free
        if any(unit_of(word) for word in words(column))
        and not _OTHER & set(words(column))
        and all(_is_duration(value) for value in distinct(table, column))
    ]


def _is_duration(text: str) -> bool:
    try:
        weeks(text, "month")
    except ValueError:
        return text in UNKNOWN
    return not re.fullmatch(r"(19|20)\d\d", text)  # a year of the calendar


def groupings(table: Table, free: Sequence[str]) -> list[str]:
    """Columns that sort people into a few groups, of which no name says what they mean."""
    return [
        column
        for column in free
        if not _OTHER & set(words(column))
        and 2 <= len(distinct(table, column)) <= max(2, len(table.rows) // 2)
    ]


def weight_columns(table: Table, free: Sequence[str]) -> list[str]:
    """Columns that may be weights: by name, else those that are mostly numbers."""
    return named("weight", free) or [
        column for column in free if 2 * _numbers(table, column) > len(table.rows)
    ]


def _numbers(table: Table, column: str) -> int:
    return sum(not math.isnan(number(c, table.delimiter)) for c in table.column(column))


def looks_like_ties(table: Table, ids: set[str]) -> bool:
    """Whether a table is an edge list: by its columns' names, or because ids fill two of them."""
    if named("from", table.columns) and named("to", table.columns):
        return True
    sample = table.rows[:200]
    filled = sum(
        2 * sum(row[k] in ids for row in sample) > len(sample) for k in range(len(table.columns))
    )
    return filled >= 2


def unit_in(column: str) -> str | None:
    """The unit of time that a column's name gives."""
    return next((unit for word in words(column) if (unit := unit_of(word))), None)


def seniority(level: str) -> int | None:
    """How high the words of a level stand, None where none is known."""
    parts = [word if word == "boss" else word.removesuffix("s") for word in words(level)]
    for height, nouns in _SENIORITY:
        found = set(nouns.split()) & set(parts)
        if found:
            return height + sum(_SHIFT.get(part, 0) for part in parts if part not in found)
    return None


def order_levels(sizes: dict[str, int]) -> tuple[list[str], str] | None:
    """Levels from the lowest to the highest and how that was guessed; None if it cannot be.

    Words that are known come first; where there are none, rarer levels stand higher. Numbers
    rise or fall so that the rarer end is the top.

    Parameters
    ----------
    sizes
        How many people are on each level.
    """
    levels = list(sizes)
    numbered = [re.fullmatch(r"(\D*)(\d+(?:\.\d+)?)", level) for level in levels]
    prefixes = {match and match[1] for match in numbered}
    if len(prefixes) == 1 and None not in prefixes:  # 1, 2, 3 or L1, L2, L3
        value = {match[0]: float(match[2]) for match in numbered if match}
        levels.sort(key=value.__getitem__)
        half = len(levels) // 2
        low = sum(sizes[level] for level in levels[:half])
        high = sum(sizes[level] for level in levels[-half:]) if half else low
        if low < high:
            return levels[::-1], "the numbers (lowest on top, where fewer people are)"
        return levels, "the numbers (highest on top)"
    height = {level: h for level in levels if (h := seniority(level)) is not None}
    ranked = sorted(height, key=lambda level: (height[level], -sizes[level]))
    if any((height[a], sizes[a]) == (height[b], sizes[b]) for a, b in pairwise(ranked)):
        return None
    unknown = sorted(levels - height.keys(), key=lambda level: -sizes[level])
    times = Counter(sizes.values())
    if any(times[sizes[level]] > 1 for level in unknown):
        return None
    for level in unknown:
        above = (k for k, other in enumerate(ranked) if sizes[other] < sizes[level])
        ranked.insert(next(above, len(ranked)), level)
    how = "the words" if height else "the sizes, rarer is higher"
    if height and unknown:
        how += f", and from the sizes for {', '.join(unknown)} (rarer is higher)"
    return ranked, how


class Guess:
    """Decides on columns and files: from the options given, by guessing, or by asking."""

    def __init__(self, mapping: dict[str, str], ask: Ask | None, findings: Findings) -> None:
        self.mapping = mapping
        self.ask = ask
        self.findings = findings

    def choose(
        self,
        role: str,
        file: str,
        sure: Sequence[str],
        choices: Sequence[str],
        *,
        optional: bool = False,
        possible: Sequence[str] = (),
    ) -> str | None:
        """The column or file for a role; None if there is none, or if that became a problem.

        Parameters
        ----------
        role, file
            What is sought (one of ``ROLES``), and where.
        sure
            What fits the role well: a single one is taken.
        choices
            Everything that an option may name.
        optional
            Whether the role may stay empty: it does without a question if nothing is possible.
        possible
            What may fit the role and is asked about where nothing fits well.
        """
        allowed = [*choices, NONE] if optional else list(choices)
        if role in self.mapping:
            return self._given(role, file, allowed)
        if len(sure) == 1:
            return sure[0]
        likely = list(sure) or list(possible)
        if optional and not likely:
            return None
        offered = [*likely, NONE] if optional else likely or allowed
        what = ROLES[role].removesuffix(", or none")
        if self.ask is not None and offered:
            answer = self.ask(f"{file}: which is {what}?", offered)
            if answer in allowed:
                return None if answer == NONE else answer
        kind = {"familiarity": "FILE", "tenure_unit": "UNIT"}.get(role, "COLUMN")
        remedy = f"Say --map {role}={kind}, one of: {', '.join(offered)}"
        self.findings.add(f"cannot tell which is {what}", file=file, remedy=remedy)
        return None

    def _given(self, role: str, file: str, allowed: list[str]) -> str | None:
        wanted = self.mapping[role]
        for same in (str, str.casefold, _stem):
            for choice in allowed:
                if same(choice) == same(wanted):
                    return None if choice == NONE else choice
        remedy = f"There are: {', '.join(allowed)}"
        self.findings.add(
            f"there is no {wanted!r}", file=file, key=f"--map {role}={wanted}", remedy=remedy
        )
        return None


def _stem(name: str) -> str:
    return re.sub(r"\.(csv|tsv)$", "", name.casefold())
