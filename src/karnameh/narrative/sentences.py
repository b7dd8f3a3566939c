"""What is said about a report that cannot be read: one sentence for each code."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from karnameh.plumbing.errors import Sentence

SENTENCES: dict[str, Sentence] = {
    "empty": _("There is no text in it. Paste the report, or choose another file."),
    "too_long": _("A report may have at most %(given)s characters. Split it and enter the parts."),
    "too_large": _("This file is larger than 20 megabytes."),
    "digits_only": _(
        "There are only numbers in it. A table belongs into a spreadsheet; send it there."
    ),
    "not_persian": _("This text is not in Persian. The reader understands only Persian reports."),
    "no_numbers": _("No quantity was found in this text, so there is nothing to post."),
    "too_many_numbers": _(
        "There are more than %(given)s numbers in this text. Split it, or send a table as a spreadsheet."
    ),
    "kind_unknown": _("Send a text (.txt), a Word document (.docx), a PDF or a web page (.html)."),
    "old_document": _("This is a document of the old .doc kind. Save it as .docx and send that."),
    "not_its_name": _(
        "This file is not what its name says. Save it again in its own kind and send that."
    ),
    "encrypted": _("This file is locked with a password. Save a copy without one and send that."),
    "scanned": _(
        "This PDF holds pictures of pages and no text. Send the original, or type the text and paste it."
    ),
    "unpacks_too_far": _(
        "This document unpacks into far more than a report needs. It was not opened."
    ),
    "defines_entities": _(
        "This document holds definitions that no word processor writes. It was not opened."
    ),
    "broken": _("This file is damaged and cannot be read to its end. Save it again and send that."),
    "takes_too_much": _(
        "This file takes more memory or time than a report may. Paste its text instead."
    ),
    "same_text": _("Just this text was entered for this unit before."),
}


def sentence(code: str, given: str = "") -> Sentence:
    """The sentence for `code`, with what it speaks of."""
    found = SENTENCES[code]
    return str(found) % {"given": given} if given else found
