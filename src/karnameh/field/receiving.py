"""Taking in what a phone sent: each item once, with a receipt of its own, whatever the network did.

A batch is one transaction. The ids in it are locked first, so the same batch arriving twice at once,
or an item and what replaces it, are judged one after the other. What was once said about an item is
said again to every copy of it: a refusal is final for its id, and mending makes a new item that names
the old one, so that a late copy of the old one cannot slip in beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from karnameh.access.public import units_where
from karnameh.catalog.public import Indicator, MeasureKind, dimension_set
from karnameh.field.heads import person_days, point_of
from karnameh.field.models import (
    Answered,
    Asked,
    CheckIn,
    Device,
    Evidence,
    How,
    Sent,
    Settled,
    StoredFile,
)
from karnameh.field.models import Verdict as Kept
from karnameh.field.rules import (
    Batch,
    Clock,
    File,
    Item,
    Kind,
    Unreadable,
    Verdict,
    claims_future,
    day_of,
    files_of,
    ids_of,
    judge_day,
    mended_by,
    near_of,
    newest_first,
    number_of,
    number_or_none,
    parts_of,
    quantity_of,
    text_of,
    uuid_of,
)
from karnameh.field.sentences import SENTENCES, sentence
from karnameh.kernel.ids import new_id
from karnameh.kernel.text import clean
from karnameh.ledger.public import (
    Entry,
    NewEntry,
    Qualifier,
    Stage,
    correct_entry,
    entries_in_reach,
    post_entries,
    reverse_entry,
    verify_entry,
)
from karnameh.ledger.public import Verdict as LedgerVerdict
from karnameh.org.public import OrgUnit, is_under
from karnameh.people.public import User
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES, refusing_constraints
from karnameh.plumbing.public import OutOfReach, Refusal, deed

_TOGETHER = (Kind.ENTRY, Kind.CHECK_IN)  # posted many at once

CONSTRAINT_SENTENCES["check_in_of_a_team_once_a_day"] = SENTENCES["team_was_here"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer for one item. `mend` names the field to look at, `day` the day that is proposed."""

    id: str
    verdict: Verdict
    sentence: str = ""
    mend: str = ""
    day: date | None = None
    entry: UUID | None = None

    def as_json(self, *, bare: bool = False) -> dict[str, Any]:
        """For the phone; `bare` for one that is locked: what became of it, and nothing else."""
        said: dict[str, Any] = {"id": self.id, "verdict": str(self.verdict)}
        if bare:
            return said
        more = {
            "sentence": self.sentence,
            "mend": self.mend,
            "day": self.day.isoformat() if self.day else "",
            "entry": str(self.entry or ""),
        }
        return said | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """The receipts of a batch in its order, and the files that are not here yet."""

    receipts: Sequence[Receipt]
    wanted: Sequence[str]


class _Ask(Exception):
    """The day must be asked about; this one is proposed."""

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class _Wait(Exception):
    """What an item is about is not here: it may come with another phone, or never."""


class _Refused(Exception):
    """An item is refused: the code or rule, the sentence, and the field to mend."""

    def __init__(
        self, code: str, mend: str = "", words: str = "", entry: UUID | None = None
    ) -> None:
        super().__init__(code)
        self.code, self.mend, self.words = code, mend, words or sentence(code)
        self.entry = entry  # the one that stands in its place


def receive(device: Device, batch: Batch, *, by: User, at: datetime) -> Answer:
    """Take a batch in. Raises what the database raises when it is away: then nothing was taken."""
    taking = _Taking(device, by, at, Clock.of(batch.sent, at))
    with deed("receive_from_phone", by=by, at=at, target=f"device:{device.pk}"):
        _lock(batch.items)
        for some in newest_first([one for one in batch.items if one.kind in _TOGETHER]):
            taking.standing(some)
            taking.entries(some)
        for some in newest_first([one for one in batch.items if one.kind not in _TOGETHER]):
            taking.standing(some)
            for item in some:
                taking.alone(item)
        wanted = taking.wanted(batch.items)
    spoilt = [
        Receipt(claimed, Verdict.REFUSED, sentence(trouble.code), trouble.field)
        for claimed, trouble in batch.spoilt.items()
    ]
    return Answer([*(taking.receipt_of(one) for one in batch.items), *spoilt], wanted)


def _lock(items: Sequence[Item]) -> None:
    """Wait for everybody who is busy with one of these ids, or with one that they replace."""
    ids = {str(pk) for one in items for pk in (one.id, *mended_by(one.body))}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(4022, slot) FROM (SELECT DISTINCT abs(hashtext(id)) %% 8192"
            " AS slot FROM unnest(%s::text[]) AS id ORDER BY 1) AS slots",
            [sorted(ids)],
        )


def _heir_of(item: UUID) -> UUID | None:
    """The entry that stands in an item's place: after a restore ids may change.

    Either the item was mended, or it is itself a mended one that came after another of its family.
    """
    heir = _successor_of([item])
    if heir is not None:
        return heir
    late = Sent.objects.filter(item=item, reason="taken_already").first()
    return _taken_of(mended_by(late.content or {})) if late is not None else None


def _taken_of(items: Sequence[UUID]) -> UUID | None:
    """The entry of the one among them that is in the ledger, or that replaced one of them.

    All versions of a piece of work name the first one. So two that never heard of each other meet here:
    a copy that was late by a restore, the one that an officer posted, the one that a phone mended anew.
    """
    taken = Sent.objects.filter(item__in=items, verdict=Kept.NEW)
    found: UUID | None = taken.values_list("entry_id", flat=True).first()
    return found or _successor_of(items)


def _successor_of(items: Sequence[UUID]) -> UUID | None:
    """The entry that one of them was mended to."""
    mended = Settled.objects.filter(
        sent__item__in=items, how__in=(How.MENDED, How.POSTED), entry__isnull=False
    )
    found: UUID | None = mended.values_list("entry_id", flat=True).first()
    return found


class _Taking:
    """One batch while it is taken in."""

    def __init__(self, device: Device, by: User, at: datetime, clock: Clock) -> None:
        self.device, self.by, self.at, self.clock = device, by, at, clock
        self.today = timezone.localdate(at)
        self.reach = units_where(by)
        self.said: dict[UUID, tuple[bytes, Receipt]] = {}
        self.paths: dict[int, str | None] = {device.unit_id: device.unit.path}
        self.copies: dict[int, Receipt] = {}  # of an item that is twice in a batch, by its place

    def receipt_of(self, item: Item) -> Receipt:
        """What was said to this item or, with other content, to its double."""
        return self.copies.get(id(item)) or self.said[item.id][1]

    # --- what is known already ---------------------------------------------------------------------

    def standing(self, items: Sequence[Item]) -> None:
        """Answer every item that was answered before, as it was answered then."""
        known: dict[UUID, list[Sent]] = {}
        for row in Sent.objects.filter(item__in=[one.id for one in items]).order_by("pk"):
            known.setdefault(row.item, []).append(row)
        for item in items:
            rows = known.get(item.id)
            if rows and item.id not in self.said:
                self.said[item.id] = (item.hash, self._again(item, rows))

    def _again(self, item: Item, rows: Sequence[Sent]) -> Receipt:
        taken = next((one for one in rows if one.verdict == Kept.NEW), None)
        same = next((one for one in rows if bytes(one.hash) == item.hash), None)
        if taken is not None and taken is same:
            return Receipt(str(item.id), Verdict.SAME, entry=taken.entry_id)
        if same is None and taken is None and rows[0].reason == "mended":
            same = rows[0]
        if same is not None and same.reason == "day_asked":
            return Receipt(str(item.id), Verdict.ASK, same.sentence, "on", same.on)
        if same is not None:
            verdict = Verdict.CONFLICT if same.verdict == Kept.CONFLICT else Verdict.REFUSED
            first = _heir_of(item.id) if same.reason in ("taken_already", "mended") else None
            mend = _FIELDS.get(same.reason, "")
            return Receipt(str(item.id), verdict, same.sentence, mend, entry=first)
        return self._set_aside(item)

    def _fresh(self, item: Item) -> bool:
        """Whether nothing was said about it yet; a double inside the batch is answered here."""
        before = self.said.get(item.id)
        if before is None:
            return True
        if before[0] != item.hash:
            self.copies[id(item)] = self._set_aside(item)
        return False

    # --- entries, many at once ------------------------------------------------------------------------

    def entries(self, items: Sequence[Item]) -> None:
        """Post all that can be posted as one call; when the ledger refuses one, each alone."""
        ready: list[tuple[Item, NewEntry]] = []
        first: set[UUID] = set()
        later: list[Item] = []
        self.indicators = self._indicators(items)
        for item in items:
            if item.id in first:
                later.append(item)
            elif self._fresh(item):
                entry = self._answered(item)
                if entry is not None:
                    ready.append((item, entry))
                    first.add(item.id)
        if ready:
            try:
                with refusing_constraints(), transaction.atomic():
                    self._post(ready)
            except (Refusal, OutOfReach):
                for pair in ready:
                    self._post_alone(pair)
        for item in later:
            self._fresh(item)

    def _indicators(self, items: Sequence[Item]) -> dict[int, Indicator]:
        named = [one.body.get("indicator") for one in items]
        wanted = {pk for pk in named if isinstance(pk, int) and 0 < pk < 2**31}
        return Indicator.objects.select_related("measure").in_bulk(wanted)

    def _answered(self, item: Item) -> NewEntry | None:
        """The entry that an item becomes, or None after it was refused or asked about."""
        try:
            return self._entry_of(item)
        except _Ask as asked:
            words = sentence("day_asked")
            # As final as a refusal: a late copy may find the clock right by chance.
            self._keep_content(item, Kept.REFUSED, "day_asked", words, on=asked.day)
            self._say(item, Receipt(str(item.id), Verdict.ASK, words, "on", asked.day))
        except _Refused as refused:
            self._refuse(item, refused)
        except Unreadable as trouble:
            self._refuse(item, _Refused(trouble.code, trouble.field))
        return None

    def _entry_of(self, item: Item) -> NewEntry:
        self._not_taken_before(item)
        if item.kind is Kind.CHECK_IN:
            return self._person_days(item)
        body = item.body
        unit = number_of(body, "unit")
        self._require_unit(unit)
        indicator = self.indicators.get(number_of(body, "indicator"))
        if indicator is None:
            raise _Refused("nothing_there", "indicator")
        quantity = quantity_of(body, decimals=indicator.measure.decimals)
        on = self._day(item)
        files_of(body)
        money = indicator.measure.kind == MeasureKind.MONEY and quantity is not None
        return NewEntry(
            id=item.id, indicator=indicator.pk, stage=Stage.REPORTED, unit=unit,
            place=number_or_none(body, "place"), activity=number_or_none(body, "activity"),
            starts_on=on, ends_on=on, quantity=quantity, qualifier=self._qualifier(body, quantity),
            dimensions=self._dimensions(body, indicator), rial=int(quantity or 0) if money else None,
            as_written=clean(text_of(body, "written", 200))[:200], note=clean(text_of(body, "note", 500))[:500],
        )  # fmt: skip

    def _dimensions(self, body: Any, indicator: Indicator) -> int:
        """The set of dimensions: its number, or its parts by code; the total when nothing is said."""
        parts = parts_of(body)
        if not parts:
            return number_or_none(body, "dimensions") or 1
        if not set(parts) <= set(indicator.dimensions.values_list("code", flat=True)):
            raise _Refused("parts_wrong", "parts")
        try:
            return int(dimension_set(parts).pk)
        except Refusal as refusal:
            raise _Refused("parts_wrong", "parts", words=str(refusal)) from None

    def _qualifier(self, body: Any, quantity: Decimal | None) -> Qualifier:
        if quantity is None:
            return Qualifier.UNKNOWN
        try:
            found = Qualifier(body.get("qualifier", 1))
        except ValueError:
            raise _Refused("item_unreadable", "quantity") from None
        return Qualifier.EXACT if found is Qualifier.UNKNOWN else found

    def _person_days(self, item: Item) -> NewEntry:
        """A check-in is person-days of the phone's unit: heads times one day."""
        point = point_of(text_of(item.body, "point", 8))
        on = self._day(item)
        return person_days(
            point, unit=self.device.unit, people=quantity_of(item.body, decimals=0), on=on,
            identifier=item.id,
        )  # fmt: skip

    def _day(self, item: Item) -> date:
        on = day_of(item.body)
        sure = item.body.get("sure") is True
        asked = judge_day(
            on, made=item.made, clock=self.clock, at=self.at, today=self.today, sure=sure
        )
        if asked is None and claims_future(item.id, self.at):
            asked = on
        if asked is not None:
            raise _Ask(asked)
        return on

    def _require_unit(self, unit: int) -> None:
        if unit not in self.paths:  # most batches are all of the phone's own unit
            found = OrgUnit.objects.filter(pk=unit).values_list("path", flat=True).first()
            self.paths[unit] = found
        path = self.paths[unit]
        mine = path is not None and is_under(path, self.device.unit.path)
        if path is None or not mine or not self.reach.covers(path):
            raise _Refused("unit_not_yours", "unit")

    def _not_taken_before(self, item: Item) -> None:
        mended = mended_by(item.body)
        if mended and (entry := _taken_of(mended)) is not None:
            raise _Refused("taken_already", entry=entry)

    def _post(self, ready: Sequence[tuple[Item, NewEntry]]) -> None:
        receipts = post_entries([entry for _item, entry in ready], by=self.by, at=self.at)
        taken: list[Sent] = []
        for (item, entry), receipt in zip(ready, receipts, strict=True):
            if receipt.verdict is LedgerVerdict.CONFLICT:
                self._say(item, self._set_aside(item))
                continue
            taken.append(self._row(item, entry.unit, entry.ends_on))
            new = receipt.verdict is LedgerVerdict.NEW
            self._say(
                item, Receipt(str(item.id), Verdict.NEW if new else Verdict.SAME, entry=item.id)
            )
            if item.kind is Kind.CHECK_IN:
                self._count_heads(item, entry)
        self._keep(taken, [item for item, _entry in ready])

    def _post_alone(self, pair: tuple[Item, NewEntry]) -> None:
        self.said.pop(pair[0].id, None)
        try:
            with refusing_constraints(), transaction.atomic():
                self._post([pair])
        except OutOfReach:
            self._refuse(pair[0], _Refused("unit_not_yours", "unit"))
        except Refusal as refusal:
            self._refuse(pair[0], _refused_by_ledger(refusal))

    def _count_heads(self, item: Item, entry: NewEntry) -> None:
        CheckIn(
            item=item.id, point_id=text_of(item.body, "point", 8).upper(), device=self.device,
            unit_id=entry.unit, on=entry.ends_on, people=int(entry.quantity or 0),
            team=item.body.get("how") != "walk-up",
        ).save(force_insert=True)  # fmt: skip

    # --- checks and corrections, each alone ------------------------------------------------------------

    def alone(self, item: Item) -> None:
        """Take in a check or a correction."""
        if not self._fresh(item):
            return
        act = self._check if item.kind is Kind.VERIFICATION else self._correct
        try:
            with refusing_constraints(), transaction.atomic():
                entry = act(item)
                self._say(item, Receipt(str(item.id), Verdict.NEW, entry=entry.pk))
                row = self._row(item, entry.unit_id, entry.ends_on)
                row.entry_id = entry.pk
                self._keep([row], [item])
        except Unreadable as trouble:
            self._refuse(item, _Refused(trouble.code, trouble.field))
        except _Refused as refused:
            self._refuse(item, refused)
        except (_Wait, OutOfReach):
            self._say(item, Receipt(str(item.id), Verdict.WAIT, sentence("nothing_there")))
        except Refusal as refusal:
            self._refuse(item, _refused_by_ledger(refusal))

    def _about(self, item: Item, name: str) -> Entry:
        self._not_taken_before(item)
        # Its earlier versions, too: after a restore the first may stand where the last one did.
        named = [uuid_of(item.body, name), *ids_of(item.body, "also")]
        within = entries_in_reach(self.reach)
        heirs = (pk for one in named for pk in (one, _heir_of(one)) if pk is not None)
        entry = next(filter(None, (within.filter(pk=pk).first() for pk in heirs)), None)
        if entry is None or not is_under(entry.unit.path, self.device.unit.path):
            # After a restore the check may come before its report: a refusal would be final.
            raise _Wait
        return entry

    def _own_id(self, item: Item) -> UUID:
        """The item's id for its entry; another one where a clock far ahead made it."""
        return new_id() if claims_future(item.id, self.at) else item.id

    def _check(self, item: Item) -> Entry:
        report = self._about(item, "report")
        quantity = quantity_of(item.body, decimals=report.indicator.measure.decimals)
        if quantity is None:
            raise _Refused("check_needs_quantity", "quantity")
        files_of(item.body)
        note = text_of(item.body, "note", 500)
        return verify_entry(
            report,
            quantity=quantity,
            note=note,
            by=self.by,
            at=self.at,
            identifier=self._own_id(item),
        )

    def _correct(self, item: Item) -> Entry:
        entry, body = self._about(item, "entry"), item.body
        words = clean(text_of(body, "note", 300))[:300]
        if not words and not body.get("stands"):
            raise _Refused("correction_says_why", "note")
        if body.get("stands"):
            made = entry
        elif body.get("takes_back"):
            made = reverse_entry(entry, note=words, by=self.by, at=self.at)[-1]
        else:
            quantity = quantity_of(body, decimals=entry.indicator.measure.decimals)
            made = correct_entry(
                entry, quantity=quantity, qualifier=self._qualifier(body, quantity), note=words,
                by=self.by, at=self.at, identifier=self._own_id(item),
            )  # fmt: skip
        asked = Asked.objects.filter(entry=entry.pk, answered=None).first()
        if asked is not None:
            new = None if made is entry else made.pk
            Answered(asked=asked, by=self.by, at=self.at, entry_id=new, words=words).save(
                force_insert=True
            )
        elif body.get("stands"):
            raise _Wait
        return made

    # --- what is kept -------------------------------------------------------------------------------------

    def _say(self, item: Item, receipt: Receipt) -> None:
        self.said[item.id] = (item.hash, receipt)

    def _row(self, item: Item, unit: int, on: date | None) -> Sent:
        near = near_of(item.body)
        return Sent(
            item=item.id, device=self.device, unit_id=unit, kind=item.kind, hash=item.hash,
            made_at=item.made, received_at=self.at, on=on, verdict=Kept.NEW, entry_id=item.id,
            latitude=near[0] if near else None, longitude=near[1] if near else None,
        )  # fmt: skip

    def _keep(self, rows: Sequence[Sent], items: Sequence[Item]) -> None:
        """Rows of what was taken, with its files, and the end of what it replaces."""
        Sent.objects.bulk_create(rows, ignore_conflicts=True)
        entry_of = {row.item: row.entry_id for row in rows}
        evidence = [
            self._evidence(one, entry_of[item.id], near_of(item.body))
            for item in items
            if item.id in entry_of
            for one in files_of(item.body)
        ]
        if evidence:
            Evidence.objects.bulk_create(evidence, ignore_conflicts=True)
        for item in items:
            if item.id in entry_of:
                for mended in mended_by(item.body):
                    self._end(item, mended, entry_of[item.id])

    def _evidence(self, file: File, entry: Any, near: tuple[Decimal, Decimal] | None) -> Evidence:
        return Evidence(
            entry_id=entry, account=self.by, sha256=file.sha256, kind=file.kind, taken_at=file.taken,
            latitude=near[0] if near else None, longitude=near[1] if near else None,
            consent=file.consent, at=self.at,
        )  # fmt: skip

    def _end(self, item: Item, mended: UUID, entry: Any) -> None:
        """The item that this one replaces is over, also when it has never arrived."""
        rows = list(Sent.objects.filter(item=mended, device__account=self.by, settled=None))
        Settled.objects.bulk_create(
            Settled(sent=row, how=How.MENDED, by=self.by, at=self.at, entry_id=entry)
            for row in rows
        )
        if not Sent.objects.filter(item=mended).exists():
            over = Sent(
                item=mended, device=self.device, unit=self.device.unit, kind=item.kind, hash=b"",
                made_at=item.made, received_at=self.at, verdict=Kept.REFUSED, reason="mended",
                sentence=sentence("mended"), content={},
            )  # fmt: skip
            over.save(force_insert=True)
            Settled(sent=over, how=How.MENDED, by=self.by, at=self.at, entry_id=entry).save(
                force_insert=True
            )

    def _set_aside(self, item: Item) -> Receipt:
        words = sentence("other_content")
        self._keep_content(item, Kept.CONFLICT, "other_content", words)
        return Receipt(str(item.id), Verdict.CONFLICT, words)

    def _refuse(self, item: Item, why: _Refused) -> None:
        self._keep_content(item, Kept.REFUSED, why.code, why.words)
        self._say(
            item, Receipt(str(item.id), Verdict.REFUSED, why.words, why.mend, entry=why.entry)
        )

    def _keep_content(
        self, item: Item, verdict: Kept, reason: str, words: str, on: date | None = None
    ) -> None:
        """Keep an item that could not be taken; what is about another's unit is not kept."""
        foreign = reason in ("unit_not_yours", "nothing_there")
        row = Sent(
            item=item.id, device=self.device, unit=self.device.unit, kind=item.kind, hash=item.hash,
            made_at=item.made, received_at=self.at, on=on, verdict=verdict, reason=reason[:60],
            sentence=words[:300], content={} if foreign else dict(item.body),
        )  # fmt: skip
        Sent.objects.bulk_create([row], ignore_conflicts=True)

    def wanted(self, items: Sequence[Item]) -> list[str]:
        """The files of items that were taken which are not here yet."""
        named: dict[str, None] = {}
        for item in items:
            if self.receipt_of(item).verdict in (Verdict.NEW, Verdict.SAME):
                named |= dict.fromkeys(one.sha256 for one in files_of(item.body))
        here = set(
            StoredFile.objects.filter(account=self.by, sha256__in=named).values_list(
                "sha256", flat=True
            )
        ) if named else set()  # fmt: skip
        return [one for one in named if one not in here]


_FIELDS = {
    "quantity_wrong": "quantity", "check_needs_quantity": "quantity", "heads_wrong": "quantity",
    "day_wrong": "on", "point_other_day": "on", "point_unknown": "point", "correction_says_why": "note",
    "files_wrong": "files", "file_too_large": "files", "entry_activity_does_not_take_it": "activity",
    "entry_unit_is_closed": "on", "entry_indicator_is_retired": "indicator",
}  # fmt: skip


def _refused_by_ledger(refusal: Refusal) -> _Refused:
    """The ledger's own sentence; its rule's name tells which field to look at."""
    rule = next(
        (name for name, words in CONSTRAINT_SENTENCES.items() if words is refusal.sentence), ""
    )
    return _Refused(
        rule or "ledger", refusal.field or _FIELDS.get(rule, ""), words=str(refusal.sentence)
    )
