"""Keys: from the environment, or made once in `var/secrets.json`, readable by this user only."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Secrets:
    """`seal` maps key names to 32 bytes; the last one seals, all open. `log` are keys that sign heads."""

    django: str
    token: bytes
    seal: dict[str, bytes]
    log: dict[str, bytes]


def load_secrets(var: Path) -> Secrets:
    """The installation's keys; `KARNAMEH_SECRETS` (the JSON itself) wins over the file."""
    given = os.environ.get("KARNAMEH_SECRETS")
    kept = json.loads(given) if given else _from_file(var / "secrets.json")
    return Secrets(
        django=kept["django"],
        token=base64.b64decode(kept["token"]),
        seal={name: base64.b64decode(key) for name, key in kept["seal"].items()},
        log={name: base64.b64decode(key) for name, key in kept.get("log", {}).items()},
    )


def add_seal_key(var: Path) -> str:
    """Put a fresh sealing key last; `manage seals` then moves every field to it."""
    return _add(var, "seal")


def add_log_key(var: Path) -> str:
    """Put a fresh signing key last; the next head is signed with it."""
    return _add(var, "log")


def _add(var: Path, purpose: str) -> str:
    path = var / "secrets.json"
    kept = _from_file(path)
    known = [int(one[1:]) for one in kept[purpose] if one[1:].isdecimal()]
    name = f"k{max(known, default=0) + 1}"  # never a name again, also after older ones were removed
    kept[purpose][name] = _fresh()
    _write(path, kept)
    return name


def _from_file(path: Path) -> dict[str, Any]:
    loaded = _read(path)
    if not loaded.keys() >= _PURPOSES:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("w") as held:  # several processes start at once
            fcntl.flock(held, fcntl.LOCK_EX)
            loaded = {**_made(), **_read(path)}
            _write(path, loaded)
    return loaded


_PURPOSES = {"django", "token", "seal", "log"}


def _made() -> dict[str, Any]:
    return {
        "django": _fresh(),
        "token": _fresh(),
        "seal": {"k1": _fresh()},
        "log": {"k1": _fresh()},
    }


def _read(path: Path) -> dict[str, Any]:
    """What is kept already; an installation older than a purpose lacks its keys."""
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _write(path: Path, kept: object) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(kept, indent=2))
    fresh.replace(path)


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
