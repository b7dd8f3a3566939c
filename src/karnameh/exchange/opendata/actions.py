"""Publishing open data: one press officer asks, another confirms, the worker makes it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.access.public import Role, require
from karnameh.activities.public import Campaign
from karnameh.exchange.models import OpenData, OpenState
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.chores import wake
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES
from karnameh.plumbing.public import OutOfReach, Refusal, deed

CONSTRAINT_SENTENCES.update(
    {
        "open_data_confirmed_by_another": gettext_lazy(
            "Another press officer confirms it, not the one who asked."
        ),
        "open_data_is_never_changed": gettext_lazy("What was published is never changed."),
    }
)
_OPEN = (OpenState.ASKED, OpenState.CONFIRMED)


def ask_to_publish(*, campaign: Campaign, unit: OrgUnit, by: User, at: datetime) -> OpenData:
    """Ask that everything public of a campaign be published; it waits for a second officer."""
    require(by, Role.PRESS, unit)
    if campaign.starts_on > at.date():
        raise Refusal(_("This campaign has not begun. There is nothing to publish yet."))
    if OpenData.objects.filter(campaign=campaign, unit=unit, state__in=_OPEN).exists():
        raise Refusal(_("This is being prepared already."), status=409)
    number = OpenData.objects.filter(campaign=campaign, unit=unit).count() + 1
    code = f"{campaign.code}-{unit.code.lower()}-{number}"[:40]
    with deed("ask_open_data", by=by, at=at, target=f"open:{code}"):
        return OpenData.objects.create(
            code=code, campaign=campaign, unit=unit, starts_on=campaign.starts_on,
            ends_on=min(campaign.ends_on, at.date()), asked_by=by, asked_at=at,
        )  # fmt: skip


def confirm_publishing(code: str, *, by: User, at: datetime) -> OpenData:
    """A second press officer agrees; from here on the worker makes the files."""
    with deed("confirm_open_data", by=by, at=at, target=f"open:{code}"):
        one = OpenData.objects.select_for_update(of=("self",)).filter(code=code).first()
        if one is None:
            raise OutOfReach
        require(by, Role.PRESS, one.unit)
        if one.asked_by_id == by.pk:
            raise Refusal(CONSTRAINT_SENTENCES["open_data_confirmed_by_another"], status=403)
        if one.state != OpenState.ASKED:
            raise Refusal(_("Somebody has confirmed this already."), status=409)
        one.state, one.confirmed_by, one.confirmed_at = OpenState.CONFIRMED, by, at
        one.save()
        wake()
    return one
