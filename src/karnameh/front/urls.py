"""Addresses of the front."""

from __future__ import annotations

from django.urls import path

from karnameh.front import views

urlpatterns = [
    path("", views.home, name="home"),
    path("record/", views.record, name="record"),
    path("search/", views.search, name="search"),
]
