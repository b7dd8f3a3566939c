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
    "amounts to": _FACT, "governed by توانست": _FACT,
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
    **dict.fromkeys(
        ("a share of what was promised", "hoped for", "of what is promised", "set for each", "put off",
         "the answer about a plan", "agreed or allowed, not yet done", "how much a promised thing holds", "assigned",
         "entrusted to be done", "a part of what was promised", "listed among plans told before",
         "who will pay a share", "a habit of what is planned", "ordered or agreed", "approved, not yet done",
         "undertaken", "a plan", "agreed for it", "agreed, not yet paid", "settled, not yet done",
         "what was to be reached", "what a plan consists of", "what a plan consisted of", "what plans comprise",
         "under way, promised to be finished", "ready to be done", "made ready for what is to come",
         "left over, to be done", "there is something to be done", "what we shall do", "an aim",
         "there are means for it", "what was entrusted to be done"),
        _PROMISE,
    ),
    **dict.fromkeys(
        ("told of the plans of a time to come", "in a time to come", "for an occasion to come",
         "what is told of it lies ahead", "what lies ahead", "an estimate of what will be", "of the week to come",
         "to begin on a day to come", "a part of it is still to come", "estimated for a time to come"),
        _FUTURE,
    ),
    **dict.fromkeys(
        ("a share of the plan", "what it is worth", "less than", "no more than", "not below", "ready by now",
         "promised and done", "listed among results told before", "an estimate", "not neglected", "how far it is",
         "what an event consisted of"),
        _FACT,
    ),
    **dict.fromkeys(("what there is", "how strong it is", "a share that was not"), _STATE),
    **dict.fromkeys(("what would have been", "possible", "it hangs on something else"), _ABLE),
    **dict.fromkeys(
        ("a public rate", "who was present", "a finding about people", "where they came from", "who helped",
         "how prices rose", "an average to compare with", "a private fact", "a saying", "who is remembered",
         "what a people leaves behind", "what a territory yields", "the level before", "how far they went",
         "how many were asked", "the outcome of a match", "the score of a match", "a debt", "who we were",
         "a figure that is talked about", "compared with a figure that is no result"),
        _AROUND,
    ),
    **dict.fromkeys(
        ("a part of a price", "what one of them has", "how large such things are", "of whom a body consists",
         "phases of a plan", "a discount", "how long they work", "what one person earns", "the parts of a thing",
         "the parts of a thought", "how large they were", "with how many votes", "the decisions of a meeting",
         "the two sides of a thing", "an enclosure", "the length of a book", "a figure of speech", "an age"),
        _PROPERTY,
    ),
    **dict.fromkeys(
        ("what is amiss", "asked of others", "told as too little", "what they face", "left over", "still so",
         "left to be done", "what was left"),
        _NEED,
    ),
    **dict.fromkeys(
        ("put right behind", "called wrong in the next sentence", "not possible", "not achieved",
         "what the speaker does not say", "doubted"),
        _DENIED,
    ),
    **dict.fromkeys(("the first of some days", "opening hours", "a day of this month"), _DATE),
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
