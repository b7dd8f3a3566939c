"""All addresses."""

from __future__ import annotations

from django.urls import path

from karnameh.plumbing.health import live, ready

urlpatterns = [path("health/live", live, name="health_live"), path("health/ready", ready, name="health_ready")]
