"""The sixteen traps in reading reports, each in sentences of our own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from karnameh.narrative.reader import Mention, read


def the(text: str, value: float | None, **known: object) -> Mention:
    """The one mention of `value` in `text`."""
    found = [mention for mention in read(text, **known) if mention.value == value]  # type: ignore[arg-type]
    assert len(found) == 1, [(mention.text, mention.value) for mention in read(text)]
    return found[0]


def stages(text: str) -> list[str]:
    return [mention.stage for mention in read(text)]


def results(text: str) -> Sequence[Mention]:
    return [mention for mention in read(text) if mention.stage in ("pledged", "reported")]


class TestPromiseOrFact:
    @pytest.mark.parametrize(
        "sentence",
        [
            "تا بهار ۴۰ کلاس درس خواهیم ساخت.",
            "ساخت ۴۰ کلاس درس را تقبل کردیم.",
            "شعبه سمنان تعهد کرده بود ۴۰ کلاس درس بسازد.",
            "در مجموع ۴۰ کلاس درس برای امسال پیش‌بینی شده بود.",
            "قرار است ۴۰ کلاس درس ساخته شود.",
            "ساخت ۴۰ کلاس درس از برنامه‌های مهم ما است.",
            "ساخت ۴۰ کلاس درس در دستور کار قرار دارد.",
            "انجمن وعده ۴۰ کلاس درس را داده است.",
            "برای ساخت ۴۰ کلاس درس برنامه‌ریزی شده است.",
            "هدف ما ساخت ۴۰ کلاس درس است.",
            "از ۴۰ کلاس درس که وعده داده بودیم هنوز خبری نیست.",
            "باید ۴۰ کلاس درس ساخته شود.",
            "وی قول ساخت ۴۰ کلاس درس داد.",
            "در هفته نیکوکاری ۴۰ کلاس درس افتتاح می‌شود.",
        ],
    )
    def test_promises_are_pledged(self, sentence: str) -> None:
        assert the(sentence, 40).stage == "pledged"

    @pytest.mark.parametrize(
        "sentence",
        [
            "پارسال ۴۰ کلاس درس ساختیم.",
            "۴۰ کلاس درس ساخته شده است.",
            "گروه‌های ما توانستند ۴۰ کلاس درس بسازند.",
            "ساخت ۴۰ کلاس درس از جمله اقدامات این انجمن بوده است.",
            "از دیگر کارها می‌توان به ساخت ۴۰ کلاس درس اشاره کرد.",
            "وی ساخت ۴۰ کلاس درس را از خدمات انجمن برشمرد.",
            "موفق شدیم ۴۰ کلاس درس بسازیم.",
        ],
    )
    def test_facts_are_reported(self, sentence: str) -> None:
        assert the(sentence, 40).stage == "reported"

    def test_a_promise_and_its_part_are_told_apart(self) -> None:
        text = "ساخت ۵۰ پل را به عهده گرفتیم که تاکنون ۳۱ پل را تحویل داده‌ایم."
        assert stages(text) == ["pledged", "reported"]
        assert the(text, 31).nature == "cumulative"

    def test_the_verb_at_the_end_decides_for_the_whole_list(self) -> None:
        text = "مرمت ۱۲ خانه، نوسازی ۳ مدرسه، حفر دو حلقه چاه و آسفالت پنج روستا انجام خواهد شد."
        assert stages(text) == ["pledged"] * 4
        assert stages(text.replace("خواهد شد", "شد")) == ["reported"] * 4

    def test_a_relative_clause_does_not_steal_the_verb(self) -> None:
        text = "۷۰ چادر که نیکوکاران خریده بودند برپا خواهد شد."
        assert stages(text) == ["pledged"]

    def test_a_headline_takes_the_stage_of_its_twin(self) -> None:
        text = "توزیع ۸۰۰ بخاری در زنجان\nمدیر انجمن گفت: در دی‌ماه ۸۰۰ بخاری توزیع خواهیم کرد."
        assert stages(text) == ["pledged", "pledged"]


def test_an_invitation_is_reported_as_an_invitation() -> None:
    invited = the("از ۳۵۰ آموزگار دعوت شده تا به اردو بیایند.", 350)
    assert (invited.stage, invited.unit) == ("reported", "person")
    assert "invited" in invited.why


@pytest.mark.parametrize(
    "sentence",
    [
        "این الگو قابلیت آن را دارد که در ۷ هزار روستا پیاده شود.",
        "سامانه می‌تواند به ۷ هزار روستا خدمت بدهد.",
        "اگر باران ببارد، ۷ هزار روستا آب خواهند داشت.",
        "در صورت تأمین بودجه می‌توان ۷ هزار روستا را زیر پوشش برد.",
        "این طرح ظرفیت گسترش به ۷ هزار روستا را دارد.",
    ],
)
def test_what_could_be_is_potential(sentence: str) -> None:
    possible = the(sentence, 7000)
    assert (possible.stage, possible.nature) == ("potential", "none")


@pytest.mark.parametrize(
    ("sentence", "unit"),
    [
        ("کارگاه‌های ما روزانه بیش از ۹۰۰ ماسک می‌دوزند.", "mask_per_day"),
        ("هر روز ۹۰۰ پرس غذا پخته می‌شود.", "meal_per_day"),
        ("هر ماه ۹۰۰ درخواست بررسی می‌شود.", "request_per_month"),
        ("میانگین پاسخ ۹۰۰ تماس در روز بود.", "call_per_day"),
        ("این مرکز روزی ۹۰۰ بیمار را می‌پذیرد.", "person_per_day"),
    ],
)
def test_a_rate_is_no_total(sentence: str, unit: str) -> None:
    rate = the(sentence, 900)
    assert (rate.stage, rate.nature, rate.unit) == ("reported", "rate", unit)


def test_stock_flow_and_running_total() -> None:
    assert the("شمار گروه‌های ما به ۶۲۰ گروه رسیده است.", 620).nature == "stock"
    assert the("هم‌اکنون ۶۲۰ کارگاه فعال است.", 620).nature == "stock"
    assert the("دیروز ۶۲۰ بسته توزیع شد.", 620).nature == "flow"
    assert the("از سال ۱۳۹۹ تاکنون ۶۲۰ خانه ساخته شده است.", 620).nature == "cumulative"


def test_one_figure_said_three_times_is_one_figure() -> None:
    text = (
        "اهدای ۲۵۰ دستگاه یخچال\nبه گزارش دفتر انجمن، ۲۵۰ یخچال اهدا شد.\n"
        "وی افزود: این ۲۵۰ یخچال به خانواده‌ها رسید."
    )
    first, *others = read(text)
    assert [mention.repeat_of for mention in others] == [first.start] * 2


def test_installed_and_bought_are_two_facts() -> None:
    text = "در نصب ۸۰ تنور که شهرداری خریده بود کمک کردیم و ۳۰ تنور خریدیم."
    assert [mention.stage for mention in read(text)] == ["reported"] * 2
    assert [mention.repeat_of for mention in read(text)] == [None, None]


def test_a_share_of_joint_work_points_to_the_whole() -> None:
    text = "با همکاری شهرداری‌ها قرار است ۹۰ حمام ساخته شود که سهم ما تاکنون ۱۴ حمام بوده است."
    whole, share = read(text)
    assert whole.joint_with == "شهرداری‌ها"
    assert (share.stage, share.share_of) == ("reported", whole.start)


class TestPlaceIsNotUnit:
    def test_the_unit_is_the_actor_and_the_place_is_where(self) -> None:
        built = the("گروه‌های شعبه اراک در سراوان ۱۸ حمام ساختند.", 18)
        assert built.place == "سراوان"
        assert built.actor is not None and "شعبه اراک" in built.actor

    def test_a_place_behind_a_figure_belongs_to_that_item(self) -> None:
        text = "تعمیر ۹ پل و پخت ۴۰۰۰ پرس غذا در شهرستان بم انجام شد."
        assert the(text, 4000).place == "شهرستان بم"
        assert the(text, 9).place is None

    def test_each_item_may_have_its_own_place(self) -> None:
        text = "در بم ۶۰۰ بسته و در میناب ۷۰۰ بسته توزیع شد."
        assert [mention.place for mention in read(text)] == ["بم", "میناب"]

    def test_the_country_and_unknown_villages(self) -> None:
        assert the("۳۰ اردو در سراسر کشور برپا می‌شود.", 30).place == "کشور"
        assert the("۱۲ خانه در روستای گل‌افشان ساخته شد.", 12).place == "روستای گل‌افشان"

    def test_more_names_can_be_given(self) -> None:
        text = "در نارنجستان ۱۲ خانه ساخته شد."
        assert the(text, 12).place is None
        assert the(text, 12, places=("نارنجستان",)).place == "نارنجستان"


def test_values_stand_alone_in_toman_or_rial() -> None:
    text = "لوازم به ارزش هزار و ۲۰۰ میلیون تومان اهدا و ۳ میلیارد ریال هزینه شد."
    toman, rial = read(text)
    assert (toman.value, toman.unit, toman.stage) == (1_200_000_000, "toman", "reported")
    assert (rial.value, rial.unit) == (3_000_000_000, "rial")


@pytest.mark.parametrize(
    ("words", "qualifier"),
    [
        ("بیش از ۸۰ بسته", "at_least"),
        ("بالغ بر ۸۰ بسته", "at_least"),
        ("دست کم ۸۰ بسته", "at_least"),
        ("افزون بر ۸۰ بسته", "at_least"),
        ("حدود ۸۰ بسته", "about"),
        ("نزدیک به ۸۰ بسته", "about"),
        ("قریب به ۸۰ بسته", "about"),
        ("کمتر از ۸۰ بسته", "at_most"),
        ("حداکثر ۸۰ بسته", "at_most"),
        ("تا ۸۰ بسته", "at_most"),
        ("۸۰ بسته", "exact"),
        ("میانگین ۸۰ بسته", "exact"),
    ],
)
def test_the_qualifier_travels_with_the_number(words: str, qualifier: str) -> None:
    assert the(f"در این روز {words} توزیع شد.", 80).qualifier == qualifier


def test_vague_plurals_have_no_value() -> None:
    vague = the("هزاران نفر از خدمات ما بهره بردند.", None)
    assert (vague.qualifier, vague.stage, vague.unit) == ("unknown", "reported", "person")


def test_shares_without_a_quantity_are_no_mentions() -> None:
    assert read("بخشی از بسته‌ها در این هفته توزیع شد و برخی هنوز در انبار است.") == []


def test_possible_overlap_keeps_two_mentions() -> None:
    text = "۵۰۰ گروه و ۲۰۰ هسته پزشکی اعزام شدند."
    assert [mention.repeat_of for mention in read(text)] == [None, None]


class TestPeriods:
    TODAY = date(2024, 11, 2)  # Saturday, 12 Aban 1403

    def period(self, text: str, value: float) -> tuple[date | None, date | None]:
        found = the(text, value, reported_on=self.TODAY).period
        assert found is not None
        return found.start, found.end

    def test_a_range_of_days_over_the_end_of_a_month(self) -> None:
        text = "از ۲۹ آبان تا ۵ آذر ۳۰۰ بسته توزیع خواهد شد."
        assert self.period(text, 300) == (date(2024, 11, 19), date(2024, 11, 25))

    def test_since_a_year(self) -> None:
        text = "از سال ۹۱ تاکنون بیش از ۳۰۰ کارگاه راه‌اندازی شده است."
        assert self.period(text, 300) == (date(2012, 3, 20), self.TODAY)

    def test_a_lunar_month(self) -> None:
        text = "در ماه مبارک رمضان ۳۰۰ بسته توزیع شد."
        assert self.period(text, 300) == (date(2024, 3, 12), date(2024, 4, 9))

    def test_a_weekday_looks_back_in_a_report_and_ahead_in_a_promise(self) -> None:
        assert self.period("روز پنجشنبه ۳۰۰ بسته توزیع شد.", 300)[0] == date(2024, 10, 31)
        assert self.period("روز پنجشنبه ۳۰۰ بسته توزیع خواهد شد.", 300)[0] == date(2024, 11, 7)

    def test_last_year(self) -> None:
        assert self.period("پارسال ۳۰۰ بسته توزیع شد.", 300) == (
            date(2023, 3, 21),
            date(2024, 3, 19),
        )

    def test_without_the_reports_date_the_words_are_kept(self) -> None:
        period = the("پارسال ۳۰۰ بسته توزیع شد.", 300).period
        assert period is not None
        assert (period.start, period.text) == (None, "پارسال")


@pytest.mark.parametrize(
    "sentence",
    [
        "۳۸ سال از تأسیس انجمن می‌گذرد.",
        "نشست ساعت ۹ صبح جمعه برگزار می‌شود.",
        "این سی و هشتمین نشست سالانه ماست.",
        "دولت چهاردهم از این طرح پشتیبانی می‌کند.",
        "سند ۱۰ ساله انجمن رونمایی شد.",
        "قرارگاه‌های ۱۱ گانه برنامه‌ها را بررسی می‌کنند.",
        "خبرهای ۲۴ ساعت گذشته را بخوانید.",
        "کد خبر: ۷۷۸۸۹۹",
        "انتهای پیام/ ۴۰۴۱۲",
        "در سال ۱۴۰۲ این طرح آغاز شد.",
        "۱۲ بهمن سالروز ماست.",
        "تلفن پاسخ‌گویی ۰۲۱-۸۸۷۷۶۶۵۵ است.",
        "داوطلبان ۱۸ تا ۳۵ ساله نام‌نویسی می‌شوند.",
        "هر گروه ۷ عضو دارد.",
        "هر بسته ۱۲ کیلوگرم وزن دارد.",
        "به ۵۰ دستگاه بخاری نیاز داریم.",
        "سقف هر وام ۸۰ میلیون تومان است.",
        "پویش «صد هزار لبخند» ادامه دارد.",
        "عدد ۹۰ هزار که چندی پیش گفته شد درست نبود.",
        "مقابله با کووید ۱۹ ادامه دارد.",
        "۱- برنامه‌ها بررسی شد.",
    ],
)
def test_context_numbers_are_no_results(sentence: str) -> None:
    assert read(sentence)
    assert results(sentence) == []


def test_speakers_are_offices() -> None:
    text = "دبیر انجمن همسایه در نشستی گفت: ۵۰ خانه ساخته شد. وی افزود: ۲۰ خانه مرمت شد."
    assert {mention.speaker for mention in read(text)} == {"دبیر انجمن همسایه"}


def test_what_is_not_for_the_ledger_is_marked() -> None:
    assert the("در رزمایش، ۶ یگان نظامی شرکت کردند.", 6).out_of_scope
    assert not the("۶ گروه پزشکی شرکت کردند.", 6).out_of_scope


def test_a_press_report_in_full() -> None:
    """The order in which such reports come: headline, lead, results, plans, a list, a footer."""
    text = (
        "پخت روزانه بیش از ۳ هزار نان / توزیع ۷۰ هزار بسته در هفته همسایگی\n"
        "دبیر انجمن همسایه با بیان اینکه ۱۹ سال از کار انجمن می‌گذرد، گفت: نانوایی‌های ما روزانه "
        "بیش از ۳ هزار نان می‌پزند و در هفته پیش رو ۷۰ هزار بسته توزیع خواهیم کرد.\n"
        "وی افزود: آب‌رسانی به هشتصد روستا در سراسر کشور با همکاری دولت در دستور کار قرار دارد که "
        "سهم ما تاکنون ۲۶ روستا بوده است.\n"
        "تکمیل یک درمانگاه، برق‌رسانی به سه روستا، مرمت ۳۱ منزل سالمندان، آسفالت ۴ روستای فاقد "
        "دهیاری، پخت ۹ هزار پرس غذا در شهرستان خوی و تعمیر لوازم به ارزش هزار و ۳۰۰ میلیون تومان "
        "از جمله اقدامات این انجمن بوده است.\n"
        "کد خبر: ۵۵۲۰۱۳\n"
    )
    read_as = [(mention.value, mention.stage, mention.place) for mention in read(text)]
    assert read_as == [
        (3000, "reported", None),
        (70_000, "pledged", None),
        (19, "context", None),
        (3000, "reported", None),
        (70_000, "pledged", None),
        (800, "pledged", "کشور"),
        (26, "reported", None),
        (1, "reported", None),
        (3, "reported", None),
        (31, "reported", None),
        (4, "reported", None),
        (9000, "reported", "شهرستان خوی"),
        (1_300_000_000, "reported", None),
        (552_013, "context", None),
    ]
