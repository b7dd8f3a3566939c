"""What the protocol refuses, in words for people; each says how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from karnameh.plumbing.errors import Sentence

SENTENCES: dict[str, Sentence] = {
    "batch_unreadable": _("This could not be read. Send it again."),
    "batch_too_large": _("This is too much at once. Send it in smaller parts."),
    "version_unknown": _(
        "The app on this phone is newer than the site. Nothing is lost; try later."
    ),
    "item_unreadable": _("This item is damaged. Record it again."),
    "item_damaged": _("This item changed on its way. Send it again."),
    "quantity_wrong": _("This quantity cannot be right. Check the digits."),
    "day_wrong": _("Choose the day on which it was done."),
    "day_to_come": _("This day has not come yet."),
    "day_asked": _("The clock of this phone was wrong. On which day was it?"),
    "parts_wrong": _("This indicator is not disaggregated in this way."),
    "files_wrong": _("At most four photos or voice notes belong to one entry."),
    "file_too_large": _("This file is too large."),
    "unit_not_yours": _("This phone does not record for that unit."),
    "nothing_there": _("What this is about does not exist, or is not yours to see."),
    "entry_gone": _("The entry that this is about was taken back."),
    "taken_already": _("The first version of this was taken after all. Correct that one instead."),
    "mended": _("This was sent again in another form."),
    "other_content": _(
        "Another entry came under the same number. Both are kept; an officer looks at it."
    ),
    "point_unknown": _("There is no check-in point with this code. Look at the sheet again."),
    "point_other_day": _("This check-in point is not open on that day."),
    "team_was_here": _(
        "Your team is checked in here today already. Correct that entry if the number changed."
    ),
    "heads_wrong": _("Count at least one and at most two thousand heads."),
    "no_person_days": _("Person-days are not counted here: the dictionary has no such indicator."),
    "correction_says_why": _("Say in a few words what was wrong."),
    "check_needs_quantity": _("Write what you counted; zero is a number, too."),
    "asked_before": _("Somebody has asked about this entry already."),
    "point_there": _("This activity has a check-in point already."),
    "settled_before": _("Somebody has settled this already."),
    "device_unknown": _("This phone is not known here any more. Sign in again; nothing is lost."),
    "device_revoked": _("This phone was locked out by its holder."),
    "account_closed": _("This account was closed."),
    "not_signed_in": _("Sign in first."),
    "chunk_wrong": _("This part does not fit behind the one before. Ask how far it is."),
    "file_damaged": _("The file changed on its way. Send it again."),
    "file_not_wanted": _("There is no room for another file just now. Try again tomorrow."),
    "photo_unreadable": _(
        "This is no photo that can be shown. Take it again as JPEG, PNG or WebP."
    ),
    "photo_too_many_dots": _("This picture has too many dots. Take it with a smaller size."),
    "voice_unreadable": _("This is no voice note that can be played."),
    "takes_too_much": _("This file could not be opened safely."),
}


def sentence(code: str) -> str:
    """The words for a code, in the language in force."""
    return str(SENTENCES[code])
