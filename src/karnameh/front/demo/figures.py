"""Public figures of the demo in every state, a press pack, open data, and last year's week to compare with.

They need a sealed ledger, which takes longer than a visitor wants to wait: the worker makes them after
the demo is loaded, one after the other; killed in between, it goes on where it was.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from karnameh.access.public import Role, units_where
from karnameh.activities.public import Campaign
from karnameh.catalog.public import Indicator
from karnameh.exchange.public import OpenData, ask_to_publish, confirm_publishing
from karnameh.front.demo.ids import DemoIds
from karnameh.insight.public import (
    Figure,
    FigureQuery,
    FigureWords,
    Pack,
    approve_figure,
    issue_pack,
    propose_figure,
    publish_figure,
    return_figure,
    supersede_figure,
    withdraw_figure,
    write_figure,
)
from karnameh.ledger.public import (
    Entry,
    NewEntry,
    Stage,
    Witness,
    countersign,
    heads,
    latest_head,
    post_entries,
    register_witness,
    witness_message,
)
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import User
from karnameh.plumbing.models import Deed

Until = Literal["draft", "proposed", "returned", "approved", "published", "withdrawn"]
AT = timedelta(minutes=20)  # after the demo's own instant
FAR = timedelta(days=400)


@dataclass(frozen=True)
class _Demo:
    """One figure: its code, what it asks, what it says, and how far it has come."""

    code: str
    indicator: str
    sentence_fa: str
    sentence_en: str
    until: Until = "published"
    stage: Stage = Stage.REPORTED
    unit: str = "N"
    place: str = ""
    method_fa: str = ""
    method_en: str = ""
    embargo: bool = False


FIGURES: tuple[_Demo, ...] = (
    _Demo(
        "PARCS2",
        "parcels-distributed",
        "همیاران در {period}، {value} {measure} به خانه‌ها رسانده‌اند.",
        "Volunteers brought {value} {measure} to people’s homes, {period}.",
        method_fa="هر بسته یک بار و در شمار واحدی که آن را رسانده است.",
        method_en="Each parcel once, with the unit that delivered it.",
    ),
    _Demo(
        "PRJCTS",
        "projects-opened",
        "{value} پروژه در {campaign} گشایش یافت.",
        "{value} projects were opened in the {campaign}.",
    ),
    _Demo(
        "SCREEN",
        "screening-contacts",
        "داوطلبان سلامت {value} بار در سراسر کشور غربالگری کردند.",
        "Health volunteers screened {value} times all over the country.",
        method_fa="هر بار غربالگری یک بار؛ یک نفر شاید چند بار آمده باشد.",
        method_en="Each screening once; one person may have come several times.",
    ),
    _Demo(
        "FRSTAD",
        "first-aid-trained",
        "{value} نفر کمک‌های نخستین آموختند.",
        "{value} people learned first aid.",
    ),
    _Demo(
        "VERFED",
        "volunteer-person-days",
        "از کار داوطلبان {value} {measure} را کسی دیگر بازبینی کرده است.",
        "{value} {measure} of volunteering were checked by somebody else.",
        stage=Stage.VERIFIED,
    ),
    _Demo(
        "BRRWED",
        "loans-amount",
        "{rounded} وام به کسب‌وکارهای خانگی پرداخت شد.",
        "Home businesses were lent {rounded}.",
    ),
    _Demo(
        "TREES5",
        "trees-planted",
        "در {place} {value} {measure} کاشته شد.",
        "{value} {measure} were planted in {place}.",
        unit="fars",
    ),
    _Demo(
        "HQTMEA",
        "hot-meals-served",
        "در {place} {rounded} {measure} غذای گرم پخته و پخش شد.",
        "{rounded} hot meals were cooked and shared in {place}.",
        place="فارس",
    ),
    _Demo(
        "MASKS7",
        "masks-produced",
        "{rounded} {measure} دوخته شد.",
        "{rounded} {measure} were sewn.",
        embargo=True,
    ),
    _Demo(
        "SCHQQS",
        "schools-repaired",
        "{value} مدرسه تعمیر شد.",
        "{value} schools were repaired.",
        until="approved",
    ),
    _Demo(
        "DQWRYS",
        "dowries-given",
        "{value} جهیزیه به زوج‌های جوان رسید.",
        "{value} dowries reached young couples.",
        until="proposed",
    ),
    _Demo(
        "HQMES3",
        "homes-repaired",
        "{value} خانه تعمیر شد.",
        "{value} homes were repaired.",
        until="returned",
    ),
    _Demo(
        "NEWS22",
        "news-items-published",
        "{value} خبر منتشر شد.",
        "{value} news items were published.",
        until="draft",
    ),
    _Demo(
        "EVENTS",
        "cultural-events",
        "{value} برنامهٔ فرهنگی برگزار شد.",
        "{value} cultural events were held.",
        until="withdrawn",
    ),
)
LATE = "PRJCTS"  # late reports move this one, so another takes its place
PACK, IN_THE_PACK = "WEEK45", ("PARCS2", "SCREEN", "BRRWED", "VERFED", "TREES5")
_SHARE_OF_LAST_YEAR = Decimal("0.8")


def last_year(
    provinces: dict[str, OrgUnit], week: Campaign, staff: dict[str, tuple[User, User]], at: datetime
) -> None:
    """What every province promised, reported and verified in the week of the year before, for these indicators."""
    chance, ids = random.Random(1404), DemoIds(3)
    codes = sorted({one.indicator for one in FIGURES})
    indicators = list(
        Indicator.objects.filter(code__in=codes, time_rule="sum")
        .order_by("code")
        .select_related("measure")
    )
    for name, office in provinces.items():
        reporter, verifier = staff[name]
        entries = list(_of_province(office, indicators, week, chance, ids))
        post_entries([one for one in entries if one.stage != Stage.VERIFIED], by=reporter, at=at)
        post_entries([one for one in entries if one.stage == Stage.VERIFIED], by=verifier, at=at)


def _of_province(
    office: OrgUnit,
    indicators: list[Indicator],
    week: Campaign,
    chance: random.Random,
    ids: DemoIds,
) -> Iterator[NewEntry]:
    for indicator in indicators:
        usual = Decimal(indicator.typical_max) * chance.randint(20, 90)
        promised = usual - usual % 5
        done = promised * chance.randint(70, 104) // 100
        report = _entry(ids, office, indicator, week.ends_on, Stage.REPORTED, done)
        yield _entry(ids, office, indicator, week.ends_on, Stage.PLEDGED, promised)
        yield report
        if chance.random() < float(_SHARE_OF_LAST_YEAR):
            yield _entry(
                ids, office, indicator, week.ends_on, Stage.VERIFIED, done, verifies=report
            )


def _entry(
    ids: DemoIds, unit: OrgUnit, indicator: Indicator, on: date, stage: Stage, quantity: Decimal, *,
    verifies: NewEntry | None = None,
) -> NewEntry:  # fmt: skip
    return NewEntry(
        id=ids.at(on), indicator=indicator.pk, stage=stage, unit=unit.pk, place=unit.place_id, starts_on=on, ends_on=on,
        quantity=quantity, rial=int(quantity) if indicator.measure.kind == "money" else None,
        verifies=verifies.id if verifies else None,
    )  # fmt: skip


def publish_demo() -> bool:
    """Make the demo's figures that are not there yet, one in each round; whether more wait.

    Only in an installation into which the demo was loaded.
    """
    loaded = Deed.objects.filter(verb="load_demo").values_list("at", flat=True).first()
    if (
        loaded is None or latest_head() is None
    ):  # the first sealing takes its time, and nothing waits for it
        return False
    known = {one.code: one for one in Figure.objects.filter(code__in=[one.code for one in FIGURES])}
    people = User.objects.in_bulk(["press", "officer"], field_name="username")
    if len(people) < 2:  # a demo of an earlier release, which had no press officer
        return False
    author, second = people["press"], people["officer"]
    for one in FIGURES:
        figure = known.get(one.code)
        if figure is None or not _arrived(figure, one.until):
            _advance(
                figure or _write(one, author, loaded + AT), one.until, author, second, loaded + AT
            )
            return True
    old, at = known[LATE], loaded + 3 * AT
    fresh = old.successors.first()
    if fresh is None or not _arrived(fresh, "published"):
        _advance(fresh or _correct(old, author, at), "published", author, second, at)
        return True
    if not Pack.objects.filter(code=PACK).exists():
        _issue(author, loaded + 4 * AT)
        return True
    _open_data(author, second, loaded + 5 * AT)
    _witness(loaded + 5 * AT)
    return False


def _witness(at: datetime) -> None:
    """A partner signs beside the first heads, with a key that everybody can read here: it is a demo's."""
    partner = User.objects.filter(username="partner").first()
    if partner is None or Witness.objects.exists():
        return
    unit = OrgUnit.objects.get(path=units_where(partner, Role.PARTNER).paths[0])
    key = Ed25519PrivateKey.from_private_bytes(sha256(b"a witness of the demo").digest())
    witness = register_witness(unit, public=key.public_key().public_bytes_raw(), by=partner, at=at)
    for head in heads():
        countersign(head, witness, key.sign(witness_message(head)), by=partner, at=at)


def _arrived(figure: Figure, until: Until) -> bool:
    """Whether a figure of the demo is where it shall stay; a person may have moved it on since."""
    if until == "returned":
        return bool(figure.returned_note) or figure.state not in ("draft", "proposed")
    order = ("draft", "proposed", "approved", "published", "superseded", "withdrawn")
    return order.index(figure.state) >= order.index(until)


def _issue(author: User, at: datetime) -> None:
    """One press pack of the week so far, out of figures that are public and stand."""
    week = Campaign.objects.get(code="week-1405")
    found = [Figure.objects.get(code=code) for code in IN_THE_PACK]
    issue_pack(
        OrgUnit.objects.get(code="N"), found, title_fa="هفتهٔ همیاری تا امروز", title_en="The service week so far",
        campaign=week, by=author, at=at, site=settings.PUBLIC_URL or "http://127.0.0.1:8000", code=PACK,
    )  # fmt: skip


def _open_data(author: User, second: User, at: datetime) -> None:
    """The week so far as files for everybody; the worker makes them once two officers have agreed."""
    nation = OrgUnit.objects.get(code="N")
    week = Campaign.objects.get(code="week-1405")
    asked = OpenData.objects.filter(campaign=week, unit=nation).first()
    if asked is None:
        asked = ask_to_publish(campaign=week, unit=nation, by=author, at=at)
    if asked.confirmed_by_id is None and asked.asked_by_id == author.pk:
        confirm_publishing(asked.code, by=second, at=at)


def _write(one: _Demo, author: User, at: datetime) -> Figure:
    week = Campaign.objects.get(code="week-1405")
    fars = OrgUnit.objects.get(kind="province", name_fa="استان فارس")
    query = FigureQuery(
        unit=fars if one.unit == "fars" else OrgUnit.objects.get(code=one.unit),
        place=Place.objects.get(level="province", name_fa=one.place) if one.place else None,
        indicator=Indicator.objects.get(code=one.indicator), stage=one.stage, starts_on=week.starts_on,
        ends_on=week.ends_on,
    )  # fmt: skip
    words = FigureWords(
        one.sentence_fa,
        one.sentence_en,
        one.method_fa,
        one.method_en,
        at + FAR if one.embargo else None,
    )
    return write_figure(query, words, by=author, at=at, code=one.code)


def _advance(figure: Figure, until: Until, author: User, second: User, at: datetime) -> None:
    """Step by step from wherever it stands."""
    while not _arrived(figure, until):
        if until == "withdrawn":
            figure = withdraw_figure(figure, reason="تعریف این شاخص روشن نیست.", by=author, at=at)
        elif figure.state == "draft":
            figure = propose_figure(figure, by=author, at=at)
        elif until == "returned":
            figure = return_figure(figure, note="لطفاً بنویسید در کدام استان‌ها.", by=second, at=at)
        elif figure.state == "proposed":
            figure = approve_figure(figure, digest=figure.digest, by=second, at=at)
        else:
            figure = publish_figure(figure, by=author, at=at)


def _correct(old: Figure, author: User, at: datetime) -> Figure:
    """Late reports of one province, and the figure that takes the old one's place."""
    fars = OrgUnit.objects.get(kind="province", name_fa="استان فارس")
    reporter = User.objects.get(username="fars")
    ids = DemoIds(4)
    late = []
    for code, quantity in (("projects-opened", 37), ("parcels-distributed", 640)):
        indicator = Indicator.objects.select_related("measure").get(code=code)
        late.append(
            _entry(ids, fars, indicator, date(2026, 11, 21), Stage.REPORTED, Decimal(quantity))
        )
    if not Entry.objects.filter(pk=late[0].id).exists():
        post_entries(late, by=reporter, at=at)
    return supersede_figure(old, reason="گزارش‌های دیررسیدهٔ استان فارس", by=author, at=at)
