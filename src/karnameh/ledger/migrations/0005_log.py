"""The log: heads and their keys, leaves, sum trees, witnesses. Append-only, for everybody."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from karnameh.plumbing.sql import allow, refuse, watch

SQL = Path(__file__).parents[1] / "sql"
GROWING = (
    "ledger_leafpage", "ledger_lognode", "ledger_sumpage", "ledger_sumnode", "ledger_sumseries", "ledger_saltless",
    "ledger_head", "ledger_logkey", "ledger_countersignature",
)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_release_trail'),
        ('org', '0002_trail'),
    ]

    operations = [
        migrations.CreateModel(
            name='LogRecord',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.SlugField(max_length=20)),
                ('name', models.CharField(max_length=120)),
                ('sha256', models.BinaryField(max_length=32)),
                ('bytes', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('leaf', models.BigIntegerField(null=True, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='LogKey',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('public', models.BinaryField(max_length=32)),
                ('since', models.DateTimeField()),
                ('endorsement', models.BinaryField(max_length=64, null=True)),
                ('endorsed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.logkey')),
            ],
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('number', models.IntegerField(primary_key=True, serialize=False)),
                ('epoch', models.IntegerField()),
                ('size', models.BigIntegerField()),
                ('entries', models.BigIntegerField()),
                ('root', models.BinaryField(max_length=32)),
                ('totals', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField()),
                ('previous', models.BinaryField(max_length=32)),
                ('digest', models.BinaryField(max_length=32)),
                ('signature', models.BinaryField(max_length=64)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.logkey')),
            ],
        ),
        migrations.CreateModel(
            name='Witness',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public', models.BinaryField(max_length=32, unique=True)),
                ('registered_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.orgunit')),
            ],
        ),
        migrations.CreateModel(
            name='Countersignature',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signature', models.BinaryField(max_length=64)),
                ('at', models.DateTimeField()),
                ('head', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='countersignatures', to='ledger.head')),
                ('witness', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='countersignatures', to='ledger.witness')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('head', 'witness'), name='head_countersigned_once')],
            },
        ),
        migrations.RunSQL(
            (SQL / "log.sql").read_text(),
            "DROP TABLE ledger_logstate, ledger_leafpage, ledger_leafsalt, ledger_saltless, ledger_lognode, ledger_sumpage,"
            " ledger_sumnode, ledger_sumseries, ledger_sumhome",
        ),
        *(refuse(table, "UPDATE", "DELETE", "TRUNCATE", rule="log_is_never_changed") for table in GROWING),
        *(
            refuse(table, "DELETE", "TRUNCATE", rule="log_is_never_changed")
            for table in ("ledger_logstate", "ledger_logrecord", "ledger_leafsalt", "ledger_witness")
        ),
        *(allow(table, "SELECT", "INSERT") for table in GROWING),
        allow("ledger_logstate", "SELECT", "UPDATE"),
        allow("ledger_logrecord, ledger_leafsalt, ledger_witness, ledger_sumhome", "SELECT", "INSERT", "UPDATE"),
        watch("ledger_witness"),
        watch("ledger_countersignature"),
    ]
