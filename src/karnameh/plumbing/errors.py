"""Refusals: the one way in which the product says no, and the sentences in which it says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import IntegrityError, InternalError, OperationalError
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable, QueryCanceled

from karnameh.kernel.malformed import Malformed

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText
else:
    from django.utils.functional import Promise as LazyText

Sentence = str | LazyText


class Refusal(Exception):
    """Something that may not be done, with a sentence that a person may read.

    `status` is the HTTP status: 400 for what can be mended in the input, 403 for a missing role,
    409 for somebody else having been first, 503 for a passing fault. Where a whole page says no,
    `href` leads to the thing as it stands now, and `kept` gives back what had been typed.
    """

    def __init__(
        self,
        sentence: Sentence,
        *,
        field: str = "",
        status: int = 400,
        href: str = "",
        kept: str = "",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.status = status
        self.href = href
        self.kept = kept

    def __str__(self) -> str:
        return str(self.sentence)


class OutOfReach(Http404):
    """What the reader may not see does not exist for him."""


SENTENCES: dict[str, Sentence] = {
    "date_missing": _("Write a date, for example 1405/08/29."),
    "date_unreadable": _(
        "“%(given)s” is not a date. Write year, month and day, for example 1405/08/29."
    ),
    "date_ambiguous": _(
        "“%(given)s” can be read as more than one day. Write the year with four digits first."
    ),
    "date_impossible": _("There is no such day as “%(given)s” in the calendar."),
    "day_not_come": _("This day has not come yet. What lies ahead can only be promised."),
    "period_reversed": _("The period ends before it begins."),
    "period_open": _("Choose a period with a beginning and an end."),
    "quantity_missing": _("Write a quantity. If it is not known, say so."),
    "quantity_unreadable": _("“%(given)s” is not a number."),
    "quantity_ambiguous": _(
        "“%(given)s” can be read in two ways. Write thousands as 1,234 and decimals as 1.5 or in words."
    ),
    "quantity_too_large": _("“%(given)s” is too large to be true. Check the digits."),
    "quantity_too_fine": _("This is counted with at most %(decimals)s decimal places."),
    "number_too_large": _("“%(given)s” is larger than the largest number in use."),
    "number_unreadable": _("“%(given)s” is not a number."),
    "number_not_whole": _("“%(given)s” is not a whole number."),
    "money_without_currency": _("Say whether “%(given)s” is in rial or in toman."),
    "money_not_whole": _("“%(given)s” is not a whole number of rials."),
    "money_too_large": _("“%(given)s” is too large an amount to be true."),
}


def sentence_of(trouble: Malformed) -> str:
    """The sentence for a value that could not be read, in the language in force."""
    template = str(SENTENCES[trouble.code])
    return template % {"given": trouble.given, **trouble.params}


@contextmanager
def refusing_malformed(field: str = "") -> Iterator[None]:
    """Turn the kernel's `Malformed` into a `Refusal` that names the field."""
    try:
        yield
    except Malformed as trouble:
        raise Refusal(sentence_of(trouble), field=field) from trouble


# What the database itself refuses says its rule's name; the name finds the sentence.
CONSTRAINT_SENTENCES: dict[str, Sentence] = {}


@contextmanager
def refusing_constraints() -> Iterator[None]:
    """Turn a named constraint's or trigger's refusal into its sentence; unknown ones stay faults."""
    try:
        yield
    except (IntegrityError, InternalError) as trouble:
        diagnosis = getattr(trouble.__cause__, "diag", None)
        name = getattr(diagnosis, "constraint_name", None) or ""
        if name in CONSTRAINT_SENTENCES:
            raise Refusal(CONSTRAINT_SENTENCES[name], status=409) from trouble
        raise


@contextmanager
def refusing_when_held(sentence: Sentence, *, status: int) -> Iterator[None]:
    """Turn waiting in vain for what somebody else has locked into a refusal."""
    try:
        yield
    except OperationalError as trouble:
        if isinstance(trouble.__cause__, LockNotAvailable):
            raise Refusal(sentence, status=status) from trouble
        raise


def no_role() -> Refusal:
    """In reach, but without the role."""
    return Refusal(gettext("You can see this, but your role does not allow this step."), status=403)


def took_too_long(trouble: BaseException) -> bool:
    """Whether the database has stopped a question at its time limit."""
    stopped = isinstance(trouble.__cause__, QueryCanceled)  # whatever language the server speaks
    return stopped or "statement timeout" in str(trouble)


def lost_sentence(trouble: BaseException) -> str:
    """What to say when the database is away, or has stopped a question that took too long."""
    if took_too_long(trouble):
        return gettext(
            "This question took too long and was stopped. Choose a smaller part or a shorter period."
        )
    return gettext(
        "The database does not answer just now. Nothing was lost; try again in a minute."
    )
