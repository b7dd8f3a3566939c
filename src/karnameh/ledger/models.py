"""Entries, and the totals folded from them.

References carry no foreign-key trigger: at 10 microseconds a check they would cost more than the
insert itself. A statement trigger checks every reference of a whole batch at once (`law.sql`), and
nothing that an entry refers to can ever be deleted. See `docs/decisions/0004-set-checks.md`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Activity
from karnameh.catalog.public import DimensionSet, Indicator, Item
from karnameh.ledger import rules
from karnameh.ledger.proof.canonical import short_code
from karnameh.org.public import OrgUnit, Place, PlacePlacement, UnitPlacement
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class Stage(models.IntegerChoices):
    PLEDGED = rules.Stage.PLEDGED, _("promised")
    REPORTED = rules.Stage.REPORTED, _("reported")
    VERIFIED = rules.Stage.VERIFIED, _("verified")


class Kind(models.IntegerChoices):
    ORIGINAL = rules.Kind.ORIGINAL, _("original")
    REVERSAL = rules.Kind.REVERSAL, _("reversal")
    ADJUSTMENT = rules.Kind.ADJUSTMENT, _("adjustment")


class Qualifier(models.IntegerChoices):
    EXACT = rules.Qualifier.EXACT, _("exactly")
    AT_LEAST = rules.Qualifier.AT_LEAST, _("more than")
    ABOUT = rules.Qualifier.ABOUT, _("about")
    AT_MOST = rules.Qualifier.AT_MOST, _("at most")
    UNKNOWN = rules.Qualifier.UNKNOWN, _("unknown quantity")


class Coverage(models.IntegerChoices):
    OWN = rules.Coverage.OWN, _("own work")
    WHOLE_SUBTREE = rules.Coverage.WHOLE_SUBTREE, _("stated for everybody beneath")


class Role(models.IntegerChoices):
    LEAD = rules.Role.LEAD, _("lead")
    PARTNER = rules.Role.PARTNER, _("partner")
    INSTALLER = rules.Role.INSTALLER, _("installer")
    FUNDER = rules.Role.FUNDER, _("funder")
    OWNER = rules.Role.OWNER, _("owner")


def _loose(model: type[models.Model], **options: Any) -> Any:
    """A reference that the law checks for whole batches instead of row by row."""
    return models.ForeignKey(
        model, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **options
    )


def _entry_link(name: str) -> Any:
    return models.ForeignKey(
        "self", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name=name
    )


class Entry(models.Model):
    """One quantity that somebody promised, reported or checked. Append-only, for everybody."""

    id = models.UUIDField(primary_key=True)
    clock = models.BigIntegerField()  # the posting transaction, growing over restores
    posted_at = models.DateTimeField()
    posted_by = _loose(User)
    indicator = _loose(Indicator)
    stage = models.SmallIntegerField(choices=Stage)
    kind = models.SmallIntegerField(choices=Kind)
    unit = _loose(OrgUnit)
    unit_placement = _loose(UnitPlacement)
    place = _loose(Place)
    place_placement = _loose(PlacePlacement)
    activity = _loose(Activity, null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()  # the day on which it counts
    item = _loose(Item, null=True)
    dimensions = _loose(DimensionSet)
    part_of = _entry_link("parts")
    quantity = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    rial = models.BigIntegerField(null=True)
    qualifier = models.SmallIntegerField(choices=Qualifier)
    coverage = models.SmallIntegerField(choices=Coverage)
    role = models.SmallIntegerField(choices=Role)
    fulfils = _entry_link("fulfilments")
    verifies = _entry_link("verifications")
    corrects = _entry_link("corrections")
    batch = models.UUIDField(null=True)  # the document it came with: an import, a report
    batch_row = models.IntegerField(null=True)
    as_written = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    digest = models.BinaryField(max_length=32)

    personal: ClassVar[dict[str, Personal]] = {
        "posted_by": Personal(
            "the office that stands behind the quantity", "as long as the ledger"
        ),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=[1, 2, 3]), name="entry_stage"),
            models.CheckConstraint(condition=Q(kind__in=[0, 1, 2]), name="entry_kind"),
            models.CheckConstraint(
                condition=Q(qualifier__gte=1, qualifier__lte=5), name="entry_qualifier"
            ),
            models.CheckConstraint(condition=Q(coverage__in=[1, 2]), name="entry_coverage"),
            models.CheckConstraint(condition=Q(role__gte=1, role__lte=5), name="entry_role"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="entry_period_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=False) | Q(qualifier=rules.Qualifier.UNKNOWN),
                name="entry_without_quantity_says_unknown",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | ~Q(qualifier=rules.Qualifier.UNKNOWN),
                name="entry_unknown_has_no_quantity",
            ),
            models.CheckConstraint(
                # Also keeps NaN out, which PostgreSQL sorts above every number.
                condition=Q(quantity=None)
                | Q(quantity__gte=-rules.LARGEST, quantity__lte=rules.LARGEST),
                name="entry_quantity_is_a_number",
            ),
            models.CheckConstraint(
                condition=Q(rial=None) | Q(rial__gte=-rules.MOST_RIALS, rial__lte=rules.MOST_RIALS),
                name="entry_money_is_possible",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__gte=rules.FIRST_DAY, ends_on__lte=rules.LAST_DAY),
                name="entry_day_is_in_the_calendar",
            ),
            models.CheckConstraint(
                condition=~Q(kind=rules.Kind.ORIGINAL)
                | ((Q(quantity=None) | Q(quantity__gte=0)) & (Q(rial=None) | Q(rial__gte=0))),
                name="entry_original_is_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(kind=rules.Kind.REVERSAL) | Q(corrects__isnull=False),
                name="entry_reversal_names_its_entry",
            ),
            models.CheckConstraint(
                condition=~Q(kind=rules.Kind.ADJUSTMENT) | ~Q(note=""),
                name="entry_adjustment_says_why",
            ),
            models.CheckConstraint(
                condition=Q(stage=rules.Stage.VERIFIED, verifies__isnull=False)
                | (~Q(stage=rules.Stage.VERIFIED) & Q(verifies=None)),
                name="entry_verified_names_its_report",
            ),
            models.CheckConstraint(
                condition=Q(fulfils=None) | Q(stage=rules.Stage.REPORTED),
                name="entry_only_reports_fulfil",
            ),
            models.CheckConstraint(
                condition=Q(part_of=None) | ~Q(dimensions=1) | Q(quantity=None),
                name="entry_part_is_disaggregated",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(kind=rules.Kind.REVERSAL),
                name="entry_reversed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["clock"], name="entry_clock"),
            # The day before the indicator: what is posted today touches one page of each unit, not all.
            models.Index(fields=["unit", "ends_on", "indicator"], name="entry_unit_day"),
            models.Index(fields=["place", "ends_on"], name="entry_place_day"),
            models.Index(fields=["indicator", "stage", "id"], name="entry_indicator_stage"),
            models.Index(  # promises in the order of their days
                fields=["ends_on", "id"],
                name="entry_promises",
                condition=Q(
                    stage=rules.Stage.PLEDGED, kind=rules.Kind.ORIGINAL, part_of__isnull=True
                ),
            ),
            models.Index(
                fields=["fulfils"], name="entry_fulfils", condition=Q(fulfils__isnull=False)
            ),
            models.Index(
                fields=["verifies"], name="entry_verifies", condition=Q(verifies__isnull=False)
            ),
            models.Index(
                fields=["corrects"], name="entry_corrects", condition=Q(corrects__isnull=False)
            ),
            models.Index(
                fields=["part_of"], name="entry_part_of", condition=Q(part_of__isnull=False)
            ),
            models.Index(fields=["batch"], name="entry_batch", condition=Q(batch__isnull=False)),
            models.Index(
                fields=["indicator", "unit"],
                name="entry_control",
                condition=Q(coverage=rules.Coverage.WHOLE_SUBTREE),
            ),
            models.Index(
                fields=["activity", "indicator"],
                name="entry_activity",
                condition=Q(activity__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Epoch(models.Model):
    """One row: the server's epoch, and what to add to a transaction number to get the clock.

    `restore` bumps the epoch and lifts the offset, because a restored server counts its transactions
    from the beginning again.
    """

    number = models.IntegerField()
    offset = models.BigIntegerField()
    since = models.DateTimeField()
    personal: ClassVar[dict[str, Personal]] = {}

    def __str__(self) -> str:
        return str(self.number)


class FoldState(models.Model):
    """One row: every entry with a smaller clock is in the totals of these levels; see `levels.Standing`."""

    folded_to = models.BigIntegerField()
    levels = ArrayField(models.SmallIntegerField())
    coming = ArrayField(models.SmallIntegerField(), null=True)
    filled_to = models.BigIntegerField(default=0)
    personal: ClassVar[dict[str, Personal]] = {}

    def __str__(self) -> str:
        return str(self.folded_to)


class Release(models.Model):
    """What one publication about people gave away, for the attack on every later one. Never changed.

    It holds true counts by county and day, and is shown to nobody.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    what = models.CharField(max_length=120)  # "figure:K7M2", "download:2026-48"
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    content = models.BinaryField()

    personal: ClassVar[dict[str, Personal]] = {
        "by": Personal("who published the counts", "as long as the ledger"),
    }

    class Meta:
        indexes = [models.Index(fields=["indicator", "id"], name="release_of_indicator")]

    def __str__(self) -> str:
        return self.what


class LogKey(models.Model):
    """A public key that signs heads. `endorsement` is the signature of the key before, when it was at hand."""

    name = models.CharField(max_length=32, primary_key=True)
    public = models.BinaryField(max_length=32)
    since = models.DateTimeField()
    endorsed_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    endorsement = models.BinaryField(max_length=64, null=True)
    personal: ClassVar[dict[str, Personal]] = {}

    def __str__(self) -> str:
        return self.name


class Head(models.Model):
    """A signed statement of what the whole log was at an instant. Append-only, for everybody."""

    number = models.IntegerField(primary_key=True)
    epoch = models.IntegerField()
    size = models.BigIntegerField()  # leaves
    entries = models.BigIntegerField()
    root = models.BinaryField(max_length=32)  # of the log's tree
    totals = models.BinaryField(max_length=32)  # of the index of all sum trees
    at = models.DateTimeField()
    previous = models.BinaryField(max_length=32)  # digest of the head before
    digest = models.BinaryField(max_length=32)
    key = models.ForeignKey(LogKey, models.PROTECT, related_name="+")
    signature = models.BinaryField(max_length=64)
    personal: ClassVar[dict[str, Personal]] = {}

    def __str__(self) -> str:
        return str(self.number)

    @property
    def code(self) -> str:
        """The short code that a printed page carries."""
        return short_code(bytes(self.digest))


class LogRecord(models.Model):
    """Something else that the log vouches for: a sealed file, a key, a statement. Its leaf is numbered later."""

    kind = models.SlugField(max_length=20)
    name = models.CharField(max_length=120)
    sha256 = models.BinaryField(max_length=32)
    bytes = models.BigIntegerField()
    at = models.DateTimeField()
    leaf = models.BigIntegerField(null=True, unique=True)
    personal: ClassVar[dict[str, Personal]] = {}

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Segment(models.Model):
    """Every entry with since <= clock < until, as one Parquet file that the log vouches for. Never changed."""

    number = models.IntegerField(primary_key=True)
    since = models.BigIntegerField(unique=True)
    until = models.BigIntegerField()
    rows = models.BigIntegerField()
    bytes = models.BigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    name = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()
    record = models.OneToOneField(LogRecord, models.PROTECT, related_name="+")
    personal: ClassVar[dict[str, Personal]] = {}

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=models.F("since"), rows__gt=0), name="segment_holds_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Witness(models.Model):
    """A partner who signs heads with a key of his own, so that no other log can be shown in their place."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    public = models.BinaryField(max_length=32, unique=True)
    registered_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    personal: ClassVar[dict[str, Personal]] = {}

    def __str__(self) -> str:
        return str(self.unit_id)


class Countersignature(models.Model):
    """That a witness has seen a head."""

    head = models.ForeignKey(Head, models.PROTECT, related_name="countersignatures")
    witness = models.ForeignKey(Witness, models.PROTECT, related_name="countersignatures")
    signature = models.BinaryField(max_length=64)
    at = models.DateTimeField()
    personal: ClassVar[dict[str, Personal]] = {}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["head", "witness"], name="head_countersigned_once")
        ]

    def __str__(self) -> str:
        return f"{self.head_id} {self.witness_id}"
