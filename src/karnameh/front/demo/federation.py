"""The trees of the demo: places of the country, offices, local units, professions, partners."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from karnameh.org.public import (
    OrgUnit,
    Place,
    PlaceLevel,
    PlacePlacement,
    Population,
    Profession,
    UnitKind,
    UnitPlacement,
    path_of,
)

FOUNDED = date(2012, 3, 20)  # first day of 1391
CENSUS = date(2016, 10, 24)
_NAMES = (
    ("سرو", "Sarv"), ("نرگس", "Narges"), ("سپیدار", "Sepidar"), ("یاس", "Yas"), ("بهار", "Bahar"),
    ("نسیم", "Nasim"), ("چنار", "Chenar"), ("مهر", "Mehr"), ("لاله", "Laleh"), ("کوشش", "Kushesh"),
    ("باران", "Baran"), ("افق", "Ofogh"), ("نارون", "Narvan"), ("دریا", "Darya"), ("سبلان", "Sabalan"),
    ("پیوند", "Peyvand"), ("گلستانه", "Golestaneh"), ("سحر", "Sahar"), ("رویش", "Ruyesh"), ("همدلی", "Hamdeli"),
    ("صنوبر", "Senobar"), ("زاگرس", "Zagros"), ("چشمه", "Cheshmeh"), ("آفتاب", "Aftab"), ("نیلوفر", "Nilufar"),
    ("شقایق", "Shaqayeq"), ("البرز", "Alborz"), ("ارغوان", "Arghavan"), ("بلوط", "Balut"), ("سپیده", "Sepideh"),
)  # fmt: skip
_DISTRICTS = (("مرکزی", "Central"), ("شمالی", "North"), ("جنوبی", "South"), ("خاوری", "East"))
_PARTNERS = (
    ("سازمان همکار رفاه", "Partner for welfare"),
    ("نهاد همکار اسکان", "Partner for shelter"),
    ("دستگاه‌های همکار آب", "Water authorities, partner"),
    ("بنیاد نیکوکاری همکار", "Charity foundation, partner"),
)


@dataclass
class Federation:
    """The nodes that the rest of the demo refers to."""

    country: Place
    nation: OrgUnit
    partners: OrgUnit
    provinces: dict[str, OrgUnit] = field(default_factory=dict)
    counties: dict[tuple[str, str], OrgUnit] = field(default_factory=dict)
    locals: list[OrgUnit] = field(default_factory=list)
    professions: dict[str, OrgUnit] = field(default_factory=dict)
    partner_units: dict[str, OrgUnit] = field(default_factory=dict)


def geography() -> list[dict[str, Any]]:
    """Provinces with their counties, from the file beside this one."""
    with Path(__file__).with_name("places.toml").open("rb") as file:
        provinces: list[dict[str, Any]] = tomllib.load(file)["province"]
    return provinces


class _Nursery:
    """Makes nodes of a tree with ids reserved beforehand, so that lines are known at once."""

    def __init__(self, model: type[Any], table: str) -> None:
        self.model, self.table = model, table
        self.made: list[Any] = []
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            self.last = cursor.fetchone()[0]

    def make(self, parent: Any | None, **values: Any) -> Any:
        self.last += 1
        line = [*(parent.line if parent is not None else []), self.last]
        node = self.model(
            pk=self.last, parent=parent, line=line, path=path_of(line), opened_on=FOUNDED, **values
        )
        node.spell()
        self.made.append(node)
        return node

    def plant(self, placements: type[Any]) -> None:
        """Write all nodes, their placements, and set the sequence behind them."""
        self.model.objects.bulk_create(self.made, batch_size=2_000)
        placements.objects.bulk_create(
            [
                placements(node=node, path=node.path, line=node.line, valid_from=FOUNDED)
                for node in self.made
            ],
            batch_size=5_000,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{self.table}', 'id'), {self.last})"
            )


def build(local_units: int) -> Federation:
    """Plant both trees with about `local_units` local units, spread by population."""
    chance = random.Random(1405)
    places, units = _Nursery(Place, "org_place"), _Nursery(OrgUnit, "org_orgunit")
    country = places.make(
        None, code="IR", name_fa="ایران", name_en="Iran", level=PlaceLevel.COUNTRY
    )
    nation = units.make(
        None,
        code="N",
        name_fa="دفتر کشوری",
        name_en="National office",
        kind=UnitKind.NATIONAL,
        place=country,
    )
    partners = units.make(
        None,
        code="P",
        name_fa="سازمان‌های همکار",
        name_en="Partner organisations",
        kind=UnitKind.PARTNER,
        place=country,
    )
    made = Federation(country, nation, partners)
    provinces = geography()
    people = sum(province["population"] for province in provinces)
    populations: list[Population] = []
    for number, province in enumerate(provinces, 1):
        place, office = _province(made, places, units, province, f"{number:02d}")
        populations.append(
            Population(
                place=place, counted_on=CENSUS, people=province["population"], source="census 1395"
            )
        )
        share = round(local_units * province["population"] / people)
        _counties(made, places, units, province, place, office, share, chance, populations)
    _sections(made, units)
    places.plant(PlacePlacement)
    Population.objects.bulk_create(populations)
    units.plant(UnitPlacement)
    return made


def _province(
    made: Federation, places: _Nursery, units: _Nursery, province: dict[str, Any], code: str
) -> tuple[Place, OrgUnit]:
    place = places.make(
        made.country, code=f"IR{code}", name_fa=province["name_fa"], name_en=province["name_en"],
        level=PlaceLevel.PROVINCE,
    )  # fmt: skip
    office = units.make(
        made.nation, code=code, name_fa=f"استان {province['name_fa']}", name_en=f"{province['name_en']} province",
        kind=UnitKind.PROVINCE, place=place,
    )  # fmt: skip
    made.provinces[province["name_fa"]] = office
    return place, office


def _counties(
    made: Federation, places: _Nursery, units: _Nursery, province: dict[str, Any], place: Place,
    office: OrgUnit, share: int, chance: random.Random, populations: list[Population],
) -> None:  # fmt: skip
    counties = province["county"]
    known = sum(county.get("population", 0) for county in counties)
    unknown = [county for county in counties if "population" not in county]
    rest = max(province["population"] - known, 20_000 * len(unknown))
    weights = [county.get("population") or rest / len(unknown) for county in counties]
    for number, (county, weight) in enumerate(zip(counties, weights, strict=True), 1):
        code = f"{office.code}{number:02d}"
        where = places.make(
            place,
            code=f"IR{code}",
            name_fa=county["name_fa"],
            name_en=county["name_en"],
            level=PlaceLevel.COUNTY,
        )
        if "population" in county:
            populations.append(
                Population(
                    place=where,
                    counted_on=CENSUS,
                    people=county["population"],
                    source="census 1395, rounded",
                )
            )
        unit = units.make(
            office, code=code, name_fa=f"شهرستان {county['name_fa']}", name_en=f"{county['name_en']} county",
            kind=UnitKind.COUNTY, place=where,
        )  # fmt: skip
        made.counties[(province["name_fa"], county["name_fa"])] = unit
        _locals(
            made, places, units, unit, where, max(2, round(share * weight / sum(weights))), chance
        )


def _locals(
    made: Federation, places: _Nursery, units: _Nursery, county: OrgUnit, where: Place, count: int,
    chance: random.Random,
) -> None:  # fmt: skip
    districts = list(_district(places, units, county, where, min(4, 1 + count // 12)))
    names = list(_NAMES)
    chance.shuffle(names)
    for number in range(count):
        district = districts[number % len(districts)]
        fa, en = names[number % len(names)]
        series = number // len(names)
        made.locals.append(
            units.make(
                district, code=f"{district.code}-{number + 1:04d}",
                name_fa=f"همیاران {fa}" + (f" {series + 1}" if series else ""),
                name_en=f"{en} volunteers" + (f" {series + 1}" if series else ""),
                kind=UnitKind.LOCAL, place=district.place,
            )
        )  # fmt: skip


def _district(
    places: _Nursery, units: _Nursery, county: OrgUnit, where: Place, count: int
) -> Iterator[OrgUnit]:
    for number in range(count):
        fa, en = _DISTRICTS[number]
        code = f"{county.code}{number + 1:02d}"
        place = places.make(
            where, code=f"IR{code}", name_fa=f"بخش {fa} {where.name_fa}", name_en=f"{en} district of {where.name_en}",
            level=PlaceLevel.DISTRICT,
        )  # fmt: skip
        yield units.make(
            county, code=code, name_fa=f"بخش {fa} {where.name_fa}", name_en=f"{en} district of {where.name_en}",
            kind=UnitKind.DISTRICT, place=place,
        )  # fmt: skip


def _sections(made: Federation, units: _Nursery) -> None:
    for number, profession in enumerate(Profession.objects.all(), 1):
        made.professions[profession.code] = units.make(
            made.nation, code=f"S{number:02d}", name_fa=f"بخش {profession.name_fa}",
            name_en=f"{profession.name_en} section", kind=UnitKind.PROFESSIONAL, profession=profession,
            place=made.country,
        )  # fmt: skip
    for number, (fa, en) in enumerate(_PARTNERS, 1):
        made.partner_units[fa] = units.make(
            made.partners,
            code=f"P{number:02d}",
            name_fa=fa,
            name_en=en,
            kind=UnitKind.PARTNER,
            place=made.country,
        )
