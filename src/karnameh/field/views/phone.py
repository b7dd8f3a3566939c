"""What phones ask: taking in, the batch, the document, parts of files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth import logout
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import translation
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import reach_unit, units_where
from karnameh.field.actions import Locked, enrol_device, sealed_device
from karnameh.field.down import Document, document
from karnameh.field.models import Device
from karnameh.field.receiving import receive
from karnameh.field.rules import (
    CHUNK,
    MOST_BYTES,
    Batch,
    Item,
    Unreadable,
    read_batch,
    read_items,
)
from karnameh.field.storing import add_part, progress
from karnameh.field.tokens import open_envelope
from karnameh.field.views.speaking import answer, log, marked, phone_of, speaking
from karnameh.org.public import OrgUnit
from karnameh.people.public import User, keep_language
from karnameh.plumbing.clock import now, today


@speaking
@csrf_protect
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Take the phone in whose browser is signed in; the only address here that a cookie opens."""
    user = request.user
    if not isinstance(user, User):
        raise Locked("not_signed_in")
    if request.method == "GET":
        return answer(offer(request, user))
    unit = request.POST.get("unit", "")
    device, secrets = enrol_device(
        unit=reach_unit(user, int(unit) if unit.isdecimal() else 0),
        name=request.POST.get("name", ""),
        known_as=request.POST.get("known", ""),
        by=user,
        at=now(),
    )
    # Whoever finds the phone must not find the site signed in behind the app.
    logout(request)
    response = answer(
        {
            "device": str(device.pk),
            "token": secrets.token,
            "store": secrets.store,
            "envelope": secrets.envelope,
            "unit": device.unit_id,
        }
    )
    keep_language(response, user.language)
    return response


def offer(request: HttpRequest, user: User) -> dict[str, Any]:
    """What somebody who is signed in may take a phone in for."""
    units = OrgUnit.objects.filter(path__in=units_where(user).paths).order_by("sort_key")
    return {
        "office": user.office,
        "csrf": get_token(request),
        "units": [[one.pk, one.name] for one in units[:50]],
    }


@speaking
@require_POST
def sync(request: HttpRequest) -> HttpResponse:
    """Take a batch in and answer for each item of it."""
    text = _body(request, MOST_BYTES + 1)
    batch = read_batch(text)
    sealed = bool(batch.sealed)
    if sealed:
        device = sealed_device(str(json.loads(text).get("device", "")))
        batch = _opened(batch, device)
    else:
        device = phone_of(request)
    with translation.override(device.account.language):
        taken = receive(device, batch, by=device.account, at=now())
        said: dict[str, Any] = {
            "v": batch.version,
            "receipts": [one.as_json(bare=sealed) for one in taken.receipts],
            "wanted": list(taken.wanted),
        }
        if batch.have is not None and not sealed:
            said |= _down_with(device, batch.have)
        return answer(said)


def _down_with(device: Device, have: str) -> dict[str, Any]:
    """The document beside receipts. What is taken is taken: no fault in the document keeps them back."""
    try:
        found = _document(device)
    except DatabaseError:
        raise
    except Exception:
        log.exception("a phone's document could not be made")
        return {}
    return {"epoch": found.epoch, "down": {"tag": found.tag, **_parts_of(found, have)}}


def _document(device: Device) -> Document:
    return document(device, by=device.account, at=now(), today=today())


def _parts_of(found: Document, have: str) -> dict[str, Any]:
    return {"marks": found.marks, "parts": found.changed(have)}


def _opened(batch: Batch, device: Device) -> Batch:
    """The batch with the items that this phone sealed; what it did not seal is not there."""
    rows: list[Any] = []
    for envelope in batch.sealed:
        plain = open_envelope(envelope, device=device.pk, account=device.account_id)
        if plain is None:
            continue
        try:
            rows.append(json.loads(plain))
        except (ValueError, RecursionError):
            continue
    if not rows:
        raise Locked("not_signed_in")
    items: Sequence[Item]
    items, spoilt = read_items(rows)
    return replace(batch, items=items, sealed=(), spoilt=spoilt)


@speaking
@require_safe
def down(request: HttpRequest) -> HttpResponse:
    """The unit's small document: only the parts that the phone does not have."""
    device = phone_of(request)
    with translation.override(device.account.language):
        found = _document(device)
    if request.headers.get("If-None-Match", "").removeprefix("W/") == found.tag:
        response = marked(HttpResponse(status=304))
    else:
        response = answer({"epoch": found.epoch, **_parts_of(found, request.GET.get("have", ""))})
    response["ETag"] = found.tag
    return response


@speaking
@require_http_methods(["GET", "PUT"])
def file(request: HttpRequest, sha256: str) -> HttpResponse:
    """How much of a file is here, and the next part of it."""
    device = phone_of(request)
    if request.method == "GET":
        here = progress(device.account, sha256)
    else:
        here = add_part(
            device.account, sha256, kind=request.headers.get("Upload-Kind", ""),
            size=_number(request.headers.get("Upload-Length")),
            offset=_number(request.headers.get("Upload-Offset")), data=_body(request, CHUNK + 1), at=now(),
        )  # fmt: skip
    return answer({"done": True} if here is None else {"done": False, "here": here})


def _number(value: str | None) -> int:
    if value is None or not value.isascii() or not value.isdecimal() or len(value) > 12:
        raise Unreadable("chunk_wrong")
    return int(value)


def _body(request: HttpRequest, most: int) -> bytes:
    """No more of a request than is wanted; what is longer was never read."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > most:
        raise Unreadable("batch_too_large")
    return request.read(most)
