"""Proofs: from a question to a bundle that can be checked without this server.

A bundle of a figure shows, for each month or day that the question covers, the node of its unit in the
sum tree of that day, and the way from there to the totals of a signed head. What lies beside the way
is shown by hashes and seals only. A receipt shows the way of one entry, from its leaf of the log up to
the same totals; beneath the figure's own node it opens the sums beside the way, except where they
count people: there, a small number beside one's own would say too much about neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from karnameh.catalog.public import Indicator
from karnameh.ledger.models import Entry, Head
from karnameh.ledger.proof.merkle import consistency, inclusion
from karnameh.ledger.proof.sums import (
    Knot,
    Leaf,
    Part,
    Shut,
    b64,
    fields_of,
    shown_knot,
    shown_leaf,
    shown_shut,
    tally_text,
)
from karnameh.ledger.queries import Axis
from karnameh.ledger.rules import FIRST_DAY, LAST_DAY, Bucket, Stage, Tally
from karnameh.ledger.sealing.adding import (
    DAY,
    MONTH,
    Series,
    Stored,
    cells_of,
    day_knot,
    index_knot,
    month_knot,
    month_of,
    nodes_of,
    page_knot,
    page_of,
    pages_of,
    series_knot,
)
from karnameh.ledger.sealing.heads import body_of
from karnameh.ledger.sealing.leaves import (
    State,
    StoredNodes,
    index_of,
    leaf_text,
    read_state,
)
from karnameh.org.public import OrgUnit, Place
from karnameh.plumbing.public import Refusal

FORMAT = "karnameh.bundle.1"
SMALL = 10  # counts of people below this are shown to nobody outside
PEOPLE = ("people", "contacts", "households")


@dataclass(frozen=True)
class ProofQuestion:
    """What is proven: everything of one indicator and stage beneath a node, counted in a period.

    `node` is the id of a unit, or of a place on the place axis; `start` and `end` are days, both
    included, None for no limit. The tree is the one of the head: as organised when it was signed.
    """

    node: int
    indicator: int
    stage: Stage
    start: date | None = None
    end: date | None = None
    axis: Axis = Axis.UNIT
    bucket: Bucket = Bucket.OWN

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
    with connection.cursor() as cursor:
        trees = _Trees(cursor, question, head)
        totals, amount = trees.figure()
    return {
        **_frame(head, question),
        "answer": tally_text(amount),
        "totals": totals,
    }


def figure_at(question: ProofQuestion, head: Head) -> Tally:
    """The sum that `prove` proves, as the dashboards word sums."""
    _require_additive(question)
    with connection.cursor() as cursor:
        _shown, amount = _Trees(cursor, question, head, hiding=False).figure()
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
    after the head, or is not part of what is asked.
    """
    with connection.cursor() as cursor:
        if isinstance(of, Entry):
            question = question or question_of(of)
            entries = [of]
        else:
            if question is None:
                raise ValueError("a unit's receipt needs a question")
            entries = list(_counted(of, question))
        trees = _Trees(cursor, question, head)
        made = [trees.receipt(entry) for entry in entries]
    return {**_frame(head, question), "receipts": made}


def question_of(entry: Entry) -> ProofQuestion:
    """Where an entry is counted: its own unit, indicator, stage and day."""
    bucket = 2 if entry.part_of_id is not None else 1 if entry.role != 1 else 0
    return ProofQuestion(
        node=entry.unit_id, indicator=entry.indicator_id, stage=Stage(entry.stage), start=entry.ends_on,
        end=entry.ends_on, bucket=Bucket(bucket),
    )  # fmt: skip


_MOST_RECEIPTS = 50


def _counted(unit: OrgUnit, question: ProofQuestion) -> Iterable[Entry]:
    start, end = question.days
    rows = Entry.objects.filter(
        unit=unit, indicator=question.indicator, stage=question.stage, coverage=1, ends_on__gte=start,
        ends_on__lte=end,
    )  # fmt: skip
    found = [
        row for row in rows.order_by("clock", "pk") if question_of(row).bucket == question.bucket
    ]
    if not found:
        raise Refusal(_("This unit has nothing in that sum."), status=404)
    return found[:_MOST_RECEIPTS]


def consistency_between(older: Head, newer: Head) -> list[str]:
    """That the log of `newer` begins with the log of `older`."""
    return [b64(one) for one in consistency(StoredNodes(newer.size), older.size, newer.size)]


def head_json(head: Head) -> dict[str, Any]:
    """A head as bundles and lists carry it."""
    body = body_of(head)
    return {
        "log": body.log, "number": head.number, "epoch": head.epoch, "size": head.size,
        "entries": head.entries, "root": bytes(head.root).hex(), "totals": bytes(head.totals).hex(),
        "at": head.at.isoformat(), "previous": bytes(head.previous).hex(), "key": head.key_id,
        "public": bytes(head.key.public).hex(), "signature": b64(bytes(head.signature)), "code": head.code,
        "witnesses": [
            {"public": bytes(one.witness.public).hex(), "name": one.witness.unit.name_fa,
             "signature": b64(bytes(one.signature))}
            for one in head.countersignatures.select_related("witness__unit")
        ],
        "keys": keys_json(head),
    }  # fmt: skip


def keys_json(head: Head) -> list[dict[str, Any]]:
    """The key of a head and those that vouch for it, back to the first one."""
    found, key = [], head.key
    while key is not None:
        before = key.endorsed_by
        found.append(
            {
                "public": bytes(key.public).hex(),
                **(
                    {"before": bytes(before.public).hex(), "endorsement": b64(bytes(key.endorsement or b""))}
                    if before is not None
                    else {}
                ),
            }
        )  # fmt: skip
        key = before  # type: ignore[assignment]
    return found


def _frame(head: Head, question: ProofQuestion) -> dict[str, Any]:
    start, end = question.days
    indicator = Indicator.objects.select_related("measure").get(pk=question.indicator)
    nodes: Any = OrgUnit if question.axis is Axis.UNIT else Place
    node = nodes.objects.get(pk=question.node)
    return {
        "format": FORMAT,
        "head": head_json(head),
        "question": {
            "axis": int(question.axis), "node": question.node, "line": [str(one) for one in node.line],
            "indicator": question.indicator, "stage": int(question.stage), "bucket": int(question.bucket),
            "start": start.isoformat(), "end": end.isoformat(),
        },
        # Words for people. They are not part of what is proven: the record "dictionary" vouches for them.
        "words": {
            "node_fa": node.name_fa, "node_en": node.name_en, "indicator_fa": indicator.name_fa,
            "indicator_en": indicator.name_en, "unit_fa": indicator.measure.symbol_fa,
            "unit_en": indicator.measure.symbol_en,
        },
    }  # fmt: skip


def _require_additive(question: ProofQuestion) -> None:
    indicator = Indicator.objects.get(pk=question.indicator)
    if (indicator.time_rule, indicator.unit_rule) != ("sum", "sum"):
        raise Refusal(
            _("This indicator is not added up, so its sum cannot be proven; its entries can.")
        )


class _Trees:
    """The sum trees that one question needs, as of one head."""

    def __init__(
        self, cursor: Any, question: ProofQuestion, head: Head, *, hiding: bool = True
    ) -> None:
        self.cursor, self.question, self.head = cursor, question, head
        self.state: State = read_state(cursor)
        self.series = question.series
        self.key = self.state.series_key(self.series.label)
        people = Indicator.objects.values_list("people", flat=True).get(pk=question.indicator)
        self.counts_people = people in PEOPLE
        self.hiding = hiding and self.counts_people
        model: Any = OrgUnit if question.axis is Axis.UNIT else Place
        self.line = list(model.objects.values_list("line", flat=True).get(pk=question.node))
        self.amount = 0

    def figure(self) -> tuple[dict[str, Any], int]:
        """The index, opened down to the question's node on every day; and the sum."""
        start, end = self.question.days
        shown = self._from_index(lambda months: self._months(months, start, end))
        return shown, self.amount

    def receipt(self, entry: Entry) -> dict[str, Any]:
        """One entry's way to the root of the log and to the totals."""
        index = index_of(self.cursor, entry.pk, entry.clock)
        if index is None or index >= self.head.size:
            raise Refusal(
                _("This entry came after that head. The next one will hold it."), status=409
            )
        start, end = self.question.days
        if not start <= entry.ends_on <= end or self.series != _series_of(
            entry, self.question.axis
        ):
            raise Refusal(_("This entry is not part of that sum."), status=404)
        text = leaf_text(self.cursor, index, entry.pk)
        if text is None:
            raise Refusal(_("This entry is gone from the database."), status=409)
        first, last = month_of(entry.ends_on)
        totals = self._from_index(
            lambda months: {
                position: self._month_of_receipt(entry, index, text, first, last)
                for position, month in enumerate(months)
                if month.at == first
            }
        )
        path = inclusion(StoredNodes(self.head.size), index, self.head.size)
        return {"index": index, "path": [b64(one) for one in path], "totals": totals}

    # --- from the top --------------------------------------------------------------------------

    def _from_index(self, months_shown: Any) -> dict[str, Any]:
        index = index_knot(self.cursor, self.state, self.head.size)
        at = _find(index.parts, self.series.label)
        if at is None:  # nobody ever reported this: both neighbours show it
            return shown_knot(
                index, _neighbours(index, self.series.label, _series_order), is_open=False
            )
        months = nodes_of(self.cursor, self.series.id, MONTH, *_EVER, self.head.size)
        knot = series_knot(self.key, self.series.label, months)
        shown = months_shown(months)
        inner = shown_knot(knot, shown, is_open=False)
        return shown_knot(index, {at: inner}, is_open=False)

    def _months(self, months: list[Stored], start: date, end: date) -> dict[int, dict[str, Any]]:
        """Every month that the period touches, opened by days; one on either side shows its name."""
        knots = [_shut_month(one) for one in months]
        found: dict[int, dict[str, Any]] = {}
        inside = []
        for position, one in enumerate(months):
            first, last = month_of(one.at)
            if last >= start and first <= end:
                inside.append(position)
                found[position] = self._days(first, last, start, end)
        for position in _around(inside, [month_of(one.at)[0] for one in months], start):
            found.setdefault(position, shown_shut(knots[position], is_open=False))
        return found

    def _days(self, first: date, last: date, start: date, end: date) -> dict[str, Any]:
        days = nodes_of(self.cursor, self.series.id, DAY, first, last, self.head.size)
        month = month_knot(self.key, first, last, days)
        inside = [n for n, one in enumerate(days) if start <= one.at <= end]
        pages = pages_of(self.cursor, self.series.id, [days[n].at for n in inside], self.head.size)
        found = {n: self._unit_on(days[n].at, pages[days[n].at]) for n in inside}
        for n in _around(inside, [one.at for one in days], start):
            found.setdefault(n, shown_shut(days[n].shut(days[n].at.isoformat()), is_open=False))
        return shown_knot(month, found, is_open=False)

    def _unit_on(self, day: date, pages: list[Stored]) -> dict[str, Any]:
        """A day, opened down to the node of the question, or to where it would stand."""
        knot = day_knot(self.key, day, pages)
        return self._down(knot, 0, day, pages)

    def _down(self, knot: Knot, depth: int, day: date, pages: list[Stored]) -> dict[str, Any]:
        wanted = str(self.line[depth])
        at = _find(knot.parts, wanted)
        if at is None:
            return shown_knot(knot, _neighbours(knot, wanted, _unit_order), is_open=False)
        part = knot.parts[at]
        if depth == len(self.line) - 1:
            assert not isinstance(part, Leaf)
            return shown_knot(knot, {at: self._opened(part)}, is_open=False)
        beneath = self._unfolded(part, day, pages)
        return shown_knot(knot, {at: self._down(beneath, depth + 1, day, pages)}, is_open=False)

    def _unfolded(self, part: Part, day: date, pages: list[Stored]) -> Knot:
        """A node with its parts: those of a page come from its cells."""
        if isinstance(part, Knot):
            return part
        assert isinstance(part, Shut)
        page = next(one.at for one in pages if str(one.at) == part.label)
        cells = cells_of(self.cursor, self.series.id, day, page, self.head.size)
        return page_knot(self.key, page, cells)

    def _opened(self, part: Knot | Shut) -> dict[str, Any]:
        """A node of the answer, with its tally."""
        amount = part.core.tally
        if self.hiding and _is_small(amount):
            raise Refusal(
                _(
                    "On one of these days fewer than ten people were counted there."
                    " Choose a larger unit, so that nobody is recognised."
                )
            )
        self.amount += amount
        return shown_shut(part, is_open=True)

    # --- receipts ------------------------------------------------------------------------------

    def _month_of_receipt(
        self, entry: Entry, index: int, text: bytes, first: date, last: date
    ) -> dict[str, Any]:
        days = nodes_of(self.cursor, self.series.id, DAY, first, last, self.head.size)
        at = next(n for n, one in enumerate(days) if one.at == entry.ends_on)
        pages = pages_of(self.cursor, self.series.id, [entry.ends_on], self.head.size)[
            entry.ends_on
        ]
        node = entry.unit_id if self.question.axis is Axis.UNIT else entry.place_id
        page, cells = self._page_with(node, index, entry.ends_on, pages)
        line = next(cell.line for cell in cells if cell.number == index)
        if self.question.node not in line:
            raise Refusal(_("This entry is not part of that sum."), status=404)
        knots: list[Knot] = [day_knot(self.key, entry.ends_on, pages)]
        top = _part(knots[0], str(line[0]))
        assert isinstance(top, Knot)
        knots.append(top)
        beneath = page_knot(self.key, page, cells)
        if len(line) > 1:
            knots.append(beneath)
            for unit in line[2:]:
                child = _part(knots[-1], str(unit))
                assert isinstance(child, Knot)
                knots.append(child)
            own = _part(knots[-1], "0")
            assert isinstance(own, Knot)
        else:
            own = beneath
        knots.append(own)
        position, leaf = next(
            (n, part)
            for n, part in enumerate(own.parts)
            if isinstance(part, Leaf) and part.index == index
        )
        shown = shown_leaf(leaf, text)
        open_from = 1 + line.index(self.question.node)  # the knot of the question's own node
        labels = [*(str(unit) for unit in line[1:]), "0"]
        for depth in range(len(knots) - 1, -1, -1):
            knot = knots[depth]
            if depth < len(knots) - 1:
                label = str(line[0]) if depth == 0 else labels[depth - 1]
                position = next(n for n, part in enumerate(knot.parts) if _label(part) == label)
            shown = shown_knot(
                knot, {position: shown}, is_open=depth >= open_from and not self.counts_people
            )
        month = month_knot(self.key, first, last, days)
        return shown_knot(month, {at: shown}, is_open=False)

    def _page_with(
        self, node: int, index: int, day: date, pages: list[Stored]
    ) -> tuple[int, list[Any]]:
        """The page that holds a leaf: where its node stands now, or wherever it stood at the head."""
        model: Any = OrgUnit if self.question.axis is Axis.UNIT else Place
        now = page_of(model.objects.values_list("line", flat=True).get(pk=node))
        for page in sorted((one.at for one in pages), key=lambda one: one != now):
            cells = cells_of(self.cursor, self.series.id, day, page, self.head.size)
            if any(cell.number == index for cell in cells):
                return page, cells
        raise Refusal(_("This entry is not part of that sum."), status=404)


_EVER = (FIRST_DAY, LAST_DAY)


def _shut_month(one: Stored) -> Shut:
    first, last = month_of(one.at)
    return one.shut(f"{first.isoformat()}/{last.isoformat()}")


def _series_of(entry: Entry, axis: Axis) -> Series:
    own = question_of(entry)
    bucket = 3 if entry.coverage != 1 else int(own.bucket)
    return Series(int(axis), entry.indicator_id, entry.stage, bucket)


def _is_small(amount: int) -> bool:
    """Fewer than ten people, but not none."""
    fields = fields_of(amount)
    return 0 < fields[2] - fields[3] < SMALL * 1000


def _label(part: Part) -> str:
    return "" if isinstance(part, Leaf) else part.label


def _part(knot: Knot, label: str) -> Part:
    return next(part for part in knot.parts if _label(part) == label)


def _unit_order(label: str) -> tuple[int, ...]:
    return (int(label),)


def _series_order(label: str) -> tuple[int, ...]:
    return tuple(int(part) for part in label.split("/"))


def _find(parts: Iterable[Part], label: str) -> int | None:
    return next((n for n, part in enumerate(parts) if _label(part) == label), None)


def _neighbours(knot: Knot, label: str, order: Any) -> dict[int, dict[str, Any]]:
    """The two parts between which a label would stand."""
    after = sum(1 for part in knot.parts if order(_label(part)) < order(label))
    return {
        n: shown_shut(knot.parts[n], is_open=False)  # type: ignore[arg-type]
        for n in (after - 1, after)
        if 0 <= n < knot.count
    }


def _around(inside: list[int], starts: list[date], start: date) -> list[int]:
    """Positions beside a run, so that both its ends can be seen to be ends."""
    low = inside[0] if inside else sum(1 for one in starts if one < start)
    high = inside[-1] + 1 if inside else low
    return [n for n in (low - 1, high) if 0 <= n < len(starts)]
