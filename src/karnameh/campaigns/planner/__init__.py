"""The planner of a week: proposals in, a calendar without clashes out, with a proven bound.

A plain library: no Django, no database. See README.md for the problem that it solves.
"""

from __future__ import annotations

from karnameh.campaigns.planner.model import (
    County,
    Day,
    Declined,
    Filter,
    Instance,
    Meter,
    Move,
    Part,
    Person,
    Pin,
    Placement,
    Plan,
    Progress,
    Proposal,
    Province,
    Reason,
    Rule,
    Slot,
    Unit,
    Venue,
    Verdict,
    Violation,
    Weights,
    Window,
)

__all__ = [
    "County",
    "Day",
    "Declined",
    "Filter",
    "Instance",
    "Meter",
    "Move",
    "Part",
    "Person",
    "Pin",
    "Placement",
    "Plan",
    "Progress",
    "Proposal",
    "Province",
    "Reason",
    "Rule",
    "Slot",
    "Unit",
    "Venue",
    "Verdict",
    "Violation",
    "Weights",
    "Window",
]
