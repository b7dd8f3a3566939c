"""Work that waits is no record: the figure's own steps are in the trail."""

from django.db import migrations

from karnameh.plumbing.sql import allow


class Migration(migrations.Migration):
    dependencies = [("insight", "0005_figure_work")]
    operations = [allow("insight_figurework", "SELECT", "INSERT", "UPDATE", "DELETE")]
