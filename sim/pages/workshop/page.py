"""Joins template, styles, scripts and data into one HTML file that needs nothing else.

The page may load and run nothing but what is in it: its content security policy names the hashes
of its style and its scripts.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from sim.pages.numbers import plain_text
from sim.pages.workshop.still import still_pictures

TEMPLATE = "page.html.j2"
STYLES = ("page.css", "panels.css", "print.css", "map.css", "report.css")
#: Runs by itself, before all else: it says so where the rest cannot be read.
FIRST_SCRIPT = "first.js"
#: In this order; each has its own names, and what they share is in ``lab``.
SCRIPTS = (
    "lab.js",
    "decode.js",
    "words.js",
    "film.js",
    "layout.js",
    "people.js",
    "legend.js",
    "chart.js",
    "clock.js",
    "bets.js",
    "question.js",
    "reveal.js",
    "debrief.js",
    "screen.js",
    "picker.js",
    "sandbox.js",
    "notes.js",
    "mapfacts.js",
    "mapchart.js",
    "map.js",
    "report.js",
    "keys.js",
    "hash.js",
    "start.js",
)
#: Added before the last script where a live room serves the page.
LIVE_STYLE = "live.css"
LIVE_SCRIPTS = ("live.js", "live_phone.js", "live_projector.js", "live_whatif.js")


class PartMissing(Exception):
    """A file of the page is missing: the program is not installed whole."""


def workshop_page(payload: Mapping[str, Any], *, live: bool = False) -> str:
    """The page that shows ``payload`` as one HTML document.

    Parameters
    ----------
    payload
        What ``sim.workshop.payload.workshop_payload`` gave.
    live
        Whether a live room serves it: it may then speak with the server that it came from.

    Raises
    ------
    PartMissing
        When a file of the page is missing.
    """
    style = joined_styles((*STYLES, LIVE_STYLE) if live else STYLES)
    scripts = (*SCRIPTS[:-1], *LIVE_SCRIPTS, SCRIPTS[-1]) if live else SCRIPTS
    first, script = _part(f"js/{FIRST_SCRIPT}"), joined_scripts(scripts)
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_part(TEMPLATE))
    html = template.render(
        csp=policy_of((first, script), style, live),
        language=payload["language"],
        direction=payload["direction"],
        title=plain_text(payload["title"]),
        playing_time=_playing_time(payload),
        texts=payload["texts"],
        sides=payload["sides"],
        questions=payload["questions"],
        program=payload["program"],
        served=live,
        style=Markup(style),
        first_script=Markup(first),
        script=Markup(script),
        still=Markup(still_pictures(payload)),
        payload=Markup(payload_text(payload)),
    )
    # A lone half of a pair has no bytes in a file; in data it is spelled out.
    return html.encode("utf-8", "replace").decode("utf-8")


def _playing_time(payload: Mapping[str, Any]) -> str:
    text = str(payload["texts"].get("playing.time", ""))
    return text.replace("{minutes}", f"{payload['playing_minutes']:g}")


def payload_text(payload: Mapping[str, Any]) -> str:
    """The payload as JSON that cannot end the element it stands in, nor be taken for markup.

    Raises ValueError for a number that is none.
    """
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)


def joined_styles(names: Sequence[str]) -> str:
    """All styles as one text."""
    return "\n".join(_part(name) for name in names)


def joined_scripts(names: Sequence[str]) -> str:
    """All scripts as one strict function, in which each is a block, and ``lab`` what they share.

    Raises ValueError where one would end the element it stands in.
    """
    texts = {name: _part(f"js/{name}") for name in names}
    parts = [f"{{ // {name}\n{text}\n}}" for name, text in texts.items()]
    script = "\n".join(['(() => {\n"use strict";\nconst lab = {};', *parts, "})();"])
    if "</script" in script.lower() or "<!--" in script:
        raise ValueError("a script of the page has the end of a script, or a comment, in it")
    return script


def policy_of(scripts: Sequence[str], style: str, live: bool = False) -> str:
    """The content security policy of a page with these scripts and one style."""
    rules = [
        "default-src 'none'",
        f"script-src {' '.join(map(csp_hash, scripts))}",
        f"style-src {csp_hash(style)}",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join([*rules, "connect-src 'self'"] if live else rules)


def csp_hash(text: str) -> str:
    """The source expression that allows one text inside an element."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _part(name: str) -> str:
    """A file of this folder, with line ends as a browser makes them before it hashes."""
    path = files(__package__).joinpath(name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise PartMissing(f"the workshop page's part {name} is missing") from None
    return text.replace("\r\n", "\n").strip()
