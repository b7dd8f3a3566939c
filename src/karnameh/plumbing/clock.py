"""The one place that asks the time; everything below a view or a command gets it as `at=`."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present instant, aware."""
    return timezone.now()


def today() -> date:
    """The present day in the federation's time zone."""
    return timezone.localdate()
