"""Plain values as plain text, in the way one viewer reads. No markup here: see `templatetags`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from karnameh.kernel.digits import LATIN, PERSIAN, to_persian
from karnameh.kernel.jalali import (
    MONTHS_EN,
    MONTHS_FA,
    WEEKDAYS_EN,
    WEEKDAYS_FA,
    JalaliDate,
    month_end,
    month_start,
    weekday,
)
from karnameh.kernel.number_words import to_words
from karnameh.kernel.period import Period
from karnameh.kernel.quantity import format_quantity
from karnameh.ui.display import Display
from karnameh.ui.english_words import to_english

Number = Decimal | int | float

TEHRAN = ZoneInfo("Asia/Tehran")
GREGORIAN_FA = (
    "ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن",
    "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر",
)  # fmt: skip
GREGORIAN_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
RIALS_PER_TOMAN = 10


def digits_of(text: str, display: Display) -> str:
    """`text` with the viewer's digits."""
    return to_persian(text) if display.digits == "persian" else text


def number_text(value: Number, display: Display, places: int | None = None) -> str:
    """A number with grouped thousands; `places` rounds it first. Nothing is rounded otherwise."""
    exact = Decimal(str(value)) if isinstance(value, float) else value
    if places is not None:
        exact = round(Decimal(exact), places)
    return format_quantity(exact, digits=PERSIAN if display.digits == "persian" else LATIN)


def percent_text(part: Number, whole: Number, display: Display) -> str:
    """`part` of `whole` in whole percent; never 100 before the whole, nor 0 after the first."""
    if not whole:
        return "—"
    share = Decimal(str(part)) / Decimal(str(whole)) * 100
    shown = int(share.to_integral_value())
    if shown == 100 and share < 100:
        shown = 99
    if shown == 0 and share > 0:
        shown = 1
    return number_text(shown, display) + ("٪" if display.digits == "persian" else "%")


def short_text(value: Number, display: Display) -> str:
    """A large number to three digits with its scale in words: «۱۹٫۴ میلیارد»."""
    exact = Decimal(str(value))
    scales = (
        (10**9, pgettext("scale", "billion")),
        (10**6, pgettext("scale", "million")),
    )
    for scale, name in scales:
        if abs(exact) >= scale:
            part = exact / scale
            places = max(0, 3 - len(str(abs(int(part)))))
            return f"{number_text(part, display, places)} {name}"
    return number_text(exact, display)


def words_text(value: int, display: Display) -> str:
    """An integer in the words of the viewer's language."""
    return to_words(value) if display.persian else to_english(value)


def money_text(rial: int, display: Display, *, short: bool = False) -> str:
    """Whole rials in the viewer's currency, always named."""
    toman = display.currency == "toman"
    amount = Decimal(rial) / RIALS_PER_TOMAN if toman else Decimal(rial)
    figure = short_text(amount, display) if short else number_text(amount, display)
    name = _("toman") if toman else _("rial")
    return f"{figure} {name}"


def _parts(day: date, display: Display) -> tuple[int, int, int]:
    if display.calendar == "gregorian":
        return day.year, day.month, day.day
    shown = JalaliDate.from_date(day)
    return shown.year, shown.month, shown.day


def year_of(day: date, display: Display) -> int:
    """The year of `day` in the viewer's calendar."""
    return _parts(day, display)[0]


def month_name(month: int, display: Display) -> str:
    """The name of a month, 1 to 12, of the viewer's calendar in his language."""
    if display.calendar == "gregorian":
        return (GREGORIAN_FA if display.persian else GREGORIAN_EN)[month - 1]
    return (MONTHS_FA if display.persian else MONTHS_EN)[month - 1]


def weekday_name(day: date, display: Display) -> str:
    """«دوشنبه», "Monday"."""
    return (WEEKDAYS_FA if display.persian else WEEKDAYS_EN)[weekday(day)]


def day_text(
    day: date, display: Display, *, today: date | None = None, with_weekday: bool = True
) -> str:
    """Weekday, day, month in words; the year only when it is not the year of `today`."""
    year, month, number = _parts(day, display)
    said = f"{number} {month_name(month, display)}"
    if today is None or year_of(today, display) != year:
        said += f" {year}"
    if with_weekday:
        said = f"{weekday_name(day, display)} {said}"
    return digits_of(said, display)


def numeric_day(day: date, display: Display) -> str:
    """`۱۴۰۵/۰۹/۰۱`: for dense tables and for what a person types back."""
    year, month, number = _parts(day, display)
    mark = "/" if display.calendar == "jalali" else "-"
    return digits_of(f"{year:04d}{mark}{month:02d}{mark}{number:02d}", display)


def instant_text(at: datetime, display: Display, *, today: date | None = None) -> str:
    """A day and the time of Tehran."""
    local = at.astimezone(TEHRAN)
    said = day_text(local.date(), display, today=today)
    clock = digits_of(f"{local:%H:%M}", display)
    return _("%(day)s, %(time)s") % {"day": said, "time": clock}


def period_text(period: Period, display: Display, *, today: date | None = None) -> str:
    """A year, a month, a day, a range or an open range, said as people say it."""
    start, end = period.start, period.end
    if start is None and end is None:
        return _("All time")
    if start is None and end is not None:
        said = day_text(end, display, today=today, with_weekday=False)
        return _("until %(day)s") % {"day": said}
    if end is None and start is not None:
        said = day_text(start, display, today=today, with_weekday=False)
        return _("from %(day)s") % {"day": said}
    assert start is not None
    assert end is not None
    return _whole(start, end, display) or _range(start, end, display, today)


def _whole(start: date, end: date, display: Display) -> str | None:
    """The name of a whole year or month of the viewer's calendar."""
    year, month, _day = _parts(start, display)
    first = (lambda y, m: date(y, m, 1)) if display.calendar == "gregorian" else month_start
    if start == first(year, 1) and end == _last(year, 12, display):
        return digits_of(str(year), display)
    if start == first(year, month) and end == _last(year, month, display):
        return digits_of(f"{month_name(month, display)} {year}", display)
    return None


def _last(year: int, month: int, display: Display) -> date:
    if display.calendar == "jalali":
        return month_end(year, month)
    after = date(year + month // 12, month % 12 + 1, 1)
    return after - timedelta(days=1)


def _range(start: date, end: date, display: Display, today: date | None) -> str:
    if start == end:
        return day_text(start, display, today=today)
    same_year = year_of(start, display) == year_of(end, display)
    first = day_text(start, display, today=start if same_year else today, with_weekday=False)
    last = day_text(end, display, today=today, with_weekday=False)
    return _("%(start)s to %(end)s") % {"start": first, "end": last}
