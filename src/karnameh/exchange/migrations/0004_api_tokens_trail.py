"""Watch keys of programs; their digests reach no trail, and a key's day of use is no change."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_api_tokens"), ("plumbing", "0002_trail")]
    operations = [
        watch("exchange_apitoken", hidden=("digest", "used_on")),
        refuse("exchange_apitoken", "DELETE", "TRUNCATE", rule="token_is_never_deleted"),
        allow("exchange_apitoken", "SELECT", "INSERT", "UPDATE"),
    ]
