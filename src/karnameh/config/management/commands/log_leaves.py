"""`manage log_leaves FOLDER`: everything an auditor needs to add up any figure himself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from karnameh.ledger.public import every_leaf, latest_head, lines_at


class Command(BaseCommand):
    help = (
        "Write every leaf of the log (leaves.txt) and where units and places stand (trees.txt) as of the"
        " latest head, for karnameh-verify --leaves --trees. They show small counts: for auditors only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        head = latest_head()
        if head is None:
            raise CommandError("Nothing is sealed yet.")
        folder.mkdir(parents=True, exist_ok=True)
        with connection.cursor() as cursor:
            with (folder / "leaves.txt").open("wb") as out:
                for leaf in every_leaf(cursor, head.size):
                    out.write(leaf + b"\n")
            lines = lines_at(cursor, head.size)
        with (folder / "trees.txt").open("w") as text:
            for (axis, node), line in sorted(lines.items()):
                text.write(f"{axis} {node} {'/'.join(map(str, line))}\n")
        self.stdout.write(f"{head.size:,} leaves as of head {head.number} ({head.code}).")
