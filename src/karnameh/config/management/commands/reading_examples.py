"""Write what people corrected in the reader's proposals as gold: `./karnameh bench read FOLDER` takes it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from karnameh.narrative.public import write_examples


class Command(BaseCommand):
    """`./karnameh manage reading_examples FOLDER`."""

    help = "Write labelled examples (*.txt and gold.jsonl) into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *_given: Any, **options: Any) -> None:
        """Write, and say how many."""
        count = write_examples(options["folder"])
        self.stdout.write(f"{count} examples written to {options['folder']}")
