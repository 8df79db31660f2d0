"""A professional title issued in Chongqing is shown as a code, counts at Sichuan's page without a network, is
evidence in a case there, and is refused once it is revoked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.federation.camera import as_video, with_camera
from tests.federation.desks import put_into_other_wallet
from tests.federation.two_nodes import PATIENCE_SECONDS, TwoNodes
from tests.pages.browser import press, reload_until
from tests.reach import same_sql_as
from tongban.federation.sample_portraits import placeholder
from tongban.federation.sides import CHONGQING, SICHUAN

USERNAME = "zhou.xiuying"
CLERK = CHONGQING.posts[0].officer
RECOGNISER = SICHUAN.posts[0].officer
ASKED = ("职称系列", "专业", "职称名称", "职称层级", "取得资格时间", "证书编号")
WHOSE = ("姓名", "证件号码后四位")
PHOTO = placeholder("a face")
ANSWERS = {
    "series": "工程系列",
    "speciality": "土木工程",
    "title": "高级工程师",
    "certificate_number": "GCJS2021-0042",
}


@pytest.fixture
def pages(chromium: Browser, two_nodes: TwoNodes) -> Iterator[dict[str, Page]]:
    """A page of its own for each: the citizen on both portals, the clerks on both sides, the verifier."""
    contexts = {
        "citizen": chromium.new_context(base_url=two_nodes.pages_url(CHONGQING.node)),
        "clerk": chromium.new_context(base_url=two_nodes.pages_url(CHONGQING.node)),
        "verifier": chromium.new_context(base_url=two_nodes.pages_url(SICHUAN.node)),
        "applicant": chromium.new_context(base_url=two_nodes.pages_url(SICHUAN.node)),
        "recogniser": chromium.new_context(base_url=two_nodes.pages_url(SICHUAN.node)),
    }
    for context in contexts.values():
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("账号", exact=True).fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    press(page.get_by_role("button", name="登录", exact=True))
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def apply(page: Page) -> str:
    """Answer one question a page, whatever its kind, and submit; the case number."""
    page.goto("/services/professional-title/")
    press(page.get_by_role("button", name="开始申请"))
    while "/questions/" in page.url:
        key = page.url.rstrip("/").rsplit("/", 1)[-1]
        if key in ANSWERS:
            page.get_by_role("textbox").first.fill(ANSWERS[key])
        elif key == "photo":
            page.locator("input[type=file]").set_input_files(
                {"name": "me.png", "mimeType": "image/png", "buffer": PHOTO}
            )
            press(page.get_by_role("button", name="保存并继续"))
            press(page.get_by_role("button", name="继续", exact=True))
            continue
        elif key == "level":
            page.get_by_label("副高级", exact=True).check()
        elif key == "obtained_by":
            page.get_by_label("评审", exact=True).check()
        else:
            for name, value in (("年", "2021"), ("月", "6"), ("日", "30")):
                page.get_by_label(name, exact=True).fill(value)
        press(page.get_by_role("button", name="保存并继续"))
    press(page.get_by_role("button", name="回答无误，下一步"))
    press(page.get_by_role("button", name=re.compile("提交申请")))
    expect(page.get_by_role("heading", name="申请已提交")).to_be_visible()
    return page.locator(".receipt__number").inner_text().strip()


def issue(page: Page, number: str) -> None:
    page.goto(f"/workbench/cases/{number}/")
    form = page.locator("#act-issue")
    form.locator("summary").click()
    press(form.get_by_role("button"))
    expect(page.get_by_text("已签发").first).to_be_visible()


def show_code(page: Page) -> bytes:
    """The picture of an offline code of the newest card, as a phone at 360 px shows it."""
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/credentials/")
    press(page.get_by_role("link", name="专业技术职称证书").first)
    press(page.locator("form[action*='/code/'] button").first)
    return page.locator(".code-to-show").screenshot()


def scan(page: Page, picture: bytes) -> None:
    page.locator("#picture").set_input_files({"name": "code.png", "mimeType": "image/png", "buffer": picture})


@contextmanager
def offline_with_camera(chromium: Browser, address: str, video: Path) -> Iterator[Page]:
    """The verifier's page in a browser whose camera sees the video, without a network once it was loaded."""
    browser = with_camera(chromium, video)
    try:
        context = browser.new_context(base_url=address, permissions=["camera"])
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = context.new_page()
        go_offline(page)
        yield page
    finally:
        browser.close()


def go_offline(page: Page) -> None:
    """Load the verifier's page, then go on without a network."""
    page.goto("/verify/")
    expect(page.locator("#readiness[data-ready='true']")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()


def show_for_a_minute(page: Page) -> str:
    """The text of a code for a minute that shows what Chengdu asks for, and whose title it is."""
    page.goto("/credentials/")
    press(page.get_by_role("link", name="专业技术职称证书").first)
    for title in (*ASKED, *WHOSE):
        page.get_by_label(title, exact=True).check()
    press(page.get_by_role("button", name="出示一分钟有效的码"))
    return page.get_by_label("证照码的文字").input_value()


def use_as_evidence(page: Page, number: str) -> None:
    """Show the card in the wallet here, claim by claim."""
    page.goto(f"/cases/{number}/")
    press(page.get_by_role("link", name="用证照作材料"))
    for title in ASKED:
        page.get_by_label(re.compile(f"^{title}")).check()
    press(page.get_by_role("button", name="出示这张证照"))


def verify_online(page: Page, code: str) -> None:
    page.goto("/verify/")
    page.get_by_label("证照码的文字").fill(code)
    press(page.get_by_role("button", name="核验", exact=True))
    expect(page.locator(".verdict--valid")).to_be_visible()


def revoke(page: Page, reason: str) -> None:
    """Take back the newest title that the clerk's agency issued."""
    page.goto("/workbench/credentials/")
    press(page.get_by_role("link", name="专业技术职称证书").first)
    page.get_by_label("原因（持证人会看到）").fill(reason)
    press(page.get_by_role("button", name="撤销", exact=True))
    expect(page.get_by_text("已撤销").first).to_be_visible()


def await_list(page: Page, uri: str) -> None:
    """Until the page's node has a copy of the other side's status list."""
    for _ in range(PATIENCE_SECONDS):
        if uri in page.request.get("/verify/bundle.json").json()["lists"]:
            break
        page.wait_for_timeout(1000)


def test_a_title_is_evidence_in_a_case_there_until_it_is_revoked(
    pages: dict[str, Page], two_nodes: TwoNodes
) -> None:
    password = two_nodes.federation.password
    sign_in(pages["citizen"], USERNAME, password)
    number = apply(pages["citizen"])
    sign_in(pages["clerk"], CLERK, password)
    issue(pages["clerk"], number)

    applicant, recogniser = pages["applicant"], pages["recogniser"]
    sign_in(applicant, USERNAME, password)
    there = apply(applicant)
    await_list(applicant, f"{two_nodes.pages_url(CHONGQING.node)}/credentials/status/0")
    put_into_other_wallet(pages["citizen"], applicant, "专业技术职称证书")
    use_as_evidence(applicant, there)
    expect(applicant.locator("[data-verdict-now='valid']")).to_be_visible()

    sign_in(recogniser, RECOGNISER, password)
    recogniser.goto(f"/workbench/cases/{there}/")
    expect(recogniser.locator("[data-verdict-now='valid']")).to_be_visible()
    expect(recogniser.get_by_text("高级工程师").locator("visible=true").first).to_be_visible()
    applicant.goto("/credentials/shown/")
    expect(applicant.get_by_text(there)).to_be_visible()
    verify_online(pages["verifier"], show_for_a_minute(pages["citizen"]))

    revoke(pages["clerk"], "评审结果已撤销")
    revoked = recogniser.locator("[data-verdict-now='revoked']")
    reload_until(revoked, f"/workbench/cases/{there}/", PATIENCE_SECONDS)
    form = recogniser.locator("#act-issue")
    form.locator("summary").click()
    press(form.get_by_role("button"))
    expect(recogniser.get_by_text("现在不是有效状态")).to_be_visible()
    applicant.goto("/credentials/")
    expect(applicant.get_by_text("已撤销").first).to_be_visible()


@same_sql_as(test_a_title_is_evidence_in_a_case_there_until_it_is_revoked)
def test_a_title_counts_on_the_other_side_without_a_network_until_it_is_revoked(
    pages: dict[str, Page], two_nodes: TwoNodes, chromium: Browser, tmp_path: Path
) -> None:
    citizen, clerk, verifier = pages["citizen"], pages["clerk"], pages["verifier"]
    sign_in(citizen, USERNAME, two_nodes.federation.password)
    number = apply(citizen)
    sign_in(clerk, CLERK, two_nodes.federation.password)
    issue(clerk, number)
    picture = show_code(citizen)

    await_list(verifier, f"{two_nodes.pages_url(CHONGQING.node)}/credentials/status/0")
    go_offline(verifier)
    scan(verifier, picture)
    expect(verifier.locator("[data-verdict='valid']")).to_be_visible()
    expect(verifier.locator("#verdict")).to_contain_text("高级工程师")

    video = tmp_path / "code.y4m"
    as_video(picture, video)
    with offline_with_camera(chromium, two_nodes.pages_url(SICHUAN.node), video) as camera:
        camera.get_by_role("button", name="用摄像头扫描").click()
        expect(camera.locator("[data-verdict='valid']")).to_be_visible()

    revoke(clerk, "证书有误")
    verifier.context.set_offline(False)
    for _ in range(PATIENCE_SECONDS):
        verifier.goto("/verify/")
        expect(verifier.locator("#readiness[data-ready='true']")).to_be_visible()
        scan(verifier, picture)
        expect(verifier.locator("[data-verdict]")).to_be_visible()
        if verifier.locator("[data-verdict='revoked']").count():
            break
        verifier.wait_for_timeout(1000)
    expect(verifier.locator("[data-verdict='revoked']")).to_be_visible()
    expect(verifier.locator("#verdict")).to_contain_text("已被发证机关撤销")
