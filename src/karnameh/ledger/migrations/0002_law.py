"""The law in the database: append-only entries, batch checks, folded totals, the epoch."""

from django.db import migrations

from karnameh.ledger.law import SQL, law
from karnameh.plumbing.sql import allow, refuse

LAW = """
CREATE TRIGGER law AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_law()"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("plumbing", "0002_trail"),
        ("org", "0002_trail"),
        ("catalog", "0002_law"),
        ("activities", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL((SQL / "totals.sql").read_text(), "DROP TABLE ledger_presence, ledger_total, ledger_home"),
        migrations.RunSQL(
            [
                "INSERT INTO ledger_epoch (number, \"offset\", since) VALUES (1, 0, now())",
                "INSERT INTO ledger_foldstate (folded_to) VALUES (0)",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL([law(), LAW], "DROP TRIGGER law ON ledger_entry"),
        refuse("ledger_entry", "UPDATE", "DELETE", "TRUNCATE", rule="entry_is_never_changed"),
        allow("ledger_entry", "SELECT", "INSERT"),
        allow("ledger_epoch", "SELECT"),
        allow("ledger_foldstate", "SELECT", "UPDATE"),
        allow("ledger_total, ledger_presence, ledger_home", "SELECT", "INSERT", "UPDATE"),
    ]
