"""The shapes of what is asked and answered. Quantities are decimal strings, days are ISO, codes are ours."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

StageName = Literal["pledged", "reported", "verified"]
QualifierName = Literal["exact", "at_least", "about", "at_most", "unknown"]
RoleName = Literal["lead", "partner", "installer", "funder", "owner"]
CoverageName = Literal["own", "whole_subtree"]
BucketName = Literal["own", "took_part", "part"]
KindName = Literal["original", "reversal", "adjustment"]
Grouping = Literal["node", "child", "day", "month", "dimension"]

Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
Text = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Day = Annotated[date, Field(ge=date(1821, 3, 21), le=date(2122, 3, 20))]


class Trouble(Schema):
    """Why nothing was done, in a sentence, and what it is about."""

    sentence: str
    field: str = ""
    item: int | None = Field(None, description="which of the items that were sent, from 0")


class Refused(Schema):
    """Every answer that is not a success."""

    error: Trouble


class UnitOut(Schema):
    """A unit of the federation as it stands now."""

    code: str
    name_fa: str
    name_en: str
    kind: str
    parent: str | None
    place: str
    opened_on: date
    closed_on: date | None


class PlaceOut(Schema):
    """A place; `code` is the official one where there is one."""

    code: str
    name_fa: str
    name_en: str
    level: str
    parent: str | None


class IndicatorOut(Schema):
    """What is counted, and how it may be added up."""

    code: str
    name_fa: str
    name_en: str
    definition_fa: str
    definition_en: str
    means_fa: str
    means_en: str
    theme: str
    measure: str
    nature: str
    time_rule: str
    unit_rule: str
    people: str
    retired_on: date | None


class EntryOut(Schema):
    """One quantity that somebody promised, reported or checked. It never changes."""

    id: UUID
    indicator: str
    stage: StageName
    kind: KindName
    unit: str
    place: str
    activity: str | None
    starts_on: date
    ends_on: date
    item: str | None
    dimensions: dict[str, str]
    quantity: Decimal | None
    rial: int | None
    qualifier: QualifierName
    coverage: CoverageName
    role: RoleName
    part_of: UUID | None
    fulfils: UUID | None
    verifies: UUID | None
    corrects: UUID | None
    posted_at: datetime


class UnitPage(Schema):
    """Units in the order of their codes; `next` asks for the page after."""

    rows: list[UnitOut]
    next: str | None


class EntryPage(Schema):
    """Entries, newest first; `next` asks for the page after."""

    rows: list[EntryOut]
    next: str | None


class TotalOut(Schema):
    """One sum: what, for which part of the question, and how sure."""

    key: str | None = Field(description="a unit, a day, the first day of a month, or a cut")
    indicator: str
    stage: StageName
    bucket: BucketName
    quantity: Decimal | None
    rial: int
    qualifier: QualifierName
    entries: int
    open: Decimal
    over: Decimal


class TotalsOut(Schema):
    """Sums of everything beneath a node that the caller may see."""

    unit: str | None
    place: str | None
    since: date | None
    until: date | None
    by: Grouping
    then: bool
    rows: list[TotalOut]


class EntryIn(Schema):
    """An entry as it is sent. `id` is a UUID of version 7 that the sender makes and keeps."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    indicator: Code
    stage: StageName
    unit: Code
    starts_on: Day
    ends_on: Day
    quantity: Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=3)] | None = None
    qualifier: QualifierName = "exact"
    place: Code | None = None
    activity: Code | None = None
    dimensions: dict[Code, Code] = Field(default_factory=dict, max_length=8)
    item: Code | None = None
    rial: Annotated[int, Field(ge=0, le=9 * 10**18)] | None = None
    coverage: CoverageName = "own"
    role: RoleName = "lead"
    part_of: UUID | None = None
    fulfils: UUID | None = None
    verifies: UUID | None = None
    note: Text = ""
    as_written: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""


class EntriesIn(Schema):
    """Up to 1,000 entries, taken whole or not at all."""

    model_config = ConfigDict(extra="forbid")

    entries: Annotated[list[EntryIn], Field(min_length=1, max_length=1_000)]


class ProblemOut(Schema):
    """A doubt about one field. A warning does not hinder anything."""

    field: str
    sentence: str
    warning: bool


class ItemProblems(Schema):
    """What is wrong with one of the entries that were sent, counted from 0."""

    item: int
    problems: list[ProblemOut]


class RefusedItems(Schema):
    """Nothing was taken; what is wrong with each entry that cannot stand."""

    error: Trouble
    items: list[ItemProblems] = Field(default_factory=list)


class ReceiptOut(Schema):
    """What became of one entry: sent again it is `same`; `conflict` says the id has other content."""

    id: UUID
    verdict: Literal["new", "same", "conflict"]
    notes: list[ProblemOut] = Field(default_factory=list)


class ReceiptsOut(Schema):
    """One receipt for each entry, in the order in which they were sent, and the server's epoch."""

    epoch: int
    receipts: list[ReceiptOut]


class ReversalIn(Schema):
    """Why an entry is taken back."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class ReversalOut(Schema):
    """The reversals: of the entry, and of what hung on it."""

    reversals: list[UUID]


class DataValue(Schema):
    """One value of DHIS2, ids by code. What stands in the set need not stand in its values."""

    dataElement: Code
    period: Annotated[str, Field(max_length=20)] | None = None
    orgUnit: Code | None = None
    categoryOptionCombo: Annotated[str, Field(max_length=60)] | None = None
    attributeOptionCombo: Annotated[str, Field(max_length=60)] | None = None
    value: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")]
    comment: Text | None = None


class DataValueSet(Schema):
    """Values of DHIS2, up to 1,000."""

    dataSet: Annotated[str, Field(max_length=60)] | None = None
    period: Annotated[str, Field(max_length=20)] | None = None
    orgUnit: Code | None = None
    dataValues: Annotated[list[DataValue], Field(max_length=1_000)]


class ImportCount(Schema):
    """How many values became entries; nothing is ever written over or deleted."""

    imported: int = 0
    updated: int = 0
    ignored: int = 0
    deleted: int = 0


class ImportConflict(Schema):
    """What is wrong with a value: its number in the set, from 0, and a sentence."""

    object: str
    value: str


class ImportSummary(Schema):
    """DHIS2's own answer to an import."""

    error: Trouble | None = None  # as in every other refusal of ours

    status: Literal["SUCCESS", "WARNING", "ERROR"]
    importCount: ImportCount
    conflicts: list[ImportConflict] = Field(default_factory=list)
