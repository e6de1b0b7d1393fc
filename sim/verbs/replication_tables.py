"""A replication on the terminal: for each cell ours, its interval, what is expected, yes or no.

A cell is read from above: our mean, its 95 % half-width, what is expected, whether they agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.pages.numbers import decimals_for, interval_text, number
from sim.studies.replication.outcome import FigureOutcome, Judgement, Outcome
from sim.studies.replication.targets import Cell, Contest

MOST_DECIMALS = 4
LINES = ("± 95 %", "expected", "agrees")


def show(outcome: Outcome, console: Console) -> None:
    """Print every figure, and in the end what agrees."""
    console.print(Text(outcome.model.title, style="bold"))
    for figure in outcome.figures:
        console.print()
        _show_figure(figure, console)
    console.print()
    for line in _disagreements(outcome):
        console.print(Text(line))
    console.print(Text(closing_sentence(outcome), style="bold"))
    chance = (
        "At 99.9 % one right number in a thousand is expected to fail: up to "
        f"{outcome.allowed} of these may by chance, by up to {outcome.farthest:.1f} joint standard "
        "errors (more happens to a right model once in a thousand times)."
    )
    console.print(Text(chance), style="dim")


def closing_sentence(outcome: Outcome) -> str:
    """How many cells and statements agree."""
    counted = [one for one in outcome.judgements if one.counts]
    right = sum(not one.fails for one in counted)
    sentence = f"{right} of {len(counted)} numbers agree"
    shapes = [one for one in outcome.shapes if one.of.judged]
    if shapes:
        agree = sum(one.agrees for one in shapes)
        sentence += f", and {agree} of {len(shapes)} statements about order hold"
    return sentence + "."


def _show_figure(figure: FigureOutcome, console: Console) -> None:
    target = figure.target
    heading = f"{target.name[:1].upper()}{target.name[1:]}"
    title = f"{heading}: {target.title}" if target.title else heading
    console.print(Text(title, style="bold underline"))
    reps = sorted({one.ours.n for one in figure.judgements if one.ours.n})
    about = [f"{' or '.join(str(one) for one in reps)} runs a cell"]
    about += [f"expected: {basis}" for basis in _bases(figure)]
    console.print(Text("; ".join(about)), style="dim")
    for table in _tables(figure, console.width):
        console.print(table)
    for line in target.note.splitlines():
        console.print(Text(f"Note: {line}"), style="dim")
    for shape in figure.shapes:
        mark = _answer(shape.agrees, shape.of.judged)
        text = Text.assemble((f"{mark:>5}", "bold" if mark == "NO" else ""), f"  {shape.of.says}")
        for first, second, reverse in shape.fails_between:
            why = "not so" if reverse else "too close to tell"
            text.append(f"; {why} between {_place(first)} and {_place(second)}")
        console.print(text)


def _tables(figure: FigureOutcome, width: int) -> Iterator[Table]:
    if figure.cells:
        yield from _cell_tables(figure, width)
    elif figure.contests:
        yield _contest_table(figure)
    elif figure.crossing is not None:
        table = _plain_table("", "Ours", "95 % interval", "Expected", "Agrees")
        one = figure.crossing
        digits = decimals_for(one.ours.half_width, one.ours.mean)
        table.add_row("Period of the crossing", *_numbers(one, digits))
        yield table


def _plain_table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(Text(column), justify="left" if place == 0 else "right", no_wrap=place > 0)
    return table


def _cell_tables(figure: FigureOutcome, width: int) -> Iterator[Table]:
    """The figure's table, cut into as many beside each other as the terminal is wide for."""
    columns = figure.target.columns
    rows = [
        figure.cells[start : start + len(columns)]
        for start in range(0, len(figure.cells), len(columns))
    ]
    labels = [_label(row, rows) for row in rows]
    cells = [[_cell_lines(one, _decimals(row)) for one in row] for row in rows]
    first = max(len(line) for label in labels for line in label)
    first = min(first, max(20, width // 3))
    wide = [
        max(len(text) for text in (column, *(line for row in cells for line in row[place])))
        for place, column in enumerate(columns)
    ]
    for chosen in _groups(wide, width - first - 1):
        table = _plain_table("", *(columns[place] for place in chosen))
        for label, row in zip(labels, cells, strict=True):
            table.add_row(
                _lines(label), *(_lines(row[place]) for place in chosen), end_section=True
            )
        yield table


def _groups(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Columns that fit beside each other, in order; one that fits nowhere stands alone."""
    group: list[int] = []
    used = 0
    for place, width in enumerate(widths):
        if group and used + width + 1 > room:
            yield group
            group, used = [], 0
        group.append(place)
        used += width + 1
    if group:
        yield group


def _lines(lines: Sequence[str]) -> Text:
    """The first line plain, the others dim, a disagreement bold."""
    text = Text(lines[0], style="bold" if lines[1:] == LINES else "")
    for line in lines[1:]:
        text.append("\n")
        text.append(line, style="bold" if line == "NO" else "not bold dim")
    return text


def _label(row: Sequence[Judgement], rows: Sequence[Sequence[Judgement]]) -> tuple[str, ...]:
    one = row[0].of
    assert isinstance(one, Cell)
    return (one.row or one.request.measure, *LINES)


def _cell_lines(one: Judgement, decimals: int) -> tuple[str, ...]:
    expected = one.of.expected
    published = ""
    if expected is not None:
        printed = round(-log10(expected.unit)) if 0 < expected.unit <= 1 else decimals
        published = number(expected.value, min(printed, MOST_DECIMALS))
    return (
        number(one.ours.mean, decimals),
        f"±{number(one.ours.half_width, decimals)}",
        published,
        "" if one.agrees is None else _answer(one.agrees, one.of.judged),
    )


def _decimals(row: Sequence[Judgement]) -> int:
    """As many as were published, or as our interval deserves."""
    units = [one.of.expected.unit for one in row if one.of.expected is not None]
    printed = max((round(-log10(unit)) for unit in units if unit > 0), default=0)
    if printed > 0:
        return min(MOST_DECIMALS, printed)
    ours = [decimals_for(one.ours.half_width, one.ours.mean) for one in row if one.ours.n]
    return min(MOST_DECIMALS - 1, max(ours, default=0))


def _contest_table(figure: FigureOutcome) -> Table:
    table = _plain_table("Won of 1000", "Ours", "95 % interval", "Expected", "Agrees", "Basis")
    for one in figure.contests:
        assert isinstance(one.of, Contest)
        label = f"{one.of.row} over {one.of.column}"
        table.add_row(Text(label), *_numbers(one, 0), Text(one.of.expected.basis))
    return table


def _numbers(one: Judgement, decimals: int) -> tuple[str, str, str, str]:
    expected = one.of.expected
    return (
        number(one.ours.mean, decimals),
        interval_text(one.ours.low, one.ours.high, decimals),
        "" if expected is None else f"{expected.value:g}",
        "" if one.agrees is None else _answer(one.agrees, one.of.judged),
    )


def _answer(agrees: bool, judged: bool) -> str:
    """Yes or no; in brackets where nothing hangs on it."""
    if not judged:
        return "(yes)" if agrees else "(no)"
    return "yes" if agrees else "NO"


def _bases(figure: FigureOutcome) -> list[str]:
    bases = (one.of.expected.basis for one in figure.judgements if one.of.expected is not None)
    return [basis for basis in dict.fromkeys(bases) if basis and not figure.contests]


def _disagreements(outcome: Outcome) -> Iterator[str]:
    for figure in outcome.figures:
        for one in figure.judgements:
            if one.fails:
                expected = one.of.expected
                assert expected is not None
                place = _place(one.of) if isinstance(one.of, Cell | Contest) else "crossing"
                yield (
                    f"Does not agree: {figure.target.name}, {place}: "
                    f"ours {one.ours.mean:.5g} ± {one.ours.half_width:.2g}, "
                    f"expected {expected.value:g}"
                )


def _place(of: Cell | Contest) -> str:
    return ", ".join(part for part in (of.row, of.column) if part)
