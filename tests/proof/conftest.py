"""Nothing of its own but the browser: see `tests/browsing.py`."""

from __future__ import annotations

from browsing import phone, site

__all__ = ["phone", "site"]
