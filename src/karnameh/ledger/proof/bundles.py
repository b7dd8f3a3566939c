"""Opening the sum trees: from a question to the part of a bundle that shows its sum, or one entry in it.

What lies beside the way is shown by hashes and seals only; the nodes that answer are opened. A receipt
shows the way of one entry; beneath the question's own node it opens the sums beside the way, except
where they count people: there a small number beside one's own would say too much about neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from karnameh.ledger.proof.shape import (
    Series,
    Stored,
    day_knot,
    hiding_key,
    index_knot,
    month_knot,
    month_label,
    month_of,
    office_knot,
    page_knot,
    series_knot,
)
from karnameh.ledger.proof.sums import (
    Cell,
    Knot,
    Leaf,
    Part,
    Shut,
    fields_of,
    shown_knot,
    shown_leaf,
    shown_shut,
)

SMALL = 10  # counts of people below this are shown to nobody outside


class Unprovable(Exception):
    """What cannot be shown; `code` says why: small_count, not_in_sum."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """A question on plain values: the node by its line, both days included."""

    series: Series
    line: tuple[int, ...]
    start: date
    end: date
    counts_people: bool = False


class Source(Protocol):
    """Where the nodes of the trees come from, as of one head."""

    master: bytes

    def series(self) -> list[Stored]: ...

    def months(self, series: int) -> list[Stored]: ...

    def days(self, series: int, start: date, end: date) -> list[Stored]: ...

    def pages(self, series: int, days: Sequence[date]) -> dict[date, list[Stored]]: ...

    def cells(self, series: int, day: date, page: int) -> list[Cell]: ...


class Showing:
    """Opens the sum trees of a source for one question."""

    def __init__(self, source: Source, asked: Asked, *, is_hiding: bool = True) -> None:
        self.source, self.asked, self.series = source, asked, asked.series
        self.key = hiding_key(source.master, self.series.id)
        self.is_hiding = is_hiding and asked.counts_people
        self.line = asked.line
        self.amount = 0

    def figure(self) -> tuple[dict[str, Any], int]:
        """The index, opened down to the question's node wherever it was counted; and the sum."""
        start, end = self.asked.start, self.asked.end
        months = [one.at for one in self.source.months(self.series.id)]
        whole = [one for one in months if self._is_whole(one)]
        edges = [
            one for one in months if one not in whole and one <= end and month_of(one)[1] >= start
        ]
        shown: dict[Series, Any] = {}
        if edges or not whole:
            shown[self.series] = self._series(self.series, edges, self._days)
        if whole:
            twin = self.series.by_months
            shown[twin] = self._series(twin, whole, self._offices)
        return self._index(shown), self.amount

    def receipt(self, number: int, text: bytes, day: date, office: int) -> dict[str, Any]:
        """The totals opened down to one leaf, which is looked for in the page of `office` first."""
        if not self.asked.start <= day <= self.asked.end:
            raise Unprovable("not_in_sum")
        month = month_of(day)[0]
        is_whole = self._is_whole(month)
        series = self.series.by_months if is_whole else self.series
        shown = self._way(number, text, day, office, is_whole)
        opened = self._series(series, [month], lambda _at: shown, beside=False)
        return self._index({series: opened})

    def _is_whole(self, month: date) -> bool:
        """Whether a month is answered as one: it lies in the period, and the node is an office or above."""
        start, end = self.asked.start, self.asked.end
        first, last = month_of(month)
        return len(self.line) <= 2 and start <= first and last <= end

    # --- from the top --------------------------------------------------------------------------

    def _index(self, wanted: dict[Series, Any]) -> dict[str, Any]:
        """The index, with these series opened, or with what stands where they would stand."""
        index = index_knot(self.source.master, self.source.series())
        shown: dict[int, dict[str, Any]] = {}
        for series, opened in wanted.items():
            at = _find(index.parts, series.label)
            if at is not None:
                shown[at] = opened
                continue
            for n, one in _neighbours(index, series.label).items():
                shown.setdefault(n, one)
        return shown_knot(index, shown, is_open=False)

    def _series(
        self,
        series: Series,
        inside: list[date],
        shown: Callable[[date], Any],
        *,
        beside: bool = True,
    ) -> dict[str, Any]:
        """A series with these months shown; one on either side shows where the run ends."""
        months = self.source.months(series.id)
        if not months:
            return {}
        knot = series_knot(self.key, series.label, months)
        found = {n: shown(one.at) for n, one in enumerate(months) if one.at in inside}
        if beside:
            first = month_of(self.asked.start)[0]
            for n in _around(sorted(found), [one.at for one in months], first):
                found.setdefault(n, shown_shut(_shut(knot.parts[n]), is_open=False))
        return shown_knot(knot, found, is_open=False)

    def _days(self, month: date) -> dict[str, Any]:
        """A month, with every day that the period touches."""
        first, last = month_of(month)
        start, end = self.asked.start, self.asked.end
        days = self.source.days(self.series.id, first, last)
        knot = month_knot(self.key, first, last, days)
        inside = [n for n, one in enumerate(days) if start <= one.at <= end]
        pages = self.source.pages(self.series.id, [days[n].at for n in inside])
        found = {}
        for n in inside:
            day = days[n].at
            found[n] = self._down(day_knot(self.key, day.isoformat(), pages[day]), 0, day)
        for n in _around(inside, [one.at for one in days], start):
            found.setdefault(n, shown_shut(_shut(knot.parts[n]), is_open=False))
        return shown_knot(knot, found, is_open=False)

    def _offices(self, month: date) -> dict[str, Any]:
        """A month of the twin, opened down to the node."""
        pages = self.source.pages(self.series.by_months.id, [month])[month]
        return self._down(day_knot(self.key, month_label(*month_of(month)), pages), 0, month)

    def _down(self, knot: Knot, depth: int, day: date) -> dict[str, Any]:
        """Opened down to the node of the question, or to where it would stand."""
        wanted = str(self.line[depth])
        at = _find(knot.parts, wanted)
        if at is None:
            return shown_knot(knot, _neighbours(knot, wanted), is_open=False)
        part: Knot | Shut = _shut(knot.parts[at])
        if depth == len(self.line) - 1:
            return shown_knot(knot, {at: self._opened(part)}, is_open=False)
        if isinstance(part, Shut):
            cells = self.source.cells(self.series.id, day, self.line[depth])
            part = page_knot(self.key, self.line[depth], cells)
        return shown_knot(knot, {at: self._down(part, depth + 1, day)}, is_open=False)

    def _opened(self, part: Knot | Shut) -> dict[str, Any]:
        """A node of the answer, with its tally."""
        amount = part.core.tally
        if self.is_hiding and _is_small(amount):
            raise Unprovable("small_count")
        self.amount += amount
        return shown_shut(part, is_open=True)

    # --- receipts ------------------------------------------------------------------------------

    def _way(
        self, number: int, text: bytes, day: date, office: int, is_whole: bool
    ) -> dict[str, Any]:
        """From a month down to one entry, the sums beside the way opened beneath the question's node."""
        page, cells = self._page_with(number, day, office)
        line = next(cell.line for cell in cells if cell.number == number)
        if self.asked.line[-1] not in line:
            raise Unprovable("not_in_sum")
        chain = self._above(day, line[0], page, is_whole)
        chain.append(page_knot(self.key, page, cells))
        for label in [*(str(unit) for unit in line[2:]), *(["0"] if len(line) > 1 else [])]:
            chain.append(_knot(chain[-1], label))
        return self._shown_chain(chain, number, text)

    def _above(self, day: date, root: int, page: int, is_whole: bool) -> list[Knot]:
        """The knots above a page, from its month down."""
        first, last = month_of(day)
        if not is_whole:
            days = self.source.days(self.series.id, first, last)
            pages = self.source.pages(self.series.id, [day])[day]
            of_day = day_knot(self.key, day.isoformat(), pages)
            return [month_knot(self.key, first, last, days), of_day, _knot(of_day, str(root))]
        offices = self.source.pages(self.series.by_months.id, [first])[first]
        month = day_knot(self.key, month_label(first, last), offices)
        every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        by_day = self.source.pages(self.series.id, every)
        own = [
            one._replace(at=its_day)
            for its_day, found in sorted(by_day.items())
            for one in found
            if one.at == page
        ]
        office = office_knot(self.key, page, own)
        return [month, _knot(month, str(root)), office, _knot(office, day.isoformat())]

    def _shown_chain(self, chain: list[Knot], number: int, text: bytes) -> dict[str, Any]:
        open_from = next(n for n, one in enumerate(chain) if one.label == str(self.asked.line[-1]))
        own = chain[-1].parts
        position = next(
            n for n, one in enumerate(own) if isinstance(one, Leaf) and one.index == number
        )
        leaf = own[position]
        assert isinstance(leaf, Leaf)
        shown = shown_leaf(leaf, text)
        for depth in range(len(chain) - 1, -1, -1):
            is_open = depth >= open_from and not self.asked.counts_people
            shown = shown_knot(chain[depth], {position: shown}, is_open=is_open)
            if depth:
                position = _find(chain[depth - 1].parts, chain[depth].label) or 0
        return shown

    def _page_with(self, number: int, day: date, office: int) -> tuple[int, list[Cell]]:
        """The page that holds a leaf: the likely one, or wherever it stood at the head."""
        pages = self.source.pages(self.series.id, [day]).get(day, [])
        for page in sorted((one.at for one in pages), key=lambda one: one != office):
            cells = self.source.cells(self.series.id, day, page)
            if any(cell.number == number for cell in cells):
                return page, cells
        raise Unprovable("not_in_sum")


def _shut(part: Part) -> Knot | Shut:
    """A labelled part."""
    assert not isinstance(part, Leaf)
    return part


def _knot(knot: Knot, label: str) -> Knot:
    """The part of this label, with its own parts."""
    found = next(part for part in knot.parts if _label(part) == label)
    assert isinstance(found, Knot)
    return found


def _is_small(amount: int) -> bool:
    """Fewer than ten people, but not none."""
    fields = fields_of(amount)
    return 0 < fields[2] - fields[3] < SMALL * 1000


def _label(part: Part) -> str:
    return "" if isinstance(part, Leaf) else part.label


def _order(label: str) -> tuple[int, ...]:
    """Units and series stand in the order of their numbers."""
    return tuple(int(part) for part in label.split("/"))


def _find(parts: Iterable[Part], label: str) -> int | None:
    return next((n for n, part in enumerate(parts) if _label(part) == label), None)


def _neighbours(knot: Knot, label: str) -> dict[int, dict[str, Any]]:
    """The two parts between which a label would stand."""
    after = sum(1 for part in knot.parts if _order(_label(part)) < _order(label))
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
