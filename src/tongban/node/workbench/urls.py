"""The addresses of the workbench."""

from django.urls import path

from tongban.node.workbench import (
    ledger_pages,
    mandate_pages,
    pages,
    statistics_pages,
    team_pages,
    worklist_pages,
)

urlpatterns = [
    path("", worklist_pages.inbox, name="inbox"),
    path("search/", worklist_pages.search, name="officer-search"),
    path("tasks/", worklist_pages.many, name="many-tasks"),
    path("team/", team_pages.spread, name="team"),
    path("absence/", team_pages.absence, name="absence"),
    path("absence/<int:absence>/end/", team_pages.come_back, name="come-back"),
    path("statistics/", statistics_pages.statistics, name="statistics"),
    path("statistics.csv", statistics_pages.statistics_csv, name="statistics-csv"),
    path("outcomes.csv", statistics_pages.outcomes_csv, name="outcomes-csv"),
    path("agencies.csv", statistics_pages.agencies_csv, name="agencies-csv"),
    path("ledger/", ledger_pages.ledger, name="ledger"),
    path("ledger/clear/", ledger_pages.clear, name="clear-month"),
    path("ledger/receive/", ledger_pages.receive, name="receive-month"),
    path("ledger/explain/", ledger_pages.explain, name="explain-difference"),
    path("netting.csv", ledger_pages.netting_csv, name="netting-csv"),
    path("ledger.csv", ledger_pages.ledger_csv, name="ledger-csv"),
    path("follow-ups/", team_pages.follow_ups, name="follow-ups"),
    path("mandates/", mandate_pages.overview, name="counter-mandates"),
    path("mandates/new/", mandate_pages.new, name="new-counter-mandate"),
    path("mandates/<uuid:key>/check/", mandate_pages.check, name="check-counter-mandate"),
    path("mandates/<uuid:key>/end/", mandate_pages.end, name="end-counter-mandate"),
    path("shortcuts/", team_pages.shortcuts, name="shortcuts"),
    path("cases/<slug:number>/", pages.case, name="officer-case"),
    path("cases/<slug:number>/news/", pages.news, name="case-news"),
    path("cases/<slug:number>/confirm/", pages.confirm, name="confirm"),
    path("cases/<slug:number>/refuse/", pages.refuse, name="refuse"),
    path("cases/<slug:number>/act/<slug:code>/", pages.act, name="act"),
    path("cases/<slug:number>/ask-again/", pages.ask_again, name="ask-again"),
]
