"""The two figures of the view: who sits where, by an attribute, and measures so far."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.measures import MEASURES
from sim.models.learning_organization import LearningOrganization
from sim.pages.drawing import BROWN, GREY, INK, our_style
from sim.pages.labels import short
from sim.pages.numbers import shown_factor, shown_unit
from sim.studies.structure_history import Places, places_of
from sim.workshop.attributes import ATTRIBUTES

#: The groups people can be drawn in, the closest first.
KINDS = ("cell", "unit", "community")


def seats(places: Places) -> tuple[NDArray[np.float64], dict[str, tuple[float, float]], str]:
    """Where each person is drawn, shape (people, 2); the groups' names and middles; their kind.

    Groups stand in rows, those of a community together; their people stand in rings.
    """
    kind = next((kind for kind in KINDS if places.groups(kind)), "")
    of = getattr(places, kind) if kind else np.zeros(len(places), dtype=np.int64)
    groups = sorted(
        {int(group) for group in of}, key=lambda group: (places.community[of == group][0], group)
    )
    columns = math.ceil(math.sqrt(len(groups)))
    most = max(int((of == group).sum()) for group in groups)
    pitch = 2 * _radius(most) + 1.6
    where = np.empty((len(places), 2))
    middles: dict[str, tuple[float, float]] = {}
    for number, group in enumerate(groups):
        row, column = divmod(number, columns)
        middle = (pitch * column, -pitch * row)
        where[of == group] = np.array(middle) + _rings(int((of == group).sum()))
        name = f"{kind} {group}" if kind and group >= 0 else ("in none" if kind else "")
        middles[name] = middle
    return where, middles, kind


def _radius(people: int) -> float:
    return float(np.abs(_rings(people)).max())


def _rings(people: int) -> NDArray[np.float64]:
    """So many points, no two nearer than 1: one, or rings of 6, 12, 18 ... from the inside."""
    if people <= 6:
        radius = 0.0 if people == 1 else 0.5 / math.sin(math.pi / people)
        return radius * _circle(people)
    rings: list[NDArray[np.float64]] = [np.zeros((1, 2))]
    left, ring = people - 1, 1
    while left > 0:
        rings.append(ring * _circle(min(left, 6 * ring)))
        left, ring = left - 6 * ring, ring + 1
    return np.concatenate(rings)


def _circle(people: int) -> NDArray[np.float64]:
    angles = 2 * np.pi * np.arange(people) / people + np.pi / 2
    return np.column_stack([np.cos(angles), np.sin(angles)])


def people_figure(model: LearningOrganization, attribute: str) -> Figure:
    """Everybody in their group now, coloured by an attribute on its whole range.

    Learning officers have a ring around them; triangles have people who report to them.
    """
    organization, shown = model.organization, ATTRIBUTES[attribute]
    places = places_of(organization)
    where, middles, _ = seats(places)
    values = shown.of(organization)
    manages = np.isin(np.arange(len(places)), places.manager)
    reach = float(np.ptp(where, axis=0).max()) + 2
    size = min(220.0, (6.0 * 72 * 0.62 / reach) ** 2)
    with our_style():
        figure = Figure(figsize=(7.2, 6.0), layout="constrained")
        axes = figure.add_subplot()
        for chosen, marker in ((manages, "^"), (~manages, "o")):
            drawn = axes.scatter(
                where[chosen, 0], where[chosen, 1], c=values[chosen], marker=marker, s=size,
                cmap="cividis", vmin=shown.low, vmax=shown.high, edgecolors=INK, linewidths=0.4,
            )  # fmt: skip
        officer = places.officer == 1
        axes.scatter(
            where[officer, 0],
            where[officer, 1],
            s=2.2 * size,
            facecolors="none",
            edgecolors=BROWN,
            linewidths=1.5,
        )
        _name_groups(axes, middles, where)
        axes.set_aspect("equal")
        axes.axis("off")
        axes.set_title(f"{shown.label} in week {organization.period}", parse_math=False)
        figure.colorbar(drawn, ax=axes, shrink=0.6, label=shown.unit)
    return figure


def _name_groups(
    axes: Axes, middles: dict[str, tuple[float, float]], where: NDArray[np.float64]
) -> None:
    rows = sorted({y for _, y in middles.values()})
    pitch = rows[1] - rows[0] if len(rows) > 1 else 2 * float(np.abs(where[:, 1]).max()) + 1.6
    for name, (x, y) in middles.items():
        axes.text(x, y - pitch / 2 + 0.15, name, ha="center", va="center", color=GREY, fontsize=7)
    axes.margins(0.04)


def measures_figure(model: LearningOrganization, names: Sequence[str]) -> Figure:
    """Measures so far, one panel each, as the model's data collector noted them."""
    noted = model.datacollector.model_vars
    columns = 2 if len(names) > 1 else 1
    rows = max(1, -(-len(names) // columns))
    with our_style():
        figure = Figure(figsize=(7.2, 2.0 * rows), layout="constrained")
        for place, name in enumerate(names, start=1):
            axes = figure.add_subplot(rows, columns, place)
            values = np.asarray(noted[name], dtype=float) * shown_factor(MEASURES[name].unit)
            weeks = np.arange(1, len(values) + 1)
            axes.plot(weeks, values, color=BROWN, marker="o" if len(values) == 1 else "")
            axes.set_title(short(MEASURES[name].label, 36), parse_math=False)
            axes.set_ylabel(short(shown_unit(MEASURES[name].unit), 30), parse_math=False)
            axes.set_xlim(0, max(10, model.settings.periods))
            axes.locator_params(nbins=4)
    return figure
