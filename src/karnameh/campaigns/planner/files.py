"""Instance and plan files: read with every fault named, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from karnameh.campaigns.planner import shapes
from karnameh.campaigns.planner.faults import Fault, Unusable
from karnameh.campaigns.planner.model import INSTANCE_FORMAT, PLAN_FORMAT, Instance, Plan
from karnameh.campaigns.planner.soundness import faults_of
from karnameh.kernel.collecting import without_collecting

LARGEST = 160 * 1024 * 1024  # a nation of 77,500 proposals takes some 40 MB


def read_instance(path: Path) -> tuple[Instance, str]:
    """The instance in a file and the digest of its bytes. Raises `Unusable`."""
    raw = _bytes(path)
    digest = hashlib.sha256(raw).hexdigest()
    with without_collecting():
        value = _json(raw)
        del raw
        return instance_from(value), digest


def instance_from(value: Any) -> Instance:
    """An instance from JSON values, checked throughout. Raises `Unusable`."""
    instance = _shaped(shapes.INSTANCE, value)
    found = faults_of(instance)
    if found:
        raise Unusable(found)
    return instance  # type: ignore[no-any-return]


def read_plan(path: Path) -> Plan:
    """The plan in a file. Raises `Unusable`."""
    return _shaped(shapes.PLAN, _json(_bytes(path)))  # type: ignore[no-any-return]


def read_json(path: Path) -> tuple[Any, str]:
    """The JSON value of a file as it stands, and the digest of its bytes. Raises `Unusable`."""
    raw = _bytes(path)
    return _json(raw), hashlib.sha256(raw).hexdigest()


def write_instance(instance: Instance, path: Path) -> None:
    """Write an instance file."""
    _write({"format": INSTANCE_FORMAT, **shapes.written(instance)}, path)


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan file; whoever kills this finds the old file whole, or the new one."""
    written = {"format": PLAN_FORMAT, "placements": [], **shapes.written(plan)}
    _write(written, path)


def _write(value: dict[str, Any], path: Path) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            file.write(text)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _bytes(path: Path) -> bytes:
    named = {"file": str(path)}
    try:
        if path.is_dir():
            raise Unusable([Fault("file_is_folder", named)])
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Unusable([Fault("file_missing", named)]) from None
    except (OSError, ValueError) as error:
        raise Unusable([Fault("file_unreadable", {**named, "error": str(error)})]) from None
    if len(raw) > LARGEST:
        raise Unusable([Fault("file_too_large", {**named, "most": LARGEST // 1024 // 1024})])
    return raw


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Unusable([Fault("not_utf8")]) from None
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise Unusable([Fault("not_json", where)]) from None
    except RecursionError:
        raise Unusable([Fault("too_deep")]) from None
    except ValueError as error:  # NaN, or a number of thousands of digits
        raise Unusable([Fault("not_a_number", {"value": str(error)[:40]})]) from None


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def _shaped(shape: shapes.Shape, value: Any) -> Any:
    if not isinstance(value, dict):
        raise Unusable([Fault("not_object")])
    faults: list[Fault] = []
    made = shape(value, "$", faults)
    if faults:
        raise Unusable(faults)
    return made
