"""The life of an activity in the database, the audiences as shipped, the trail and the site's rights."""

from pathlib import Path

from django.db import migrations

from karnameh.activities.rules import MOVES
from karnameh.plumbing.sql import allow, refuse, watch

AUDIENCES = (
    ("everybody", "همهٔ مردم", "Everybody"),
    ("women", "زنان و دختران", "Women and girls"),
    ("men", "مردان و پسران", "Men and boys"),
    ("children", "کودکان", "Children"),
    ("pupils", "دانش‌آموزان", "Pupils"),
    ("students", "دانشجویان", "Students"),
    ("youth", "جوانان", "Young people"),
    ("families", "خانواده‌ها", "Families"),
    ("older-people", "سالمندان", "Older people"),
    ("disabled-people", "افراد دارای معلولیت", "People with disabilities"),
    ("villagers", "روستاییان و عشایر", "Villagers and nomads"),
    ("workers", "کارگران و پیشه‌وران", "Workers and craftspeople"),
)


def _law() -> str:
    pairs = ", ".join(f"('{one}', '{to}')" for one, several in MOVES.items() for to in several)
    return (Path(__file__).parents[1] / "sql" / "law.sql").read_text().replace("({moves})", f"({pairs})")


def _audiences(apps, editor) -> None:
    audience = apps.get_model("activities", "Audience")
    for position, (code, fa, en) in enumerate(AUDIENCES):
        audience.objects.create(code=code, name_fa=fa, name_en=en, position=position)


class Migration(migrations.Migration):
    dependencies = [("activities", "0003_plan"), ("plumbing", "0002_trail")]
    operations = [
        migrations.RunPython(_audiences, migrations.RunPython.noop),
        migrations.RunSQL(
            _law(),
            """
            DROP TRIGGER state_law ON activities_activity; DROP TRIGGER move_law ON activities_activity;
            DROP TRIGGER told_law ON activities_move; DROP TRIGGER day_law ON activities_campaignday;
            DROP TRIGGER day_law ON activities_campaign; DROP TRIGGER hall_law ON activities_occurrence;
            DROP FUNCTION activities_may_move, activities_state_law, activities_move_law,
                activities_told_law, activities_day_law, activities_hall_law;
            """,
        ),
        *(
            watch(f"activities_{table}")
            for table in (
                "campaignday", "phase", "axis", "lesson", "audience", "audienceshare", "activityplace",
                "daywish", "expectation", "venue", "openslot", "occurrence", "need", "resource", "assignment",
            )
        ),
        refuse("activities_move", "UPDATE", "DELETE", "TRUNCATE", rule="move_is_never_changed"),
        refuse("activities_lineage", "UPDATE", "DELETE", "TRUNCATE", rule="lineage_is_never_changed"),
        refuse("activities_campaign", "DELETE", "TRUNCATE", rule="campaign_is_never_deleted"),
        refuse("activities_lesson", "DELETE", "TRUNCATE", rule="lesson_is_never_deleted"),
        refuse("activities_occurrence", "DELETE", "TRUNCATE", rule="occurrence_is_never_deleted"),
        allow("activities_move, activities_lineage", "SELECT", "INSERT"),
        allow(
            "activities_campaign, activities_activity, activities_lesson, activities_venue,"
            " activities_occurrence, activities_resource, activities_audience",
            "SELECT", "INSERT", "UPDATE",
        ),
        allow(
            "activities_campaignday, activities_phase, activities_axis, activities_audienceshare,"
            " activities_activityplace, activities_daywish, activities_expectation, activities_openslot,"
            " activities_need, activities_assignment, activities_share",
            "SELECT", "INSERT", "UPDATE", "DELETE",
        ),
    ]
