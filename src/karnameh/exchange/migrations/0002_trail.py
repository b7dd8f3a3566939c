"""Watch imports; the record of one is never deleted. How far a check has come is no change."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("plumbing", "0002_trail")]
    operations = [
        watch("exchange_import", hidden=("progress", "heartbeat_at", "worker", "attempts")),
        refuse("exchange_import", "DELETE", "TRUNCATE", rule="import_is_never_deleted"),
        allow("exchange_import", "SELECT", "INSERT", "UPDATE"),
    ]
