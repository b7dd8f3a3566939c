"""Planning a campaign: its desk, rules, committees and proposals."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "karnameh.campaigns"
    label = "campaigns"
