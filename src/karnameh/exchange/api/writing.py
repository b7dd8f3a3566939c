"""What programs may send: entries, judged by the very rules of the spreadsheets, taken whole or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import cast
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from karnameh.exchange.api.routes import NO, WRITING, router
from karnameh.exchange.api.shapes import (
    EntriesIn,
    EntryIn,
    ItemProblems,
    ProblemOut,
    ReceiptOut,
    ReceiptsOut,
    RefusedItems,
    ReversalIn,
    ReversalOut,
    Trouble,
)
from karnameh.exchange.api.tokens import Caller
from karnameh.exchange.checking import Checker
from karnameh.exchange.rules.rows import Problem, Row, Stage
from karnameh.exchange.rules.verdicts import Judged
from karnameh.exchange.sentences import sentence
from karnameh.ledger.public import (
    Qualifier,
    Role,
    Verdict,
    entries_in_reach,
    epoch,
    post_entries,
    reverse_entry,
)
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, no_role


@router.post(
    "/entries",
    response={**NO, 200: ReceiptsOut, 422: RefusedItems},
    url_name="api_entries_send",
    summary="Send entries",
    tags=["write"],
    throttle=WRITING,
)
def send(request: HttpRequest, sent: EntriesIn) -> tuple[int, ReceiptsOut | RefusedItems]:
    """Post up to 1,000 entries. Send the same again as often as you like: it counts once.

    If one of them cannot be taken, none is, and the answer says of each what is wrong. An id that
    the ledger has with other content is answered with `conflict` and hinders nothing.
    """
    caller = _writer(request)
    checker = Checker(owner=caller.user, scope=caller.token.unit, today=today(), at=now())
    judged = checker.judge([_row(number, one) for number, one in enumerate(sent.entries)])
    verdicts = {one.row: one for one in [*judged, *checker.finish()]}
    refused = [one for one in verdicts.values() if one.verdict == "error" and not _is_taken(one)]
    if refused:
        return 422, _refusal(refused)
    new = [
        one.entry for one in verdicts.values() if one.entry and one.verdict in ("new", "warning")
    ]
    posted = {one.id: one.verdict for one in post_entries(new, by=caller.user, at=now())}
    receipts = [
        ReceiptOut(
            id=one.id,
            verdict=Verdict.CONFLICT.value
            if _is_taken(verdicts[number])
            else posted.get(one.id, Verdict.SAME).value,
            notes=_said(verdicts[number].problems),
        )
        for number, one in enumerate(sent.entries)
    ]
    return 200, ReceiptsOut(epoch=epoch(), receipts=receipts)


@router.post(
    "/entries/{pk}/reversal",
    response={200: ReversalOut, **NO},
    url_name="api_entry_reverse",
    summary="Take an entry back",
    tags=["write"],
    throttle=WRITING,
)
def reverse(request: HttpRequest, pk: UUID, sent: ReversalIn) -> ReversalOut:
    """Reverse an entry, and with it the checks and parts that hang on it. Both rows stay in sight."""
    caller = _writer(request)
    entry = entries_in_reach(caller.reach).filter(pk=pk).first()
    if entry is None:
        raise OutOfReach
    made = reverse_entry(entry, note=sent.note, by=caller.user, at=now())
    return ReversalOut(reversals=[one.pk for one in made])


def _writer(request: HttpRequest) -> Caller:
    caller = cast(Caller, request.auth)  # type: ignore[attr-defined]
    if not caller.token.may_write:
        raise no_role()
    return caller


def _row(number: int, e: EntryIn) -> Row:
    """The item as a row of a sheet that has been read."""
    return Row(
        number, unit=e.unit, indicator=e.indicator, stage=Stage[e.stage.upper()], quantity=e.quantity,
        qualifier=Qualifier[e.qualifier.upper()], money=None if e.rial is None else Decimal(e.rial),
        starts_on=e.starts_on, ends_on=e.ends_on,
        place=e.place or "", activity=e.activity or "",
        dimensions="; ".join(f"{cut}={part}" for cut, part in e.dimensions.items()),
        covers_all=e.coverage == "whole_subtree", role=Role[e.role.upper()], item=e.item or "",
        part_of=e.part_of, fulfils=e.fulfils, verifies=e.verifies, as_written=e.as_written, note=e.note,
        raw_note=e.note, raw_as_written=e.as_written, id=e.id,
    )  # fmt: skip


def _is_taken(judged: Judged) -> bool:
    """Whether its id belongs to other content, and that is all that is wrong with it."""
    return {one.code for one in judged.problems if not one.warning} == {"id_taken"}


def _refusal(refused: list[Judged]) -> RefusedItems:
    sentence_of_all = _("Nothing was taken: some of the entries cannot stand as they are.")
    return RefusedItems(
        error=Trouble(sentence=sentence_of_all, item=None),
        items=[
            ItemProblems(item=one.row, problems=_said(one.problems))
            for one in sorted(refused, key=lambda one: one.row)
        ],
    )  # fmt: skip


def _said(problems: tuple[Problem, ...]) -> list[ProblemOut]:
    return [
        ProblemOut(
            field=str(one.column), sentence=sentence(one.code, one.given), warning=one.warning
        )
        for one in problems
    ]
