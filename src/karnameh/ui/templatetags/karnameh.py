"""`{% load karnameh %}`: numbers, dates and components in the viewer's language, calendar and digits.

Every tag finds the viewer's `Display` at `context["display"]`; text given to a tag is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from karnameh.kernel.period import Period
from karnameh.ui import charts, formats
from karnameh.ui.display import Display, display_of
from karnameh.ui.formats import Number
from karnameh.ui.icons import FLIPPED, ICONS

register = template.Library()

STAGES = ("pledged", "reported", "verified")


def _today(context: Context) -> date | None:
    found = context.get("today")
    if isinstance(found, datetime):
        return found.astimezone(formats.TEHRAN).date()
    return found if isinstance(found, date) else None


def _known(value: Any) -> Any:
    """A template gives "" for a key that a row does not have: that is None here."""
    return None if value == "" else value


def _icon(name: str, css: str = "") -> SafeString:
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"there is no icon “{name}”")
    classes = " ".join(filter(None, ("icon", "icon-flip" if name in FLIPPED else "", css)))
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes, static("ui/icons.svg"), name,
    )  # fmt: skip


# --- plain values ----------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def number(context: Context, value: Number | None, places: int | None = None) -> str:
    """`{% number 512340 %}` → ۵۱۲٬۳۴۰; nothing known → —."""
    value = _known(value)
    return "—" if value is None else formats.number_text(value, display_of(context), places)


@register.simple_tag(takes_context=True)
def short(context: Context, value: Number | None) -> SafeString | str:
    """`{% short 19400000000 %}` → ۱۹٫۴ میلیارد, with the exact figure as its title."""
    value = _known(value)
    if value is None:
        return "—"
    display = display_of(context)
    exact, shown = formats.number_text(value, display), formats.short_text(value, display)
    if exact == shown:
        return exact
    return format_html('<span class="num" title="{}">{}</span>', exact, shown)


@register.simple_tag(takes_context=True)
def percent(context: Context, part: Number, whole: Number) -> str:
    """`{% percent 53 100 %}` → ۵۳٪; of nothing → —."""
    return formats.percent_text(part, whole, display_of(context))


@register.simple_tag(takes_context=True)
def words(context: Context, value: int) -> str:
    """`{% words 1150 %}` → هزار و صد و پنجاه."""
    return formats.words_text(value, display_of(context))


@register.simple_tag(takes_context=True)
def digits(context: Context, text: object) -> str:
    """Any text (a code, a time, a year) with the viewer's digits."""
    return conditional_escape(formats.digits_of(str(text), display_of(context)))


@register.simple_tag(takes_context=True)
def money(context: Context, rial: int | None, short: bool = False) -> SafeString | str:
    """`{% money 110000000 %}` → ۱۱٬۰۰۰٬۰۰۰ تومان; `short=True` says milliards."""
    rial = _known(rial)
    if rial is None:
        return "—"
    display = display_of(context)
    said = formats.money_text(rial, display, short=short)
    return format_html(
        '<span class="num" title="{}">{}</span>', formats.money_text(rial, display), said
    )


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None, style: str = "full") -> SafeString | str:
    """A date as `<time>`; style: full (with weekday), short (without), numeric, or near: with weekday
    and without the year, where the page says the year already."""
    value = _known(value)
    if value is None:
        return "—"
    display = display_of(context)
    if isinstance(value, datetime):
        value = value.astimezone(formats.TEHRAN).date()
    if style == "numeric":
        said = formats.numeric_day(value, display)
    else:
        near = value if style == "near" else _today(context)
        said = formats.day_text(value, display, today=near, with_weekday=style in ("full", "near"))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), said)


@register.simple_tag(takes_context=True)
def instant(context: Context, value: datetime | None) -> SafeString | str:
    """A moment as `<time>`, in the time of Tehran."""
    value = _known(value)
    if value is None:
        return "—"
    said = formats.instant_text(value, display_of(context), today=_today(context))
    machine = value.astimezone(formats.TEHRAN).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', machine, said)


@register.simple_tag(takes_context=True)
def period(context: Context, value: Period | None) -> str:
    """A period as people say it: a year, a month, a day, from … to …."""
    if value is None:
        return _("All time")
    return formats.period_text(value, display_of(context), today=_today(context))


# --- small components ------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One drawing of the sprite, hidden from screen readers: put the word beside it."""
    return _icon(name, css)


@register.simple_tag
def name(text: object, href: str | None = "") -> SafeString:
    """A name that people gave, isolated in `<bdi>`, as a link when there is an address."""
    if href:
        return format_html('<a href="{}"><bdi>{}</bdi></a>', href, text)
    return format_html("<bdi>{}</bdi>", text)


@register.simple_tag
def stage_word(stage: str) -> str:
    """The one word for a stage: pledged, reported, verified, remaining, reversed, adjusted, stated."""
    return {
        "pledged": pgettext("stage", "Promised"),
        "reported": pgettext("stage", "Reported"),
        "verified": pgettext("stage", "Verified"),
        "remaining": pgettext("stage", "Remaining"),
        "reversed": pgettext("stage", "Reversed"),
        "adjusted": pgettext("stage", "Adjusted"),
        "stated": pgettext("stage", "Stated"),
    }[stage]


@register.simple_tag
def stage_badge(stage: str) -> SafeString:
    """Stage with its colour and its shape: promised hollow, reported half, verified full."""
    word = stage_word(stage)
    return format_html(
        '<span class="badge badge-{}"><span class="mark-stage mark-{}" aria-hidden="true"></span>{}</span>',
        stage, stage, word,
    )  # fmt: skip


def _figure(value: Number, display: Display, *, money: bool) -> str:
    if money:
        return formats.money_text(int(value), display, short=True)
    return formats.number_text(value, display)


def qualifier_word(qualifier: str | None) -> str:
    """The word that stands before a number; nothing for an exact one."""
    return {
        "at_least": _("more than"),
        "about": _("about"),
        "at_most": _("at most"),
        "unknown": _("unknown"),
    }.get(qualifier or "", "")


@register.simple_tag(takes_context=True)
def quantity(
    context: Context,
    value: Number | None,
    qualifier: str | None = "exact",
    unit: str = "",
    href: str | None = "",
    money: bool | str = False,
) -> SafeString:
    """«بیش از ۵۱۲٬۳۴۰ بسته»: qualifier before, unit small after, a link to its rows with `href`.

    With `money` the value is in rials and is said shortly in the viewer's currency.

    An unknown quantity says so; a missing one is a dash; zero is zero.
    """
    value = _known(value)
    if qualifier == "unknown":
        body: SafeString = format_html('<span class="q-none">{}</span>', _("unknown"))
    elif value is None:
        return format_html('<span class="q-none" title="{}">—</span>', _("no entry"))
    else:
        figure = _figure(value, display_of(context), money=bool(money))
        how = qualifier_word(qualifier)
        before = format_html('<span class="q-how">{}</span> ', how) if how else SafeString("")
        body = format_html('{}<span class="num">{}</span>', before, figure)
    if href:
        body = format_html('<a href="{}">{}</a>', href, body)
    after = format_html(' <span class="q-unit">{}</span>', unit) if unit else SafeString("")
    return format_html('<span class="q">{}{}</span>', body, after)


@register.simple_tag(takes_context=True)
def remaining(
    context: Context, still_open: Number | None, over: Number | None, money: bool | str = False
) -> SafeString:
    """What is still open of promises, and by how much others were passed: the ledger's balances."""
    still_open, over = _known(still_open), _known(over)
    if still_open is None:
        return format_html('<span class="q-none" title="{}">—</span>', _("nothing promised"))
    display = display_of(context)
    said = []
    if still_open:
        figure = _figure(still_open, display, money=bool(money))
        said.append(
            format_html('<span class="left">{} <small>{}</small></span>', figure, _("remaining"))
        )
    if over:
        figure = _figure(over, display, money=bool(money))
        word = _("over the promise")
        said.append(
            format_html('<span class="left left-over">{} <small>{}</small></span>', figure, word)
        )
    if not said:
        return format_html('<span class="left left-done">{}</span>', _("complete"))
    return format_html_join(SafeString(" "), "{}", ((one,) for one in said))


@register.simple_tag(takes_context=True)
def stage_bar(
    context: Context,
    pledged: Number | None,
    reported: Number | None,
    verified: Number | None,
    top: Number | None = None,
) -> SafeString:
    """The picture of the product: reported pale, verified full inside it, promised a line."""
    return charts.stage_bar(
        _known(pledged), _known(reported), _known(verified), display_of(context), _known(top)
    )


@register.simple_tag(takes_context=True)
def meter(
    context: Context, part: Number, whole: Number, mark: Number | None = None, tone: str = ""
) -> SafeString:
    """One thin bar of a part in a whole; `mark` draws the line to reach."""
    return charts.meter(part, whole, display_of(context), _known(mark), tone)


@register.simple_tag(takes_context=True)
def sparkline(context: Context, values: Sequence[Number | None], label: str = "") -> SafeString:
    """Numbers over time in the size of a word."""
    return charts.sparkline(values, display_of(context), label)


@register.simple_tag(takes_context=True)
def tile_map(context: Context, rows: Iterable[Mapping[str, Any]], label: str = "") -> SafeString:
    """The provinces as a grid of tiles; the page adds the table twin."""
    return charts.tile_map(rows, display_of(context), label)


@register.simple_tag
def stage_legend() -> SafeString:
    """What the three parts of the bar mean."""
    entries = format_html_join(
        "",
        '<li><span class="swatch swatch-{}"></span> {}</li>',
        ((stage, stage_word(stage)) for stage in STAGES),
    )
    return format_html('<ul class="legend">{}</ul>', entries)


@register.simple_tag(takes_context=True)
def gap(
    context: Context,
    stated: Number,
    summed: Number,
    qualifier: str = "exact",
    unit: str = "",
    label: str = "",
    href: str = "",
) -> SafeString:
    """A stated total beside the sum of the units' reports, and what lies between."""
    display = display_of(context)
    said = quantity(context, stated, qualifier, unit)
    total = quantity(context, summed, "exact", unit)
    between = Decimal(str(stated)) - Decimal(str(summed))
    figure = formats.number_text(abs(between), display)
    head = format_html("<strong><bdi>{}</bdi></strong>: ", label) if label else SafeString("")
    facts = format_html(
        _("stated figure {stated}; sum of the units’ reports {summed}."), stated=said, summed=total
    )
    verdict = format_html(
        _("Gap: {gap}.") if between > 0 else _("The sum is larger by {gap}."), gap=figure
    )
    if not between:
        verdict = format_html("{}", _("They agree."))
    link = (
        format_html(' <a href="{}">{}</a>', href, _("See which units")) if href else SafeString("")
    )
    return format_html(
        '<div class="notice notice-{}">{}<p>{}{} {}{}</p></div>',
        "warn" if between else "good", _icon("gap" if between else "check"), head, facts, verdict, link,
    )  # fmt: skip


# --- structure -------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/day_strip.html", takes_context=True)
def day_strip(
    context: Context, days: Iterable[Mapping[str, Any]], label: str = ""
) -> dict[str, Any]:
    """The days of a week or campaign: date, title, count, url, state (past, today, future)."""
    display = display_of(context)
    shown = [
        {
            **each,
            "weekday": formats.weekday_name(each["date"], display),
            "day": formats.day_text(each["date"], display, today=each["date"], with_weekday=False),
            "counted": _count_of_activities(each.get("count"), display_of(context)),
        }
        for each in days
    ]
    return {"days": shown, "label": label or _("Days")}


def _count_of_activities(count: int | None, display: Any) -> str:
    if count is None:
        return ""
    return pgettext("a day’s count", "%(n)s activities") % {
        "n": formats.number_text(count, display)
    }


@register.inclusion_tag("ui/parts/stage_table.html", takes_context=True)
def stage_table(
    context: Context,
    rows: Iterable[Mapping[str, Any]],
    heading: str = "",
    total: Mapping[str, Any] | None = None,
    sort: str | None = None,
    caption: str = "",
) -> dict[str, Any]:
    """The table of the product. A row: `name`, `href`, `unit`, `pledged`, `reported`, `verified`
    (None: no entry) and, if wanted, `<stage>_qualifier`, `<stage>_href` and `top` (the bar's scale).

    `sort` ("" or the sort in force) makes the headers links; `total` is a row for the foot.
    """
    return {
        "rows": rows, "heading": heading or _("Indicator"), "total": total, "sort": sort,
        "caption": caption, "display": display_of(context), "request": context.get("request"),
    }  # fmt: skip


@register.simple_tag(takes_context=True)
def sort_header(
    context: Context, label: str, key: str, current: str = "", href: str = "", numeric: bool = False
) -> SafeString:
    """A `<th>` that sorts: `current` is the sort in force ("name" or "-name").

    Without `href` the address is this page's with `sort` set and the cursor dropped.
    """
    rising, falling = current == key, current == f"-{key}"
    wanted = f"-{key}" if rising or (numeric and not falling) else key
    state = "ascending" if rising else "descending" if falling else "none"
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a class="sort" href="{}">{}{}</a></th>',
        "n" if numeric else "", state, href or _address(context, sort=wanted), label,
        format_html('<span class="sort-mark" aria-hidden="true"></span>'),
    )  # fmt: skip


def _address(context: Context, **changed: str) -> str:
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query.pop("cursor", None)
    for key, value in changed.items():
        query[key] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag("ui/parts/pager.html")
def pager(previous: str = "", next: str = "") -> dict[str, str]:
    """Cursor paging: the addresses of the page before and after, empty when there is none."""
    return {"previous": previous or "", "next": next or ""}


@register.inclusion_tag("ui/parts/empty.html")
def empty(
    title: str, hint: str = "", action_url: str = "", action_label: str = "", icon: str = "list"
) -> dict[str, str]:
    """Nothing here yet: what it means and what to do."""
    return {
        "title": title, "hint": hint, "action_url": action_url, "action_label": action_label,
        "icon": icon,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/field.html", takes_context=True)
def field(
    context: Context,
    bound: BoundField,
    unit: str = "",
    big: bool = False,
    echo: str = "",
    ltr: bool = False,
) -> dict[str, Any]:
    """One form field: label, control, help, error.

    `big` makes the large number input with its line of words (`echo` is an address that answers
    with the words; without one they are made on the client); `unit` stands in the input's corner;
    `ltr` is for codes and addresses.
    """
    kind = getattr(bound.field.widget, "input_type", type(bound.field.widget).__name__.lower())
    attrs: dict[str, Any] = {}
    if big:
        attrs |= {
            "inputmode": "decimal",
            "autocomplete": "off",
            "data-number": "",
            "class": "input-big",
        }
        if echo:
            attrs["data-echo"] = echo
    if ltr:
        attrs["dir"] = "ltr"
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "kind": kind,
        "many": bool(getattr(bound, "use_fieldset", False)),
        "big": big,
        "unit": unit,
        "required": bound.field.required,
        "display": context.get("display"),
    }


@register.inclusion_tag("ui/parts/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is wrong with a form as a whole, above it, with links to the fields."""
    return {"form": form}
