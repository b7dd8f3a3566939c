"""Addresses of the calendar, the planner, coverage, feeds and the public programme."""

from __future__ import annotations

from django.urls import path

from karnameh.campaigns.week import views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/feeds/", views.feeds, name="feeds"),
    path("calendar/feeds/<int:pk>/close/", views.feed_close, name="feed_close"),
    path("calendar/feeds/<str:secret>.ics", views.feed, name="feed"),
    path("calendar/coverage/<int:unit>/", views.coverage, name="coverage"),
    path("calendar/<uuid:pk>/", views.board, name="board"),
    path("calendar/<uuid:pk>/print/", views.printed, name="board_print"),
    path("calendar/<uuid:pk>/plan/", views.plan, name="plan"),
    path("calendar/<uuid:pk>/lines/<int:line>/", views.line, name="board_line"),
    path("calendar/<uuid:pk>/lines/<int:line>/again/", views.again, name="board_line_again"),
    path("calendar/<uuid:pk>/lines/<int:line>/chances/", views.chances, name="board_chances"),
    path("calendar/runs/<uuid:pk>/", views.run, name="run"),
    path("calendar/runs/<uuid:pk>/stop/", views.run_stop, name="run_stop"),
    path("programme/<slug:code>/", views.programme, name="programme"),
    path("programme/<slug:code>/calendar.ics", views.programme_feed, name="programme_feed"),
]
