"""Requirements that cannot hold together by counting alone, over any number of provinces.

One linear program over all proposals at once, with calendar and teams left out: what the rules, budgets
and pins ask for, and how many occurrences the halls of a county or province can take at most. Where a
rule looks at days, each proposal counts as it suits the rule best. All of that only makes keeping the
requirements easier: what has no answer here has none at all. The prices of the proof name the suspects,
a deletion filter (J. Chinneck, E. Dravnieks, 1991) leaves those that none can be spared of.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from karnameh.campaigns.planner.formulation import Floats, Ints
from karnameh.campaigns.planner.highs import INFINITY, GrowingProgram
from karnameh.campaigns.planner.model import Part, Proposal, Reason
from karnameh.campaigns.planner.relaxation import sparse_columns
from karnameh.campaigns.planner.requirements import Requirement
from karnameh.campaigns.planner.valuing import Valuer, size_of

MISSING = 1e-5  # of a row's largest entry: more than the tolerance of the solver


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked for: a requirement of a rule, all pins of a proposal, or a limit."""

    kind: str  # rule, pin, budget, units
    key: str
    of: str | None = None


def reason_of(one: Asked, requirements: dict[str, Requirement]) -> Reason:
    """What is asked for, in the words of a reason."""
    if one.kind == "rule":
        rule = requirements[one.key].rule
        params: dict[str, object] = {"rule": rule.id, "of": one.of}
        return Reason("rule", {**params, "least": rule.least, "most": rule.most})
    if one.kind == "pin":
        return Reason("pin", {"proposal": one.key})
    if one.kind == "budget":
        return Reason("budget_limit", {"level": one.key, "id": one.of})
    return Reason("units_limit")


def filtered(
    asked: Sequence[Asked], has_plan: Callable[[Sequence[Asked]], bool | None]
) -> list[Asked]:
    """Leave out, in halves and then one by one, whatever the contradiction does not need."""
    kept = list(asked)
    step = max(1, len(kept) // 2)
    while step:
        at = 0
        while at < len(kept):
            without = kept[:at] + kept[at + step :]
            if has_plan(without) is False:
                kept = without
            else:
                at += step
        step //= 2
    return kept


def conflict_by_counting(valuer: Valuer, *, seconds: float, seed: int = 1) -> tuple[Reason, ...]:
    """A smallest set that counting alone refutes; empty when counting refutes nothing."""
    pair = _opposites(valuer.requirements)
    if pair:
        requirements = {one.key: one for one in pair}
        return tuple(reason_of(Asked("rule", one.key, one.of), requirements) for one in pair)
    count = _Count(valuer, time.monotonic() + seconds, seed)
    suspects = count.suspects()
    if not suspects:
        return ()
    for one in suspects:
        if count.has_plan([one]) is False:
            return (reason_of(one, count.requirements),)
    found = filtered(suspects, count.has_plan)
    return tuple(reason_of(one, count.requirements) for one in found)


def _opposites(requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """Two that count the very same and leave no value between them, or one that does by itself."""
    tightest: dict[str, tuple[Requirement, Requirement]] = {}
    for one in requirements:
        same = f"{one.rule.kind} {one.rule.measure} {one.where} {one.among}"
        lower, upper = tightest.get(same, (one, one))
        if (one.rule.least or 0.0) > (lower.rule.least or 0.0):
            lower = one
        if _most(one) < _most(upper):
            upper = one
        tightest[same] = lower, upper
        if one.rule.kind == "count" and (lower.rule.least or 0.0) > _most(upper):
            return (lower,) if lower is upper else (lower, upper)
    return ()


def _most(one: Requirement) -> float:
    return float("inf") if one.rule.most is None else one.rule.most


class _Count:
    """The linear program; a row that is not asked for is free."""

    def __init__(self, valuer: Valuer, deadline: float, seed: int) -> None:
        self.valuer, self.instance, self.deadline = valuer, valuer.instance, deadline
        self.requirements = {one.key: one for one in valuer.requirements}
        self.program = GrowingProgram(seed=seed)
        self.rows: dict[tuple[str, ...], int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.asked: list[Asked | None] = []  # by row; None for halls, which nobody can leave out
        self.columns: dict[str, int] = {}  # of proposals with a pin
        self._atoms: dict[object, int] = {}
        self._build()

    def suspects(self) -> list[Asked]:
        """Those with a price in the proof that nothing keeps all of them; empty without a proof."""
        if not self._solved() or self._missing() <= MISSING:
            return []
        priced = np.flatnonzero(np.abs(self.program.prices()) > 1e-9).tolist()
        found = [self.asked[row] for row in priced]
        costs = self.program.reduced_costs()
        found += [Asked("pin", name) for name, at in self.columns.items() if abs(costs[at]) > 1e-9]
        return list(dict.fromkeys(one for one in found if one is not None))

    def has_plan(self, asked: Sequence[Asked]) -> bool | None:
        """Whether counting leaves a way to keep these; None when the time was too short."""
        wanted = set(asked)
        free = np.array([one is not None and one not in wanted for one in self.asked])
        low = np.where(free, -INFINITY, self.low)
        high = np.where(free, INFINITY, self.high)
        self.program.set_row_bounds(np.arange(len(free), dtype=np.int32), low, high)
        for name, at in self.columns.items():
            is_kept = Asked("pin", name) in wanted
            self.program.set_column_bounds(at, *(self.pinned[name] if is_kept else (0.0, 1.0)))
        return self._missing() <= MISSING if self._solved() else None

    def _solved(self) -> bool:
        left = self.deadline - time.monotonic()
        return left > 0 and self.program.solve(left)

    def _missing(self) -> float:
        return float(self.program.values()[-self.slacks :].sum()) if self.slacks else 0.0

    def _build(self) -> None:
        pins = self.instance.pins
        self.pinned = {
            one.proposal: (1.0, 1.0) if one.decision == "accept" else (0.0, 0.0) for one in pins
        }
        self._announce()
        owners: list[int] = []
        rows: list[int] = []
        values: list[float] = []
        bounds: list[tuple[float, float]] = []
        for at, proposal in enumerate(self.instance.proposals):
            if proposal.id in self.pinned:
                self.columns[proposal.id] = at
            bounds.append(self.pinned.get(proposal.id, (0.0, 1.0)))
            for row, value in self._entries(proposal):
                owners.append(at)
                rows.append(row)
                values.append(value)
        self._add_columns(
            np.array(owners, np.int64),
            np.array(rows, np.int64),
            np.array(values, np.float64),
            np.array(bounds, np.float64),
        )

    def _add_columns(self, owners: Ints, rows: Ints, values: Floats, bounds: Floats) -> None:
        """The proposals, then what is missing of each row that may be left out."""
        count, bounds = len(bounds), bounds.reshape(-1, 2)
        largest = np.zeros(len(self.low))
        np.maximum.at(largest, rows, np.abs(values))
        largest[largest == 0.0] = 1.0
        values = values / largest[rows]
        self.low = (np.array(self.low) / largest).tolist()
        self.high = (np.array(self.high) / largest).tolist()
        elastic = [at for at, one in enumerate(self.asked) if one is not None]
        signs = [1.0 if np.isfinite(self.low[at]) else -1.0 for at in elastic]
        self.slacks = len(elastic)
        columns = sparse_columns(
            np.concatenate([np.zeros(count), np.ones(self.slacks)]),
            np.concatenate([owners, count + np.arange(self.slacks)]),
            np.concatenate([rows, np.array(elastic, np.int64)]),
            np.concatenate([values, signs]),
            high=np.concatenate([bounds[:, 1], np.full(self.slacks, INFINITY)]),
        )
        columns.low[:count] = bounds[:, 0]
        ends = (np.array(one) for one in (self.low, self.high))
        self.program.add_rows(*(np.clip(one, -INFINITY, INFINITY) for one in ends))
        self.program.add_columns(columns)

    def _row(self, key: tuple[str, ...], low: float, high: float, asked: Asked | None) -> None:
        self.rows[key] = len(self.low)
        self.low.append(low)
        self.high.append(high)
        self.asked.append(asked)

    def _announce(self) -> None:
        """All rows: two of a rule, at most; budgets; the halls of counties and provinces."""
        instance, endless = self.instance, float("inf")
        for key, one in self.requirements.items():
            asked, is_share = Asked("rule", key, one.of), one.rule.kind == "share"
            if one.rule.least is not None:
                self._row(("least", key), 0.0 if is_share else one.rule.least, endless, asked)
            if one.rule.most is not None:
                self._row(("most", key), -endless, 0.0 if is_share else one.rule.most, asked)
        budgets = [("county", each.id, each.budget) for each in instance.counties]
        budgets += [("province", each.id, each.budget) for each in instance.provinces]
        for level, name, budget in (*budgets, ("nation", "", instance.budget)):
            if budget is not None:
                asked = Asked("budget", level, name)
                self._row(("budget", level, name), -endless, float(budget), asked)
        room: dict[tuple[str, str], float] = {}
        simple = sum(1 for one in instance.slots if not one.covers) * len(instance.days)
        for venue in instance.venues:
            province = self.valuer.counties[venue.county].province
            for place in (("county", venue.county), ("province", province)):
                halls = venue.halls if venue.seats != 0 else 0
                room[place] = room.get(place, 0.0) + halls * simple
        for place, most in room.items():
            self._row(("halls", *place), -endless, most, None)

    def _entries(self, proposal: Proposal) -> Iterator[tuple[int, float]]:
        county = self.valuer.counties[proposal.county]
        for level, name in (("county", county.id), ("province", county.province), ("nation", "")):
            row = self.rows.get(("budget", level, name))
            if row is not None and proposal.cost:
                yield row, float(proposal.cost)
        for one, inside in self.valuer.looking_at(proposal):
            for side, pick in (("least", max), ("most", min)):
                row = self.rows.get((side, one.key))
                if row is not None:
                    value = self._counts(one, inside, proposal, side, pick)
                    if value:
                        yield row, value
        for part in proposal.parts:
            for place in self._places(part):
                row = self.rows.get(("halls", *place))
                if row is not None:
                    yield row, float(self._fewest_atoms(part))

    def _counts(
        self,
        one: Requirement,
        inside: bool,
        proposal: Proposal,
        side: str,
        pick: Callable[[Iterator[float]], float],
    ) -> float:
        """What a proposal adds to a row of a rule, on the days that suit the rule best."""
        given = one.rule.least if side == "least" else one.rule.most
        share = float(given or 0.0) if one.rule.kind == "share" else 0.0
        if not one.by_days:
            return size_of(one, proposal, None) * (inside - share)
        base = one.among.days if one.rule.kind == "share" else one.where.days

        def on(day: str, size: float) -> float:
            if base and day not in base:
                return 0.0
            return size * ((inside and (not one.where.days or day in one.where.days)) - share)

        total = 0.0
        for number, part in enumerate(proposal.parts):
            size, days = size_of(one, proposal, number), self._days(part)
            total += pick(on(day, size) for day in days) if days else 0.0
        return total

    def _days(self, part: Part) -> list[str]:
        named = {one.day for one in part.windows}
        return [
            one.id
            for one in self.instance.days
            if (not part.days or one.id in part.days)
            and (not part.windows or None in named or one.id in named)
        ]

    def _places(self, part: Part) -> Iterator[tuple[str, str]]:
        """The county and the province that all venues of a part lie in."""
        counties = {self.valuer.venues[one].county for one in part.venues}
        provinces = {self.valuer.counties[one].province for one in counties}
        for level, names in (("county", counties), ("province", provinces)):
            if len(names) == 1:
                yield level, next(iter(names))

    def _fewest_atoms(self, part: Part) -> int:
        key = part.slots, part.windows
        if key not in self._atoms:
            named = {one.slot for one in part.windows}
            allowed = [
                len(self.valuer.atoms[one.id])
                for one in self.instance.slots
                if (not part.slots or one.id in part.slots)
                and (not part.windows or None in named or one.id in named)
            ]
            self._atoms[key] = min(allowed, default=1)
        return self._atoms[key]
