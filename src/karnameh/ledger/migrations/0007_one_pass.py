"""The law looks at a batch once, and only a batch with a fault is looked at rule by rule."""

from django.db import migrations

from karnameh.ledger.law import law


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_log_homes"), ("org", "0003_closed_units")]
    operations = [migrations.RunSQL(law(), migrations.RunSQL.noop)]
