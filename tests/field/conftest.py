"""The shared world, and a phone in it."""

from __future__ import annotations

import pytest

from builders import NOW, World, an_indicator
from field.sending import Sender
from karnameh.catalog.public import Indicator
from karnameh.field.public import enrol_device
from worlds import built_world, db, own_world, transactional_db, world

__all__ = ["built_world", "db", "own_world", "transactional_db", "world"]


@pytest.fixture
def indicator(world: World) -> Indicator:
    """Parcels."""
    return an_indicator("parcels")


@pytest.fixture
def phone(world: World) -> Sender:
    """The leader's phone."""
    return a_phone(world)


def a_phone(world: World, who: str = "leader", unit: str = "local") -> Sender:
    """A phone of a person of the cast."""
    user, where = world.people[who], getattr(world, unit)
    device, secrets = enrol_device(unit=where, name="گوشی", by=user, at=NOW)
    return Sender(device, secrets)
