"""The page at which participants type the room's code."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined


@dataclass(frozen=True)
class JoinPage:
    """The join page in the language of the workshop page whose ``payload`` this is."""

    payload: Mapping[str, Any]

    def text(self, wrong: str = "", typed: str = "") -> str:
        """HTML of the page; ``wrong`` names the text that says why the last code did not do."""
        texts = self.payload["texts"]
        return self._template.render(
            language=self.payload.get("language", "en"),
            direction=self.payload.get("direction", "ltr"),
            title=self.payload.get("title", ""),
            say=lambda key: texts.get(key, key),
            wrong=wrong,
            typed=typed[:12],
            css=self._css,
        )

    @property
    def policy(self) -> str:
        """Its content security policy: its own style, and a form that leads back here."""
        return (
            f"default-src 'none'; style-src '{hash_of(self._css)}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )

    @cached_property
    def _css(self) -> str:
        return (files("sim.pages") / "workshop" / "join.css").read_text(encoding="utf-8")

    @cached_property
    def _template(self) -> Any:
        source = (files("sim.pages") / "workshop" / "join.html.j2").read_text(encoding="utf-8")
        environment = Environment(autoescape=True, undefined=StrictUndefined)
        return environment.from_string(source)


def hash_of(text: str) -> str:
    """A block of style or script as a content security policy names it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
