"""Reads of imports: who sees which, what a check found, what posting would add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from karnameh.access.public import Reach, Role, units_where
from karnameh.catalog.public import Indicator, TimeRule, UnitRule, indicators
from karnameh.exchange.models import Import, State
from karnameh.exchange.rules.columns import SHOWN, Column, heading_text
from karnameh.exchange.rules.rows import Problem
from karnameh.exchange.rules.verdicts import Judged
from karnameh.exchange.sentences import sentence
from karnameh.exchange.store import Findings, Folder
from karnameh.ledger.public import Document, Entry, Kind, Qualifier, Stage
from karnameh.org.public import OrgUnit, children, under, under_any
from karnameh.people.public import User
from karnameh.plumbing.paging import Page
from karnameh.plumbing.public import OutOfReach


def imports_for(reader: User) -> QuerySet[Import]:
    """The reader's own imports, and those beneath the units that he administers or audits."""
    watched = units_where(reader, Role.ADMINISTRATOR, Role.AUDITOR)
    seen = Q(owner=reader) | under_any(watched.paths, "unit__path")
    return (
        Import.objects.filter(seen)
        .select_related("owner", "unit", "undo_by", "undo_confirmed_by")
        .order_by("-created_at", "-pk")
    )


def reach_import(reader: User, pk: UUID) -> Import:
    """The import, if the reader may see it; otherwise it does not exist for him (404)."""
    job = imports_for(reader).filter(pk=pk).first()
    if job is None:
        raise OutOfReach
    return job


def sheets_behind(reader: User, entries: Sequence[Entry]) -> dict[UUID, Document]:
    """The sheet with which entries came; its page only for those who may see it."""
    batches = {one.batch for one in entries if one.batch}
    names = dict(Import.objects.filter(pk__in=batches).values_list("pk", "file_name"))
    seen = (
        set(imports_for(reader).filter(pk__in=names).values_list("pk", flat=True))
        if names
        else set()
    )
    return {
        one.pk: Document(
            names[one.batch],
            url=reverse("import_page", args=[one.batch]) if one.batch in seen else "",
        )
        for one in entries
        if one.batch in names
    }


def posted_before(job: Import) -> Import | None:
    """An earlier import of just the same file by the same person, whose entries stand."""
    rows = Import.objects.filter(owner=job.owner_id, sha256=job.sha256, state=State.POSTED)
    return rows.exclude(pk=job.pk).order_by("-posted_at").first()


def standing_entries(job: Import) -> tuple[int, int]:
    """How many entries of the import still stand, and how many checks by others rest on them."""
    standing = Entry.objects.exclude(kind=Kind.REVERSAL).exclude(corrections__kind=Kind.REVERSAL)
    mine = standing.filter(batch=job.pk)
    checks = standing.filter(verifies__batch=job.pk).exclude(batch=job.pk)
    return mine.count(), checks.count()


def granted_units(reach: Reach) -> list[OrgUnit]:
    """The highest units of a reach, each followed by those just beneath it."""
    tops = OrgUnit.objects.filter(path__in=reach.paths, closed_on=None).order_by(
        "line__len", "sort_key"
    )
    return [unit for top in tops for unit in (top, *children(top))]


def units_beneath(unit: OrgUnit, *, limit: int) -> list[OrgUnit]:
    """Open units at or beneath `unit`; with more than `limit` of them only those just beneath it."""
    rows = list(
        OrgUnit.objects.filter(under(unit.path), closed_on=None).order_by("path")[: limit + 1]
    )
    return rows if len(rows) <= limit else [unit, *children(unit)]


@dataclass(frozen=True)
class ShownProblem:
    """A problem as a page says it."""

    column: str
    sentence: str
    warning: bool


@dataclass(frozen=True)
class ShownRow:
    """A row as a page shows it: what was written, and what was found."""

    row: int
    verdict: str
    unit: str
    indicator: str
    stage: str
    quantity: str
    day: str
    problems: list[ShownProblem]


def findings_of(job: Import) -> Findings | None:
    """The files of the check that counts."""
    return Folder(job.folder).findings(job.findings) if job.findings else None


def verdict_rows(job: Import, verdict: str, *, after: int, language: str) -> Page[ShownRow]:
    """A page of the rows with one verdict."""
    findings = findings_of(job)
    if findings is None:
        return Page([], None)
    page = findings.page(verdict, after=after)
    return Page([_shown(judged, language) for judged in page.rows], page.next_key)


def _shown(judged: Judged, language: str) -> ShownRow:
    said = dict(zip(SHOWN, judged.shown, strict=True))
    return ShownRow(
        row=judged.row,
        verdict=judged.verdict,
        unit=said[Column.UNIT_NAME] or said[Column.UNIT],
        indicator=said[Column.INDICATOR_NAME] or said[Column.INDICATOR],
        stage=said[Column.STAGE],
        quantity=said[Column.QUANTITY] or said[Column.MONEY],
        day=said[Column.FROM],
        problems=[
            ShownProblem(
                heading_text(Column(one.column), language),
                _said(one),
                one.warning,
            )
            for one in judged.problems
        ],
    )


def _said(problem: Problem) -> str:
    """Its sentence, with what was written set apart: a code keeps its order among Persian words."""
    return sentence(
        problem.code, {name: f"\u2068{text}\u2069" for name, text in problem.given.items()}
    )


@dataclass(frozen=True)
class AddedSum:
    """What the rows of one indicator and stage add; None when this indicator is never added up."""

    indicator: Indicator
    stage: Stage
    quantity: Decimal | None
    qualifier: str
    rial: int
    entries: int

    @property
    def stage_word(self) -> str:
        """The stage's name for the templates."""
        return self.stage.name.lower()


def added_sums(job: Import) -> list[AddedSum]:
    """What the new rows add, by indicator and stage, in the order of the dictionary."""
    findings = findings_of(job)
    sums: list[Any] = findings.sums() if findings else []
    known = {one.pk: one for one in indicators().filter(pk__in={one.indicator for one in sums})}
    order = {pk: place for place, pk in enumerate(known)}
    rows = []
    for one in sorted(
        (s for s in sums if s.indicator in known), key=lambda s: (order[s.indicator], s.stage)
    ):
        indicator = known[one.indicator]
        additive = indicator.time_rule == TimeRule.SUM and indicator.unit_rule == UnitRule.SUM
        qualifier = Qualifier(one.qualifier).name.lower()
        quantity = one.quantity if additive or one.entries == 1 else None
        rows.append(
            AddedSum(indicator, Stage(one.stage), quantity, qualifier, one.rial, one.entries)
        )
    return rows
