"""Typed builders: the smallest true thing of each kind, and a small world of them.

The world is laid out so that mistakes of scope show: the code of `twin` has the code of `shiraz` as
a prefix, units move between counties, and one of the accounts has no grant at all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from karnameh.access.public import Grant, Reach, Role, grant_role, units_where
from karnameh.activities.models import Activity, Campaign, Kind, State
from karnameh.catalog.public import Indicator, Measure
from karnameh.kernel.ids import new_id
from karnameh.ledger.public import Entry, NewEntry, Qualifier, Stage, post_entries
from karnameh.org.public import NewUnit, OrgUnit, Place, Theme, UnitKind, open_place, open_unit
from karnameh.people.public import User, create_user

NOW = datetime(2026, 11, 22, 10, 50, tzinfo=UTC)
DAY = date(2026, 11, 21)
FOUNDED = date(2012, 3, 20)
PASSWORD = "sarv-o-narges"
_numbers = itertools.count(1)


def a_user(username: str = "", office: str = "دفتر آزمون", *, password: str | None = None) -> User:
    """An account without grants; no password unless one is given (hashing takes time)."""
    return create_user(
        username=username or f"user{next(_numbers)}",
        office=office,
        password=password,
        by=None,
        at=NOW,
    )


def a_grant(user: User, role: Role, unit: OrgUnit, *, theme: Theme | None = None) -> Grant:
    """A grant in force, given by whoever installed the place: the site itself may not."""
    user.__dict__.pop("_grants_in_force", None)
    with as_owner():
        return grant_role(user=user, role=role, unit=unit, by=None, at=NOW, theme=theme)


@contextmanager
def as_owner() -> Iterator[None]:
    """The block runs as the owner of the tables, whom no missing privilege stops."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute("SET ROLE NONE")
        try:
            yield
        finally:
            cursor.execute(f"SET ROLE {before}")


def a_place(name: str, parent: Place | None, level: str = "county") -> Place:
    """A place under `parent`."""
    return open_place(
        code=f"IR{next(_numbers)}",
        name_fa=name,
        name_en=name,
        level=level,
        parent=parent,
        on=FOUNDED,
        by=None,
        at=NOW,
    )


def a_unit(
    name: str,
    parent: OrgUnit | None,
    place: Place,
    kind: UnitKind = UnitKind.LOCAL,
    *,
    code: str = "",
    on: date = FOUNDED,
) -> OrgUnit:
    """A unit under `parent`."""
    new = NewUnit(
        code=code or f"u{next(_numbers)}", name_fa=name, name_en=name, kind=kind, place=place
    )
    return open_unit(new, parent=parent, on=on, by=None, at=NOW)


def an_indicator(code: str = "", *, theme: Theme | None = None, **rules: Any) -> Indicator:
    """An indicator summed over time and units unless `rules` say otherwise."""
    code = code or f"indicator-{next(_numbers)}"
    theme = (
        theme
        or Theme.objects.get_or_create(
            code="construction",
            defaults={"position": 1, "name_fa": "سازندگی", "name_en": "Construction"},
        )[0]
    )
    measure = Measure.objects.get_or_create(
        code="parcel",
        defaults={
            "name_fa": "بسته", "name_en": "parcel", "symbol_fa": "بسته", "symbol_en": "parcels", "kind": "count"
        },
    )[0]  # fmt: skip
    values: dict[str, Any] = {
        "nature": "flow", "time_rule": "sum", "unit_rule": "sum", "people": "items", "level": "output",
        "measure": measure, "theme": theme, "name_fa": f"شاخص {code}", "name_en": code, "short_fa": code[:40],
        "definition_fa": "تعریف", "definition_en": "definition", "means_fa": "سند", "means_en": "document",
        **rules,
    }  # fmt: skip
    indicator = Indicator(code=code, **values)
    indicator.spell()
    indicator.save()
    return indicator


def a_money_indicator(code: str = "", **rules: Any) -> Indicator:
    """An indicator of sums of money, in rials."""
    rial = Measure.objects.get_or_create(
        code="rial",
        defaults={
            "name_fa": "ریال", "name_en": "rial", "symbol_fa": "ریال", "symbol_en": "rials", "kind": "money"
        },
    )[0]  # fmt: skip
    return an_indicator(code, measure=rial, **rules)


def a_campaign(start: date = date(2026, 11, 20)) -> Campaign:
    """A service week."""
    return Campaign.objects.create(
        code=f"week-{next(_numbers)}", name_fa="هفتهٔ آزمون", name_en="Test week", starts_on=start,
        ends_on=date.fromordinal(start.toordinal() + 6),
    )  # fmt: skip


def an_activity(
    unit: OrgUnit,
    *,
    day: date = DAY,
    state: State = State.SCHEDULED,
    campaign: Campaign | None = None,
) -> Activity:
    """An accepted activity of `unit` on `day`."""
    activity = Activity(
        code=f"a{next(_numbers)}", name_fa="برنامهٔ آزمون", name_en="Test activity", kind=Kind.SERVICE,
        theme=Theme.objects.first() or an_indicator().theme, lead_unit=unit, place=unit.place, campaign=campaign,
        starts_on=day, ends_on=day, state=state,
    )  # fmt: skip
    activity.spell()
    activity.save()
    return activity


def a_new_entry(
    unit: OrgUnit, indicator: Indicator, quantity: int | str | None = 10, **values: Any
) -> NewEntry:
    """A reported quantity of `unit` on `DAY`, before it is posted."""
    filled: dict[str, Any] = {
        "id": new_id(), "indicator": indicator.pk, "stage": Stage.REPORTED, "unit": unit.pk, "starts_on": DAY,
        "ends_on": DAY, "quantity": None if quantity is None else Decimal(quantity),
        "qualifier": Qualifier.EXACT if quantity is not None else Qualifier.UNKNOWN, **values,
    }  # fmt: skip
    if "ends_on" in values and "starts_on" not in values:
        filled["starts_on"] = values["ends_on"]
    return NewEntry(**filled)


def an_entry(
    unit: OrgUnit, indicator: Indicator, quantity: int | str | None = 10, *, by: User, **values: Any
) -> Entry:
    """The same, posted."""
    new = a_new_entry(unit, indicator, quantity, **values)
    post_entries([new], by=by, at=NOW)
    return Entry.objects.get(pk=new.id)


@dataclass
class World:
    """Nation → two provinces → two counties each → two local units each, and who works there."""

    country: Place
    nation: OrgUnit
    fars: OrgUnit
    yazd: OrgUnit
    shiraz: OrgUnit
    twin: OrgUnit
    mehriz: OrgUnit
    taft: OrgUnit
    locals: dict[str, list[OrgUnit]] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    @property
    def local(self) -> OrgUnit:
        """The first local unit of Shiraz."""
        return self.locals["shiraz"][0]

    def reach(self, name: str) -> Reach:
        """What a person of the cast may see."""
        user = User.objects.get(pk=self.people[name].pk)
        return units_where(user)


def a_world() -> World:
    """Build it. The cast: officer, verifier, admin, admin2, auditor (nation); fars, fars_verifier
    (province); leader (one local unit); reviewer (Fars, one theme); stranger (no grant)."""
    country = a_place("ایران", None, "country")
    nation = a_unit("دفتر کشوری", None, country, UnitKind.NATIONAL, code="N")
    provinces, counties, local_units = {}, {}, {}
    for name, fa, code in (("fars", "فارس", "10"), ("yazd", "یزد", "20")):
        place = a_place(fa, country, "province")
        provinces[name] = a_unit(f"استان {fa}", nation, place, UnitKind.PROVINCE, code=code)
    for name, fa, code, province in (
        ("shiraz", "شیراز", "101", "fars"), ("twin", "شیرازک", "1011", "fars"),
        ("mehriz", "مهریز", "201", "yazd"), ("taft", "تفت", "202", "yazd"),
    ):  # fmt: skip
        place = a_place(fa, provinces[province].place, "county")
        counties[name] = a_unit(
            f"شهرستان {fa}", provinces[province], place, UnitKind.COUNTY, code=code
        )
        local_units[name] = [
            a_unit(f"همیاران {plant} {fa}", counties[name], place, code=f"{code}-{number}")
            for number, plant in enumerate(("سرو", "نرگس"), 1)
        ]
    made = World(
        country, nation, provinces["fars"], provinces["yazd"], counties["shiraz"], counties["twin"],
        counties["mehriz"], counties["taft"], local_units,
    )  # fmt: skip
    cast: list[tuple[str, OrgUnit, tuple[Role, ...]]] = [
        ("officer", nation, (Role.REPORTER, Role.PLANNER, Role.PRESS)),
        ("verifier", nation, (Role.VERIFIER,)),
        ("admin", nation, tuple(Role)),
        ("admin2", nation, (Role.ADMINISTRATOR,)),
        ("auditor", nation, (Role.AUDITOR,)),
        ("fars", provinces["fars"], (Role.REPORTER, Role.PLANNER, Role.ADMINISTRATOR)),
        ("fars_verifier", provinces["fars"], (Role.VERIFIER,)),
        ("leader", local_units["shiraz"][0], (Role.REPORTER,)),
    ]
    for name, unit, roles in cast:
        made.people[name] = a_user(name.replace("_", "."), f"دفتر {name}")
        for role in roles:
            a_grant(made.people[name], role, unit)
    theme = an_indicator("reviewed").theme
    made.people["reviewer"] = a_user("reviewer")
    a_grant(made.people["reviewer"], Role.REVIEWER, provinces["fars"], theme=theme)
    made.people["stranger"] = a_user("stranger")
    return made
