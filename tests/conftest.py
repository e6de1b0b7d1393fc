"""Settings that every test shares."""

from __future__ import annotations

from hypothesis import settings

# A kernel compiles at its first call, which says nothing about the example that called it.
# The same examples every time, so that a failure belongs to a change; `search` looks for new ones:
# python -m pytest --hypothesis-profile search
settings.register_profile("learning-org", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("learning-org")
