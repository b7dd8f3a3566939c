"""The address of the map."""

from __future__ import annotations

from django.urls import path

from karnameh.insight.maps import views

urlpatterns = [path("map/", views.map_page, name="map")]
