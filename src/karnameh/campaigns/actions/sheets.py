"""A sheet of proposals becomes drafts, or is handed in: all rows or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from karnameh.activities.public import Activity, Campaign
from karnameh.campaigns.actions.proposals import draft_proposals, submit_proposal
from karnameh.campaigns.queries.proposals import Names
from karnameh.campaigns.rules.content import Content
from karnameh.org.public import OrgUnit
from karnameh.plumbing.public import Refusal, deed


def import_proposals(
    rows: Sequence[tuple[OrgUnit, Content]],
    *,
    campaign: Campaign,
    hand_in: bool,
    by: Any,
    at: datetime,
) -> list[Activity]:
    """Write the rows of a sheet as drafts, and hand them in where wanted; all or none.

    A sheet that is sent twice finds its own names and is refused as a whole (409).
    """
    with deed("import_proposals", by=by, at=at, target=f"campaign:{campaign.pk}"):
        # Two who send the same sheet wait for each other at the rows of their units.
        units = sorted({unit.pk for unit, _content in rows})
        list(OrgUnit.objects.select_for_update(no_key=True).filter(pk__in=units).order_by("pk"))
        names = Names(campaign, units)
        for unit, content in rows:
            if taken := names.taken(unit.pk, content.name_fa):
                raise Refusal(
                    _("Nothing was taken: %(unit)s has a proposal “%(name)s” already (%(code)s).")
                    % {"unit": unit.name, "name": content.name_fa, "code": taken},
                    status=409,
                )
        made = draft_proposals(rows, campaign=campaign, by=by, at=at)
        if hand_in:
            for one in made:
                submit_proposal(one, by=by, at=at)
    return made
