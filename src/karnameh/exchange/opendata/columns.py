"""The columns of the open tables: names for people, HXL tags for the field's tools, and what they mean.

HXL: https://hxlstandard.org/standard/1-1final/dictionary/ (tags and attributes of version 1.1).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name in files, its HXL tag, its type for databases, and its meaning."""

    name: str
    tag: str
    kind: str  # VARCHAR, DATE, DECIMAL(20, 3)
    says: str


FIGURES = (
    Column("indicator", "#indicator+code", "VARCHAR", "code of the indicator; see the dictionary"),
    Column("indicator_fa", "#indicator+name+v_fa", "VARCHAR", "its name in Persian"),
    Column("indicator_en", "#indicator+name+v_en", "VARCHAR", "its name in English"),
    Column("measure", "#indicator+unit", "VARCHAR", "what is counted: the unit of measure"),
    Column("stage", "#status", "VARCHAR", "pledged, reported or verified"),
    Column(
        "level", "#meta+level", "VARCHAR",
        "whole, part (children of the whole), subpart (their children) or time",
    ),
    Column(
        "unit_codes", "#org+code+list", "VARCHAR",
        "codes of the units that the figure is about; several where small counts were merged",
    ),
    Column("unit_fa", "#org+name+v_fa", "VARCHAR", "their names in Persian"),
    Column("unit_en", "#org+name+v_en", "VARCHAR", "their names in English"),
    Column("starts_on", "#date+start", "DATE", "first day"),
    Column("ends_on", "#date+end", "DATE", "last day"),
    Column(
        "value", "#value", "DECIMAL(20, 3)",
        "the figure; empty where it is a count of fewer than ten people",
    ),
    Column(
        "qualifier", "#meta+qualifier", "VARCHAR",
        "exact, at_least, about or at_most, as the entries beneath it say",
    ),
    Column(
        "protected", "#meta+protected", "VARCHAR",
        "yes for counts of people: rounded to five, small ones merged or left empty",
    ),
)  # fmt: skip

INDICATORS = (
    Column("code", "#indicator+code", "VARCHAR", "code of the indicator"),
    Column("name_fa", "#indicator+name+v_fa", "VARCHAR", "name in Persian"),
    Column("name_en", "#indicator+name+v_en", "VARCHAR", "name in English"),
    Column("theme", "#sector+code", "VARCHAR", "code of its theme"),
    Column("measure", "#indicator+unit", "VARCHAR", "unit of measure"),
    Column("nature", "#indicator+nature", "VARCHAR", "flow, stock, rate, ratio or cumulative"),
    Column("time_rule", "#indicator+rule+time", "VARCHAR", "how it is added up over time"),
    Column("unit_rule", "#indicator+rule+org", "VARCHAR", "how it is added up over units"),
    Column("people", "#indicator+people", "VARCHAR", "people, contacts, households or items"),
    Column("definition_fa", "#description+v_fa", "VARCHAR", "definition in Persian"),
    Column("definition_en", "#description+v_en", "VARCHAR", "definition in English"),
    Column("means_fa", "#indicator+means+v_fa", "VARCHAR", "means of verification in Persian"),
    Column("means_en", "#indicator+means+v_en", "VARCHAR", "means of verification in English"),
)

WHO_WHAT_WHERE = (
    Column("unit", "#org+code", "VARCHAR", "code of the office that leads: a county's or above"),
    Column("unit_fa", "#org+name+v_fa", "VARCHAR", "its name in Persian"),
    Column("unit_en", "#org+name+v_en", "VARCHAR", "its name in English"),
    Column("theme", "#sector+code", "VARCHAR", "code of the theme"),
    Column("theme_fa", "#sector+name+v_fa", "VARCHAR", "the theme in Persian"),
    Column("theme_en", "#sector+name+v_en", "VARCHAR", "the theme in English"),
    Column("kind", "#activity+type", "VARCHAR", "kind of activity"),
    Column("province", "#adm1+code", "VARCHAR", "code of the province"),
    Column("province_fa", "#adm1+name+v_fa", "VARCHAR", "the province in Persian"),
    Column("county", "#adm2+code", "VARCHAR", "code of the county, where one is named"),
    Column("county_fa", "#adm2+name+v_fa", "VARCHAR", "the county in Persian"),
    Column("starts_on", "#date+start", "DATE", "first day"),
    Column("ends_on", "#date+end", "DATE", "last day"),
    Column("activities", "#activity+num", "BIGINT", "how many activities"),
)


def names(columns: tuple[Column, ...]) -> list[str]:
    """The first line of a file."""
    return [column.name for column in columns]


def tags(columns: tuple[Column, ...]) -> list[str]:
    """The second line: HXL."""
    return [column.tag for column in columns]
