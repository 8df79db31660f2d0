"""The pages of credentials: cards, codes, the verifier's page, the officers' page."""

import json
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from django.test import Client

from tests.casework.conftest import POST
from tests.credentials_node.conftest import TITLE
from tongban.credentials.status.cwt import open_cwt
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, redeeming, showing
from tongban.node.credentials.models import Issued, StatusChange
from tongban.node.paging import LINES_A_PAGE
from tongban.node.people.models import AccessRecord, Account, Officer, Person
from tongban.node.people.register import create_officer

PURPOSE = issuers.types()[TITLE].purposes[0].key


@pytest.fixture
def holder(client: Client, citizen: Account) -> Client:
    client.force_login(citizen)
    return client


@pytest.fixture
def desk(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer.account)
    return client


def test_the_wallet_lists_the_card(holder: Client, title: Issued) -> None:
    assert f"/credentials/{title.id}/" in holder.get("/credentials/").content.decode()


@pytest.mark.parametrize("address", ["/credentials/", "/workbench/credentials/"])
def test_cards_of_one_type_are_told_apart_by_their_own_number(
    holder: Client, desk: Client, title: Issued, address: str
) -> None:
    page = (desk if "workbench" in address else holder).get(address).content.decode()
    assert "GCJS2021-0042" in page
    assert "510104" not in page


def test_the_history_tells_in_the_readers_language_what_a_code_was_for(
    holder: Client, title: Issued, woman: Person
) -> None:
    showing.offline_code(woman, title.id, PURPOSE)
    holder.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = holder.get("/credentials/shown/").content.decode()
    assert "proving the title" in page
    assert "证明职称" not in page


def test_an_empty_wallet_says_where_to_go(holder: Client) -> None:
    assert "您在这里还没有证照" in holder.get("/credentials/").content.decode()


def test_a_code_is_a_picture_on_the_page(holder: Client, title: Issued) -> None:
    page = holder.post(f"/credentials/{title.id}/code/{PURPOSE}/").content.decode()
    assert "<svg" in page
    assert "TB1:" in page


def test_a_code_for_an_unknown_purpose_is_not_found(holder: Client, title: Issued) -> None:
    assert holder.post(f"/credentials/{title.id}/code/nonsense/").status_code == 404


def test_a_claim_that_is_not_offered_is_not_shown(holder: Client, title: Issued, woman: Person) -> None:
    page = holder.post(f"/credentials/{title.id}/online/", {"claims": ["title", "__proto__", "iss"]})
    code = page.context["code"].text
    assert {"title"} == set(redeeming.redeem(code, "").found.claims) & {"title", "name", "id_number"}


def test_the_history_tells_claims_and_verifier_in_words(holder: Client, title: Issued, woman: Person) -> None:
    redeeming.redeem(showing.online_code(woman, title.id, ["title", "level"]).text, "某公司")
    page = holder.get("/credentials/shown/").content.decode()
    assert all(words in page for words in ("职称名称、职称层级", "某公司", "一分钟有效的码"))


def test_a_suspended_card_says_why_it_cannot_be_shown(
    holder: Client, title: Issued, officer: Officer
) -> None:
    issuing.change(title, Issued.State.SUSPENDED, officer, "核查")
    answer = holder.post(f"/credentials/{title.id}/code/{PURPOSE}/")
    assert (answer.status_code, "已暂停、撤销或过期" in answer.content.decode()) == (409, True)


def test_anybody_verifies_a_code_without_signing_in(woman: Person, title: Issued) -> None:
    code = showing.offline_code(woman, title.id, PURPOSE).text
    page = Client().post("/verify/", {"code": code}).content.decode()
    assert "高级工程师" in page
    assert "有效。" in page


def test_the_verifier_of_a_revoked_code_reads_so(woman: Person, title: Issued, officer: Officer) -> None:
    code = showing.offline_code(woman, title.id, PURPOSE).text
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    assert "已被发证机关撤销" in Client().post("/verify/", {"code": code}).content.decode()


@pytest.mark.parametrize("code", ["", "hello", "TB1:", "TB1:%%%", "TB0:ABC", "TB1:" + "A" * 3000, "HC1:6BF"])
def test_nonsense_is_refused_with_what_to_do(db: None, code: str) -> None:
    answer = Client().post("/verify/", {"code": code})
    assert answer.status_code == 422
    assert "没有通过核验" in answer.content.decode()


def test_the_bundle_has_what_verifying_without_a_network_needs(title: Issued) -> None:
    bundle = json.loads(Client().get("/verify/bundle.json").content)
    assert {key["jwk"]["crv"] for key in bundle["keys"]} == {"P-256"}
    assert list(bundle["lists"]) == ["http://testserver/credentials/status/0"]
    assert len(bundle["types"]) == 9


def test_the_bundle_has_every_text_in_three_scripts(title: Issued) -> None:
    bundle = json.loads(Client().get("/verify/bundle.json").content)
    kind = next(kind for kind in bundle["types"] if kind["vct"] == TITLE)
    assert (kind["name"]["hant"], bundle["verdicts"]["revoked"]["hant"][:2]) == ("專業技術職稱證書", "已被")
    assert all({"zh", "hant", "en"} <= claim.keys() for claim in kind["claims"])


def test_the_bundle_has_the_names_of_issuers(title: Issued) -> None:
    bundle = json.loads(Client().get("/verify/bundle.json").content)
    listed = issuers.name_of("http://testserver")
    assert not isinstance(listed, str)
    assert bundle["issuers"]["http://testserver"] == {"zh": listed.zh, "hant": listed.zh, "en": listed.en}


def test_a_revoked_card_is_not_offered_to_be_shown(holder: Client, title: Issued, officer: Officer) -> None:
    address = f"/credentials/{title.id}/"
    assert "出示一分钟有效的码" in holder.get(address).content.decode()
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    page = holder.get(address).content.decode()
    assert "出示一分钟有效的码" not in page
    assert "没有网络也能核验的码" not in page
    assert "已暂停、撤销或过期，不能出示" in page


def test_items_in_a_row_are_separated_as_the_language_does(holder: Client, title: Issued) -> None:
    holder.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = holder.get(f"/credentials/{title.id}/").content.decode()
    assert "Shows: name, last four of the ID number" in page


def test_before_a_code_is_made_the_page_says_what_it_shows(holder: Client, title: Issued) -> None:
    page = holder.get(f"/credentials/{title.id}/").content.decode()
    assert "出示：姓名、证件号码后四位、职称名称" in page


def test_the_status_list_is_public_and_of_the_right_kind(title: Issued) -> None:
    answer = Client().get("/credentials/status/0")
    assert answer.headers["Content-Type"] == "application/statuslist+jwt"
    assert Client().get("/credentials/status/7").status_code == 404


def test_the_status_list_comes_as_cwt_for_who_asks_for_that(title: Issued, officer: Officer) -> None:
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    address = "/credentials/status/0"
    answer = Client().get(address, headers={"accept": "application/statuslist+cwt"})
    assert answer.headers["Content-Type"] == "application/statuslist+cwt"
    uri = f"http://testserver{address}"
    copy = open_cwt(answer.content, uri, "http://testserver", issuers.trust_list(), now=true_now())
    assert {copy.statuses.status(entry.index) for entry in title.entries.all()} == {1}


def test_an_officer_revokes_with_a_reason_and_the_holder_sees_it(
    desk: Client, holder: Client, title: Issued
) -> None:
    answer = desk.post(f"/workbench/credentials/{title.id}/", {"state": "revoked", "reason": "证书有误"})
    assert answer.status_code == 302
    assert "已撤销" in holder.get("/credentials/").content.decode()
    assert StatusChange.objects.get().reason == "证书有误"


def test_a_change_without_a_reason_is_refused(desk: Client, title: Issued) -> None:
    answer = desk.post(f"/workbench/credentials/{title.id}/", {"state": "revoked", "reason": ""})
    title.refresh_from_db()
    assert (answer.status_code, title.state) == (422, "valid")


def test_opening_a_credential_leaves_an_access_record(desk: Client, title: Issued, woman: Person) -> None:
    desk.get(f"/workbench/credentials/{title.id}/")
    assert AccessRecord.objects.filter(pseudonym=woman.pseudonym, direction="read").count() == 1


def test_an_officer_of_another_agency_does_not_find_it(title: Issued) -> None:
    other = create_officer("other", "x", "500000-yb", "冉立新", POST).officer
    client = Client()
    client.force_login(other.account)
    assert client.get(f"/workbench/credentials/{title.id}/").status_code == 404
    assert str(title.id) not in client.get("/workbench/credentials/").content.decode()


def test_the_oldest_of_many_credentials_stands_on_the_last_page(desk: Client, title: Issued) -> None:
    shared = {name: getattr(title, name) for name in ("vct", "person", "case", "agency", "claims", "expires")}
    later = (timedelta(minutes=one) for one in range(1, 2 * LINES_A_PAGE + 1))
    Issued.objects.bulk_create(Issued(**shared, issued_at=title.issued_at + one) for one in later)
    first = desk.get("/workbench/credentials/").content.decode()
    assert "第 1 页，共 3 页" in first
    assert str(title.id) not in first
    assert str(title.id) in desk.get("/workbench/credentials/?page=3").content.decode()


def test_a_made_up_number_is_not_found(desk: Client, holder: Client) -> None:
    assert desk.get(f"/workbench/credentials/{uuid.uuid4()}/").status_code == 404
    assert holder.get(f"/credentials/{uuid.uuid4()}/").status_code == 404


def test_an_officer_of_the_agency_who_handles_nothing_sees_no_credential(
    client: Client, title: Issued
) -> None:
    client.force_login(create_officer("porter", "x", title.agency, "门卫", POST, acts=()))
    addresses = ("/workbench/credentials/", f"/workbench/credentials/{title.id}/")
    assert [client.get(address).status_code for address in addresses] == [403, 403]
    assert not AccessRecord.objects.filter(direction="read").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM credentials_entry",
        "UPDATE credentials_issued SET claims = '{}'",
        "UPDATE credentials_issued SET expires = now()",
        "DELETE FROM credentials_issued",
    ],
)
def test_the_database_refuses_to_rewrite_what_was_issued(title: Issued, statement: str) -> None:
    with (
        pytest.raises((InternalError, IntegrityError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_what_the_verifier_takes_along_travels_compressed(client: Client) -> None:
    answer = client.get("/verify/bundle.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
