"""The node's addresses: the citizen's portal at the root, the officers' workbench beside it."""

from django.urls import include, path

urlpatterns = [
    path("workbench/", include("tongban.node.workbench.urls")),
    path("", include("tongban.node.portal.urls")),
]
