"""What programs may send: entries, and reasons to take one back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from karnameh.exchange.api.routes import NO, WRITING, router
from karnameh.exchange.api.shapes import (
    EntriesIn,
    EntryIn,
    ItemProblems,
    ReceiptOut,
    ReceiptsOut,
    RefusedItems,
    ReversalIn,
    ReversalOut,
    Trouble,
)
from karnameh.exchange.api.taking import said, take, writer_of
from karnameh.exchange.rules.rows import Row, Stage
from karnameh.exchange.rules.verdicts import Judged
from karnameh.ledger.public import Qualifier, Role, entries_in_reach, epoch, reverse_entry
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import OutOfReach


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
    taken = take(writer_of(request), [_row(n, one) for n, one in enumerate(sent.entries)])
    if taken.refused:
        return 422, refusal_of(taken.refused)
    receipts = [
        ReceiptOut(id=one.id, verdict=taken.became[number], notes=said(taken.notes[number]))
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
    caller = writer_of(request)
    entry = entries_in_reach(caller.reach).filter(pk=pk).first()
    if entry is None:
        raise OutOfReach
    made = reverse_entry(entry, note=sent.note, by=caller.user, at=now())
    return ReversalOut(reversals=[one.pk for one in made])


def refusal_of(refused: Sequence[Judged]) -> RefusedItems:
    """Nothing was taken: what is wrong with each."""
    words = _("Nothing was taken: some of the entries cannot stand as they are.")
    items = [ItemProblems(item=one.row, problems=said(one.problems)) for one in refused]
    return RefusedItems(error=Trouble(sentence=words, item=None), items=items)


def _row(number: int, e: EntryIn) -> Row:
    """The item as a row of a sheet that has been read."""
    return Row(
        number, unit=e.unit, indicator=e.indicator, stage=Stage[e.stage.upper()], quantity=e.quantity,
        qualifier=Qualifier[e.qualifier.upper()], money=None if e.rial is None else Decimal(e.rial),
        starts_on=e.starts_on, ends_on=e.ends_on, place=e.place or "", activity=e.activity or "",
        dimensions="; ".join(f"{cut}={part}" for cut, part in e.dimensions.items()),
        covers_all=e.coverage == "whole_subtree", role=Role[e.role.upper()], item=e.item or "",
        part_of=e.part_of, fulfils=e.fulfils, verifies=e.verifies, as_written=e.as_written, note=e.note,
        raw_note=e.note, raw_as_written=e.as_written, id=e.id,
    )  # fmt: skip
