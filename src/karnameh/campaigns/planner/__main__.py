"""The planner on the command line: `./karnameh plan INSTANCE.json --out PLAN.json [--time S]`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from karnameh.campaigns.planner import Plan, Progress, replan, solve
from karnameh.campaigns.planner.checking import check_json
from karnameh.campaigns.planner.crew import WorkerEnded
from karnameh.campaigns.planner.faults import Fault, Unusable
from karnameh.campaigns.planner.files import read_instance, read_json, read_plan, write_plan
from karnameh.campaigns.planner.words import say

SHOWN = 12


def main(arguments: list[str] | None = None) -> int:
    """Plan or check; 0 when all is well, 1 when there is no plan or it breaks rules, 2 on bad input."""
    options = _options(arguments)
    try:
        return _check(options) if options.check else _plan(options)
    except Unusable as unusable:
        for fault in unusable.faults:
            _both(fault.code, fault.params)
        return 2
    except WorkerEnded:
        _both("worker_ended", {})
        return 1
    except BrokenPipeError:
        return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./karnameh plan",
        description="Choose proposals and build their calendar, or check a plan independently.",
    )
    parser.add_argument("instance", type=Path, metavar="INSTANCE.json")
    parser.add_argument("plan", type=Path, nargs="?", metavar="PLAN.json", help="with --check")
    parser.add_argument("--check", action="store_true", help="count what PLAN.json breaks")
    parser.add_argument("--out", type=Path, metavar="PLAN.json", help="where the plan is written")
    parser.add_argument("--time", type=_seconds, default=60.0, metavar="S", help="seconds (60)")
    parser.add_argument("--gap", type=_share, default=None, help="stop at this relative gap")
    parser.add_argument(
        "--before",
        type=Path,
        metavar="PLAN.json",
        help="the plan until now: move as little as can be",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quiet", action="store_true", help="no progress")
    given = parser.parse_args(arguments)
    if given.check and given.plan is None:
        parser.error("--check INSTANCE.json PLAN.json")
    if not given.check and (given.out is None or given.plan is not None):
        parser.error("INSTANCE.json --out PLAN.json")
    return given


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError("0 < S <= 86400")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("0 <= gap < 1")
    return value


def _plan(options: argparse.Namespace) -> int:
    _refuse_place(options)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    instance, digest = read_instance(options.instance)
    before = read_plan(options.before) if options.before else None

    def keep(plan: Plan) -> None:
        _write(replace(plan, instance=digest), options.out)

    free_at = 0.0

    def keep_now_and_then(plan: Plan) -> None:
        """Writing the plan of a nation takes seconds: not at every step."""
        nonlocal free_at
        began = time.monotonic()
        if began >= free_at:
            keep(plan)
            free_at = time.monotonic() + 10 * (time.monotonic() - began)

    progress = None if options.quiet else _tell
    if before is not None:
        plan = replan(
            instance,
            before,
            seconds=options.time,
            seed=options.seed,
            progress=progress,
            stop=stop,
        )
    else:
        more = {} if options.gap is None else {"gap": options.gap}
        plan = solve(
            instance,
            seconds=options.time,
            seed=options.seed,
            progress=progress,
            stop=stop,
            better=keep_now_and_then,
            **more,
        )
    keep(plan)
    _summary(plan)
    return 1 if plan.status in ("infeasible", "none") else 0


def _refuse_place(options: argparse.Namespace) -> None:
    """The plan must have somewhere to go, before anything is computed."""
    out: Path = options.out
    if not out.parent.is_dir():
        raise Unusable([Fault("file_missing", {"file": str(out.parent)})])
    if out.is_dir():
        raise Unusable([Fault("file_is_folder", {"file": str(out)})])
    if out.exists() and options.instance.exists() and out.samefile(options.instance):
        raise Unusable([Fault("out_is_instance", {"file": str(out)})])


def _write(plan: Plan, path: Path) -> None:
    try:
        write_plan(plan, path)
    except OSError as error:
        named = {"file": str(path), "error": error.strerror or str(error)}
        raise Unusable([Fault("file_unwritable", named)]) from None


def _tell(progress: Progress) -> None:
    best = "—" if progress.best is None else f"{progress.best:,.1f}"
    bound = "—" if progress.bound is None else f"{progress.bound:,.1f}"
    gap = "—" if progress.gap is None else f"{progress.gap:.3%}"
    print(
        f"{progress.seconds:7.1f} s  {progress.phase:<14} best {best}  bound {bound}  gap {gap}",
        file=sys.stderr,
        flush=True,
    )


_STATUS = {
    "optimal": ("بهترین برنامهٔ ممکن", "the best plan there is"),
    "good": ("برنامه آماده است", "a plan is ready"),
    "stopped": ("متوقف شد؛ بهترین برنامه تا اینجا", "stopped; the best plan until then"),
    "infeasible": (
        "هیچ برنامه‌ای همهٔ این‌ها را با هم نگه نمی‌دارد:",
        "No plan keeps all of these together:",
    ),
    "none": (
        "در این زمان برنامه‌ای پیدا نشد؛ زمان بیشتری بدهید.",
        "No plan was found in this time; give it more.",
    ),
}


def _summary(plan: Plan) -> None:
    persian, english = _STATUS[plan.status]
    print(f"{persian} / {english}")
    if plan.status in ("infeasible", "none"):
        _list((one.code, one.params) for one in plan.conflict)
        return
    gap = "—" if plan.gap is None else f"{plan.gap:.3%}"
    bound = "—" if plan.bound is None else f"{plan.bound:,.1f}"
    print(
        f"{len(plan.accepted):,} accepted, {len(plan.declined):,} declined, "
        f"{plan.objective:,.1f} points, bound {bound}, gap {gap}, {plan.seconds:.1f} s"
    )
    if plan.moves:
        print(f"{len(plan.moves):,} moved")
    for code, count in Counter(one.reason.code for one in plan.declined).most_common():
        first = next(one for one in plan.declined if one.reason.code == code)
        sentence = say(code, first.reason.params, persian=True)
        print(f"{count:6,}  {first.proposal}: {sentence} / {_english(code, first.reason.params)}")


def _check(options: argparse.Namespace) -> int:
    read_instance(options.instance)  # every fault of the shape has its sentence
    read_plan(options.plan)
    instance, digest = read_json(options.instance)
    plan, _ = read_json(options.plan)
    verdict = check_json(instance, plan)
    made = ", ".join(f"{count:,} {code}" for code, count in sorted(verdict.counts.items()))
    print(f"{verdict.accepted:,} accepted; checks: {made or '—'}")
    claimed = "—" if verdict.claimed is None else f"{verdict.claimed:,.4f}"
    print(f"points {verdict.objective:,.4f}, claimed {claimed}")
    if plan.get("instance") not in (None, "", digest):
        print(
            "این برنامه برای پروندهٔ دیگری ساخته شده است / This plan answers another instance file."
        )
    _list((one.code, one.params) for one in verdict.violations)
    if verdict.is_good:
        print("همهٔ قاعده‌ها برقرار است / Every rule holds.")
        return 0
    print(
        f"{len(verdict.violations):,} violations" if verdict.violations else "The claim is wrong."
    )
    return 1


def _list(many: Iterable[tuple[str, dict[str, object]]]) -> None:
    for at, (code, params) in enumerate(many):
        if at == SHOWN:
            print("  …")
            return
        print(f"  {say(code, params, persian=True)} / {_english(code, params)}")


def _english(code: str, params: Mapping[str, object]) -> str:
    return say(code, params, persian=False)


def _both(code: str, params: Mapping[str, object]) -> None:
    sentence = f"{say(code, params, persian=True)} / {_english(code, params)}"
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
