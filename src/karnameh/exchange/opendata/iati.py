"""A publication as an IATI activity with results, after version 2.03 of the standard.

https://iatistandard.org/en/iati-standard/203/activity-standard/ . A promise is a period's target, a
report its actual; what was verified stands in the comment of the actual. lxml is met here only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_IMPLEMENTATION, _CLOSED = "2", "4"  # codes of ActivityStatus
_GOVERNMENT, _IMPLEMENTER = "24", "4"  # OrganisationType: other; OrganisationRole: implementing
_START, _END = "2", "4"  # ActivityDateType: actual start, actual end
_UNIT, _PERCENT = "1", "2"  # IndicatorMeasure
_LEVELS = {"output": "1", "outcome": "2"}


@dataclass(frozen=True)
class Reporter:
    """Who reports: an IATI organisation identifier and its names."""

    identifier: str
    name_fa: str
    name_en: str


@dataclass(frozen=True)
class Result:
    """One indicator with what the public may know of it; quantities as decimal texts."""

    code: str
    name_fa: str
    name_en: str
    definition_fa: str
    definition_en: str
    level: str
    percent: bool
    summed: bool
    values: Mapping[str, tuple[str, str]]  # stage → quantity, qualifier


@dataclass(frozen=True)
class Published:
    """The activity: one campaign of one unit."""

    code: str
    title_fa: str
    title_en: str
    starts_on: date
    ends_on: date
    over: bool
    at: datetime


def iati_document(reporter: Reporter, published: Published, results: Iterable[Result]) -> bytes:
    """The file, in UTF-8."""
    root = etree.Element(
        "iati-activities",
        attrib={
            "version": "2.03",
            "generated-datetime": published.at.isoformat(timespec="seconds"),
        },
    )
    activity = etree.SubElement(
        root,
        "iati-activity",
        attrib={
            "last-updated-datetime": published.at.isoformat(timespec="seconds"),
            "default-currency": "IRR",
            _XML_LANG: "fa",
        },
    )
    etree.SubElement(activity, "iati-identifier").text = f"{reporter.identifier}-{published.code}"
    _organisation(activity, "reporting-org", reporter, ref=reporter.identifier, type=_GOVERNMENT)
    _narrated(activity, "title", published.title_fa, published.title_en)
    _narrated(
        activity, "description",
        "آنچه وعده داده، گزارش و بازبینی شد.", "What was promised, reported and verified.",
        type="1",
    )  # fmt: skip
    _organisation(
        activity, "participating-org", reporter,
        ref=reporter.identifier, type=_GOVERNMENT, role=_IMPLEMENTER,
    )  # fmt: skip
    status = _CLOSED if published.over else _IMPLEMENTATION
    etree.SubElement(activity, "activity-status", code=status)
    for kind, day in ((_START, published.starts_on), (_END, published.ends_on)):
        attributes = {"type": kind, "iso-date": day.isoformat()}
        if kind == _START or published.over:
            etree.SubElement(activity, "activity-date", attrib=attributes)
    etree.SubElement(activity, "recipient-country", code="IR")
    for result in results:
        _result(activity, published, result)
    etree.indent(root)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return document


def _result(activity: etree._Element, published: Published, one: Result) -> None:
    result = etree.SubElement(
        activity,
        "result",
        attrib={"type": _LEVELS[one.level], "aggregation-status": "1" if one.summed else "0"},
    )
    _narrated(result, "title", one.name_fa, one.name_en)
    indicator = etree.SubElement(
        result,
        "indicator",
        attrib={"measure": _PERCENT if one.percent else _UNIT, "ascending": "1"},
    )
    _narrated(indicator, "title", one.name_fa, one.name_en)
    _narrated(indicator, "description", one.definition_fa, one.definition_en)
    etree.SubElement(indicator, "reference", vocabulary="99", code=one.code)
    period = etree.SubElement(indicator, "period")
    for name, day in (("period-start", published.starts_on), ("period-end", published.ends_on)):
        etree.SubElement(period, name, attrib={"iso-date": day.isoformat()})
    for name, stage in (("target", "pledged"), ("actual", "reported")):
        if stage in one.values:
            quantity, qualifier = one.values[stage]
            value = etree.SubElement(period, name, value=quantity)
            _narrated(value, "comment", *_comment(qualifier, one.values.get("verified"), name))


def _comment(qualifier: str, verified: tuple[str, str] | None, name: str) -> tuple[str, str]:
    if name == "actual" and verified is not None:
        return f"بازبینی‌شده: {verified[0]}", f"qualifier: {qualifier}; verified: {verified[0]}"
    return f"قید: {qualifier}", f"qualifier: {qualifier}"


def _organisation(parent: etree._Element, name: str, reporter: Reporter, **attributes: str) -> None:
    organisation = etree.SubElement(parent, name, attrib=attributes)
    _narratives(organisation, reporter.name_fa, reporter.name_en)


def _narrated(parent: etree._Element, name: str, fa: str, en: str, **attributes: str) -> None:
    _narratives(etree.SubElement(parent, name, attrib=attributes), fa, en)


def _narratives(element: etree._Element, fa: str, en: str) -> None:
    etree.SubElement(element, "narrative").text = fa
    english = etree.SubElement(element, "narrative")
    english.set(_XML_LANG, "en")
    english.text = en
