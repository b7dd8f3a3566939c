from __future__ import annotations

from django.apps import AppConfig


class NarrativeConfig(AppConfig):
    name = "karnameh.narrative"
    label = "narrative"

    def ready(self) -> None:
        from karnameh.ledger.public import register_documents
        from karnameh.narrative.queries import words_behind

        register_documents(words_behind)
