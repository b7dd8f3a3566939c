"""The shapes of what is told. Nothing that is not in a shape leaves: a notice with more is a fault."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

from karnameh.exchange.api.shapes import StageName
from karnameh.exchange.webhooks.rules import EventKind


class _Told(Schema):
    model_config = ConfigDict(extra="forbid")


class FigurePublished(_Told):
    """A figure is public. Its page, and its proof, stand at `address`."""

    figure: str
    address: str
    unit: str = Field(description="code of the unit whose work it is")
    indicator: str
    stage: StageName
    starts_on: date | None
    ends_on: date | None
    supersedes: str | None = Field(description="code of the figure whose place it takes")


class FigureClosed(_Told):
    """A public figure does not stand any more. Its page stays, and says why."""

    figure: str
    address: str
    by: str | None = Field(description="code of the figure that stands in its place")


class Arrived(_Told):
    """How many entries of one stage: those that say something new, and those that take something back."""

    stage: StageName
    entries: int
    reversals: int


class EntriesPosted(_Told):
    """How many entries in reach the log has taken since the last message. No quantities, no names."""

    unit: str
    arrived: list[Arrived]


class ImportFinished(_Told):
    """A spreadsheet of the subscription's owner was posted, taken back, or not taken."""

    number: str = Field(description="the batch of its entries")
    state: str
    unit: str
    new: int
    same: int


class HeadSealed(_Told):
    """A head of the log: keep it, and nobody can change what is before it unseen."""

    number: int
    size: int
    entries: int
    digest: str
    short_code: str
    address: str


class Ping(_Told):
    """A trial that the owner asked for."""

    unit: str


SHAPES: dict[str, type[_Told]] = {
    EventKind.FIGURE_PUBLISHED: FigurePublished,
    EventKind.FIGURE_SUPERSEDED: FigureClosed,
    EventKind.FIGURE_WITHDRAWN: FigureClosed,
    EventKind.ENTRIES_POSTED: EntriesPosted,
    EventKind.IMPORT_FINISHED: ImportFinished,
    EventKind.HEAD_SEALED: HeadSealed,
    EventKind.PING: Ping,
}


def message(kind: str, told: dict[str, Any], *, at: datetime) -> str:
    """The body of a delivery as JSON. Raises pydantic's `ValidationError` for what has no place in it."""
    shape = SHAPES[kind].model_validate(told)
    envelope = _envelope(kind).model_validate({"type": kind, "timestamp": at, "data": shape})
    return envelope.model_dump_json()


def described() -> dict[str, Any]:
    """All events as the `webhooks` part of an OpenAPI description."""
    return {kind: {"post": _operation(kind)} for kind in SHAPES}


def _envelope(kind: str) -> type[_Told]:
    return _ENVELOPES[kind]


def _made(kind: str, shape: type[_Told]) -> type[_Told]:
    fields = {"type": str, "timestamp": datetime, "data": shape}
    name = "".join(part.title() for part in kind.split("."))
    return type(f"{name}Message", (_Told,), {"__annotations__": fields, "__doc__": shape.__doc__})


_ENVELOPES = {kind: _made(kind, shape) for kind, shape in SHAPES.items()}


def _operation(kind: str) -> dict[str, Any]:
    shape = _ENVELOPES[kind].model_json_schema(ref_template="#/components/schemas/{model}")
    inner = shape.pop("$defs", {})
    text = (SHAPES[kind].__doc__ or "").strip()
    summary, _stop, rest = text.partition(". ")
    return {
        "operationId": f"webhook_{kind.replace('.', '_')}",
        "summary": summary.rstrip(".") + ".",
        "description": rest,
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": words,
             "schema": {"type": "string"}}
            for name, words in _HEADERS.items()
        ],
        "requestBody": {
            "required": True, "content": {"application/json": {"schema": _inlined(shape, inner)}}
        },
        "responses": {
            "200": {"description": "Any answer from 200 to 299 says that it was taken. Everything "
                    "else, and silence for ten seconds, is tried again for about two days."}
        },
    }  # fmt: skip


_HEADERS = {
    "webhook-id": "the same however often a message comes; take each once",
    "webhook-timestamp": "Unix seconds when this attempt was signed; refuse what is older than five minutes",
    "webhook-signature": (
        "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` under the decoded secret "
        "(without its prefix `whsec_`); two of them, parted by a blank, for a day after a change "
        "of secret"
    ),
}


def _inlined(node: Any, inner: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        name = str(node.get("$ref", "")).rpartition("/")[2]
        if name:
            return _inlined(inner[name], inner)
        return {key: _inlined(value, inner) for key, value in node.items()}
    if isinstance(node, list):
        return [_inlined(one, inner) for one in node]
    return node
