"""The pages of the review desk through HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders import NOW, World, an_indicator
from desks.plans import a_desk, a_proposal
from karnameh.activities.public import Activity, State
from karnameh.campaigns.models import Decision, Opinion
from karnameh.campaigns.review.actions import Ruling, decide, save_opinion
from karnameh.campaigns.review.models import Verdict
from karnameh.campaigns.review.queries import Desk


def client_of(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def url_of(desk: Desk, name: str = "review_desk", *more: Any) -> str:
    return reverse(name, args=[desk.unit.pk, desk.theme.code, *more])


@pytest.fixture
def desk(world: World) -> Desk:
    return a_desk(world)


def test_the_desk_shows_the_queue_and_one_proposal_open(world: World, desk: Desk) -> None:
    one = a_proposal(world.local, desk.campaign, "کاشت نهال", expects={an_indicator("trees"): 120})
    two = a_proposal(world.local, desk.campaign, "نهال‌کاری و کاشت نهال")
    client = client_of(world, "reviewer")
    assert client.get("/review/").status_code == 200
    page = client.get(f"{url_of(desk)}?p={two.pk}").content.decode()
    assert f'id="p{one.pk}"' in page and f'data-proposal="{two.pk}"' in page
    assert (
        "شاید همان" in page
        or "Perhaps" in page
        or reverse("review_compare", args=[desk.unit.pk, desk.theme.code]) in page
    )
    assert client.get(url_of(desk, "review_proposal", one.pk)).status_code == 302
    partial = client.get(url_of(desk, "review_proposal", one.pk), headers={"HX-Request": "true"})
    assert partial.status_code == 200 and "<html" not in partial.content.decode()


def test_marks_words_and_decisions_come_back_as_rows(world: World, desk: Desk) -> None:
    one, two = (a_proposal(world.local, desk.campaign, f"کار {i}") for i in (1, 2))
    client = client_of(world, "reviewer")
    url, htmx = url_of(desk, "review_proposal", one.pk), {"HX-Request": "true"}
    for name, value in (("quality", "3"), ("service", "2"), ("openness", "4"), ("media", "1")):
        assert client.post(url, {"do": "mark", name: value}, headers=htmx).status_code == 200
    client.post(url, {"do": "keep", "note": "نیمه‌کاره"}, headers=htmx)
    assert Opinion.objects.get().note == "نیمه‌کاره"
    assert "نیمه‌کاره" in client.get(url, headers=htmx).content.decode()
    answer = client.post(url, {"do": "accept", "round": "1"}, headers=htmx).content.decode()
    assert f'data-opened="{two.pk}"' in answer and 'id="tally"' in answer
    # The meters are a question of their own: the answer to a key does not wait for them.
    assert 'id="meters"' not in answer
    assert 'id="meters"' in client.get(url_of(desk, "review_meters")).content.decode()
    one.refresh_from_db()
    assert one.state == State.ACCEPTED
    # A card that the script has already is not sent again.
    url_two = url_of(desk, "review_proposal", two.pk)
    three = a_proposal(world.local, desk.campaign, "کار ۳")
    said = {"do": "accept", "round": "1", "next": str(three.pk), "have": str(three.pk)}
    answer = client.post(url_two, said, headers=htmx).content.decode()
    assert f'data-opened="{three.pk}" data-kept' in answer and "data-rubric" not in answer
    assert f'id="p{two.pk}"' in answer and 'id="tally"' in answer
    said = {"do": "accept", "round": "1", "have": "999"}
    url_three = url_of(desk, "review_proposal", three.pk)
    assert "data-kept" not in client.post(url_three, said, headers=htmx).content.decode()
    back = client.post(url, {"do": "back"}, headers=htmx).content.decode()
    assert f'data-opened="{one.pk}"' in back
    one.refresh_from_db()
    assert one.state == State.SUBMITTED


def test_the_slower_one_gets_the_newer_state_and_his_own_words(world: World, desk: Desk) -> None:
    one = a_proposal(world.local, desk.campaign)
    decide(desk, one, Ruling(Verdict.ACCEPT, 1), by=world.people["fars"], at=NOW)
    client = client_of(world, "reviewer")
    typed = {"do": "return", "round": "1", "note": "نشانی را کامل کنید"}
    url = url_of(desk, "review_proposal", one.pk)
    partial = client.post(url, typed, headers={"HX-Request": "true"})
    assert partial.status_code == 422 and "نشانی را کامل کنید" in partial.content.decode()
    whole = client.post(url, typed)
    assert whole.status_code == 409 and "نشانی را کامل کنید" in whole.content.decode()
    assert Decision.objects.count() == 1


def test_what_is_missing_is_said_beside_it_and_nothing_is_lost(world: World, desk: Desk) -> None:
    one = a_proposal(world.local, desk.campaign)
    client = client_of(world, "reviewer")
    url = url_of(desk, "review_proposal", one.pk)
    answer = client.post(
        url, {"do": "decline", "round": "1", "note": "نوشته"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422 and "نوشته" in answer.content.decode()
    assert client.post(url, {"do": "explode"}).status_code == 404


def test_many_at_once_compare_merge_and_split(world: World, desk: Desk) -> None:
    rows = [a_proposal(world.local, desk.campaign, f"کاشت نهال {i}") for i in range(5)]
    client = client_of(world, "reviewer")
    client.post(
        url_of(desk, "review_many"), {"do": "accept", "chosen": [f"{one.pk}:1" for one in rows[:2]]}
    )
    assert Activity.objects.filter(state=State.ACCEPTED).count() == 2
    assert (
        client.post(
            url_of(desk, "review_many"), {"do": "return", "chosen": [f"{rows[2].pk}:1"]}
        ).status_code
        == 302
    )
    led = client.post(
        url_of(desk, "review_many"),
        {"do": "compare", "chosen": [f"{one.pk}:1" for one in rows[2:4]]},
    )
    assert led.url.startswith(url_of(desk, "review_compare"))  # type: ignore[attr-defined]
    assert client.get(led.url).status_code == 200  # type: ignore[attr-defined]
    client.post(led.url, {"how": "larger", "keep": "b"})  # type: ignore[attr-defined]
    rows[2].refresh_from_db()
    assert rows[2].state == State.MERGED
    story = client.get(reverse("activity_results", args=[rows[2].pk])).content.decode()
    assert rows[3].name_fa in story
    split = url_of(desk, "review_split", rows[4].pk)
    assert client.get(f"{split}?count=3").status_code == 200
    assert (
        client.post(
            split,
            {
                "do": "split",
                "count": "2",
                "name1": "الف",
                "weight1": "1",
                "name2": "",
                "weight2": "1",
            },
        ).status_code
        == 422
    )
    client.post(
        split,
        {"do": "split", "count": "2", "name1": "الف", "weight1": "1", "name2": "ب", "weight2": "3"},
    )
    rows[4].refresh_from_db()
    assert rows[4].state == State.SPLIT


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer", 200),
        ("fars", 200),
        ("officer", 200),
        ("leader", 404),
        ("fars_verifier", 403),
        ("stranger", 404),
    ],
)
def test_who_may_open_the_desk(world: World, desk: Desk, who: str, status: int) -> None:
    one = a_proposal(world.local, desk.campaign)
    client = client_of(world, who)
    assert client.get(url_of(desk)).status_code == status
    assert (
        client.get(
            url_of(desk, "review_proposal", one.pk), headers={"HX-Request": "true"}
        ).status_code
        == status
    )


def test_a_desk_of_ten_and_of_three_hundred_costs_the_same(
    world: World, desk: Desk, queries: Any
) -> None:
    client, counts = client_of(world, "reviewer"), []
    for number in (10, 290):
        for i in range(number):
            a_proposal(world.local, desk.campaign, f"کار شمارهٔ {i} در محله")
        client.get(url_of(desk))
        with queries:
            assert client.get(url_of(desk)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] and counts[0] < 60, counts


def test_the_queue_is_searched_and_ordered_and_decisions_follow_its_order(
    world: World, desk: Desk
) -> None:
    one, two, three = (
        a_proposal(world.local, desk.campaign, name)
        for name in ("کاشت نهال", "ويزيت رایگان", "درخت‌کاری")
    )
    for activity, mark in ((two, 1), (three, 4)):
        marks = dict.fromkeys(("quality", "service", "openness", "media"), mark)
        save_opinion(desk, activity, marks=marks, by=world.people["fars"], at=NOW)
    client = client_of(world, "reviewer")
    page = client.get(f"{url_of(desk)}?order=score").content.decode()
    places = [page.index(f'id="p{each.pk}"') for each in (three, two, one)]
    assert places == sorted(places)
    page = client.get(f"{url_of(desk)}?q=ویزیت").content.decode()
    assert f'id="p{two.pk}"' in page and f'id="p{one.pk}"' not in page
    page = client.get(f"{url_of(desk)}?q=هیچ‌چیز&order=wrong").content.decode()
    assert 'id="p' not in page and "?show=pending" in page
    htmx, ruling = {"HX-Request": "true"}, {"do": "accept", "round": "1"}
    url = url_of(desk, "review_proposal", three.pk)
    answer = client.post(url, {**ruling, "next": str(two.pk)}, headers=htmx).content.decode()
    assert f'data-opened="{two.pk}"' in answer
    # What does not wait is never opened, whatever a script says.
    url = url_of(desk, "review_proposal", two.pk)
    answer = client.post(url, {**ruling, "next": str(three.pk)}, headers=htmx).content.decode()
    assert f'data-opened="{one.pk}"' in answer
