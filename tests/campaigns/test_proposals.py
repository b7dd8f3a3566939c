"""The life of a proposal: written, handed in, returned, answered, withdrawn, copied; and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import NOW, World, a_grant, a_user, as_owner
from karnameh.access.public import Role
from karnameh.activities.public import (
    Activity,
    Campaign,
    Lineage,
    OpenSlot,
    Planning,
    Slot,
    State,
    Venue,
)
from karnameh.campaigns.actions import desk
from karnameh.campaigns.actions.proposals import (
    Unfinished,
    copy_plan,
    draft_proposal,
    return_proposal,
    submit_proposal,
    withdraw_proposal,
    write_proposal,
)
from karnameh.campaigns.models import Note, ProposalVersion
from karnameh.campaigns.queries.proposals import content_of, reach_proposal, story_of
from karnameh.campaigns.rules.content import (
    Content,
    Expected,
    Frame,
    Needed,
    Wish,
    as_data,
    differences,
    digest,
    from_data,
    shortcomings,
)
from karnameh.org.public import close_unit
from karnameh.plumbing.models import Deed
from karnameh.plumbing.public import OutOfReach, Refusal
from planned import a_content, a_draft, a_plan, a_proposal, a_theme, an_open_campaign, refused


@pytest.fixture
def campaign(world: World) -> Campaign:
    return an_open_campaign()


def leader(world: World) -> Any:
    return world.people["leader"]


def returned(world: World, campaign: Campaign) -> Activity:
    one = a_proposal(world, campaign)
    return_proposal(one, note="چند نفر می‌آیند؟", by=world.people["reviewer"], at=NOW)
    one.refresh_from_db()
    return one


def test_a_content_comes_back_from_the_tables_as_it_was_written(
    world: World, campaign: Campaign
) -> None:
    venue = Venue.objects.create(
        code="hall",
        name_fa="سالن",
        name_en="Hall",
        unit=world.shiraz,
        place=world.shiraz.place,
        seats=90,
    )
    said = a_content(
        world.local, campaign, name_en="Visit", places=(world.twin.place.code,), venue=venue.code,
        wishes=(Wish(campaign.ends_on, "morning"), Wish(campaign.starts_on)),
        audiences=(("women", 60), ("men", None)), expected_attendance=80, participation="آزاد", description="متن",
        budget_rial=1_500_000, needs=(Needed("team", 2, "گروه پزشکی"), Needed("speaker", 1, "کارشناس سلامت")),
    )  # fmt: skip
    made = draft_proposal(said, campaign=campaign, unit=world.local, by=leader(world), at=NOW)
    assert content_of(reach_proposal(leader(world), made.pk)) == said
    assert from_data(as_data(said)) == said and digest(from_data(as_data(said))) == digest(said)


def test_handing_in_keeps_a_version_and_moves(world: World, campaign: Campaign) -> None:
    one = a_proposal(world, campaign)
    assert one.state == State.SUBMITTED
    [version] = one.versions.all()
    assert from_data(version.content) == content_of(one)
    assert [move.to_state for move in one.moves.all()] == ["draft", "submitted"]
    assert Deed.objects.filter(verb="submit_proposal", target=f"activity:{one.pk}").count() == 1


def test_a_returned_proposal_is_answered_and_its_versions_differ_readably(
    world: World, campaign: Campaign
) -> None:
    one = returned(world, campaign)
    with pytest.raises(Refusal) as refusal:
        submit_proposal(one, by=leader(world), at=NOW)
    assert refusal.value.field == "answer"
    changed = replace(content_of(one), expected_attendance=40)
    one = write_proposal(one, changed, revision=one.revision, by=leader(world), at=NOW)
    submit_proposal(one, by=leader(world), at=NOW, answer="چهل نفر")
    first, second = one.versions.all()
    assert [d.field for d in differences(from_data(first.content), from_data(second.content))] == [
        "expected_attendance"
    ]
    note, answer = Note.objects.filter(activity=one)
    assert answer.answers == note and answer.text == "چهل نفر"
    assert story_of(one).question is None


def test_the_same_content_handed_in_again_is_the_same_version(
    world: World, campaign: Campaign
) -> None:
    one = returned(world, campaign)
    submit_proposal(one, by=leader(world), at=NOW, answer="همان که بود")
    assert one.versions.count() == 1


def test_everything_that_is_missing_is_said_at_once(world: World, campaign: Campaign) -> None:
    draft = a_draft(world, campaign, audiences=(), expectations=())
    with pytest.raises(Unfinished) as trouble:
        submit_proposal(draft, by=leader(world), at=NOW)
    assert {one.code for one in trouble.value.missing} == {
        "proposal_audience",
        "proposal_expectation",
    }
    draft.refresh_from_db()
    assert draft.state == State.DRAFT and not draft.versions.exists()


def test_a_proposal_without_a_possible_day_is_refused(world: World, campaign: Campaign) -> None:
    venue = Venue.objects.create(
        code="hall",
        name_fa="سالن",
        name_en="Hall",
        unit=world.shiraz,
        place=world.shiraz.place,
        seats=90,
    )
    OpenSlot.objects.create(venue=venue, on=campaign.ends_on, slot=Slot.MORNING)
    draft = a_draft(world, campaign, venue=venue.code, wishes=(Wish(NOW.date()),))
    with pytest.raises(Unfinished) as trouble:
        submit_proposal(draft, by=leader(world), at=NOW)
    assert [one.code for one in trouble.value.missing] == ["proposal_without_a_day"]
    fits = replace(content_of(draft), wishes=(Wish(campaign.ends_on, "morning"),))
    draft = write_proposal(draft, fits, revision=draft.revision, by=leader(world), at=NOW)
    submit_proposal(draft, by=leader(world), at=NOW)


def test_days_that_are_over_are_refused_with_a_sentence(world: World, campaign: Campaign) -> None:
    first = campaign.starts_on
    over = a_draft(world, campaign, starts_on=first, ends_on=first, wishes=())
    wished = a_draft(
        world, campaign, name_fa="دیگر", wishes=(Wish(first), Wish(first + timedelta(days=1)))
    )
    mixed = a_draft(world, campaign, name_fa="سوم", wishes=(Wish(first), Wish(campaign.ends_on)))
    leader = world.people["leader"]
    for draft, field, code in (
        (over, "starts_on", "proposal_days_over"), (wished, "wishes", "proposal_wishes_over"),
    ):  # fmt: skip
        with pytest.raises(Unfinished) as refusal:
            submit_proposal(draft, by=leader, at=NOW)
        assert [(one.field, one.code) for one in refusal.value.missing] == [(field, code)]
        assert draft.versions.count() == 0
    before = NOW - timedelta(days=5)
    assert submit_proposal(over, by=leader, at=before).activity.state == State.SUBMITTED
    assert submit_proposal(mixed, by=leader, at=NOW).activity.state == State.SUBMITTED


def test_days_outside_the_campaign_are_refused(world: World, campaign: Campaign) -> None:
    late = campaign.ends_on + timedelta(days=1)
    draft = a_draft(world, campaign, ends_on=late)
    with pytest.raises(Unfinished) as trouble:
        submit_proposal(draft, by=leader(world), at=NOW)
    assert trouble.value.missing[0].code == "proposal_outside_campaign"


def test_a_twin_of_the_same_unit_is_refused_however_it_is_spelled(
    world: World, campaign: Campaign
) -> None:
    a_proposal(world, campaign, name_fa="ویزیت دندان‌پزشکی")
    twin = a_draft(world, campaign, name_fa="ويزيت دندانپزشكي")
    with pytest.raises(Refusal) as refusal:
        submit_proposal(twin, by=leader(world), at=NOW)
    assert refusal.value.status == 409 and refusal.value.field == "name_fa"


def test_a_closed_unit_proposes_nothing(world: World, campaign: Campaign) -> None:
    draft = a_draft(world, campaign)
    with as_owner():
        close_unit(world.local, on=NOW.date() - timedelta(days=1), by=world.people["admin"], at=NOW)
    world.local.refresh_from_db()
    draft.lead_unit.refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        submit_proposal(draft, by=leader(world), at=NOW)
    assert refusal.value.field == "unit"
    with pytest.raises(Refusal):
        a_draft(world, campaign)


@pytest.mark.parametrize(
    ("planning", "opens", "closes", "taken"),
    [
        (Planning.PREPARING, None, None, False),
        (Planning.OPEN, None, None, True),
        (Planning.OPEN, -1, 1, True),
        (Planning.OPEN, 0, 0, True),
        (Planning.OPEN, 1, None, False),
        (Planning.OPEN, -3, -1, False),
        (Planning.CLOSED, None, None, False),
        (Planning.OVER, None, None, False),
    ],
)
def test_proposals_are_taken_from_the_opening_to_the_closing_day(
    world: World, planning: Planning, opens: int | None, closes: int | None, taken: bool
) -> None:
    today = NOW.date()
    campaign = an_open_campaign(
        planning=planning,
        proposals_open_on=None if opens is None else today + timedelta(days=opens),
        proposals_close_on=None if closes is None else today + timedelta(days=closes),
    )
    if taken:
        a_draft(world, campaign)
        return
    with pytest.raises(Refusal) as refusal:
        a_draft(world, campaign)
    assert refusal.value.status == 409


def test_two_who_write_at_once_one_wins_and_the_other_is_told(
    world: World, campaign: Campaign
) -> None:
    draft = a_draft(world, campaign)
    content = content_of(draft)
    write_proposal(
        draft, replace(content, participation="یک"), revision=1, by=leader(world), at=NOW
    )
    with pytest.raises(Refusal) as refusal:
        write_proposal(
            draft, replace(content, participation="دو"), revision=1, by=leader(world), at=NOW
        )
    assert refusal.value.status == 409
    draft.refresh_from_db()
    assert draft.participation == "یک"


def test_what_is_handed_in_is_not_written_any_more(world: World, campaign: Campaign) -> None:
    one = a_proposal(world, campaign)
    with pytest.raises(Refusal) as refusal:
        write_proposal(one, content_of(one), revision=one.revision, by=leader(world), at=NOW)
    assert refusal.value.status == 409


@pytest.mark.parametrize(
    "state", [State.ACCEPTED, State.DECLINED, State.SUBMITTED, State.CANCELLED]
)
def test_a_unit_does_not_take_a_decision_back_by_handing_in_again(
    world: World, campaign: Campaign, state: State
) -> None:
    [one] = a_plan(campaign, [(world.local, state, {})])
    with pytest.raises(Refusal) as refusal:
        submit_proposal(one, by=leader(world), at=NOW, answer="دوباره")
    assert refusal.value.status == 409
    one.refresh_from_db()
    assert one.state == state


def test_withdrawing_says_why_and_a_planned_one_stays(world: World, campaign: Campaign) -> None:
    one = a_proposal(world, campaign)
    with pytest.raises(Refusal):
        withdraw_proposal(one, reason=" ", by=leader(world), at=NOW)
    withdraw_proposal(one, reason="نیرو نداریم", by=leader(world), at=NOW)
    one.refresh_from_db()
    assert one.state == State.CANCELLED
    assert [move.note for move in one.moves.all()][-1] == "نیرو نداریم"
    [planned] = a_plan(campaign, [(world.local, State.PACKAGED, {})])
    with pytest.raises(Refusal) as refusal:
        withdraw_proposal(planned, reason="نه", by=leader(world), at=NOW)
    assert refusal.value.status == 409


def test_versions_and_notes_are_never_changed(world: World, campaign: Campaign) -> None:
    returned(world, campaign)
    with as_owner():
        refused("version_is_never_changed", lambda: ProposalVersion.objects.update(number=9))
        refused("note_is_never_changed", lambda: Note.objects.all().delete())


def test_a_draft_is_seen_by_its_writers_only(world: World, campaign: Campaign) -> None:
    draft = a_draft(world, campaign)
    watcher = a_user()
    a_grant(watcher, Role.AUDITOR, world.nation)
    assert reach_proposal(world.people["fars"], draft.pk) == draft
    for user in (watcher, world.people["reviewer"], world.people["stranger"]):
        with pytest.raises(OutOfReach):
            reach_proposal(user, draft.pk)


def test_a_reviewer_sees_and_returns_his_own_theme_only(world: World, campaign: Campaign) -> None:
    a_theme("education")
    mine, other = a_proposal(world, campaign), a_proposal(world, campaign, theme="education")
    reviewer = world.people["reviewer"]
    assert reach_proposal(reviewer, mine.pk) == mine
    with pytest.raises(OutOfReach):
        reach_proposal(reviewer, other.pk)
    with pytest.raises(Refusal):
        return_proposal(mine, note="چرا؟", by=leader(world), at=NOW)


# --- lessons, the gate, and the copy of last year ------------------------------------------------------


def a_following_campaign(world: World, before: Campaign) -> Campaign:
    campaign = an_open_campaign(planning=Planning.PREPARING, follows=before)
    campaign.starts_on += timedelta(days=364)
    campaign.ends_on += timedelta(days=364)
    campaign.days.all().delete()
    campaign.save()
    desk._lay_days(campaign)
    campaign.days.update(title_fa="روز")
    return campaign


def test_planning_opens_only_when_every_lesson_is_answered(
    world: World, campaign: Campaign
) -> None:
    officer = world.people["officer"]
    following = a_following_campaign(world, campaign)
    lessons = [
        desk.note_lesson(
            campaign, unit=world.fars, text=text, theme=None, by=world.people["fars"], at=NOW
        )
        for text in ("سالن‌ها", "اتوبوس‌ها")
    ]
    for answered, lesson in enumerate(lessons):
        with pytest.raises(Refusal) as refusal:
            desk.open_planning(following, by=officer, at=NOW)
        assert refusal.value.status == 409 and str(2 - answered) in str(refusal.value)
        desk.answer_lesson(lesson, campaign=following, answer="ثبت شد", by=officer, at=NOW)
    assert desk.open_planning(following, by=officer, at=NOW).planning == Planning.OPEN


def test_only_the_desk_of_the_campaign_opens_it(world: World, campaign: Campaign) -> None:
    following = a_following_campaign(world, campaign)
    for who in ("fars", "leader", "verifier", "reviewer"):
        with pytest.raises(Refusal):
            desk.open_planning(following, by=world.people[who], at=NOW)


def test_last_years_plan_is_copied_once_as_drafts_with_lineage(
    world: World, campaign: Campaign
) -> None:
    officer = world.people["officer"]
    stood, gone, elsewhere = a_plan(
        campaign,
        [
            (world.local, State.ACCEPTED, {"starts_on": campaign.ends_on, "wishes": ()}),
            (world.local, State.DECLINED, {}),
            (world.locals["taft"][0], State.CLOSED, {}),
        ],
    )
    following = a_following_campaign(world, campaign)
    with pytest.raises(Refusal):  # the lessons come before the copy
        copy_plan(following, unit=world.nation, by=officer, at=NOW)
    following = desk.open_planning(following, by=officer, at=NOW)
    assert copy_plan(following, unit=world.fars, by=world.people["fars"], at=NOW) == 1
    assert copy_plan(following, unit=world.nation, by=officer, at=NOW) == 1
    assert copy_plan(following, unit=world.nation, by=officer, at=NOW) == 0
    child = Activity.objects.get(parents__parent=stood)
    assert child.state == State.DRAFT and child.parents.get().kind == Lineage.Kind.COPY
    assert child.starts_on == following.ends_on  # the day keeps its place in the week
    before, after = content_of(stood), content_of(child)
    assert (after.audiences, after.expectations) == (before.audiences, before.expectations)
    assert not Lineage.objects.filter(parent=gone).exists()
    assert Lineage.objects.filter(parent=elsewhere).exists()


def test_dates_that_make_no_sense_and_days_in_use_are_refused(
    world: World, campaign: Campaign
) -> None:
    officer, day = world.people["officer"], timedelta(days=1)
    good = desk.Frame("week-x", "هفته", "Week", campaign.starts_on, campaign.ends_on)
    for frame, field in (
        (replace(good, ends_on=good.starts_on - day), "ends_on"),
        (replace(good, proposals_close_on=good.ends_on), "proposals_open_on"),
        (replace(good, proposals_open_on=good.starts_on, proposals_close_on=good.ends_on + day), "proposals_close_on"),
        (replace(good, proposals_open_on=good.ends_on, proposals_close_on=good.starts_on), "proposals_close_on"),
        (replace(good, follows=campaign), "follows"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refusal:
            desk.make_campaign(frame, unit=world.nation, by=officer, at=NOW)
        assert refusal.value.field == field
    made = desk.make_campaign(good, unit=world.nation, by=officer, at=NOW)
    assert made.days.count() == 7
    a_plan(made, [(world.local, State.SUBMITTED, {})])
    with pytest.raises(Refusal) as refusal:
        desk.edit_campaign(made, replace(good, ends_on=good.ends_on - day), by=officer, at=NOW)
    assert refusal.value.status == 409


# --- plain values ---------------------------------------------------------------------------------------


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(-3, 12), st.integers(-3, 12), st.lists(st.integers(-3, 12), max_size=3, unique=True)
)
def test_nothing_that_is_complete_lies_outside_the_campaign(
    start: int, end: int, wishes: list[int]
) -> None:
    first = NOW.date()

    def at(number: int) -> date:
        return first + timedelta(days=number)

    content = Content(
        name_fa="نام", kind="event", theme="t", place="p", starts_on=at(start), ends_on=at(end),
        wishes=tuple(Wish(at(n)) for n in wishes), audiences=(("women", None),),
        expectations=(Expected("i", Decimal(1)),),
    )  # fmt: skip
    missing = list(shortcomings(content, Frame(first, at(6))))
    sound = 0 <= start <= end <= 6 and all(start <= n <= end for n in wishes)
    assert (not missing) == sound
