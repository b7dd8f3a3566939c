"""What is wrong with a value that has not the shape of the description, in words for people.

Pydantic names each fault by a type and describes it in English: the type chooses a sentence here, and
its limits fill it. https://docs.pydantic.dev/latest/errors/validation_errors/ lists the types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from karnameh.kernel.digits import to_persian
from karnameh.plumbing.errors import Sentence

_OBJECT = gettext_lazy("An object with named values is wanted here.")
_NUMBER = gettext_lazy("A number is wanted here.")
_DIGITS = gettext_lazy("This number is too large to be true. Check the digits.")
_DAY = gettext_lazy("A day is wanted here, such as {day}.")
_MOMENT = gettext_lazy("A moment is wanted here, such as {moment}.")
_OTHER = gettext_lazy("This is not what the description shows here.")

# Written as programs write, whatever the language.
_EXAMPLES = {"day": "2026-11-21", "moment": "2026-11-21T09:30:00Z", "number": "12.5"}

# By the type of the fault, or by its beginning: "int_parsing", "int_from_float" and "int_type" are one.
_SENTENCES: dict[str, Sentence] = {
    "missing": gettext_lazy("This is missing."),
    "extra_forbidden": gettext_lazy("The description knows nothing of this name. Leave it out."),
    "model": _OBJECT,
    "dict": _OBJECT,
    "list": gettext_lazy("A list is wanted here."),
    "string_too_long": gettext_lazy("This text is too long: at most {max_length} characters."),
    "string_too_short": gettext_lazy("This text is too short: at least {min_length} characters."),
    "string_pattern": gettext_lazy("This text has characters that it may not have."),
    "string": gettext_lazy("A text is wanted here."),
    "int": gettext_lazy("A whole number is wanted here."),
    "float": _NUMBER,
    "decimal": gettext_lazy("A number is wanted here, written as a text such as “{number}”."),
    "decimal_max_digits": _DIGITS,
    "decimal_whole_digits": _DIGITS,
    "decimal_max_places": gettext_lazy(
        "At most {decimal_places} digits may stand after the point."
    ),
    "finite": _NUMBER,
    "bool": gettext_lazy("Write true or false here."),
    "date": _DAY,
    "datetime": _MOMENT,
    "timezone": _MOMENT,
    "uuid": gettext_lazy("An id (a UUID) is wanted here."),
    "enum": gettext_lazy("One of these is wanted here: {expected}."),
    "literal": gettext_lazy("One of these is wanted here: {expected}."),
    "greater_than_equal": gettext_lazy("This must not be less than {ge}."),
    "greater_than": gettext_lazy("This must be more than {gt}."),
    "less_than_equal": gettext_lazy("This must not be more than {le}."),
    "less_than": gettext_lazy("This must be less than {lt}."),
    "too_long": gettext_lazy("Too many: at most {max_length} are taken at once."),
    "too_short": gettext_lazy("Too few: at least {min_length} are wanted."),
}


def sentence_for(fault: Mapping[str, Any], place: str) -> str:
    """Where the fault is and what is wanted there. `fault` is one of pydantic's, `place` its address."""
    where = place or _("What was sent")
    return f"{where}: {_wanted(fault)}"


def _wanted(fault: Mapping[str, Any]) -> str:
    kind = str(fault.get("type", ""))
    beginnings = [name for name in _SENTENCES if kind == name or kind.startswith(f"{name}_")]
    if not beginnings:
        return str(_OTHER)
    limits = {
        name: str(limit).replace("' or '", "', '")  # pydantic joins what it expects in English
        for name, limit in (fault.get("ctx") or {}).items()
    }
    if get_language() == "fa":
        limits |= {name: to_persian(limit) for name, limit in limits.items() if limit.isdigit()}
    try:
        return str(_SENTENCES[max(beginnings, key=len)]).format_map(_EXAMPLES | limits)
    except KeyError:  # a fault of this kind without the limit that its sentence names
        return str(_OTHER)
