"""The product's own server and worker over a benchmark's database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HOST = "127.0.0.1"


@contextmanager
def serving_at(port: int) -> Iterator[None]:
    """Two web processes and the worker, until the block ends; RuntimeError when they do not answer."""
    from karnameh.config import serving

    serving._collect_static()
    web = {**os.environ, "KARNAMEH_PROCESS": "web"}
    command = [sys.executable, "-m", "karnameh", "work"]
    processes = [
        subprocess.Popen(serving.gunicorn(HOST, port, 2), env=web, stderr=subprocess.DEVNULL),
        subprocess.Popen(command, env={**os.environ, "KARNAMEH_PROCESS": "work"}),
    ]
    try:
        if not serving.answers(HOST, port, processes):
            raise RuntimeError("the server does not answer")
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def session_of(account: Any) -> tuple[str, str]:
    """Name and value of the cookie of somebody who is signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(account)
    name = settings.SESSION_COOKIE_NAME
    return name, client.cookies[name].value
