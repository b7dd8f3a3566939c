from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0002_trail")]
    operations = [
        migrations.AddIndex(
            "orgunit",
            models.Index(fields=["id"], name="unit_closed", condition=models.Q(closed_on__isnull=False)),
        ),
    ]
