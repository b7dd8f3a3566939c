"""The life of a figure in the database; watch it; published ones never change."""

from pathlib import Path

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch

LAW = Path(__file__).parents[1] / "sql" / "figure_law.sql"


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_figures"), ("plumbing", "0002_trail"), ("org", "0002_trail")]
    operations = [
        migrations.RunSQL(LAW.read_text(), "DROP TRIGGER law ON insight_figure"),
        watch("insight_figure", hidden=("shown", "bundle")),
        refuse("insight_figure", "DELETE", "TRUNCATE", rule="figure_is_never_deleted"),
        allow("insight_figure", "SELECT", "INSERT", "UPDATE"),
        allow("insight_figurewatch", "SELECT", "INSERT", "UPDATE", "DELETE"),
    ]
