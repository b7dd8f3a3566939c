"""One invented report in prose, so that the reading desk is not empty on the first day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from karnameh.activities.public import Campaign
from karnameh.front.demo.ids import TODAY
from karnameh.narrative.public import Heading, Kind, Source, enter_source
from karnameh.org.public import OrgUnit
from karnameh.people.public import User


def read_report(*, unit: OrgUnit, campaign: Campaign, by: User, at: datetime) -> Source:
    """Enter it for `unit`; its drafts wait for decisions."""
    heading = Heading(
        title="",
        dated=TODAY,
        outlet="پایگاه خبری همیاران",
        office="دبیر هفتهٔ همیاری",
        campaign=campaign,
    )
    text = Path(__file__).with_name("report.txt").read_text(encoding="utf-8")
    return enter_source(text, heading=heading, kind=Kind.PASTE, unit=unit, by=by, at=at)
