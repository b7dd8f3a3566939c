"""Where units stood is kept for every size of the log: an older head is proven by its own tree."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_log")]
    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE ledger_sumhome ADD size bigint NOT NULL DEFAULT 0",
                "ALTER TABLE ledger_sumhome ALTER size DROP DEFAULT",
                "ALTER TABLE ledger_sumhome DROP CONSTRAINT ledger_sumhome_pkey, ADD PRIMARY KEY (axis, node, size)",
            ],
            migrations.RunSQL.noop,
        ),
        refuse("ledger_sumhome", "UPDATE", "DELETE", "TRUNCATE", rule="log_is_never_changed"),
        allow("ledger_sumhome", "SELECT", "INSERT"),
    ]
