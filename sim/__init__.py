"""A laboratory for learning organizations."""

from __future__ import annotations

__version__ = "0.2.0"
