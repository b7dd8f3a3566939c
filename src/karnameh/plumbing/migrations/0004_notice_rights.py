"""Notices are taken away when they are passed on; the deed that they tell of is in the trail."""

from django.db import migrations

from karnameh.plumbing.sql import allow


class Migration(migrations.Migration):
    dependencies = [("plumbing", "0003_notice")]
    operations = [allow("plumbing_notice", "SELECT", "INSERT", "UPDATE", "DELETE")]
