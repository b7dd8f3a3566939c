"""Watch changes."""

from django.db import migrations

from karnameh.plumbing.sql import refuse, watch


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("plumbing", "0002_trail")]
    operations = [
        watch("people_user", hidden=("password", "email", "last_login")),
        watch("people_contact", hidden=("phone_sealed",)),
        refuse("people_user", "DELETE", "TRUNCATE", rule="account_is_never_deleted"),
    ]
