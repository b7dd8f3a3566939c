"""Decisions, packages and signatures in the database; the trail and the site's rights."""

from pathlib import Path

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch

_UNDO = """
    DROP TRIGGER version_law ON campaigns_version; DROP TRIGGER content_law ON campaigns_line;
    DROP TRIGGER content_law ON campaigns_part; DROP TRIGGER part_law ON campaigns_part;
    DROP TRIGGER signature_law ON campaigns_signature; DROP TRIGGER pledge_law ON campaigns_pledge;
    DROP FUNCTION campaigns_version_law, campaigns_content_law, campaigns_part_law,
        campaigns_signature_law, campaigns_pledge_law, campaigns_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_desks"), ("plumbing", "0002_trail")]
    operations = [
        migrations.RunSQL((Path(__file__).parents[1] / "sql" / "desks.sql").read_text(), _UNDO),
        *(
            watch(f"campaigns_{table}")
            for table in ("package", "version", "part", "signature", "pledge", "decision", "feed")
        ),
        watch("campaigns_opinion", hidden=("note",)),
        refuse("campaigns_decision", "UPDATE", "DELETE", "TRUNCATE", rule="decision_is_never_changed"),
        refuse("campaigns_signature", "UPDATE", "DELETE", "TRUNCATE", rule="signature_is_never_changed"),
        refuse("campaigns_version", "DELETE", "TRUNCATE", rule="version_is_never_deleted"),
        refuse("campaigns_package", "DELETE", "TRUNCATE", rule="package_is_never_deleted"),
        refuse("campaigns_pledge", "DELETE", "TRUNCATE", rule="pledge_is_never_deleted"),
        refuse("campaigns_line", "TRUNCATE", rule="frozen_package_never_changes"),
        refuse("campaigns_part", "TRUNCATE", rule="frozen_package_never_changes"),
        allow("campaigns_decision, campaigns_signature", "SELECT", "INSERT"),
        allow(
            "campaigns_package, campaigns_version, campaigns_pledge, campaigns_opinion, campaigns_run,"
            " campaigns_feed",
            "SELECT", "INSERT", "UPDATE",
        ),
        allow("campaigns_line, campaigns_part, campaigns_left", "SELECT", "INSERT", "UPDATE", "DELETE"),
    ]  # fmt: skip
