"""Publishing what is large: over many entries the worker does it, in steps that everybody at the desk can see.

Whatever happens in between, the figure is published whole or not at all: the last step is the same one
transaction as for a small figure, and a worker that dies leaves work that the next one takes up.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from karnameh.access.public import Role, require
from karnameh.insight.figures.actions import publish_figure, sealed
from karnameh.insight.figures.models import Figure, FigureWork, State, Step
from karnameh.insight.figures.queries import present_tallies
from karnameh.people.public import User
from karnameh.plumbing.chores import wake
from karnameh.plumbing.public import OutOfReach, Refusal, deed

LARGE = 100_000  # entries behind a figure: fewer are counted while the officer waits
log = logging.getLogger("karnameh.figures")


def begin_publishing(figure: Figure, *, by: User, at: datetime) -> FigureWork | None:
    """Publish a small figure at once (None), or hand a large one to the worker."""
    entries = sum(tally.entries for tally in present_tallies(figure).values())
    if entries < LARGE:
        publish_figure(figure, by=by, at=at)
        return None
    require(by, Role.PRESS, figure.unit, theme=figure.indicator.theme_id)
    with deed("ask_figure_publishing", by=by, at=at, target=f"figure:{figure.code}"):
        if Figure.objects.select_for_update().get(pk=figure.pk).state != State.APPROVED:
            raise Refusal(
                _("This step does not follow from where the figure stands now."), status=409
            )
        work, fresh = FigureWork.objects.get_or_create(
            figure=figure,
            defaults={"asked_by": by, "asked_at": at, "entries": entries, "step_at": at},
        )
        if not fresh and not work.goes_on:
            work.asked_by, work.asked_at, work.entries = by, at, entries
            work.step, work.step_at, work.trouble = Step.WAITING, at, ""
            work.save()
        wake()
    return work


def publish_waiting(*, at: datetime) -> bool:
    """Publish the figure that has waited longest; whether there was one."""
    work = (
        FigureWork.objects.exclude(step=Step.STOPPED)
        .select_related("figure", "asked_by")
        .order_by("asked_at", "pk")
        .first()
    )
    if work is None:
        return False
    with translation.override(work.asked_by.language):
        try:
            _to(work, Step.SEALING, at)
            sealed(at)
            _to(work, Step.COUNTING, at)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '15min'")
                publish_figure(work.figure, by=work.asked_by, at=at)
                work.delete()
        except Refusal as refusal:
            _stop(work, str(refusal), at)
        except OutOfReach:
            _stop(work, _("The role of the officer who asked for it has ended."), at)
        except Exception:
            log.exception("figure %s was not published", work.figure.code)
            _stop(work, _("Something went wrong here. Try again; nothing is half done."), at)
    return True


def _to(work: FigureWork, step: Step, at: datetime) -> None:
    FigureWork.objects.filter(pk=work.pk).update(step=step, step_at=at)


def _stop(work: FigureWork, sentence: str, at: datetime) -> None:
    FigureWork.objects.filter(pk=work.pk).update(
        step=Step.STOPPED, step_at=at, trouble=sentence[:300]
    )
