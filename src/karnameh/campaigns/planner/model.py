"""What the planner is given and what it hands back: plain values, no Django, no solver.

Ids are any text that is unique among its kind. Money is in one whole unit (rials on the site).
Everything is optional that a small campaign does not have; `None` means "no limit".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Decision = Literal["accept", "decline"]
Measure = Literal["activities", "attendance", "cost"]
Each = Literal["theme", "profession", "day", "county", "province", "unit", "kind", "tier"]
Status = Literal["optimal", "good", "stopped", "infeasible", "none"]

INSTANCE_FORMAT = "karnameh-plan-instance/1"
PLAN_FORMAT = "karnameh-plan/1"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the campaign and the themes it is meant for."""

    id: str
    name: str = ""
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of every day. A slot that `covers` others (a whole day) takes their time."""

    id: str
    name: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A day, or one slot of it; without a day, that slot of every day."""

    day: str | None = None
    slot: str | None = None


@dataclass(frozen=True, slots=True)
class Province:
    """A province and what its accepted proposals may cost together."""

    id: str
    name: str = ""
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class County:
    """A county, its budget, its fair share (accepted proposals) and where it lies (degrees)."""

    id: str
    province: str
    name: str = ""
    budget: int | None = None
    fair_share: int | None = None
    at: tuple[float, float] | None = None  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Unit:
    """Who proposes. `per_day` limits its occurrences a day, `in_all` its accepted proposals."""

    id: str
    county: str
    name: str = ""
    per_day: int | None = None
    in_all: int | None = None
    fair_share: int | None = None


@dataclass(frozen=True, slots=True)
class Venue:
    """`halls` equal halls of `seats` seats each, for as many occurrences at the same time."""

    id: str
    county: str
    name: str = ""
    seats: int | None = None
    halls: int = 1
    closed: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A team, speaker or official: in at most `at_once` places at the same time."""

    id: str
    kind: str = "team"
    name: str = ""
    county: str | None = None
    at_once: int = 1
    absent: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One occurrence of a proposal: when it may be, in one of which venues, by one of which teams.

    No `days`, `slots` or `windows`: any time. No `venues` or `teams`: needs none. `needs` are people
    who all have to be there.
    """

    days: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    venues: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    attendance: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """An activity that a unit proposes; accepted with all its parts or not at all."""

    id: str
    county: str
    unit: str | None = None
    name: str = ""
    theme: str | None = None
    kind: str | None = None
    tier: str | None = None
    profession: str | None = None
    score: float = 0.0  # of the review, 0 to 100
    audience: dict[str, float] = field(default_factory=dict)  # group: share of the audience, 0 to 1
    cost: int = 0
    wishes: tuple[str, ...] = ()  # days that the unit would like
    parts: tuple[Part, ...] = (Part(),)
    different_days: bool = False  # no two of its parts on one day


@dataclass(frozen=True, slots=True)
class Filter:
    """Which accepted proposals a rule looks at; empty fields let everything through.

    `audience` wants at least this share of each group. `days` makes a rule count occurrences on
    these days instead of proposals.
    """

    provinces: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    professions: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    audience: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule. `count`: the measure of what matches `where` lies between `least` and `most`.

    `share`: the measure of what matches both `among` and `where`, as a share (0 to 1) of what matches
    `among`, lies between `least` and `most`; with nothing accepted `among`, it holds.
    `each` makes one rule for every value of that property (exactly one flagship per profession).
    """

    id: str
    kind: Literal["count", "share"]
    name: str = ""
    where: Filter = field(default_factory=Filter)
    among: Filter = field(default_factory=Filter)
    each: Each | None = None
    measure: Measure = "activities"
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """What the planner maximises: points for one accepted proposal.

    `score` for a review score of 100 (and in proportion), `activity` for being accepted at all,
    `theme` when its day is meant for its theme and `wish` when its day was wished (for several parts:
    the share of parts), `fair_county` and `fair_unit` for each accepted proposal up to the fair share,
    `travel` is taken off for 100 km between the county and its venue and team.
    """

    score: float = 100.0
    activity: float = 0.0
    theme: float = 10.0
    wish: float = 10.0
    fair_county: float = 5.0
    fair_unit: float = 5.0
    travel: float = 5.0


@dataclass(frozen=True, slots=True)
class Placement:
    """One occurrence in the calendar: part number `part` (from 0) of a proposal."""

    proposal: str
    day: str
    slot: str
    venue: str | None = None
    team: str | None = None
    part: int = 0


@dataclass(frozen=True, slots=True)
class Pin:
    """A decision that the planner must not touch; what is None stays open."""

    proposal: str
    decision: Decision = "accept"
    part: int = 0
    day: str | None = None
    slot: str | None = None
    venue: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """A whole problem."""

    days: tuple[Day, ...]
    slots: tuple[Slot, ...]
    provinces: tuple[Province, ...] = ()
    counties: tuple[County, ...] = ()
    units: tuple[Unit, ...] = ()
    venues: tuple[Venue, ...] = ()
    people: tuple[Person, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    rules: tuple[Rule, ...] = ()
    pins: tuple[Pin, ...] = ()
    weights: Weights = field(default_factory=Weights)
    budget: int | None = None  # of the nation
    themes: tuple[str, ...] = ()  # when given: the only ones there are, and what `each` goes over
    professions: tuple[str, ...] = ()  # likewise
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code and its parameters; `words.say` words it in Persian and English."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declined:
    """A proposal that is not in the plan: the binding reason, and all that would have to change."""

    proposal: str
    reason: Reason
    changes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """What a new plan changes for a proposal: its placements before and after (empty: not in it)."""

    proposal: str
    before: tuple[Placement, ...]
    after: tuple[Placement, ...]


@dataclass(frozen=True, slots=True)
class Meter:
    """A rule of the plan: its value, its limits, and whether it holds. `of` is the `each` value."""

    rule: str
    of: str | None
    value: float
    least: float | None
    most: float | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the planner is; `gap` is None until there is a feasible plan."""

    phase: str
    seconds: float
    best: float | None
    bound: float | None
    gap: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer. `gap` = (bound - objective) / bound; no plan whatever is worth more than `bound`.

    Status: `optimal` (nothing better exists), `good` (stopped within the wanted gap or time),
    `stopped` (by the caller), `infeasible` (proven; `conflict` is a smallest set of requirements
    that cannot hold together), `none` (no feasible plan was found in the time).
    """

    status: Status
    placements: tuple[Placement, ...] = ()
    declined: tuple[Declined, ...] = ()
    objective: float = 0.0
    bound: float | None = None
    gap: float | None = None
    seconds: float = 0.0
    meters: tuple[Meter, ...] = ()
    conflict: tuple[Reason, ...] = ()
    moves: tuple[Move, ...] = ()
    instance: str = ""  # digest of the instance that it answers

    @property
    def accepted(self) -> frozenset[str]:
        """Ids of the proposals in the plan."""
        return frozenset(one.proposal for one in self.placements)


@dataclass(frozen=True, slots=True)
class Violation:
    """A hard rule that a plan breaks."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the independent checker says of a plan."""

    violations: tuple[Violation, ...]
    objective: float
    claimed: float | None
    accepted: int
    counts: dict[str, int] = field(default_factory=dict)  # checks made, by kind

    @property
    def is_good(self) -> bool:
        """No violation, and the plan claims what it is worth."""
        same = self.claimed is None or abs(self.claimed - self.objective) <= 1e-4 * max(
            1.0, abs(self.objective)
        )
        return not self.violations and same
