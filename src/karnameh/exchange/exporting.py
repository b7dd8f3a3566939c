"""Entries as a sheet, in the columns of the template, so that the sheet comes back as it left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

from karnameh.access.public import Reach
from karnameh.activities.public import Activity
from karnameh.catalog.public import Dimension, Item
from karnameh.exchange.rules.columns import (
    EXPORT,
    KINDS,
    QUALIFIERS,
    ROLES,
    STAGES,
    YES,
    heading_text,
    in_language,
)
from karnameh.exchange.rules.rows import Stage
from karnameh.exchange.sheet_writer import Writer
from karnameh.kernel.jalali import JalaliDate
from karnameh.ledger.public import Coverage, Drill, Entry, Kind, Qualifier, Role, entries_behind
from karnameh.org.public import Named
from karnameh.plumbing.cells import Cell
from karnameh.ui.public import DEFAULT, Display

PAGE = 2_000  # entries fetched at a time


def export_entries(
    reach: Reach, drill: Drill, writer: Writer, display: Display = DEFAULT
) -> Iterator[bytes]:
    """The rows behind a number, newest first, in pieces, while they come from the database.

    Reads page by page by the key of the last row, so it holds no transaction open, however long the
    reader's network takes. Ids are kept: sent back, every row is “the same”.
    """
    return writer(_rows(reach, drill, display))


def _rows(reach: Reach, drill: Drill, display: Display) -> Iterator[Sequence[Cell]]:
    # Names are chosen here by hand: a stream outlives the request whose language was in force.
    yield [heading_text(column, display.language) for column in EXPORT]
    words = _Words(display)
    before: UUID | None = None
    while True:
        page = entries_behind(reach, drill, before=before, size=PAGE)
        words.learn(page.rows)
        for entry in page.rows:
            yield words.row(entry)
        if page.next_key is None:
            return
        before = UUID(page.next_key)


class _Words:
    """Entries in the words of one reader."""

    def __init__(self, display: Display) -> None:
        self.display = display
        self.options: dict[tuple[str, str], str] = {}
        for dimension in Dimension.objects.prefetch_related("options"):
            for option in dimension.options.all():
                said = f"{self._name(dimension)}={self._name(option)}"
                self.options[(dimension.code, option.code)] = said
        self.items = dict(Item.objects.values_list("pk", "code"))
        self.activities: dict[int, str] = {}

    def learn(self, entries: Sequence[Entry]) -> None:
        """Fetch the codes that these entries refer to."""
        wanted = {one.activity_id for one in entries if one.activity_id} - self.activities.keys()
        self.activities.update(Activity.objects.filter(pk__in=wanted).values_list("pk", "code"))

    def row(self, e: Entry) -> list[Cell]:
        """The cells of an entry, in the order of `EXPORT`; what is usual is left empty."""
        say = partial(in_language, language=self.display.language)
        return [
            e.unit.code, self._name(e.unit), e.indicator.code, self._name(e.indicator),
            say(STAGES[Stage(e.stage)]), None if e.quantity is None else e.quantity.normalize(),
            say(QUALIFIERS[Qualifier(e.qualifier)]), None if e.rial is None else Decimal(e.rial),
            self._day(e.starts_on), self._day(e.ends_on), e.place.code,
            self.activities.get(e.activity_id) if e.activity_id else None, self._breakdown(e.dimensions.key),
            say(YES[True]) if e.coverage == Coverage.WHOLE_SUBTREE else None,
            _id(e.fulfils_id), _id(e.verifies_id), e.note,
            say(ROLES[Role(e.role)]) if e.role != Role.LEAD else None,
            self.items.get(e.item_id) if e.item_id else None, _id(e.part_of_id),
            say(KINDS[Kind(e.kind)]) if e.kind != Kind.ORIGINAL else None, _id(e.corrects_id),
            e.as_written, str(e.pk),
        ]  # fmt: skip

    def _name(self, named: Named) -> str:
        return named.name_en if self.display.language == "en" and named.name_en else named.name_fa

    def _day(self, day: date) -> str:
        """As text with Latin digits: no spreadsheet turns it into a day of another calendar."""
        if self.display.calendar == "gregorian":
            return day.isoformat()
        return JalaliDate.from_date(day).isoformat().replace("-", "/")

    def _breakdown(self, key: str) -> str | None:
        parts = [tuple(part.split("=", 1)) for part in key.split(",") if part]
        mark = "; " if self.display.language == "en" else "؛ "
        return mark.join(self.options[(dimension, option)] for dimension, option in parts) or None


def _id(link: UUID | None) -> str | None:
    return str(link) if link else None
