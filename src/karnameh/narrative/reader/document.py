"""The whole text: every figure becomes a mention, and mentions are tied to each other."""

from __future__ import annotations

from datetime import date

from karnameh.narrative.reader.clauses import Clause
from karnameh.narrative.reader.context import context_of
from karnameh.narrative.reader.corrections import settle_corrections
from karnameh.narrative.reader.drafts import NO_REPEATS, Draft, same_thing
from karnameh.narrative.reader.echoes import settle_comparisons, settle_echoes, settle_frames
from karnameh.narrative.reader.headlines import settle_headlines
from karnameh.narrative.reader.lexicon import DETERMINERS, MILITARY_WORDS, SHARE_WORDS, STOCK_WORDS
from karnameh.narrative.reader.model import Mention
from karnameh.narrative.reader.natures import nature_of, rate_of
from karnameh.narrative.reader.nouns import EMPTY_CLASSIFIERS, lemma, unit_of
from karnameh.narrative.reader.numerals import Form, Number
from karnameh.narrative.reader.phrases import Phrase, counted_phrase, text_of
from karnameh.narrative.reader.places import PlaceTree, bare_name
from karnameh.narrative.reader.qualifiers import qualifier_of
from karnameh.narrative.reader.ranking import Ranker
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.sites import PlaceHit, places_in
from karnameh.narrative.reader.stages import stage_of
from karnameh.narrative.reader.when import Calendar
from karnameh.narrative.reader.where import place_of
from karnameh.narrative.reader.who import Actors, partner_of, speakers_of

_MILITARY_REACH = 4
_MONEY = frozenset(("toman", "rial", "dollar"))
_WHOLES = frozenset(("تعداد", "میان", "شمار", "جمع", "مجموع"))
_MEMORY = 12  # figures back to which a bare classifier may point
_SMALL = 10  # figures below this are said twice of different things too often to be one fact


def add_figures(reading: Reading, numbers: list[Number]) -> None:
    """Set each number into its sentence, clause, phrase and qualifier."""
    position = 0
    for place, number in enumerate(numbers):
        while reading.sentences[position].after <= number.first:
            position += 1
        sentence = reading.sentences[position]
        phrase = counted_phrase(reading.words, number)
        qualifier, opening = qualifier_of(reading.words, number, phrase)
        clause = sentence.clause_of.get(number.first) or Clause(None, [number.first], [""])
        after = max(number.after, phrase.after)
        later = _noun_shared(reading, numbers, place, phrase)
        if later is not None:
            phrase = later
        reading.position_of[number.first] = len(reading.figures)
        reading.figures.append(
            Figure(number, phrase, qualifier, opening, sentence, clause, number.first, after)
        )


def _noun_shared(
    reading: Reading, numbers: list[Number], place: int, phrase: Phrase
) -> Phrase | None:
    """The noun of the next number, for a bare one: «۹۰ و ۱۴۵ سری», «از ۱۸۰ به ۳۱۰ تومان»."""
    number = numbers[place]
    if phrase.after > phrase.first or place + 1 >= len(numbers):
        return None
    if numbers[place + 1].first != number.after + 1 or number.form is not Form.CARDINAL:
        return None
    joint = reading.text(number.after)
    later = counted_phrase(reading.words, numbers[place + 1])
    if later.unit in NO_REPEATS:
        return None
    if joint == "و" and not number.bound:
        return later
    at = number.after
    return Phrase(at, at, later.unit) if joint in ("به", "تا") else None


def mentions_of(
    reading: Reading, file: str, reported_on: date | None, ranker: Ranker, index: PlaceTree
) -> list[Mention]:
    """The mentions of a text in order."""
    drafts = _judged(reading)
    _name_units(reading, drafts)
    settle_headlines(reading, drafts)
    settle_echoes(reading, drafts)
    settle_comparisons(reading, drafts)
    settle_frames(reading, drafts)
    settle_corrections(reading, drafts)
    _bind_places(reading, drafts, index)
    _join(reading, drafts)
    _link_repeats(reading, drafts)
    actors, speakers = Actors(reading), speakers_of(reading)
    calendar = Calendar(reading, reported_on)
    return [_mention(reading, draft, file, ranker, actors, speakers, calendar) for draft in drafts]


# --- one figure ----------------------------------------------------------------------------------


def _judged(reading: Reading) -> list[Draft]:
    drafts: list[Draft] = []
    previous: Figure | None = None
    known = ""
    for figure in reading.figures:
        verdict = context_of(reading, figure, previous, known)
        if verdict is not None:
            phrase = verdict.phrase or figure.phrase
            drafts.append(
                Draft(
                    figure,
                    phrase,
                    verdict.unit,
                    "context",
                    verdict.why,
                    "none",
                    figure.qualifier,
                    0.95,
                )
            )
        else:
            staged = stage_of(reading, figure)
            nature = nature_of(reading, figure, staged.stage, staged.why)
            drafts.append(
                Draft(
                    figure,
                    figure.phrase,
                    figure.phrase.unit,
                    staged.stage,
                    staged.why,
                    nature,
                    figure.qualifier,
                    staged.sure,
                    staged.open,
                )
            )
        previous, known = figure, verdict.unit if verdict is not None else ""
    return drafts


def _name_units(reading: Reading, drafts: list[Draft]) -> None:
    """Give bare classifiers and lone numbers the unit of what they stand for; add rates."""
    said: list[str] = []
    for draft in drafts:
        if draft.unit in NO_REPEATS or (draft.value is None and not draft.unit):
            continue
        if draft.unit == "person" and "ton" in said[-2:] and _is_bare_tan(reading, draft):
            draft.unit = "ton"  # «۴۰ تن برنج رسید و ۱۲ تن توزیع شد»
        if _is_bare(reading, draft):
            draft.unit = _subject_unit(reading, draft.figure) or _recent(reading, draft, said)
        if draft.stage != "context" and draft.unit and draft.unit not in _MONEY:
            said.append(draft.unit)
        if draft.nature == "rate" or draft.stage == "potential":
            per = rate_of(reading, draft.figure)
            if per and draft.unit:
                draft.unit = f"{draft.unit}_per_{per}"


def _is_bare(reading: Reading, draft: Draft) -> bool:
    phrase = draft.phrase
    if phrase.after <= phrase.first or _is_counter(reading, phrase):
        return draft.stage != "context"
    return (
        phrase.after - phrase.first == 1 and lemma(reading.text(phrase.first)) in EMPTY_CLASSIFIERS
    )


def _is_counter(reading: Reading, phrase: Phrase) -> bool:
    """«۱۴۰ تا هم تحویل می‌شود»: the spoken counter without a noun."""
    return phrase.after - phrase.first == 1 and reading.text(phrase.first) == "تا"


def _is_bare_tan(reading: Reading, draft: Draft) -> bool:
    phrase = draft.phrase
    alone = phrase.after - phrase.first == 1 and reading.text(phrase.first) == "تن"
    return alone and reading.text(phrase.after) != "از"


def _recent(reading: Reading, draft: Draft, said: list[str]) -> str:
    """The unit that a bare classifier stands for: the last one said that it may count."""
    if draft.phrase.after <= draft.phrase.first or _is_counter(reading, draft.phrase):
        return said[-1] if said else draft.unit
    fits = EMPTY_CLASSIFIERS[lemma(reading.text(draft.phrase.first))]
    for unit in reversed(said[-_MEMORY:]):
        if not fits or unit in fits:
            return unit
    return fits[0] if fits else draft.unit


def _subject_unit(reading: Reading, figure: Figure) -> str:
    """«شمار نانوایی‌ها به ۱۴۵ باب رسید»: the noun behind شمار."""
    for at in range(figure.opening - 1, max(figure.opening - 14, figure.sentence.first - 1), -1):
        if reading.text(at) in STOCK_WORDS:
            nouns = reading.texts(at + 1, min(at + 5, figure.opening))
            return unit_of([noun for noun in nouns if noun not in DETERMINERS])
    return ""


# --- ties ----------------------------------------------------------------------------------------


def _bind_places(reading: Reading, drafts: list[Draft], index: PlaceTree) -> None:
    hits = places_in(reading, index)
    results: dict[int, list[Draft]] = {}
    for draft in drafts:
        if draft.stage != "context":
            results.setdefault(draft.figure.sentence.first, []).append(draft)
    for first, group in results.items():
        if first not in hits:
            continue
        figures = [draft.figure for draft in group]
        part: Draft | None = None
        for position, draft in enumerate(group):
            hit = place_of(reading, position, figures, hits[first])
            if hit is not None:
                draft.place = _place_name(reading, hit)
            elif position and _is_of_these(reading, draft):
                draft.place = group[position - 1].place
                part = draft
            elif part is not None and _is_another_part(part, draft):
                draft.place = part.place


def _is_of_these(reading: Reading, draft: Draft) -> bool:
    """«۹۰ خانه در شازند …؛ از این تعداد ۷۱ خانه تمام شد»: a part is where its whole is."""
    at = draft.figure.opening
    led = reading.texts(at - 3, at - 1) == ["از", "این"] and reading.text(at - 1) in _WHOLES
    return led and reading.text(at - 4) in ("؛", "،")


def _is_another_part(part: Draft, draft: Draft) -> bool:
    """«از این تعداد ۷۱ خانه تمام شد، ۱۲ خانه در حال نازک‌کاری است»."""
    return part.phrase.unit == draft.phrase.unit and part.unit == draft.unit


def _place_name(reading: Reading, hit: PlaceHit) -> str:
    """The name as written, without the joining ی of «آق‌قلای سیل‌زده»."""
    first, after = hit.named or (hit.first, hit.after)
    return bare_name(reading.between(first, after), reading.text(after - 1))


def _join(reading: Reading, drafts: list[Draft]) -> None:
    """Joint work: with whom, and which figure is one partner's share of which."""
    previous: Draft | None = None
    for draft in drafts:
        if draft.stage == "context":
            continue
        draft.joint_with = partner_of(reading, draft.figure)
        if previous is not None and previous.unit == draft.unit and previous is not draft:
            shares = any(text in SHARE_WORDS for text in draft.figure.clause.texts)
            same = previous.figure.sentence is draft.figure.sentence
            fulfils = same and previous.joint_with is not None and previous.stage == "pledged"
            if shares or (fulfils and draft.stage == "reported"):
                draft.share_of, draft.joint_with = previous.start, None
        previous = draft


def _link_repeats(reading: Reading, drafts: list[Draft]) -> None:
    """The same figure said again points to where it was said first."""
    seen: dict[tuple[int | float, str], list[Draft]] = {}
    for draft in drafts:
        if draft.value is None or draft.unit in NO_REPEATS:
            continue
        group = seen.setdefault((draft.value, draft.stage), [])
        first = next((other for other in group[:8] if _repeats(reading, other, draft)), None)
        if first is None:
            group.append(draft)
        else:
            draft.repeat_of = first.start


def _repeats(reading: Reading, first: Draft, second: Draft) -> bool:
    if first.figure.sentence is second.figure.sentence or not same_thing(reading, first, second):
        return False
    if (first.nature == "rate") != (second.nature == "rate"):
        return False
    if first.place and second.place and first.place != second.place:
        return False
    structure = first.stage == "context"
    return structure or first.open or (first.value or 0) >= _SMALL


# --- the mention ---------------------------------------------------------------------------------


def _mention(
    reading: Reading,
    draft: Draft,
    file: str,
    ranker: Ranker,
    actors: Actors,
    speakers: dict[int, str | None],
    calendar: Calendar,
) -> Mention:
    figure, result = draft.figure, draft.stage != "context"
    number = figure.number
    counted = text_of(reading.source, reading.words, draft.phrase)
    around = " ".join(figure.clause.texts[:60])
    return Mention(
        file=file,
        start=number.start,
        end=number.end,
        text=reading.source[number.start : number.end],
        value=number.value,
        counted=counted,
        unit=draft.unit,
        qualifier=draft.qualifier,
        stage=draft.stage,
        nature=draft.nature,
        indicator=ranker.best(counted, draft.unit, around) if result else (),
        place=draft.place,
        actor=actors.of(figure) if result else None,
        period=calendar.of(figure, draft.stage) if result else None,
        speaker=speakers.get(figure.sentence.first),
        repeat_of=draft.repeat_of,
        share_of=draft.share_of,
        joint_with=draft.joint_with,
        out_of_scope=_is_military(reading, figure),
        confidence=_confidence(draft, counted),
        why=draft.why,
    )


def _is_military(reading: Reading, figure: Figure) -> bool:
    first = max(figure.opening - _MILITARY_REACH, figure.sentence.first)
    after = min(figure.after + 1, figure.sentence.after)
    return any(text in MILITARY_WORDS for text in reading.texts(first, after))


def _confidence(draft: Draft, counted: str) -> float:
    sure = draft.sure
    if draft.stage != "context" and not draft.unit:
        sure -= 0.1 if counted else 0.2
    return round(max(sure, 0.1), 2)
