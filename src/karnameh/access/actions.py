"""Giving, confirming and ending grants."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from karnameh.access.models import Grant, Role
from karnameh.access.queries import require, units_where
from karnameh.access.rules import may_pass_on
from karnameh.org.public import OrgUnit, Theme
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal, deed

_COUNTY_DEPTH = 2  # above it a grant needs two persons; the database insists, too


def grant_role(
    *,
    user: User,
    role: Role,
    unit: OrgUnit,
    by: User | None,
    at: datetime,
    theme: Theme | None = None,
) -> Grant:
    """Give `role` at `unit`. `by` must administer it from above and hold the role himself there.

    `by=None` is the operator at the command line, for the first accounts of an installation.
    Above a county the grant waits for a second administrator.
    """
    if by is not None:
        if by == user:
            raise Refusal(_("Nobody can give a role to himself."), status=403)
        require(by, Role.ADMINISTRATOR, unit, theme=theme.pk if theme else None)
        for needed in {Role.ADMINISTRATOR, role}:
            _require_from_above(by, needed, unit, theme)
    if unit.closed_on is not None:
        raise Refusal(_("“%(name)s” is closed.") % {"name": unit.name})
    if Grant.objects.filter(user=user, unit=unit, role=role, theme=theme, ends_at=None).exists():
        raise Refusal(_("This account has this role here already."))
    with deed("grant_role", by=by, at=at, target=f"user:{user.pk}"):
        return Grant.objects.create(
            user=user, unit=unit, role=role, theme=theme, granted_by=by, granted_at=at,
            needs_second=by is not None and unit.depth < _COUNTY_DEPTH,
        )  # fmt: skip


def confirm_grant(grant: Grant, *, by: User, at: datetime) -> Grant:
    """The second person's word for a grant above a county."""
    require(by, Role.ADMINISTRATOR, grant.unit)
    if by.pk in (grant.granted_by_id, grant.user_id):
        raise Refusal(
            _("A second person must confirm this: not its giver and not its holder."), status=403
        )
    if grant.confirmed_at is not None or not grant.needs_second or grant.ends_at is not None:
        raise Refusal(_("There is nothing to confirm here."), status=409)
    with deed("confirm_grant", by=by, at=at, target=f"user:{grant.user_id}"):
        grant.confirmed_by, grant.confirmed_at = by, at
        grant.save(update_fields=["confirmed_by", "confirmed_at"])
    return grant


def end_grant(grant: Grant, *, by: User, at: datetime) -> Grant:
    """Take a role back. An administrator above may always, the holder himself too."""
    if by.pk != grant.user_id:
        require(by, Role.ADMINISTRATOR, grant.unit)
        _require_from_above(by, Role.ADMINISTRATOR, grant.unit, None)
    if grant.ends_at is not None:
        raise Refusal(_("This role has been taken back already."), status=409)
    with deed("end_grant", by=by, at=at, target=f"user:{grant.user_id}"):
        grant.ends_at = at
        grant.save(update_fields=["ends_at"])
    return grant


def _require_from_above(by: User, role: Role, unit: OrgUnit, theme: Theme | None) -> None:
    """`by` holds `role` strictly above `unit`, for all themes or for this one."""
    for held in units_where(by, role).stretches:
        fits = held.theme is None or (theme is not None and held.theme == theme.pk)
        # The root has nothing above it: its administrators appoint one another, two by two.
        above = may_pass_on(held=held.path, given=unit.path) or unit.parent_id is None
        if fits and above and (unit.parent_id is not None or held.path == unit.path):
            return
    raise Refusal(_("You can give only roles that you hold above this unit yourself."), status=403)
