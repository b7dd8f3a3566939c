"""The door of activities."""

from __future__ import annotations

from karnameh.activities.models import (
    TAKES_PLEDGES,
    TAKES_RESULTS,
    Activity,
    Campaign,
    CampaignDay,
    Kind,
    Share,
    ShareRole,
    State,
    Tier,
)
from karnameh.activities.queries import (
    activities_for,
    activities_under,
    campaign_at,
    find_activities,
)

__all__ = [
    "TAKES_PLEDGES", "TAKES_RESULTS", "Activity", "Campaign", "CampaignDay", "Kind", "Share",
    "ShareRole", "State", "Tier", "activities_for", "activities_under", "campaign_at",
    "find_activities",
]  # fmt: skip
