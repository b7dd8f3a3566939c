"""Addresses of the review desk."""

from __future__ import annotations

from django.urls import path

from karnameh.campaigns.review import views

urlpatterns = [
    path("review/", views.desks, name="review_desks"),
    path("review/<int:unit>/<slug:theme>/", views.desk, name="review_desk"),
    path("review/<int:unit>/<slug:theme>/many/", views.many, name="review_many"),
    path("review/<int:unit>/<slug:theme>/meters/", views.meters, name="review_meters"),
    path("review/<int:unit>/<slug:theme>/compare/", views.compare, name="review_compare"),
    path("review/<int:unit>/<slug:theme>/<int:pk>/", views.proposal, name="review_proposal"),
    path("review/<int:unit>/<slug:theme>/<int:pk>/split/", views.divide, name="review_split"),
    path("activities/<int:pk>/results/", views.story, name="activity_results"),
]
