"""Dimension sets and natures as plain values."""

from __future__ import annotations

from collections.abc import Mapping


def canonical_key(options: Mapping[str, str]) -> str:
    """`{"sex": "women", "age": "18-59"}` as `age=18-59,sex=women`: one key for one set."""
    return ",".join(f"{dimension}={option}" for dimension, option in sorted(options.items()))


def cut_of(options: Mapping[str, str]) -> str:
    """The dimensions alone: sets of one cut partition a total, sets of different cuts do not."""
    return ",".join(sorted(options))


def may_be_added(nature: str, time_rule: str) -> bool:
    """Whether a nature bears the rule for time: rates are never summed, of what exists the last value counts."""
    if nature == "rate":
        return time_rule != "sum"
    if nature in ("stock", "cumulative"):
        return time_rule in ("last", "max", "none")
    return True
