"""Proofs: from a question to a bundle that can be checked without this server. See `docs/proof.md`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from karnameh.catalog.public import Indicator
from karnameh.ledger.models import Entry, Head
from karnameh.ledger.proof.bundles import Asked, Showing, Unprovable
from karnameh.ledger.proof.canonical import bucket_of
from karnameh.ledger.proof.merkle import inclusion
from karnameh.ledger.proof.shape import Series, page_of
from karnameh.ledger.proof.sums import b64, fields_of, tally_text
from karnameh.ledger.rules import FIRST_DAY, LAST_DAY, Axis, Stage, Tally
from karnameh.ledger.sealing.leaves import StoredNodes, index_of, leaf_text, read_state
from karnameh.ledger.sealing.publishing import head_json
from karnameh.ledger.sealing.trees import StoredTrees, line_at
from karnameh.org.public import OrgUnit, Place
from karnameh.plumbing.public import Refusal

FORMAT = "karnameh.bundle.1"
PEOPLE = ("people", "contacts", "households")
MOST_RECEIPTS = 50  # of one unit in one bundle


@dataclass(frozen=True)
class ProofQuestion:
    """What is proven: everything of one indicator and stage beneath a node, counted in a period.

    `node` is the id of a unit, or of a place on the place axis; `start` and `end` are days, both
    included, None for no limit. `bucket` is a `Bucket`, or 3 for what was stated for a whole subtree.
    The tree is the one of the head: as organised when it was signed.
    """

    node: int
    indicator: int
    stage: Stage
    start: date | None = None
    end: date | None = None
    axis: Axis = Axis.UNIT
    bucket: int = 0

    @property
    def series(self) -> Series:
        return Series(int(self.axis), self.indicator, int(self.stage), int(self.bucket))

    @property
    def days(self) -> tuple[date, date]:
        """First and last day, open ends filled in."""
        return self.start or FIRST_DAY, self.end or LAST_DAY


def prove(question: ProofQuestion, head: Head) -> dict[str, Any]:
    """The bundle for a sum as of `head`: a JSON object that `karnameh-verify` checks.

    Refused for an indicator whose values are not added up over time and units, and where it would
    show a small count of people.
    """
    _require_additive(question)
    with _showing(question, head) as show:
        totals, amount = show.figure()
        frame = _frame(head, question, show.asked)
    return {**frame, "answer": tally_text(amount), "totals": totals}


def figure_at(question: ProofQuestion, head: Head) -> Tally:
    """The sum that `prove` proves, as the dashboards word sums."""
    _require_additive(question)
    with _showing(question, head, is_hiding=False) as show:
        amount = show.figure()[1]
    return tally_of_sum(amount)


def tally_of_sum(amount: int) -> Tally:
    """What adds minus what was taken back."""
    f = fields_of(amount)
    return Tally(
        Decimal(f[2] - f[3]) / 1000, f[4] - f[5], f[0] - f[1], f[6] - f[7], f[8] - f[9], f[10] - f[11],
        f[12] - f[13],
    )  # fmt: skip


def receipt(of: Entry | OrgUnit, question: ProofQuestion | None, head: Head) -> dict[str, Any]:
    """The bundle that shows one entry, or a unit's own entries, inside the log and inside a figure.

    Without a question an entry's own day and unit are asked about. Refused when the entry was posted
    after the head, or is not part of what is asked. It shows the entry and, for things, the sums
    beside its way: for those who may see the unit.
    """
    if question is None and isinstance(of, Entry):
        question = question_of(of)
    if question is None:
        raise ValueError("a unit's receipt needs a question")
    entries = [of] if isinstance(of, Entry) else _counted(of, question)
    with _showing(question, head) as show:
        made = [_receipt(show, entry, question, head) for entry in entries]
        frame = _frame(head, question, show.asked)
    return {**frame, "receipts": made}


def question_of(entry: Entry) -> ProofQuestion:
    """Where an entry is counted: its own unit, indicator, stage and day."""
    return ProofQuestion(
        node=entry.unit_id, indicator=entry.indicator_id, stage=Stage(entry.stage), start=entry.ends_on,
        end=entry.ends_on, bucket=_bucket(entry),
    )  # fmt: skip


def covering_head(entry: Entry) -> Head | None:
    """The first head that holds an entry; None while none does."""
    with connection.cursor() as cursor:
        number = index_of(cursor, entry.pk, entry.clock)
    if number is None:
        return None
    return Head.objects.select_related("key").filter(size__gt=number).order_by("number").first()


def _bucket(entry: Entry) -> int:
    return bucket_of(entry.coverage, entry.role, entry.part_of_id is not None)


def _counted(unit: OrgUnit, question: ProofQuestion) -> list[Entry]:
    start, end = question.days
    rows = Entry.objects.filter(
        unit=unit, indicator=question.indicator, stage=question.stage, ends_on__gte=start, ends_on__lte=end
    )  # fmt: skip
    found = [one for one in rows.order_by("clock", "pk") if _bucket(one) == question.bucket]
    if not found:
        raise Refusal(_("This unit has nothing in that sum."), status=404)
    return found[:MOST_RECEIPTS]


def _receipt(show: Showing, entry: Entry, question: ProofQuestion, head: Head) -> dict[str, Any]:
    not_in_sum = Refusal(_("This entry is not part of that sum."), status=404)
    series = Series(int(question.axis), entry.indicator_id, entry.stage, _bucket(entry))
    if series != question.series:
        raise not_in_sum
    with connection.cursor() as cursor:
        number = index_of(cursor, entry.pk, entry.clock)
        if number is None or number >= head.size:
            raise Refusal(
                _("This entry came after that head. The next one will hold it."), status=409
            )
        text = leaf_text(cursor, number, entry.pk)
    if text is None:
        raise not_in_sum
    node: OrgUnit | Place = entry.unit if question.axis is Axis.UNIT else entry.place
    path = inclusion(StoredNodes(head.size), number, head.size)
    totals = show.receipt(number, text, entry.ends_on, page_of(node.line))
    return {"index": number, "path": [b64(one) for one in path], "totals": totals}


@contextmanager
def _showing(question: ProofQuestion, head: Head, *, is_hiding: bool = True) -> Iterator[Showing]:
    """The trees as of a head, ready to be opened; what cannot be shown becomes a refusal."""
    start, end = question.days
    if end < start:
        raise Refusal(_("The period ends before it begins."))
    people = Indicator.objects.values_list("people", flat=True).get(pk=question.indicator)
    with connection.cursor() as cursor:
        line = line_at(cursor, int(question.axis), question.node, head.size) or _line_now(question)
        asked = Asked(question.series, line, start, end, people in PEOPLE)
        trees = StoredTrees(cursor, read_state(cursor), head.size)
        try:
            yield Showing(trees, asked, is_hiding=is_hiding)
        except Unprovable as why:
            raise _refusal(why) from why


def _refusal(why: Unprovable) -> Refusal:
    if why.code == "small_count":
        return Refusal(
            _(
                "On one of these days fewer than ten people were counted there."
                " Choose a larger unit, so that nobody is recognised."
            )
        )
    return Refusal(_("This entry is not part of that sum."), status=404)


def _node(question: ProofQuestion) -> OrgUnit | Place:
    nodes: Any = OrgUnit if question.axis is Axis.UNIT else Place
    found: OrgUnit | Place = nodes.objects.get(pk=question.node)
    return found


def _line_now(question: ProofQuestion) -> tuple[int, ...]:
    return tuple(_node(question).line)


def _require_additive(question: ProofQuestion) -> None:
    indicator = Indicator.objects.get(pk=question.indicator)
    if (indicator.time_rule, indicator.unit_rule) != ("sum", "sum"):
        raise Refusal(
            _("This indicator is not added up, so its sum cannot be proven; its entries can.")
        )


def _frame(head: Head, question: ProofQuestion, asked: Asked) -> dict[str, Any]:
    indicator = Indicator.objects.select_related("measure").get(pk=question.indicator)
    node = _node(question)
    return {
        "format": FORMAT,
        "head": head_json(head),
        "question": {
            "axis": int(question.axis), "node": question.node, "line": [str(one) for one in asked.line],
            "indicator": question.indicator, "stage": int(question.stage), "bucket": int(question.bucket),
            "start": asked.start.isoformat(), "end": asked.end.isoformat(),
        },
        # Words for people. They are not part of what is proven.
        "words": {
            "node_fa": node.name_fa, "node_en": node.name_en, "indicator_fa": indicator.name_fa,
            "indicator_en": indicator.name_en, "unit_fa": indicator.measure.symbol_fa,
            "unit_en": indicator.measure.symbol_en,
        },
    }  # fmt: skip
