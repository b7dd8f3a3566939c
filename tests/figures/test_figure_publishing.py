"""Large figures: published by the worker, in steps that the desk shows, whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from builders import NOW, as_owner
from figures.cast import Press
from figures.test_figure_pages import signed_in
from karnameh.access.public import Grant
from karnameh.insight.figures import publishing
from karnameh.insight.figures.actions import publish_figure, return_figure
from karnameh.insight.figures.models import Figure, FigureWork, State, Step
from karnameh.insight.figures.publishing import begin_publishing, publish_waiting
from karnameh.plumbing.public import Refusal


@pytest.fixture
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "LARGE", 1)


def test_a_small_figure_is_published_at_once(press: Press) -> None:
    figure = press.approved()
    assert begin_publishing(figure, by=press.author, at=NOW) is None
    assert Figure.objects.get(pk=figure.pk).state == State.PUBLISHED
    assert not publish_waiting(at=NOW)


@pytest.mark.usefixtures("_all_are_large")
def test_a_large_figure_is_published_by_the_worker_and_the_desk_says_how_far_it_is(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure, client = press.approved(), signed_in(press.author)
    desk, progress = (
        reverse(name, args=[figure.code]) for name in ("figure_desk", "figure_progress")
    )
    answer = client.post(reverse("figure_step", args=[figure.code]), {"step": "publish"})
    assert answer.status_code == 302
    assert Figure.objects.get(pk=figure.pk).state == State.APPROVED
    page = client.get(desk).content.decode()
    assert progress in page and 'value="publish"' not in page
    seen = []

    def look(at: Any) -> Any:
        seen.append(FigureWork.objects.get().step)
        assert "HX-Refresh" not in client.get(progress)

    monkeypatch.setattr(publishing, "sealed", look)
    real = publish_figure

    def publish(*given: Any, **named: Any) -> Any:
        seen.append(FigureWork.objects.get().step)
        return real(*given, **named)

    monkeypatch.setattr(publishing, "publish_figure", publish)
    assert publish_waiting(at=NOW) and not publish_waiting(at=NOW)
    assert seen == [Step.SEALING, Step.COUNTING] and not FigureWork.objects.exists()
    assert client.get(progress)["HX-Refresh"] == "true"
    assert Figure.objects.get(pk=figure.pk).state == State.PUBLISHED


@pytest.mark.usefixtures("_all_are_large")
def test_asking_twice_makes_one_work_and_a_figure_that_moved_on_stops_it(press: Press) -> None:
    figure = press.approved()
    for by in (press.author, press.second):
        assert begin_publishing(figure, by=by, at=NOW)
    assert FigureWork.objects.get().asked_by == press.author
    return_figure(figure, note="آزمون", by=press.second, at=NOW)
    assert publish_waiting(at=NOW)
    work = FigureWork.objects.get()
    assert (work.step, bool(work.trouble)) == (Step.STOPPED, True)
    assert work.trouble in signed_in(press.author).get(
        reverse("figure_desk", args=[figure.code])
    ).content.decode()  # fmt: skip
    assert not publish_waiting(at=NOW)


@pytest.mark.usefixtures("_all_are_large")
def test_a_fault_in_between_publishes_nothing_and_it_can_be_asked_again(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = press.approved()
    begin_publishing(figure, by=press.author, at=NOW)

    def breaks(*_: Any) -> None:
        raise OSError("no space left")

    from karnameh.insight.figures import actions

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_proof", breaks)
        assert publish_waiting(at=NOW)
    assert Figure.objects.get(pk=figure.pk).state == State.APPROVED
    assert FigureWork.objects.get().step == Step.STOPPED
    begin_publishing(figure, by=press.second, at=NOW)
    assert publish_waiting(at=NOW)
    after = Figure.objects.get(pk=figure.pk)
    assert (after.state, after.published_by) == (State.PUBLISHED, press.second)


@pytest.mark.usefixtures("_all_are_large")
def test_whoever_lost_the_role_meanwhile_publishes_nothing(press: Press) -> None:
    figure = press.approved()
    begin_publishing(figure, by=press.author, at=NOW)
    with as_owner():
        Grant.objects.filter(user=press.author).update(ends_at=NOW)
    assert publish_waiting(at=NOW)
    assert FigureWork.objects.get().step == Step.STOPPED
    assert Figure.objects.get(pk=figure.pk).state == State.APPROVED


@pytest.mark.usefixtures("_all_are_large")
def test_what_is_not_approved_is_not_handed_over(press: Press) -> None:
    figure = press.proposed()
    with pytest.raises(Refusal):
        begin_publishing(figure, by=press.author, at=NOW)
    assert not FigureWork.objects.exists()
