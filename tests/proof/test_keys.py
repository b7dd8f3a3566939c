"""Keys that sign heads are made once, added last, and never written over."""

from __future__ import annotations

import json
from pathlib import Path

from karnameh.config.secrets import add_log_key, load_secrets


def test_an_older_installation_gets_a_key_and_a_name_is_never_used_again(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    first = load_secrets(tmp_path)
    kept = json.loads(file.read_text())
    del kept["log"]
    file.write_text(json.dumps(kept))
    again = load_secrets(tmp_path)
    assert (again.django, again.seal) == (first.django, first.seal) and len(again.log["k1"]) == 32
    assert load_secrets(tmp_path).log == again.log
    assert add_log_key(tmp_path) == "k2"
    kept = json.loads(file.read_text())
    del kept["log"]["k1"]
    file.write_text(json.dumps(kept))
    assert add_log_key(tmp_path) == "k3"
    assert list(load_secrets(tmp_path).log) == ["k2", "k3"]
    assert file.stat().st_mode & 0o077 == 0
