"""Watch open data; what was published is never changed or deleted."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch

STANDS = """
CREATE TRIGGER stands BEFORE UPDATE ON exchange_opendata FOR EACH ROW
WHEN (OLD.state = 'published') EXECUTE FUNCTION plumbing_refuse('open_data_is_never_changed')
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_open_data"), ("plumbing", "0002_trail")]
    operations = [
        watch("exchange_opendata"),
        refuse("exchange_opendata", "DELETE", "TRUNCATE", rule="open_data_is_never_changed"),
        migrations.RunSQL(STANDS, "DROP TRIGGER stands ON exchange_opendata"),
        allow("exchange_opendata", "SELECT", "INSERT", "UPDATE"),
    ]
