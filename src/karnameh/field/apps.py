from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldConfig(AppConfig):
    name = "karnameh.field"
    label = "field"

    def ready(self) -> None:
        from karnameh.field.queries import beside_entry
        from karnameh.ledger.public import register_beside
        from karnameh.people.public import Door, register_door

        register_beside(beside_entry)
        register_door(Door("field_devices", _("My phones"), _("lock one out when it is lost")))
