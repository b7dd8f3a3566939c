"""`manage seals`: a fresh sealing key, and moving everything sealed to the newest one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from karnameh.config.secrets import add_seal_key
from karnameh.exchange.public import reseal_hooks
from karnameh.people.public import reseal
from karnameh.plumbing.clock import now


class Command(BaseCommand):
    help = (
        "Move every sealed field to the newest key; with --new-key, make that key first."
        " Restart the site in between, so that it knows the key before anything needs it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="only make the key")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            name = add_seal_key(settings.VAR)
            self.stdout.write(
                f"Key {name} is in secrets.json. Restart the site, then run: ./karnameh manage seals"
            )
            return
        moved = reseal(at=now()) + reseal_hooks(at=now())
        self.stdout.write(
            f"{moved} fields moved to the newest key."
            if moved
            else "Everything is under the newest key. Older keys are needed by old backups only."
        )
