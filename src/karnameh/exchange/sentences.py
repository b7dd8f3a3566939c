"""What is said about a file or a row: one sentence for each code, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from karnameh.exchange.rules.columns import HEADINGS, Column
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES, Sentence
from karnameh.plumbing.errors import SENTENCES as VALUE_SENTENCES
from karnameh.plumbing.sheets import FILE_SENTENCES

SENTENCES: dict[str, Sentence] = {
    # the file
    **FILE_SENTENCES,
    "column_missing": _(
        "The column “%(given)s” is missing. Take the template, or name a column so."
    ),
    "column_twice": _("Two columns are called “%(given)s”. Remove or rename one of them."),
    "posting_refused": _("Nothing was posted. %(given)s"),
    "undo_refused": _("Nothing was taken back. %(given)s"),
    "role_is_gone": _("Nothing was done: your role at one of these units has ended."),
    "our_fault": _("The fault is ours and it was noted. Nothing of this file was posted."),
    "files_are_gone": _("The uploaded file is no longer there. Send it again."),
    # the row
    "unit_missing": _("Write the code of the unit."),
    "unit_unknown": _("There is no unit with the code “%(given)s”."),
    "unit_outside": _("This unit is not beneath the unit that you chose for this file."),
    "unit_name_differs": _("This code belongs to “%(given)s”. Is it the unit you mean?"),
    "unit_not_open_yet": _("This unit was opened after that day."),
    "no_role_here": _("Your role does not let you post this for this unit."),
    "indicator_missing": _("Choose an indicator from the list, or write its code."),
    "indicator_unknown": _("There is no indicator “%(given)s”."),
    "indicators_disagree": _("The code and the name belong to two different indicators."),
    "stage_missing": _("Say whether this was promised, reported or verified."),
    "word_unknown": _("“%(given)s” is not one of the words for this column."),
    "unknown_with_quantity": _("Either write a quantity or say that it is unknown, not both."),
    "amounts_disagree": _("The quantity and the amount of money are not the same."),
    "period_not_over": _("This period is not over yet."),
    "place_unknown": _("There is no place with the code “%(given)s”."),
    "activity_unknown": _("There is no activity with the code “%(given)s”."),
    "item_unknown": _("There is no item with the code “%(given)s”."),
    "breakdown_unreadable": _(
        "Write a breakdown as name=part, several with a semicolon between them."
    ),
    "breakdown_unknown": _("There is no such breakdown or part as “%(given)s”."),
    "breakdown_not_counted": _("This indicator is not broken down so."),
    "text_too_long": _("This text may have at most %(limit)s letters."),
    "id_unreadable": _("“%(given)s” is not an id. Copy it from a sheet or leave the cell empty."),
    "id_not_made_for_rows": _(
        "This id was not made for a row. Leave the cell empty, one is made then."
    ),
    "id_of_tomorrow": _("This id comes from a device whose clock is ahead. Leave the cell empty."),
    "id_twice": _("Row %(row)s has the same id. Leave the cell empty in one of them."),
    "id_taken": _("This id belongs to an entry with other content. To correct it, use its page."),
    "taken_back": _("This entry was taken back. To post it again, empty its id."),
    "says_the_same": _("Row %(row)s says the same. Is this another one?"),
    "same_as_before": _(
        "An entry that says just this is in the ledger. If this is another one, say so in the note."
    ),
    "only_originals": _(
        "Reversals and adjustments are made on the page of their entry, not by a file."
    ),
    "verifies_missing": _("Write the id of the report that was verified."),
    "fulfils_by_report": _("Only a report can fulfil a promise."),
    "verifies_by_check": _("Only a verified quantity can verify a report."),
    "verified_more": _("More was verified than reported (%(given)s)."),
    "far_from_promise": _("This is many times what was promised (%(given)s)."),
    "far_above_usual": _("This is many times what one unit usually counts (up to %(given)s)."),
}


def sentence(code: str, given: Mapping[str, str]) -> str:
    """The sentence for `code`, with what it speaks of."""
    found = SENTENCES.get(code) or VALUE_SENTENCES.get(code) or CONSTRAINT_SENTENCES[code]
    return str(found) % given if given else str(found)


def file_sentence(code: str, given: str, language: str) -> str:
    """The sentence about a whole file; a missing column is called as the reader calls it."""
    if code == "column_missing":
        heading = HEADINGS[Column(given)]
        given = heading.en if language == "en" else heading.fa
    return sentence(code, {"given": given})
