"""The three questions of access, and nothing else asks: `may`, `units_where`, `users_who`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from karnameh.access.models import Grant, Role
from karnameh.access.rules import Reach, reach_of
from karnameh.org.public import OrgUnit, under
from karnameh.people.public import User
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import OutOfReach, no_role

READ: Sequence[Role] = tuple(Role)  # any grant lets its holder read what lies beneath it


def _in_force() -> QuerySet[Grant]:
    present = now()
    return Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=present),
        Q(needs_second=False) | Q(confirmed_at__lte=present),
        user__is_active=True,
    )


def _grants_of(user: Any) -> list[Grant]:
    """The user's grants in force, read once a request: the user object lives that long."""
    if not isinstance(user, User) or not user.is_active:
        return []
    kept: list[Grant] | None = getattr(user, "_grants_in_force", None)
    if kept is None:
        kept = list(_in_force().filter(user=user).select_related("unit"))
        user._grants_in_force = kept  # type: ignore[attr-defined]
    return kept


def units_where(user: Any, *roles: Role) -> Reach:
    """Everything beneath the units where `user` holds one of `roles` (any role when none is named)."""
    wanted = roles or READ
    return reach_of((one.unit.path, one.theme_id) for one in _grants_of(user) if one.role in wanted)


def may(user: Any, role: Role, unit: OrgUnit, *, theme: int | None = None) -> bool:
    """Whether `user` holds `role` at `unit` or above it, for `theme` when one is named."""
    reach = units_where(user, role)
    if not reach.covers(unit.path):
        return False
    themes = reach.themes_at(unit.path)
    return themes is None or (theme is not None and theme in themes)


def users_who(role: Role, unit: OrgUnit, *, theme: int | None = None) -> QuerySet[User]:
    """Everybody who holds `role` at `unit` or above it, for `theme` or for all when one is named."""
    held = _in_force().filter(role=role, unit__in=unit.line)
    if theme is not None:
        held = held.filter(Q(theme=None) | Q(theme=theme))
    return User.objects.filter(pk__in=held.values("user")).order_by("office")


def reach_unit(user: Any, pk: int | str) -> OrgUnit:
    """The unit, if any grant of `user` reaches it; otherwise it does not exist for him (404)."""
    unit = OrgUnit.objects.select_related("parent", "place", "profession").filter(pk=pk).first()
    if unit is None or not units_where(user).covers(unit.path):
        raise OutOfReach
    return unit


def require(user: Any, role: Role, unit: OrgUnit, *, theme: int | None = None) -> None:
    """Refuse politely inside reach, with 404 outside."""
    if may(user, role, unit, theme=theme):
        return
    if not units_where(user).covers(unit.path):
        raise OutOfReach
    raise no_role()


def holds(user: Any, role: Role) -> bool:
    """Whether `user` holds `role` anywhere: for showing a door, never for opening it."""
    return bool(units_where(user, role).stretches)


def grants_under(path: str) -> QuerySet[Grant]:
    """All grants at or beneath `path`, for the administrator's page."""
    return (
        Grant.objects.filter(under(path, "unit__path"), Q(ends_at=None) | Q(ends_at__gt=now()))
        .select_related("user", "unit", "theme", "granted_by", "confirmed_by")
        .order_by("unit__path", "role", "user__office")
    )
