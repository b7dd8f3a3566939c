"""Beside the days of each unit, the units of each day: coverage is counted in sets."""

from django.db import migrations

from karnameh.ledger.reporting import note_days
from karnameh.plumbing.sql import allow

TABLE = """
-- Which units have live reports: on a day (grain 0), in a Jalali month (1, at = its first day).
-- Bit n of the bytes, from the lowest on, is the unit with id n.
CREATE TABLE ledger_reporting (
    grain smallint NOT NULL, at date NOT NULL, units bytea NOT NULL, PRIMARY KEY (grain, at)
)"""


def note_what_is_folded(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT month, unit_id, days FROM ledger_presence")
        note_days(cursor, cursor.fetchall())


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_sizes"), ("org", "0004_unit_version")]
    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE ledger_reporting"),
        allow("ledger_reporting", "SELECT", "INSERT", "UPDATE"),
        migrations.RunPython(note_what_is_folded, migrations.RunPython.noop),
    ]
