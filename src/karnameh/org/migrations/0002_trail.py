"""Watch the trees; nothing in them is ever deleted."""

from django.db import migrations

from karnameh.plumbing.sql import refuse, watch

TABLES = ("org_orgunit", "org_place", "org_theme", "org_profession", "org_unitplacement", "org_placeplacement")


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial"), ("plumbing", "0002_trail")]
    operations = [
        *(watch(table) for table in ("org_orgunit", "org_place", "org_theme", "org_profession")),
        # "As it was then" looks for a node anywhere in a line of that time.
        migrations.RunSQL(
            [
                "CREATE INDEX unit_placement_line ON org_unitplacement USING gin (line)",
                "CREATE INDEX place_placement_line ON org_placeplacement USING gin (line)",
            ],
            migrations.RunSQL.noop,
        ),
        *(refuse(table, "DELETE", "TRUNCATE", rule="org_is_never_deleted") for table in TABLES),
    ]
