"""The ledger once more in plain Python: slow, obvious, and without a line of SQL.

It keeps every entry in a list and answers a roll-up by looking at all of them. Nothing here is taken
from the product but its vocabulary; where both agree on random histories, both are right or both
misread the law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

# quantity, rial, entries, at least, about, at most, unknown, open, over
Sums = tuple[Decimal, ...]
Answer = dict[tuple[Any, int, int, int], Sums]
NOTHING: Sums = (Decimal(0),) * 9
OWN, TOOK_PART, PART = 0, 1, 2


@dataclass(eq=False)
class Standing:
    """Where a node stood from a day on."""

    since: date
    line: tuple[int, ...]


@dataclass(eq=False)
class Node:
    """A unit or a place."""

    pk: int
    parent: Node | None
    standings: list[Standing] = field(default_factory=list)
    closed: bool = False
    into: Node | None = None

    @property
    def line(self) -> tuple[int, ...]:
        """As organised now; a merged unit stands beneath the one it went into."""
        above = self.into or self.parent
        return (*(above.line if above else ()), self.pk)

    def standing_on(self, day: date) -> Standing:
        """Where it stood that day; before its first standing the first one counts."""
        past = [one for one in self.standings if one.since <= day]
        return past[-1] if past else self.standings[0]


@dataclass(eq=False)
class Record:
    """An entry."""

    pk: UUID
    moment: int
    indicator: int
    rule: str
    stage: int
    unit: Node
    unit_then: Standing
    place: Node
    place_then: Standing
    day: date
    quantity: Decimal | None
    rial: int = 0
    qualifier: int = 1
    own: bool = True
    role: int = 1
    dimensions: int = 1
    part_of: Record | None = None
    fulfils: Record | None = None
    verifies: Record | None = None
    corrects: Record | None = None
    adjustment: bool = False
    taken_back: bool = False

    @property
    def bucket(self) -> int:
        return PART if self.part_of else TOOK_PART if self.role != 1 else OWN

    @property
    def sums(self) -> Sums:
        marks = [Decimal(int(self.qualifier == q)) for q in (2, 3, 4, 5)]
        return (
            self.quantity or Decimal(0),
            Decimal(self.rial),
            Decimal(1),
            *marks,
            Decimal(0),
            Decimal(0),
        )

    @property
    def series(self) -> tuple[Any, ...]:
        return (
            self.unit.pk,
            self.place.pk,
            self.indicator,
            self.stage,
            self.bucket,
            self.dimensions,
        )

    @property
    def order(self) -> tuple[Any, ...]:
        return (self.day, self.moment, self.pk)


def plus(one: Sums, other: Sums, sign: int = 1) -> Sums:
    return tuple(a + sign * b for a, b in zip(one, other, strict=True))


class Oracle:
    """All nodes, all entries, and one question."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[str, int], Node] = {}
        self.records: list[Record] = []
        self.moment = 0

    # --- the trees ---

    def plant(self, kind: str, pk: int, parent: Node | None, since: date) -> Node:
        node = Node(pk, parent)
        node.standings.append(Standing(since, node.line))
        self.nodes[kind, pk] = node
        return node

    def beneath(self, kind: str, node: Node) -> list[Node]:
        return [
            one for (a_kind, _), one in self.nodes.items() if a_kind == kind and node.pk in one.line
        ]

    def move(self, kind: str, node: Node, parent: Node, on: date) -> None:
        node.parent = parent
        for one in self.beneath(kind, node):
            if one.closed:
                continue
            last = one.standings[-1]
            if last.since == on:  # what was posted between two moves of one day keeps the first
                one.standings.pop()
            one.standings.append(Standing(on, one.line))

    # --- the entries ---

    def live(self) -> list[Record]:
        return [one for one in self.records if not one.taken_back]

    def standing_on(self, record: Record) -> list[Record]:
        """Live entries that lose their ground with `record`."""
        parts = [one for one in self.live() if one.part_of is record]
        ground = [record, *parts]
        return [*parts, *(one for one in self.live() if one.verifies in ground)]

    def take_back(self, record: Record) -> None:
        for one in [record, *self.standing_on(record)]:
            one.taken_back = True

    # --- the one question ---

    def roll_up(
        self, axis: str, node: int, start: date | None, end: date | None, *, by: str, then: bool,
        may_see: Callable[[Node], bool] = lambda _unit: True, month_of: Callable[[date], date],
    ) -> Answer:  # fmt: skip
        """What `roll_up` must answer for all indicators."""

        def place_in_tree(record: Record) -> tuple[int, ...]:
            if axis == "unit":
                return record.unit_then.line if then else record.unit.line
            return record.place_then.line if then else record.place.line

        def inside(record: Record) -> bool:
            line = place_in_tree(record)
            return node in line and (by != "child" or line[-1] != node)

        def key(record: Record, day: date) -> Any:
            if by == "child":
                line = place_in_tree(record)
                return line[line.index(node) + 1]
            return {
                "node": None,
                "day": day,
                "month": month_of(day),
                "dimension": record.dimensions,
            }[by]

        def within(day: date) -> bool:
            return (start is None or day >= start) and (end is None or day <= end)

        answer: Answer = {}

        def add(record: Record, day: date, bucket: int, sums: Sums, sign: int = 1) -> None:
            if inside(record):
                where = (key(record, day), record.indicator, record.stage, bucket)
                answer[where] = plus(answer.get(where, NOTHING), sums, sign)

        seen = [one for one in self.live() if one.own and may_see(one.unit)]
        for one in seen:
            if one.rule == "sum" and within(one.day):
                add(one, one.day, one.bucket, one.sums)
        self._add_lasts([one for one in seen if one.rule == "last"], end, by, add)
        for promise in seen:
            counts = (
                promise.stage == 1
                and promise.bucket == OWN
                and promise.quantity is not None
                and promise.rule != "max"
            )
            if counts and (
                within(promise.day) if promise.rule == "sum" else end is None or promise.day <= end
            ):
                rest = (promise.quantity or Decimal(0)) - self.fulfilled(promise)
                add(
                    promise,
                    promise.day,
                    OWN,
                    (*NOTHING[:7], max(rest, Decimal(0)), max(-rest, Decimal(0))),
                )
        self._add_peaks(
            [one for one in seen if one.rule == "max" and within(one.day)], inside, key, answer
        )
        return {where: sums for where, sums in answer.items() if any(sums)}

    @staticmethod
    def _add_lasts(
        records: list[Record], end: date | None, by: str, add: Callable[..., None]
    ) -> None:
        """A stock: by node its value on the last day; by day what changed on each day until then."""
        all_series: dict[tuple[Any, ...], list[Record]] = {}
        for one in sorted(records, key=lambda one: one.order):
            if end is None or one.day <= end:
                all_series.setdefault(one.series, []).append(one)
        for series in all_series.values():
            if by not in ("day", "month"):
                add(series[-1], series[-1].day, series[-1].bucket, series[-1].sums)
                continue
            before: Record | None = None
            for day in sorted({one.day for one in series}):
                value = [one for one in series if one.day == day][-1]
                add(value, day, value.bucket, value.sums)
                if before is not None:
                    add(before, day, before.bucket, before.sums, -1)
                before = value

    @staticmethod
    def _add_peaks(
        records: Iterable[Record],
        inside: Callable[[Record], bool],
        key: Callable[[Record, date], Any],
        answer: Answer,
    ) -> None:
        """Largest over time for each unit, then summed over units."""
        groups: dict[tuple[Any, ...], list[Record]] = {}
        for one in records:
            if inside(one):
                where = (key(one, one.day), one.indicator, one.stage, one.bucket)
                groups.setdefault((*where, one.unit.pk), []).append(one)
        for (*where, _unit), members in groups.items():
            known = [one.quantity for one in members if one.quantity is not None]
            sums = NOTHING
            for one in members:
                sums = plus(sums, one.sums)
            peak = (
                max(known, default=Decimal(0)),
                Decimal(max(one.rial for one in members)),
                *sums[2:],
            )
            place = (where[0], where[1], where[2], where[3])
            answer[place] = plus(answer.get(place, NOTHING), peak)

    def fulfilled(self, promise: Record) -> Decimal:
        """What was done for `promise`, by whomever, also under a promise that this one corrects."""
        chain = {id(promise)}
        older = promise.corrects
        while older is not None:
            chain.add(id(older))
            older = older.corrects
        done = [
            one for one in self.live()
            if one.fulfils is not None and id(one.fulfils) in chain and one.bucket == OWN and one.own
        ]  # fmt: skip
        if promise.rule == "last":
            latest: dict[tuple[Any, ...], Record] = {}
            for one in sorted(done, key=lambda one: one.order):
                latest[one.series] = one
            done = list(latest.values())
        return sum((one.quantity or Decimal(0) for one in done), Decimal(0))
