"""Sealed history as files: which there are, and what the log vouches for."""

import django.db.models.deletion
from django.db import migrations, models

from karnameh.plumbing.sql import allow, refuse


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0007_one_pass'),
    ]

    operations = [
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('number', models.IntegerField(primary_key=True, serialize=False)),
                ('since', models.BigIntegerField(unique=True)),
                ('until', models.BigIntegerField()),
                ('rows', models.BigIntegerField()),
                ('bytes', models.BigIntegerField()),
                ('sha256', models.BinaryField(max_length=32)),
                ('name', models.CharField(max_length=80, unique=True)),
                ('at', models.DateTimeField()),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.logrecord')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('rows__gt', 0), ('until__gt', models.F('since'))), name='segment_holds_something')],
            },
        ),
        refuse("ledger_segment", "UPDATE", "DELETE", "TRUNCATE", rule="segment_is_never_changed"),
        allow("ledger_segment", "SELECT", "INSERT"),
    ]
