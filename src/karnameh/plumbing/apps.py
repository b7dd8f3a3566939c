from __future__ import annotations

from django.apps import AppConfig


class PlumbingConfig(AppConfig):
    name = "karnameh.plumbing"
    label = "plumbing"
