"""Addresses of packages."""

from __future__ import annotations

from django.urls import path

from karnameh.campaigns.package import views

urlpatterns = [
    path("packages/", views.packages, name="packages"),
    path("packages/open/", views.begin, name="package_open"),
    path("packages/<int:pk>/", views.package, name="package"),
    path("packages/<int:pk>/draw/", views.draw, name="package_draw"),
    path("packages/<int:pk>/compare/", views.compare, name="package_compare"),
    path("packages/versions/<uuid:pk>/", views.version, name="package_version"),
    path("packages/versions/<uuid:pk>/meters/", views.meters, name="package_meters"),
    path("packages/versions/<uuid:pk>/change/", views.change, name="package_change"),
    path("packages/versions/<uuid:pk>/sign/", views.signing, name="package_sign"),
]
