"""Plain values of two neighbours: DHIS2's data value sets, and submissions of Kobo and ODK.

DHIS2: https://docs.dhis2.org (data values, ISO 8601 periods). Kobo: the JSON of its REST services, in
which a question inside a group is called `group/question`.
"""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from karnameh.exchange.rules.rows import derived_id

_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(\d{2})")
_WEEK = re.compile(r"(\d{4})W(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_YEAR = re.compile(r"(\d{4})")


def days_of(period: str) -> tuple[date, date]:
    """First and last day of a DHIS2 period (day, week, month, quarter, year); `ValueError` for others."""
    if found := _DAY.fullmatch(period):
        day = date(*map(int, found.groups()))
        return day, day
    if found := _MONTH.fullmatch(period):
        year, month = map(int, found.groups())
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    if found := _WEEK.fullmatch(period):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return monday, monday + timedelta(days=6)
    if found := _QUARTER.fullmatch(period):
        year, last = int(found[1]), 3 * int(found[2])
        return date(year, last - 2, 1), date(year, last, calendar.monthrange(year, last)[1])
    if found := _YEAR.fullmatch(period):
        return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
    raise ValueError(period)


def id_of_value(*key: str, on: date) -> UUID:
    """The id of what another system knows by this key: sent again, it is the same entry."""
    content = hashlib.sha256("\x1f".join(key).encode()).digest()
    return derived_id(content, 0, on)


def answers_of(submission: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The entries in a submission: one for each element of its repeats, or one for all of it.

    Groups are taken off the names of questions; what stands outside a repeat holds for each element.
    """
    flat = {name.rpartition("/")[2]: value for name, value in submission.items()}
    repeats = [value for value in flat.values() if _is_repeat(value)]
    outside = {name: value for name, value in flat.items() if not isinstance(value, list | dict)}
    if not repeats:
        yield outside
    for repeat in repeats:
        for element in repeat:
            inside = {name.rpartition("/")[2]: value for name, value in element.items()}
            yield outside | {k: v for k, v in inside.items() if not isinstance(v, list | dict)}


def _is_repeat(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def instance_of(submission: Mapping[str, Any]) -> str:
    """By what the other system knows the submission again; empty when it does not say."""
    found = submission.get("_uuid") or submission.get("meta/instanceID") or ""
    return str(found).removeprefix("uuid:")[:80]
