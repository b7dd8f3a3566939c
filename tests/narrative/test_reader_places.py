"""Where a place holds: `places.txt`, a sentence and the places of its figures (- for none) a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from karnameh.narrative.reader import read

LINES = Path(__file__).with_name("places.txt").read_text(encoding="utf-8").splitlines()


def cases() -> Iterator[object]:
    for line in LINES:
        sentence, _, places = line.rpartition("|")
        named = [place.strip() for place in places.split(";")]
        yield pytest.param(sentence.strip(), named, id=sentence[:40])


@pytest.mark.parametrize(("sentence", "places"), cases())
def test_a_place_holds_as_far_as_its_sentence_says(sentence: str, places: list[str]) -> None:
    assert [mention.place or "-" for mention in read(sentence)] == places


@pytest.mark.parametrize(
    ("sentence", "counted"),
    [
        ("از ۷۵ صاحب صنعت دعوت کردیم.", "صاحب صنعت"),
        ("۹ زن گلیم می‌بافند.", "زن"),
        ("۱۸ دانش‌آموز درس می‌خوانند.", "دانش‌آموز"),
        ("به ۶۰ جلد کتاب احتیاج داریم.", "جلد کتاب"),
        ("شامل ۱۲ طرح آب‌رسانی، ۷ پروژه راه و معابر و ۳ خانه بهداشت است.", "طرح آب‌رسانی"),
        ("قیمت‌ها ۳ بار بالا رفت.", "بار"),
        ("با ۴ وزارتخانه تفاهم‌نامه امضا شد.", "وزارتخانه"),
        ("این شبکه ۲۵ هزار عضو فعال دارد.", "عضو فعال"),
        ("۱۴ هزار گروه ثبت شده داریم.", "گروه ثبت شده"),
        ("۹ مدرسه باقی مانده تا پایان آبان تحویل می‌شود.", "مدرسه"),
        ("۳۰۰ کیف و کفش به بچه‌ها رسید.", "کیف و کفش"),
        ("۷۰ کودک بازمانده از تحصیل به کلاس برگشتند.", "کودک بازمانده از تحصیل"),
        ("نشست با حضور مسئولان ۱۱ شعبه شهرستانی عصر دیروز برگزار شد.", "شعبه شهرستانی"),
        ("۲۶ وسیله را تعمیر کردیم.", "وسیله"),
        ("۲۴ خانه سالمندان و افراد کم‌توان تعمیر شد.", "خانه سالمندان و افراد کم‌توان"),
        ("۴۱۰ بهورز دوره مراقبت از چشم را گذراندند.", "بهورز"),
        ("۱۴۰۰ کشاورز بذر کم‌آب می‌گیرند.", "کشاورز"),
        ("۹۰۰ داوطلب ساحل‌ها را پاک کردند.", "داوطلب"),
        ("۴۵۰ داوطلب فنی را به روستاها فرستادیم.", "داوطلب فنی"),
        ("در ۱۵ شهر بازارچه دائمی راه افتاد.", "شهر"),
        ("۴۸ پروژه نقص فنی داشت.", "پروژه"),
        ("به ۱۰۰ اثر برتر جوایزی اهدا شد.", "اثر برتر"),
        ("۹۰ هزار اصله نهال گز و تاغ هم کاشته شد.", "اصله نهال گز و تاغ"),
        ("۱۵۰ دستگاه پمپ و کف‌کش هم خریدیم.", "دستگاه پمپ و کف‌کش"),
        ("۱۲ دستگاه سونوگرافی خودمان خریدیم.", "دستگاه سونوگرافی"),
        ("۷۵ مخزن آب شرب مهم ترین آنها است.", "مخزن آب شرب"),
        ("۱۵۰ کلینیک حقوقی رایگان راه انداختیم.", "کلینیک حقوقی رایگان"),
        ("۱۴۰ تا هم تا مهر تحویل می‌شود.", "تا"),
        ("۷۰۰ کتابدار و نویسنده محلی را دعوت کردیم.", "کتابدار و نویسنده محلی"),
        ("۸۹۰۰ فقره وام داده‌ایم.", "فقره وام"),
        ("۹۵ دستگاه پمپ شرکت‌های آب را نصب کردیم.", "دستگاه پمپ"),
        ("در ۱۹ استان دفتر داریم.", "استان"),
        ("روستا ۵۴ خانه نو دارد.", "خانه نو"),
    ],
)
def test_the_noun_ends_where_the_verb_begins(sentence: str, counted: str) -> None:
    assert read(sentence)[0].counted == counted


@pytest.mark.parametrize(
    ("sentence", "nature"),
    [
        ("تا ظهر دیروز ۳۱۰ نفر ویزیت شدند.", "cumulative"),
        ("تا این هفته ۱۱ کوچه آسفالت شده است.", "cumulative"),
        ("داوطلبان ما شمارشان از ۹۰ نفر گذشته است.", "stock"),
        ("نتیجه این تلاش ۶ کیلومتر راه است.", "flow"),
        ("دو مدرسه با ظرفیت ۱۲۰ دانش‌آموز برپا خواهد شد.", "none"),
        ("روزانه ۹ هزار نان در ۷ نانوایی پخته می‌شود.", "flow"),
        ("تا امروز ۶ میلیارد تومان جمع شده که ۲ میلیارد تومان آن هزینه شده است.", "cumulative"),
        ("بنا بر آمار ما از ابتدای سال تا پایان مهر ۹۰ طرح به بهره‌برداری رسیده است.", "cumulative"),
    ],
)
def test_what_may_be_added_up(sentence: str, nature: str) -> None:
    assert read(sentence)[-1].nature == nature


def test_a_line_number_is_no_end_of_a_range() -> None:
    _, desks = read("۲- ۱۲ میز خدمت دایر شد.")
    assert (desks.value, desks.qualifier) == (12, "exact")


@pytest.mark.parametrize(
    ("sentence", "qualifier"),
    [
        ("۴ هزار کشاورز، کمی بیش یا کم، بذر گرفتند.", "about"),
        ("۱۵۰ دانش‌آموز به طور تقریبی از آن بازدید کردند.", "about"),
        ("هر هفته کم‌وبیش ۲۴۰ برنامه اجرا می‌شود.", "about"),
        ("۹۸۰۰ کیلومتر و بلکه بیشتر راه رفتند.", "at_least"),
        ("روزی ۲۰۰ تن زباله حداکثر تفکیک می‌شود.", "at_most"),
        ("توان کارگاه ما ماهی ۸۰۰ مخزن بیشتر نیست.", "at_most"),
        ("هیچ شعبه‌ای نباید بیش از ۱۰ درصد بودجه را صرف پذیرایی کند.", "at_most"),
        ("هزینه‌ها ممکن است تا ۳۵ درصد بالا برود.", "at_most"),
        ("میانگین هر کمک به ۹۰ هزار تومان هم نمی‌رسد.", "at_most"),
        ("۵۴۰ سقف را ایزوله کردند و ۱۱ هزار ورق توزیع شد.", "exact"),
    ],
)
def test_a_qualifier_may_stand_behind(sentence: str, qualifier: str) -> None:
    assert read(sentence)[-1].qualifier == qualifier


def test_a_forbidden_upper_limit_is_a_lower_one() -> None:
    assert read("این سهم نباید از ۳۰ درصد کمتر باشد.")[0].qualifier == "at_least"


def test_a_measure_with_an_owner_keeps_its_unit() -> None:
    units = [mention.unit for mention in read("۴۰ نفر آمدند که ۱۲ نفرشان زن بودند.")]
    assert units == ["person", "person"]
