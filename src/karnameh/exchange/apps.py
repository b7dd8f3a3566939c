from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "karnameh.exchange"
    label = "exchange"

    def ready(self) -> None:
        from karnameh.exchange.queries import sheets_behind
        from karnameh.ledger.public import register_documents

        register_documents(sheets_behind)
