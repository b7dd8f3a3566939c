"""The dictionary: measures, dimensions, items, dated rates, indicators with versioned wording."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from karnameh.kernel.text import compact_form
from karnameh.org.public import Named, Profession, Theme
from karnameh.plumbing.public import Personal


class MeasureKind(models.TextChoices):
    COUNT = "count", _("count")
    MONEY = "money", _("money")
    LENGTH = "length", _("length")
    AREA = "area", _("area")
    POWER = "power", _("power")
    TIME = "time", _("time")
    MASS = "mass", _("mass")
    RATIO = "ratio", _("ratio")


class Measure(Named):
    """A unit of measure, with the short word that stands after a number."""

    code = models.SlugField(max_length=40, unique=True)
    symbol_fa = models.CharField(max_length=40)
    symbol_en = models.CharField(max_length=40)
    kind = models.CharField(max_length=6, choices=MeasureKind)
    decimals = models.SmallIntegerField(default=0)
    people = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decimals__gte=0, decimals__lte=3), name="measure_decimals_0_to_3"
            )
        ]

    @property
    def symbol(self) -> str:
        """The short word in the language in force."""
        return self.symbol_en if get_language() == "en" else self.symbol_fa


class Dimension(Named):
    """A way to cut a number: by sex, by age group, by kind of place."""

    code = models.SlugField(max_length=40, unique=True)
    position = models.SmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]


class DimensionOption(Named):
    """One part of a cut."""

    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="options")
    code = models.SlugField(max_length=40)
    position = models.SmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["dimension", "code"], name="option_code_in_dimension")
        ]


TOTAL = 1  # the dimension set without any option


class DimensionSet(models.Model):
    """Any combination of options of different dimensions, in canonical order; 1 is the total."""

    personal: ClassVar[dict[str, Personal]] = {}

    key = models.CharField(max_length=400, unique=True)  # "age=under-18,sex=women"
    options = ArrayField(models.IntegerField())
    cut = models.CharField(max_length=200)  # its dimensions alone: "age,sex"

    def __str__(self) -> str:
        return self.key or "total"


class Item(Named):
    """A thing that is given, produced or installed."""

    code = models.SlugField(max_length=40, unique=True)
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="items")
    kit = models.BooleanField(default=False)
    contents_fa = models.TextField(blank=True)


class Rate(models.Model):
    """What one piece of an item was worth from a day on, and who says so."""

    personal: ClassVar[dict[str, Personal]] = {}

    item = models.ForeignKey(Item, models.PROTECT, related_name="rates")
    rial_per_unit = models.BigIntegerField()
    valid_from = models.DateField()
    source_fa = models.CharField(max_length=200)
    source_en = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "valid_from"], name="rate_once_a_day"),
            models.CheckConstraint(condition=Q(rial_per_unit__gt=0), name="rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.valid_from}"


class Nature(models.TextChoices):
    FLOW = "flow", _("flow: happens in a period")
    STOCK = "stock", _("stock: exists on a day")
    RATE = "rate", _("rate: per day")
    RATIO = "ratio", _("ratio")
    CUMULATIVE = "cumulative", _("running total since a start")


class TimeRule(models.TextChoices):
    SUM = "sum", _("sum over time")
    LAST = "last", _("last value")
    MAX = "max", _("largest value")
    AVG = "avg", _("average")
    NONE = "none", _("never over time")


class UnitRule(models.TextChoices):
    SUM = "sum", _("sum over units")
    MAX = "max", _("largest unit")
    AVG = "avg", _("average of units")
    NONE = "none", _("never over units")


class PeopleSemantics(models.TextChoices):
    PEOPLE = "people", _("different people")
    CONTACTS = "contacts", _("contacts: one person may come twice")
    HOUSEHOLDS = "households", _("households")
    ITEMS = "items", _("things")


class Level(models.TextChoices):
    OUTPUT = "output", _("output")
    OUTCOME = "outcome", _("outcome")


class Indicator(Named):
    """What is counted. Its meaning never changes; a changed meaning is a new indicator.

    The wording may be improved: every wording is a `Wording` row, and an entry shows the one that
    was in force when it was posted.
    """

    code = models.SlugField(max_length=60, unique=True)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="indicators")
    profession = models.ForeignKey(Profession, models.PROTECT, null=True, related_name="+")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="indicators")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="indicators")
    level = models.CharField(max_length=7, choices=Level)
    nature = models.CharField(max_length=10, choices=Nature)
    time_rule = models.CharField(max_length=4, choices=TimeRule)
    unit_rule = models.CharField(max_length=4, choices=UnitRule)
    people = models.CharField(max_length=10, choices=PeopleSemantics)
    act = models.CharField(max_length=20, blank=True)
    dimensions = models.ManyToManyField(Dimension, related_name="indicators")
    short_fa = models.CharField(max_length=40)
    definition_fa = models.TextField()
    definition_en = models.TextField()
    means_fa = models.CharField(max_length=300)
    means_en = models.CharField(max_length=300)
    keywords_fa = ArrayField(models.CharField(max_length=60), default=list)
    typical_min = models.BigIntegerField(default=0)
    typical_max = models.BigIntegerField(default=0)
    rows = ArrayField(models.SmallIntegerField(), default=list)  # of the mission map that it serves
    search = models.CharField(max_length=800, db_collation="C")
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(nature="rate") | ~Q(time_rule="sum"),
                name="indicator_rate_is_never_summed_over_time",
            ),
            models.CheckConstraint(
                condition=~Q(nature__in=["stock", "cumulative"])
                | Q(time_rule__in=["last", "max", "none"]),
                name="indicator_stock_takes_the_last_value",
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | ~Q(successor=F("id")),
                name="indicator_succeeds_another",
            ),
        ]

    def spell(self) -> None:
        """Keep the search column true to the words."""
        words = " ".join([self.name_fa, self.name_en, self.code, *self.keywords_fa])
        self.search = compact_form(words)[:800]

    @property
    def definition(self) -> str:
        """The definition in the language in force."""
        return self.definition_en if get_language() == "en" else self.definition_fa

    @property
    def means(self) -> str:
        """The means of verification in the language in force."""
        return self.means_en if get_language() == "en" else self.means_fa

    @property
    def short(self) -> str:
        """A name that fits a narrow column."""
        return self.name_en if get_language() == "en" else self.short_fa

    @property
    def foldable(self) -> bool:
        """Whether its totals can be kept by addition alone."""
        return self.time_rule in (TimeRule.SUM, TimeRule.LAST) and self.unit_rule == UnitRule.SUM


class Wording(models.Model):
    """How an indicator was named and defined from an instant on."""

    personal: ClassVar[dict[str, Personal]] = {}

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="wordings")
    version = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    name_fa = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    definition_fa = models.TextField()
    definition_en = models.TextField()
    means_fa = models.CharField(max_length=300)
    means_en = models.CharField(max_length=300)

    class Meta:
        ordering: ClassVar[list[str]] = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "version"], name="wording_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} v{self.version}"
