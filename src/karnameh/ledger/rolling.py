"""Rolling up: sums beneath a node, from folded totals, the tail behind them, and the rows.

Where totals are kept, a sum is answered from them plus what is not folded yet; below that, from the
rows themselves. Both give the same answer to the last digit, in one statement and so at one moment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db import connection
from django.db.models import Q

from karnameh.access.public import Reach
from karnameh.catalog.public import Indicator
from karnameh.kernel.jalali import JalaliDate, month_end, month_start
from karnameh.kernel.period import Period
from karnameh.ledger.deltas import MEASURES, Change, deltas, month_of
from karnameh.ledger.levels import Levels, Standing, standing
from karnameh.ledger.rules import Axis, Bucket, Stage, Tally
from karnameh.org.public import OrgUnit, Place, bounds, under
from karnameh.plumbing.public import OutOfReach

By = Literal["node", "child", "day", "month", "dimension"]
FAR_PAST, FAR_FUTURE = date(1821, 3, 21), date(2122, 3, 20)


@dataclass(frozen=True)
class Question:
    """What is asked: a node of one tree, a period, and whether the tree of then or of now."""

    node: OrgUnit | Place
    period: Period
    then: bool = False
    indicators: tuple[int, ...] | None = None

    @property
    def axis(self) -> Axis:
        return Axis.UNIT if isinstance(self.node, OrgUnit) else Axis.PLACE


@dataclass(frozen=True)
class Cell:
    """One sum: for which key (a child's id, a day, a month, a dimension set), of what, and what it holds."""

    key: int | date | None
    indicator: int
    stage: Stage
    bucket: Bucket
    tally: Tally
    open: Decimal
    over: Decimal


@dataclass(frozen=True)
class Window:
    """Days of one grain: 0 single days, 1 whole months; both ends included."""

    grain: int
    start: date
    end: date


@dataclass
class Statement:
    """A statement under construction: SQL and its parameters."""

    parts: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """A placeholder for `value`."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"


def roll_up(reach: Reach, question: Question, *, by: By = "node") -> list[Cell]:
    """Sums of everything beneath the node that `reach` covers, grouped as asked.

    Raises `OutOfReach` for a unit beyond the reader's grants. On the place axis only the work of
    units within reach is counted. Indicators whose rule is never to be added give counts alone.
    """
    wanted = visible_indicators(reach, question)
    if not wanted:
        return []
    foldable = {
        pk: rule
        for pk, (rule, unit_rule) in wanted.items()
        if rule in ("sum", "last") and unit_rule == "sum"
    }
    cells = _additive(reach, question, by, foldable) if foldable else []
    others = {pk: rules for pk, rules in wanted.items() if pk not in foldable}
    if others:
        cells += extremes(reach, question, by, others)
    return cells


def visible_indicators(reach: Reach, question: Question) -> dict[int, tuple[str, str]]:
    rows = Indicator.objects.all()
    if question.indicators is not None:
        rows = rows.filter(pk__in=question.indicators)
    if question.axis is Axis.UNIT:
        if not reach.covers(question.node.path):
            raise OutOfReach
        themes = reach.themes_at(question.node.path)
        if themes is not None:
            rows = rows.filter(theme__in=themes)
    return {pk: (time, unit) for pk, time, unit in rows.values_list("pk", "time_rule", "unit_rule")}


def _additive(reach: Reach, question: Question, by: By, rules: dict[int, str]) -> list[Cell]:
    stands = stands_now()
    windows = None if _narrowed(reach, question) else _windows(question, by, stands.kept)
    if windows is None:
        statement = Statement()
        return _answer(statement, _from_rows(statement, reach, question, by, rules))
    nodes = set(_target_nodes(question, by))
    strayed = _strayed(question, nodes) if question.then and by == "child" else set()
    statement = Statement()
    settled = sorted(nodes - strayed)
    totals = _from_totals(statement, reach, question, by, rules, windows, settled, stands.folded_to)
    cells = _answer(statement, totals)
    if strayed:
        statement = Statement()
        rows = _from_rows(statement, reach, question, by, rules, only=sorted(strayed))
        cells += _answer(statement, rows)
        cells.sort(key=lambda cell: (cell.indicator, cell.stage, cell.bucket, cell.key))
    return cells


def _strayed(question: Question, children: set[int]) -> set[int]:
    """Children that stood elsewhere for some time: as it was then, the node had only a part of them.

    Totals know of each node all that it ever had, and so cannot answer for them.
    """
    placements: Any = question.node.placements.model._default_manager
    line_length, parent = len(question.node.line) + 1, question.node.pk
    rows = placements.filter(node__in=children).values_list("node_id", "line")
    return {node for node, line in rows if len(line) != line_length or line[-2] != parent}


def _answer(statement: Statement, rows: str) -> list[Cell]:
    summed = ", ".join(f"sum({name})" for name in MEASURES)
    sql = (
        f"{rows} SELECT key, indicator_id, stage, bucket, {summed} FROM found"
        " GROUP BY key, indicator_id, stage, bucket"
        f" HAVING {' OR '.join(f'sum({name}) <> 0' for name in MEASURES)}"
        " ORDER BY indicator_id, stage, bucket, key"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, statement.parameters)
        return [cell_of_row(row) for row in cursor.fetchall()]


def cell_of_row(row: Sequence[Any]) -> Cell:
    key, indicator, stage, bucket, quantity, rial, *counts, still_open, over = row
    tally = Tally(quantity, int(rial), *(int(count) for count in counts))
    return Cell(key, indicator, Stage(stage), Bucket(bucket), tally, still_open, over)


def _depth(question: Question, by: By) -> int:
    """How deep the nodes stand whose sums are wanted."""
    return question.node.depth + (1 if by == "child" else 0)


def _narrowed(reach: Reach, question: Question) -> bool:
    """On the place axis, totals know only whole province offices; a smaller reach asks the rows."""
    if question.then and _stood_deeper(question.node):
        return True
    if question.axis is Axis.UNIT:
        return False
    return any(
        stretch.theme is not None or stretch.path.count("/") > 3 for stretch in reach.stretches
    )


def _stood_deeper(node: OrgUnit | Place) -> bool:
    """Whether the node once stood at another depth, where its totals may not be kept."""
    return node.placements.exclude(line__len=len(node.line)).exists()


def _windows(question: Question, by: By, levels: Levels) -> dict[str, list[Window]] | None:
    """The folded days and months that make up the period for each time rule, or None without totals."""
    depth, kept = _depth(question, by), levels[question.axis]
    if depth > kept.months or (by == "day" and depth > kept.days):
        return None
    start = question.period.start or FAR_PAST
    end = question.period.end or FAR_FUTURE
    if by == "day":
        return {"sum": [Window(0, start, end)], "last": [Window(0, FAR_PAST, end)]}
    sums, lasts = split(start, end), split(FAR_PAST, end)
    if depth > kept.days and any(window.grain == 0 for window in [*sums, *lasts]):
        return None
    return {"sum": sums, "last": lasts}


def split(start: date, end: date) -> list[Window]:
    """Whole Jalali months in the middle, single days at both ends."""
    first = JalaliDate.from_date(start)
    last = JalaliDate.from_date(end)
    months_from = (
        start if first.day == 1 else month_end(first.year, first.month) + timedelta(days=1)
    )
    is_whole = month_end(last.year, last.month) == end
    months_to = end if is_whole else month_start(last.year, last.month) - timedelta(days=1)
    if months_from > months_to:
        return [Window(0, start, end)]
    found = [Window(1, months_from, months_to)]
    if start < months_from:
        found.append(Window(0, start, months_from - timedelta(days=1)))
    if end > months_to:
        found.append(Window(0, months_to + timedelta(days=1), end))
    return found


def _from_totals(
    statement: Statement, reach: Reach, question: Question, by: By, rules: dict[int, str],
    windows: dict[str, list[Window]], targets: Sequence[int], folded_to: int,
) -> str:  # fmt: skip
    """Folded totals, and what the entries after the last folded moment change."""
    view = 1 if question.axis is Axis.UNIT else 3
    views = statement.bind([view, view + 1] if question.then else [view])
    nodes = statement.bind(list(targets))
    scope = _scope_condition(statement, reach, question, "t.scope")
    key = {
        "node": "NULL::int",
        "child": "t.node",
        "day": "t.at",
        "month": month_of("t.at"),  # of the days at both ends, too
        "dimension": "t.dimensions_id",
    }[by]
    measures = ", ".join(f"t.{name}" for name in MEASURES)
    folded = []
    for rule, segments in windows.items():
        ids = [pk for pk, its_rule in rules.items() if its_rule == rule]
        folded += [
            f"SELECT {key} AS key, t.indicator_id, t.stage, t.bucket, {measures} FROM ledger_total t"
            f" WHERE t.view = ANY({views}) AND t.node = ANY({nodes}) AND t.grain = {window.grain}"
            f" AND t.indicator_id = ANY({statement.bind(ids)}) AND t.stage IN (1, 2, 3)"
            f" AND t.at >= {statement.bind(window.start)} AND t.at <= {statement.bind(window.end)}{scope}"
            for window in segments
            if ids
        ]
    summed, last = _ids_of(statement, rules)
    tail = deltas(
        Change(
            f"{unfolded(statement, folded_to)} AND e.indicator_id = ANY({summed} || {last})",
            "SELECT folded_to FROM ledger_foldstate",
            "SELECT 9223372036854775807",
            spreading=True,
            time_rule=_time_rule(last),
        )
    )
    line = _line_of(question)
    node = statement.bind(question.node.pk)
    position = f"array_position({line}, {node}::int) + {1 if by == 'child' else 0}"
    beneath = (
        f"({line})[{position}] = ANY({nodes})" if by == "child" else f"{node}::int = ANY({line})"
    )
    its_key = _key_of(by, position, line)
    condition = f"{beneath} AND {_in_period(statement, question, summed, last)}" + _scope_condition(
        statement, reach, question, "coalesce(hu.line[2], u.line[2], u.line[1])"
    )
    tail_rows = (
        f"SELECT {its_key} AS key, d.indicator_id, d.stage, d.bucket,"
        f" {', '.join(f'd.{name}' for name in MEASURES)} FROM deltas d {_joins(its_key, condition)}"
        f" WHERE {condition}"
    )
    return f"WITH RECURSIVE {tail}, found AS ({' UNION ALL '.join([*folded, tail_rows])})"


def stands_now() -> Standing:
    """How far the totals have come, and for which levels. Both only grow, so they are safe to rely on."""
    with connection.cursor() as cursor:
        stands = standing(cursor)
    assert stands is not None  # the row is there from the first migration on
    return stands


def unfolded(statement: Statement, folded_to: int) -> str:
    """Which entries `e` are in no total yet; `folded_to` is the mark as it stood just now.

    The mark is read in the statement itself, which is what makes the answer exact. The planner cannot
    see that value and would plan for a third of all entries; the mark as it stood just now, which can
    only have risen since, tells it how few they are.
    """
    before = statement.bind(folded_to)
    return f"e.clock >= {before} AND e.clock >= (SELECT folded_to FROM ledger_foldstate)"


def _from_rows(
    statement: Statement, reach: Reach, question: Question, by: By, rules: dict[int, str],
    *, only: Sequence[int] | None = None,
) -> str:  # fmt: skip
    """The entries themselves, for nodes without folded totals; of `only` these children, if they are named."""
    column, tree = ("unit", "org_orgunit") if question.axis is Axis.UNIT else ("place", "org_place")
    node = statement.bind(question.node.pk)
    if question.then:
        beneath = (
            f"SELECT p.node_id FROM org_{column}placement p WHERE p.line @> ARRAY[{node}::int]"
        )
        if only is not None:
            beneath += f" AND p.line && {statement.bind(list(only))}::int[]"
    else:
        # Both as the tree is and as the totals know it: between a move and its folding they differ.
        low, high = (statement.bind(bound) for bound in bounds(question.node.path))
        beneath = (
            f"SELECT n.id FROM {tree} n WHERE n.path >= {low} AND n.path < {high} UNION"
            f" SELECT h.node FROM ledger_home h WHERE h.axis = {int(question.axis)} AND h.line @> ARRAY[{node}::int]"
        )
    # As an array: with the days beside it, the index is asked for nothing else. An indicator whose last
    # value counts needs its whole series.
    start, end = days_of(question.period)
    summed, last = _ids_of(statement, rules)
    fresh = (
        f"e.{column}_id = ANY(ARRAY({beneath})) AND ((e.indicator_id = ANY({summed})"
        f" AND e.ends_on >= {statement.bind(start)} AND e.ends_on <= {statement.bind(end)})"
        f" OR e.indicator_id = ANY({last}))"
    )
    rows = deltas(
        Change(fresh, None, "SELECT 9223372036854775807", False, time_rule=_time_rule(last))
    )
    line = _line_of(question)
    position = f"array_position({line}, {node}::int) + {1 if by == 'child' else 0}"
    condition = f"{node}::int = ANY({line})"
    if by == "child":
        condition += f" AND ({line})[{position}] IS NOT NULL"
        if only is not None:
            condition += f" AND ({line})[{position}] = ANY({statement.bind(list(only))})"
    if question.axis is Axis.PLACE:
        condition += f" AND {_reach_condition(statement, reach)}"
    condition += f" AND {_in_period(statement, question, summed, last)}"
    its_key = _key_of(by, position, line)
    measures = ", ".join(f"d.{name}" for name in MEASURES)
    return (
        f"WITH RECURSIVE {rows}, found AS (SELECT {its_key} AS key, d.indicator_id, d.stage, d.bucket,"
        f" {measures} FROM deltas d {_joins(its_key, condition)} WHERE {condition})"
    )


# What a statement may say of an entry or change `d`, by the alias it is said with.
_JOINS = {
    "u": "JOIN org_orgunit u ON u.id = d.unit_id",
    "up": "JOIN org_unitplacement up ON up.id = d.unit_placement_id",
    "pp": "JOIN org_placeplacement pp ON pp.id = d.place_placement_id",
    "hu": "LEFT JOIN ledger_home hu ON hu.axis = 1 AND hu.node = d.unit_id",
    "hp": "LEFT JOIN ledger_home hp ON hp.axis = 2 AND hp.node = d.place_id",
    "ci": "JOIN catalog_indicator ci ON ci.id = d.indicator_id",
}


def _joins(*said: str) -> str:
    """The joins that these pieces of SQL need: each costs a look-up for every entry of the tail."""
    aliases = set(re.findall(r"\b([a-z]+)\.", " ".join(said)))
    return " ".join(join for alias, join in _JOINS.items() if alias in aliases)


def _line_of(question: Question) -> str:
    """The line by which rows are placed: as the totals know the tree now, or as it was then."""
    if question.then:
        return "up.line" if question.axis is Axis.UNIT else "pp.line"
    # A node that is in no total yet is looked up where it stands; the others need no second look-up.
    if question.axis is Axis.UNIT:
        return "(coalesce(hu.line, (SELECT ou.line FROM org_orgunit ou WHERE ou.id = d.unit_id)))"
    return "(coalesce(hp.line, (SELECT op.line FROM org_place op WHERE op.id = d.place_id)))"


def _key_of(by: By, position: int | str, line: str) -> str:
    keys = {
        "node": "NULL::int",
        "child": f"({line})[{position}]",
        "day": "d.ends_on",
        "month": month_of("d.ends_on"),
    }
    return keys.get(by, "d.dimensions_id")


def _in_period(statement: Statement, question: Question, summed: str, last: str) -> str:
    start, end = days_of(question.period)
    return (
        f"d.ends_on <= {statement.bind(end)} AND (d.indicator_id = ANY({last})"
        f" OR d.indicator_id = ANY({summed}) AND d.ends_on >= {statement.bind(start)})"
    )


def _ids_of(statement: Statement, rules: dict[int, str]) -> tuple[str, str]:
    """The indicators that are added up over time, and those whose last value counts."""
    summed = [pk for pk, rule in rules.items() if rule == "sum"]
    last = [pk for pk, rule in rules.items() if rule != "sum"]
    return f"{statement.bind(summed)}::int[]", f"{statement.bind(last)}::int[]"


def _time_rule(last: str) -> str:
    return f"CASE WHEN e.indicator_id = ANY({last}) THEN 'last' ELSE 'sum' END"


def days_of(period: Period) -> tuple[date, date]:
    return period.start or FAR_PAST, period.end or FAR_FUTURE


def _target_nodes(question: Question, by: By) -> list[int]:
    if by != "child":
        return [question.node.pk]
    depth = question.node.depth
    if not question.then:
        # By line, not by parent: what was merged into the node stands beneath it, too.
        nodes: Any = type(question.node)._default_manager
        beneath = nodes.filter(under(question.node.path), line__len=depth + 2)
        return list(beneath.values_list("pk", flat=True))
    table = question.node.placements.model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT line[array_position(line, %(node)s) + 1] FROM {table}"
            " WHERE line @> ARRAY[%(node)s]",
            {"node": question.node.pk},
        )
        return sorted(row[0] for row in cursor.fetchall() if row[0] is not None)


def _scope_condition(statement: Statement, reach: Reach, question: Question, column: str) -> str:
    """On the place axis: only the work of the offices in reach; each root has its own offices."""
    if question.axis is Axis.UNIT:
        return ""
    tops = [int(path.strip("/").split("/")[-1]) for path in reach.paths]
    offices = OrgUnit.objects.filter(Q(pk__in=tops) | Q(parent__in=tops, parent__parent=None))
    return f" AND {column} = ANY({statement.bind(list(offices.values_list('pk', flat=True)))})"


def _reach_condition(statement: Statement, reach: Reach) -> str:
    """Rows whose unit a stretch of `reach` covers, for its theme."""
    options = []
    for stretch in reach.stretches:
        low, high = bounds(stretch.path)
        one = f"u.path >= {statement.bind(low)} AND u.path < {statement.bind(high)}"
        if stretch.theme is not None:
            one += f" AND ci.theme_id = {statement.bind(stretch.theme)}"
        options.append(f"({one})")
    return f"({' OR '.join(options) or 'false'})"


def extremes(
    reach: Reach, question: Question, by: By, rules: dict[int, tuple[str, str]]
) -> list[Cell]:
    """Indicators that take the largest value or an average, computed from the rows: there are few."""
    statement = Statement()
    start, end = days_of(question.period)
    line = _line_of(question)
    node = statement.bind(question.node.pk)
    position = f"array_position({line}, {node}::int) + {1 if by == 'child' else 0}"
    bucket = "CASE WHEN d.part_of_id IS NOT NULL THEN 2 WHEN d.role <> 1 THEN 1 ELSE 0 END"
    covered = f"AND {_reach_condition(statement, reach)}" if question.axis is Axis.PLACE else ""
    sql = f"""
    WITH live AS (
        SELECT {_key_of(by, position, line)} AS key, d.indicator_id, d.stage, {bucket} AS bucket, d.unit_id,
               d.ends_on, d.clock, d.quantity, d.rial, d.qualifier, ci.time_rule, ci.unit_rule
          FROM ledger_entry d {_joins(line, "ci.", covered)}
         WHERE d.indicator_id = ANY({statement.bind(list(rules))}) AND d.coverage = 1 AND d.kind <> 1
           AND (ci.time_rule = 'last' OR d.ends_on >= {statement.bind(start)})
           AND d.ends_on <= {statement.bind(end)} AND {node}::int = ANY({line})
           AND NOT EXISTS (SELECT FROM ledger_entry x WHERE x.corrects_id = d.id AND x.kind = 1)
           {covered}),
    each_unit AS (
        SELECT key, indicator_id, stage, bucket, unit_id, unit_rule,
               CASE time_rule WHEN 'max' THEN max(quantity) WHEN 'avg' THEN avg(quantity) WHEN 'sum' THEN sum(quantity)
                    WHEN 'last' THEN (array_agg(quantity ORDER BY ends_on DESC, clock DESC))[1] END AS quantity,
               max(rial) AS rial, count(*) AS entries, count(*) FILTER (WHERE qualifier = 2) AS at_least,
               count(*) FILTER (WHERE qualifier = 3) AS about, count(*) FILTER (WHERE qualifier = 4) AS at_most,
               count(*) FILTER (WHERE qualifier = 5) AS unknown
          FROM live GROUP BY key, indicator_id, stage, bucket, unit_id, unit_rule, time_rule)
    SELECT key, indicator_id, stage, bucket,
           coalesce(CASE unit_rule WHEN 'sum' THEN sum(quantity) WHEN 'max' THEN max(quantity)
                WHEN 'avg' THEN avg(quantity) END, 0), coalesce(sum(rial), 0),
           sum(entries), sum(at_least), sum(about), sum(at_most),
           CASE WHEN unit_rule = 'none' OR bool_and(quantity IS NULL) THEN sum(entries) ELSE sum(unknown) END, 0, 0
      FROM each_unit WHERE {"key IS NOT NULL" if by == "child" else "true"}
     GROUP BY key, indicator_id, stage, bucket, unit_rule ORDER BY indicator_id, stage, bucket, key"""
    with connection.cursor() as cursor:
        cursor.execute(sql, statement.parameters)
        return [cell_of_row(row) for row in cursor.fetchall()]
