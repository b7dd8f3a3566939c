"""Reads of figures: the desk's for press officers, the public ones for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from karnameh.access.public import Role, may, reach_of, units_where
from karnameh.insight.figures.models import OPEN, OUT, Figure, State
from karnameh.ledger.public import Question, Stage, Tally, roll_up
from karnameh.org.public import under_any
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach, no_role

PAGE = 30
_RELATED = (
    "unit", "place", "indicator__measure", "indicator__theme", "campaign", "author", "edited_by",
    "proposed_by", "approved_by", "published_by", "closed_by", "supersedes", "watch", "head",
    "work",
)  # fmt: skip


def desk_figures(user: User) -> QuerySet[Figure]:
    """Every figure of the units where `user` is a press officer."""
    paths = units_where(user, Role.PRESS).paths
    return Figure.objects.filter(under_any(paths, "unit__path")).select_related(*_RELATED)


def reach_figure(user: User, code: str) -> Figure:
    """A figure at the desk: 404 out of reach, a polite refusal without the role."""
    figure = Figure.objects.select_related(*_RELATED).filter(code=code).first()
    if figure is None or not units_where(user).covers(figure.unit.path):
        raise OutOfReach
    if not may(user, Role.PRESS, figure.unit, theme=figure.indicator.theme_id):
        raise no_role()
    return figure


@dataclass(frozen=True)
class Pile:
    """One pile of the desk."""

    key: str
    figures: Sequence[Figure]
    count: int


def piles(user: User) -> dict[str, Pile]:
    """What waits for `user`, what he waits for, what is out and has moved, and what is out."""
    every = desk_figures(user)
    others = ~Q(authors__contains=[user.pk]) & ~Q(proposed_by=user)
    moved = Q(state=State.PUBLISHED) & ~Q(watch__value=F("value"))
    wanted = {
        "second": every.filter(others, state=State.PROPOSED).order_by("proposed_at"),
        "publish": every.filter(state=State.APPROVED).order_by("approved_at"),
        "waiting": every.filter(~others, state=State.PROPOSED).order_by("proposed_at"),
        "drafts": every.filter(state=State.DRAFT).order_by("-edited_at"),
        "moved": every.filter(moved).order_by("-published_at"),
        "out": every.filter(state=State.PUBLISHED).order_by("-published_at"),
        "closed": every.filter(state__in=(State.SUPERSEDED, State.WITHDRAWN)).order_by(
            "-closed_at"
        ),
    }
    found = {}
    for key, rows in wanted.items():
        shown = list(rows[: PAGE + 1])
        count = len(shown) if len(shown) <= PAGE else rows.count()
        found[key] = Pile(key, shown[:PAGE], count)
    return found


def public_figure(code: str, *, at: datetime) -> Figure:
    """A figure that everybody may see; before its embargo ends it does not exist."""
    figure = Figure.objects.select_related(*_RELATED).filter(code=code, state__in=OUT).first()
    if figure is None or not figure.is_public(at):
        raise OutOfReach
    return figure


def public_figures(*, at: datetime) -> QuerySet[Figure]:
    """All that is public and stands, newest first."""
    return (
        Figure.objects.filter(
            Q(embargo_until=None) | Q(embargo_until__lte=at), state=State.PUBLISHED
        )
        .select_related(*_RELATED)
        .order_by("-published_at", "-pk")
    )


def successor_of(figure: Figure, *, at: datetime) -> Figure | None:
    """The public figure that took its place."""
    found = figure.successors.exclude(published_at=None).exclude(state=State.WITHDRAWN).first()
    return found if found is not None and found.is_public(at) else None


def chain_of(figure: Figure, *, at: datetime) -> list[Figure]:
    """All figures before it whose place was taken, the newest first, as far as they are public."""
    found: list[Figure] = []
    one = figure.supersedes
    while one is not None and len(found) < 20:
        if one.is_public(at):
            found.append(one)
        one = one.supersedes
    return found


def being_superseded(figure: Figure) -> Figure | None:
    """The draft that is being written in its place."""
    return figure.successors.filter(state__in=OPEN).first()


def tallies_of(figures: Iterable[Figure]) -> dict[str, dict[Stage, Tally]]:
    """The same for several figures, by code: one question for each node and period among them."""
    alike: dict[tuple[object, ...], list[Figure]] = {}
    for one in figures:
        alike.setdefault((one.unit_id, one.place_id, one.starts_on, one.ends_on), []).append(one)
    found: dict[str, dict[Stage, Tally]] = {}
    for group in alike.values():
        first = group[0]
        asked = tuple({one.indicator_id for one in group})
        reach = reach_of([(first.unit.path, None)])
        cells = roll_up(reach, Question(first.node, first.period, indicators=asked))
        for one in group:
            found[one.code] = {
                cell.stage: cell.tally
                for cell in cells
                if cell.indicator == one.indicator_id
                and int(cell.bucket) == one.bucket
                and cell.tally.entries
            }
    return found


def present_tallies(figure: Any) -> dict[Stage, Tally]:
    """What the ledger says now of the figure's question, at every stage."""
    reach = reach_of([(figure.unit.path, None)])
    question = Question(figure.node, figure.period, indicators=(figure.indicator.pk,))
    return {
        cell.stage: cell.tally
        for cell in roll_up(reach, question)
        if int(cell.bucket) == figure.bucket and cell.tally.entries
    }
