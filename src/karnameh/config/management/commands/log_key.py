"""`manage log_key`: a fresh key for signing heads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from karnameh.config.secrets import add_log_key


class Command(BaseCommand):
    help = (
        "Make a fresh key that signs the heads of the log. The old key stays in secrets.json until the"
        " next head, because it vouches for the new one. See docs/proof.md."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        name = add_log_key(settings.VAR)
        self.stdout.write(
            f"Key {name} is in secrets.json. Restart the site; the next head uses it."
        )
