"""The door of front: what the commands of `config` need of the demo."""

from __future__ import annotations

from karnameh.front.demo.accounts import DEMO_ACCOUNTS, PASSWORD
from karnameh.front.demo.federation import build
from karnameh.front.demo.figures import publish_demo
from karnameh.front.demo.loading import load_demo, prepare_bench

__all__ = ["DEMO_ACCOUNTS", "PASSWORD", "build", "load_demo", "prepare_bench", "publish_demo"]
