"""Watch changes."""

from django.db import migrations

from karnameh.plumbing.sql import refuse, watch


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial"), ("plumbing", "0002_trail")]
    operations = [
        watch("activities_activity"),
        watch("activities_campaign"),
        watch("activities_share"),
        refuse("activities_activity", "DELETE", "TRUNCATE", rule="activity_is_never_deleted"),
    ]
