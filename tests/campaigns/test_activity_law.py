"""What the database itself keeps of activities and campaigns, tried past the actions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from builders import NOW, World, a_campaign, an_activity, an_indicator, as_owner
from karnameh.activities.public import (
    Activity,
    Audience,
    CampaignDay,
    Lineage,
    Move,
    Occurrence,
    OccurrenceState,
    Qualifier,
    Resource,
    ResourceKind,
    Slot,
    State,
    Tier,
    Venue,
    begin_activities,
    descend,
    may_move,
    move_activities,
)
from karnameh.activities.rules import MOVES, NEEDS_NOTE, PENDING, STANDING
from karnameh.ledger.public import Qualifier as LedgerQualifier
from karnameh.plumbing.models import Change
from karnameh.plumbing.public import Refusal
from planned import refused


def a_venue(world: World, **values: Any) -> Venue:
    return Venue.objects.create(
        code="hall", name_fa="سالن آزمون", name_en="Test hall", unit=world.shiraz, place=world.shiraz.place,
        **{"seats": 100, **values},
    )  # fmt: skip


def test_every_pair_of_states_is_moved_by_the_database_as_the_rules_say(world: World) -> None:
    one = an_activity(world.local, state=State.DRAFT)
    for before in State.values:
        for after in State.values:
            if before == after:
                continue
            with transaction.atomic(), as_owner(), connection.cursor() as cursor:
                cursor.execute("SELECT activities_may_move(%s, %s)", [before, after])
                assert cursor.fetchone()[0] is may_move(before, after), (before, after)
    refused(
        "activity_moves_along_its_life",
        lambda: Activity.objects.filter(pk=one.pk).update(state=State.VERIFIED),
    )


def test_every_state_has_its_moves_and_every_move_leads_to_a_state() -> None:
    assert set(MOVES) == set(State.values)
    assert {to for several in MOVES.values() for to in several} <= set(State.values)
    assert STANDING.isdisjoint(PENDING) and set(State.values) >= NEEDS_NOTE | STANDING | PENDING


def test_no_state_changes_without_its_move(world: World) -> None:
    one = an_activity(world.local, state=State.SUBMITTED)
    refused(
        "activity_moves_with_a_move",
        lambda: Activity.objects.filter(pk=one.pk).update(state=State.ACCEPTED),
    )


def test_no_move_tells_what_did_not_happen(world: World) -> None:
    one = an_activity(world.local, state=State.SUBMITTED)
    refused(
        "move_tells_what_happened",
        lambda: Move.objects.create(
            activity=one, from_state="submitted", to_state="accepted", by=None, at=NOW
        ),
    )
    refused(
        "move_tells_what_happened",
        lambda: Move.objects.create(
            activity=one, from_state="closed", to_state="submitted", by=None, at=NOW
        ),
    )


def test_a_move_is_never_changed_and_says_why_it_must(world: World) -> None:
    one = an_activity(world.local, state=State.SUBMITTED)
    move_activities([one.pk], State.ACCEPTED, by=None, at=NOW)
    with as_owner():
        refused("move_is_never_changed", lambda: Move.objects.update(note="other words"))
        refused("move_is_never_changed", lambda: Move.objects.all().delete())
    refused(
        "move_says_why",
        lambda: Move.objects.create(
            activity=one, from_state="accepted", to_state="postponed", by=None, at=NOW
        ),
    )


def test_moving_is_one_deed_with_all_its_rows(world: World) -> None:
    several = [an_activity(world.local, state=State.SUBMITTED) for _ in range(3)]
    moves = move_activities(
        [one.pk for one in several],
        State.DECLINED,
        by=world.people["fars"],
        at=NOW,
        note="سالن نیست",
    )
    assert {(one.from_state, one.to_state, one.note) for one in moves} == {
        ("submitted", "declined", "سالن نیست")
    }
    assert Activity.objects.filter(pk__in=[a.pk for a in several], moved_at=NOW).count() == 3
    deeds = Change.objects.filter(
        table="activities_activity", operation="update", row__in=[str(a.pk) for a in several]
    ).values_list("deed__verb", flat=True)
    assert set(deeds) == {"activity_declined"}


def test_moving_many_is_all_or_nothing_and_says_which_one_went_elsewhere(world: World) -> None:
    good = an_activity(world.local, state=State.SUBMITTED)
    gone = an_activity(world.local, state=State.VERIFIED)
    with pytest.raises(Refusal) as refusal:
        move_activities([good.pk, gone.pk], State.ACCEPTED, by=None, at=NOW)
    assert refusal.value.status == 409 and gone.code in str(refusal.value)
    good.refresh_from_db()
    assert good.state == State.SUBMITTED and not Move.objects.exists()


def test_a_move_that_must_say_why_is_refused_without_words(world: World) -> None:
    one = an_activity(world.local, state=State.SUBMITTED)
    with pytest.raises(Refusal) as refusal:
        move_activities([one.pk], State.RETURNED, by=None, at=NOW, note="  ")
    assert refusal.value.field == "note"


def test_new_activities_begin_with_a_move_and_keep_where_they_come_from(world: World) -> None:
    parent = an_activity(world.local)
    child = Activity(
        code="child", name_fa="فرزند", name_en="", kind="service", theme=parent.theme, place=parent.place,
        lead_unit=parent.lead_unit, starts_on=parent.starts_on, ends_on=parent.ends_on, state=State.SUBMITTED,
    )  # fmt: skip
    begin_activities([child], by=None, at=NOW)
    descend([(child, parent)], Lineage.Kind.SPLIT, by=None, at=NOW)
    assert list(child.moves.values_list("from_state", "to_state")) == [("", "submitted")]
    with as_owner():
        refused("lineage_is_never_changed", lambda: Lineage.objects.all().delete())
    refused(
        "lineage_of_another",
        lambda: Lineage.objects.create(child=child, parent=child, kind=Lineage.Kind.MERGE),
    )


def test_a_flagship_has_a_profession_and_a_budget_is_no_debt(world: World) -> None:
    one = an_activity(world.local)
    rows = Activity.objects.filter(pk=one.pk)
    refused("activity_flagship_has_a_profession", lambda: rows.update(tier=Tier.FLAGSHIP))
    refused("activity_budget_is_no_debt", lambda: rows.update(budget_rial=-1))


def test_a_day_of_a_campaign_lies_in_it_also_when_the_campaign_moves(world: World) -> None:
    campaign = a_campaign()
    refused(
        "campaign_day_lies_in_it",
        lambda: CampaignDay.objects.create(campaign=campaign, on=date(2026, 12, 1), title_fa="روز"),
    )
    CampaignDay.objects.create(campaign=campaign, on=campaign.ends_on, title_fa="روز آخر")

    def shorten() -> None:
        campaign.ends_on = campaign.starts_on
        campaign.save()

    refused("campaign_day_lies_in_it", shorten)


def test_a_hall_is_given_to_one_occurrence_of_a_slot(world: World) -> None:
    venue, one = a_venue(world, halls=2), an_activity(world.local)

    def takes(hall: int | None, **values: Any) -> Occurrence:
        return Occurrence.objects.create(
            activity=one,
            on=one.starts_on,
            slot=Slot.MORNING,
            place=one.place,
            venue=venue,
            hall=hall,
            **values,
        )

    first = takes(1)
    takes(2)
    refused("occurrence_hall_once_a_slot", lambda: takes(1))
    refused("occurrence_hall_is_there", lambda: takes(3))
    takes(None)  # not given out yet: the calendar shows the clash
    first.state, first.cancelled_reason = OccurrenceState.CANCELLED, "باران"
    first.save()
    takes(1)


def test_an_occurrence_has_a_time_and_a_cancelled_one_says_why(world: World) -> None:
    one = an_activity(world.local)
    bare = {"activity": one, "on": one.starts_on, "place": one.place}
    refused("occurrence_has_a_time", lambda: Occurrence.objects.create(**bare))
    refused(
        "occurrence_ends_after_it_starts",
        lambda: Occurrence.objects.create(**bare, starts_at="10:00", ends_at="09:00"),
    )
    refused(
        "occurrence_cancelled_says_why",
        lambda: Occurrence.objects.create(
            **bare, slot=Slot.EVENING, state=OccurrenceState.CANCELLED
        ),
    )


def test_a_venue_has_seats_and_a_team_is_a_leader_and_a_head_count(world: World) -> None:
    refused("venue_has_seats", lambda: a_venue(world, seats=0))
    values = {"unit": world.shiraz, "label": "گروه پزشکی"}
    refused(
        "resource_team_has_a_leader",
        lambda: Resource.objects.create(kind=ResourceKind.TEAM, **values),
    )
    refused(
        "resource_team_has_a_leader",
        lambda: Resource.objects.create(
            kind=ResourceKind.SPEAKER, leader=world.people["leader"], **values
        ),
    )


def test_what_is_expected_is_a_quantity_or_unknown(world: World) -> None:
    one, indicator = an_activity(world.local), an_indicator()
    refused(
        "expectation_unknown_has_no_quantity",
        lambda: one.expectations.create(indicator=indicator, quantity=None),
    )
    refused(
        "expectation_is_positive", lambda: one.expectations.create(indicator=indicator, quantity=0)
    )


def test_words_for_quantities_are_the_ledgers() -> None:
    assert {one.name: one.value for one in Qualifier} == {
        one.name: int(one) for one in LedgerQualifier
    }


def test_audiences_are_shipped_in_both_languages(world: World) -> None:
    rows = list(Audience.objects.all())
    assert len(rows) >= 10 and all(one.name_fa and one.name_en for one in rows)
    assert Audience.objects.filter(code="women").exists()
