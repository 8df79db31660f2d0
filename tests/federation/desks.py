"""Citizens and officers at browsers of their own, who go through a node's pages."""

from collections.abc import Sequence

from playwright.sync_api import Browser, Locator, Page, expect

from tests.federation.spoken import spoken
from tests.federation.two_nodes import PATIENCE_SECONDS, TwoNodes
from tests.pages.browser import press, reload_until


class Desk:
    """Somebody at a browser of their own, at one node's pages."""

    def __init__(self, chromium: Browser, nodes: TwoNodes, node: str, language: str = "zh-hans") -> None:
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self._url = nodes.pages_url(node)
        self._password = nodes.federation.password
        self.language = language
        context = chromium.new_context(base_url=self._url, locale="zh-CN")
        context.add_cookies([{"name": "tongban_language", "value": language, "url": self._url}])
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("request", lambda asked: self._note(asked.url))

    def _note(self, url: str) -> None:
        if not url.startswith((self._url, "data:")):
            self.foreign.append(url)

    def said(self, chinese: str) -> str:
        """The same words in the language in which this desk reads pages."""
        return spoken(chinese, self.language)

    def labelled(self, label: str) -> Locator:
        return self.page.get_by_label(self.said(label), exact=True)

    def headed(self, heading: str) -> Locator:
        return self.page.get_by_role("heading", name=self.said(heading), exact=True)

    def sign_in(self, username: str) -> None:
        self.page.goto("/sign-in/")
        self.labelled("账号").fill(username)
        self.labelled("密码").fill(self._password)
        self.press("登录")
        expect(self.page.get_by_role("button", name=self.said("退出"))).to_be_visible()

    def press(self, button: str) -> None:
        press(self.page.get_by_role("button", name=self.said(button), exact=True))

    def go_on(self) -> None:
        self.press("保存并继续")

    def choose(self, choice: str) -> None:
        self.labelled(choice).check()
        self.go_on()


class Clerk:
    """An officer at a workbench, who finds cases in the inbox and acts on them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.page = desk.page
        self.number = ""

    def find(self, words: str) -> None:
        """Wait until the inbox has a case of this service, and open it."""
        link = self.page.get_by_role("row", name=words).get_by_role("link").first
        reload_until(link, "/workbench/", PATIENCE_SECONDS)
        self.number = link.inner_text().strip()

    def await_shown(self, wanted: Locator) -> None:
        """Wait until the page of the case shows something."""
        reload_until(wanted, f"/workbench/cases/{self.number}/", PATIENCE_SECONDS)

    def is_told_of_news(self) -> None:
        """Wait until the open page of the case says by itself that there is something new, and open it."""
        link = self.page.get_by_role("link", name=self.desk.said("打开看新的内容"))
        expect(link).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
        press(link)

    def opens(self, file: str) -> tuple[int, str]:
        """Wait until a file that came with the case is all here, and open it; status and media type."""
        answer = self.page.request.get(self.address_of(file))
        return answer.status, answer.headers["content-type"]

    def address_of(self, file: str) -> str:
        """Wait until a file that came with the case is all here; where it is opened."""
        link = self.page.get_by_role("link", name=file)
        self.await_shown(link)
        return link.get_attribute("href") or ""

    def act(self, code: str, ticked: Sequence[str] = (), **given: str) -> None:
        """Wait until the case offers the action, fill in what it asks for, tick these rows, and act."""
        form = self.page.locator(f"#act-{code}")
        self.await_shown(form)
        form.locator("summary").click()
        for key, value in given.items():
            field = form.locator(f"#{code}-{key}")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        for row in ticked:
            form.locator(f'input[value="{row}"]').check()
        press(form.get_by_role("button"))
        expect(self.page.locator(f"#act-{code}[open]")).to_have_count(0)


def begin(desk: Desk, service: str) -> None:
    desk.page.goto(f"/services/{service}/")
    desk.press("开始申请")


def submit(desk: Desk) -> str:
    """Submit what was answered, with every consent that is asked for; the case's number."""
    desk.press("回答无误，下一步")
    consents = desk.page.get_by_role("checkbox").all()
    for consent in consents:
        consent.check()
    desk.press("同意并提交申请" if consents else "提交申请")
    expect(desk.headed("申请已提交")).to_be_visible()
    return desk.page.locator(".receipt__number").inner_text().strip()


def await_words(desk: Desk, number: str, words: str) -> None:
    """Wait until the citizen's page of the case says something."""
    reload_until(desk.page.get_by_text(words).first, f"/cases/{number}/", PATIENCE_SECONDS)


def put_into_other_wallet(here: Page, there: Page, card: str) -> None:
    """Take the newest card of that name on one portal into the wallet of the other."""
    here.goto("/credentials/")
    press(here.get_by_role("link", name=card).first)
    press(here.get_by_role("button", name="放进其他钱包"))
    take_up_offer(here, there)
    expect(there.get_by_role("link", name=card)).to_be_visible()


def take_up_offer(here: Page, there: Page) -> None:
    """Put what the page of one portal offers into the wallet of the other."""
    link, number = here.get_by_label("领取链接").input_value(), here.locator("#number").inner_text()
    there.goto("/credentials/add/")
    there.get_by_label("领取链接").fill(link)
    there.get_by_label("数字", exact=True).fill(number)
    press(there.get_by_role("button", name="放进我的证照"))
    expect(there.get_by_role("heading", name="我的证照")).to_be_visible()


def ask_for_transfer(desk: Desk, paper: bytes | None = None) -> str:
    """Ask for the unemployment insurance relation, with a paper or without one; the case's number."""
    begin(desk, "unemployment-transfer")
    desk.choose("失业，要在本地领取待遇")
    desk.labelled("年").fill("2026")
    desk.labelled("月").fill("8")
    desk.go_on()
    if paper is None:
        desk.go_on()
    else:
        sent = desk.page.locator("input[type=file]")
        sent.set_input_files({"name": "失业证明.png", "mimeType": "image/png", "buffer": paper})
        desk.go_on()
        desk.press("继续")
    desk.labelled("需要时怎么联系您？").fill("13800000000")
    desk.go_on()
    return submit(desk)
