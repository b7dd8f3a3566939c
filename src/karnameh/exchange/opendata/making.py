"""Making a publication: every indicator is asked what the public may know, and the answers become files."""

from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction

from karnameh.catalog.public import Indicator, Nature, UnitRule, indicators
from karnameh.exchange.models import OpenData, OpenState
from karnameh.exchange.opendata.columns import FIGURES
from karnameh.exchange.opendata.formats import Cell, write_csv, write_json, write_parquet
from karnameh.exchange.opendata.iati import Published, Reporter, Result, iati_document
from karnameh.kernel.period import Period
from karnameh.ledger.public import Public, PublicRow, Publishing, Stage, release, seal
from karnameh.org.public import OrgUnit
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import Refusal, deed

log = logging.getLogger("karnameh.opendata")
FORMATS = ("csv", "json", "parquet", "xml")  # xml: an IATI activity with results
LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/"
Row = list[Cell]


def make_next() -> bool:
    """Make one confirmed publication; whether there was one. A fault marks it, and leaves no files."""
    with transaction.atomic():
        waiting = OpenData.objects.filter(state=OpenState.CONFIRMED).order_by("confirmed_at")
        one = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if one is None:
            return False
        try:
            with transaction.atomic():
                _make(one, at=now())
        except Exception:
            log.exception("open data %s was not made", one.code)
            shutil.rmtree(folder_of(one.folder), ignore_errors=True) if one.folder else None
            OpenData.objects.filter(pk=one.pk).update(state=OpenState.FAILED, folder="")
    return True


def folder_of(name: str) -> Path:
    """Where the files of a publication lie: outside everything that is served as it is."""
    return Path(settings.UPLOADS) / "open" / name


def _make(one: OpenData, *, at: datetime) -> None:
    officer = one.confirmed_by
    assert officer is not None
    with deed("publish_open_data", by=officer, at=at, target=f"open:{one.code}"):
        rows: list[Row] = []
        left_out: list[str] = []
        for indicator in indicators().filter(retired_on=None):
            asked = Publishing(one.unit, None, indicator, Period(one.starts_on, one.ends_on))
            try:
                with transaction.atomic():
                    public = release(asked, what=f"open:{one.code}", by=officer, at=at)
            except Refusal:
                left_out.append(indicator.code)
                continue
            rows += _rows(one, indicator, public)
        head = seal(at=at)
        one.folder = secrets.token_hex(16)
        one.prints = _write(one, _named(rows), head.code)
        one.head, one.rows, one.left_out = head.code, len(rows), left_out
        one.state, one.published_at = OpenState.PUBLISHED, at
        one.save()


def _rows(one: OpenData, indicator: Indicator, public: Public) -> Iterator[Row]:
    whole = PublicRow((str(one.unit_id),), public.totals["whole"])
    yield from _lines(one, indicator, "whole", [whole], public.protected)
    yield from _lines(one, indicator, "part", public.parts, public.protected)
    for below in public.parts_of.values():
        yield from _lines(one, indicator, "subpart", below, public.protected)
    yield from _lines(one, indicator, "time", public.times, public.protected)


def _lines(
    one: OpenData, indicator: Indicator, level: str, parts: Iterable[PublicRow], protected: bool
) -> Iterator[Row]:
    for part in parts:
        start, end, keys = one.starts_on, one.ends_on, part.keys
        if level == "time":
            start = date.fromisoformat(part.keys[0].partition("..")[0])
            end = date.fromisoformat(part.keys[-1].partition("..")[2])
            keys = (str(one.unit_id),)
        for stage, count in part.counts.items():
            yield [
                indicator.code, indicator.name_fa, indicator.name_en, indicator.measure.code,
                Stage(stage).name.lower(), level, " ".join(keys), None, None, start, end,
                count.quantity, count.qualifier.name.lower(), "yes" if protected else "no",
            ]  # fmt: skip


def _named(rows: list[Row]) -> list[Row]:
    """Codes and names instead of ids, looked up once."""
    ids = {int(key) for row in rows for key in str(row[6]).split()}
    units = {one.pk: one for one in OrgUnit.objects.filter(pk__in=ids)}
    for row in rows:
        meant = [units[int(key)] for key in str(row[6]).split()]
        row[6] = " ".join(one.code for one in meant)
        row[7] = "، ".join(one.name_fa for one in meant)
        row[8] = ", ".join(one.name_en for one in meant)
    return rows


def _write(one: OpenData, rows: list[Row], head: str) -> list[str]:
    folder = folder_of(one.folder)
    folder.mkdir(parents=True, mode=0o700)
    about = {
        "title_fa": one.campaign.name_fa, "title_en": one.campaign.name_en, "code": one.code,
        "starts_on": one.starts_on.isoformat(), "ends_on": one.ends_on.isoformat(), "licence": LICENCE,
        "head": head,
        "people": "Counts of people are rounded to five; counts below ten are merged or left empty.",
    }  # fmt: skip
    write_csv(folder / "figures.csv", FIGURES, rows)
    write_json(folder / "figures.json", FIGURES, rows, about=about)
    write_parquet(folder / "figures.parquet", FIGURES, rows)
    (folder / "figures.xml").write_bytes(_iati(one, rows))
    return [_print(kind, folder / f"figures.{kind}") for kind in FORMATS]


def _iati(one: OpenData, rows: list[Row]) -> bytes:
    values: dict[str, dict[str, tuple[str, str]]] = {}
    for row in rows:
        quantity = row[11]
        if row[5] == "whole" and isinstance(quantity, Decimal):
            said = f"{quantity.normalize():f}", str(row[12])
            values.setdefault(str(row[0]), {})[str(row[4])] = said
    published = Published(
        one.code, one.campaign.name_fa, one.campaign.name_en, one.starts_on, one.ends_on,
        over=one.ends_on >= one.campaign.ends_on, at=now(),
    )  # fmt: skip
    reporter = Reporter(settings.IATI_ORGANISATION, settings.FEDERATION_FA, settings.FEDERATION_EN)
    results = [
        Result(
            each.code, each.name_fa, each.name_en, each.definition_fa, each.definition_en, each.level,
            percent=each.nature == Nature.RATIO, summed=each.unit_rule == UnitRule.SUM,
            values=values[each.code],
        )
        for each in indicators()
        if each.code in values
    ]  # fmt: skip
    return iati_document(reporter, published, results)


def _print(kind: str, file: Path) -> str:
    return f"{kind} {file.stat().st_size} {hashlib.sha256(file.read_bytes()).hexdigest()}"
