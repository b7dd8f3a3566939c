"""Reports of our own, and what is needed to enter them."""

from __future__ import annotations

from datetime import date
from typing import Any

from builders import DAY, NOW, World, an_indicator
from karnameh.catalog.public import Indicator
from karnameh.ledger.public import Qualifier, Stage
from karnameh.narrative.actions import Choice, Heading, enter_source
from karnameh.narrative.models import Draft, Kind, Source
from karnameh.org.public import OrgUnit

REPORT = """گزارش دبیر استان فارس از هفتهٔ همیاری

دیروز ۳۰۰ بستهٔ معیشتی در شیراز توزیع شد. همیاران قول داده‌اند که تا پایان هفته ۴۵۰ بستهٔ معیشتی دیگر توزیع کنند.
بخشی از این کار را گروه‌های محله انجام دادند و هزاران بستهٔ معیشتی نیز در روستاها پخش شد.
این نشست در سال ۱۴۰۵ و با حضور ۱۱ کارگروه برگزار شد. چنان‌که گفته شد ۳۰۰ بستهٔ معیشتی توزیع شده است.
هر روز ۲ هزار ماسک تولید می‌شود و کارگاه می‌تواند تا ۵ هزار ماسک هم بسازد.
"""


def parcels() -> Indicator:
    """The indicator that the report speaks of."""
    return an_indicator(
        "parcels",
        name_fa="بستهٔ معیشتی توزیع‌شده",
        short_fa="بستهٔ معیشتی",
        keywords_fa=["توزیع", "بسته معیشتی"],
    )


def entered(
    world: World,
    text: str = REPORT,
    *,
    by: str = "fars",
    unit: OrgUnit | None = None,
    dated: date = DAY,
    **more: Any,
) -> Source:
    """A report, entered by one of the cast."""
    heading = Heading(
        title=more.pop("title", ""), dated=dated, office="دبیر استان", outlet="پایگاه خبری", **more
    )
    return enter_source(
        text, heading=heading, kind=Kind.PASTE, unit=unit or world.fars, by=world.people[by], at=NOW
    )


def draft_of(source: Source, written: str, nth: int = 0) -> Draft:
    """The draft of a number as written."""
    return list(source.drafts.filter(written=written).order_by("start"))[nth]


def choice_of(draft: Draft, **changed: Any) -> Choice:
    """What the draft proposes, changed where wanted."""
    values: dict[str, Any] = {
        "indicator": draft.indicator, "stage": Stage(draft.stage or 2), "qualifier": Qualifier(draft.qualifier),
        "quantity": draft.quantity, "rial": draft.rial, "unit": draft.unit, "place": draft.place,
        "starts_on": draft.starts_on, "ends_on": draft.ends_on, **changed,
    }  # fmt: skip
    return Choice(**values)
