"""The addresses of the workbench."""

from django.urls import path

from tongban.node.workbench import pages

urlpatterns = [
    path("", pages.inbox, name="inbox"),
    path("cases/<str:number>/", pages.case, name="officer-case"),
    path("cases/<str:number>/confirm/", pages.confirm, name="confirm"),
    path("cases/<str:number>/refuse/", pages.refuse, name="refuse"),
    path("cases/<str:number>/act/<slug:code>/", pages.act, name="act"),
    path("cases/<str:number>/ask-again/", pages.ask_again, name="ask-again"),
]
