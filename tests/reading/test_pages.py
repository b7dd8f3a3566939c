"""The pages: who sees what, what a decision answers, and what a list costs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from reports import REPORT, choice_of, draft_of, entered, parcels

from builders import DAY, NOW, World, a_grant, a_user, an_entry
from karnameh.access.public import Role
from karnameh.ledger.public import Entry, Stage
from karnameh.narrative import actions
from karnameh.narrative.models import Draft, Source, State, Verdict


@pytest.fixture(autouse=True)
def _static(settings: Any, tmp_path: Any) -> None:
    settings.STATIC_ROOT = tmp_path


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def address(draft: Draft) -> str:
    return reverse("reading_draft", args=[draft.source_id, draft.pk])


def filled(draft: Draft, **changed: Any) -> dict[str, Any]:
    return {
        "stage": draft.stage, "indicator": draft.indicator_id or "", "quantity": "۳۰۰", "qualifier": draft.qualifier,
        "unit": draft.unit_id, "place": draft.place_id or "", "starts_on": "1405/08/29", "ends_on": "1405/08/29",
        "coverage": 1, "fulfils": "", "do": "confirm", **changed,
    }  # fmt: skip


PAGES = ("reading", "reading_review", "reading_find")


@pytest.mark.parametrize(
    ("who", "seen", "decides"),
    [
        ("fars", 200, 200), ("officer", 200, 200), ("fars_verifier", 200, 403), ("auditor", 200, 403),
        ("leader", 404, 404), ("reviewer", 404, 404), ("stranger", 404, 404),
    ],
)  # fmt: skip
def test_a_report_is_seen_where_a_whole_grant_covers_its_unit(
    world: World, who: str, seen: int, decides: int
) -> None:
    parcels()
    source = entered(world)
    draft = draft_of(source, "۳۰۰")
    client = signed_in(world, who)
    assert client.get(reverse("reading", args=[source.pk])).status_code == seen
    found = client.get(reverse("reading_find", args=[source.pk]), {"indicator_find": "بسته"})
    assert found.status_code == seen
    assert client.get(reverse("reading_review", args=[source.pk])).status_code == decides
    listed = client.get(reverse("readings")).content.decode()
    assert (source.title in listed) == (seen == 200)
    for name in ("reading_add", "reading_undo", "reading_discard"):
        answer = client.post(
            reverse(name, args=[source.pk]), {"words": "در", "reason": "x"}
        ).status_code
        assert answer == (decides if decides != 200 else answer)
    if decides != 200:
        source.refresh_from_db()
        assert client.post(address(draft), filled(draft)).status_code == decides
        assert source.state == State.READING


def test_what_does_not_exist_is_out_of_reach(world: World) -> None:
    client = signed_in(world, "officer")
    for name in (*PAGES, "reading_add"):
        url = reverse(name, args=[uuid4()])
        assert (client.post(url) if name == "reading_add" else client.get(url)).status_code == 404
    assert client.get(reverse("reading_answer", args=[99])).status_code == 404
    assert client.get(f"{reverse('readings')}?cursor=x").status_code == 404
    assert client.get(f"{reverse('promises')}?cursor=x").status_code == 404


def test_a_pasted_report_and_a_file_come_to_the_desk(world: World) -> None:
    parcels()
    client = signed_in(world, "fars")
    given = {
        "dated": "1405/09/01",
        "unit": world.fars.pk,
        "office": "دبیر",
        "title": "",
        "outlet": "",
        "campaign": "",
    }
    answer = client.post(reverse("reading_new"), {**given, "text": REPORT})
    source = Source.objects.get()
    assert answer.status_code == 302 and answer["Location"] == reverse("reading", args=[source.pk])
    again = client.post(
        reverse("reading_new"), {**given, "file": SimpleUploadedFile("خبر.txt", REPORT.encode())}
    )
    assert again.status_code == 422 and str(source.pk) in again.content.decode()
    for name, content, said in (
        ("a.txt", b"", "خالی"), ("a.exe", b"MZ", "بفرستید"), ("a.pdf", b"%PDF-1.4", "آسیب"), ("a.txt", b"12 34", "عدد")
    ):  # fmt: skip
        answer = client.post(
            reverse("reading_new"), {**given, "file": SimpleUploadedFile(name, content)}
        )
        page = answer.content.decode()
        assert answer.status_code == 422 and "field-bad" in page, (name, said)
    assert Source.objects.count() == 1


def test_a_decision_by_plain_form_leads_to_the_next_undecided_figure(world: World) -> None:
    indicator = parcels()
    source = entered(world)
    client = signed_in(world, "fars")
    draft, following = draft_of(source, "۳۰۰"), draft_of(source, "۴۵۰")
    answer = client.post(address(draft), filled(draft))
    assert answer["Location"].endswith(f"?m={following.start}#d{following.start}")
    draft.refresh_from_db()
    assert (draft.verdict, draft.quantity, draft.indicator) == (Verdict.CONFIRMED, 300, indicator)


def test_a_decision_with_the_script_answers_only_what_changed(world: World) -> None:
    parcels()
    source = entered(world)
    draft, following = draft_of(source, "۳۰۰"), draft_of(source, "۴۵۰")
    answer = signed_in(world, "fars").post(
        address(draft), filled(draft), headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in page
    for part in (
        f'id="d{draft.start}"',
        f'id="m{draft.start}"',
        f'id="d{following.start}"',
        'id="tally"',
    ):
        assert part in page
    assert page.count("hx-swap-oob") == 5


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"indicator": ""}, "indicator"), ({"quantity": "چند تا"}, "quantity"), ({"ends_on": "1405/13/01"}, "ends_on"),
        ({"ends_on": "1405/08/20"}, "ends_on"), ({"ends_on": "1405/12/20"}, "ends_on"), ({"unit": 999_999}, "unit"),
        ({"quantity": "-4"}, "quantity"), ({"fulfils": "x"}, "fulfils"),
    ],
)  # fmt: skip
def test_what_hinders_stands_beside_its_field_and_nothing_typed_is_lost(
    world: World, changed: dict[str, Any], field: str
) -> None:
    parcels()
    draft = draft_of(entered(world), "۳۰۰")
    if field == "fulfils":
        changed = {"fulfils": str(uuid4())}
    answer = signed_in(world, "fars").post(
        address(draft), filled(draft, **changed), headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "field-bad" in page
    draft.refresh_from_db()
    assert draft.verdict == Verdict.OPEN


def test_a_search_without_the_script_chooses_the_one_it_finds(world: World) -> None:
    parcels()
    draft = draft_of(entered(world), "۳۰۰")
    client = signed_in(world, "fars")
    client.post(address(draft), filled(draft, unit_find="شهرستان شیرازک", place_find="شیرازک"))
    draft.refresh_from_db()
    assert (draft.unit, draft.place) == (world.twin, world.twin.place)
    rows = client.get(
        reverse("reading_find", args=[draft.source_id]), {"unit_find": "یزد"}
    ).content.decode()
    assert world.yazd.name not in rows  # out of the searcher's reach
    emptied = client.get(reverse("reading_find", args=[draft.source_id]), {"unit_find": " "})
    assert (emptied.status_code, emptied.content) == (204, b"")  # the list stays as it was chosen


def test_an_entry_leads_to_its_words_and_only_those_who_may_see_the_report_to_its_page(
    world: World,
) -> None:
    parcels()
    source = entered(world)
    draft = draft_of(source, "۳۰۰")
    actions.confirm_draft(
        draft, choice_of(draft, unit=world.local), by=world.people["fars"], at=NOW
    )
    actions.post_source(source, by=world.people["fars"], at=NOW)
    for who, linked in (("fars", True), ("leader", False)):
        page = signed_in(world, who).get(reverse("entry", args=[draft.pk])).content.decode()
        assert "۳۰۰ بستهٔ معیشتی در شیراز توزیع شد" in page
        assert (f"#m{draft.start}" in page) == linked


def test_the_whole_way_by_plain_forms(world: World) -> None:
    parcels()
    source = entered(world)
    client = signed_in(world, "fars")
    draft = draft_of(source, "۳۰۰")
    client.post(address(draft), filled(draft))
    vague = draft_of(source, "هزاران")
    client.post(address(vague), {"do": "ask", "words": "چند بسته؟"})
    client.post(address(draft_of(source, "۴۵۰")), {"do": "drop", "reason": "not_ours"})
    review = client.get(reverse("reading_review", args=[source.pk]))
    seal = review.context["rehearsal"].seal
    assert (
        client.post(reverse("reading_review", args=[source.pk]), {"seal": seal}).status_code == 302
    )
    assert (
        client.post(reverse("reading_review", args=[source.pk]), {"seal": seal}).status_code == 302
    )
    assert Entry.objects.filter(batch=source.pk).count() == 1
    asked = client.get(reverse("reading_questions")).content.decode()
    assert "چند بسته؟" in asked
    question = vague.question
    client.post(
        reverse("reading_answer", args=[question.pk]), {"quantity": "۲ هزار و ۱۰۰", "words": ""}
    )
    vague.refresh_from_db()
    assert (vague.quantity, vague.verdict) == (2100, Verdict.OPEN)
    client.post(reverse("reading_undo", args=[source.pk]), {"reason": "اشتباه بود"})
    source.refresh_from_db()
    assert source.state == State.UNDONE
    assert "اشتباه بود" in client.get(reverse("reading", args=[source.pk])).content.decode()


def test_lists_cost_the_same_at_one_and_at_many(world: World, queries: Any) -> None:
    parcels()
    client = signed_in(world, "officer")
    costs = []
    for count in (1, 12):
        for number in range(count):
            entered(world, f"{REPORT}\nپیوست {count}-{number}", unit=world.shiraz)
        client.get(reverse("readings"))
        with queries:
            client.get(reverse("readings"))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_desk_costs_the_same_for_few_and_for_many_figures(world: World, queries: Any) -> None:
    parcels()
    client = signed_in(world, "fars")
    few = entered(world, "دیروز ۳۰۰ بستهٔ معیشتی توزیع شد.")
    many = entered(world, "".join(f"دیروز {n} بستهٔ معیشتی توزیع شد.\n" for n in range(100, 160)))
    costs = []
    for source in (few, many):
        client.get(reverse("reading", args=[source.pk]))
        with queries:
            client.get(reverse("reading", args=[source.pk]))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_search_finds_reports_in_reach(world: World) -> None:
    parcels()
    source = entered(world, title="نشست خبری نیلوفر")
    for who, found in (("fars", True), ("leader", False)):
        page = signed_in(world, who).get(f"{reverse('search')}?q=نیلوفر").content.decode()
        assert (str(source.pk) in page) == found


def test_a_themed_grant_opens_no_whole_report_but_its_own_promises(world: World) -> None:
    indicator = parcels()
    keeper = a_user("keeper")
    a_grant(keeper, Role.REVIEWER, world.fars, theme=indicator.theme)
    world.people["keeper"] = keeper
    entered(world)
    an_entry(world.fars, indicator, 7, by=world.people["officer"], stage=Stage.PLEDGED, ends_on=DAY)
    client = signed_in(world, "keeper")
    assert Source.objects.get().title not in client.get(reverse("readings")).content.decode()
    assert indicator.name_fa in client.get(f"{reverse('promises')}?campaign=").content.decode()
