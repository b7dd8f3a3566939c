"""Addresses of the administration desk and of the auditor."""

from __future__ import annotations

from django.urls import path

from karnameh.front.administration.views import dictionary, grants, places, trail, units

urlpatterns = [
    path("administration/", units.home, name="admin_home"),
    path("administration/units/", units.unit_list, name="admin_units"),
    path("administration/units/<int:pk>/", units.unit, name="admin_unit"),
    path("administration/units/<int:pk>/open/", units.open_unit, name="admin_unit_open"),
    path("administration/units/<int:pk>/rename/", units.rename_unit, name="admin_unit_rename"),
    path("administration/units/<int:pk>/move/", units.move_unit, name="admin_unit_move"),
    path("administration/units/<int:pk>/merge/", units.merge_unit, name="admin_unit_merge"),
    path("administration/units/<int:pk>/split/", units.split_unit, name="admin_unit_split"),
    path("administration/units/<int:pk>/close/", units.close_unit, name="admin_unit_close"),
    path("administration/roles/", grants.grant_list, name="admin_grants"),
    path("administration/roles/give/", grants.give, name="admin_grant_give"),
    path("administration/roles/<int:pk>/confirm/", grants.confirm, name="admin_grant_confirm"),
    path("administration/roles/<int:pk>/end/", grants.end, name="admin_grant_end"),
    path("administration/accounts/new/", grants.account_new, name="admin_account_new"),
    path(
        "administration/accounts/<int:pk>/close/",
        grants.account_disable,
        name="admin_account_disable",
    ),
    path("administration/dictionary/", dictionary.indicator_list, name="admin_dictionary"),
    path("administration/dictionary/new/", dictionary.new_indicator, name="admin_indicator_new"),
    path("administration/dictionary/<int:pk>/", dictionary.indicator, name="admin_indicator"),
    path(
        "administration/dictionary/<int:pk>/retire/",
        dictionary.retire,
        name="admin_indicator_retire",
    ),
    path("administration/items/<int:pk>/", dictionary.item, name="admin_item"),
    path("administration/places/", places.place_list, name="admin_places"),
    path("administration/places/open/", places.open_place, name="admin_place_open"),
    path("administration/places/<int:pk>/move/", places.move_place, name="admin_place_move"),
    path("audit/", trail.deeds, name="audit"),
    path("audit/<int:pk>/", trail.deed, name="audit_deed"),
    path("about/data/", trail.about_data, name="about_data"),
]
