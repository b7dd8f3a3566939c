"""Reads of press packs."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from karnameh.access.public import Role, units_where
from karnameh.insight.figures.models import Figure, State
from karnameh.insight.figures.queries import desk_figures
from karnameh.insight.press.models import Pack, PackFile
from karnameh.org.public import under_any
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach


def packs_for(user: User) -> QuerySet[Pack]:
    """The packs of the units where `user` is a press officer."""
    return Pack.objects.filter(
        under_any(units_where(user, Role.PRESS).paths, "unit__path")
    ).select_related("unit", "issued_by")


def figures_to_choose(user: User, *, at: datetime) -> QuerySet[Figure]:
    """Published figures that stand and may be seen: the only way for a number into a pack."""
    return (
        desk_figures(user)
        .filter(state=State.PUBLISHED)
        .exclude(embargo_until__gt=at)
        .order_by("-published_at", "-pk")
    )


def public_packs(*, at: datetime) -> QuerySet[Pack]:
    """The packs that everybody may see, newest first: none of their figures is still held back."""
    held = Figure.objects.filter(packs__pack=OuterRef("pk")).exclude(
        Q(published_at__isnull=False) & (Q(embargo_until=None) | Q(embargo_until__lte=at))
    )
    return Pack.objects.exclude(Exists(held)).select_related("unit")


def public_pack(code: str, *, at: datetime) -> Pack:
    """A pack for everybody; it does not exist while one of its figures may not be seen."""
    pack = Pack.objects.select_related("unit").filter(code=code).first()
    if pack is None or any(
        not one.figure.is_public(at) for one in pack.figures.select_related("figure")
    ):
        raise OutOfReach
    return pack


def file_of(pack: Pack, language: str, kind: str) -> PackFile | None:
    """One of its files, when it is made."""
    return pack.files.filter(language=language, kind=kind).first()
