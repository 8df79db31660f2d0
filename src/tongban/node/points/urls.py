"""The addresses under `/points/v1/`, for the systems of points of service."""

from django.urls import path

from tongban.node.points import door

urlpatterns = [
    path("openapi.json", door.described, name="points-openapi"),
    path("bills/<str:number>", door.bill, name="point-bill"),
    path("bills/<str:number>/lines/<int:position>", door.line, name="point-bill-line"),
    path("bills/<str:number>/cancel", door.cancelled, name="point-bill-cancelled"),
]
