from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import uuid_utils
from hypothesis import given
from hypothesis import strategies as st

import karnameh.kernel.ids as ids_module
from karnameh.kernel.ids import made_at, new_id
from karnameh.kernel.text import (
    BIDI_CONTROLS,
    clean,
    compact_form,
    normal_form,
    search_terms,
    sort_key,
)


@pytest.mark.parametrize(
    "spelling", ["می‌روند", "مي‌روند", "می روند", "میروند", "مـی‌رونـد", "مِی‌روند", "‏می‌روند‎", "می‌‌روند"]
)
def test_spellings_of_one_word_compare_equal(spelling: str) -> None:
    assert compact_form(spelling) == compact_form("می‌روند")


@pytest.mark.parametrize(
    ("one", "other"),
    [("كرمان", "کرمان"), ("خانهٔ آب", "خانه اب"), ("۱۲", "12"), ("مؤسسه", "موسسه"), ("Ali", "ALI")],
)
def test_folding_for_search(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@given(st.text(max_size=80))
def test_clean_text_holds_nothing_hidden_and_is_stable(text: str) -> None:
    kept = clean(text)
    assert not set(kept) & set(BIDI_CONTROLS)
    assert all(unicodedata.category(letter) != "Cc" for letter in kept)
    assert clean(kept) == kept
    assert normal_form(normal_form(text)) == normal_form(text)


def test_a_name_that_reorders_its_line_is_disarmed() -> None:
    assert clean("پایگاه\u202egpj.exe") == "پایگاهgpj.exe"
    assert clean("دو\nخط") == "دو خط"
    assert clean("دو\r\nخط", lines=True) == "دو\nخط"


def test_half_spaces_stay_where_they_join_and_go_where_they_do_nothing() -> None:
    assert clean("می‌ روند‌") == "می روند"
    assert clean("خانه‌ها") == "خانه‌ها"


def test_sorting_follows_the_persian_alphabet_and_counts_numbers() -> None:
    names = ["یزد", "تهران", "آبادان", "پارس", "اراک", "گیلان", "کرمان", "چالوس"]
    assert sorted(names, key=sort_key) == [
        "آبادان",
        "اراک",
        "پارس",
        "تهران",
        "چالوس",
        "کرمان",
        "گیلان",
        "یزد",
    ]
    assert sorted(["پایگاه ۱۰", "پایگاه ۲"], key=sort_key) == ["پایگاه ۲", "پایگاه ۱۰"]


def test_a_query_is_split_into_tolerant_terms() -> None:
    assert search_terms("  ميز‌خدمت  ۱۲ ") == ["میز", "خدمت", "12"]


def test_ids_sort_by_time_and_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids_module, "uuid_utils", uuid_utils)  # here the machine's own clock counts
    ids = [new_id() for _ in range(500)]
    assert ids == sorted(ids)
    assert abs((made_at(ids[0]) - datetime.now(UTC)).total_seconds()) < 60
    with pytest.raises(ValueError, match="UUIDv7"):
        made_at(uuid4())
