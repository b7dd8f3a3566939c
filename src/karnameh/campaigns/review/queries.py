"""Reads of the review desk. Each takes the reader; what he may not see is not there."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Left

from karnameh.access.public import Role, may, reach_unit, units_where, users_who
from karnameh.activities.public import (
    Activity,
    AudienceShare,
    Campaign,
    Expectation,
    Lineage,
    State,
    activities_for,
)
from karnameh.campaigns.models import Note, ProposalVersion
from karnameh.campaigns.queries.metering import Metered, meters_in_themes
from karnameh.campaigns.review.models import Decision, Opinion
from karnameh.campaigns.review.rubric import CRITERIA, Marks, Waiting, score_of
from karnameh.campaigns.twins import Proposed, Twin, Twins
from karnameh.ledger.public import Stage, entries_in_reach
from karnameh.org.public import OrgUnit, Theme, matching, under
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach, no_role

JUDGES = (Role.REVIEWER, Role.PLANNER)
# What stands in a queue: what was handed in, and what became of it.
SHOWN = (
    State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.DECLINED, State.MERGED, State.SPLIT,
    State.PACKAGED, State.SCHEDULED, State.POSTPONED,
)  # fmt: skip
_COMPLETE = Q(**{f"{one}__isnull": False for one in CRITERIA})  # an opinion with all its marks
DECIDED = tuple(one for one in SHOWN if one not in (State.SUBMITTED, State.RETURNED))


@dataclass(frozen=True)
class Desk:
    """One theme of one unit's area, in a campaign."""

    campaign: Campaign
    unit: OrgUnit
    theme: Theme

    def activities(self) -> QuerySet[Activity]:
        """Its proposals, in the order of the queue."""
        return Activity.objects.filter(
            under(self.unit.path, "lead_unit__path"), campaign=self.campaign, theme=self.theme, state__in=SHOWN
        ).order_by("pk")  # fmt: skip


def may_judge(user: User, unit: OrgUnit, theme: int) -> bool:
    """Whether `user` decides over proposals of `theme` from `unit`."""
    return any(may(user, role, unit, theme=theme) for role in JUDGES)


def is_judge(user: User) -> bool:
    """Whether the reader judges anywhere."""
    return bool(units_where(user, *JUDGES).stretches)


def reach_desk(user: User, campaign: Campaign | None, unit: int, theme: str) -> Desk:
    """The desk, if the reader judges there; 404 out of reach, a polite refusal without the role."""
    node = reach_unit(user, unit)
    found = Theme.objects.filter(code=theme).first()
    if found is None or campaign is None:
        raise OutOfReach
    if not may_judge(user, node, found.pk):
        raise no_role()
    return Desk(campaign, node, found)


@dataclass(frozen=True)
class DeskRow:
    """A desk in the list of desks, with how far it is."""

    unit: OrgUnit
    theme: Theme
    total: int
    pending: int
    mine: int  # pending, and not judged by the reader yet

    @property
    def done(self) -> int:
        """Proposals over which somebody has decided."""
        return self.total - self.pending


def desks_of(user: User, campaign: Campaign) -> list[DeskRow]:
    """The desks of the reader: each theme at each unit for which he was given the role."""
    stretches = sorted({(one.path, one.theme) for one in units_where(user, *JUDGES).stretches})
    themes = list(Theme.objects.order_by("position"))
    units = {
        one.path: one for one in OrgUnit.objects.filter(path__in={path for path, _ in stretches})
    }
    judged = Opinion.objects.filter(_COMPLETE, reviewer=user).values("activity")
    rows = []
    for path in sorted({path for path, _ in stretches}):
        allowed = {theme for where, theme in stretches if where == path}
        counts = {
            row["theme"]: row
            for row in Activity.objects.filter(
                under(path, "lead_unit__path"), campaign=campaign, state__in=SHOWN
            )
            .values("theme")
            .annotate(
                total=Count("pk"),
                pending=Count("pk", filter=Q(state=State.SUBMITTED)),
                mine=Count("pk", filter=Q(state=State.SUBMITTED) & ~Q(pk__in=judged)),
            )
        }
        for theme in themes:
            if None in allowed or theme.pk in allowed:
                row = counts.get(theme.pk, {"total": 0, "pending": 0, "mine": 0})
                rows.append(DeskRow(units[path], theme, row["total"], row["pending"], row["mine"]))
    return rows


# --- the queue -----------------------------------------------------------------------------------------


@dataclass
class Row:
    """A proposal in the queue."""

    activity: Activity
    mine: Marks = field(default_factory=Marks)
    judged: int = 0  # complete opinions
    score: int | None = None
    twins: int = 0
    round: int = 1

    @property
    def pending(self) -> bool:
        """Whether nobody has decided yet."""
        return self.activity.state == State.SUBMITTED


SHOWS = ("mine", "pending", "decided", "all")
ORDERS = ("received", "score", "twins", "day")


def queue(
    desk: Desk, reader: User, *, show: str = "pending", text: str = "", only: Iterable[int] | None = None
) -> list[Row]:  # fmt: skip
    """The rows of the desk, always for the same number of questions to the database.

    `text` leaves those whose name or unit has its words; `only` those with these ids, whatever they are.
    """
    rows = desk.activities().select_related("lead_unit", "place")
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    elif show in ("mine", "pending"):
        rows = rows.filter(state=State.SUBMITTED)
    elif show == "decided":
        rows = rows.filter(state__in=DECIDED)
    if text:
        rows = rows.filter(matching(text) | matching(text, "lead_unit__search"))
    found = {one.pk: Row(one) for one in rows.defer("description", "participation")}
    marks: dict[int, list[Marks]] = defaultdict(list)
    for opinion in Opinion.objects.filter(activity__in=found):
        given = marks_of(opinion)
        marks[opinion.activity_id].append(given)
        if opinion.reviewer_id == reader.pk:
            found[opinion.activity_id].mine = given
    for pk, round in rounds_of(found).items():
        found[pk].round = round
    for pk, several in marks.items():
        found[pk].judged = sum(one.complete for one in several)
        found[pk].score = score_of(several)
    if show == "mine":
        found = {pk: row for pk, row in found.items() if not row.mine.complete}
    return list(found.values())


def in_order(rows: Iterable[Row], order: str) -> list[Row]:
    """The rows as they came in, or the best, the likeliest twins or the earliest first."""
    keys: Mapping[str, Callable[[Row], Any]] = {
        "score": lambda row: -1 if row.score is None else -row.score - 2,
        "twins": lambda row: -row.twins,
        "day": lambda row: row.activity.starts_on,
    }
    return sorted(rows, key=keys[order]) if order in keys else list(rows)


def marks_of(opinion: Opinion | None) -> Marks:
    """The marks of an opinion; none when there is no opinion."""
    return Marks(**{one: getattr(opinion, one) for one in CRITERIA}) if opinion else Marks()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a proposal of the desk stands; `mine` when the reader has completed his marks.

    `written` changes whenever what it says does: its revision, its days, its place's line of places.
    """

    id: int
    state: str
    mine: bool
    written: tuple[Any, ...]


def standings(desk: Desk, reader: User) -> list[Standing]:
    """Every proposal of the desk in the order of the queue, without its words. One question."""
    judged = Opinion.objects.filter(_COMPLETE, activity=OuterRef("pk"), reviewer=reader)
    rows = desk.activities().annotate(mine=Exists(judged))
    return [
        Standing(pk, state, mine, (*written, tuple(line)))
        for pk, state, mine, *written, line in rows.values_list(
            "pk", "state", "mine", "revision", "starts_on", "ends_on", "lead_unit", "place__line"
        )
    ]


def waiting(rows: Iterable[Standing]) -> list[Waiting]:
    """Those of them that wait for a decision."""
    return [Waiting(one.id, True, one.mine) for one in rows if one.state == State.SUBMITTED]


def judges(desk: Desk) -> int:
    """How many accounts may review just this theme here or above: the “4” of “2 of 4”."""
    return max(1, users_who(Role.REVIEWER, desk.unit, theme=desk.theme.pk).order_by().count())


@dataclass(frozen=True)
class Tally:
    """How far a desk is."""

    total: int
    submitted: int
    returned: int
    accepted: int
    declined: int
    gone: int  # merged or split

    @property
    def done(self) -> int:
        """Proposals that wait for nobody at this desk."""
        return self.total - self.submitted


def tally(rows: Iterable[Standing]) -> Tally:
    """How far the desk is whose proposals stand so."""
    counted = Counter(one.state for one in rows)
    gone, total = counted[State.MERGED] + counted[State.SPLIT], counted.total()
    submitted, returned = counted[State.SUBMITTED], counted[State.RETURNED]
    declined = counted[State.DECLINED]
    return Tally(
        total, submitted, returned, total - submitted - returned - declined - gone, declined, gone
    )


def meters_at(desk: Desk) -> list[Metered]:
    """The rules that can be read in one theme of the desk's area, counted there alone."""
    return meters_in_themes(desk.campaign, desk.unit, [desk.theme.pk])


# --- one proposal --------------------------------------------------------------------------------------


def reach_bare(desk: Desk, pk: int) -> Activity:
    """A proposal of the desk with what decides over it: its unit and its theme. One question."""
    found = desk.activities().filter(pk=pk).select_related("lead_unit", "theme").first()
    if found is None:
        raise OutOfReach
    return found


def reach_proposal(desk: Desk, pk: int) -> Activity:
    """A proposal of the desk with all that its card shows but its lineage (`kin_of`)."""
    rewritten = ProposalVersion.objects.filter(activity=OuterRef("pk"), number__gt=1)
    found = (
        desk.activities()
        .filter(pk=pk)
        .select_related("lead_unit__parent", "place__parent")
        .annotate(rewritten=Exists(rewritten))
        .prefetch_related(
            "wishes",
            "needs",
            Prefetch("audiences", AudienceShare.objects.select_related("audience")),
            Prefetch("expectations", Expectation.objects.select_related("indicator__measure")),
            Prefetch("notes", Note.objects.select_related("by")),
            Prefetch("decisions", Decision.objects.select_related("by").order_by("-round")),
            Prefetch("opinions", Opinion.objects.select_related("reviewer")),
        )
        .first()
    )
    if found is None:
        raise OutOfReach
    found.theme, found.campaign = desk.theme, desk.campaign  # known already
    return found


def kin_of(activity: Activity) -> tuple[list[Activity], list[Activity]]:
    """What a proposal came out of, and what came out of it: names and units. One question."""
    rows = (
        Lineage.objects.filter(Q(child=activity) | Q(parent=activity))
        .select_related("parent__lead_unit", "child__lead_unit")
        .only(*(f"{end}__{name}" for end in ("parent", "child") for name in _NAMED))
        .order_by("pk")
    )
    before = [one.parent for one in rows if one.child_id == activity.pk]
    return before, [one.child for one in rows if one.parent_id == activity.pk]


_NAMED = ("name_fa", "name_en", "lead_unit__name_fa", "lead_unit__name_en")


def round_of(activity: int) -> int:
    """The round of review that a proposal is in: each decision ends one."""
    return rounds_of([activity])[activity]


def rounds_of(activities: Iterable[int]) -> dict[int, int]:
    """The rounds of many."""
    wanted = list(activities)
    rows = Decision.objects.filter(activity__in=wanted).order_by()
    ended = dict(rows.values_list("activity").annotate(Count("pk")))
    return {pk: ended.get(pk, 0) + 1 for pk in wanted}


_GONE = (State.MERGED, State.SPLIT, State.DECLINED)  # nobody's twin any more


def _proposed(ids: Iterable[int]) -> list[Proposed]:
    """These proposals as twins are looked for."""
    rows = Activity.objects.filter(pk__in=list(ids)).order_by("pk")
    found = rows.values_list(
        "pk", "name_fa", Left("description", 400), "theme", "lead_unit", "place__line", "starts_on", "ends_on", "kind",
    )  # fmt: skip
    return [
        Proposed(pk, name, text, theme, unit, tuple(line), starts, ends, kind)
        for pk, name, text, theme, unit, line, starts, ends, kind in found
    ]


@dataclass(frozen=True)
class TwinRow:
    """A twin with what is shown of it."""

    twin: Twin
    activity: Activity


def twins_of(stand: Sequence[Standing], activity: Activity) -> list[TwinRow]:
    """The likely twins of a proposal at its desk, nearest first."""
    live = {one.id for one in stand if one.state not in _GONE}
    if activity.pk not in live:
        return []
    index = _index(stand)
    found = index.of(index.known(activity.pk), among=live)
    activities = {
        one.pk: one
        for one in Activity.objects.filter(pk__in=[twin.id for twin in found]).select_related(
            "lead_unit", "place"
        )
    }
    return [TwinRow(twin, activities[twin.id]) for twin in found]


_indexes: OrderedDict[tuple[tuple[Any, ...], ...], Twins] = OrderedDict()
_MOST_INDEXES = 4


def _index(stand: Sequence[Standing]) -> Twins:
    """The index of the proposals of a desk, kept while none of them is written anew.

    A desk asks for it with every card. Decisions leave it as it is: whoever asks says who is left.
    """
    key = tuple((one.id, *one.written) for one in stand)
    found = _indexes.pop(key, None) or Twins(_proposed(one.id for one in stand))
    _indexes[key] = found
    while len(_indexes) > _MOST_INDEXES:
        _indexes.popitem(last=False)
    return found


def twin_counts(stand: Sequence[Standing]) -> dict[int, int]:
    """How many likely twins each proposal has."""
    live = {one.id for one in stand if one.state not in _GONE}
    counted: dict[int, int] = defaultdict(int)
    for a, b, _score in _index(stand).pairs(among=live):
        counted[a] += 1
        counted[b] += 1
    return dict(counted)


# --- lineage -------------------------------------------------------------------------------------------


def originals(activity: int) -> list[int]:
    """Every activity that `activity` came out of, however far back, nearest first."""
    found: dict[int, None] = {}
    layer = [activity]
    while layer:
        layer = [
            pk
            for pk in Lineage.objects.filter(child__in=layer)
            .order_by("pk")
            .values_list("parent", flat=True)
            if pk not in found and pk != activity
        ]
        found.update(dict.fromkeys(layer))
    return list(found)


def results(activity: int) -> list[int]:
    """What became of `activity`: the ends of its lines, itself when nothing came out of it."""
    found: dict[int, None] = {}
    layer, seen = [activity], {activity}
    while layer:
        following: dict[int, list[int]] = defaultdict(list)
        rows = Lineage.objects.filter(parent__in=layer).exclude(kind=Lineage.Kind.COPY)
        for parent, child in rows.order_by("pk").values_list("parent", "child"):
            following[parent].append(child)
        found.update(dict.fromkeys(pk for pk in layer if pk not in following))
        layer = [pk for children in following.values() for pk in children if pk not in seen]
        seen.update(layer)
    return list(found)


def ledger_of(reader: User, activities: Sequence[int]) -> list[dict[str, Any]]:
    """What the ledger says of these activities, indicator by indicator: promised, reported, verified."""
    rows = (
        entries_in_reach(units_where(reader))
        .filter(activity__in=activities, part_of=None, role=1, coverage=1)
        .order_by()
        .values("indicator", "stage")
        .annotate(total=Sum("quantity"))
    )
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(row["indicator"], {"indicator": row["indicator"]})
        one[Stage(row["stage"]).name.lower()] = row["total"]
    return list(found.values())


def activity_in_reach(reader: User, pk: int) -> Activity:
    """An activity that the reader may see, with its lineage; otherwise it does not exist (404)."""
    found = activities_for(units_where(reader)).filter(pk=pk).first()
    if found is None:
        raise OutOfReach
    themes = units_where(reader).themes_at(found.lead_unit.path)
    if themes is not None and found.theme_id not in themes:
        raise OutOfReach
    return found
