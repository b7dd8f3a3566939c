"""What every journey begins with."""

from __future__ import annotations

from dataclasses import dataclass

from builders import (
    NOW,
    PASSWORD,
    World,
    a_campaign,
    a_new_entry,
    a_world,
    an_activity,
    an_indicator,
)
from karnameh.activities.models import Activity
from karnameh.catalog.public import Indicator
from karnameh.ledger.public import Entry, Stage, post_entries

PACKAGES = "بسته‌های آموزشی که به دانش‌آموزان می‌رسند"


@dataclass
class Scene:
    """The world of the journeys: one local unit promised 100 packages, and reported 400 of another kind."""

    world: World
    packages: Indicator
    trees: Indicator
    activity: Activity
    promise: Entry
    report: Entry


def a_scene() -> Scene:
    """Build it and commit it."""
    world = a_world()
    for name in ("officer", "leader", "verifier"):
        world.people[name].set_password(PASSWORD)
        world.people[name].save()
    packages = an_indicator("packages", name_fa=PACKAGES, short_fa="بسته‌ها")
    trees = an_indicator("trees", name_fa="نهال‌های کاشته‌شده", short_fa="نهال‌ها")
    activity = an_activity(world.local, campaign=a_campaign())
    leader = world.people["leader"]
    promise = a_new_entry(world.local, packages, 100, stage=Stage.PLEDGED, activity=activity.pk)
    report = a_new_entry(world.local, trees, 400)
    post_entries([promise], by=world.people["fars"], at=NOW)
    post_entries([report], by=leader, at=NOW)
    for user in world.people.values():
        user.__dict__.pop("_grants_in_force", None)
    found = {entry.pk: entry for entry in Entry.objects.all()}
    return Scene(world, packages, trees, activity, found[promise.id], found[report.id])
