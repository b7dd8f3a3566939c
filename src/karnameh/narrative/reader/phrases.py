"""The noun phrase around a number: what is counted."""

from __future__ import annotations

from dataclasses import dataclass

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    ADVERBS,
    AND,
    CONJUNCTIONS,
    DEEDS,
    DETERMINERS,
    DURATION_NOUNS,
    INVITE_WORDS,
    MONTHS,
    PREDICATIVES,
    PREPOSITIONS,
    PRONOUNS,
    QUALIFIERS,
    SHARE_WORDS,
    WEEKDAYS,
)
from karnameh.narrative.reader.nouns import (
    CLASSIFIERS,
    MEASURES,
    is_asset,
    is_compound,
    is_counted_noun,
    lemma,
    unit_of,
    unit_of_word,
)
from karnameh.narrative.reader.number_words import ORDINALS, SCALES, SMALL, VAGUE
from karnameh.narrative.reader.numerals import Form, Number
from karnameh.narrative.reader.places import AMBIGUOUS_PLACES, DEFAULT_INDEX, NAME_WORDS
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.words import Kind, Word

_LIGHT = key_set("کرد شد داد گرفت زد افتاد خورد گذاشت انداخت گردید نمود یافت دید")
_QUALITIES = key_set("فعال آماده آزاد مجهز مستقر")
_MAKING = key_set("خواند بافت دوخت نوشت ساخت پخت فروخت کاشت چید پوشید شست")
_NEVER_HALVES = key_set("سیار ثابت سرپایی بستری جدید محروم دولتی خصوصی نیازمند ویژه متوسط خرد")
_THEIRS = key_set("قسط فشار مدرک گواهی مجوز گواهینامه")
_BEGINNING = key_set(
    """
    نتیجه نقص ایراد ظرفیت مجوز مهمان میهمان جوایزی خدماتی اقداماتی امکاناتی تسهیلاتی لوازمی وسایلی کمابیش
    """
)
_TAKEN = key_set("گذراند گرفت آموخت دید فرستاد پوشید نوشت خرید")
_OBJECT = 8
_AFTER_COUNTER = frozenset(("هم", "نیز", "که", "تمام", "بیشتر"))
_OWNING = key_set("شرکت دستگاه بیمارستان تعاونی سازمان شهرداری دانشگاه اداره")
_HAVING = frozenset(("province", "county", "village", "city", "dwelling", "kilowatt", "megawatt"))
_CLOSING = frozenset(("را", "هم", "نیز"))
_HEADS_THAT_LEAD = key_set("صاحب وسیله")
_SIDES = key_set("جنوب شمال شرق غرب حاشیه")
_THEM = key_set("آن آنها آنان اینها ایشان")
_DAYTIMES = key_set("صبح ظهر عصر شب غروب بامداد")
_DAYS = key_set("دیروز امروز دیشب فردا امشب")
SPANS = key_set("سال هفته ماه روز فصل شب سال‌های ماه‌های روزهای")
_WHEN = key_set("گذشته آینده قبل بعد جاری پیش اخیر آتی پایانی نخست اول")
_LONGEST_PHRASE = 12
MONEY = frozenset(("toman", "rial", "dollar"))
_STOPS = (
    PREPOSITIONS
    | (CONJUNCTIONS - {AND})
    | DETERMINERS
    | PRONOUNS
    | ADVERBS
    | SHARE_WORDS
    | INVITE_WORDS
    | frozenset(WEEKDAYS)
    | PREDICATIVES
    | frozenset(("قابل", "را", "که", "اینکه", "آنکه", "تا", "برپا", "الی", "گانه"))
)
# Bodies that own or run the thing counted; their names are no part of it.
_OWNERS = key_set(
    """
    شعبه سازمان فدراسیون ستاد دولت شهرداری اداره وزارت بنیاد استانداری فرمانداری جمعیت کمیته
    """
)
_TAILS_OF_PLACE = key_set("استان کشور شهرستان")
_ADMINISTRATIVE = key_set(
    "استان شهرستان کشور طرح استان‌های شهرستان‌های بخش‌های دهستان دهستان‌های شهرهای"
)
# What a body, a place or a course is for («تیم درمان», «میز خدمت», «ایستگاه سنجش»): no half of a verb
# before a comma or an «و».
_HEADS_OF_SERVICE = key_set(
    """
    تیم گروه اکیپ مرکز ایستگاه میز کارگاه پایگاه دفتر اتاق دوره کلاس کارشناس مربی خط غرفه واحد سامانه
    خانه هسته اردو نشست جلسه سالن مجتمع بازارچه طرح پروژه برنامه
    """
)
ROOFED = frozenset(("dwelling", "school", "mosque", "building", "classroom", "clinic", "hall"))
_RECEIVERS = frozenset(("person", "household"))
_TELLING = key_set("ذکر عنوان اعلام بیان مطرح اظهار قید")
_HARD_VAV = frozenset(("عضو", "جزو"))
_GIVEN = frozenset(
    ("parcel", "loan", "dowry", "meal", "clothing_item", "blanket", "tent", "prefab_unit", "heater", "mattress",
     "carpet", "stove", "refrigerator", "stationery_pack", "tablet", "mask", "shoes", "glasses", "wheelchair",
     "sewing_machine", "bag", "dwelling", "loaf")
)  # fmt: skip
_SETTLEMENTS = frozenset(("village", "neighbourhood", "city", "county"))
_SERVICES = key_set(
    """
    درمان مشاوره خدمت آموزش سنجش غربالگری امداد نجات آواربرداری پشتیبانی تولید بسته‌بندی طبخ پخت فروش
    عرضه نگهداری مراقبت توان‌بخشی جراحی معاینه ویزیت واکسیناسیون پرورش سلامت بازیافت فرآوری مهارت‌آموزی
    کارآفرینی اشتغال‌زایی پذیرایی اسکان توزیع خدمت‌رسانی آب‌رسانی گازرسانی برق‌رسانی راه
    """
)
# Measures that never take another noun with them.
_ALONE = MEASURES | frozenset(("نفر", "نفرروز", "نفرساعت", "بار", "مرتبه", "دفعه"))
# What a measure is taken of is no part of it when it says how the thing was measured.
_DIMENSIONS = key_set(
    """
    دهانه پهنا قطر ضخامت وزن طول عرض ارتفاع عمق گنجایش ظرفیت وسعت مساحت فاصله مسافت زیربنا زیربنای وقت بارندگی باران
    اعیان
    پیاده‌روی پیاده سرعت آبدهی آخر اول نخست باقیمانده باقی‌مانده دیگر
    """
)
_MATTERS = key_set("آب خون زمین شیر قیر آرد گندم برنج روغن سوخت")
_MACHINES = key_set("سونوگرافی دیالیز رادیولوژی اکسیژن")
_SAID_OF_THEM = key_set("آسیب‌دیده خواسته نشسته ایستاده خسارت‌دیده")
_POINTING = key_set("این آن همین ما")
_TAUGHT = key_set("کلاس تدریس آموزش خدمت مشاوره درس برنامه دوره")
_PLACED = frozenset(
    ("village", "neighbourhood", "city", "county", "district", "school", "household", "mosque", "base",
     "office", "unit", "course", "clinic", "well", "qanat", "beehive", "loom")
)  # fmt: skip
_ONE_WORD: dict[str, str] = (
    {word: unit for word, unit in DURATION_NOUNS.items() if word != "ساعت"}
    | dict.fromkeys(MONTHS, "date")
    | dict.fromkeys(("برابر", "برابری"), "times")
    | dict.fromkeys(("درصد", "درصدی", "%"), "percent")
)
_ADJECTIVES = key_set(
    """
    کوچک خرد بزرگ متوسط محروم دولتی خصوصی سیار ثابت جدید گرم خشک فعال تازه نیازمند ویژه زودبازده
    مولد خودکفا نو کهنه
    """
)
_OTHER_MEASURES = MEASURES - {"سانتیمتر"}
_OWNED_NOUNS = _ALONE | CLASSIFIERS


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a number counts: words `first` up to `after` (empty when nothing is), and its unit."""

    first: int
    after: int
    unit: str
    ahead: bool = False  # the noun stands before the number («قرارگاه‌های ۱۱ گانه»)


def counted_phrase(words: list[Word], number: Number) -> Phrase:
    """The noun phrase that `number` counts."""
    if number.form is Form.ORDINAL:
        return _ordinal_phrase(words, number)
    at = _past_quotes(words, number.after)
    at += at < len(words) and words[at].text == "ش"  # «سه میلیاردش رسیده»
    named = at + 1 < len(words) and is_compound(words[at].text, words[at + 1].text)
    if at < len(words) and not named and (unit := _ONE_WORD.get(words[at].text)):  # «۱۸ شب شعر»
        return Phrase(at, at + 1, unit)
    if number.form is Form.FRACTION and at < len(words):
        if words[at].text in _THEM:
            return Phrase(at, at + 1, "share")
        at += words[at].text == "از"
    after = _phrase_end(words, at)
    if after == at and _text_at(words, at) == "تا" and _text_at(words, at + 1) in _AFTER_COUNTER:
        return Phrase(at, at + 1, "")  # «۱۴۰ تا هم تا مهر تحویل می‌شود»
    nouns = [words[index].text for index in range(at, after) if words[index].text != "تا"]
    unit = "share" if number.form is Form.FRACTION else unit_of(nouns)
    if unit in MONEY:
        after = min(after, at + 1)
    if not nouns and at > number.first and words[number.first - 1].text == "%":
        return Phrase(number.first - 1, number.first, "percent")
    return Phrase(at, after, unit)


def text_of(source: str, words: list[Word], phrase: Phrase) -> str:
    """The phrase as it stands in the text."""
    if phrase.after <= phrase.first:
        return ""
    return source[words[phrase.first].start : words[phrase.after - 1].end].removesuffix("‌ی")


def _past_quotes(words: list[Word], at: int) -> int:
    """Closing quotes between a number and its noun are passed over."""
    return at + 1 if at + 1 < len(words) and words[at].text in '»"”' else at


def _ordinal_phrase(words: list[Word], number: Number) -> Phrase:
    """«مرحله هشتم» names its noun before, «هشتمین مرحله» after."""
    last = words[number.after - 1].text
    if last.endswith("ین") or words[number.after - 1].text in ("امین", "مین"):
        after = min(_phrase_end(words, number.after), number.after + 2)
        described = after == number.after + 2 and _is_adjective(words[after - 1].text)
        return Phrase(number.after, after if described else min(after, number.after + 1), "ordinal")
    following = words[number.after].text if number.after < len(words) else ""
    if following in MONTHS:
        return Phrase(number.after, number.after + 1, "date")
    before = number.first - 1
    if before >= 0 and words[before].kind is Kind.WORD and words[before].text not in _STOPS | {AND}:
        return Phrase(before, number.first, "ordinal", ahead=True)
    return Phrase(number.first, number.first, "ordinal")


def _phrase_end(words: list[Word], first: int) -> int:
    """Where the noun phrase that begins at `first` ends; `first` itself when there is none."""
    at = first
    limit = min(len(words), first + _LONGEST_PHRASE)
    while at < limit and _continues(words, first, at):
        at += 2 if words[at].text == AND else 1
    return _without_verb_half(words, first, min(at, limit))


def _continues(words: list[Word], first: int, at: int) -> bool:
    word = words[at]
    if word.kind is Kind.MARK:
        if word.text == "،" and at > first:
            return _lists_people(words, first, at) or _lists_kinds(words, first, at)
        return at == first and word.text == "%"
    if word.kind is not Kind.WORD and word.kind is not Kind.OTHER:
        return False
    if word.text == AND:
        return at > first and _and_continues(words, first, at)
    if word.text == "تا" and at == first:  # the spoken counter: «۹۰ تا بخاری»
        return at + 1 < len(words) and is_counted_noun(words[at + 1].text)
    if at > first and (word.text.endswith("ترین") or _is_when(words, at)):
        return False
    if word.text == "به" and at > first and words[at - 1].text == "مبتلا":
        return True
    if word.text == "از" and at > first and words[at - 1].text == "بازمانده":
        return True  # «کودک بازمانده از تحصیل»
    if word.text == "باقی" and at > first and _text_at(words, at + 1) == "مانده":
        return False
    if word.text == "شده" and at == first + 2 and _owned(words, at + 1):
        return words[at - 1].text in DEEDS  # «۳۸ هزار گروه ثبت شده دارد»
    if at == first and word.text in _HEADS_THAT_LEAD and _opens_name(words, at):
        return True
    if word.text == "رایگان" and at > first + 1 and unit_of_word(words[first].text) != "person":
        return True  # «۱۵۰ کلینیک حقوقی رایگان»
    if word.text in _STOPS or _is_numeral(word) or _ends_in_verb(words, at):
        return False
    return at == first or _takes_more(words, first, at)


def _text_at(words: list[Word], at: int) -> str:
    return words[at].text if at < len(words) else ""


def _owned(words: list[Word], at: int) -> bool:
    """Whether the verb of having stands at a word."""
    form = VERB_FORMS.get(_text_at(words, at))
    finite = form is not None and form.tense in (Tense.PRESENT, Tense.PAST)
    return finite and form is not None and form.lemma == "داشت"


def _opens_name(words: list[Word], at: int) -> bool:
    """«۸۰۰ صاحب حرفه», «۱۳۰ وسیله برقی»; «۸۰۰ نفر را صاحب خانه کرد» has it elsewhere."""
    following = words[at + 1] if at + 1 < len(words) else None
    if following is None or following.kind is not Kind.WORD:
        return False
    return following.text == "را" or following.text not in _STOPS


def _is_when(words: list[Word], at: int) -> bool:
    """«۲۸ پرستار هفته گذشته …», «۳۱ مدرسه بهمن ماه …»: a time behind the noun belongs to the verb."""
    following = words[at + 1].text if at + 1 < len(words) else ""
    if words[at].text in MONTHS:
        return following in ("ماه", "امسال", "سال") or words[at].text.endswith("ماه")
    if words[at].text in _DAYTIMES and (following in _DAYS or following in WEEKDAYS):
        return True
    return words[at].text in SPANS and following in _WHEN


def _lists_people(words: list[Word], first: int, at: int) -> bool:
    """«۱۷۳ پزشک، دندان‌پزشک، ماما و کارشناس»: people of several trades under one number."""
    if unit_of_word(words[first].text) != "person" or words[first].text in _ALONE:
        return False
    for index in range(at + 1, min(at + 8, len(words))):
        text = words[index].text
        if words[index].kind is Kind.DIGITS or text in VERB_FORMS or text in PREPOSITIONS:
            return False
        if words[index - 1].text == "،" and unit_of_word(text) != "person":
            return False
        if text == AND:
            following = words[index + 1].text if index + 1 < len(words) else ""
            return unit_of_word(following) == "person"
    return False


def _lists_kinds(words: list[Word], first: int, at: int) -> bool:
    """«۱۴۰ گروه پزشکی، عمرانی و آموزشی»: adjectives of one thing."""
    if at != first + 2 or not _is_adjective(words[at - 1].text):
        return False
    for index in range(at + 1, min(at + 8, len(words))):
        text = words[index].text
        if (index - at) % 2 == 0:
            if text == AND:
                return _is_adjective(words[index + 1].text) if index + 1 < len(words) else False
            if text != "،":
                return False
        elif not _is_adjective(text) or text in DEEDS or text in _STOPS:
            return False
    return False


def _is_numeral(word: Word) -> bool:
    text = word.text
    return text in SMALL or text in SCALES or text in VAGUE or text in ORDINALS


def _ends_in_verb(words: list[Word], at: int) -> bool:
    """A finite verb, but not a participle that describes the noun («گروه ثبت شده»)."""
    form = VERB_FORMS.get(words[at].text)
    if form is None:
        return False
    return not is_counted_noun(words[at].text)


def _takes_more(words: list[Word], first: int, at: int) -> bool:
    """Whether the word before can be joined to this one by the unwritten ezafe.

    After ا and و the ezafe is written («روستای فاقد شورا»), so «۳۷ روستا آب دارند» ends at روستا.
    Classifiers take their noun without it.
    """
    before = words[at - 1].text
    if before == "تا":
        return True
    if words[at].text.endswith("شده") and words[min(at + 1, len(words) - 1)].text in VERB_FORMS:
        return at == first + 1 and _owned(words, at + 1)  # «۱۷۱ فقره ذکرشده بود»
    if (at == first + 1 and is_compound(before, words[at].text)) or (
        before == "خط" and words[at].text == "انتقال"
    ):
        return True
    heads = unit_of_word(words[first].text), unit_of_word(words[at].text)
    if heads[1] == "agreement" and heads[0] not in ("agreement", ""):
        return False  # «با سه وزارتخانه تفاهم‌نامه امضا شد»
    if heads[0] in ("person", "request") and words[at].text in _THEIRS and at == first + 1:
        return False  # «۷۵ وام‌گیرنده قسط عقب‌افتاده دارند»
    if words[at].text in _BEGINNING or words[at].text.endswith("هایی"):
        return False  # «۴۸ پروژه نقص فنی داشت», «به ۱۰۰ اثر برتر جوایزی اهدا شد»
    if heads[0] == "person" and at == first + 1 and _is_their_object(words, at):
        return False
    owner = words[at].text.endswith(("های", "ها")) and lemma(words[at].text) in _OWNING
    if owner and heads[0] not in ("person", ""):
        return False  # «۹۵ دستگاه پمپ شرکت‌های آب»
    has = heads[0] in _HAVING and at == first + 1 and _owned(words, at + 1)
    if has and not _is_adjective(words[at].text) and words[at].text not in _QUALITIES:
        return False  # «۱۹ استان دفتر دارد»
    if heads[0] in _SETTLEMENTS and is_asset(words[at].text) and at == first + 1:
        return False  # «۱۵ شهر بازارچه دائمی راه بیفتد»
    if heads[0] == "school" and heads[1] == "classroom":
        return False  # «در ۳۰ مدرسه کلاس شنا بگذاریم»
    if heads[0] in _RECEIVERS and heads[1] in _GIVEN:
        return False  # «۲۶۰۰ خانوار بسته معیشتی گرفتند»
    if heads[0] == "person" and heads[1] == "course" and _is_figure(words, at + 1):
        return False  # «۱۱۰۰ داوطلب دوره ۱۶ ساعته را گذرانده‌اند»
    singular = not _is_adjective(words[at].text) and not words[at].text.endswith("ان")
    if heads == ("school", "person") and at == first + 1 and singular:
        return False  # «۲۱ مدرسه معلم ثابت گرفته است»
    if words[at].text == "ساعت" and _is_figure(words, at + 1):
        return False  # «مسئولان ۱۲ شهرستان ساعت ۱۰ …»
    if _begins_predicate(words, first, at):
        return False
    taught = (
        heads[0] == "person" and heads[1] in ("course", "event", "classroom") and at == first + 1
    )
    if taught and any(word.text in ("برای", "به") for word in words[max(first - 4, 0) : first]):
        return False  # «برای ۱۴۰ دانش‌آموز کلاس کنکور گذاشتیم»
    if heads == ("person", "person") and at == first + 1 and before[-1] in "او":
        return True  # «۳۶۰ دانشجو معلم»
    if before in ("روز", "ساعت") and words[at - 2].text == "نفر":
        return False
    if before in _OTHER_MEASURES and at == first + 1 and words[at].text not in _DIMENSIONS:
        return _is_measured(words, at)
    if before in _ALONE:
        return before == "نفر" and words[at].text in ("روز", "ساعت")
    if _names_place(words, first, at):
        return False  # «۱۴ روستای قلعه‌گنج», «۷۴ خانوار عشایری ملکشاهی»
    left = words[at].text in ("باقیمانده", "مانده") and before not in ("تای", "تا")
    if words[at].text in _TAILS_OF_PLACE or left:
        return False  # «۲۴ استان کشور», «۱۹۰ کانکس باقی‌مانده»
    if before == "تن" and at == first + 1:
        return unit_of_word(words[at].text) != "person" and words[at].text not in DEEDS
    if before in CLASSIFIERS and at == first + 1:
        if words[at].text in _DIMENSIONS:
            return False  # «هر بسته ۱۵ کیلو وزن دارد»
        if words[at].text in _MACHINES:
            return True
        half = words[at].text in DEEDS or words[at].text in _TELLING
        return not half or not _verb_follows(words, at + 1)
    if words[at].text == "ویژه" and at > first + 1 and _is_plural_next(words, at + 1):
        return False  # «۶۰۰ کارگاه خانگی ویژه زنان»
    if heads[0] == "person" and words[at].text.endswith("انه") and not heads[1]:
        return False  # «۶۸ وکیل داوطلبانه مشاوره می‌دهند»
    if before.endswith(("شان", "مان")) and before[:-3] in _OWNED_NOUNS:
        return False  # «۱۹ نفرشان سرپرست خانوارند»
    if before == AND:
        return True
    if before in _TAILS_OF_PLACE and words[at].text in NAME_WORDS:
        return False  # «سه شهرستان سراب، میانه و …»
    if words[at].text == "بخش" and before.startswith("روستا"):
        return False
    if words[at].text in _OWNERS or words[at].text in _ADMINISTRATIVE:
        return False
    if (
        before[-1] in "او"
        and len(before) > 2
        and not (before in _HARD_VAV and _is_adjective(words[at].text))
    ):
        return False
    if before in DEFAULT_INDEX and at > first + 1 and DEFAULT_INDEX[before] == [(before,)]:
        return False  # a name of a place ends the phrase
    if words[at].text in _SIDES and not _is_adjective(words[at].text):
        return False
    if words[at].text in _TELLING and words[min(at + 1, len(words) - 1)].text in VERB_FORMS:
        return False  # «۱۷۱ گروه اعلام شد»
    if words[at].text not in DEEDS:
        return True
    following = words[min(at + 1, len(words) - 1)].text
    can = following in VERB_FORMS and VERB_FORMS[following].lemma == "توانست"
    if words[at].text == "آماده" and following in DEEDS:
        return False  # «۹ انبار آماده ارسال است»
    if following == "شده" and at == first + 1 and _owned(words, at + 2):
        return True  # «گروه ثبت شده دارد»
    can |= at == first + 1 and _owned(words, at + 1)
    if words[at].text in _QUALITIES and (following in PREPOSITIONS or can):
        return True  # «۶ هزار عضو فعال در …»
    return not _verb_follows(words, at + 1) or _is_service(words, first, at)


def _is_their_object(words: list[Word], at: int) -> bool:
    """«۴۱۰ بهورز دوره مراقبت را گذراندند», «۱۴۰۰ کشاورز بذر می‌گیرند»: what people take, no part of them."""
    text = words[at].text
    if text.endswith("ها") and _text_at(words, at + 1) == "را":
        return True  # «۹۰۰ داوطلب ساحل‌ها را پاک کنند»
    if _is_adjective(text) or unit_of_word(text) == "person":
        return False
    if _text_at(words, at + 1) == "را" and unit_of_word(text) != "course":
        return False  # «۴۵۰ داوطلب فنی را می‌فرستیم»
    for index in range(at + 1, min(at + _OBJECT, len(words))):
        form = VERB_FORMS.get(words[index].text)
        if form is not None and form.tense is not Tense.PARTICIPLE:
            return form.lemma in _TAKEN and words[index - 1].text not in DEEDS
        if words[index].kind is not Kind.WORD or words[index].text in ("که", AND, "با", "در"):
            return False
    return False


def _is_measured(words: list[Word], at: int) -> bool:
    """«۷ کیلومتر راه روستایی», «۹۰ ساعت کلاس تقویتی»; «۱۵۰ کیلومتر راه می‌روند», «۹ ساعت کار کرد» are none."""
    text = words[at].text
    if words[at - 1].text == "ساعت":
        return text in _TAUGHT
    walked = text == "راه" and at + 1 < len(words) and words[at + 1].text == "پیاده"
    if walked or text in _STOPS or text.endswith("تر"):
        return False  # «۱۰ کیلومتر بالاتر از سد»
    if text in DEEDS and _text_at(words, at + 1) in ("از", "در"):
        return True  # «۴ کیلومتر لوله‌گذاری از چشمه»
    return not (_verb_follows(words, at + 1) and (text in DEEDS or text in VERB_FORMS))


def _names_place(words: list[Word], first: int, at: int) -> bool:
    """Whether a name of a place begins at a word behind what may lie there."""
    if words[at].text in AMBIGUOUS_PLACES or unit_of_word(words[first].text) not in _PLACED:
        return False
    for name in DEFAULT_INDEX.get(words[at].text, ()):
        if tuple(word.text for word in words[at : at + len(name)]) == name:
            return True
    return False


def _is_figure(words: list[Word], at: int) -> bool:
    return at < len(words) and (words[at].kind is Kind.DIGITS or _is_numeral(words[at]))


def _begins_predicate(words: list[Word], first: int, at: int) -> bool:
    """«خانه آسیب‌دیده است», «پرستار عضو این شاخه‌اند», «دانشجو خواسته است»: what is said of them."""
    text, following = words[at].text, _text_at(words, at + 1)
    ends = at + 1 >= len(words) or words[at + 1].kind in (Kind.MARK, Kind.BREAK)
    if text in _SAID_OF_THEM and (following in VERB_FORMS or following == "که" or ends):
        return at + 1 >= len(words) or following not in ("،", "(")
    if text == "عضو" and following in _POINTING:
        return True
    given = unit_of_word(words[first].text) in _RECEIVERS
    given = given and any(word.text in ("برای", "به") for word in words[max(first - 4, 0) : first])
    described = at > first + 1 and _is_adjective(words[at - 1].text)
    # «برای ۱۹۰ خانوار عشایری صفحه خورشیدی نصب شد»
    return given and described and not _is_adjective(text) and text != AND


def _is_plural_next(words: list[Word], at: int) -> bool:
    """Whether a plural of people follows."""
    return at < len(words) and words[at].text.endswith(("ان", "ین", "ها", "های"))


def _is_service(words: list[Word], first: int, at: int) -> bool:
    """«۱۲ مرکز مشاوره و …», «۸۰۰ میز خدمت با …»: the deed says what the thing is for."""
    following = words[at + 1] if at + 1 < len(words) else None
    if following is not None and following.text in VERB_FORMS:
        return False
    head = lemma(words[first].text)
    if at > first + 1 or head not in _HEADS_OF_SERVICE:
        return False
    if words[at].text == "راه":
        return head in ("طرح", "پروژه")
    return words[at].text in _SERVICES


def _names_service(words: list[Word], first: int, at: int) -> bool:
    """«کارگاه تولید پوشاک»: the deed and its object are the name of the thing."""
    return lemma(words[first].text) in _HEADS_OF_SERVICE and words[at].text in _SERVICES


def _verb_follows(words: list[Word], at: int) -> bool:
    """A light verb, or «و» and another deed: the half of a compound verb stands here."""
    if at >= len(words):
        return True
    following = words[at]
    if following.kind is not Kind.WORD:
        return True
    text = following.text
    if text == "پیدا":
        return True
    return text in VERB_FORMS or text == AND or (text in _STOPS and text not in DEEDS)


def _and_continues(words: list[Word], first: int, at: int) -> bool:
    """«واحد کوچک و خرد» goes on, «۳ خانه و تعمیر ۲ مدرسه» and «۳ خانه و ۲ مدرسه» do not."""
    if at + 1 >= len(words):
        return False
    following = words[at + 1]
    if following.kind is not Kind.WORD or following.text in _STOPS or _is_numeral(following):
        return False
    if following.text.endswith("رسانی") and unit_of_word(words[first].text) == "project":
        return at > first + 1 and not _meets_number(words, at + 1)  # «طرح عمرانی و آبرسانی»
    if following.text in DEEDS or following.text in VERB_FORMS or following.text in QUALIFIERS:
        return False
    near = (unit_of_word(words[first].text), unit_of_word(following.text))
    alike = near[0] == near[1] or _SETTLEMENTS.issuperset(near)
    alike |= _GIVEN.issuperset(near)  # «کیف و کفش»
    alike |= is_asset(words[first].text) and is_asset(following.text)  # «۹۴ مدرسه و کتابخانه»
    if at == first + 1 and near[0] and alike:
        return not _meets_number(words, at + 1)  # «پزشک و پرستار»
    classified = at == first + 2 and words[first].text in CLASSIFIERS
    if classified and unit_of_word(words[at - 1].text) and near[1]:
        return not _meets_number(words, at + 1)  # «۲۷۰۰ رأس بز و میش»
    trades = at == first + 1 and "person" in near and "" in near
    if trades and _is_pair(words, at):
        return not _meets_number(words, at + 1)  # «۷۰۰ کتابدار و نویسنده محلی را …»
    if words[first].text in CLASSIFIERS and first + 1 < at and _is_pair(words, at):
        return not _meets_number(words, at + 1)  # «اصله نهال گردو و بادام», «دستگاه پمپ و کف‌کش»
    people = at - 1 > first and unit_of_word(words[at - 1].text) == near[1] == "person"
    if people and near[0] in ROOFED:
        return not _meets_number(words, at + 1)  # «خانه سالمندان و افراد دارای معلولیت»
    contents = at == first + 2 and near in (("parcel", ""), ("project", ""))
    if contents and not _is_adjective(words[at - 1].text):
        plain = not _is_adjective(following.text) and following.text not in NAME_WORDS
        return plain and not _meets_number(words, at + 1)  # «بسته افطار و ارزاق»
    if _is_adjective(words[at - 1].text) and at - 1 > first and _is_adjective(following.text):
        return True
    return (
        at - 1 > first
        and unit_of_word(words[first].text) == "person"
        and not _meets_number(words, at + 1)
    )


def _is_pair(words: list[Word], at: int) -> bool:
    """Whether the noun behind an «و» ends the phrase: a preposition, «را» or «هم» stands behind it."""
    behind = _text_at(words, at + 2)
    described = _is_adjective(behind)
    behind = _text_at(words, at + 3) if described else behind
    closing = behind in PREPOSITIONS or behind in _CLOSING
    return closing and not words[at + 1].text.endswith(("ها", "های"))


def _meets_number(words: list[Word], at: int) -> bool:
    """Whether a new figure comes before the coordinated noun phrase is over."""
    for index in range(at, min(at + 3, len(words))):
        if words[index].kind is Kind.MARK:
            return False
        if words[index].kind is Kind.DIGITS or _is_numeral(words[index]):
            return True
    return False


def _is_adjective(text: str) -> bool:
    return text in _ADJECTIVES or (
        len(text) > 3 and text.endswith("ی") and not text.endswith("های")
    )


def _without_verb_half(words: list[Word], first: int, after: int) -> int:
    """Give back the noun half of a compound verb («۴۰ کارگاه راه افتاد», «۳ خانه مقاوم شد»)."""
    form = VERB_FORMS.get(words[after].text) if after < len(words) else None
    if form is not None and after - first > 1:
        for at in range(first + 1, after):
            named = at == first + 1 and at < after - 1 and _names_service(words, first, at)
            quality = words[at].text in _QUALITIES or words[at + 1].text == "شده"
            quality &= at == first + 1
            had = _owned(words, after) and quality  # «عضو فعال دارد», «گروه ثبت شده دارد»
            if words[at].text in DEEDS and not named and not had:
                return at
        light = form.lemma in _LIGHT or _has_an_object(words, first, after, form.lemma)
        light &= form.tense is not Tense.COPULA
        measured = words[first].text in MEASURES and words[after - 1].text in _MATTERS
        light &= not measured  # «۵۰ مترمکعب آب بدهد»
        whole = after - first > 2 and words[after - 2].text in _SERVICES
        whole |= (
            words[first].text == "فقره" and after - first > 1 and words[after - 1].text == "وام"
        )
        if light and not whole and words[after - 1].text not in _NEVER_HALVES:
            after -= 1
    elif (
        after - first > 1
        and words[after - 1].text in DEEDS
        and words[after - 1].text not in _MACHINES
        and _verb_follows(words, after)
        and not _is_service(words, first, after - 1)
    ):
        after -= 1
    elif form is not None and after == first + 1 and words[first].text in DEEDS:
        after -= not is_counted_noun(words[first].text)
    while after - first > 1 and words[after - 1].text == AND:
        after -= 1
    return after


def _has_an_object(words: list[Word], first: int, after: int, verb: str) -> bool:
    """«۵ زن حصیر می‌بافند», «۳۱ دانش‌آموز درس می‌خوانند»: people, and what they make or read."""
    last = words[after - 1].text
    made = verb in _MAKING and unit_of_word(words[first].text) == "person"
    return made and unit_of_word(last) != "person" and not _is_adjective(last)
