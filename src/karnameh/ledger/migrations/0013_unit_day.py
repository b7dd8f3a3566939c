"""The index by unit is in the order of days: what is posted today no longer touches all of its pages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_levels")]
    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["unit", "ends_on", "indicator"], name="entry_unit_day"),
        ),
        migrations.RemoveIndex(model_name="entry", name="entry_unit_indicator"),
    ]
