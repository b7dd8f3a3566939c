"""The leader's week and phone: a day for each day, reports that arrived, one verdict, one question."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from karnameh.activities.public import Activity, Campaign, Kind, Need, NeedKind, Occurrence, State
from karnameh.catalog.public import Indicator
from karnameh.field.public import (
    Batch,
    Item,
    ItemKind,
    ask_unit,
    content_hash,
    enrol_device,
    open_point,
    receive,
)
from karnameh.front.demo.ids import TODAY, DemoIds
from karnameh.ledger.public import Entry, NewEntry, Stage, post_entries, verify_entry
from karnameh.org.public import OrgUnit
from karnameh.people.public import User

# Day of the week, indicator, name, hour, what to bring, promised, reported.
_WEEK = (
    (0, "parcels-distributed", "پخش بسته‌های معیشتی محله", 16, "۲ وانت و ۶۰ کارتن", 120, 118),
    (1, "people-screened", "غربالگری فشار خون در پارک محله", 9, "۳ دستگاه فشارسنج", 80, 240),
    (2, "hot-meals-served", "پخت و پخش غذای گرم", 11, "دیگ بزرگ و ظرف یک‌بارمصرف", 300, None),
    (4, "parcels-distributed", "بسته برای خانواده‌های روستای بالا", 8, "زنجیر چرخ", 60, None),
    (5, "people-treated", "ویزیت رایگان در درمانگاه محله", 15, "داروهای فهرست", 40, None),
    (6, "hot-meals-served", "سفرهٔ سپاس از داوطلبان", 18, "۲۰ زیرانداز", 150, None),
)

_COMES = ("گروه داوطلبان دانشگاه", "گروه پزشکی شهرستان", "گروه آشپزی محله")


def leaders_week(
    unit: OrgUnit, campaign: Campaign, accounts: dict[str, User], *, at: datetime
) -> None:
    """Plan it, and deliver the leader's reports the way a phone does."""
    ids, leader = DemoIds(7), accounts["leader"]
    indicators = {one.code: one for one in Indicator.objects.select_related("theme")}
    fallback = next(
        one for one in indicators.values() if one.time_rule == "sum" and one.measure.decimals == 0
    )
    items: list[Item] = []
    reported: list[Item] = []
    for number, (day, code, name, hour, bring, promised, done) in enumerate(_WEEK):
        on = campaign.starts_on + timedelta(days=day)
        indicator = indicators.get(code, fallback)
        activity = _activity(unit, campaign, indicator, f"leader-{number}", name, on)
        Occurrence.objects.create(
            activity=activity, on=on, starts_at=time(hour), ends_at=time(hour + 3), place=unit.place
        )
        Need.objects.create(activity=activity, kind=NeedKind.MATERIAL, label=bring)
        comes = _COMES[number % len(_COMES)]
        Need.objects.create(activity=activity, kind=NeedKind.TEAM, label=comes)
        pledge = NewEntry(
            id=ids.at(campaign.starts_on), indicator=indicator.pk, stage=Stage.PLEDGED, unit=unit.pk,
            activity=activity.pk, starts_on=on, ends_on=on, quantity=Decimal(promised),
        )  # fmt: skip
        post_entries([pledge], by=accounts["shiraz"], at=at)
        if done is not None:
            items.append(_item(ids, unit, indicator, activity, on, done, at))
            reported.append(items[-1])
        if on == TODAY:
            open_point(activity, unit=unit, by=leader, at=at)
    device, _secrets = enrol_device(unit=unit, name="گوشی سرگروه", by=leader, at=at)
    receive(device, Batch(2, 1, at, items), by=leader, at=at)
    first, second = (Entry.objects.get(pk=one.id) for one in reported[:2])
    verify_entry(
        first, quantity=Decimal(115), note="شمارش دوباره در محل", by=accounts["fars.verifier"], at=at,
        identifier=ids.at(TODAY),
    )  # fmt: skip
    ask_unit(second, words="سه برابر وعده است. عدد درست است؟", by=accounts["shiraz"], at=at)


def _activity(
    unit: OrgUnit, campaign: Campaign, indicator: Indicator, code: str, name: str, on: date
) -> Activity:
    activity = Activity(
        code=f"{campaign.code}-{code}", name_fa=name, name_en=indicator.name_en, kind=Kind.SERVICE,
        theme=indicator.theme, lead_unit=unit, place=unit.place, campaign=campaign, starts_on=on, ends_on=on,
        state=State.SCHEDULED,
    )  # fmt: skip
    activity.spell()
    activity.save()
    return activity


def _item(
    ids: DemoIds,
    unit: OrgUnit,
    indicator: Indicator,
    activity: Activity,
    on: date,
    quantity: int,
    at: datetime,
) -> Item:
    body = {
        "unit": unit.pk, "indicator": indicator.pk, "quantity": str(quantity), "on": on.isoformat(),
        "activity": activity.pk, "place": unit.place_id,
    }  # fmt: skip
    text = json.dumps(body)
    kind = ItemKind.ENTRY
    return Item(ids.at(on), kind, at, content_hash(kind, text), text, body)
