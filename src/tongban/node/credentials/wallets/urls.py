"""The addresses for wallets of other makers, and the pages that lead to them."""

from django.urls import path

from tongban.node.credentials.wallets import answer_pages, issuer_views, pages, verifier_pages, verifier_views

urlpatterns = [
    path(".well-known/openid-credential-issuer", issuer_views.issuer, name="openid-issuer"),
    path(".well-known/oauth-authorization-server", issuer_views.server, name="openid-server"),
    path("openid/offers/<str:name>", issuer_views.offer, name="openid-offer"),
    path("openid/pushed", issuer_views.pushed, name="openid-pushed"),
    path("openid/authorize", pages.authorise, name="openid-authorise"),
    path("openid/token", issuer_views.token, name="openid-token"),
    path("openid/nonce", issuer_views.nonce, name="openid-nonce"),
    path("openid/credential", issuer_views.credential, name="openid-credential"),
    path("openid/deferred", issuer_views.deferred, name="openid-deferred"),
    path("openid/notification", issuer_views.notification, name="openid-notification"),
    path("openid/requests/<uuid:number>", verifier_views.request_object, name="openid-request"),
    path("openid/answers/<uuid:number>", verifier_views.answer, name="openid-answer"),
    path("credentials/<uuid:batch>/wallet/", pages.offer, name="credential-offer"),
    path("credentials/<uuid:batch>/wallet/end/", pages.end_renewals, name="credential-renewals-end"),
    path("credentials/waiting/<uuid:case>/end/", pages.end_waiting, name="credential-waiting-end"),
    path("credentials/cases/<slug:number>/wallet/", pages.offer_case, name="case-offer"),
    path("credentials/answer/", answer_pages.answer, name="credential-answer"),
    path("verify/ask/", verifier_pages.ask, name="verify-ask"),
    path("verify/asked/<uuid:number>/", verifier_pages.asked, name="verify-asked"),
    path("verify/asked/<uuid:number>/shown/", verifier_pages.shown, name="verify-asked-shown"),
]
