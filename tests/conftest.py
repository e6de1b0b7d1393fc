"""Settings that every test shares."""

from __future__ import annotations

from hypothesis import settings

# A kernel compiles at its first call, which says nothing about the example that called it.
settings.register_profile("learning-org", deadline=None, max_examples=50)
settings.load_profile("learning-org")
