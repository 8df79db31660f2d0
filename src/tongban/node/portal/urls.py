"""The addresses of the portal. None carries anything that tells who a person is."""

from django.urls import path

from tongban.node.portal import (
    application_pages,
    case_pages,
    complaint_pages,
    file_pages,
    look_pages,
    mandate_pages,
    notice_pages,
    plan_pages,
    question_pages,
    rating_pages,
    search_pages,
    service_pages,
)
from tongban.node.theme import views

urlpatterns = [
    path("", service_pages.home, name="home"),
    path("language/<slug:code>/", views.switch_language, name="language"),
    path("search/", search_pages.search, name="search"),
    path("plan/", plan_pages.plan, name="plan"),
    path("plan/<str:number>/", plan_pages.plan_item, name="plan-item"),
    path("services/<slug:code>/", service_pages.service, name="service"),
    path("services/<slug:code>/form.schema.json", service_pages.form_schema, name="form-schema"),
    path("services/<slug:code>/start/", service_pages.start, name="start"),
    path("applications/<uuid:draft_id>/", application_pages.application, name="application"),
    path("applications/<uuid:draft_id>/check/", application_pages.check, name="check"),
    path("applications/<uuid:draft_id>/consent/", application_pages.consent, name="consent"),
    path("applications/<uuid:draft_id>/discard/", application_pages.discard, name="discard"),
    path("applications/<uuid:draft_id>/questions/<str:key>/", question_pages.question, name="question"),
    path(
        "applications/<uuid:draft_id>/questions/<str:key>/<int:position>/", question_pages.item, name="item"
    ),
    path(
        "applications/<uuid:draft_id>/questions/<str:key>/<int:position>/remove/",
        question_pages.remove_item,
        name="remove-item",
    ),
    path(
        "applications/<uuid:draft_id>/questions/<str:key>/remove/",
        question_pages.remove_file,
        name="remove-file",
    ),
    path("applications/<uuid:draft_id>/files/<uuid:upload_id>/", file_pages.of_draft, name="draft-file"),
    path(
        "applications/<uuid:draft_id>/files/<uuid:upload_id>/first-page/",
        file_pages.first_page_of_draft,
        name="draft-file-page",
    ),
    path("cases/<slug:number>/files/<uuid:upload_id>/", file_pages.of_case, name="case-file"),
    path("cases/<slug:number>/received/<str:sha256>/", file_pages.received, name="received-file"),
    path("cases/", case_pages.my_cases, name="my-cases"),
    path("cases/<slug:number>/", case_pages.case, name="case"),
    path("cases/<slug:number>/submitted/", case_pages.submitted, name="submitted"),
    path("cases/<slug:number>/progress/", case_pages.progress, name="progress"),
    path("cases/<slug:number>/act/<slug:code>/", case_pages.act, name="citizen-act"),
    path("cases/<slug:number>/withdraw/", case_pages.withdraw, name="withdraw"),
    path("cases/<slug:number>/rating/", rating_pages.rate, name="rate"),
    path("ratings/", rating_pages.figures, name="ratings"),
    path("complaints/", complaint_pages.mine, name="complaints"),
    path("complaints/new/", complaint_pages.file, name="complain"),
    path("workbench/complaints/", complaint_pages.to_answer, name="complaints-desk"),
    path("workbench/complaints/<uuid:complaint>/", complaint_pages.answer, name="complaint-answer"),
    path("workbench/complaints/<uuid:complaint>/take/", complaint_pages.take, name="complaint-take"),
    path("workbench/complaints/<uuid:complaint>/assign/", complaint_pages.assign, name="complaint-assign"),
    path("workbench/complaints/<uuid:complaint>/extend/", complaint_pages.extend, name="complaint-extend"),
    path("mandates/", mandate_pages.overview, name="mandates"),
    path("mandates/new/", mandate_pages.new, name="new-mandate"),
    path("mandates/act-for/", mandate_pages.act_for, name="act-for"),
    path("mandates/<uuid:key>/end/", mandate_pages.end, name="end-mandate"),
    path("notices/", notice_pages.notices, name="notices"),
    path("accesses/", look_pages.accesses, name="accesses"),
    path("accesses/<uuid:access_id>/proof/", look_pages.proof, name="look-proof"),
    path("accesses/<uuid:access_id>/proof.json", look_pages.proof_file, name="look-proof-file"),
]
