"""The totals say for which levels they stand; days of counties and places are filled in by the worker."""

import django.contrib.postgres.fields
from django.db import migrations, models

from karnameh.ledger.levels import KEPT, written

UNTIL_NOW = [2, 1, 1, -1]


def where_nothing_is_folded(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_foldstate SET levels = %s WHERE folded_to = 0", [written(KEPT)])


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_promises_by_day")]
    operations = [
        migrations.AddField(
            model_name="foldstate", name="levels", preserve_default=False,
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), size=None, default=UNTIL_NOW
            ),
        ),
        migrations.AddField(
            model_name="foldstate", name="coming",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), size=None, null=True
            ),
        ),
        migrations.AddField(
            model_name="foldstate", name="filled_to", field=models.BigIntegerField(default=0)
        ),
        migrations.RunPython(where_nothing_is_folded, migrations.RunPython.noop),
    ]
