"""Why the reader thinks so, in words for people. The reader names its rule and the word that decided."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.plumbing.errors import Sentence

_FACT = gettext_lazy("told as done")
_STATE = gettext_lazy("told as it stands now")
_PROMISE = gettext_lazy("a promise or a plan")
_FUTURE = gettext_lazy("told of the future")
_ABLE = gettext_lazy("what could be, not what will be")
_DENIED = gettext_lazy("denied or taken back in the text")
_DURATION = gettext_lazy("a length of time or an age")
_DATE = gettext_lazy("a date or a time of day")
_ORDER = gettext_lazy("a number of order")
_NAME = gettext_lazy("a number that names something")
_PROPERTY = gettext_lazy("a property of a thing, not a result")
_NEED = gettext_lazy("a need, not a result")
_AROUND = gettext_lazy("how things are around the work, not what was done")

WHY: dict[str, Sentence] = {
    "past": _FACT, "said as a fact": _FACT, "achieved": _FACT, "listed among results": _FACT,
    "amounts to": _FACT, "governed by توانست": _FACT, "who was present": _FACT,
    "a state": _STATE, "goes on": _STATE, "how many there are": _STATE, "who we are": _STATE,
    "a promise": _PROMISE, "governed by a promise": _PROMISE, "wished or planned": _PROMISE,
    "listed among plans": _PROMISE, "was listed among plans": _PROMISE, "listed under plans": _PROMISE,
    "told amid plans": _PROMISE, "a target": _PROMISE, "what was promised": _PROMISE,
    "what was announced": _PROMISE, "its own attribute is a promise": _PROMISE, "prepared": _PROMISE,
    "the subject is a plan": _PROMISE, "the subject was a plan": _PROMISE, "only begun": _PROMISE,
    "under way to be done": _PROMISE, "a rule": gettext_lazy("a duty or a rule"),
    "whose duty it is": gettext_lazy("a duty or a rule"), "what must be done": gettext_lazy("a duty or a rule"),
    "present for the future": _FUTURE, "future": _FUTURE, "in the week to come": _FUTURE,
    "a time to come": _FUTURE, "a time limit ahead": _FUTURE, "for an occasion": _FUTURE,
    "governed by ability": _ABLE, "ability": _ABLE, "ability or condition": _ABLE, "a condition": _ABLE,
    "a capacity": _ABLE, "the capacity of a thing": _ABLE, "a promise under a condition": _ABLE,
    "invited": gettext_lazy("invited; who came is another figure"),
    "denied": _DENIED, "denied in the same sentence": _DENIED, "denied right behind": _DENIED,
    "denied in the next sentence": _DENIED, "taken back": _DENIED,
    "a duration or an age": _DURATION, "a duration": _DURATION, "a decade": _DURATION,
    "the lower end of a duration": _DURATION, "a day of a month": _DATE, "a year": _DATE, "a full date": _DATE,
    "a time of day": _DATE, "the first day of a range": _DATE, "the end of opening hours": _DATE,
    "an ordinal": _ORDER, "numbers a list": _ORDER,
    "an identifier": _NAME, "a number that names a thing": _NAME, "part of a name": _NAME,
    "part of an address": _NAME, "a long bare number": _NAME,
    "a property of each": _PROPERTY, "a property of a body": _PROPERTY, "a property of a thing": _PROPERTY,
    "a property of a building": _PROPERTY, "an attribute of a thing": _PROPERTY, "a structure": _PROPERTY,
    "a measure of a thing": _PROPERTY, "a measure of nature": _PROPERTY, "what each one gets": _PROPERTY,
    "a term of a loan": _PROPERTY, "the size of one loan": _PROPERTY, "a price or a wage": _PROPERTY,
    "the parties of something": _PROPERTY, "how often": _PROPERTY, "the base of a rate": _PROPERTY,
    "a need": _NEED, "what is missing": _NEED, "what befell": gettext_lazy("what happened to people, not our work"),
    **dict.fromkeys(
        ("who goes to school there", "who lives there", "how a land is", "what places are like",
         "what a place is like", "how a territory is made up", "what a territory has", "a distance",
         "the size of a thing", "a level of nature", "as it was before", "how it began", "how it was founded",
         "what a people is like", "what a people uses", "what happens in a country", "public statistics",
         "the whole of which a part is told", "a part of what is no result", "background"),
        _AROUND,
    ),
    "a request": _NEED, "what they lack": _NEED, "who waits": _NEED, "what is complained of": _NEED,
    "what one costs": _PROPERTY, "what a household pays": _PROPERTY, "which ones are meant": _PROPERTY,
    "what a thing is made of": _PROPERTY, "of what a body consists": _PROPERTY,
    "what others think": _DENIED, "put right in the same sentence": _DENIED, "a question": _DENIED,
    "not planned": _DENIED,
    "as its twin in the body": gettext_lazy("as the same figure in the body of the text"),
    "the figure said before": gettext_lazy("the figure that was said before"),
    "refers back": gettext_lazy("the figure that was said before"),
}  # fmt: skip


def why(said: str) -> str:
    """One line for people: what kind of statement it is, and the word that decided."""
    rule, _mark, words = said.partition(":")
    known = WHY.get(rule.strip())
    if known is None:
        return ""
    if rule.strip() == "as its twin in the body":
        inner = why(words.strip())
        return f"{known}: {inner}" if inner else str(known)
    words = words.strip()
    return _("%(what)s (“%(words)s”)") % {"what": known, "words": words} if words else str(known)
