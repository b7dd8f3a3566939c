"""From a text to drafts: what the reader says, joined to the catalogue, the units and the places."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from karnameh.kernel.text import compact_form
from karnameh.ledger.public import Coverage
from karnameh.narrative.models import Draft, Source, Verdict
from karnameh.narrative.queries import Known, candidates
from karnameh.narrative.reader import read
from karnameh.narrative.rules import (
    MOST_MENTIONS,
    QUALIFIERS,
    STAGES,
    UNKNOWN,
    Unreadable,
    bare_place,
    days_of,
    first_reason,
    is_sure,
    rials_of,
    territory_of,
    words_around,
)
from karnameh.org.public import OrgUnit, Place, UnitKind, find_places, find_units, under

_LARGEST = Decimal(10) ** 15
_WHOLE_COUNTRY = ("کشور", "ایران")
_BRANCHES = (UnitKind.PROVINCE, UnitKind.COUNTY)
_OFFERED = 5  # candidates that a list shows before anybody searches


def drafts_from(source: Source, text: str) -> list[Draft]:
    """Drafts for every number of `text`, unsaved, in order. Raises `Unreadable`."""
    known, ids = candidates()
    mentions = read(text, reported_on=source.dated, candidates=known)
    if not mentions:
        raise Unreadable("no_numbers")
    if len(mentions) > MOST_MENTIONS:
        raise Unreadable("too_many_numbers", str(MOST_MENTIONS))
    nodes = _Nodes(source.unit)
    campaign = source.campaign
    week = (campaign.starts_on, campaign.ends_on) if campaign else None
    made: dict[int, Draft] = {}
    for mention in mentions:
        said = mention.to_json()
        draft = _draft(source, text, said, ids, nodes)
        draft.starts_on, draft.ends_on = days_of(
            said, dated=source.dated, week=week, words=draft.words
        )
        draft.repeat_of = made.get(mention.repeat_of) if mention.repeat_of is not None else None
        made[draft.start] = draft
        if draft.repeat_of is not None:
            _complete(draft.repeat_of, draft)
    return list(made.values())


def _draft(
    source: Source, text: str, said: dict[str, Any], ids: Mapping[str, Known], nodes: _Nodes
) -> Draft:
    start, end = said["start"], said["end"]
    end = min(end, start + 200)
    words, words_at = words_around(text, start, end)
    money = said["unit"] in ("toman", "rial")
    matches = [
        one for one in said["indicator"] if one["code"] in ids and ids[one["code"]].money == money
    ]
    # Of two that fit about as well, the one that is counted in the same way.
    matches.sort(key=lambda one: -one["score"] - 0.12 * (ids[one["code"]].nature == said["nature"]))
    offered = [ids[one["code"]].id for one in matches]
    named = nodes.units(said["actor"])
    units = named or nodes.offices(said["actor"], said["speaker"])
    unit = units[0] if units else source.unit
    places = nodes.places(said["place"])
    place = places[0] if places else None
    rial = rials_of(said["value"], said["unit"])
    quantity = _quantity(rial if rial is not None else said["value"])
    sure = is_sure([one["score"] for one in matches], said["unit"])
    reason = first_reason(said)
    chosen = {
        "indicator": offered[0] if sure else None,
        "unit": unit.pk,
        "place": place.pk if place else None,
    }
    said |= {
        "indicators": offered, "units": [one.pk for one in units], "places": [one.pk for one in places],
        "chosen": chosen,
    }  # fmt: skip
    return Draft(
        source=source, start=start, end=end, written=text[start:end], words=words, words_at=words_at,
        proposed=said, indicator_id=chosen["indicator"], stage=STAGES.get(said["stage"]),
        qualifier=QUALIFIERS[said["qualifier"]] if quantity is not None else UNKNOWN,
        quantity=quantity if said["qualifier"] != "unknown" else None, rial=rial,
        unit=unit, place=place, coverage=_coverage(unit, place, named),
        verdict=Verdict.DROPPED if reason else Verdict.OPEN, reason=reason,
    )  # fmt: skip


def _complete(first: Draft, again: Draft) -> None:
    """A headline says less than the body: what the second mention adds belongs to the first."""
    if first.place is None and again.place is not None:
        first.place, first.unit, first.coverage = again.place, again.unit, again.coverage
        first.proposed["places"] = again.proposed["places"]
        first.proposed["chosen"] |= {"place": again.place_id, "unit": again.unit_id}
    if first.qualifier == QUALIFIERS["exact"] and again.qualifier != UNKNOWN:
        first.qualifier = again.qualifier
    if first.indicator_id is None and again.indicator_id is not None:
        first.indicator_id = again.indicator_id
        first.proposed["chosen"] |= {"indicator": again.indicator_id}


def by_hand(source: Source, text: str, start: int, end: int) -> Draft:
    """A draft for words that a person marked as a figure."""
    words, words_at = words_around(text, start, end)
    found: list[dict[str, Any]] = [one.to_json() for one in read(words, reported_on=source.dated)]
    here = [
        one for one in found if one["start"] < words_at + (end - start) and one["end"] > words_at
    ]
    said: dict[str, Any] = (
        here[0] if here else {"value": None, "counted": "", "unit": "", "nature": "flow"}
    )
    quantity = _quantity(said["value"])
    return Draft(
        source=source, start=start, end=end, written=text[start:end], words=words, words_at=words_at,
        proposed={**said, "chosen": {}, "indicators": [], "units": [], "places": [], "why": ""},
        by_hand=True, stage=STAGES.get(said.get("stage", ""), 2),
        qualifier=QUALIFIERS["exact"] if quantity is not None else UNKNOWN, quantity=quantity,
        rial=rials_of(said["value"], said["unit"]), unit=source.unit, starts_on=source.dated,
        ends_on=source.dated,
    )  # fmt: skip


def _quantity(value: float | None) -> Decimal | None:
    """The number as the ledger keeps numbers; None for what it cannot keep."""
    if value is None:
        return None
    number = round(Decimal(str(value)), 3)
    return number if 0 <= number <= _LARGEST else None


def _coverage(unit: OrgUnit, place: Place | None, units: list[OrgUnit]) -> Coverage:
    """What an office says of its whole place is a statement about everybody beneath it."""
    above = unit.kind in ("national", "province", "county", "district")
    if above and not units and place is not None and place.pk == unit.place_id:
        return Coverage.WHOLE_SUBTREE
    return Coverage.OWN


class _Nodes:
    """Units and places by the names that a report uses; each name is looked up once."""

    def __init__(self, unit: OrgUnit) -> None:
        self.unit = unit
        self._units: dict[str, list[OrgUnit]] = {}
        self._places: dict[str, list[Place]] = {}
        self._office: list[OrgUnit] = []  # the branch that was named last

    def units(self, name: str | None) -> list[OrgUnit]:
        """Units beneath the report's own that are called so; none when the name is anybody's."""
        if not name or len(compact_form(name)) < 5:
            return []
        if name not in self._units:
            found = find_units(name, paths=[self.unit.path], limit=_OFFERED + 1)
            wanted = compact_form(name)
            exact = [one for one in found if compact_form(one.name_fa) == wanted]
            self._units[name] = exact or (found if len(found) <= _OFFERED else [])
        return self._units[name]

    def offices(self, *names: str | None) -> list[OrgUnit]:
        """The branch that acts or speaks, by its territory («مدیر شعبه استان ایلام»).

        «مدیر شعبه» alone is that of the branch that was named last; whoever speaks for no branch
        speaks for the report's own unit.
        """
        for name in names:
            words = territory_of(name or "")
            if words is None:
                continue
            if words:
                self._office = self._office_in(words)
            return self._office
        return []

    def _office_in(self, words: list[str]) -> list[OrgUnit]:
        """Open offices of provinces and counties beneath the report's unit, of the longest name that fits."""
        for length in range(len(words), 0, -1):
            places = self.places(" ".join(words[:length]))
            if places:
                found = OrgUnit.objects.filter(
                    under(self.unit.path), place__in=places, kind__in=_BRANCHES, closed_on=None
                )
                return list(found.order_by("line__len", "sort_key")[:_OFFERED])
        return []

    def places(self, name: str | None) -> list[Place]:
        """Places that are called so, the largest of that very name first."""
        if not name:
            return []
        if name not in self._places:
            self._places[name] = self._find_places(name)
        return self._places[name]

    def _find_places(self, name: str) -> list[Place]:
        if name in _WHOLE_COUNTRY:
            return list(Place.objects.filter(parent=None).order_by("pk")[:1])
        found = find_places(bare_place(name), limit=12)
        wanted = {compact_form(name), compact_form(bare_place(name))}
        exact = [one for one in found if compact_form(bare_place(one.name_fa)) in wanted]
        county = name.startswith("شهرستان")
        exact.sort(key=lambda one: (county and one.level != "county", one.depth))
        return exact[:_OFFERED]
