"""Addresses of insight."""

from __future__ import annotations

from django.urls import include, path

from karnameh.insight import views

urlpatterns = [
    path("units/<int:pk>/", views.unit, name="unit"),
    path("units/<int:pk>/silent/", views.silent, name="silent_units"),
    path("places/<int:pk>/", views.place, name="place"),
    path("indicators/", views.indicator_list, name="indicators"),
    path("indicators/<int:pk>/", views.indicator, name="indicator"),
    path("", include("karnameh.insight.figures.urls")),
    path("", include("karnameh.insight.maps.urls")),
    path("", include("karnameh.insight.press.urls")),
]
