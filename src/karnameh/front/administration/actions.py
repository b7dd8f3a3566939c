"""What the desk does. `org` and `catalog` stand below `access` and do not ask it: here it is asked, first.

No view calls `org` or `catalog` past this file, so no view can forget the question.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from karnameh.access.public import Grant, Role, confirm_grant, end_grant, grant_role, may, require
from karnameh.catalog.public import (
    Indicator,
    Item,
    Meaning,
    Rate,
    Wording,
    Words,
    add_indicator,
    retire_indicator,
    reword_indicator,
    set_rate,
)
from karnameh.front.administration import queries
from karnameh.org.public import (
    NewUnit,
    OrgUnit,
    Place,
    Theme,
    close_unit,
    is_under,
    merge_units,
    move_place,
    move_unit,
    open_place,
    open_unit,
    rename_unit,
    split_unit,
)
from karnameh.people.public import User, create_user, disable_user
from karnameh.plumbing.public import OutOfReach, Refusal, no_role

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another


# --- units -----------------------------------------------------------------------------------


def open_beneath(parent: OrgUnit, new: NewUnit, *, on: date, by: User, at: datetime) -> OrgUnit:
    """A new unit under `parent`, which `by` administers."""
    require(by, Role.ADMINISTRATOR, parent)
    _fitting_day(on, at, since=parent.opened_on)
    return open_unit(new, parent=parent, on=on, by=by, at=at)


def rename(
    unit: OrgUnit, *, name_fa: str, name_en: str, on: date, by: User, at: datetime
) -> OrgUnit:
    """A new name for a unit that `by` administers."""
    require(by, Role.ADMINISTRATOR, unit)
    _standing(unit)
    _fitting_day(on, at, since=unit.opened_on)
    return rename_unit(unit, name_fa=name_fa, name_en=name_en, on=on, by=by, at=at)


def move(unit: OrgUnit, *, parent: OrgUnit, on: date, by: User, at: datetime) -> OrgUnit:
    """`by` administers both the unit above the old place and the one above the new."""
    require_above(by, unit)
    require(by, Role.ADMINISTRATOR, parent)
    _fitting_day(on, at, since=max(unit.opened_on, parent.opened_on))
    if unit.parent_id == parent.pk:
        raise Refusal(_("It stands there already."), field="parent")
    return move_unit(unit, parent=parent, on=on, by=by, at=at)


def merge(unit: OrgUnit, *, into: OrgUnit, on: date, by: User, at: datetime) -> OrgUnit:
    """`unit` is closed and its past counts under `into`; `by` administers both."""
    require_above(by, unit)
    require(by, Role.ADMINISTRATOR, into)
    _fitting_day(on, at, since=max(unit.opened_on, into.opened_on))
    return merge_units([unit], into=into, on=on, by=by, at=at)


def split(
    unit: OrgUnit, *, parts: Sequence[NewUnit], on: date, by: User, at: datetime
) -> list[OrgUnit]:
    """`unit` is closed and its parts stand beside it; decided at the unit above."""
    require_above(by, unit)
    _fitting_day(on, at, since=unit.opened_on)
    return split_unit(unit, parts=parts, on=on, by=by, at=at)


def close(unit: OrgUnit, *, on: date, by: User, at: datetime) -> OrgUnit:
    """The unit's last day; decided at the unit above."""
    require_above(by, unit)
    _fitting_day(on, at, since=unit.opened_on)
    return close_unit(unit, on=on, by=by, at=at)


def require_above(by: User, unit: OrgUnit) -> None:
    """What changes the tree around a unit is decided by who administers the unit above it."""
    require(by, Role.ADMINISTRATOR, unit)
    above = queries.above(unit)
    if above is not None and not may(by, Role.ADMINISTRATOR, above):
        raise Refusal(_("This is decided by the administrator of the unit above it."), status=403)


def _standing(unit: OrgUnit) -> None:
    if unit.closed_on is not None:
        raise Refusal(_("“%(name)s” is closed.") % {"name": unit.name}, status=409)


def _fitting_day(on: date, at: datetime, *, since: date | None = None) -> None:
    """Reorganisations show at once, so their day has come; and nothing happens before a unit is there."""
    if on > timezone.localdate(at):
        raise Refusal(_("This day has not come yet. Choose today or an earlier day."), field="on")
    if since is not None and on < since:
        raise Refusal(_("This day is before the unit was opened."), field="on")


# --- grants and accounts ---------------------------------------------------------------------


def give(
    *, user: User, role: Role, unit: OrgUnit, theme: Theme | None, by: User, at: datetime
) -> Grant:
    """`access` asks everything itself."""
    return grant_role(user=user, role=role, unit=unit, theme=theme, by=by, at=at)


def confirm(grant: Grant, *, by: User, at: datetime) -> Grant:
    """The second person's word."""
    return confirm_grant(grant, by=by, at=at)


def end(grant: Grant, *, by: User, at: datetime) -> Grant:
    """Take a role back; a role that somebody took back before stays as it was."""
    require(by, Role.ADMINISTRATOR, grant.unit)
    if grant.ends_at is not None:
        raise Refusal(_("This role has ended already."), status=409)
    return end_grant(grant, by=by, at=at)


def create_account(
    *,
    username: str,
    office: str,
    email: str,
    role: Role,
    unit: OrgUnit,
    theme: Theme | None,
    by: User,
    at: datetime,
) -> tuple[Grant, str]:
    """An account with its first role, both or neither; and its first password, shown once, kept nowhere."""
    require(by, Role.ADMINISTRATOR, unit)
    password = "-".join(
        "".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(4)
    )
    with transaction.atomic():
        user = create_user(
            username=username, office=office, password=password, email=email, by=by, at=at
        )
        return grant_role(user=user, role=role, unit=unit, theme=theme, by=by, at=at), password


def disable_account(user: User, *, by: User, at: datetime) -> None:
    """Close an account all of whose roles lie beneath what `by` administers."""
    require_over(by, user)
    if not user.is_active:
        raise Refusal(_("This account is closed already."), status=409)
    disable_user(user, by=by, at=at)


def require_over(by: User, user: User) -> None:
    """404 for an account with no role in reach; 403 for oneself, and for one with a role elsewhere too."""
    held = list(queries.unended(user))
    reach = queries.administered(by)
    whole = reach.covers(queries.federation().path)
    if not whole and not any(reach.covers(grant.unit.path) for grant in held):
        raise OutOfReach
    if user.pk == by.pk:
        raise Refusal(_("Nobody closes his own account: ask another administrator."), status=403)
    if not all(_from_above(grant.unit, reach.paths) for grant in held):
        raise Refusal(
            _(
                "This account also has a role that you do not administer from above. "
                "End the roles beneath you instead."
            ),
            status=403,
        )


def _from_above(unit: OrgUnit, paths: Sequence[str]) -> bool:
    """Strictly above, as for giving a role; the root's administrators stand beside one another."""
    return any(
        is_under(unit.path, path) and (unit.path != path or unit.parent_id is None)
        for path in paths
    )


# --- the dictionary --------------------------------------------------------------------------


def require_dictionary(by: User) -> None:
    """The dictionary is one for the whole federation: its administrators keep it."""
    queries.require_desk(by)
    if not may(by, Role.ADMINISTRATOR, queries.federation()):
        raise Refusal(
            _("The dictionary is kept by the administrators of the whole federation."), status=403
        )


def add(meaning: Meaning, words: Words, *, by: User, at: datetime) -> Indicator:
    """A new indicator."""
    require_dictionary(by)
    return add_indicator(meaning, words=words, by=by, at=at)


def reword(indicator: Indicator, words: Words, *, by: User, at: datetime) -> Wording:
    """A clearer wording of the same meaning."""
    require_dictionary(by)
    if indicator.retired_on is not None:
        raise Refusal(_("This indicator is retired; its wording stays as it is."), status=409)
    return reword_indicator(indicator, words=words, by=by, at=at)


def retire(
    indicator: Indicator, *, successor: Indicator | None, on: date, by: User, at: datetime
) -> None:
    """No new entries after `on`."""
    require_dictionary(by)
    if indicator.retired_on is not None:
        raise Refusal(_("This indicator is retired already."), status=409)
    retire_indicator(indicator, successor=successor, on=on, by=by, at=at)


def add_rate(
    item: Item,
    *,
    rial_per_unit: int,
    valid_from: date,
    source_fa: str,
    source_en: str,
    by: User,
    at: datetime,
) -> Rate:
    """A new dated price."""
    require_dictionary(by)
    return set_rate(
        item, rial_per_unit=rial_per_unit, valid_from=valid_from, source_fa=source_fa, source_en=source_en,
        by=by, at=at,
    )  # fmt: skip


# --- places ----------------------------------------------------------------------------------


def require_place(by: User, place: Place) -> None:
    """Places within a territory are kept by the administrators of its unit."""
    reach = queries.require_desk(by)
    if not any(is_under(place.path, path) for path in queries.administered_places(reach)):
        raise no_role()


def open_place_within(
    parent: Place,
    *,
    code: str,
    name_fa: str,
    name_en: str,
    level: str,
    on: date,
    by: User,
    at: datetime,
) -> Place:
    """A new place within one that `by` keeps."""
    require_place(by, parent)
    _fitting_day(on, at)
    if not name_fa or not code:
        raise Refusal(_("A place needs a name and a code."), field="name_fa")
    if Place.objects.filter(code=code).exists():
        raise Refusal(_("The code “%(code)s” is taken.") % {"code": code}, field="code")
    return open_place(
        code=code, name_fa=name_fa, name_en=name_en, level=level, parent=parent, on=on, by=by, at=at
    )


def move_place_to(place: Place, *, parent: Place, on: date, by: User, at: datetime) -> Place:
    """`by` keeps both the place that contains it now and the one that will."""
    around = queries.around(place)
    if around is None:
        raise Refusal(_("The whole country cannot be moved."), status=403)
    require_place(by, around)
    require_place(by, parent)
    _fitting_day(on, at, since=place.opened_on)
    if place.parent_id == parent.pk:
        raise Refusal(_("It lies there already."), field="parent")
    return move_place(place, parent=parent, on=on, by=by, at=at)
