"""The door of activities."""

from __future__ import annotations

from karnameh.activities.actions import begin_activities, descend, move_activities
from karnameh.activities.models import (
    TAKES_PLEDGES,
    TAKES_RESULTS,
    Activity,
    ActivityPlace,
    Assignment,
    Audience,
    AudienceShare,
    Axis,
    Campaign,
    CampaignDay,
    DayWish,
    Expectation,
    Kind,
    Lesson,
    Lineage,
    Move,
    Need,
    NeedKind,
    Occurrence,
    OccurrenceState,
    OpenSlot,
    Phase,
    Planning,
    Qualifier,
    Resource,
    ResourceKind,
    Share,
    ShareRole,
    Slot,
    State,
    Tier,
    Venue,
)
from karnameh.activities.queries import (
    activities_for,
    activities_under,
    campaign_at,
    campaign_planned,
    find_activities,
    within,
)
from karnameh.activities.rules import PENDING, STANDING, may_move, needs_note

__all__ = [
    "PENDING", "STANDING", "TAKES_PLEDGES", "TAKES_RESULTS", "Activity", "ActivityPlace", "Assignment",
    "Audience", "AudienceShare", "Axis", "Campaign", "CampaignDay", "DayWish", "Expectation", "Kind",
    "Lesson", "Lineage", "Move", "Need", "NeedKind", "Occurrence", "OccurrenceState", "OpenSlot", "Phase",
    "Planning", "Qualifier", "Resource", "ResourceKind", "Share", "ShareRole", "Slot", "State", "Tier",
    "Venue", "activities_for", "activities_under", "begin_activities", "campaign_at", "campaign_planned", "descend",
    "find_activities", "may_move", "move_activities", "needs_note", "within",
]  # fmt: skip
