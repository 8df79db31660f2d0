"""The addresses of the workbench."""

from django.urls import path

from tongban.node.workbench import pages

urlpatterns = [
    path("", pages.inbox, name="inbox"),
    path("cases/<slug:number>/", pages.case, name="officer-case"),
    path("cases/<slug:number>/confirm/", pages.confirm, name="confirm"),
    path("cases/<slug:number>/refuse/", pages.refuse, name="refuse"),
    path("cases/<slug:number>/act/<slug:code>/", pages.act, name="act"),
    path("cases/<slug:number>/ask-again/", pages.ask_again, name="ask-again"),
]
