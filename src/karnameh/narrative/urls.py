"""Addresses of reports in prose, of questions, and of promises."""

from __future__ import annotations

from django.urls import path

from karnameh.narrative.views import desk, posting, promises, questions, reports

urlpatterns = [
    path("reading/", reports.readings, name="readings"),
    path("reading/new/", reports.new, name="reading_new"),
    path("reading/questions/", questions.questions, name="reading_questions"),
    path("reading/questions/<int:pk>/", questions.answer, name="reading_answer"),
    path("reading/<uuid:pk>/", desk.desk, name="reading"),
    path("reading/<uuid:pk>/add/", desk.add, name="reading_add"),
    path("reading/<uuid:pk>/find/", desk.find, name="reading_find"),
    path("reading/<uuid:pk>/review/", posting.review, name="reading_review"),
    path("reading/<uuid:pk>/undo/", posting.undo, name="reading_undo"),
    path("reading/<uuid:pk>/discard/", posting.discard, name="reading_discard"),
    path("reading/<uuid:pk>/drafts/<uuid:draft>/", desk.decide, name="reading_draft"),
    path("promises/", promises.promises, name="promises"),
]
