"""Promises in the order of their days: a page of them reads no more than it shows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_reporting")]
    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["ends_on", "id"],
                name="entry_promises",
                condition=models.Q(kind=0, part_of__isnull=True, stage=1),
            ),
        ),
    ]
