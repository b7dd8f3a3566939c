"""The shapes of the JSON files, read fast: dictionaries in, dataclasses out, faults collected.

The published form of the same shapes are the JSON Schemas in `schemas/`; a test holds the two
together. (A general validator needs minutes for a nation's 77,500 proposals.)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, TypeVar

from karnameh.campaigns.planner import model
from karnameh.campaigns.planner.faults import MOST, Fault, Unusable

T = TypeVar("T")
Reader = Callable[[Any, str, list[Fault]], Any]

LARGEST = 10**15  # money and counts beyond this are a slip of the finger; doubles stay exact below
LONGEST = 400  # of an id or a name


class _Wrong(Exception):
    """A value of the wrong shape; caught where the path is known."""


def text(value: Any, path: str, faults: list[Fault]) -> Any:
    """A text of any letters, without line breaks or other control characters."""
    if isinstance(value, str) and len(value) <= LONGEST and value.isprintable() | _is_plain(value):
        return sys.intern(value)  # ids are named again and again
    return _wrong(faults, path, "text", value)


def _is_plain(value: str) -> bool:
    """Persian half-spaces and direction marks count as unprintable in Python, and are welcome."""
    return all(ord(one) >= 32 and not 0xD800 <= ord(one) <= 0xDFFF for one in value)


def name(value: Any, path: str, faults: list[Fault]) -> Any:
    """An id: a text that is not empty."""
    if value == "":
        return _wrong(faults, path, "id", value)
    return text(value, path, faults)


def whole(value: Any, path: str, faults: list[Fault]) -> Any:
    """A whole number from 0; `3.0` is one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST:
        return value
    return _wrong(faults, path, "whole", value)


def _number(low: float, high: float, kind: str) -> Reader:
    def read(value: Any, path: str, faults: list[Fault]) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        return _wrong(faults, path, kind, value)

    return read


score = _number(0, 100, "score")
share = _number(0, 1, "share")
weight = _number(0, 1e6, "weight")
limit = _number(0, LARGEST, "limit")
seconds = _number(-LARGEST, LARGEST, "number")
degrees = _number(-180, 180, "degrees")


def flag(value: Any, path: str, faults: list[Fault]) -> Any:
    """True or false."""
    return value if isinstance(value, bool) else _wrong(faults, path, "flag", value)


def one_of(*words: str) -> Reader:
    """One of some fixed words."""

    def read(value: Any, path: str, faults: list[Fault]) -> Any:
        if isinstance(value, str) and value in words:
            return value
        return _wrong(faults, path, "one of: " + ", ".join(words), value)

    return read


def maybe(reader: Reader) -> Reader:
    """The same, or null."""
    return lambda value, path, faults: None if value is None else reader(value, path, faults)


def many(reader: Reader) -> Reader:
    """A list of them."""

    def read(value: Any, path: str, faults: list[Fault]) -> Any:
        if not isinstance(value, list):
            _wrong(faults, path, "list", value)
            return ()
        return tuple([reader(one, f"{path}[{at}]", faults) for at, one in enumerate(value)])

    return read


def point(value: Any, path: str, faults: list[Fault]) -> Any:
    """Latitude and longitude."""
    if isinstance(value, list) and len(value) == 2:
        return tuple(degrees(one, path, faults) for one in value)
    return _wrong(faults, path, "point", value)


def shares(value: Any, path: str, faults: list[Fault]) -> Any:
    """Names with a share each."""
    if not isinstance(value, dict):
        _wrong(faults, path, "object", value)
        return {}
    return {name(key, path, faults): share(one, path, faults) for key, one in value.items()}


def anything(value: Any, path: str, faults: list[Fault]) -> Any:
    """Any object; used for the parameters of reasons."""
    if isinstance(value, dict):
        return value
    _wrong(faults, path, "object", value)
    return {}


def _wrong(faults: list[Fault], path: str, wanted: str, value: Any) -> Any:
    shown = value if isinstance(value, int | float | bool | None) else str(value)[:60]
    if isinstance(shown, float) and not math.isfinite(shown):
        shown = str(shown)
    elif isinstance(shown, int) and abs(shown) > 10**30:
        shown = "10^30…"
    faults.append(Fault("wrong_value", {"path": path, "wanted": wanted, "value": shown}))
    if len(faults) >= MOST:
        raise Unusable(faults)


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: the dataclass to make, its fields' readers, and which have to be there."""

    make: Callable[..., Any]
    readers: Mapping[str, Reader]
    needed: tuple[str, ...] = ()

    def __call__(self, value: Any, path: str, faults: list[Fault]) -> Any:
        if not isinstance(value, dict):
            return _wrong(faults, path, "object", value)
        before, given, readers = len(faults), {}, self.readers
        for key, one in value.items():
            reader = readers.get(key)
            if reader is None:
                _add(faults, Fault("unknown_field", {"path": path, "field": str(key)[:60]}))
            else:
                given[key] = reader(one, f"{path}.{key}", faults)
        for key in self.needed:
            if key not in value:
                _add(faults, Fault("missing_field", {"path": path, "field": key}))
        return self.make(**given) if len(faults) == before else None


def _add(faults: list[Fault], fault: Fault) -> None:
    faults.append(fault)
    if len(faults) >= MOST:
        raise Unusable(faults)


def _proposal(**given: Any) -> model.Proposal:
    """A proposal of one part may carry the part's fields itself."""
    own = {key: given.pop(key) for key in _PART.readers if key in given}
    if own:
        given["parts"] = (model.Part(**own),)
    return model.Proposal(**given)


def proposal(value: Any, path: str, faults: list[Fault]) -> Any:
    """A proposal, with `parts` or with the fields of its only part, not with both."""
    if isinstance(value, dict) and "parts" in value:
        both = [key for key in _PART.readers if key in value]
        if both:
            _add(faults, Fault("part_fields_twice", {"path": path, "field": both[0]}))
            return None
        if value["parts"] == []:
            return _wrong(faults, f"{path}.parts", "list of at least one part", "[]")
    return _PROPOSAL(value, path, faults)


_names = many(name)
_WINDOW = Shape(lru_cache(maxsize=4096)(model.Window), {"day": maybe(name), "slot": maybe(name)})
_windows = many(_WINDOW)
_PART = Shape(
    model.Part,
    {
        "days": _names,
        "slots": _names,
        "windows": _windows,
        "venues": _names,
        "teams": _names,
        "needs": _names,
        "attendance": whole,
    },
)
_PROPOSAL = Shape(
    _proposal,
    {
        "id": name,
        "county": name,
        "unit": maybe(name),
        "name": text,
        "theme": maybe(name),
        "kind": maybe(name),
        "tier": maybe(name),
        "profession": maybe(name),
        "score": score,
        "audience": shares,
        "cost": whole,
        "wishes": _names,
        "different_days": flag,
        "parts": many(_PART),
        **_PART.readers,
    },
    ("id", "county"),
)
_FILTER = Shape(
    model.Filter,
    {one.name: (shares if one.name == "audience" else _names) for one in fields(model.Filter)},
)
_EACH = ("theme", "profession", "day", "county", "province", "unit", "kind", "tier")
_RULE = Shape(
    model.Rule,
    {
        "id": name,
        "kind": one_of("count", "share"),
        "name": text,
        "where": _FILTER,
        "among": _FILTER,
        "each": maybe(one_of(*_EACH)),
        "measure": one_of("activities", "attendance", "cost"),
        "least": maybe(limit),
        "most": maybe(limit),
    },
    ("id", "kind"),
)
_PLACEMENT_FIELDS: dict[str, Reader] = {
    "proposal": name,
    "part": whole,
    "day": name,
    "slot": name,
    "venue": maybe(name),
    "team": maybe(name),
}
_PIN = Shape(
    model.Pin,
    {
        **{key: maybe(one) for key, one in _PLACEMENT_FIELDS.items()},
        "proposal": name,
        "part": whole,
        "decision": one_of("accept", "decline"),
    },
    ("proposal",),
)


def _instance(**given: Any) -> model.Instance:
    given.pop("format")
    return model.Instance(**given)


INSTANCE = Shape(
    _instance,
    {
        "format": one_of(model.INSTANCE_FORMAT),
        "name": text,
        "days": many(Shape(model.Day, {"id": name, "name": text, "themes": _names}, ("id",))),
        "slots": many(Shape(model.Slot, {"id": name, "name": text, "covers": _names}, ("id",))),
        "provinces": many(
            Shape(model.Province, {"id": name, "name": text, "budget": maybe(whole)}, ("id",))
        ),
        "counties": many(
            Shape(
                model.County,
                {
                    "id": name,
                    "province": name,
                    "name": text,
                    "budget": maybe(whole),
                    "fair_share": maybe(whole),
                    "at": maybe(point),
                },
                ("id", "province"),
            )
        ),
        "units": many(
            Shape(
                model.Unit,
                {
                    "id": name,
                    "county": name,
                    "name": text,
                    "per_day": maybe(whole),
                    "in_all": maybe(whole),
                    "fair_share": maybe(whole),
                },
                ("id", "county"),
            )
        ),
        "venues": many(
            Shape(
                model.Venue,
                {
                    "id": name,
                    "county": name,
                    "name": text,
                    "seats": maybe(whole),
                    "halls": whole,
                    "closed": _windows,
                },
                ("id", "county"),
            )
        ),
        "people": many(
            Shape(
                model.Person,
                {
                    "id": name,
                    "kind": name,
                    "name": text,
                    "county": maybe(name),
                    "at_once": whole,
                    "absent": _windows,
                },
                ("id",),
            )
        ),
        "proposals": many(proposal),
        "rules": many(_RULE),
        "pins": many(_PIN),
        "weights": Shape(model.Weights, {one.name: weight for one in fields(model.Weights)}),
        "budget": maybe(whole),
        "themes": _names,
        "professions": _names,
    },
    ("format", "days", "slots"),
)

_PLACEMENT = Shape(model.Placement, _PLACEMENT_FIELDS, ("proposal", "day", "slot"))
_REASON = Shape(model.Reason, {"code": name, "params": anything}, ("code",))


def _plan(**given: Any) -> model.Plan:
    given.pop("format")
    return model.Plan(**given)


PLAN = Shape(
    _plan,
    {
        "format": one_of(model.PLAN_FORMAT),
        "instance": text,
        "status": one_of("optimal", "good", "stopped", "infeasible", "none"),
        "placements": many(_PLACEMENT),
        "declined": many(
            Shape(
                model.Declined,
                {"proposal": name, "reason": _REASON, "changes": many(_REASON)},
                ("proposal", "reason"),
            )
        ),
        "objective": seconds,
        "bound": maybe(seconds),
        "gap": maybe(seconds),
        "seconds": seconds,
        "meters": many(
            Shape(
                model.Meter,
                {
                    "rule": name,
                    "of": maybe(text),
                    "value": seconds,
                    "least": maybe(seconds),
                    "most": maybe(seconds),
                    "holds": flag,
                },
                ("rule", "of", "value", "least", "most", "holds"),
            )
        ),
        "conflict": many(_REASON),
        "moves": many(
            Shape(
                model.Move,
                {"proposal": name, "before": many(_PLACEMENT), "after": many(_PLACEMENT)},
                ("proposal", "before", "after"),
            )
        ),
    },
    ("format", "status", "placements"),
)


def written(value: Any) -> Any:
    """A dataclass as JSON values; fields that say nothing new are left out of objects."""
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, dict):
        return {key: written(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [written(one) for one in value]
    given = {}
    for key, default in _defaults(type(value)):
        one = getattr(value, key)
        if one != default:
            given[key] = written(one)
    if isinstance(value, model.Proposal) and len(value.parts) == 1:
        given.pop("parts", None)
        given.update(written(value.parts[0]))
    return given


_KNOWN: dict[type, list[tuple[str, Any]]] = {}
_NOTHING = object()


def _defaults(kind: type) -> list[tuple[str, Any]]:
    if kind not in _KNOWN:
        whole_ones = (model.Meter, model.Move)
        _KNOWN[kind] = [
            (one.name, _NOTHING if kind in whole_ones else _default(one)) for one in fields(kind)
        ]
    return _KNOWN[kind]


def _default(one: Any) -> Any:
    if callable(one.default_factory):
        return one.default_factory()
    return _NOTHING if one.default.__class__.__name__ == "_MISSING_TYPE" else one.default
