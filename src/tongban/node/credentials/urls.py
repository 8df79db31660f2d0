"""The addresses of credentials: the citizen's cards, the verifier's page, the lists, the officers' page."""

from django.urls import include, path

from tongban.node.credentials import officer_pages, pages, using_pages, verifier_pages

urlpatterns = [
    path("", include("tongban.node.credentials.wallets.urls")),
    path("credentials/", pages.cards, name="credentials"),
    path("credentials/add/", using_pages.add, name="credential-add"),
    path("credentials/awaited/<uuid:number>/", using_pages.awaited, name="credential-awaited"),
    path("credentials/portrait/", pages.portrait, name="portrait"),
    path("credentials/shown/", pages.shown, name="credentials-shown"),
    path("credentials/redeem/", verifier_pages.redeem, name="credential-redeem"),
    path("credentials/status/<int:number>", verifier_pages.status_list, name="status-list"),
    path("credentials/<uuid:batch>/", pages.card, name="credential"),
    path("credentials/<uuid:batch>/online/", pages.online, name="credential-online"),
    path("credentials/<uuid:batch>/code/<slug:purpose>/", pages.offline, name="credential-offline"),
    path("cases/<str:number>/credentials/", using_pages.in_case, name="case-credentials"),
    path("verify/", verifier_pages.verify, name="verify"),
    path("verify/bundle.json", verifier_pages.bundle, name="verify-bundle"),
    path("verify/worker.js", verifier_pages.worker, name="verify-worker"),
    path("workbench/credentials/", officer_pages.issued, name="issued-credentials"),
    path("workbench/credentials/<uuid:key>/", officer_pages.one, name="issued-credential"),
]
