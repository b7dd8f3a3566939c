"""Releases about people stay as they were made; what they hold never reaches the trail."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_release")]
    operations = [
        watch("ledger_release", hidden=("content",)),
        refuse("ledger_release", "UPDATE", "DELETE", "TRUNCATE", rule="release_is_never_changed"),
        allow("ledger_release", "SELECT", "INSERT"),
    ]
