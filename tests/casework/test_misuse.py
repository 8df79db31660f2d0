"""What people must not be able to do, and what they are told."""

from collections.abc import Callable

import pytest

from tests.casework.walk import CONSENTS, RESIDENT_ID, Walk, inbox
from tongban.node.casework import actions, cases, drafts, submission
from tongban.node.casework.models import Case, Draft
from tongban.node.casework.refusals import Refused
from tongban.node.exchange.models import Consent, Outbox
from tongban.node.people.models import AccessRecord, Account, Officer, Person
from tongban.node.people.register import AlreadyRegistered, create_citizen, create_officer
from tongban.places.agencies import UnknownAgency
from tongban.places.resident_id import ResidentIdRefused
from tongban.services import AnswerError, Text

OTHER_ID = "110101199003070134"


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        do()
    assert caught.value.text.zh
    assert caught.value.text.en
    return caught.value.code


@pytest.fixture
def neighbour(db: None) -> Person:
    account = create_citizen("neighbour", "a long password", OTHER_ID, "邻居")
    assert account.person is not None
    return account.person


def test_submitting_a_draft_twice_gives_the_same_case_and_asks_once(walk: Walk) -> None:
    draft = walk.draft()
    first = submission.submit(walk.person, draft.pk, CONSENTS)
    second = submission.submit(walk.person, draft.pk, CONSENTS)
    assert first == second
    assert (Case.objects.count(), Outbox.objects.count()) == (1, 2)


def test_a_draft_that_was_given_up_is_not_submitted(walk: Walk) -> None:
    draft = walk.draft()
    drafts.discard(draft)
    assert refused(lambda: submission.submit(walk.person, draft.pk, CONSENTS)) == "not-found"


def test_a_submitted_draft_takes_no_more_answers(walk: Walk) -> None:
    draft = walk.draft()
    submission.submit(walk.person, draft.pk, CONSENTS)
    assert refused(lambda: drafts.answer(draft, "phone", "13900000000")) == "not-available"


def test_without_consent_nothing_is_submitted_or_asked(walk: Walk) -> None:
    draft = walk.draft()
    assert refused(lambda: submission.submit(walk.person, draft.pk, frozenset({"spells-chengdu"}))) == (
        "consent-missing"
    )
    assert (Case.objects.count(), Outbox.objects.count(), Consent.objects.count()) == (0, 0, 0)


def test_an_unfinished_application_is_not_submitted(walk: Walk) -> None:
    draft = drafts.begin(walk.person, "medical-retirement")
    assert refused(lambda: submission.submit(walk.person, draft.pk, CONSENTS)) == "answers-incomplete"


@pytest.mark.parametrize("kept", ["no number", 13800000000, " 13800000000", ["13800000000"], None])
def test_an_answer_that_the_form_does_not_take_is_not_submitted_however_it_was_stored(
    walk: Walk, kept: object
) -> None:
    draft = walk.draft()
    Draft.objects.update(answers=draft.answers | {"phone": kept})
    assert refused(lambda: submission.submit(walk.person, draft.pk, CONSENTS)) == "answers-incomplete"
    assert [one.key for one in drafts.missing(drafts.find(walk.person, draft.pk))] == ["phone"]


def test_an_answer_to_a_question_that_is_not_asked_is_not_stored_with_the_case(walk: Walk) -> None:
    draft = walk.draft()
    Draft.objects.update(answers=draft.answers | {"secret": "1"})
    case = submission.submit(walk.person, draft.pk, CONSENTS)
    assert "secret" not in case.events.get(revision=1).data["answers"]


def test_an_unacceptable_answer_changes_nothing(walk: Walk) -> None:
    draft = walk.draft()
    with pytest.raises(AnswerError):
        drafts.answer(draft, "phone", "no number")
    assert drafts.find(walk.person, draft.pk).answers == draft.answers


def test_a_question_that_is_not_asked_of_this_person_takes_no_answer(walk: Walk) -> None:
    assert refused(lambda: drafts.answer(walk.draft(), "secret", "1")) == "not-found"


def test_coming_back_goes_on_with_the_same_draft(walk: Walk) -> None:
    assert drafts.begin(walk.person, "medical-retirement") == walk.draft()


def test_another_persons_draft_does_not_exist(walk: Walk, neighbour: Person) -> None:
    draft = walk.draft()
    assert refused(lambda: drafts.find(neighbour, draft.pk)) == "not-found"
    assert refused(lambda: submission.submit(neighbour, draft.pk, CONSENTS)) == "not-found"


def test_another_persons_case_does_not_exist(walk: Walk, neighbour: Person) -> None:
    case = walk.submitted()
    assert refused(lambda: cases.for_citizen(neighbour, case.number)) == "not-found"
    assert refused(lambda: actions.withdraw(neighbour, case.number, case.revision)) == "not-found"
    assert walk.again(case).status == "gathering"


@pytest.mark.parametrize("number", ["SC-2026-9999999", "", "SC-2026-0000001' OR 1=1 --", "../admin"])
def test_a_forged_case_number_is_not_found(walk: Walk, officer: Officer, number: str) -> None:
    walk.submitted()
    assert refused(lambda: cases.for_citizen(walk.person, number)) == "not-found"
    assert refused(lambda: cases.for_officer(officer, number)) == "not-found"


@pytest.mark.parametrize("draft_id", ["1", "not-an-id", "00000000-0000-0000-0000-000000000000"])
def test_a_forged_draft_id_is_not_found(walk: Walk, draft_id: str) -> None:
    assert refused(lambda: drafts.find(walk.person, draft_id)) == "not-found"


def test_an_officer_of_another_agency_sees_nothing_and_does_nothing(walk: Walk, stranger: Officer) -> None:
    case = walk.proposed()
    assert inbox(stranger) == []
    assert refused(lambda: cases.for_officer(stranger, case.number)) == "not-found"
    assert refused(lambda: actions.confirm(stranger, case.number, case.revision)) == "not-found"
    assert AccessRecord.objects.count() == 0


def test_an_officer_out_of_office_sees_nothing(walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    officer.is_active = False
    assert refused(lambda: cases.for_officer(officer, case.number)) == "not-found"


def test_of_two_officers_at_once_the_second_is_told_to_reload(
    walk: Walk, officer: Officer, colleague: Officer
) -> None:
    case = walk.proposed()
    actions.confirm(officer, case.number, case.revision)
    assert refused(lambda: actions.refuse(colleague, case.number, case.revision, "迟")) == "stale-revision"
    assert walk.again(case).status == "granted"


def test_a_decided_case_offers_its_officer_only_to_reopen_it(walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    decided = actions.confirm(officer, case.number, case.revision)
    assert [one.code for one in cases.for_officer(officer, case.number).actions] == ["reopen"]
    assert refused(lambda: actions.confirm(officer, case.number, decided.revision)) == "not-available"
    assert refused(lambda: actions.withdraw(walk.person, case.number, decided.revision)) == "not-available"


def test_an_action_that_the_state_does_not_offer_is_refused(walk: Walk, officer: Officer) -> None:
    case = walk.submitted()
    assert refused(lambda: actions.confirm(officer, case.number, case.revision)) == "not-available"


def test_evidence_that_was_never_asked_for_cannot_be_asked_again(walk: Walk, officer: Officer) -> None:
    case = walk.submitted()
    walk.answer(case, "510100")
    case = walk.decline(case, "500000")
    assert refused(lambda: actions.ask_again(officer, case.number, case.revision, "tax")) == "not-available"


@pytest.mark.parametrize("reason", ["", "   ", "长" * 2001])
def test_a_refusal_needs_a_reason_of_readable_length(walk: Walk, officer: Officer, reason: str) -> None:
    case = walk.proposed()
    assert refused(lambda: actions.refuse(officer, case.number, case.revision, reason)) == "reason-missing"
    assert walk.again(case).status == "deciding"


def test_a_service_that_is_not_published_is_unknown(walk: Walk) -> None:
    assert refused(lambda: drafts.begin(walk.person, "free-money")) == "service-unknown"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("510104197602140021", "id-check-digit"),
        ("510104197602300020", "id-date"),
        ("999999197602140020", "id-area"),
        ("51010419760214002", "id-length"),
        ("510104209902140020", "id-future"),
    ],
)
@pytest.mark.django_db
def test_a_wrong_id_number_makes_no_person_and_is_not_repeated(number: str, reason: str) -> None:
    with pytest.raises(ResidentIdRefused) as caught:
        create_citizen("wrong", "a long password", number, "某人")
    assert caught.value.reason == reason
    assert number not in str(caught.value)
    assert (Person.objects.count(), Account.objects.count()) == (0, 0)


def test_the_same_user_name_again_is_the_same_account(citizen: Account) -> None:
    assert create_citizen("woman", "another long password", RESIDENT_ID, "测试女士") == citizen


def test_a_person_has_one_account(citizen: Account) -> None:
    with pytest.raises(AlreadyRegistered):
        create_citizen("again", "a long password", RESIDENT_ID, "测试女士")


@pytest.mark.django_db
def test_an_officer_of_an_agency_that_is_not_known_is_not_made() -> None:
    with pytest.raises(UnknownAgency):
        create_officer("x", "a long password", "510100-zz", "某人", Text(zh="岗", en="post"))
    assert Account.objects.count() == 0


def test_no_id_number_stands_in_what_a_person_account_or_case_shows_of_itself(walk: Walk) -> None:
    case = walk.proposed()
    account = Account.objects.get(person=walk.person)
    texts = [f"{thing} {thing!r}" for thing in (walk.person, account, case, case.draft)]
    assert RESIDENT_ID not in " ".join(texts)


def test_no_id_number_stands_in_a_cases_events(walk: Walk) -> None:
    case = walk.proposed()
    assert all(RESIDENT_ID not in str(event.data) + str(event.actor) for event in case.events.all())
