"""The door of insight."""

from __future__ import annotations

from karnameh.insight.queries import node_url

__all__ = ["node_url"]
