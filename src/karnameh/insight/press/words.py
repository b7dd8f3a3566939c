"""A pack's document in the words and digits of one language: what PDF, Word document and page all print."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from karnameh.insight.figures.reading import Count, Counts, counts_of, part_name, period_of
from karnameh.insight.figures.wording import DISPLAYS
from karnameh.insight.maps.shapes import legend_items
from karnameh.insight.press.document import PARTS
from karnameh.ui.formats import digits_of, money_text, number_text, percent_text, period_text
from karnameh.ui.public import Display, day_text, instant_text
from karnameh.ui.templatetags.karnameh import qualifier_word


def worded(document: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Everything as text, ready to be set; shares for the bars are parts of one."""
    display = DISPLAYS["en" if language == "en" else "fa"]
    with translation.override(language):
        campaign = document["campaign"]
        coverage = [_coverage(one, language, display) for one in document["coverage"]]
        figures = [_figure(one, document["site"], language, display) for one in document["figures"]]
        return {
            "language": language,
            "title": document["title"][language],
            "federation": document["federation"][language],
            "unit": document["unit"][language],
            "issued": instant_text(datetime.fromisoformat(document["issued_at"]), display),
            "head_code": document["head_code"],
            "code": document["code"],
            "address": f"{document['site']}/press/{document['code']}/",
            "campaign": digits_of(campaign["name"][language], display) if campaign else "",
            "slogan": campaign["slogan"][language] if campaign else "",
            "figures": figures,
            "days": [_day(one, language, display) for one in document["days"]],
            "coverage": coverage,
            "map_legend": legend_items(
                {"name": one["fa"], "value": one["share"], "label": one["percent"]}
                for one in coverage
            ),
            "promises": _promises(document["promises"], display),
            "kept": [one["kept"] for one in figures if one["kept"]],
            "words": _words(),
            "protected": any(one["protected"] for one in document["figures"]),
        }


def _figure(
    figure: Mapping[str, Any], site: str, language: str, display: Display
) -> dict[str, Any]:
    counts = counts_of(figure["totals"])
    unit = "" if figure["money"] else figure["measure"][language]
    top = max(
        (one.quantity or Decimal(0) for one in (counts.pledged, counts.reported, counts.verified)),
        default=Decimal(0),
    )
    before = counts_of(figure["before"]) if figure["before"] else None
    found: dict[str, Any] = {
        "code": figure["code"],
        "sentence": figure["sentence"][language],
        "stage": figure["stage"],
        "indicator": figure["indicator"]["name"][language],
        "definition": figure["indicator"]["definition"][language],
        "means": figure["indicator"]["means"][language],
        "method": figure["method"][language],
        "period": period_text(period_of(figure["period"]), display),
        "head_code": figure["head_code"],
        "as_of": instant_text(datetime.fromisoformat(figure["as_of"]), display)
        if figure["as_of"]
        else "",
        "address": f"{site}/figures/{figure['code']}/",
        "protected": figure["protected"],
        "pledged": _number(counts.pledged, figure, unit, display),
        "reported": _number(counts.reported, figure, unit, display),
        "verified": _number(counts.verified, figure, unit, display),
        "open": _plain(counts.open, figure, unit, display),
        "over": _plain(counts.over or None, figure, unit, display),
        "unverified": _plain(counts.unverified, figure, unit, display),
        "bar": _shares(counts, top),
        "before": {
            "name": digits_of(figure["before"]["name"][language], display),
            "pledged": _number(before.pledged, figure, unit, display),
            "reported": _number(before.reported, figure, unit, display),
            "verified": _number(before.verified, figure, unit, display),
        }
        if before
        else None,
    }
    found["kept"] = _kept(found, counts)
    parts = figure["parts"]
    highest = max(
        (one.quantity or Decimal(0) for part in parts for one in _three(counts_of(part))),
        default=Decimal(0),
    )
    found["parts"] = [
        {
            "name": part_name(part, display),
            "bar": _shares(counts_of(part), highest),
            **{
                stage: _number(counts_of(part).of(stage), figure, "", display)
                for stage in ("pledged", "reported", "verified")
            },
        }
        for part in parts[:PARTS]
    ]
    rest = len(parts) - PARTS
    found["rest"] = (
        _("and %(n)s others, on the figure’s page") % {"n": number_text(rest, display)}
        if rest > 0
        else ""
    )
    return found


def _kept(said: Mapping[str, Any], counts: Counts) -> dict[str, Any] | None:
    """What became of a figure's promise, in words; None where nothing was promised or it cannot be said."""
    if not counts.pledged.quantity or counts.open is None:
        return None
    if counts.open:
        words = _("open: %(n)s") % {"n": said["open"]}
    elif counts.over:
        words = _("kept, and %(n)s more") % {"n": said["over"]}
    else:
        words = _("kept in full")
    numbers = {stage: said[stage] for stage in ("pledged", "reported", "verified")}
    return {"name": said["indicator"], "said": words, "kept": not counts.open, **numbers}


def _three(counts: Any) -> tuple[Count, Count, Count]:
    return counts.pledged, counts.reported, counts.verified


def _shares(counts: Any, top: Decimal) -> dict[str, float | None]:
    """Each number as a part of the largest; None where it is not there."""
    return {
        stage: None if one.quantity is None or not top else round(float(one.quantity / top), 4)
        for stage, one in zip(("pledged", "reported", "verified"), _three(counts), strict=True)
    }


def _number(count: Count, figure: Mapping[str, Any], unit: str, display: Display) -> str:
    if count.hidden:
        return _("fewer than ten")
    if count.quantity is None:
        return "—"
    return (
        f"{qualifier_word(count.qualifier)} {_plain(count.quantity, figure, unit, display)}".strip()
    )


def _plain(quantity: Decimal | None, figure: Mapping[str, Any], unit: str, display: Display) -> str:
    if quantity is None:
        return "—"
    if figure["money"]:
        return money_text(int(quantity), display, short=True)
    return f"{number_text(quantity, display)} {unit}".strip()


def _day(day: Mapping[str, Any], language: str, display: Display) -> dict[str, str]:
    return {
        "day": day_text(date.fromisoformat(day["on"]), display),
        "title": day["title"][language],
        "activities": _("%(n)s activities are planned")
        % {"n": number_text(day["activities"], display)},
    }


def _coverage(one: Mapping[str, Any], language: str, display: Display) -> dict[str, Any]:
    return {
        "name": one["name"][language],
        "fa": one["name"]["fa"],
        "percent": percent_text(one["reported"], one["units"], display),
        "said": f"{number_text(one['reported'], display)} / {number_text(one['units'], display)}",
        "share": one["reported"] / one["units"] if one["units"] else None,
    }


def _promises(counts: Mapping[str, int], display: Display) -> str:
    return _(
        "Of the promises behind these figures, %(kept)s are kept in full and %(open)s are open still."
    ) % {"kept": number_text(counts["kept"], display), "open": number_text(counts["open"], display)}


def _words() -> dict[str, str]:
    """The fixed words of the layout."""
    return {
        "pledged": pgettext("stage", "Promised"),
        "reported": pgettext("stage", "Reported"),
        "verified": pgettext("stage", "Verified"),
        "open": _("Open"),
        "as_of": _("As of"),
        "head": _("Head of the ledger"),
        "address": _("Address"),
        "made_of": _("What it is made of"),
        "place": _("Place"),
        "before": _("The week before it, for comparison"),
        "programme": _("The days of the week"),
        "coverage": _("Who has reported"),
        "map": _("Share of local units that have reported, by province"),
        "method": _("How it was counted"),
        "sources": _("Sources"),
        "meaning": _("Meaning"),
        "means": _("Means of verification"),
        "promises": _("Promises kept and open"),
        "became": _("What became of it"),
        "indicator": _("Indicator"),
        "chart": _("Promised, reported and verified, in all and by place"),
        "unverified": _("Reported, not checked yet"),
        "stages": _(
            "Promised, reported and verified are three different numbers: what a unit said it would do, what it says"
            " it has done, and what somebody else has checked."
        ),
        "small": _(
            "Counts of people: shown for counties and above, rounded to five, and small ones merged, so that nobody can"
            " be recognised. Rounded numbers need not add up."
        ),
        "verify": _(
            "Each figure has a page that everybody may open and check. The code of the ledger’s head says which state"
            " of the ledger it is a sum of."
        ),
        "issued": _("Issued"),
        "pack": _("Press pack"),
        "contents": _("In brief"),
        "units": _("local units"),
    }
