"""Rules of a campaign, committees and their meetings, and the story of a proposal."""

from __future__ import annotations

from karnameh.campaigns.models.committee import (
    ActionItem,
    Attendance,
    Committee,
    Meeting,
    MeetingState,
    Presence,
    Seat,
    SeatRole,
)
from karnameh.campaigns.models.proposal import Note, NoteKind, ProposalVersion
from karnameh.campaigns.models.rule import Rule, RuleKind

__all__ = [
    "ActionItem", "Attendance", "Committee", "Meeting", "MeetingState", "Note", "NoteKind", "Presence",
    "ProposalVersion", "Rule", "RuleKind", "Seat", "SeatRole",
]  # fmt: skip
