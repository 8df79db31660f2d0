"""The node's addresses: the citizen's portal at the root, the officers' workbench beside it,
the door of points of service under `/points/v1/`."""

from django.contrib import admin
from django.urls import include, path

from tongban.node.translog import pages

urlpatterns = [
    path("log/<path:path>", pages.shown, name="log"),
    path("workbench/", include("tongban.node.workbench.urls")),
    path("admin/", admin.site.urls),
    path("points/v1/", include("tongban.node.points.urls")),
    path("", include("tongban.node.sign_in.urls")),
    path("", include("tongban.node.credentials.urls")),
    path("", include("tongban.node.portal.urls")),
]
handler400 = "tongban.node.theme.errors.bad_request"
handler403 = "tongban.node.theme.errors.not_permitted"
handler404 = "tongban.node.theme.errors.not_found"
handler500 = "tongban.node.theme.errors.failed"
