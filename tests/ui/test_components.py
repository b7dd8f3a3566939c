"""Each component as a template renders it: escaped, in the viewer's digits and direction, without inline code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

import karnameh.ui
from karnameh.kernel.period import Period
from karnameh.ui.charts import quintiles
from karnameh.ui.display import DEFAULT, Display
from karnameh.ui.icons import FLIPPED, ICONS
from karnameh.ui.tiles import TILES, tile_of

FA = Display()
EN = Display("en", "gregorian", "latin", "rial")
TODAY = date(2026, 11, 22)
MARKUP = '<script>alert("x")</script>'
HOME = Path(karnameh.ui.__file__).parent
STATIC = HOME / "static" / "ui"


def render(source: str, display: Display = FA, **context: Any) -> str:
    """A snippet as the viewer of `display` gets it; every rendering is checked for inline code."""
    with translation.override(display.language):
        html = Template("{% load karnameh %}" + source).render(
            Context({"display": display, "today": TODAY, **context})
        )
    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"\son[a-z]+\s*=", html)
    assert MARKUP not in html
    return html


# --- values ----------------------------------------------------------------------------------


def test_numbers_follow_the_viewer() -> None:
    assert render("{% number 512340 %}") == "۵۱۲٬۳۴۰"
    assert render("{% number 512340 %}", EN) == "512,340"
    assert render("{% number n %}", n=None) == "—"
    assert render("{% number n 1 %}", EN, n=Decimal("2.55")) == "2.6"
    assert render("{% words 1150 %}") == "هزار و صد و پنجاه"
    assert render("{% percent 53 100 %}") == "۵۳٪"
    assert render("{% digits text %}", text="1405/8 <b>") == "۱۴۰۵/۸ &lt;b&gt;"


def test_without_a_display_pages_speak_as_to_a_persian_reader() -> None:
    html = Template("{% load karnameh %}{% number 12 %}").render(Context())
    assert html == "۱۲" and DEFAULT == FA


def test_dates_are_machine_readable_too() -> None:
    assert render("{% day d %}", d=TODAY) == '<time datetime="2026-11-22">یکشنبه ۱ آذر</time>'
    assert (
        render('{% day d "short" %}', EN, d=TODAY)
        == '<time datetime="2026-11-22">22 November</time>'
    )
    spring = date(2027, 5, 1)
    assert ">شنبه ۱۱ اردیبهشت ۱۴۰۶<" in render("{% day d %}", d=spring)
    assert ">شنبه ۱۱ اردیبهشت<" in render('{% day d "near" %}', d=spring)
    assert ">۱۴۰۵/۰۹/۰۱<" in render('{% day d "numeric" %}', d=TODAY)
    at = datetime(2026, 11, 22, 14, 20, tzinfo=timezone(timedelta(hours=3, minutes=30)))
    assert render("{% instant at %}", at=at) == (
        '<time datetime="2026-11-22T14:20:00+03:30">یکشنبه ۱ آذر، ساعت ۱۴:۲۰</time>'
    )
    assert render("{% period p %}", p=Period.month(1405, 8)) == "آبان ۱۴۰۵"


def test_money_names_its_currency() -> None:
    assert ">۱۱٬۰۰۰٬۰۰۰ تومان<" in render("{% money 110000000 %}")
    assert ">110,000,000 rial<" in render("{% money 110000000 %}", EN)
    short = render("{% money 194000000000 short=True %}")
    assert ">۱۹٫۴ میلیارد تومان<" in short and 'title="۱۹٬۴۰۰٬۰۰۰٬۰۰۰ تومان"' in short


# --- quantities ------------------------------------------------------------------------------


def test_a_quantity_has_its_qualifier_before_and_its_unit_after() -> None:
    html = render('{% quantity 512340 "at_least" "بسته" "/rows" %}')
    assert re.sub(r"<[^>]+>", "", html) == "بیش از ۵۱۲٬۳۴۰ بسته"
    assert (
        html.index('href="/rows"') < html.index("۵۱۲٬۳۴۰") < html.index("</a>") < html.index("بسته")
    )
    assert re.sub(r"<[^>]+>", "", render('{% quantity 5 "about" %}', EN)) == "about 5"
    assert re.sub(r"<[^>]+>", "", render('{% quantity 5 "at_most" %}')) == "حداکثر ۵"


def test_zero_missing_and_unknown_are_three_things() -> None:
    assert ">۰<" in render("{% quantity 0 %}")
    assert ">—<" in render("{% quantity n %}", n=None)
    unknown = render('{% quantity n "unknown" "بسته" %}', n=None)
    assert "نامعلوم" in unknown and "بسته" in unknown


def test_units_and_addresses_are_escaped() -> None:
    html = render('{% quantity 5 "" unit href %}', unit=MARKUP, href='"><b>')
    assert "&lt;script&gt;" in html and '"><b>' not in html


def test_names_are_isolated_and_escaped() -> None:
    assert render("{% name n %}", n="<b>نور") == "<bdi>&lt;b&gt;نور</bdi>"
    assert render('{% name n "/u/1" %}', n="نور") == '<a href="/u/1"><bdi>نور</bdi></a>'


def test_the_remaining_promise_is_said_in_words() -> None:
    assert "۳۰۰ <small>مانده</small>" in render("{% remaining 300 0 %}")
    assert "۳ <small>بیش از وعده</small>" in render("{% remaining 0 3 %}")
    assert "کامل" in render("{% remaining 0 0 %}")
    assert "—" in render("{% remaining n 5 %}", n=None)


@pytest.mark.parametrize(
    ("stage", "word"), [("pledged", "وعده"), ("reported", "گزارش"), ("verified", "تأیید")]
)
def test_a_stage_has_colour_shape_and_word(stage: str, word: str) -> None:
    html = render(f'{{% stage_badge "{stage}" %}}')
    assert f"badge-{stage}" in html and f"mark-{stage}" in html and word in html


def test_a_gap_shows_both_figures_and_what_lies_between() -> None:
    html = render('{% gap 70000000 61480112 "at_least" "مراجعه" label "/gap" %}', label=MARKUP)
    plain = re.sub(r"<[^>]+>", "", html)
    assert "بیش از ۷۰٬۰۰۰٬۰۰۰ مراجعه" in plain and "۶۱٬۴۸۰٬۱۱۲" in plain
    assert "فاصله: ۸٬۵۱۹٬۸۸۸" in plain and 'href="/gap"' in html and "notice-warn" in html
    assert "larger by 2" in render("{% gap 5 7 %}", EN)
    assert "notice-good" in render("{% gap 5 5 %}")


# --- pictures --------------------------------------------------------------------------------


def _rect(html: str, css: str) -> tuple[float, float]:
    found = re.search(rf'class="{css}" x="([\d.]+)%" y="\d+" width="([\d.]+)%"', html)
    assert found
    return float(found[1]), float(found[2])


def test_the_bar_runs_from_right_to_left_in_persian() -> None:
    html = render("{% stage_bar 1000 700 500 %}")
    assert _rect(html, "bar-reported") == (30, 70)
    assert _rect(html, "bar-verified") == (50, 50)
    assert 'class="bar-pledged" x="0.0%"' in html
    assert 'role="img"' in html
    assert 'aria-label="وعده ۱٬۰۰۰، گزارش ۷۰۰، تأیید ۵۰۰، ۷۰٪ وعده"' in html


def test_the_bar_runs_from_left_to_right_in_english() -> None:
    html = render("{% stage_bar 1000 700 500 %}", EN)
    assert _rect(html, "bar-reported") == (0, 70)
    assert 'class="bar-pledged" x="100.0%"' in html
    assert 'aria-label="promised 1,000, reported 700, verified 500, 70% of the promise"' in html


def test_the_bar_scales_itself_when_the_report_passes_the_promise() -> None:
    html = render("{% stage_bar 500 1000 250 %}", EN)
    assert _rect(html, "bar-reported") == (0, 100)
    assert 'class="bar-pledged" x="50.0%"' in html
    assert _rect(render("{% stage_bar 500 500 0 1000 %}", EN), "bar-reported") == (0, 50)


def test_a_bar_of_nothing_is_only_its_track() -> None:
    html = render("{% stage_bar a b c %}", a=None, b=None, c=None)
    assert html.count("<rect") == 1 and "نه وعده‌ای، نه گزارشی" in html
    assert render("{% stage_bar 0 0 0 %}").count("<rect") == 1


def test_a_meter_draws_its_part_and_the_line_to_reach() -> None:
    html = render('{% meter 53 100 mark=50 tone="good" %}', EN)
    assert _rect(html, "bar-part bar-good") == (0, 53)
    assert "bar-mark" in html and 'aria-label="53 of 100"' in html
    assert _rect(render("{% meter 9 3 %}", EN), "bar-part") == (0, 100)


def test_a_sparkline_has_its_newest_end_where_reading_ends() -> None:
    persian, english = (render("{% sparkline v %}", d, v=[1, None, 3, 5]) for d in (FA, EN))
    assert 'cx="3.0"' in persian and 'cx="117.0"' in english
    assert english.count("<polyline") == 1  # the lone first value makes no line
    assert 'aria-label="from 1 to 5"' in english
    assert render("{% sparkline v %}", v=[None]) == ""


def test_there_are_31_provinces_each_on_its_own_place() -> None:
    assert len(TILES) == 31 == len({(tile.column, tile.row) for tile in TILES})
    found = tile_of("استان چهارمحال و بختياري")
    assert found and found.name_en == "Chaharmahal and Bakhtiari"
    assert tile_of("Isfahan Province") == tile_of("اصفهان")
    assert tile_of("Atlantis") is None


def test_fifths_share_a_class_when_values_are_equal() -> None:
    classes = quintiles([Decimal(n) for n in (1, 2, 3, 4, 5, 5, 5, 8, 9, 10)])
    assert classes[Decimal(1)] == 1 and classes[Decimal(10)] == 5 and classes[Decimal(5)] == 3
    assert quintiles([Decimal(7)] * 3) == {Decimal(7): 3}


def test_a_tile_map_links_names_and_values() -> None:
    rows = [
        {"name": "اصفهان", "value": 87, "label": "۸۷٪", "href": '/p/"1'},
        {"name": "قم", "value": 3},
    ]
    html = render("{% tile_map rows %}", rows=rows)
    assert html.count("<rect") == 31
    assert '<a href="/p/&quot;1" aria-label="اصفهان: ۸۷٪">' in html
    assert 'class="tile tile-3"' in html and 'class="tile tile-1"' in html
    assert html.count('class="tile tile-0"') == 29 and "بی گزارش" in html
    assert "Isfahan: ۸۷٪" in render("{% tile_map rows %}", EN, rows=rows)


# --- structure -------------------------------------------------------------------------------


def test_a_stage_table_has_names_numbers_bars_and_a_total() -> None:
    rows = [
        {"name": MARKUP, "href": "/i/1", "unit": "بسته", "pledged": 700, "reported": 512, "verified": 398,
         "reported_qualifier": "at_least", "reported_href": "/r"},
        {"name": "میز", "reported": 3},
    ]  # fmt: skip
    html = render(
        "{% stage_table rows total=total %}", rows=rows, total={"name": "جمع", "pledged": 700}
    )
    assert html.count('role="img"') == 3 and "<tfoot>" in html
    assert "بیش از" in html and 'href="/r"' in html and 'data-label="گزارش"' in html
    assert "sort" not in html
    request = RequestFactory().get("/", {"cursor": "x", "q": "a&b"})
    sortable = render('{% stage_table rows sort="-reported" %}', rows=rows, request=request)
    assert (
        'aria-sort="descending"' in sortable and "cursor" not in sortable and "q=a%26b" in sortable
    )
    assert "نه وعده‌ای هست" in render("{% stage_table rows %}", rows=[])


def test_a_sort_header_turns_round_on_the_second_click() -> None:
    request = RequestFactory().get("/")
    first = render('{% sort_header "نام" "name" "" %}', request=request)
    assert 'href="?sort=name"' in first and 'aria-sort="none"' in first
    assert 'href="?sort=-name"' in render('{% sort_header "نام" "name" "name" %}', request=request)
    number = render('{% sort_header "n" "n" "" numeric=True %}', request=request)
    assert 'href="?sort=-n"' in number and 'class="n"' in number  # largest first
    assert 'href="/elsewhere"' in render('{% sort_header "n" "n" "" "/elsewhere" %}')


def test_a_day_strip_marks_today_and_escapes_titles() -> None:
    days = [
        {"date": TODAY, "title": MARKUP, "count": 10787, "url": "/d", "state": "today"},
        {"date": TODAY + timedelta(1), "title": "", "count": None, "url": "", "state": "future"},
    ]
    html = render("{% day_strip days %}", days=days)
    assert 'aria-current="date"' in html and "strip-today" in html and "strip-future" in html
    assert "یکشنبه" in html and "۱ آذر" in html and "۱۰٬۷۸۷ برنامه" in html


def test_pager_and_empty_state_say_what_to_do() -> None:
    html = render('{% pager "" "/next" %}')
    assert 'rel="next"' in html and 'rel="prev"' not in html and "صفحهٔ بعد" in html
    assert render('{% pager "" "" %}').strip() == ""
    html = render('{% empty t "hint" "/go" "برو" %}', t=MARKUP)
    assert 'href="/go"' in html and "hint" in html


class Report(forms.Form):
    amount = forms.CharField(label="چند بسته؟", help_text="راهنما")
    kind = forms.ChoiceField(choices=[("a", "الف"), ("b", MARKUP)], widget=forms.RadioSelect)
    file = forms.FileField(required=False)
    sure = forms.BooleanField()
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


FORM = (
    "{% form_errors form %}{% field form.amount unit='بسته' big=True echo='/echo' %}{% field form.kind %}"
    "{% field form.file %}{% field form.sure %}{% field form.hidden %}"
)


def test_a_field_ties_its_help_and_error_to_its_input() -> None:
    html = render(FORM, form=Report({"amount": ""}))
    assert '<label class="label" for="id_amount">' in html
    control = re.search(r'<input[^>]*name="amount"[^>]*>', html)
    assert control and "id_amount_error" in control[0] and "id_amount_helptext" in control[0]
    assert 'id="id_amount_error"' in html and 'id="id_amount_helptext"' in html
    assert 'data-echo="/echo"' in control[0] and 'data-echo-of="id_amount"' in html
    assert "<fieldset" in html and "اختیاری" in html and 'href="#id_amount"' in html
    assert 'role="alert"' in html and 'role="alert"' not in render(FORM, form=Report())


def test_every_icon_is_drawn_and_an_unknown_one_is_refused() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    assert drawn == ICONS and FLIPPED <= ICONS
    html = render('{% icon "home" %}')
    assert "#home" in html and 'aria-hidden="true"' in html
    with pytest.raises(TemplateSyntaxError):
        render('{% icon "dragon" %}')


# --- frames ----------------------------------------------------------------------------------

PAGE = '{% extends "ui/base.html" %}{% block title %}ت{% endblock %}{% block heading %}سر{% endblock %}'


def page(source: str, display: Display = FA, **context: Any) -> str:
    with translation.override(display.language):
        html = Template(source).render(Context({"display": display, **context}))
    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style", html)
    assert not re.search(r"\son[a-z]+\s*=", html)
    return html


def test_the_frame_has_language_direction_and_theme() -> None:
    html = page(PAGE)
    assert '<html lang="fa" dir="rtl" data-digits="persian">' in html and "کارنامه" in html
    dark = page(PAGE, Display("en", "gregorian", "latin", "rial", "dark"))
    assert '<html lang="en" dir="ltr" data-theme="dark" data-digits="latin">' in dark


def test_the_frame_holds_navigation_search_and_menu() -> None:
    nav = [{"url": "/a", "label": MARKUP, "icon": "home", "current": True}]
    html = page(
        PAGE, nav_items=nav, search_url="/search/", viewer_name="<b>", display_url="/d", sign_out_url="/o",
        crumbs=[{"label": "<i>", "url": "/up"}],
    )  # fmt: skip
    assert MARKUP not in html and "<b>" not in html and "<i>" not in html
    assert html.count('aria-current="page"') == 2  # in the header and in the phone's bar
    assert 'action="/search/"' in html and 'action="/d"' in html and 'action="/o"' in html
    assert 'href="#content"' in html and 'id="content"' in html


def test_a_refusal_is_said_in_its_own_sentence() -> None:
    html = page('{% extends "ui/problem.html" %}', heading="نه", sentence=MARKUP)
    assert "<h1>نه</h1>" in html and MARKUP not in html and 'href="/"' in html


# --- files -----------------------------------------------------------------------------------


def _text_files() -> Iterator[Path]:
    yield from (path for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg"})


def test_the_stylesheet_stays_small_and_logical() -> None:
    css = (STATIC / "karnameh.css").read_bytes()
    assert len(css) <= 40_000
    text = css.decode()
    assert not re.search(
        r"(?:margin|padding|border)-(?:left|right)|text-align:(?:left|right)|float:", text
    )
    assert text.count("{") == text.count("}")


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in _text_files():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|sourceMappingURL", text), path.name


def test_fonts_are_small_and_carry_their_licence() -> None:
    fonts = list((STATIC / "fonts").glob("*.woff2"))
    assert len(fonts) == 2 and sum(font.stat().st_size for font in fonts) < 60_000
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "OFL.txt").read_text()


def test_both_dark_palettes_are_the_same() -> None:
    css = (STATIC / "karnameh.css").read_text(encoding="utf-8")
    by_device, by_choice = re.findall(r"color-scheme:dark;\s*(--paper[^}]*)}", css)
    assert by_device.strip() == by_choice.strip()
