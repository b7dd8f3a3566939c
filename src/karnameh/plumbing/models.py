"""The audit trail: deeds of people, and every changed row beneath them.

Both tables are append-only for the site's role. `Change` rows are written by a database trigger, so
bulk updates and raw SQL are seen too; a change without a deed was made outside the product.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from karnameh.plumbing.personal import Personal


class Deed(models.Model):
    """One thing that one person did."""

    at = models.DateTimeField(db_index=True)
    account = models.IntegerField(null=True)  # opaque: people stands above
    verb = models.CharField(max_length=60)
    target = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)

    personal: ClassVar[dict[str, Personal]] = {
        "account": Personal("who did it, for the auditor", "as long as the ledger"),
        "reason": Personal(
            "free text of an office holder; no names are asked for", "as long as the ledger"
        ),
    }

    class Meta:
        indexes = [models.Index(fields=["target", "id"], name="deed_target")]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"


class Change(models.Model):
    """One row of one watched table, inserted, updated or deleted."""

    deed = models.ForeignKey(
        Deed, models.PROTECT, null=True, db_constraint=False, related_name="changes"
    )
    at = models.DateTimeField()
    table = models.CharField(max_length=63)
    row = models.CharField(max_length=64)
    operation = models.CharField(max_length=6)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    personal: ClassVar[dict[str, Personal]] = {
        "before": Personal("old values; sealed columns are left out", "as long as the ledger"),
        "after": Personal("new values; sealed columns are left out", "as long as the ledger"),
    }

    class Meta:
        indexes = [models.Index(fields=["table", "row"], name="change_row")]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.row}"


class PersonalRead(models.Model):
    """Somebody opened a sealed personal field."""

    at = models.DateTimeField(db_index=True)
    account = models.IntegerField(null=True)  # opaque: people stands above
    table = models.CharField(max_length=63)
    row = models.CharField(max_length=64)
    field = models.CharField(max_length=63)
    purpose = models.CharField(max_length=120)

    personal: ClassVar[dict[str, Personal]] = {
        "account": Personal("who read it, for the auditor", "two years"),
    }

    def __str__(self) -> str:
        return f"{self.table}.{self.field} {self.row}"


class Notice(models.Model):
    """Something that happened and has not been passed on yet; see `notices.py`."""

    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    due = models.DateTimeField(db_index=True)
    path = models.TextField(blank=True)
    account = models.IntegerField(null=True)  # opaque: people stands above
    body = models.JSONField()

    personal: ClassVar[dict[str, Personal]] = {
        "account": Personal("the only account that may hear of it", "until it is passed on"),
        "path": Personal("numbers of the units above; no person", "until it is passed on"),
        "body": Personal("codes and counts; nothing about a person", "until it is passed on"),
    }

    def __str__(self) -> str:
        return self.kind
