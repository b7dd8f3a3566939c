"""The planner at work: asked for by a person, done by the worker, stopped or kept at any moment."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.access.public import Role, require
from karnameh.campaigns import planner
from karnameh.campaigns.package.actions import draw_up, locked
from karnameh.campaigns.package.models import Line, Version
from karnameh.campaigns.week.instance import lines_from, plan_of, problem_of
from karnameh.campaigns.week.models import Left, Run, RunState
from karnameh.people.public import User
from karnameh.plumbing.chores import wake
from karnameh.plumbing.clock import now
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES
from karnameh.plumbing.public import OutOfReach, Refusal, deed

log = logging.getLogger("karnameh.planner")
SILENT = timedelta(minutes=2)  # after which a worker has died, and its run with it
_BREATH = 0.5  # seconds between two words about progress

CONSTRAINT_SENTENCES["run_once_at_a_time"] = gettext_lazy(
    "The machine is planning this draft already."
)


# --- what a person does ------------------------------------------------------------------------------------


def ask_plan(version: Version, *, seconds: int, again: bool, by: User, at: datetime) -> Run:
    """Let the machine plan. The answer lands in a draft of its own, beside the one that was looked at.

    `again` keeps the calendar of the draft and moves as few activities as it can.
    """
    require(by, Role.PLANNER, version.package.unit)
    if not 1 <= seconds <= 600:
        raise Refusal(_("Give the machine one second to ten minutes."), field="seconds")
    if Run.objects.filter(asked_by=by, state__in=[RunState.QUEUED, RunState.RUNNING]).count() >= 3:
        raise Refusal(
            _("Three plans of yours are being made already. Wait for one of them."), status=409
        )
    with deed("ask_plan", by=by, at=at, target=f"version:{version.pk}"):
        name = _("Again: %(name)s") if again else _("By the machine: %(name)s")
        draft = draw_up(
            version.package,
            name=(name % {"name": version.name})[:80],
            basis=version,
            by=by,
            at=at,
            why=version.why,
        )
        if not version.frozen:
            # Beside another draft, not after it: what is in force stays the basis.
            draft.basis_id = version.basis_id
            draft.save(update_fields=["basis"])
        run = Run.objects.create(
            version=draft, again=again, seconds=seconds, asked_by=by, asked_at=at, step=draft.step
        )
        wake()
    return run


def stop_run(run: Run, *, by: User, at: datetime) -> None:
    """Stop planning and keep what was found."""
    require(by, Role.PLANNER, run.version.package.unit)
    with deed("stop_plan", by=by, at=at, target=f"run:{run.pk}"):
        Run.objects.filter(pk=run.pk).update(stop=True)


def reach_run(user: User, pk: Any) -> Run:
    """A run, if the reader plans there."""
    run = (
        Run.objects.select_related("version__package__unit", "version__package__campaign")
        .defer("version__content")
        .filter(pk=pk)
        .first()
    )
    if run is None:
        raise OutOfReach
    require(user, Role.PLANNER, run.version.package.unit)
    return run


# --- what the worker does ------------------------------------------------------------------------------------


def plan_once() -> bool:
    """The worker's chore: plan the oldest draft that waits. Says whether there was one."""
    _bury_the_dead()
    with transaction.atomic():
        run = (
            Run.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=RunState.QUEUED)
            .order_by("asked_at")
            .select_related("version__package__unit", "version__package__campaign", "asked_by")
            .first()
        )
        if run is None:
            return False
        run.state, run.heard_at, run.phase = RunState.RUNNING, now(), "reading"
        run.save(update_fields=["state", "heard_at", "phase"])
    try:
        _plan(run)
    except planner.WorkerEnded:
        log.warning("the solver of run %s was killed", run.pk)
        _failed(run, "killed")
    except planner.Unusable as trouble:
        _failed(run, ", ".join(one.code for one in trouble.faults[:5]))
    except Refusal as refusal:
        _failed(run, str(refusal))
    except Exception:
        log.exception("run %s failed", run.pk)
        _failed(run, "fault")
        raise
    return True


def _bury_the_dead() -> None:
    """A worker that was killed in the middle leaves a run that is never heard of again."""
    Run.objects.filter(state=RunState.RUNNING, heard_at__lt=now() - SILENT).update(
        state=RunState.FAILED, ended_at=now(), trouble="silent"
    )


def _failed(run: Run, trouble: str) -> None:
    Run.objects.filter(pk=run.pk).update(
        state=RunState.FAILED, ended_at=now(), trouble=trouble[:300]
    )


class _Stop:
    """Asked while the solver is at work whether a person has had enough. Who asks is still alive."""

    def __init__(self, run: Run) -> None:
        self.run, self.stopped, self.asked, self.lived = run, False, 0.0, 0.0

    def is_set(self) -> bool:
        if not self.stopped and time.monotonic() - self.asked > _BREATH:
            self.asked = time.monotonic()
            mine = Run.objects.filter(pk=self.run.pk)
            self.stopped = bool(mine.values_list("stop", flat=True).first())
            if self.asked - self.lived > SILENT.total_seconds() / 8:
                self.lived = self.asked
                mine.update(heard_at=now())
        return self.stopped


class _Word:
    """Writes how far the planner is, at most twice a second."""

    def __init__(self, run: Run) -> None:
        self.run, self.told = run, 0.0

    def __call__(self, progress: planner.Progress) -> None:
        if time.monotonic() - self.told < _BREATH:
            return
        self.told = time.monotonic()
        Run.objects.filter(pk=self.run.pk).update(
            heard_at=now(),
            phase=progress.phase[:40],
            best=progress.best,
            bound=progress.bound,
            gap=progress.gap,
        )


def _plan(run: Run) -> None:
    problem = problem_of(run.version)
    Run.objects.filter(pk=run.pk).update(heard_at=now(), proposals=len(problem.instance.proposals))
    # The solver is a process of its own: one that is killed takes neither the worker nor its plan with it.
    stop = _Stop(run)
    more: dict[str, Any] = {
        "seconds": float(run.seconds), "processes": 1, "apart": True, "progress": _Word(run), "stop": stop,
    }  # fmt: skip
    if run.again:
        plan = planner.replan(problem.instance, plan_of(run.version), **more)
    else:
        plan = planner.solve(problem.instance, **more)
    was_killed = plan.status == "stopped" and not stop.stopped
    if was_killed and not plan.placements:
        _failed(run, "killed")
        return
    with transaction.atomic():
        _keep(run, plan)
    if was_killed:
        Run.objects.filter(pk=run.pk).update(trouble="killed")


def _keep(run: Run, plan: planner.Plan) -> None:
    """Write the plan into its draft, and of every proposal that was left out the reason."""
    version = locked(run.version, run.asked_by)
    came = _came(version, plan) if run.again else []
    if plan.status not in ("infeasible", "none"):
        pinned = set(version.lines.filter(pinned=True).values_list("activity", "part"))
        version.lines.all().delete()
        Line.objects.bulk_create(lines_from(version, plan, pinned), batch_size=2_000)
        version.step += 1
        version.save(update_fields=["step"])
    Left.objects.bulk_create(
        [
            Left(
                run=run, activity_id=int(one.proposal), reason=_plain(one.reason),
                changes=[_plain(each) for each in one.changes],
            )
            for one in plan.declined
        ],
        batch_size=2_000,
    )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(
        state=RunState.DONE, ended_at=now(), status=plan.status, best=plan.objective, bound=plan.bound, gap=plan.gap,
        accepted=len(plan.accepted), conflict=[_plain(one) for one in plan.conflict],
        moves=[_moved(one) for one in plan.moves] + came, phase="",
    )  # fmt: skip


def _plain(reason: planner.Reason) -> dict[str, Any]:
    return {"code": reason.code, "params": reason.params}


def _came(version: Version, plan: planner.Plan) -> list[dict[str, Any]]:
    """What a new plan takes in that was not in the calendar before."""
    before = set(version.lines.filter(on__isnull=False).values_list("activity", flat=True))
    fresh: dict[int, list[Any]] = {}
    for one in plan.placements:
        if int(one.proposal) not in before:
            fresh.setdefault(int(one.proposal), []).append([one.day, one.slot, one.venue])
    return [{"activity": pk, "before": [], "after": spots} for pk, spots in sorted(fresh.items())]


def _moved(move: planner.Move) -> dict[str, Any]:
    return {
        "activity": int(move.proposal),
        "before": [[one.day, one.slot, one.venue] for one in move.before],
        "after": [[one.day, one.slot, one.venue] for one in move.after],
    }


def open_run(version: Version) -> Run | None:
    """The run that is at work on a draft, or else its last one."""
    return version.runs.order_by("-asked_at").first()
