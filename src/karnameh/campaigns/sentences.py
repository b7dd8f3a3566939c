"""Refusals of planning, in words for people. The rules name the code, this file has the sentence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from karnameh.plumbing.errors import CONSTRAINT_SENTENCES, Sentence

SENTENCES: dict[str, Sentence] = {
    "proposal_name": _("Give it a name."),
    "proposal_days_reversed": _("The last day lies before the first one."),
    "proposal_outside_campaign": _("These days lie outside the campaign. Choose days within it."),
    "proposal_days_over": _(
        "These days are over already. Choose days that are still to come, or withdraw the proposal."
    ),
    "proposal_wishes_over": _(
        "The wished days are over already. Wish for a day that is still to come."
    ),
    "proposal_wish_outside": _("A wished day lies outside the days of the proposal."),
    "proposal_without_a_day": _(
        "The venue is not open on any of these days. Choose another day or another venue."
    ),
    "proposal_audience": _("Say whom it is for."),
    "proposal_expectation": _("Say what it is expected to bring: at least one quantity."),
    "proposal_flagship_profession": _("A flagship belongs to a profession. Choose which."),
    "proposal_venue_too_small": _("The venue has fewer seats than people are expected."),
    "rule_number": _("Write a whole number from 0 to one million."),
    "rule_percent": _("Write a percentage from 1 to 100."),
    "rule_rial": _("Write an amount of money."),
    "rule_choice": _("Choose one of the list."),
    "rule_day": _("Choose a day of the campaign."),
    "rule_numbers_contradict": _("These two ask for different numbers of the same thing."),
    "rule_part_above_whole": _("A part may not need more than the whole is allowed."),
    "rule_flagships_contradict": _(
        "A flagship for each profession gives another number than this one asks for."
    ),
    "rule_cap_of_nothing": _("One asks for activities where the other allows none."),
}

CONSTRAINT_SENTENCES.update(
    {
        "activity_moves_along_its_life": _(
            "Somebody else has decided over it meanwhile. Look at it again."
        ),
        "campaign_day_lies_in_it": _("A day of the campaign lies outside its dates."),
        "campaign_ends_after_it_starts": _("The campaign ends before it begins."),
        "campaign_proposals_close_before_its_end": _(
            "Proposals cannot stay open after the campaign has ended."
        ),
        "campaign_proposals_close_after_they_open": _("Proposals close before they open."),
        "committee_of_a_county": _("A committee belongs to a county."),
        "seat_one_chair_one_secretary": _("This seat is there already. Close the old one first."),
        "seat_one_for_a_holder": _("This office holder has a seat in the committee already."),
        "meeting_one_at_a_time": _("The committee meets at this time already."),
        "rule_is_edited_by_a_new_version": _(
            "Somebody else has edited this rule meanwhile. Look at it again."
        ),
        "rule_has_one_version": _(
            "Somebody else has edited this rule meanwhile. Look at it again."
        ),
    }
)


def sentence(code: str) -> str:
    """The sentence of a code, in the language in force."""
    return str(SENTENCES[code])
