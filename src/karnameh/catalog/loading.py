"""The dictionary that ships with the product, loaded once into an empty installation."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from karnameh.catalog.models import (
    Dimension,
    DimensionOption,
    Indicator,
    Item,
    Measure,
    Rate,
    Wording,
)
from karnameh.kernel.jalali import parse_date
from karnameh.org.public import Profession, Theme
from karnameh.plumbing.public import deed

DATA = Path(__file__).with_name("data")
CodeList = TypeVar("CodeList", Theme, Profession)
_NAMES = ("name_fa", "name_en")
_WORDS = (*_NAMES, "definition_fa", "definition_en", "means_fa", "means_en")


def read_data(name: str) -> dict[str, Any]:
    """One of the shipped TOML files."""
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


def load_dictionary(*, at: datetime) -> None:
    """Fill an empty catalogue; an installation that has indicators is left alone."""
    if Indicator.objects.exists():
        return
    data = read_data("dictionary.toml")
    with deed("load_dictionary", by=None, at=at):
        _simple(Theme, data["theme"])
        _simple(Profession, data["profession"])
        Measure.objects.bulk_create(Measure(**row) for row in data["measure"])
        _dimensions(data["dimension"])
        measures = {row.code: row for row in Measure.objects.all()}
        Item.objects.bulk_create(
            Item(**{**row, "measure": measures[row["measure"]]}) for row in data["item"]
        )
        items = {row.code: row for row in Item.objects.all()}
        Rate.objects.bulk_create(
            Rate(**{**row, "item": items[row["item"]], "valid_from": parse_date(row["valid_from"])})
            for row in data["rate"]
        )
        _indicators(data["indicator"], measures, items, at)


def _simple(model: type[CodeList], rows: list[dict[str, Any]]) -> None:
    model._default_manager.bulk_create(
        model(position=position, **{name: row[name] for name in ("code", *_NAMES)})
        for position, row in enumerate(rows)
    )


def _dimensions(rows: list[dict[str, Any]]) -> None:
    for position, row in enumerate(rows):
        dimension = Dimension.objects.create(
            position=position, **{name: row[name] for name in ("code", *_NAMES)}
        )
        DimensionOption.objects.bulk_create(
            DimensionOption(
                dimension=dimension, position=place, **{n: option[n] for n in ("code", *_NAMES)}
            )
            for place, option in enumerate(row["option"])
        )


def _indicators(
    rows: list[dict[str, Any]], measures: dict[str, Measure], items: dict[str, Item], at: datetime
) -> None:
    themes = {row.code: row for row in Theme.objects.all()}
    professions = {row.code: row for row in Profession.objects.all()}
    dimensions = {row.code: row for row in Dimension.objects.all()}
    made = []
    for row in rows:
        indicator = Indicator(
            **{
                **{name: value for name, value in row.items() if name != "dimensions"},
                "theme": themes[row["theme"]],
                "measure": measures[row["measure"]],
                "profession": professions.get(row.get("profession", "")),
                "item": items.get(row.get("item", "")),
            }
        )
        indicator.spell()
        made.append(indicator)
    Indicator.objects.bulk_create(made)
    Wording.objects.bulk_create(
        Wording(indicator=one, version=1, since=at, **{name: getattr(one, name) for name in _WORDS})
        for one in made
    )
    links = Indicator.dimensions.through
    links.objects.bulk_create(
        links(indicator_id=one.pk, dimension_id=dimensions[code].pk)
        for one, row in zip(made, rows, strict=True)
        for code in row.get("dimensions", [])
    )
