"""The law in the database: append-only entries, batch checks, folded totals, the epoch."""

from pathlib import Path

from django.db import migrations

from karnameh.activities.public import TAKES_PLEDGES, TAKES_RESULTS
from karnameh.plumbing.sql import allow, refuse

SQL = Path(__file__).parents[1] / "sql"


def _law() -> str:
    def states(values: tuple[str, ...]) -> str:
        return ", ".join(f"'{value}'" for value in values)

    text = (SQL / "law.sql").read_text()
    return text.replace("{pledge_states}", states(TAKES_PLEDGES)).replace("{result_states}", states(TAKES_RESULTS))


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
        migrations.RunSQL(_law(), "DROP TRIGGER law ON ledger_entry"),
        refuse("ledger_entry", "UPDATE", "DELETE", "TRUNCATE", rule="entry_is_never_changed"),
        allow("ledger_entry", "SELECT", "INSERT"),
        allow("ledger_epoch", "SELECT"),
        allow("ledger_foldstate", "SELECT", "UPDATE"),
        allow("ledger_total, ledger_presence, ledger_home", "SELECT", "INSERT", "UPDATE"),
    ]
