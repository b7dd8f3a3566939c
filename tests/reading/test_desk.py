"""From a text to the ledger and back: read, decided, posted once, taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from reports import choice_of, draft_of, entered, parcels

from builders import DAY, NOW, World, a_grant, a_user, an_entry
from karnameh.access.public import Role, units_where
from karnameh.kernel.period import Period
from karnameh.ledger.public import (
    Entry,
    Kind,
    Qualifier,
    Question,
    Stage,
    check,
    fold_all,
    promise_balance,
    roll_up,
)
from karnameh.narrative import actions, queries
from karnameh.narrative.examples import write_examples
from karnameh.narrative.models import Asked, Draft, Example, Source, SourceText, State, Verdict
from karnameh.narrative.reader import read
from karnameh.narrative.reader.bench import measure, reports_in
from karnameh.plumbing.models import Deed
from karnameh.plumbing.public import OutOfReach, Refusal


def accepted(world: World, draft: Draft, by: str = "fars", **changed: Any) -> Draft:
    return actions.confirm_draft(draft, choice_of(draft, **changed), by=world.people[by], at=NOW)


def total(world: World, indicator: Any, stage: Stage = Stage.REPORTED) -> Decimal:
    cells = roll_up(
        world.reach("officer"),
        Question(world.nation, Period(None, None), indicators=(indicator.pk,)),
    )
    return sum((one.tally.quantity for one in cells if one.stage == stage), Decimal(0))


def test_every_number_becomes_a_draft_and_what_is_no_result_is_left_out_with_a_reason(
    world: World,
) -> None:
    indicator = parcels()
    source = entered(world)
    found = [(one.written, one.verdict, one.reason) for one in source.drafts.order_by("start")]
    assert found == [
        ("۳۰۰", "open", ""), ("۴۵۰", "open", ""), ("هزاران", "open", ""), ("۱۴۰۵", "dropped", "no_result"),
        ("۱۱", "dropped", "no_result"), ("۳۰۰", "dropped", "said_above"), ("۲ هزار", "dropped", "rate"),
        ("۵ هزار", "dropped", "potential"),
    ]  # fmt: skip
    first, promise, vague = (
        draft_of(source, "۳۰۰"),
        draft_of(source, "۴۵۰"),
        draft_of(source, "هزاران"),
    )
    assert (first.indicator, first.stage, first.quantity) == (indicator, Stage.REPORTED, 300)
    assert first.place == world.shiraz.place and first.unit == world.fars
    assert first.starts_on == DAY - timedelta(days=1)  # “yesterday” of the report's own day
    assert promise.stage == Stage.PLEDGED
    assert (vague.quantity, vague.qualifier) == (None, Qualifier.UNKNOWN)
    assert draft_of(source, "۳۰۰", 1).repeat_of == first
    assert Entry.objects.count() == 0


BRANCHES = """مدیر شعبه استان فارس گفت: ۲۰ بستهٔ معیشتی توزیع شد. مدیر شعبه افزود: ۳۰ بستهٔ معیشتی نیز پخش شد.
دبیرکل فدراسیون گفت: ۴۰ بستهٔ معیشتی توزیع شد.
مدیر شعبه شیراز گفت: ۵۰ بستهٔ معیشتی توزیع شد. مدیر شعبه کهکشان گفت: ۶۰ بستهٔ معیشتی توزیع شد."""


def test_a_branch_that_speaks_is_the_unit_that_is_offered(world: World) -> None:
    parcels()
    source = entered(world, BRANCHES, by="officer", unit=world.nation)
    found = {one.written: one.unit for one in source.drafts.order_by("start")}
    assert found == {
        "۲۰": world.fars, "۳۰": world.fars, "۴۰": world.nation, "۵۰": world.shiraz, "۶۰": world.nation,
    }  # fmt: skip


def test_what_is_accepted_is_posted_once_as_one_batch_with_its_words(world: World) -> None:
    indicator = parcels()
    source = entered(world)
    accepted(world, draft_of(source, "۳۰۰"))
    accepted(world, draft_of(source, "۴۵۰"))
    fars = world.people["fars"]
    assert [actions.post_source(source, by=fars, at=NOW) for _ in range(2)] == [2, 0]
    entries = Entry.objects.filter(batch=source.pk).order_by("batch_row")
    assert [(one.quantity, one.stage, one.posted_by_id) for one in entries] == [
        (300, Stage.REPORTED, fars.pk), (450, Stage.PLEDGED, fars.pk)
    ]  # fmt: skip
    assert {one.pk for one in entries} <= {one.pk for one in source.drafts.all()}
    assert total(world, indicator) == 300
    [entry, _promise] = entries
    document = queries.words_behind(fars, [entry])[entry.pk]
    assert (
        "۳۰۰ بستهٔ معیشتی در شیراز" in document.words
        and f"#m{draft_of(source, '۳۰۰').start}" in document.url
    )
    assert queries.words_behind(world.people["leader"], [entry])[entry.pk].url == ""
    assert Deed.objects.filter(verb="post_report").count() == 2
    fold_all()
    assert check().findings == []


def test_the_summary_says_what_then_happens(world: World) -> None:
    indicator = parcels()
    promise = an_entry(
        world.fars,
        indicator,
        1000,
        by=world.people["officer"],
        stage=Stage.PLEDGED,
        ends_on=DAY + timedelta(days=3),
    )
    source = entered(world)
    draft = draft_of(source, "۳۰۰")
    reach = units_where(world.people["fars"])
    assert [one.pk for one in queries.fulfillable(reach, [draft])[draft.pk]] == [promise.pk]
    accepted(world, draft, fulfils=promise.pk)
    before = Entry.objects.count()
    seen = actions.rehearse(source, by=world.people["fars"], at=NOW)
    assert Entry.objects.count() == before and seen.refused == {}
    [moved] = seen.moved
    [eased] = seen.eased
    assert (moved.before.quantity, moved.after.quantity) == (0, 300)
    assert (eased.before, eased.after) == (1000, 700)
    actions.post_source(source, seal=seen.seal, by=world.people["fars"], at=NOW)
    assert total(world, indicator) == moved.after.quantity
    balance = promise_balance(promise)
    assert balance is not None and balance.open == eased.after


def test_a_figure_that_changed_after_the_look_is_not_posted(world: World) -> None:
    parcels()
    source = entered(world)
    draft = accepted(world, draft_of(source, "۳۰۰"))
    seal = actions.rehearse(source, by=world.people["fars"], at=NOW).seal
    actions.reopen_draft(draft, by=world.people["fars"], at=NOW)
    accepted(world, draft, quantity=Decimal(301))
    with pytest.raises(Refusal, match="تغییر"):
        actions.post_source(source, seal=seal, by=world.people["fars"], at=NOW)
    assert Entry.objects.count() == 0


def test_what_the_ledger_refuses_is_said_beside_its_figure_and_nothing_is_posted(
    world: World,
) -> None:
    indicator = parcels()
    press = a_user("press")
    a_grant(press, Role.PRESS, world.fars)
    world.people["press"] = press
    source = entered(world, by="press")
    good = accepted(world, draft_of(source, "۳۰۰"), by="press")
    seen = actions.rehearse(source, by=press, at=NOW)
    assert "گزارشگر" in seen.refused[good.pk]
    with pytest.raises(Refusal) as refused:
        actions.post_source(source, by=press, at=NOW)
    assert refused.value.status == 403
    indicator.retired_on = DAY - timedelta(days=30)
    with transaction.atomic():
        retired = actions.rehearse(source, by=world.people["fars"], at=NOW)
        assert retired.refused == {}
    assert Entry.objects.count() == 0


def test_a_stated_total_stands_beside_the_sum_and_never_in_it(world: World) -> None:
    indicator = parcels()
    an_entry(world.local, indicator, 40, by=world.people["officer"], ends_on=DAY)
    source = entered(
        world, "دیروز در فارس ۳۰۰ بستهٔ معیشتی توزیع شد و کار در همهٔ شهرستان‌ها ادامه دارد."
    )
    draft = draft_of(source, "۳۰۰")
    assert draft.coverage == 2
    accepted(world, draft, coverage=draft.coverage, starts_on=DAY, ends_on=DAY)
    seen = actions.rehearse(source, by=world.people["fars"], at=NOW)
    assert seen.moved == [] and [one.summed for one in seen.stated] == [40]
    actions.post_source(source, by=world.people["fars"], at=NOW)
    assert total(world, indicator) == 40


def test_what_the_ledger_knows_is_recognised(world: World) -> None:
    indicator = parcels()
    source = entered(world)
    draft = draft_of(source, "۳۰۰")
    reach = units_where(world.people["fars"])
    same = an_entry(
        world.shiraz,
        indicator,
        300,
        by=world.people["officer"],
        ends_on=draft.ends_on,
        place=world.shiraz.place_id,
    )
    other = an_entry(
        world.fars,
        indicator,
        280,
        by=world.people["officer"],
        ends_on=draft.ends_on,
        place=world.shiraz.place_id,
    )
    found = [(one.kind, one.entry.pk) for one in queries.recognised(reach, [draft])[draft.pk]]
    assert found == [("said", same.pk), ("contradicts", other.pk)]


def test_an_undone_report_adds_nothing_and_what_replaced_an_entry_goes_with_it(
    world: World,
) -> None:
    indicator = parcels()
    source = entered(world)
    accepted(world, draft_of(source, "۳۰۰"))
    vague = accepted(world, draft_of(source, "هزاران"))
    fars = world.people["fars"]
    actions.post_source(source, by=fars, at=NOW)
    actions.answer_question(
        vague.question, quantity=Decimal(4200), rial=None, words="شمردیم", by=fars, at=NOW
    )
    actions.take_answer(queries.questions_for(fars).get(draft=vague), by=fars, at=NOW)
    assert total(world, indicator) == 4500
    assert actions.undo_source(source, reason="خبر اصلاح شد", by=fars, at=NOW) == 2
    assert total(world, indicator) == 0
    source.refresh_from_db()
    assert (source.state, source.undo_reason) == (State.UNDONE, "خبر اصلاح شد")
    with pytest.raises(Refusal):
        actions.undo_source(source, reason="باز", by=fars, at=NOW)
    fold_all()
    assert check().findings == []
    assert entered(world).pk != source.pk  # a text that was taken back may come again


def test_an_unknown_quantity_opens_a_question_and_the_answer_comes_back(world: World) -> None:
    parcels()
    source = entered(world, unit=world.local)
    vague = draft_of(source, "هزاران")
    question = actions.ask_reporter(vague, words="چند بسته بود؟", by=world.people["fars"], at=NOW)
    leader = world.people["leader"]
    assert [one.pk for one in queries.questions_for(leader)] == [question.pk]
    assert not queries.questions_for(world.people["stranger"]).exists()
    with pytest.raises(Refusal):
        actions.answer_question(
            question,
            quantity=Decimal(1),
            rial=None,
            words="",
            by=world.people["fars_verifier"],
            at=NOW,
        )
    actions.answer_question(
        question, quantity=Decimal(2150), rial=None, words="", by=leader, at=NOW
    )
    vague.refresh_from_db()
    assert (vague.verdict, vague.quantity, vague.qualifier) == (Verdict.OPEN, 2150, Qualifier.EXACT)
    with pytest.raises(Refusal):
        actions.answer_question(
            question, quantity=Decimal(9), rial=None, words="", by=leader, at=NOW
        )


def test_dropping_and_taking_up_again(world: World) -> None:
    parcels()
    source = entered(world)
    fars = world.people["fars"]
    draft = actions.drop_draft(draft_of(source, "۳۰۰"), reason="not_ours", by=fars, at=NOW)
    assert (draft.verdict, draft.reason) == ("dropped", "not_ours")
    draft = actions.reopen_draft(draft, by=fars, at=NOW)
    assert (draft.verdict, draft.reason, draft.decided_by) == ("open", "", None)
    with pytest.raises(Refusal):
        actions.drop_draft(draft, reason="because", by=fars, at=NOW)
    with pytest.raises(Refusal, match="نرسیده"):
        accepted(world, draft, ends_on=NOW.date() + timedelta(days=3))


def test_the_same_text_points_to_the_first(world: World) -> None:
    parcels()
    first = entered(world)
    with pytest.raises(actions.SaidBefore) as refused:
        entered(world, f"\n{first.text_row.text}\n\n")
    assert refused.value.source == first
    assert entered(world, unit=world.shiraz).pk != first.pk
    actions.discard_source(first, by=world.people["fars"], at=NOW)
    assert entered(world).pk != first.pk


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("stranger", OutOfReach),
        ("leader", OutOfReach),
        ("fars_verifier", Refusal),
        ("auditor", Refusal),
    ],
)
def test_only_who_works_at_the_unit_may_enter_and_decide(
    world: World, who: str, expected: type[Exception]
) -> None:
    parcels()
    with pytest.raises(expected):
        entered(world, by=who)
    draft = draft_of(entered(world), "۳۰۰")
    with pytest.raises(expected):
        accepted(world, draft, by=who)
    draft.refresh_from_db()
    assert draft.verdict == Verdict.OPEN


def test_a_marked_figure_joins_the_drafts_and_no_other_may_lie_in_it(world: World) -> None:
    parcels()
    source = entered(world)
    fars = world.people["fars"]
    draft = actions.add_draft(source, words="بخشی از این کار", start=None, by=fars, at=NOW)
    assert draft.by_hand and draft.words[draft.words_at :].startswith("بخشی از این کار")
    for words in ("۳۰۰", "بخشی از این", "این واژه‌ها نیست"):
        with pytest.raises(Refusal):
            actions.add_draft(source, words=words, start=draft.start, by=fars, at=NOW)


def test_the_database_keeps_the_rules_too(world: World) -> None:
    parcels()
    source = entered(world)
    draft = draft_of(source, "۳۰۰")
    for changed in (
        {"verdict": "confirmed"}, {"verdict": "dropped"}, {"reason": "rate"}, {"fulfils": source.pk, "stage": 1},
        {"posted_at": NOW}, {"qualifier": 5}, {"ends_on": DAY - timedelta(days=99)},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Draft.objects.filter(pk=draft.pk).update(**changed)
    for changed in ({"state": "posted"}, {"state": "undone"}, {"title": ""}, {"posted_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Source.objects.filter(pk=source.pk).update(**changed)
    with pytest.raises(Exception, match=r"never_deleted|permission denied"), transaction.atomic():
        connection.cursor().execute("DELETE FROM narrative_draft")


def test_texts_are_forgotten_in_time_and_each_figure_keeps_its_words(world: World) -> None:
    parcels()
    posted = entered(world)
    accepted(world, draft_of(posted, "۳۰۰"))
    actions.post_source(posted, by=world.people["fars"], at=NOW)
    waiting = entered(world, unit=world.shiraz)
    assert not actions.forget_texts(at=NOW + timedelta(days=29))
    assert SourceText.objects.count() == 2
    actions.forget_texts(at=NOW + timedelta(days=32))
    waiting.refresh_from_db()
    assert waiting.state == State.DISCARDED and SourceText.objects.count() == 1
    actions.forget_texts(at=NOW + timedelta(days=402))
    assert not SourceText.objects.exists()
    assert "۳۰۰ بستهٔ معیشتی" in draft_of(posted, "۳۰۰").words


def test_what_a_person_corrected_becomes_gold_that_the_scorer_takes(
    world: World, tmp_path: Path
) -> None:
    parcels()
    source = entered(world)
    fars = world.people["fars"]
    accepted(world, draft_of(source, "۳۰۰"), qualifier=Qualifier.ABOUT)  # the reader said: exact
    actions.drop_draft(draft_of(source, "۴۵۰"), reason="no_result", by=fars, at=NOW)
    accepted(world, draft_of(source, "هزاران"))
    actions.post_source(source, by=fars, at=NOW)
    sentences = {one.sentence for one in Example.objects.all()}
    assert {one[:5] for one in sentences} == {"دیروز", "همیار"}
    assert write_examples(tmp_path) == 2
    rows = [
        json.loads(line)
        for line in (tmp_path / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert {(row["text"], row["qualifier"], row["stage"]) for row in rows} == {
        ("۳۰۰", "about", "reported"), ("۴۵۰", "exact", "context")
    }  # fmt: skip
    scores = measure(reports_in(tmp_path), lambda text: [one.to_json() for one in read(text)])
    assert scores.recall.share == 1.0
    assert scores.fields["qualifier"].share == 0.0 and scores.context_wrong.share == 1.0


def test_the_answer_of_a_posted_unknown_corrects_its_entry(world: World) -> None:
    indicator = parcels()
    source = entered(world)
    vague = accepted(world, draft_of(source, "هزاران"))
    fars = world.people["fars"]
    actions.post_source(source, by=fars, at=NOW)
    entry = Entry.objects.get(pk=vague.pk)
    assert (entry.quantity, entry.qualifier) == (None, Qualifier.UNKNOWN)
    question = queries.questions_for(fars).get()
    assert question.state == Asked.OPEN
    actions.answer_question(question, quantity=Decimal(900), rial=None, words="", by=fars, at=NOW)
    fresh = actions.take_answer(queries.questions_for(fars).get(), by=fars, at=NOW)
    assert (fresh.quantity, fresh.corrects_id) == (900, entry.pk)
    assert Entry.objects.filter(corrects=entry, kind=Kind.REVERSAL).exists()
    assert total(world, indicator) == 900
    with pytest.raises(Refusal):
        actions.take_answer(queries.questions_for(fars).get(), by=fars, at=NOW)
