"""`manage personal_data`: the dictionary of personal columns; `--check` fails on an undeclared one."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from karnameh.plumbing.personal import declared, dictionary, suspects


class Command(BaseCommand):
    help = "Print every personal column with its purpose; with --check, fail on one that is not declared."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        models = apps.get_models(include_auto_created=True)
        if options["check"]:
            faults = [fault for model in models for fault in _faults(model)]
            for fault in faults:
                self.stderr.write(fault)
            if faults:
                raise CommandError(f"{len(faults)} columns about people are not declared")
            self.stdout.write(f"{len(models)} models looked at, every personal column is declared.")
            return
        for model, column, why in dictionary():
            self.stdout.write(
                f"{model._meta.db_table}.{column}: {why.purpose}; kept {why.retention}"
            )


def _faults(model: type[Any]) -> list[str]:
    own = declared(model)
    table = model._meta.db_table
    if own is None:
        return [
            f"{table}: the model declares no `personal` dictionary; write one, empty if nothing is personal"
        ]
    known = {name.removesuffix("_id") for name in own} | set(_PLAIN_TEXT.get(table, ()))
    return [
        f"{table}.{column}: free text, a link to an account or a telling name, and not in `personal`"
        for column in suspects(model)
        if column.removesuffix("_id") not in known
    ]


# Text that is about things, looked at by a person once: definitions, contents, states of libraries.
_PLAIN_TEXT: dict[str, tuple[str, ...]] = {
    "catalog_indicator": ("definition_fa", "definition_en"),
    "catalog_wording": ("definition_fa", "definition_en"),
    "catalog_item": ("contents_fa",),
}
