"""A world with two press officers and something to publish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from builders import DAY, NOW, World, a_campaign, a_grant, a_new_entry, a_user, an_indicator
from karnameh.access.public import Role
from karnameh.activities.models import Campaign
from karnameh.catalog.public import Indicator
from karnameh.insight.figures.actions import (
    Query,
    Words,
    approve_figure,
    propose_figure,
    publish_figure,
    write_figure,
)
from karnameh.insight.figures.models import Figure
from karnameh.ledger.public import Stage, post_entries
from karnameh.people.public import User

CANARY = "قناری"  # stands in what the public must not see
WORDS = Words(
    "همیاران {value} {measure} به خانه‌ها رساندند.", "Volunteers brought {value} {measure} home."
)


@dataclass
class Press:
    """The author, the second officer, and what they publish."""

    world: World
    author: User
    second: User
    parcels: Indicator
    taught: Indicator  # people
    campaign: Campaign

    def query(self, **changed: object) -> Query:
        values: dict[str, object] = {
            "unit": self.world.nation, "place": None, "indicator": self.parcels, "stage": Stage.REPORTED,
            "starts_on": self.campaign.starts_on, "ends_on": self.campaign.ends_on, **changed,
        }  # fmt: skip
        return Query(**values)  # type: ignore[arg-type]

    def draft(self, words: Words = WORDS, **changed: object) -> Figure:
        return write_figure(self.query(**changed), words, by=self.author, at=NOW)

    def proposed(self, words: Words = WORDS, **changed: object) -> Figure:
        return propose_figure(self.draft(words, **changed), by=self.author, at=NOW)

    def approved(self, words: Words = WORDS, **changed: object) -> Figure:
        figure = self.proposed(words, **changed)
        return approve_figure(figure, digest=figure.digest, by=self.second, at=NOW)

    def published(self, words: Words = WORDS, **changed: object) -> Figure:
        return publish_figure(self.approved(words, **changed), by=self.author, at=NOW)

    def report(self, quantity: int, *, unit: str = "taft", on: date = DAY) -> None:
        post_entries(
            [a_new_entry(self.world.locals[unit][0], self.parcels, quantity, ends_on=on)],
            by=self.world.people["officer"], at=NOW,
        )  # fmt: skip


def the_press(world: World) -> Press:
    """`officer` writes, a second officer approves; parcels were promised and reported."""
    second = a_user("press2", "دفتر دوم رسانه")
    a_grant(second, Role.PRESS, world.nation)
    parcels = an_indicator("parcels-given", name_fa="بسته‌های اهدایی")
    taught = an_indicator("people-taught", people="people")
    made = Press(world, world.people["officer"], second, parcels, taught, a_campaign())
    entries = [a_new_entry(world.local, parcels, 900, stage=Stage.PLEDGED)]
    for county, units in world.locals.items():
        for n, unit in enumerate(units):
            entries.append(a_new_entry(unit, parcels, 3 + n + len(county)))
    for county, count in (("shiraz", 113), ("twin", 7), ("mehriz", 218), ("taft", 4003)):
        entries.append(a_new_entry(world.locals[county][0], taught, count))
    post_entries(entries, by=world.people["officer"], at=NOW)
    return made
