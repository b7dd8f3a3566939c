"""The door of campaigns: rules, committees, and the story of a proposal."""

from __future__ import annotations

from karnameh.campaigns.models import (
    ActionItem,
    Attendance,
    Committee,
    Meeting,
    MeetingState,
    Note,
    NoteKind,
    Presence,
    ProposalVersion,
    Rule,
    RuleKind,
    Seat,
    SeatRole,
)

__all__ = [
    "ActionItem", "Attendance", "Committee", "Meeting", "MeetingState", "Note", "NoteKind", "Presence",
    "ProposalVersion", "Rule", "RuleKind", "Seat", "SeatRole",
]  # fmt: skip
