"""Watch changes."""

from django.db import migrations

from karnameh.plumbing.sql import watch


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("plumbing", "0002_trail")]
    operations = [
        watch("access_grant"),
    ]
