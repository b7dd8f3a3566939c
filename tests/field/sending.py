"""A phone of the tests: it speaks the protocol through HTTP, byte by byte as the app does."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.test import Client

from builders import DAY, NOW
from karnameh.catalog.public import Indicator
from karnameh.field.public import Device, Secrets
from karnameh.field.rules import CHUNK
from karnameh.field.tokens import seal_envelope
from karnameh.kernel.ids import new_id
from karnameh.org.public import OrgUnit


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def old_id(at: datetime = NOW) -> UUID:
    """A UUIDv7 made at an instant of the tests."""
    return UUID(
        int=(milliseconds(at) << 80) | (7 << 76) | (2 << 62) | (new_id().int & ((1 << 62) - 1))
    )


def an_item(
    kind: str, body: dict[str, Any], *, pk: UUID | None = None, made: datetime = NOW
) -> dict[str, Any]:
    """One item as a phone writes it."""
    text = json.dumps(body, ensure_ascii=False)
    return {
        "id": str(pk or old_id(made)), "kind": kind, "made": milliseconds(made), "body": text,
        "hash": hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest(),
    }  # fmt: skip


def a_quantity(
    unit: OrgUnit, indicator: Indicator, quantity: str | None = "10", **more: Any
) -> dict[str, Any]:
    """The item of a reported quantity."""
    pk, made = more.pop("pk", None), more.pop("made", NOW)
    body: dict[str, Any] = {
        "unit": unit.pk,
        "indicator": indicator.pk,
        "quantity": quantity,
        "on": DAY.isoformat(),
    }
    body |= more.pop("body", {}) | more
    return an_item("entry", body, pk=pk, made=made)


@dataclass
class Sender:
    """A phone with its secrets and a client of its own, without any cookie."""

    device: Device
    secrets: Secrets

    def __post_init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Device {self.secrets.token}"}

    def batch(self, items: list[Any], **more: Any) -> Any:
        """Send a batch; the response as it is."""
        given = {"v": 1, "epoch": 1, "sent": milliseconds(NOW), "items": items, **more}
        return self.raw(json.dumps(given, ensure_ascii=False))

    def raw(self, text: str | bytes) -> Any:
        return self.client.post(
            "/field/api/sync/", text, content_type="application/json", headers=self.headers
        )

    def send(self, *items: Any, **more: Any) -> list[dict[str, Any]]:
        """Send a batch; its receipts."""
        response = self.batch(list(items), **more)
        assert response.status_code == 200, response.content.decode()
        return list(response.json()["receipts"])

    def verdicts(self, *items: Any, **more: Any) -> list[str]:
        """Send a batch; the verdicts alone."""
        return [one["verdict"] for one in self.send(*items, **more)]

    def seal(self, item: Any) -> str:
        """What the app puts into its queue for the way while it is locked."""
        plain = json.dumps(item, ensure_ascii=False).encode()
        return seal_envelope(
            plain, nonce=os.urandom(12), device=self.device.pk, key=self.secrets.envelope
        )

    def down(self, have: str = "", **headers: str) -> Any:
        return self.client.get(f"/field/api/down/?have={have}", headers={**self.headers, **headers})

    def part(
        self, sha256: str, data: bytes, *, size: int, offset: int = 0, kind: str = "photo"
    ) -> Any:
        headers = {
            **self.headers,
            "Upload-Kind": kind,
            "Upload-Length": str(size),
            "Upload-Offset": str(offset),
        }
        return self.client.put(
            f"/field/api/files/{sha256}/",
            data,
            content_type="application/octet-stream",
            headers=headers,
        )

    def upload(self, data: bytes, kind: str = "photo") -> Any:
        """The whole file in parts; the last answer."""
        sha256, response = hashlib.sha256(data).hexdigest(), None
        for start in range(0, len(data), CHUNK):
            response = self.part(
                sha256, data[start : start + CHUNK], size=len(data), offset=start, kind=kind
            )
            if response.status_code != 200:
                return response
        return response
