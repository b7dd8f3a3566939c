"""The door of access."""

from __future__ import annotations

from karnameh.access.actions import confirm_grant, end_grant, grant_role
from karnameh.access.models import Grant, Role
from karnameh.access.queries import (
    grants_under,
    holds,
    may,
    reach_unit,
    require,
    units_where,
    users_who,
)
from karnameh.access.rules import Reach, Stretch, reach_of

__all__ = [
    "Grant", "Reach", "Role", "Stretch", "confirm_grant", "end_grant", "grant_role", "grants_under",
    "holds", "may", "reach_of", "reach_unit", "require", "units_where", "users_who",
]  # fmt: skip
