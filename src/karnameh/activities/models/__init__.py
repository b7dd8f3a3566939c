"""Campaigns and activities: the one plan object, and its place in the calendar."""

from __future__ import annotations

from karnameh.activities.models.activity import (
    TAKES_PLEDGES,
    TAKES_RESULTS,
    Activity,
    ActivityPlace,
    Audience,
    AudienceShare,
    DayWish,
    Expectation,
    Kind,
    Lineage,
    Move,
    Qualifier,
    Share,
    ShareRole,
    Slot,
    State,
    Tier,
)
from karnameh.activities.models.campaign import (
    Axis,
    Campaign,
    CampaignDay,
    Lesson,
    Phase,
    Planning,
)
from karnameh.activities.models.schedule import (
    Assignment,
    Need,
    NeedKind,
    Occurrence,
    OccurrenceState,
    OpenSlot,
    Resource,
    ResourceKind,
    Venue,
)

__all__ = [
    "TAKES_PLEDGES", "TAKES_RESULTS", "Activity", "ActivityPlace", "Assignment", "Audience",
    "AudienceShare", "Axis", "Campaign", "CampaignDay", "DayWish", "Expectation", "Kind", "Lesson",
    "Lineage", "Move", "Need", "NeedKind", "Occurrence", "OccurrenceState", "OpenSlot", "Phase",
    "Planning", "Qualifier", "Resource", "ResourceKind", "Share", "ShareRole", "Slot", "State", "Tier",
    "Venue",
]  # fmt: skip
