"""Rows that a program sent, judged by the rules of the sheets and posted whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast
from uuid import UUID

from django.http import HttpRequest

from karnameh.exchange.api.shapes import ProblemOut
from karnameh.exchange.api.tokens import Caller
from karnameh.exchange.checking import Checker
from karnameh.exchange.rules.rows import Problem, Row
from karnameh.exchange.rules.verdicts import Judged
from karnameh.exchange.sentences import sentence
from karnameh.ledger.public import post_entries
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import no_role

Became = Literal["new", "same", "conflict"]


@dataclass(frozen=True)
class Taken:
    """What became of each row, by its number; when some are `refused`, nothing was posted."""

    refused: Sequence[Judged]
    became: Mapping[int, Became]
    notes: Mapping[int, tuple[Problem, ...]]


def writer_of(request: HttpRequest) -> Caller:
    """The caller, if his key may send."""
    caller = cast(Caller, request.auth)  # type: ignore[attr-defined]
    if not caller.token.may_write:
        raise no_role()
    return caller


def take(caller: Caller, rows: Sequence[Row]) -> Taken:
    """Judge and post. An id that stands with other content is a conflict and hinders nothing."""
    checker = Checker(owner=caller.user, scope=caller.token.unit, today=today(), at=now())
    checker.currency = "rial"
    judged = {one.row: one for one in [*checker.judge(rows), *checker.finish()]}
    notes = {number: one.problems for number, one in judged.items()}
    refused = [one for one in judged.values() if one.verdict == "error" and not _is_taken(one)]
    if refused:
        return Taken(sorted(refused, key=lambda one: one.row), {}, notes)
    new = {one.row: one.entry for one in judged.values() if one.verdict in ("new", "warning")}
    receipts = post_entries([one for one in new.values() if one], by=caller.user, at=now())
    posted: dict[UUID, Became] = {one.id: one.verdict.value for one in receipts}
    became: dict[int, Became] = {}
    for number, one in judged.items():
        entry = new.get(number)
        if entry is not None:
            became[number] = posted[entry.id]
        else:
            became[number] = "conflict" if _is_taken(one) else "same"
    return Taken([], became, notes)


def said(problems: Sequence[Problem]) -> list[ProblemOut]:
    """Doubts in the caller's language."""
    return [
        ProblemOut(
            field=str(one.column), sentence=sentence(one.code, one.given), warning=one.warning
        )
        for one in problems
    ]


def _is_taken(judged: Judged) -> bool:
    """Whether its id belongs to other content, and that is all that is wrong with it."""
    return {one.code for one in judged.problems if not one.warning} == {"id_taken"}
