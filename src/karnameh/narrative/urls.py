"""Addresses of reports in prose, of questions, and of promises."""

from __future__ import annotations

from django.urls import path

from karnameh.narrative import views

urlpatterns = [
    path("reading/", views.readings, name="readings"),
    path("reading/new/", views.new, name="reading_new"),
    path("reading/questions/", views.questions, name="reading_questions"),
    path("reading/questions/<int:pk>/", views.answer, name="reading_answer"),
    path("reading/<uuid:pk>/", views.desk, name="reading"),
    path("reading/<uuid:pk>/add/", views.add, name="reading_add"),
    path("reading/<uuid:pk>/find/", views.find, name="reading_find"),
    path("reading/<uuid:pk>/review/", views.review, name="reading_review"),
    path("reading/<uuid:pk>/undo/", views.undo, name="reading_undo"),
    path("reading/<uuid:pk>/discard/", views.discard, name="reading_discard"),
    path("reading/<uuid:pk>/drafts/<uuid:draft>/", views.decide, name="reading_draft"),
    path("promises/", views.promises, name="promises"),
]
