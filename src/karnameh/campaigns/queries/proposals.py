"""Proposals in reach: lists, one with its story, and what one says as a plain value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from karnameh.access.public import Reach, Role, may, units_where
from karnameh.activities.public import (
    PENDING,
    STANDING,
    Activity,
    AudienceShare,
    Campaign,
    DayWish,
    Lineage,
    Occurrence,
    OccurrenceState,
    State,
    Venue,
    within,
)
from karnameh.campaigns.models import ProposalVersion
from karnameh.campaigns.rules.content import Content, Expected, Frame, Needed, Wish
from karnameh.kernel.text import compact_form
from karnameh.org.public import OrgUnit, matching, under
from karnameh.plumbing.paging import Page, cut
from karnameh.plumbing.public import OutOfReach

PROPOSE = (Role.REPORTER, Role.PLANNER, Role.PARTNER)
JUDGE = (Role.REVIEWER, Role.PLANNER)
PAGE = 40

# The states of a list's tabs, in the order of a proposal's life.
GROUPS: dict[str, tuple[str, ...]] = {
    "draft": (State.DRAFT,),
    "submitted": (State.SUBMITTED,),
    "returned": (State.RETURNED,),
    "standing": tuple(sorted(STANDING)),
    "declined": (State.DECLINED, State.MERGED, State.SPLIT),
    "aside": (State.POSTPONED, State.CANCELLED),
}


def proposals_in(reach: Reach) -> QuerySet[Activity]:
    """Activities of campaigns in reach; drafts are seen by those who may write them only."""
    return Activity.objects.filter(within(reach), campaign__isnull=False)


def visible_to(user: Any) -> QuerySet[Activity]:
    """What `user` sees: everything handed in in his reach, and the drafts of units he writes for."""
    mine = units_where(user, *PROPOSE)
    return proposals_in(units_where(user)).filter(~Q(state=State.DRAFT) | within(mine))


def reach_proposal(user: Any, pk: int) -> Activity:
    """The proposal, if it is in reach; otherwise it does not exist for him (404)."""
    found = (
        visible_to(user)
        .select_related("theme", "profession", "lead_unit", "place", "campaign", "venue")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise OutOfReach
    return found


def may_write(user: Any, unit: OrgUnit) -> bool:
    """Whether `user` may propose for `unit`."""
    return any(may(user, role, unit) for role in PROPOSE)


def may_judge(user: Any, activity: Activity) -> bool:
    """Whether `user` may decide over a proposal: a reviewer of its theme, or a planner."""
    return any(may(user, role, activity.lead_unit, theme=activity.theme_id) for role in JUDGE)


def own_units(user: Any, *, limit: int = 2) -> list[OrgUnit]:
    """The highest units for which `user` may propose, without those beneath another of them."""
    paths = units_where(user, *PROPOSE).paths
    rows = OrgUnit.objects.filter(path__in=paths, closed_on=None).order_by("path")
    return list(rows.select_related("place")[:limit])


@dataclass(frozen=True)
class Sought:
    """The filters of a list; empty ones do not filter."""

    campaign: Campaign
    unit: OrgUnit | None = None
    group: str = ""
    theme: int | None = None
    audience: str = ""
    tier: str = ""
    profession: str = ""
    on: date | None = None
    words: str = ""


def _sought(rows: QuerySet[Activity], sought: Sought) -> QuerySet[Activity]:
    rows = rows.filter(campaign=sought.campaign)
    if sought.unit is not None:
        rows = rows.filter(under(sought.unit.path, "lead_unit__path"))
    if sought.theme:
        rows = rows.filter(theme=sought.theme)
    if sought.audience:
        share = AudienceShare.objects.filter(
            Q(percent=None) | Q(percent__gte=50), activity=OuterRef("pk"), audience__code=sought.audience
        )  # fmt: skip
        rows = rows.filter(Exists(share))
    if sought.tier:
        rows = rows.filter(tier=sought.tier)
    if sought.profession:
        rows = rows.filter(profession__code=sought.profession)
    if sought.on:
        rows = rows.filter(on_day(sought.on))
    if sought.words:
        rows = rows.filter(matching(sought.words))
    return rows


def on_day(day: date) -> Q:
    """Activities that take place on `day`, or wish it first while they have no place in the calendar.

    The same reading of an activity's day as the meters have.
    """
    planned = Occurrence.objects.filter(activity=OuterRef("pk")).exclude(
        state=OccurrenceState.CANCELLED
    )
    wished = DayWish.objects.filter(activity=OuterRef("pk"), rank=1)
    return (
        Exists(planned.filter(on=day))
        | (~Exists(planned) & Exists(wished.filter(on=day)))
        | (~Exists(planned) & ~Exists(wished) & Q(starts_on=day))
    )


def page_of(user: Any, sought: Sought, *, after: str = "", size: int = PAGE) -> Page[Activity]:
    """One page of a list, the latest moved first. Two queries, however many rows."""
    rows = _sought(visible_to(user), sought).select_related(
        "theme", "lead_unit", "place", "profession"
    )
    if sought.group in GROUPS:
        rows = rows.filter(state__in=GROUPS[sought.group])
    if after.isascii() and after.isdecimal():
        rows = rows.filter(pk__lt=int(after))
    return cut(list(rows.order_by("-pk")[: size + 1]), size, lambda one: str(one.pk))


def counts_of(user: Any, sought: Sought) -> dict[str, int]:
    """How many there are in each group, with the other filters. One query."""
    rows = _sought(visible_to(user), sought).values_list("state").annotate(n=Count("pk"))
    by_state = dict(rows.order_by())
    found = {
        group: sum(by_state.get(state, 0) for state in states) for group, states in GROUPS.items()
    }
    return {"": sum(by_state.values()), **found}


def waiting_for(user: Any, campaign: Campaign, *, limit: int = 8) -> list[Activity]:
    """Returned proposals of the very units for which `user` writes: what waits for his answer."""
    paths = units_where(user, *PROPOSE).paths
    rows = Activity.objects.filter(
        campaign=campaign, state=State.RETURNED, lead_unit__path__in=paths
    )
    return list(rows.select_related("lead_unit").order_by("moved_at", "pk")[:limit])


@dataclass(frozen=True)
class Step:
    """One line of a proposal's story: what happened (`kind`), when, by whom, and what was said."""

    at: Any
    kind: str
    who: str
    title: str
    text: str = ""
    version: int | None = None


@dataclass(frozen=True)
class Story:
    """A proposal's past: its steps, oldest first; its versions; what it came from and became."""

    steps: list[Step]
    versions: list[ProposalVersion]
    parents: list[Lineage] = field(default_factory=list)
    children: list[Lineage] = field(default_factory=list)

    @property
    def question(self) -> Step | None:
        """The note that waits for an answer, if the last word was a reviewer's."""
        said = [one for one in self.steps if one.kind in ("returned", "answer")]
        return said[-1] if said and said[-1].kind == "returned" else None


def story_of(activity: Activity) -> Story:
    """All that happened to a proposal. Five queries."""
    versions = list(activity.versions.select_related("by"))
    steps = [Step(one.at, "version", _office(one.by), "", version=one.number) for one in versions]
    for note in activity.notes.select_related("by"):
        steps.append(Step(note.at, note.kind, _office(note.by), note.get_kind_display(), note.text))
    noted = {(one.at, one.text) for one in steps if one.kind == "returned"}
    for move in activity.moves.select_related("by"):
        if (move.at, move.note) not in noted:  # a return is told once, with its note
            steps.append(
                Step(move.at, "move", _office(move.by), move.get_to_state_display(), move.note)
            )
    order = {"returned": 0, "answer": 0, "remark": 0, "version": 1, "move": 2}
    return Story(
        sorted(steps, key=lambda one: (one.at, order[one.kind])),
        versions,
        list(activity.parents.select_related("parent__lead_unit")),
        list(activity.children.select_related("child__lead_unit")),
    )


def _office(user: Any) -> str:
    return user.office if user else ""


def content_of(activity: Activity) -> Content:
    """What a proposal says now, as a plain value. Six queries."""
    return Content(
        name_fa=activity.name_fa,
        name_en=activity.name_en,
        kind=activity.kind,
        theme=activity.theme.code,
        profession=activity.profession.code if activity.profession else "",
        tier=activity.tier,
        place=activity.place.code,
        places=tuple(activity.further_places.order_by("pk").values_list("place__code", flat=True)),
        venue=activity.venue.code if activity.venue else "",
        starts_on=activity.starts_on,
        ends_on=activity.ends_on,
        wishes=tuple(Wish(one.on, one.slot) for one in activity.wishes.all()),
        audiences=tuple(
            activity.audiences.order_by("audience__position").values_list(
                "audience__code", "percent"
            )
        ),
        expected_attendance=activity.expected_attendance,
        participation=activity.participation,
        description=activity.description,
        budget_rial=activity.budget_rial,
        needs=tuple(Needed(one.kind, one.number, one.label) for one in activity.needs.all()),
        expectations=tuple(
            Expected(one.indicator.code, one.quantity, one.qualifier, one.dimensions.key)
            for one in activity.expectations.select_related("indicator", "dimensions")
        ),
    )


def frame_of(activity: Activity, *, on: date) -> Frame:
    """What the proposal is held against when it is handed in on a day. One query."""
    assert activity.campaign is not None
    return frame_of_campaign(activity.campaign, activity.venue, on=on)


def frame_of_campaign(campaign: Campaign, venue: Venue | None, *, on: date) -> Frame:
    """What any proposal that wants this venue is held against on a day. One query where there is a venue."""
    slots = venue.open_slots.values_list("on", "slot") if venue else ()
    return Frame(
        campaign.starts_on, campaign.ends_on, frozenset(slots), venue.seats if venue else None, on
    )


def twin_of(activity: Activity) -> Activity | None:
    """A proposal of the same unit and campaign with the same name, that is not out of the plan."""
    rows = Activity.objects.filter(
        campaign=activity.campaign_id, lead_unit=activity.lead_unit_id, state__in=STANDING | PENDING
    ).exclude(pk=activity.pk)
    name = compact_form(activity.name_fa)
    return next((one for one in rows.order_by("pk") if compact_form(one.name_fa) == name), None)


class Names:
    """The names that proposals of some units have already, drafts too: two queries at most."""

    def __init__(self, campaign: Campaign, units: Iterable[int]) -> None:
        rows = Activity.objects.filter(
            campaign=campaign,
            lead_unit__in=list(units),
            state__in=STANDING | PENDING | {State.DRAFT},
        )
        self._taken = {
            (unit, compact_form(name)): code
            for unit, name, code in rows.values_list("lead_unit", "name_fa", "code")
        }

    def taken(self, unit: int, name: str) -> str:
        """The code of the proposal that is called so; empty when none is."""
        return self._taken.get((unit, compact_form(name)), "") if name else ""

    def take(self, unit: int, name: str, by: str) -> None:
        """From here on the name belongs to `by`."""
        self._taken.setdefault((unit, compact_form(name)), by)
