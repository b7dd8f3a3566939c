"""Keys: from the environment, or made once in `var/secrets.json`, readable by this user only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Secrets:
    """`seal` maps key names to 32 bytes; the last one seals, all open."""

    django: str
    token: bytes
    seal: dict[str, bytes]


def load_secrets(var: Path) -> Secrets:
    """The installation's keys; `KARNAMEH_SECRETS` (the JSON itself) wins over the file."""
    given = os.environ.get("KARNAMEH_SECRETS")
    kept = json.loads(given) if given else _from_file(var / "secrets.json")
    return Secrets(
        django=kept["django"],
        token=base64.b64decode(kept["token"]),
        seal={name: base64.b64decode(key) for name, key in kept["seal"].items()},
    )


def add_seal_key(var: Path) -> str:
    """Put a fresh sealing key last; `manage seals` then moves every field to it."""
    path = var / "secrets.json"
    kept = _from_file(path)
    name = f"k{len(kept['seal']) + 1}"
    kept["seal"][name] = _fresh()
    _write(path, kept)
    return name


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, {"django": _fresh(), "token": _fresh(), "seal": {"k1": _fresh()}})
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def _write(path: Path, kept: object) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(kept, indent=2))
    fresh.replace(path)


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
