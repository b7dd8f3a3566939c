"""The countable facts of the mission map, posted into the demo's ledger as `facts.toml` says them."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from karnameh.catalog.public import TOTAL, Indicator, Item, dimension_set
from karnameh.front.demo.federation import Federation
from karnameh.front.demo.ids import TODAY, DemoIds
from karnameh.kernel.jalali import parse_date
from karnameh.ledger.public import Coverage, NewEntry, Qualifier, Role, Stage
from karnameh.org.public import OrgUnit, Place


def read_facts() -> list[dict[str, Any]]:
    """The facts as written."""
    with Path(__file__).with_name("facts.toml").open("rb") as file:
        facts: list[dict[str, Any]] = tomllib.load(file)["fact"]
    return facts


def fact_entries(made: Federation, ids: DemoIds) -> dict[str, NewEntry]:
    """Each fact's key and its entry, in the order of the file: what is referred to comes first."""
    indicators = dict(Indicator.objects.values_list("code", "pk"))
    items = dict(Item.objects.values_list("code", "pk"))
    known: dict[str, UUID] = {}
    entries: dict[str, NewEntry] = {}
    for fact in read_facts():
        stage, ends_on = Stage[fact["stage"].upper()], parse_date(fact["to"])
        if stage is not Stage.PLEDGED:  # a report of the running week says what was done so far
            ends_on = min(ends_on, TODAY)
        entry = NewEntry(
            id=ids.at(min(ends_on, TODAY)),
            indicator=indicators[fact["indicator"]],
            stage=stage,
            unit=_unit(made, fact["unit"]).pk,
            place=_place(made, fact["place"]).pk,
            starts_on=parse_date(fact["from"]),
            ends_on=ends_on,
            quantity=Decimal(fact["quantity"]) if "quantity" in fact else None,
            rial=fact.get("rial"),
            qualifier=Qualifier[fact["qualifier"].upper()],
            coverage=Coverage[fact["coverage"].upper()],
            role=Role[fact.get("role", "lead").upper()],
            item=items.get(fact.get("item", "")),
            dimensions=dimension_set(fact["dims"]).pk if fact.get("dims") else TOTAL,
            fulfils=known.get(fact.get("fulfils", "")),
            verifies=known.get(fact.get("verifies", "")),
            part_of=known.get(fact.get("part_of", "")),
            as_written=fact.get("as_written", ""),
            note=fact.get("note_fa", ""),
        )
        known[fact["key"]] = entry.id
        entries[fact["key"]] = entry
    return entries


def _unit(made: Federation, name: str) -> OrgUnit:
    kind, _, rest = name.partition(":")
    if kind == "nation":
        return made.nation
    return {
        "province": made.provinces,
        "profession": made.professions,
        "partner": made.partner_units,
    }[kind][rest]


def _place(made: Federation, name: str) -> Place:
    kind, _, rest = name.partition(":")
    if kind == "nation":
        return made.country
    if kind == "province":
        return made.provinces[rest].place
    province, _, county = rest.partition("/")
    return made.counties[(province, county)].place
