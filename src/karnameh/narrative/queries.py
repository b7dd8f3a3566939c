"""Reads of reports, drafts, questions and promises. Each takes the reader; what he may not see is not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from karnameh.access.public import Reach, Role, may, units_where
from karnameh.activities.public import Campaign
from karnameh.catalog.public import MeasureKind, indicators
from karnameh.kernel.text import ZWNJ, clean, compact_form
from karnameh.ledger.public import (
    Campaigning,
    Document,
    Entry,
    Kind,
    entries_in_reach,
)
from karnameh.narrative.models import Asked, Draft, Question, Source, State, Verdict
from karnameh.narrative.reader import Candidate
from karnameh.narrative.rules import READER_UNITS, overlap
from karnameh.org.public import OrgUnit, Place, find_places, find_units, matching, under_any
from karnameh.people.public import User
from karnameh.plumbing.paging import Page, cut
from karnameh.plumbing.public import OutOfReach

# Who may enter reports and decide over drafts. What may be posted is the ledger's own question.
DESK = (Role.REPORTER, Role.PLANNER, Role.PRESS, Role.PARTNER)
ANSWERING = (Role.REPORTER, Role.PARTNER)


# --- who sees what -----------------------------------------------------------------------------------


def whole_paths(reach: Reach) -> list[str]:
    """The granted subtrees without a theme: a report speaks of all themes at once."""
    return [one.path for one in reach.stretches if one.theme is None]


def sources_for(reader: User) -> QuerySet[Source]:
    """Reports entered for units in the reader's reach, newest first."""
    return (
        Source.objects.filter(under_any(whole_paths(units_where(reader)), "unit__path"))
        .select_related("owner", "unit", "campaign", "undo_by")
        .order_by("-created_at", "-pk")
    )


def reach_source(reader: User, pk: UUID) -> Source:
    """The report, if the reader may see it; otherwise it does not exist for him (404)."""
    source = sources_for(reader).filter(pk=pk).first()
    if source is None:
        raise OutOfReach
    return source


def may_decide(user: User, source: Source) -> bool:
    """Whether `user` may decide over the drafts of `source`."""
    return any(may(user, role, source.unit) for role in DESK)


def named(user: User, text: str) -> tuple[OrgUnit | None, Place | None]:
    """The unit in reach that `text` names best, or else the place: the highest of those that fit."""
    units = find_units(text, paths=units_where(user).paths, limit=20)
    if units:
        return min(units, key=lambda one: (one.depth, one.sort_key)), None
    places = find_places(text, limit=20)
    return None, min(places, key=lambda one: (one.depth, one.sort_key), default=None)


def desk_units(user: User) -> list[OrgUnit]:
    """The units for which `user` may enter a report: the ones named in his grants."""
    paths = sorted(set(whole_paths(units_where(user, *DESK))))
    return list(OrgUnit.objects.filter(path__in=paths).order_by("line__len", "sort_key"))


@dataclass(frozen=True)
class Progress:
    """How far the decisions have come."""

    total: int = 0
    open: int = 0
    confirmed: int = 0
    dropped: int = 0
    asked: int = 0
    posted: int = 0

    @property
    def decided(self) -> int:
        """Drafts that wait for nobody at this desk."""
        return self.total - self.open

    @property
    def ready(self) -> int:
        """Accepted, and not in the ledger yet."""
        return self.confirmed - self.posted


def progress_of(sources: Iterable[UUID]) -> dict[UUID, Progress]:
    """The progress of each report, in one question."""
    wanted = list(sources)
    rows = (
        Draft.objects.filter(source__in=wanted)
        .order_by()
        .values("source")
        .annotate(
            total=Count("pk"),
            **{one.value: Count("pk", filter=Q(verdict=one)) for one in Verdict},
            posted=Count("pk", filter=Q(posted_at__isnull=False)),
        )
    )
    counted: dict[UUID, dict[str, int]] = {}
    for row in rows:
        numbers: dict[str, Any] = dict(row)
        counted[numbers.pop("source")] = numbers
    found = {pk: Progress(**numbers) for pk, numbers in counted.items()}
    return {pk: found.get(pk, Progress()) for pk in wanted}


def sources_page(
    reader: User, *, state: str = "", before: str = "", size: int = 30
) -> Page[tuple[Source, Progress]]:
    """Reports in reach with their progress, newest first."""
    rows = sources_for(reader)
    rows = (
        rows.filter(state=state) if state in State.values else rows.exclude(state=State.DISCARDED)
    )
    if before:
        try:
            rows = rows.filter(pk__lt=UUID(before))
        except ValueError:
            raise OutOfReach from None
    page = cut(list(rows.order_by("-pk")[: size + 1]), size, lambda one: str(one.pk))
    progress = progress_of(one.pk for one in page.rows)
    return Page([(one, progress[one.pk]) for one in page.rows], page.next_key)


def find_sources(text: str, *, reader: User, limit: int = 10) -> list[Source]:
    """Reports in reach that `text` names by title, outlet or office."""
    rows = sources_for(reader).exclude(state=State.DISCARDED)
    return list(rows.filter(matching(text))[:limit])


def same_text(unit: OrgUnit, sha256: str) -> Source | None:
    """The report that stands for the unit with just this text."""
    standing = [State.READING, State.POSTED]
    return Source.objects.filter(unit=unit, sha256=sha256, state__in=standing).first()


def drafts_of(source: Source) -> list[Draft]:
    """All drafts of a report in the order of its text, with all that a page shows of them."""
    rows = source.drafts.select_related(
        "indicator__measure", "unit", "place", "repeat_of", "decided_by", "question"
    )
    return list(rows.order_by("start"))


# --- what the reader is told ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """An indicator behind a candidate."""

    id: int
    nature: str
    money: bool


def candidates() -> tuple[list[Candidate], dict[str, Known]]:
    """The living indicators as the reader knows them, and what stands behind each code.

    Names are also said without their ending: «خانهٔ تعمیرشده» is written «تعمیر … خانه» in a report.
    A keyword that only repeats what is counted tells nothing apart.
    """
    rows = list(indicators().filter(retired_on=None))
    made = [
        Candidate(
            one.code, (one.name_fa, one.short_fa, _bare_name(one.name_fa)),
            READER_UNITS.get(one.measure.code, one.measure.code), _telling(one.name_fa, one.keywords_fa),
        )
        for one in rows
    ]  # fmt: skip
    return made, {
        one.code: Known(one.pk, one.nature, one.measure.kind == MeasureKind.MONEY) for one in rows
    }


_EARLY, _LATE = timedelta(days=31), timedelta(days=120)  # a promise may be kept early, and late


def _bare_name(name: str) -> str:
    return " ".join(word.removesuffix("شده").rstrip(ZWNJ) for word in name.split())


def _telling(name: str, keywords: Sequence[str]) -> tuple[str, ...]:
    counted = compact_form(name.split()[0])
    words = {word for keyword in keywords for word in keyword.split()}
    return tuple(sorted(word for word in words if compact_form(word) != counted))


# --- recognition: what the ledger knows already ----------------------------------------------------------


@dataclass(frozen=True)
class Recognised:
    """An entry of the ledger beside a draft: it says the same, or something else about the same."""

    kind: str  # said | contradicts
    entry: Entry


def recognised(reach: Reach, drafts: Sequence[Draft]) -> dict[UUID, list[Recognised]]:
    """What stands in the ledger about the same indicator, stage, days, and unit or place; one question."""
    asked = [one for one in drafts if one.indicator_id and one.stage and one.posted_at is None]
    if not asked:
        return {}
    near = Q(unit__in={pk for one in asked for pk in one.unit.line})
    near |= Q(place__in={one.place_id for one in asked if one.place_id})
    rows = _standing(
        entries_in_reach(reach).filter(
            near,
            indicator__in={one.indicator_id for one in asked},
            stage__in={one.stage for one in asked},
            part_of=None,
            starts_on__lte=max(one.ends_on for one in asked),
            ends_on__gte=min(one.starts_on for one in asked),
        )
    ).order_by("-pk")[:500]
    by_meaning: dict[tuple[int, int], list[Entry]] = {}
    for entry in rows:
        by_meaning.setdefault((entry.indicator_id, entry.stage), []).append(entry)
    found: dict[UUID, list[Recognised]] = {}
    for draft in asked:
        for entry in by_meaning.get((draft.indicator_id or 0, draft.stage or 0), []):
            kind = _compared(draft, entry)
            if kind and entry.pk != draft.pk:
                found.setdefault(draft.pk, []).append(Recognised(kind, entry))
    return {
        pk: sorted(these, key=lambda one: one.kind != "said")[:3] for pk, these in found.items()
    }


def _compared(draft: Draft, entry: Entry) -> str:
    days = (entry.starts_on, entry.ends_on)
    if not overlap(draft.days, days):
        return ""
    related = entry.unit_id in draft.unit.line or entry.place_id == draft.place_id
    if related and draft.quantity is not None and entry.quantity == draft.quantity:
        return "said"
    same_scope = entry.unit_id == draft.unit_id and entry.coverage == draft.coverage
    same_place = draft.place_id is None or entry.place_id == draft.place_id
    if same_scope and same_place and days == draft.days and entry.quantity != draft.quantity:
        return "contradicts"
    return ""


def fulfillable(reach: Reach, drafts: Sequence[Draft]) -> dict[UUID, list[Entry]]:
    """Standing promises that each reported draft may fulfil, the unit's own before others; one question."""
    asked = [one for one in drafts if one.indicator_id and one.stage == 2]
    if not asked:
        return {}
    rows = _standing(
        entries_in_reach(reach).filter(
            unit__in={pk for one in asked for pk in one.unit.line},
            indicator__in={one.indicator_id for one in asked},
            stage=1,
            part_of=None,
            kind=Kind.ORIGINAL,
        )
    ).order_by("-ends_on", "-pk")[:300]
    found: dict[UUID, list[Entry]] = {}
    for draft in asked:
        fitting = [
            one for one in rows
            if one.indicator_id == draft.indicator_id and one.unit_id in draft.unit.line
            and one.starts_on <= draft.ends_on + _EARLY
            and draft.starts_on <= one.ends_on + _LATE
        ]  # fmt: skip
        fitting.sort(key=lambda one, mine=draft.unit_id: one.unit_id != mine)  # type: ignore[misc]
        if fitting:
            found[draft.pk] = fitting[:5]
    return found


def _standing(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    return rows.exclude(kind=Kind.REVERSAL).exclude(corrections__kind=Kind.REVERSAL)


# --- an entry's words -----------------------------------------------------------------------------------


def words_behind(reader: User, entries: Sequence[Entry]) -> Mapping[UUID, Document]:
    """The words of entries that came from reports; the report's page only for those who may see it."""
    drafts = Draft.objects.filter(pk__in=[one.pk for one in entries]).select_related("source")
    made = {one.pk: one for one in drafts}
    if not made:
        return {}
    seen = set(
        sources_for(reader)
        .filter(pk__in={one.source_id for one in made.values()})
        .values_list("pk", flat=True)
    )
    return {
        pk: Document(
            draft.source.title, draft.words,
            f"{_source_url(draft.source_id)}?m={draft.start}#m{draft.start}" if draft.source_id in seen else "",
        )
        for pk, draft in made.items()
    }  # fmt: skip


def _source_url(pk: UUID) -> str:
    return reverse("reading", args=[pk])


def entries_of(source: Source) -> dict[UUID, tuple[Entry, bool]]:
    """What became of the report's entries: each with whether it still stands."""
    rows = (
        Entry.objects.filter(batch=source.pk)
        .exclude(kind=Kind.REVERSAL)
        .select_related("indicator__measure", "unit")
    )
    gone = set(
        Entry.objects.filter(corrects__in=[one.pk for one in rows], kind=Kind.REVERSAL).values_list(
            "corrects_id", flat=True
        )
    )
    return {one.pk: (one, one.pk not in gone) for one in rows}


# --- questions ------------------------------------------------------------------------------------------


def questions_for(reader: User) -> QuerySet[Question]:
    """Questions to units in the reader's reach, open ones first."""
    paths = whole_paths(units_where(reader))
    return (
        Question.objects.filter(under_any(paths, "unit__path"))
        .exclude(state=Asked.WITHDRAWN)
        .select_related(
            "unit", "asked_by", "answered_by", "draft__indicator__measure", "draft__source"
        )
    )


def questions_page(
    reader: User, *, answered: bool = False, before: str = "", size: int = 30
) -> Page[Question]:
    """Open questions (or the answered ones), newest first."""
    rows = questions_for(reader).filter(state=Asked.ANSWERED if answered else Asked.OPEN)
    if before.isascii() and before.isdecimal() and len(before) < 12:
        rows = rows.filter(pk__lt=int(before))
    return cut(list(rows.order_by("-pk")[: size + 1]), size, lambda one: str(one.pk))


def reach_question(reader: User, pk: int) -> Question:
    """The question, if its unit is in reach; 404 otherwise."""
    question = questions_for(reader).filter(pk=pk).first()
    if question is None:
        raise OutOfReach
    return question


def may_answer(user: User, question: Question) -> bool:
    """Whether `user` may speak for the unit that was asked."""
    return any(may(user, role, question.unit) for role in ANSWERING)


# --- promises -------------------------------------------------------------------------------------------


def office_filter(reader: User, text: str) -> tuple[tuple[UUID, ...], tuple[int, ...]]:
    """Documents and accounts whose office `text` names: whoever spoke, and whoever promised."""
    wanted = compact_form(clean(text))
    documents = tuple(
        pk
        for pk, office in sources_for(reader).exclude(office="").values_list("pk", "office")[:5000]
        if wanted in compact_form(office)
    )
    accounts = tuple(
        pk
        for pk, office in User.objects.order_by("pk").values_list("pk", "office")[:20_000]
        if wanted in compact_form(office)
    )
    return documents, accounts


def campaigning(reader: User, campaign: Campaign) -> Campaigning:
    """A campaign with the reports that belong to it."""
    batches = sources_for(reader).filter(campaign=campaign).values_list("pk", flat=True)[:5000]
    return Campaigning(campaign.pk, campaign.starts_on, campaign.ends_on, tuple(batches))


def offices_of(entries: Iterable[Entry]) -> dict[UUID, str]:
    """The office that spoke, for entries that came from a report."""
    batches = {one.pk: one.batch for one in entries if one.batch is not None}
    said = dict(
        Source.objects.filter(pk__in=set(batches.values()))
        .exclude(office="")
        .values_list("pk", "office")
    )
    return {pk: said[batch] for pk, batch in batches.items() if batch in said}


# --- keeping time -----------------------------------------------------------------------------------------


def text_expiry(*, posted_on: date | None, entered_on: date) -> date:
    """Until when a report's text is kept."""
    if posted_on is not None:
        return posted_on + timedelta(days=settings.READING_TEXT_DAYS)
    return entered_on + timedelta(days=settings.READING_UNDECIDED_DAYS)
