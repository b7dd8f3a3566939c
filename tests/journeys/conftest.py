"""The running site, a browser, and for every journey a database of its own.

The world is built and committed once in a template; every journey gets a copy of it, in which the
site's threads really commit. Tables that refuse to be emptied are never emptied: the copy is dropped.
"""

from __future__ import annotations

import copy
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from browsing import CHROMIUM
from databases import copied, dropped, using
from journeys.scene import Scene, a_scene
from journeys.visitor import Visitor, Visitors

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    # A microphone that hums, for whoever records a voice note, and nobody who must allow it.
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def _template(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, Scene]]:
    with django_db_blocker.unblock():
        empty = connection.settings_dict["NAME"]
        name = f"{empty}_journeys"
        copied(empty, name)
        with using(name):
            scene = a_scene()
        yield name, scene
        dropped(name)


@pytest.fixture
def transactional_db(
    _template: tuple[str, Scene], _quiet_driver: None, django_db_blocker: Any
) -> Iterator[None]:
    """In place of pytest-django's, for `live_server`: this journey's own copy of the scene."""
    name = f"{_template[0]}_{next(_numbers)}"
    with django_db_blocker.unblock():
        copied(_template[0], name)
        with using(name):
            yield
        dropped(name)


@pytest.fixture
def scene(transactional_db: None, _template: tuple[str, Scene]) -> Scene:
    """See `Scene`."""
    return copy.deepcopy(_template[1])


@pytest.fixture(scope="module")
def _quiet_driver() -> Iterator[None]:
    """The browser's driver keeps an event loop in this thread; Django is right to ask, and wrong here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="module")
def browser(_quiet_driver: None) -> Iterator[Browser]:
    """One browser for the journeys of a file: other files start drivers of their own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session", autouse=True)
def _static_root() -> None:
    """The server looks whether it is there, though it serves the sources' static files."""
    Path(site_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def _looked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers of one run note which pages axe has seen."""
    own = tmp_path_factory.getbasetemp()
    place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "looked"
    place.mkdir(exist_ok=True)
    return place


@pytest.fixture
def visitors(browser: Browser, scene: Scene, live_server: Any, _looked: Path) -> Iterator[Visitors]:
    """People who come to the site; at the end no page may have had a fault."""
    made = Visitors(browser, live_server.url, _looked)
    yield made
    made.leave()


@pytest.fixture(params=["phone", "desk"])
def size(request: pytest.FixtureRequest) -> str:
    """A journey on a phone and at a desk."""
    return str(request.param)


@pytest.fixture
def officer(visitors: Visitors, scene: Scene, size: str) -> Visitor:
    """The national officer, signed in."""
    return visitors.come(scene.world.people["officer"], size)


@pytest.fixture
def leader(visitors: Visitors, scene: Scene, size: str) -> Visitor:
    """The leader of the first local unit of Shiraz, signed in."""
    return visitors.come(scene.world.people["leader"], size)
