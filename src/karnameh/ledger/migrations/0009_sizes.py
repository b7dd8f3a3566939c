"""A batch of some hundred entries is not judged by the plan made for thousands: that read whole trees for it."""

from django.db import migrations

from karnameh.ledger.law import law


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_segment")]
    operations = [migrations.RunSQL(law(), migrations.RunSQL.noop)]
