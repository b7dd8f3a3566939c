"""Watch phones; what was sent, asked and answered is append-only and is its own trail."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch

_KEPT = (
    "sent", "settled", "storedfile", "evidence", "asked", "answered", "point", "checkin",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("field", "0001_initial"), ("plumbing", "0002_trail")]
    operations = [
        watch("field_device"),
        watch("field_point"),
        refuse("field_device", "DELETE", "TRUNCATE", rule="device_is_never_deleted"),
        *(
            refuse(f"field_{name}", "UPDATE", "DELETE", "TRUNCATE", rule=f"{name}_is_never_changed")
            for name in _KEPT
        ),
        allow("field_device", "SELECT", "INSERT", "UPDATE"),
        allow(", ".join(f"field_{name}" for name in _KEPT), "SELECT", "INSERT"),
    ]
