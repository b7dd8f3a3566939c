"""One search: its clock, the best plan and the bound so far, and who wants to know."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from karnameh.campaigns.planner.formulation import INF
from karnameh.campaigns.planner.model import Placement, Plan, Progress, Reason, Status
from karnameh.campaigns.planner.valuing import Tally, Valued, Valuer

RESTS = 5.0  # times what counting the last plan took
GRACE = 1.0  # seconds that a running answer may take beyond the time
HELD = -1  # stands among the blocks for what is held


class Event(Protocol):
    """Such as threading.Event."""

    def is_set(self) -> bool: ...


@dataclass(slots=True)
class Run:
    """One search: its clock, the best plan and bound so far, and who wants to know."""

    valuer: Valuer
    seconds: float
    progress: Callable[[Progress], None] | None
    stop: Event | None
    better: Callable[[Plan], None] | None
    held: tuple[Placement, ...] = ()
    began: float = field(default_factory=time.monotonic)
    placements: tuple[Placement, ...] = ()
    valued: Valued | None = None
    bound: float = INF
    conflict: tuple[Reason, ...] = ()
    ready_at: float = 0.0  # when counting a plan again is worth its time; in seconds spent
    is_whole: bool = False  # the plan is one of all blocks, not just of what is held
    is_broken: bool = False  # a process ended by itself
    _tallies: dict[int, tuple[tuple[Placement, ...], Tally]] = field(default_factory=dict)

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds left; none when the caller wants it to stop."""
        return 0.0 if self.is_stopped else max(0.0, self.seconds - self.spent)

    @property
    def is_stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    @property
    def gap(self) -> float | None:
        """Relative to the bound."""
        if self.valued is None or self.bound == INF:
            return None
        over = self.bound - self.valued.objective
        return max(0.0, over / max(abs(self.bound), 1e-9)) if over > 1e-9 else 0.0

    def is_good(self, gap: float) -> bool:
        return self.gap is not None and self.gap <= gap

    def offer(self, plans: dict[int, tuple[Placement, ...]]) -> bool:
        """Take the plan of all blocks if it keeps every rule and is better; whether it was taken."""
        began, parts = self.spent, {HELD: self.held, **plans}
        for number, placements in parts.items():
            known = self._tallies.get(number)
            if known is None or known[0] is not placements:
                self._tallies[number] = placements, self.valuer.tally(placements)
        valued = self.valuer.valued(self._tallies[number][1] for number in parts)
        self.ready_at = self.spent + RESTS * (self.spent - began)
        if not valued.holds:
            return False
        if self.valued is not None and valued.objective <= self.valued.objective + 1e-9:
            return False
        self.placements = tuple(one for number in sorted(parts) for one in parts[number])
        self.valued, self.is_whole = valued, bool(plans)
        if self.better is not None:
            self.better(self.plan("good"))
        return True

    def is_enough(self) -> bool:
        """Whether somebody wants no more, and there is a plan to be kept."""
        return self.is_stopped and self.is_whole

    def is_over(self) -> bool:
        """Whether not even running answers are waited for any more."""
        return self.is_stopped or (self.is_whole and self.spent > self.seconds + GRACE)

    def prove(self, bound: float) -> None:
        """Nothing is worth more than this."""
        if not self.held:
            self.bound = min(self.bound, bound)

    def tell(self, phase: str) -> None:
        if self.progress is not None:
            best = None if self.valued is None else self.valued.objective
            bound = None if self.bound == INF else self.bound
            self.progress(Progress(phase, self.spent, best, bound, self.gap))

    def plan(self, status: Status) -> Plan:
        """What is known now, as a plan."""
        valued = self.valued
        bound = None if self.bound == INF else self.bound
        if valued is not None and bound is not None:
            bound = max(bound, valued.objective)
        return Plan(
            status=status,
            placements=tuple(sorted(self.placements, key=lambda one: (one.proposal, one.part))),
            objective=0.0 if valued is None else valued.objective,
            bound=bound,
            gap=self.gap,
            seconds=self.spent,
            meters=() if valued is None else valued.meters,
            conflict=self.conflict if valued is None else (),
        )
