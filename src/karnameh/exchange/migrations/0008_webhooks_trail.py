"""Watch subscriptions; their secrets reach no trail, and what was counted is no change."""

from django.db import migrations

from karnameh.plumbing.sql import allow, refuse, watch

HIDDEN = ("secret", "former_secret", "counted_to", "counted_at", "lost")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_webhooks"), ("plumbing", "0002_trail")]
    operations = [
        watch("exchange_subscription", hidden=HIDDEN),
        refuse("exchange_subscription", "DELETE", "TRUNCATE", rule="subscription_is_never_deleted"),
        allow("exchange_subscription", "SELECT", "INSERT", "UPDATE"),
        allow("exchange_delivery", "SELECT", "INSERT", "UPDATE", "DELETE"),
        allow("exchange_attempt", "SELECT", "INSERT", "DELETE"),
    ]
