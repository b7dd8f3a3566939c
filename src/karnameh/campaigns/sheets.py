"""A sheet of proposals: read in the limited child, and judged row by row before anything is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from karnameh.activities.public import Audience, Campaign, Kind, NeedKind, Qualifier, Tier, Venue
from karnameh.campaigns.queries.proposals import Names, frame_of_campaign, may_write
from karnameh.campaigns.rules.columns import (
    BETWEEN,
    MOST_ROWS,
    Row,
    heading_of,
    layout_of,
    pieces_of,
)
from karnameh.campaigns.rules.content import Content, Expected, Needed, Wish, shortcomings
from karnameh.campaigns.sentences import sentence
from karnameh.catalog.public import Indicator, MeasureKind
from karnameh.kernel.jalali import parse_date
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.money import Money
from karnameh.kernel.quantity import parse_quantity
from karnameh.kernel.text import compact_form
from karnameh.org.public import OrgUnit, Place, Profession, Theme
from karnameh.plumbing.cells import Unreadable
from karnameh.plumbing.public import Refusal, sentence_of
from karnameh.plumbing.sheets import FILE_SENTENCES, KINDS, open_sheet

_PERCENT = re.compile(r"(.*?)[\s(]*([0-9۰-۹٠-٩]{1,3})\s*[%٪]\)?$")
_COUNTED = re.compile(r"([0-9۰-۹٠-٩]{1,6})\s+(.+)")


@dataclass
class Judged:
    """One row with its verdict: what it would become, and everything that is amiss with it."""

    row: Row
    unit: OrgUnit | None = None
    content: Content | None = None
    amiss: list[tuple[str, str]] = field(default_factory=list)  # heading, sentence

    @property
    def good(self) -> bool:
        """Whether it can be taken as it is."""
        return not self.amiss


def read_rows(data: bytes, name: str) -> list[Row]:
    """The filled rows of an uploaded sheet. Raises `Refusal` with a sentence for the whole file."""
    kind = name.rpartition(".")[2].casefold()
    if kind not in KINDS:
        raise Refusal(str(FILE_SENTENCES["not_its_name"]), field="file")
    with NamedTemporaryFile(suffix=f".{kind}") as kept:
        kept.write(data)
        kept.flush()
        try:
            return _rows(Path(kept.name), kind)
        except Unreadable as trouble:
            raise Refusal(_file_sentence(trouble), field="file") from None


def _rows(file: Path, kind: str) -> list[Row]:
    found: list[Row] = []
    with open_sheet(file, kind) as sheet:
        layout: dict[str, int] | None = None
        for number, cells in sheet.lines:
            if layout is None:
                layout = layout_of(cells)
                continue
            if len(found) == MOST_ROWS:
                raise Unreadable("too_many_proposals", str(MOST_ROWS))
            said = {name: cells[place] for name, place in layout.items() if place < len(cells)}
            found.append(Row(number, said))
    if not found:
        raise Unreadable("no_rows")
    return found


def _file_sentence(trouble: Unreadable) -> str:
    given = trouble.given
    if trouble.code == "column_missing":
        given = heading_of(given, translation.get_language() or "fa")
        return _("The column “%(given)s” is missing. Take the template, or name a column so.") % {
            "given": given
        }
    if trouble.code == "column_twice":
        return _("Two columns are called “%(given)s”. Remove or rename one of them.") % {
            "given": given
        }
    if trouble.code == "too_many_proposals":
        return _("A sheet of proposals may have at most %(given)s rows. Send it in parts.") % {
            "given": given
        }
    return str(FILE_SENTENCES[trouble.code]) % {"given": given}


class _Bad(Exception):
    """A cell that cannot be taken; the sentence says why."""


class _Words:
    """What the words of a sheet stand for: one look-up for each kind of thing, for all rows."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.units = {
            one.code: one
            for one in OrgUnit.objects.filter(code__in=_texts(rows, "unit")).select_related("place")
        }
        self.places = set(
            Place.objects.filter(code__in=_texts(rows, "place")).values_list("code", flat=True)
        )
        self.venues = {
            one.code: one for one in Venue.objects.filter(code__in=_texts(rows, "venue"))
        }
        self.themes = _named(Theme.objects.all())
        self.professions = _named(Profession.objects.all())
        self.audiences = _named(Audience.objects.all())
        self.indicators = _named(
            Indicator.objects.filter(retired_on=None).select_related("measure")
        )
        self.kinds, self.tiers = _labels(Kind), _labels(Tier)
        self.needs = _labels(NeedKind)


def _texts(rows: Iterable[Row], name: str) -> set[str]:
    return {_code_in(row.text(name)) for row in rows}


def _code_in(text: str) -> str:
    """The code of “170101-0001 — name”, as the template's lists write it."""
    return text.partition(BETWEEN)[0].strip()


def _named(rows: Iterable[Any]) -> dict[str, Any]:
    return {
        compact_form(word): one for one in rows for word in (one.code, one.name_fa, one.name_en)
    }


def _labels(choices: Any) -> dict[str, str]:
    found = {compact_form(one.value): one.value for one in choices}
    for language in ("fa", "en"):
        with translation.override(language):
            found |= {compact_form(str(one.label)): one.value for one in choices}
    return found


def judge(rows: Sequence[Row], *, campaign: Campaign, user: Any, on: date) -> list[Judged]:
    """The verdict of each row on a day: nothing is written. A few look-ups for all rows."""
    words = _Words(rows)
    names = Names(campaign, [one.pk for one in words.units.values()])
    return [_judged(row, words, names, campaign, user, on) for row in rows]


def _judged(
    row: Row, words: _Words, names: Names, campaign: Campaign, user: Any, on: date
) -> Judged:
    one = Judged(row)
    language = translation.get_language() or "fa"

    def take(name: str, read: Callable[[str], Any], otherwise: Any = None) -> Any:
        """A cell read by `read`; what cannot be read is noted, and stands for `otherwise`."""
        text = row.text(name)
        if not text:
            return otherwise
        try:
            return read(text)
        except _Bad as trouble:
            one.amiss.append((heading_of(name, language), str(trouble)))
        except Malformed as trouble:
            one.amiss.append((heading_of(name, language), sentence_of(trouble)))
        return otherwise

    one.unit = take("unit", lambda text: _unit(text, words, user, campaign))
    if not row.text("unit"):
        one.amiss.append((heading_of("unit", language), _("Write the code of the unit.")))
    theme = take("theme", _one_of(words.themes))
    if not row.text("theme"):
        one.amiss.append((heading_of("theme", language), _("Choose one of the list.")))
    profession, indicator = (
        take("profession", _one_of(words.professions)),
        take("indicator", _one_of(words.indicators)),
    )
    wishes = [take(name, _day) for name in ("wish_1", "wish_2")]
    venue = take("venue", _one_of(words.venues, folded=False))
    content = Content(
        name_fa=row.text("name")[:160], kind=take("kind", _one_of(words.kinds), Kind.SERVICE),
        theme=theme.code if theme else "", tier=take("tier", _one_of(words.tiers), Tier.LOCAL),
        profession=profession.code if profession else "",
        place=take("place", lambda text: _place(text, words), one.unit.place.code if one.unit else ""),
        starts_on=take("from", _day, campaign.starts_on), ends_on=take("to", _day, campaign.ends_on),
        wishes=tuple(Wish(day) for day in dict.fromkeys(wishes) if day), venue=venue.code if venue else "",
        audiences=take("audiences", lambda text: _audiences(text, words), ()),
        expected_attendance=take("attendance", lambda text: int(parse_quantity(text, decimals=0))),
        participation=row.text("participation")[:300], description=row.text("description")[:4000],
        budget_rial=take("budget", lambda text: Money.parse(text).rial),
        needs=take("needs", lambda text: _needs(text, words), ()),
        expectations=take("quantity", lambda text: _expected(text, indicator), ()),
    )  # fmt: skip
    if not one.amiss:
        frame = frame_of_campaign(campaign, venue, on=on)
        one.amiss = [
            (heading_of(_COLUMN_OF.get(short.field, "name"), language), sentence(short.code))
            for short in shortcomings(content, frame)
        ]
    if one.unit is not None and (taken := names.taken(one.unit.pk, content.name_fa)):
        one.amiss.append(
            (
                heading_of("name", language),
                _("Your unit has a proposal of this name already: %(code)s.") % {"code": taken},
            )
        )
    if one.unit is not None:
        names.take(one.unit.pk, content.name_fa, _("row %(row)s") % {"row": row.number})
    one.content = content
    return one


_COLUMN_OF = {
    "starts_on": "from", "wishes": "wish_1", "audiences": "audiences", "expectations": "quantity",
    "profession": "profession", "expected_attendance": "attendance",
}  # fmt: skip


def _unit(text: str, words: _Words, user: Any, campaign: Campaign) -> OrgUnit:
    unit = words.units.get(_code_in(text))
    if unit is None or not may_write(user, unit):  # out of reach does not exist
        raise _Bad(_("You propose for no unit with the code “%(given)s”.") % {"given": text})
    if unit.closed_on is not None:
        raise _Bad(_("This unit is closed. Propose for the unit that took over."))
    return unit


def _one_of(known: dict[str, Any], *, folded: bool = True) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        found = known.get(compact_form(text) if folded else _code_in(text))
        if found is None:
            raise _Bad(_("“%(given)s” is not known here.") % {"given": text})
        return found

    return read


def _place(text: str, words: _Words) -> str:
    if text not in words.places:
        raise _Bad(_("“%(given)s” is not known here.") % {"given": text})
    return text


def _day(text: str) -> date:
    return parse_date(text)


def _audiences(text: str, words: _Words) -> tuple[tuple[str, int | None], ...]:
    found: dict[str, int | None] = {}
    for piece in pieces_of(text):
        part = _PERCENT.fullmatch(piece)
        name, percent = (part[1], int(part[2])) if part else (piece, None)
        audience = _one_of(words.audiences)(name.strip())
        if percent is not None and not 1 <= percent <= 100:
            raise _Bad(_("Write a percentage from 1 to 100."))
        found[audience.code] = percent
    return tuple(found.items())


def _needs(text: str, words: _Words) -> tuple[Needed, ...]:
    """«گروه: ۱ گروه پزشکی؛ ۲ میز»: a kind before a colon, a number, and what it is."""
    found: dict[tuple[str, str], Needed] = {}
    for piece in pieces_of(text):
        before, colon, after = piece.partition(":")
        kind = words.needs.get(compact_form(before)) if colon else None
        said = after.strip() if kind else piece
        counted = _COUNTED.fullmatch(said)
        number, label = (int(counted[1]), counted[2]) if counted else (1, said)
        if number < 1 or not label:
            raise _Bad(_("Say what is needed."))
        kept = kind or NeedKind.MATERIAL
        found[(kept, label[:120])] = Needed(kept, number, label[:120])
    return tuple(found.values())


def _expected(text: str, indicator: Indicator | None) -> tuple[Expected, ...]:
    if indicator is None:
        raise _Bad(_("Say what this number counts."))
    if indicator.measure.kind == MeasureKind.MONEY:
        quantity = parse_quantity(str(Money.parse(text).rial))
    else:
        quantity = parse_quantity(text, decimals=indicator.measure.decimals)
    if quantity <= 0:
        raise _Bad(_("Write how much is expected, more than nothing."))
    return (Expected(indicator.code, quantity, int(Qualifier.ABOUT)),)
