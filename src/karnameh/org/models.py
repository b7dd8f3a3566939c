"""Units (who) and places (where): two dated trees.

A node's own `parent`, `path` and `line` say how the tree is organised now; its placements say where
it stood in every period before. Nothing is ever deleted: a unit is closed, and its past stays.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from karnameh.kernel.text import compact_form, sort_key
from karnameh.plumbing.personal import Personal


class Named(models.Model):
    """A thing with a Persian and an English name; pages say `thing.name`."""

    name_fa = models.CharField(_("Persian name"), max_length=160)
    name_en = models.CharField(_("English name"), max_length=160)

    personal: ClassVar[dict[str, Personal]] = {}

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return self.name_en if get_language() == "en" and self.name_en else self.name_fa


class Theme(Named):
    """One of the civil themes under which work is planned and reviewed."""

    code = models.SlugField(max_length=40, unique=True)
    position = models.SmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]


class Profession(Named):
    """A profession whose members volunteer together: the second axis of units."""

    code = models.SlugField(max_length=40, unique=True)
    position = models.SmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]


class Node(Named):
    """A node of a dated tree."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    parent_id: int | None
    merged_into_id: int | None
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, db_collation="C")
    line = ArrayField(models.IntegerField())
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed")
    search = models.CharField(max_length=400, db_collation="C")
    sort_key = models.CharField(max_length=200, db_collation="C")

    class Meta:
        abstract = True

    def spell(self) -> None:
        """Keep the columns for searching and sorting true to the names."""
        self.search = compact_form(f"{self.name_fa} {self.name_en} {self.code}")[:400]
        self.sort_key = sort_key(self.name_fa)[:200]

    @property
    def depth(self) -> int:
        """0 for the root."""
        return len(self.line) - 1


class Placement(models.Model):
    """Where a node stood from a day on, until the day before `valid_to`."""

    personal: ClassVar[dict[str, Personal]] = {}

    path = models.CharField(max_length=200, db_collation="C")
    line = ArrayField(models.IntegerField())
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.path


def _node_constraints(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=models.Q(closed_on=None) | models.Q(closed_on__gte=models.F("opened_on")),
            name=f"{name}_closes_after_it_opens",
        ),
        models.CheckConstraint(
            condition=models.Q(merged_into=None) | models.Q(closed_on__isnull=False),
            name=f"{name}_merged_is_closed",
        ),
        models.CheckConstraint(condition=~models.Q(name_fa=""), name=f"{name}_has_a_name"),
    ]


def _placement_constraints(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            # Equal days: a node that was moved twice on one day stood at the first place for no day.
            condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
            name=f"{name}_placement_lasts",
        ),
        models.UniqueConstraint(
            fields=["node"], condition=models.Q(valid_to=None), name=f"{name}_stands_in_one_place"
        ),
    ]


class PlaceLevel(models.TextChoices):
    COUNTRY = "country", _("country")
    PROVINCE = "province", _("province")
    COUNTY = "county", _("county")
    DISTRICT = "district", _("district")
    CITY = "city", _("city")
    VILLAGE = "village", _("village")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood")
    FACILITY = "facility", _("facility")


class Place(Node):
    """Somewhere. Never a unit: a unit of one province may cook in another."""

    level = models.CharField(max_length=13, choices=PlaceLevel)

    class Meta:
        constraints = _node_constraints("place")
        indexes = [
            models.Index(fields=["path"], name="place_path"),
            models.Index(fields=["parent", "sort_key"], name="place_children"),
        ]


class PlacePlacement(Placement):
    node = models.ForeignKey(Place, models.PROTECT, related_name="placements")

    class Meta:
        constraints = _placement_constraints("place")


class Population(models.Model):
    """How many people lived in a place, by whose count, on which day."""

    personal: ClassVar[dict[str, Personal]] = {}

    place = models.ForeignKey(Place, models.PROTECT, related_name="populations")
    counted_on = models.DateField()
    people = models.PositiveIntegerField()
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "counted_on"], name="population_counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.place_id}: {self.people}"


class PlaceClass(models.Model):
    """A dated attribute of a place, such as underserved, with the source that says so."""

    personal: ClassVar[dict[str, Personal]] = {}

    place = models.ForeignKey(Place, models.PROTECT, related_name="classes")
    code = models.SlugField(max_length=40)
    since = models.DateField()
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "code", "since"], name="class_given_once")
        ]

    def __str__(self) -> str:
        return f"{self.place_id}: {self.code}"


class UnitKind(models.TextChoices):
    NATIONAL = "national", _("national office")
    PROVINCE = "province", _("province office")
    COUNTY = "county", _("county office")
    DISTRICT = "district", _("district")
    LOCAL = "local", _("local unit")
    PROFESSIONAL = "professional", _("professional section")
    COMMITTEE = "committee", _("committee")
    PARTNER = "partner", _("partner organisation")
    LIAISON = "liaison", _("liaison unit")


class OrgUnit(Node):
    """Somebody who acts: any node of the federation's tree, or a partner."""

    kind = models.CharField(max_length=12, choices=UnitKind)
    profession = models.ForeignKey(Profession, models.PROTECT, null=True, related_name="units")
    place = models.ForeignKey(Place, models.PROTECT, related_name="units")

    class Meta:
        constraints = _node_constraints("unit")
        indexes = [
            models.Index(fields=["path"], name="unit_path"),
            models.Index(fields=["parent", "sort_key"], name="unit_children"),
            # Few: the ledger asks of every entry whether its unit is one of them.
            models.Index(
                fields=["id"], name="unit_closed", condition=models.Q(closed_on__isnull=False)
            ),
        ]


class UnitPlacement(Placement):
    node = models.ForeignKey(OrgUnit, models.PROTECT, related_name="placements")

    class Meta:
        constraints = _placement_constraints("unit")


class FormerName(models.Model):
    """What a unit was called until a day."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="former_names")
    name_fa = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    until = models.DateField()

    def __str__(self) -> str:
        return self.name_fa

    personal: ClassVar[dict[str, Personal]] = {}
