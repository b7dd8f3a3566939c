"""Addresses of people: the holder's own page, and the switches for language and theme."""

from __future__ import annotations

from django.urls import path

from karnameh.people import views

urlpatterns = [
    path("me/", views.my_page, name="my_page"),
    path("me/preferences/", views.my_preferences, name="my_preferences"),
    path("me/contact/keep/", views.my_contact_keep, name="my_contact_keep"),
    path("me/contact/forget/", views.my_contact_forget, name="my_contact_forget"),
    path("display/", views.display, name="display"),
]
