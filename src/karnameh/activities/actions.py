"""Moves: the one way in which activities change their state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from karnameh.activities.models import Activity, Lineage, Move, State
from karnameh.activities.rules import may_move, needs_note
from karnameh.plumbing.public import Refusal, deed


def move_activities(
    activities: Iterable[int], to: State, *, by: Any, at: datetime, note: str = ""
) -> list[Move]:
    """Bring activities (ids) into the state `to`, all or none, and keep a `Move` of each.

    Whoever calls has asked `access` whether `by` may. One that stands there already is left out.
    Refuses with 409 when one of them has gone where no such move leads, and with 400 when the move
    must say why and `note` is empty.
    """
    if needs_note(to) and not note.strip():
        raise Refusal(_("Say why, in a sentence for whoever proposed it."), field="note")
    with deed(f"activity_{to}", by=by, at=at, reason=note):
        # Locked in one order, so that two who move the same ones wait for each other.
        rows = list(
            Activity.objects.select_for_update(of=("self",))
            .filter(pk__in=list(activities))
            .exclude(state=to)
            .order_by("pk")
            .only("pk", "code", "state")
        )
        for one in rows:
            if not may_move(one.state, to):
                raise _gone_elsewhere(one, to)
        moves = Move.objects.bulk_create(
            Move(activity=one, from_state=one.state, to_state=to, by=by, at=at, note=note)
            for one in rows
        )
        Activity.objects.filter(pk__in=[one.pk for one in rows]).update(state=to, moved_at=at)
    return moves


def _gone_elsewhere(activity: Activity, to: State) -> Refusal:
    return Refusal(
        _("%(code)s is “%(state)s” by now; from there it cannot become “%(to)s”. Look again.")
        % {"code": activity.code, "state": activity.get_state_display(), "to": to.label},
        status=409,
    )


def begin_activities(activities: list[Activity], *, by: Any, at: datetime) -> list[Activity]:
    """Write new activities, each in the state that it carries, with the move that began it."""
    with deed("activity_begin", by=by, at=at):
        for one in activities:
            one.moved_at = at
            one.spell()
        made = Activity.objects.bulk_create(activities, batch_size=1_000)
        Move.objects.bulk_create(
            [Move(activity=one, from_state="", to_state=one.state, by=by, at=at) for one in made],
            batch_size=2_000,
        )
    return made


def descend(
    children: Iterable[tuple[Activity, Activity]], kind: Lineage.Kind, *, by: Any, at: datetime
) -> None:
    """Keep (child, parent) pairs as lineage of one kind."""
    with deed(f"activity_{kind}", by=by, at=at):
        Lineage.objects.bulk_create(
            [Lineage(child=child, parent=parent, kind=kind) for child, parent in children],
            batch_size=2_000,
        )
