"""How every figure looks, and the files it becomes.

The same figure gives the same file, byte for byte, whatever the user's own configuration of
Matplotlib says.
"""

from __future__ import annotations

import contextlib
import io
import warnings
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.style
from matplotlib.figure import Figure

from sim.pages.numbers import plain_text

BROWN, BLUE, INK, GREY = "#8c4a00", "#005ea2", "#1b1b1b", "#565c65"
STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "lines.linewidth": 2,
    "svg.hashsalt": "learning-org",
}
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)


def save_figure(figure: Figure, path: Path) -> list[Path]:
    """Write ``path`` as PNG and as SVG (whatever its ending); returns both files."""
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    with our_style():
        figure.savefig(png, format="png", dpi=150, metadata={"Software": None})
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return [png, svg]


def inline_svg(figure: Figure, name: str, title: str, description: str) -> str:
    """The figure as an ``<svg>`` element for a page: text as text, scalable, with title and desc.

    ``name`` makes its ids its own among several on a page.
    """
    file = io.BytesIO()
    with our_style({"svg.fonttype": "none"}):
        figure.savefig(
            file, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    root = ElementTree.fromstring(file.getvalue())
    # Matplotlib's style sheet speaks of every element, which on a page is not its to decide.
    for parent in root.iter():
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    root.set("style", "stroke-linejoin: round; stroke-linecap: butt")
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id":
                element.set(key, f"{name}-{value}")
            elif key == f"{{{XLINK}}}href":
                del element.attrib[key]
                element.set("href", value.replace("#", f"#{name}-", 1))
            else:
                element.set(key, value.replace("url(#", f"url(#{name}-"))
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{name}-{tag}"})
        element.text = plain_text(text)
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode")


@contextlib.contextmanager
def our_style(more: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Matplotlib's defaults with ours on top, whatever the user's own configuration says."""
    with warnings.catch_warnings(), mpl.style.context(["default", {**STYLE, **(more or {})}]):
        # A title in a script that the font lacks still shows in the page, where text is text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield
