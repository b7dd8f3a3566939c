"""Addresses of planning."""

from __future__ import annotations

from django.urls import path

from karnameh.campaigns.views import committees, desk, proposals, rulebook, sheets

urlpatterns = [
    path("planning/", desk.planning, name="planning"),
    path("planning/campaigns/new/", desk.campaign_new, name="campaign_new"),
    path("planning/campaigns/<int:pk>/", desk.campaign, name="campaign"),
    path("planning/campaigns/<int:pk>/frame/", desk.campaign_edit, name="campaign_edit"),
    path("planning/campaigns/<int:pk>/days/", desk.campaign_days, name="campaign_days"),
    path("planning/campaigns/<int:pk>/phases/", desk.campaign_phases, name="campaign_phases"),
    path("planning/campaigns/<int:pk>/move/", desk.campaign_move, name="campaign_move"),
    path("planning/campaigns/<int:pk>/copy/", desk.campaign_copy, name="campaign_copy"),
    path("planning/campaigns/<int:pk>/lessons/", desk.lesson_new, name="lesson_new"),
    path("planning/campaigns/<int:pk>/lessons/<int:lesson>/", desk.lesson_answer, name="lesson_answer"),
    path("planning/campaigns/<int:pk>/rules/", rulebook.rules, name="rules"),
    path("planning/campaigns/<int:pk>/rules/<slug:kind>/", rulebook.rule_new, name="rule_new"),
    path("planning/rules/<int:pk>/", rulebook.rule, name="rule"),
    path("planning/rules/<int:pk>/end/", rulebook.rule_end, name="rule_end"),
    path("planning/committees/", committees.committees, name="committees"),
    path("planning/committees/open/<int:unit>/", committees.committee_open, name="committee_open"),
    path("planning/committees/<int:pk>/", committees.committee, name="committee"),
    path("planning/committees/<int:pk>/seats/", committees.seat_add, name="seat_add"),
    path("planning/seats/<int:pk>/", committees.seat_fill, name="seat_fill"),
    path("planning/seats/<int:pk>/close/", committees.seat_close, name="seat_close"),
    path("planning/committees/<int:pk>/meetings/", committees.meeting_call, name="meeting_call"),
    path("planning/meetings/<int:pk>/", committees.meeting, name="meeting"),
    path("planning/meetings/<int:pk>/cancel/", committees.meeting_cancel, name="meeting_cancel"),
    path("planning/committees/<int:pk>/items/", committees.item_add, name="item_add"),
    path("planning/items/<int:pk>/done/", committees.item_done, name="item_done"),
    path("planning/proposals/", proposals.proposals, name="proposals"),
    path("planning/proposals/new/", proposals.proposal_new, name="proposal_new"),
    path("planning/proposals/sheet/", sheets.proposal_sheet, name="proposal_sheet"),
    path("planning/proposals/sheet/take/", sheets.proposal_sheet_take, name="proposal_sheet_take"),
    path("planning/proposals/sheet/errors/", sheets.proposal_sheet_errors, name="proposal_sheet_errors"),
    path("planning/proposals/sheet/template/", sheets.proposal_template, name="proposal_template"),
    path("planning/proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("planning/proposals/<int:pk>/write/<slug:step>/", proposals.proposal_edit, name="proposal_edit"),
    path("planning/proposals/<int:pk>/submit/", proposals.proposal_submit, name="proposal_submit"),
    path("planning/proposals/<int:pk>/return/", proposals.proposal_return, name="proposal_return"),
    path("planning/proposals/<int:pk>/withdraw/", proposals.proposal_withdraw, name="proposal_withdraw"),
    path("planning/proposals/<int:pk>/remark/", proposals.proposal_remark, name="proposal_remark"),
    path("planning/proposals/<int:pk>/versions/", proposals.proposal_versions, name="proposal_versions"),
]  # fmt: skip
