"""What can be done with a report: enter it, decide over its drafts, ask, post, take back, discard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from karnameh.access.public import may, units_where
from karnameh.activities.public import Campaign
from karnameh.catalog.public import Indicator
from karnameh.kernel.period import Period
from karnameh.kernel.text import clean
from karnameh.ledger.public import (
    Bucket,
    Coverage,
    Entry,
    Kind,
    NewEntry,
    Qualifier,
    Stage,
    Tally,
    correct_entry,
    post_entries,
    promise_balance,
    reverse_batch,
    reverse_entry,
    roll_up,
)
from karnameh.ledger.public import Question as Sum
from karnameh.ledger.public import Verdict as Receipted
from karnameh.narrative.examples import keep_examples
from karnameh.narrative.models import (
    Asked,
    Draft,
    Example,
    Question,
    Reason,
    Source,
    SourceText,
    State,
    Verdict,
    changes,
)
from karnameh.narrative.models import Kind as SourceKind
from karnameh.narrative.proposing import by_hand, drafts_from
from karnameh.narrative.queries import (
    DESK,
    drafts_of,
    may_answer,
    same_text,
    text_expiry,
)
from karnameh.narrative.rules import Unreadable, fingerprint, require_report, tidy
from karnameh.narrative.sentences import sentence
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import User
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES
from karnameh.plumbing.errors import SENTENCES as VALUE_SENTENCES
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role

MOST_UNDECIDED = 50  # reports of one account that wait for decisions
_ROUND = 100  # texts that are forgotten at a time

CONSTRAINT_SENTENCES["source_text_once_for_a_unit"] = sentence("same_text")


class SaidBefore(Refusal):
    """Just this text was entered for the unit before; `source` is the first one."""

    def __init__(self, source: Source) -> None:
        super().__init__(
            _("Just this text was entered for this unit before."), field="text", status=409
        )
        self.source = source


@dataclass(frozen=True)
class Heading:
    """What is known about a report beside its text."""

    title: str
    dated: date
    outlet: str = ""
    office: str = ""
    campaign: Campaign | None = None


@dataclass(frozen=True)
class Choice:
    """What a person decides that a number means."""

    indicator: Indicator
    stage: Stage
    qualifier: Qualifier
    quantity: Decimal | None
    rial: int | None
    unit: OrgUnit
    place: Place | None
    starts_on: date
    ends_on: date
    coverage: Coverage = Coverage.OWN
    fulfils: UUID | None = None


# --- entering ------------------------------------------------------------------------------------------


def enter_source(
    text: str, *, heading: Heading, kind: SourceKind, unit: OrgUnit, by: User, at: datetime
) -> Source:
    """Keep a report and read it: every number becomes a draft. Nothing is posted.

    Raises `Refusal` with a sentence for what is no report, `SaidBefore` for a text that is there.
    """
    _require_desk(unit, by)
    text = tidy(text)
    try:
        require_report(text)
    except Unreadable as trouble:
        raise Refusal(sentence(trouble.code, trouble.given), field="text") from None
    sha256 = fingerprint(text)
    before = same_text(unit, sha256)
    if before is not None:
        raise SaidBefore(before)
    if Source.objects.filter(owner=by, state=State.READING).count() >= MOST_UNDECIDED:
        raise Refusal(
            _("Fifty of your reports wait for decisions. Post or discard some of them first."),
            status=409,
        )
    source = Source(
        owner=by, unit=unit, campaign=heading.campaign, title=clean(heading.title)[:160] or _first_line(text),
        outlet=clean(heading.outlet)[:120], office=clean(heading.office)[:120], dated=heading.dated, kind=kind,
        sha256=sha256, characters=len(text), created_at=at,
    )  # fmt: skip
    source.spell()
    try:
        drafts = drafts_from(source, text)
    except Unreadable as trouble:
        raise Refusal(sentence(trouble.code, trouble.given), field="text") from None
    with deed("enter_report", by=by, at=at, target=f"unit:{unit.pk}"):
        source.save(force_insert=True)
        SourceText.objects.create(
            source=source, text=text, expires_on=text_expiry(posted_on=None, entered_on=_day(at))
        )
        Draft.objects.bulk_create(drafts, batch_size=200)
    return source


def _first_line(text: str) -> str:
    line = text.split("\n", 1)[0].strip().rstrip(":؛،")
    return line if len(line) <= 120 else line[:119].rsplit(" ", 1)[0] + "…"


def add_draft(source: Source, *, words: str, start: int | None, by: User, at: datetime) -> Draft:
    """Mark words of the text as a figure that the reader passed over."""
    text = text_of(source)
    wanted = clean(words)
    if not wanted or len(wanted) > 120:
        raise Refusal(_("Write the number exactly as it stands in the text."), field="words")
    taken = [(one.start, one.end) for one in source.drafts.all()]
    place = _found(text, wanted, start, taken)
    if place is None:
        raise Refusal(
            _("These words do not stand in the text, or they are underlined already."),
            field="words",
        )
    with deed("add_draft", by=by, at=at, target=f"report:{source.pk}"):
        source = _locked(source, by)
        draft = by_hand(source, text, place, place + len(wanted))
        draft.save(force_insert=True)
        _keep_longer(source, at)
    return draft


def _found(
    text: str, wanted: str, start: int | None, taken: Sequence[tuple[int, int]]
) -> int | None:
    if start is not None and text[start : start + len(wanted)] != wanted:
        start = None
    at = start if start is not None else text.find(wanted)
    while at >= 0:
        if not any(first < at + len(wanted) and at < last for first, last in taken):
            return at
        if start is not None:
            return None
        at = text.find(wanted, at + 1)
    return None


def text_of(source: Source) -> str:
    """The report's text while it is kept; empty afterwards."""
    row = SourceText.objects.filter(source=source).first()
    return row.text if row else ""


# --- deciding ------------------------------------------------------------------------------------------


def choose_draft(draft: Draft, choice: Choice, *, by: User, at: datetime) -> Draft:
    """Keep what a person says that a number means, without deciding yet."""
    with deed("choose_draft", by=by, at=at, target=f"draft:{draft.pk}"):
        draft = _undecided(draft, by)
        _choose(draft, choice)
        _keep_longer(draft.source, at)
    return draft


def confirm_draft(draft: Draft, choice: Choice, *, by: User, at: datetime) -> Draft:
    """Accept a figure as chosen. One whose quantity nobody said opens a question to its unit."""
    if choice.stage == Stage.REPORTED and choice.ends_on > _day(at):
        raise Refusal(VALUE_SENTENCES["day_not_come"], field="ends_on")
    with deed("confirm_draft", by=by, at=at, target=f"draft:{draft.pk}"):
        draft = _undecided(draft, by)
        _choose(draft, choice)
        changes(draft, verdict=Verdict.CONFIRMED, reason="", decided_by=by, decided_at=at)
        if draft.quantity is None:
            _ask(draft, "", by, at)
        else:
            _withdraw(draft)
        _keep_longer(draft.source, at)
    return draft


def drop_draft(draft: Draft, *, reason: str, by: User, at: datetime) -> Draft:
    """Leave a number out of the ledger, and say why."""
    if reason not in Reason.values:
        raise Refusal(_("Say why this number is left out."), field="reason")
    with deed("drop_draft", by=by, at=at, target=f"draft:{draft.pk}", reason=reason):
        draft = _undecided(draft, by)
        changes(draft, verdict=Verdict.DROPPED, reason=reason, decided_by=by, decided_at=at)
        _withdraw(draft)
        _keep_longer(draft.source, at)
    return draft


def reopen_draft(draft: Draft, *, by: User, at: datetime) -> Draft:
    """Take a decision back, whoever took it: also the reader's own. What is posted stays decided."""
    with deed("reopen_draft", by=by, at=at, target=f"draft:{draft.pk}"):
        draft = _undecided(draft, by)
        changes(draft, verdict=Verdict.OPEN, reason="", decided_by=None, decided_at=None)
        _withdraw(draft)
        _keep_longer(draft.source, at)
    return draft


def ask_reporter(draft: Draft, *, words: str, by: User, at: datetime) -> Question:
    """Put a figure to the unit that knows. The draft waits for the answer."""
    with deed("ask_reporter", by=by, at=at, target=f"draft:{draft.pk}"):
        draft = _undecided(draft, by)
        changes(draft, verdict=Verdict.ASKED, reason="", decided_by=by, decided_at=at)
        question = _ask(draft, words, by, at)
        _keep_longer(draft.source, at)
    return question


def _choose(draft: Draft, choice: Choice) -> None:
    if choice.ends_on < choice.starts_on:
        raise Refusal(_("The period ends before it begins."), field="ends_on")
    unknown = choice.quantity is None
    changes(
        draft, indicator=choice.indicator, stage=int(choice.stage), quantity=choice.quantity,
        qualifier=int(Qualifier.UNKNOWN if unknown else choice.qualifier),
        rial=None if unknown else choice.rial, unit=choice.unit, place=choice.place,
        starts_on=choice.starts_on, ends_on=choice.ends_on, coverage=int(choice.coverage),
        fulfils=choice.fulfils if choice.stage == Stage.REPORTED else None,
    )  # fmt: skip


def _undecided(draft: Draft, by: User) -> Draft:
    """The draft, locked, if it may still be decided over by `by`."""
    source = _locked(draft.source, by)
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("unit", "indicator")
        .get(pk=draft.pk)
    )
    draft.source = source
    if draft.posted_at is not None:
        raise Refusal(
            _("This figure is in the ledger. Correct or take back its entry instead."), status=409
        )
    return draft


def _locked(source: Source, by: User) -> Source:
    source = (
        Source.objects.select_for_update(of=("self",))
        .select_related("unit", "owner")
        .get(pk=source.pk)
    )
    _require_desk(source.unit, by)
    if not source.may_change:
        raise Refusal(_("This report is closed: it was taken back or discarded."), status=409)
    return source


def _require_desk(unit: OrgUnit, by: User) -> None:
    """404 for a unit out of reach, a polite refusal without a role at this desk."""
    if not units_where(by).covers(unit.path):
        raise OutOfReach
    if not any(may(by, role, unit) for role in DESK):
        raise no_role()


def _keep_longer(source: Source, at: datetime) -> None:
    """Each decision keeps the text of an undecided report for another month."""
    if source.state == State.READING:
        until = text_expiry(posted_on=None, entered_on=_day(at))
        SourceText.objects.filter(source=source, expires_on__lt=until).update(expires_on=until)


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


# --- questions -------------------------------------------------------------------------------------------


def _ask(draft: Draft, words: str, by: User, at: datetime) -> Question:
    said = clean(words)[:300] or _("How many exactly? The report says: “%(words)s”") % {
        "words": _shortened(draft)
    }
    question, _made = Question.objects.update_or_create(
        draft=draft,
        defaults={
            "unit": draft.unit, "state": Asked.OPEN, "sentence": said[:300], "asked_by": by, "asked_at": at,
            "quantity": None, "rial": None, "answer": "", "answered_by": None, "answered_at": None,
            "taken_at": None,
        },
    )  # fmt: skip
    return question


def _shortened(draft: Draft) -> str:
    before, number, after = draft.said
    return f"{before[-90:]}{number}{after[:110]}".strip()


def _withdraw(draft: Draft) -> None:
    Question.objects.filter(draft=draft, state=Asked.OPEN).update(state=Asked.WITHDRAWN)


def answer_question(
    question: Question,
    *,
    quantity: Decimal | None,
    rial: int | None,
    words: str,
    by: User,
    at: datetime,
) -> Question:
    """Answer for the unit. A figure that is not posted yet comes back to its desk, filled in."""
    words = clean(words)[:300]
    if quantity is None and not words:
        raise Refusal(_("Write the quantity, or say why nobody knows it."), field="quantity")
    if not may_answer(by, question):
        raise no_role()
    with deed("answer_question", by=by, at=at, target=f"question:{question.pk}"):
        question = (
            Question.objects.select_for_update(of=("self",))
            .select_related("draft__source")
            .get(pk=question.pk)
        )
        if question.state != Asked.OPEN:
            raise Refusal(_("Somebody has answered this already."), status=409)
        changes(
            question, state=Asked.ANSWERED, quantity=quantity, rial=rial, answer=words,
            answered_by=by, answered_at=at,
        )  # fmt: skip
        draft = question.draft
        if draft.posted_at is None and draft.source.may_change:
            filled: dict[str, Any] = {}
            if quantity is not None:
                filled = {"quantity": quantity, "rial": rial, "qualifier": int(Qualifier.EXACT)}
            changes(
                draft, verdict=Verdict.OPEN, reason="", decided_by=None, decided_at=None, **filled
            )
    return question


def take_answer(question: Question, *, by: User, at: datetime) -> Entry:
    """Put the answer in the place of an entry that was posted as unknown."""
    draft = question.draft
    if question.state != Asked.ANSWERED or question.quantity is None or draft.posted_at is None:
        raise Refusal(_("There is no answer that could stand in the ledger."), status=409)
    if question.taken_at is not None:
        raise Refusal(_("The entry was corrected by this answer already."), status=409)
    with deed("take_answer", by=by, at=at, target=f"question:{question.pk}"):
        _locked(draft.source, by)
        fresh = correct_entry(
            Entry.objects.select_related("indicator").get(pk=draft.pk),
            quantity=question.quantity, qualifier=Qualifier.EXACT,
            note=_("Answer of %(office)s. %(words)s")
            % {"office": question.answered_by.office if question.answered_by else "", "words": question.answer},
            by=by, at=at,
        )  # fmt: skip
        changes(question, taken_at=at)
    return fresh


# --- posting -------------------------------------------------------------------------------------------


def entry_of(draft: Draft, number: int) -> NewEntry:
    """The entry of an accepted draft, with the id that was made for it beforehand."""
    assert draft.indicator_id is not None and draft.stage is not None
    return NewEntry(
        id=draft.pk, indicator=draft.indicator_id, stage=Stage(draft.stage), unit=draft.unit_id,
        starts_on=draft.starts_on, ends_on=draft.ends_on, quantity=draft.quantity,
        qualifier=Qualifier(draft.qualifier), place=draft.place_id, rial=draft.rial,
        coverage=Coverage(draft.coverage), fulfils=draft.fulfils, batch=draft.source_id, batch_row=number,
        as_written=draft.as_written,
    )  # fmt: skip


def ready_drafts(source: Source) -> list[Draft]:
    """Accepted, and not in the ledger yet."""
    return [
        one
        for one in drafts_of(source)
        if one.verdict == Verdict.CONFIRMED and one.posted_at is None
    ]


def seal_of(drafts: Iterable[Draft]) -> str:
    """What exactly is about to be posted: it must not change between the look and the deed."""
    parts = [
        f"{one.pk}:{one.decided_at}:{one.quantity}:{one.indicator_id}:{one.unit_id}"
        for one in drafts
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def post_source(source: Source, *, seal: str = "", by: User, at: datetime) -> int:
    """Post all that was accepted: one deed, one batch, all or nothing; how many entries are new.

    `seal` is that of the summary a person has seen: when somebody has changed a draft since, nothing
    is posted. Asking again when nothing waits changes nothing.
    """
    with deed("post_report", by=by, at=at, target=f"report:{source.pk}"):
        source = _locked(source, by)
        drafts = ready_drafts(source)
        if not drafts:
            if source.state == State.POSTED:
                return 0
            raise Refusal(_("No figure was accepted yet."), status=409)
        if seal and seal != seal_of(drafts):
            raise Refusal(
                _("Somebody has changed a figure since you looked. Look again, then post."),
                status=409,
            )
        receipts = post_entries([entry_of(one, one.start) for one in drafts], by=by, at=at)
        if any(one.verdict is Receipted.CONFLICT for one in receipts):
            raise Refusal(_("This id is taken by an entry with other content."), status=409)
        Draft.objects.filter(pk__in=[one.pk for one in drafts]).update(posted_at=at)
        changes(source, state=State.POSTED, posted_at=source.posted_at or at)
        SourceText.objects.filter(source=source).update(
            expires_on=text_expiry(posted_on=_day(at), entered_on=_day(at))
        )
        keep_examples(source, text_of(source), on=_day(at))
    return len(drafts)


@dataclass(frozen=True)
class Moved:
    """One total before and after."""

    indicator: Indicator
    stage: int
    before: Tally
    after: Tally

    @property
    def stage_word(self) -> str:
        """The stage as the components name it."""
        return {1: "pledged", 2: "reported", 3: "verified"}[self.stage]


@dataclass(frozen=True)
class Eased:
    """A promise before and after: what of it is still open."""

    promise: Entry
    before: Decimal
    after: Decimal
    over: Decimal


@dataclass(frozen=True)
class StatedTotal:
    """A figure stated for everybody beneath a unit, beside the sum from below."""

    draft: Draft
    summed: Decimal


@dataclass
class Rehearsal:
    """What posting would do, found out by doing it and taking it back."""

    drafts: list[Draft]
    seal: str
    moved: list[Moved] = field(default_factory=list)
    eased: list[Eased] = field(default_factory=list)
    stated: list[StatedTotal] = field(default_factory=list)
    refused: dict[UUID, str] = field(default_factory=dict)


def rehearse(source: Source, *, by: User, at: datetime) -> Rehearsal:
    """Post everything in a transaction that is rolled back, and say what it moved.

    So the summary is what then happens, to the last digit, and a refusal of the ledger is known
    beforehand, beside the figure that it is about.
    """
    drafts = ready_drafts(source)
    found = Rehearsal(drafts, seal_of(drafts))
    if not drafts:
        return found
    with transaction.atomic():
        before = _sums(source, drafts, by)
        open_before = _open(drafts)
        found.refused = _tried(drafts, by, at)
        if not found.refused:
            after = _sums(source, drafts, by)
            found.moved = _differences(before, after)
            found.eased = _eased(open_before, _open(drafts))
            found.stated = _stated(drafts, by)
        transaction.set_rollback(True)
    return found


def _tried(drafts: Sequence[Draft], by: User, at: datetime) -> dict[UUID, str]:
    """Post all; when that is refused, find out which of them are."""
    try:
        with transaction.atomic():
            post_entries([entry_of(one, one.start) for one in drafts], by=by, at=at)
    except (Refusal, OutOfReach) as together:
        refused = {}
        for one in drafts:
            try:
                with transaction.atomic():
                    post_entries([entry_of(one, one.start)], by=by, at=at)
            except Refusal as refusal:
                refused[one.pk] = _no_role_sentence(one) if refusal.status == 403 else str(refusal)
            except OutOfReach:
                refused[one.pk] = _("This unit is not in your reach.")
        return refused or {drafts[0].pk: str(together)}
    return {}


def _no_role_sentence(draft: Draft) -> str:
    if draft.stage == Stage.PLEDGED:
        return _(
            "Your role does not let you post a promise of this unit. Its planner or reporter may."
        )
    return _("Your role does not let you post a report of this unit. Its reporter may.")


_Totals = dict[tuple[int, int], Tally]


def _sums(source: Source, drafts: Sequence[Draft], by: User) -> _Totals:
    wanted = tuple({one.indicator_id for one in drafts if one.indicator_id})
    cells = roll_up(units_where(by), Sum(source.unit, Period(None, None), indicators=wanted))
    found: _Totals = {}
    for cell in cells:
        if cell.bucket is Bucket.OWN:
            key = (cell.indicator, int(cell.stage))
            found[key] = found.get(key, Tally()) + cell.tally
    return found


def _differences(before: _Totals, after: _Totals) -> list[Moved]:
    known = Indicator.objects.select_related("measure").in_bulk({key[0] for key in after})
    return [
        Moved(known[key[0]], key[1], before.get(key, Tally()), after[key])
        for key in sorted(after)
        if before.get(key, Tally()) != after[key]
    ]


def _open(drafts: Sequence[Draft]) -> dict[UUID, tuple[Entry, Decimal, Decimal]]:
    wanted = {one.fulfils for one in drafts if one.fulfils}
    found = {}
    for promise in Entry.objects.filter(pk__in=wanted).select_related("indicator__measure", "unit"):
        balance = promise_balance(promise)
        if balance is not None:
            found[promise.pk] = (promise, balance.open, balance.over)
    return found


def _eased(
    before: dict[UUID, tuple[Entry, Decimal, Decimal]],
    after: dict[UUID, tuple[Entry, Decimal, Decimal]],
) -> list[Eased]:
    return [
        Eased(after[pk][0], before[pk][1], after[pk][1], after[pk][2])
        for pk in after
        if pk in before
    ]


def _stated(drafts: Sequence[Draft], by: User) -> list[StatedTotal]:
    found = []
    for one in drafts:
        if (
            one.coverage != Coverage.WHOLE_SUBTREE
            or one.indicator_id is None
            or one.quantity is None
        ):
            continue
        question = Sum(one.unit, Period(one.starts_on, one.ends_on), indicators=(one.indicator_id,))
        cells = roll_up(units_where(by), question)
        sums = [c.tally.quantity for c in cells if c.bucket is Bucket.OWN and c.stage == one.stage]
        found.append(StatedTotal(one, sum(sums, Decimal(0))))
    return found


# --- taking back, discarding, forgetting -------------------------------------------------------------------


def undo_source(source: Source, *, reason: str, by: User, at: datetime) -> int:
    """Take every entry of the report back that still stands, also what has replaced one; how many."""
    reason = clean(reason)[:300]
    if not reason:
        raise Refusal(
            _("Say why the entries are taken back; the reason stays beside them."), field="reason"
        )
    with deed("undo_report", by=by, at=at, target=f"report:{source.pk}", reason=reason):
        source = _locked(source, by)
        if source.state != State.POSTED:
            raise Refusal(_("This report has no entries to take back."), status=409)
        count = reverse_batch(source.pk, note=reason, by=by, at=at)
        for one in _replacements(source):
            reverse_entry(one, note=reason, by=by, at=at)
            count += 1
        Question.objects.filter(draft__source=source, state=Asked.OPEN).update(
            state=Asked.WITHDRAWN
        )
        changes(source, state=State.UNDONE, undo_by=by, undo_at=at, undo_reason=reason)
    return count


def _replacements(source: Source) -> list[Entry]:
    """Standing entries that were put in the place of the report's own, however often."""
    found: list[Entry] = []
    line = list(Entry.objects.filter(batch=source.pk).values_list("pk", flat=True))
    while line:
        fresh = list(Entry.objects.filter(corrects__in=line).exclude(kind=Kind.REVERSAL))
        gone = set(
            Entry.objects.filter(
                corrects__in=[one.pk for one in fresh], kind=Kind.REVERSAL
            ).values_list("corrects_id", flat=True)
        )
        found += [one for one in fresh if one.pk not in gone]
        line = [one.pk for one in fresh]
    return found


def discard_source(source: Source, *, by: User, at: datetime) -> Source:
    """Erase a report's text. What is in the ledger is taken back, never discarded."""
    with deed("discard_report", by=by, at=at, target=f"report:{source.pk}"):
        source = _locked(source, by)
        _discard(source)
    return source


def _discard(source: Source) -> None:
    if source.state != State.READING:
        raise Refusal(_("This report can no longer be discarded."), status=409)
    SourceText.objects.filter(source=source).delete()
    Question.objects.filter(draft__source=source, state=Asked.OPEN).update(state=Asked.WITHDRAWN)
    changes(source, state=State.DISCARDED)


def forget_texts(*, at: datetime) -> bool:
    """Erase texts and examples whose time is over, and discard reports on which nobody decided."""
    today = _day(at)
    old = Example.objects.filter(made_on__lt=today - timedelta(days=settings.READING_TEXT_DAYS))
    due = SourceText.objects.filter(expires_on__lt=today)
    if not due.exists() and not old.exists():
        return False
    with deed("forget_texts", by=None, at=at):
        rows = list(
            due.select_related("source").select_for_update(of=("self",), skip_locked=True)[:_ROUND]
        )
        for row in rows:
            if row.source.state == State.READING:
                _discard(row.source)
            else:
                row.delete()
        old.delete()
    return len(rows) == _ROUND
