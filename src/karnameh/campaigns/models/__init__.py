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
from karnameh.campaigns.package.models import (
    Line,
    Package,
    Part,
    Pledge,
    Signature,
    Version,
    VersionState,
)
from karnameh.campaigns.review.models import Decision, Opinion, Reason, Verdict
from karnameh.campaigns.week.models import Feed, FeedKind, Left, Run, RunState

__all__ = [
    "ActionItem", "Attendance", "Committee", "Decision", "Feed", "FeedKind", "Left", "Line", "Meeting",
    "MeetingState", "Note", "NoteKind", "Opinion", "Package", "Part", "Pledge", "Presence",
    "ProposalVersion", "Reason", "Rule", "RuleKind", "Run", "RunState", "Seat", "SeatRole", "Signature",
    "Verdict", "Version", "VersionState",
]  # fmt: skip
