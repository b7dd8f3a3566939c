"""Reads of the desk. Everything that an administrator finds lies beneath what he administers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Replace
from django.utils.translation import gettext as _

from karnameh.access.public import Grant, Reach, Role, Stretch, units_where
from karnameh.catalog.public import Indicator, find_indicators
from karnameh.front.administration.fields import Choice
from karnameh.front.administration.trail import OPENING
from karnameh.kernel.digits import to_latin
from karnameh.kernel.text import ZWNJ, clean, compact_form
from karnameh.org.public import OrgUnit, Place, UnitKind, find_places, find_units, under_any
from karnameh.people.public import User
from karnameh.plumbing.clock import now
from karnameh.plumbing.models import Change, Deed
from karnameh.plumbing.paging import Page, cut
from karnameh.plumbing.public import OutOfReach, no_role

PAGE = 100
FOUND = 12
# Units that stand for a stretch of country; only their administrators touch the places within it.
TERRITORIAL = (UnitKind.NATIONAL, UnitKind.PROVINCE, UnitKind.COUNTY, UnitKind.DISTRICT)


def above(unit: OrgUnit) -> OrgUnit | None:
    """The unit above, None for a root."""
    return cast("OrgUnit | None", unit.parent)


def around(place: Place) -> Place | None:
    """The place that contains it, None for the country."""
    return cast("Place | None", place.parent)


def administered(user: Any) -> Reach:
    """What `user` administers for all themes: an administrator of one theme reorganises nothing."""
    held = units_where(user, Role.ADMINISTRATOR)
    return Reach(tuple(one for one in held.stretches if one.theme is None))


def require_desk(user: Any) -> Reach:
    """The desk is open to administrators; refused to others in the federation, not there for strangers."""
    reach = administered(user)
    if reach.stretches:
        return reach
    if units_where(user).stretches:
        raise no_role()
    raise OutOfReach


def tops(reach: Reach) -> list[OrgUnit]:
    """The highest units of a reach."""
    return list(
        OrgUnit.objects.filter(path__in=reach.paths).select_related("parent").order_by("sort_key")
    )


def federation() -> OrgUnit:
    """The root that stands for the whole federation; whoever administers it keeps the dictionary."""
    found = OrgUnit.objects.filter(parent=None, kind=UnitKind.NATIONAL).first()
    if found is None:
        raise OutOfReach
    return found


def children_page(unit: OrgUnit, cursor: str) -> Page[OrgUnit]:
    """Open units directly beneath `unit`, in alphabetical order."""
    rows = OrgUnit.objects.filter(parent=unit, closed_on=None).order_by("sort_key", "pk")
    last = (
        OrgUnit.objects.filter(pk=int(cursor), parent=unit).first() if cursor.isdecimal() else None
    )
    if last is not None:
        rows = rows.filter(
            Q(sort_key__gt=last.sort_key) | Q(sort_key=last.sort_key, pk__gt=last.pk)
        )
    return cut(list(rows[: PAGE + 1]), PAGE, lambda one: str(one.pk))


def closed_beneath(unit: OrgUnit) -> QuerySet[OrgUnit]:
    """Units that once stood directly beneath `unit`, the latest closed first."""
    return (
        OrgUnit.objects.filter(parent=unit, closed_on__isnull=False)
        .select_related("merged_into")
        .order_by("-closed_on", "pk")[:20]
    )


# --- finding by words ------------------------------------------------------------------------


def _unit_choice(unit: OrgUnit) -> Choice:
    above = f" · {unit.parent.name}" if unit.parent else ""
    closed = f" · {_('closed')}" if unit.closed_on else ""
    return Choice(unit, unit.name, f"{unit.code}{above}{closed}")


def units_to_choose(reach: Reach, *, without: OrgUnit | None = None) -> tuple[Any, Any]:
    """Searching and fetching among the open units of a reach."""

    def fits(unit: OrgUnit) -> bool:
        return unit.closed_on is None and (without is None or unit.pk != without.pk)

    def find(text: str) -> list[Choice]:
        # A few more than are shown: closed namesakes fall out.
        rows = find_units(text, paths=reach.paths, limit=3 * FOUND)
        return [_unit_choice(unit) for unit in rows if fits(unit)][:FOUND]

    def get(key: str) -> Choice | None:
        unit = (
            OrgUnit.objects.select_related("parent").filter(pk=key).first()
            if key.isdecimal()
            else None
        )
        return _unit_choice(unit) if unit and reach.covers(unit.path) and fits(unit) else None

    return find, get


def places_to_choose(paths: Iterable[str] | None = None) -> tuple[Any, Any]:
    """Searching and fetching among places; only within `paths` when they are given."""
    within = None if paths is None else Reach(tuple(Stretch(path) for path in paths))

    def choice(place: Place) -> Choice:
        above = f" · {place.parent.name}" if place.parent else ""
        return Choice(place, place.name, f"{place.get_level_display()}{above}")

    def fits(place: Place) -> bool:
        return place.closed_on is None and (within is None or within.covers(place.path))

    def find(text: str) -> list[Choice]:
        rows = find_places(text, limit=FOUND if within is None else 10 * FOUND)
        return [choice(place) for place in rows if fits(place)][:FOUND]

    def get(key: str) -> Choice | None:
        place = (
            Place.objects.select_related("parent").filter(pk=key).first()
            if key.isdecimal()
            else None
        )
        return choice(place) if place and fits(place) else None

    return find, get


def indicators_to_choose(without: Indicator) -> tuple[Any, Any]:
    """Searching and fetching among the indicators that are still counted."""

    def choice(indicator: Indicator) -> Choice:
        return Choice(indicator, indicator.name, f"{indicator.code} · {indicator.theme.name}")

    def fits(indicator: Indicator) -> bool:
        return indicator.retired_on is None and indicator.pk != without.pk

    def find(text: str) -> list[Choice]:
        return [choice(one) for one in find_indicators(text, limit=FOUND) if fits(one)]

    def get(key: str) -> Choice | None:
        found = (
            Indicator.objects.select_related("theme").filter(pk=key).first()
            if key.isdecimal()
            else None
        )
        return choice(found) if found and fits(found) else None

    return find, get


def _account_choice(user: User) -> Choice:
    return Choice(user, user.office, user.username)


def accounts_beneath(reach: Reach) -> QuerySet[User]:
    """Active accounts with a grant in force somewhere in the reach."""
    held = Grant.objects.filter(
        under_any(reach.paths, "unit__path"), Q(ends_at=None) | Q(ends_at__gt=now())
    ).values("user")
    return User.objects.filter(pk__in=held, is_active=True)


def accounts_to_choose(reach: Reach) -> tuple[Any, Any]:
    """Accounts by office or user name within the reach, or by exact user name anywhere.

    Never a list of all people: fewer than two letters find nothing.
    """

    def exact(name: str) -> QuerySet[User]:
        return User.objects.filter(username=to_latin(clean(name)).casefold(), is_active=True)

    def find(text: str) -> list[Choice]:
        terms = clean(text).replace(ZWNJ, " ").split()
        if len("".join(terms)) < 2:
            return []
        bare: Any = Replace(Replace(F("office"), Value(ZWNJ), Value("")), Value(" "), Value(""))
        by_office, by_name = Q(), Q()
        for term in terms[:6]:
            by_office &= Q(bare__icontains=term)
            by_name &= Q(username__contains=to_latin(term).casefold())
        near = (
            accounts_beneath(reach)
            .annotate(bare=bare)
            .filter(by_office | by_name)
            .order_by("office", "pk")
        )
        found = {user.pk: user for user in [*exact(text), *near[:FOUND]]}
        return [_account_choice(user) for user in found.values()][:FOUND]

    def get(key: str) -> Choice | None:
        user = User.objects.filter(pk=key, is_active=True).first() if key.isdecimal() else None
        return _account_choice(user) if user else None

    return find, get


# --- grants ----------------------------------------------------------------------------------


def grants_page(reach: Reach, *, words: str, role: str, cursor: str) -> Page[Grant]:
    """Grants in the reach by unit; `words` search the office, the user name and the unit."""
    rows = (
        Grant.objects.filter(
            under_any(reach.paths, "unit__path"), Q(ends_at=None) | Q(ends_at__gt=now())
        )
        .select_related("user", "unit", "theme", "granted_by", "confirmed_by")
        .order_by("unit__path", "pk")
    )
    if role in Role.values:
        rows = rows.filter(role=role)
    for term in clean(words).replace(ZWNJ, " ").split()[:6]:
        rows = rows.filter(
            Q(user__office__icontains=term)
            | Q(user__username__contains=to_latin(term).casefold())
            | Q(unit__search__contains=compact_form(term))
        )
    last = (
        Grant.objects.select_related("unit").filter(pk=int(cursor)).first()
        if cursor.isdecimal()
        else None
    )
    if last is not None:
        rows = rows.filter(
            Q(unit__path__gt=last.unit.path) | Q(unit__path=last.unit.path, pk__gt=last.pk)
        )
    return cut(list(rows[: PAGE + 1]), PAGE, lambda one: str(one.pk))


def waiting(reach: Reach) -> QuerySet[Grant]:
    """Grants above a county that wait for the second person, the oldest first."""
    return (
        Grant.objects.filter(
            under_any(reach.paths, "unit__path"), needs_second=True, confirmed_at=None, ends_at=None
        )
        .select_related("user", "unit", "theme", "granted_by")
        .order_by("granted_at", "pk")
    )


def unended(user: User) -> QuerySet[Grant]:
    """Every grant of an account that has not ended, wherever it is."""
    return (
        Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now()), user=user)
        .select_related("user", "unit", "unit__parent", "theme")
        .order_by("unit__path", "role")
    )


# --- places ----------------------------------------------------------------------------------


def administered_places(reach: Reach) -> list[str]:
    """The paths of the places that the territorial units of a reach stand for."""
    found = OrgUnit.objects.filter(path__in=reach.paths, kind__in=TERRITORIAL)
    return list(found.values_list("place__path", flat=True))


# --- the trail -------------------------------------------------------------------------------


def unit_trail(unit: OrgUnit, *, size: int = 20) -> QuerySet[Deed]:
    """What was done to a unit, the latest first: deeds that name it and deeds that changed its row."""
    changed = Change.objects.filter(table="org_orgunit", row=str(unit.pk)).values("deed")
    named = Q(target=f"unit:{unit.code}", verb__in=OPENING) | (
        Q(target=f"unit:{unit.pk}") & ~Q(verb__in=OPENING)
    )
    return Deed.objects.filter(named | Q(pk__in=changed)).order_by("-pk")[:size]


def own_deeds(user: User, *, size: int = 8) -> QuerySet[Deed]:
    """What this person did last."""
    return Deed.objects.filter(account=user.pk).order_by("-pk")[:size]


def sees_everything(reach: Reach) -> bool:
    """Whether a reach covers every root: then nothing of the trail is hidden from it."""
    roots = OrgUnit.objects.filter(parent=None).values_list("path", flat=True)
    return all(reach.covers(path) for path in roots)


def deeds_visible(reach: Reach) -> QuerySet[Deed]:
    """The deeds that an auditor of this reach may read.

    Deeds about the dictionary and places are everybody's. Those about a unit or an account are seen
    when it lies in the reach; those about entries when their doer works there.
    """
    deeds = Deed.objects.order_by("-pk")
    if sees_everything(reach):
        return deeds
    within = OrgUnit.objects.filter(under_any(reach.paths))
    users = User.objects.filter(
        pk__in=Grant.objects.filter(under_any(reach.paths, "unit__path")).values("user")
    )

    def targets(rows: QuerySet[Any], prefix: str, column: str) -> Any:
        return rows.annotate(
            target=Concat(Value(prefix), F(column), output_field=TextField())
        ).values("target")

    opening = Q(verb__in=OPENING)
    return deeds.filter(
        Q(target__startswith="indicator:")
        | Q(target__startswith="item:")
        | Q(target__startswith="place:")
        | opening & Q(target__in=targets(within, "unit:", "code"))
        | ~opening & Q(target__in=targets(within, "unit:", "pk"))
        | opening & Q(target__in=targets(users, "user:", "username"))
        | ~opening & Q(target__in=targets(users, "user:", "pk"))
        | (Q(target__startswith="entr") | Q(target__startswith="batch:"))
        & Q(account__in=users.values("pk"))
    )
