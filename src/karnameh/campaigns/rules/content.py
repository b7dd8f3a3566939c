"""What a proposal says, as one plain value: written to the tables, kept in versions, compared.

Codes and not row numbers stand in it, so that a version can be read for as long as it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Wish:
    """A day that is wished for, at any time of the day when `slot` is empty."""

    on: date
    slot: str = ""


@dataclass(frozen=True)
class Needed:
    """So many of something: `kind` is material, team, speaker or official."""

    kind: str
    number: int
    label: str


@dataclass(frozen=True)
class Expected:
    """What it is expected to bring: a code of the dictionary, a quantity (None: unknown), how sure.

    `dimensions` is the key of a dimension set; empty for the total.
    """

    indicator: str
    quantity: Decimal | None
    qualifier: int = 1
    dimensions: str = ""


@dataclass(frozen=True)
class Content:
    """A proposal's content. Places, theme, profession, venue and audiences by their codes."""

    name_fa: str
    kind: str
    theme: str
    place: str
    starts_on: date
    ends_on: date
    name_en: str = ""
    profession: str = ""
    tier: str = "local"
    places: tuple[str, ...] = ()  # further ones
    venue: str = ""
    wishes: tuple[Wish, ...] = ()
    audiences: tuple[tuple[str, int | None], ...] = ()  # code, percent
    expected_attendance: int | None = None
    participation: str = ""
    description: str = ""
    budget_rial: int | None = None
    needs: tuple[Needed, ...] = ()
    expectations: tuple[Expected, ...] = ()


FIELDS = tuple(one.name for one in fields(Content))


def as_data(content: Content) -> dict[str, Any]:
    """`content` as plain JSON values, for keeping."""
    data: dict[str, Any] = json.loads(json.dumps(asdict(content), default=_plain))
    return data


def from_data(data: Mapping[str, Any]) -> Content:
    """A kept content again. What a later release added takes its default."""
    values = {name: data[name] for name in FIELDS if name in data}
    values["starts_on"] = date.fromisoformat(values["starts_on"])
    values["ends_on"] = date.fromisoformat(values["ends_on"])
    values["places"] = tuple(values.get("places", ()))
    values["audiences"] = tuple((code, percent) for code, percent in values.get("audiences", ()))
    values["wishes"] = tuple(
        Wish(date.fromisoformat(one["on"]), one["slot"]) for one in values.get("wishes", ())
    )
    values["needs"] = tuple(Needed(**one) for one in values.get("needs", ()))
    values["expectations"] = tuple(
        Expected(
            **{**one, "quantity": None if one["quantity"] is None else Decimal(one["quantity"])}
        )
        for one in values.get("expectations", ())
    )
    return Content(**values)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


def digest(content: Content) -> str:
    """SHA-256 of the canonical JSON: the same content has the same digest."""
    data = json.dumps(as_data(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(data.encode()).hexdigest()


@dataclass(frozen=True)
class Difference:
    """One field that two versions say differently; the values are those of `Content`."""

    field: str
    before: Any
    after: Any


def differences(before: Content, after: Content) -> list[Difference]:
    """What changed from one version to the next, in the order of the form."""
    return [
        Difference(name, getattr(before, name), getattr(after, name))
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    ]


# --- what is amiss with it --------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """What a proposal is held against: the campaign's days and the openings of the venue it wants.

    `venue_open` lists the (day, slot) pairs of the wanted venue; empty: always open.
    """

    first: date
    last: date
    venue_open: frozenset[tuple[date, str]] = frozenset()
    venue_seats: int | None = None
    today: date | None = None  # before which nothing can be planned any more


@dataclass(frozen=True)
class Shortcoming:
    """Something that must be mended before it is handed in: `code` names the sentence."""

    field: str
    code: str


def shortcomings(content: Content, frame: Frame) -> Iterator[Shortcoming]:
    """Why a proposal cannot be handed in yet; nothing when it can."""
    if not content.name_fa.strip():
        yield Shortcoming("name_fa", "proposal_name")
    if content.ends_on < content.starts_on:
        yield Shortcoming("starts_on", "proposal_days_reversed")
    elif content.starts_on < frame.first or content.ends_on > frame.last:
        yield Shortcoming("starts_on", "proposal_outside_campaign")
    elif frame.today is not None and content.ends_on < frame.today:
        yield Shortcoming("starts_on", "proposal_days_over")
    if any(not content.starts_on <= one.on <= content.ends_on for one in content.wishes):
        yield Shortcoming("wishes", "proposal_wish_outside")
    elif _wishes_over(content, frame):
        yield Shortcoming("wishes", "proposal_wishes_over")
    elif not _possible_days(content, frame):
        yield Shortcoming("wishes", "proposal_without_a_day")
    if not content.audiences:
        yield Shortcoming("audiences", "proposal_audience")
    if not content.expectations:
        yield Shortcoming("expectations", "proposal_expectation")
    if content.tier == "flagship" and not content.profession:
        yield Shortcoming("profession", "proposal_flagship_profession")
    if (
        frame.venue_seats is not None and content.expected_attendance is not None
        and content.expected_attendance > frame.venue_seats
    ):  # fmt: skip
        yield Shortcoming("expected_attendance", "proposal_venue_too_small")


def _wishes_over(content: Content, frame: Frame) -> bool:
    """Whether every wished day is past, while other days of the proposal are still to come."""
    if frame.today is None or not content.wishes or content.ends_on < frame.today:
        return False
    return all(one.on < frame.today for one in content.wishes)


def _possible_days(content: Content, frame: Frame) -> bool:
    """Whether the venue it wants is open on one of its wished days, or on any of its days."""
    if not frame.venue_open:
        return True
    if content.wishes:
        return any(
            day == one.on and one.slot in ("", slot)
            for one in content.wishes
            for day, slot in frame.venue_open
        )
    return any(content.starts_on <= day <= content.ends_on for day, _slot in frame.venue_open)
