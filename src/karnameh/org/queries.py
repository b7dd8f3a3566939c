"""Reads of the trees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from django.db import connection
from django.db.models import Q

from karnameh.kernel.text import search_terms
from karnameh.org.models import Node, OrgUnit, Place
from karnameh.org.rules import bounds
from karnameh.plumbing.sql import array

AnyNode = TypeVar("AnyNode", bound=Node)


def under(path: str, column: str = "path") -> Q:
    """The one predicate for "this node and all beneath it", on any path column of a query."""
    low, high = bounds(path)
    return Q(**{f"{column}__gte": low, f"{column}__lt": high})


def under_any(paths: Iterable[str], column: str = "path") -> Q:
    """`under` for several nodes; no path at all matches nothing."""
    found = Q(pk__in=[])
    for path in paths:
        found |= under(path, column)
    return found


def under_sql(path: str, column: str) -> tuple[str, list[str]]:
    """`under` for hand-written SQL: a condition and its parameters. `column` comes from code only."""
    return f"({column} >= %s AND {column} < %s)", list(bounds(path))


def paths_of(units: Iterable[int]) -> dict[int, str]:
    """The path of each unit that exists; made for tens of thousands of ids at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, path FROM org_orgunit WHERE id = ANY(%s::int[])", [array(units)])
        return dict(cursor.fetchall())


def ancestors(node: AnyNode) -> list[AnyNode]:
    """From the root down to the parent."""
    found = {one.pk: one for one in type(node)._default_manager.filter(pk__in=node.line[:-1])}
    return [found[pk] for pk in node.line[:-1] if pk in found]


def children(node: AnyNode, *, on: date | None = None) -> Sequence[AnyNode]:
    """Open children in alphabetical order; with `on`, those that were open that day."""
    rows = type(node)._default_manager.filter(parent=node)
    if on is None:
        rows = rows.filter(closed_on=None)
    else:
        rows = rows.filter(Q(closed_on=None) | Q(closed_on__gte=on), opened_on__lte=on)
    if isinstance(node, OrgUnit):
        rows = rows.select_related("place")
    return list(rows.order_by("sort_key", "pk"))


def matching(text: str, column: str = "search") -> Q:
    """Rows whose search column holds every term of `text`, tolerant of Persian spelling."""
    found = Q()
    for term in search_terms(text)[:8]:
        found &= Q(**{f"{column}__contains": term})
    return found


def find_units(text: str, *, paths: Iterable[str], limit: int = 20) -> list[OrgUnit]:
    """Units under `paths` that `text` names, higher ones first."""
    rows = OrgUnit.objects.filter(under_any(paths) & matching(text)).select_related("parent")
    return list(rows.order_by("closed_on", "line__len", "sort_key")[:limit])


def find_places(text: str, *, limit: int = 20) -> list[Place]:
    """Places that `text` names, larger ones first."""
    rows = Place.objects.filter(matching(text)).select_related("parent")
    return list(rows.order_by("line__len", "sort_key")[:limit])
