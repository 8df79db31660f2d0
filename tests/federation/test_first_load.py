"""What a citizen's browser has to fetch for a first page, as it travels from a running node."""

import pytest
from playwright.sync_api import Browser, Request

from tests.federation.two_nodes import TwoNodes
from tongban.federation.sides import SICHUAN

MOST_BYTES = 150_000


@pytest.mark.parametrize(
    "address", ["/", "/search/?q=yibao", "/services/medical-retirement/", "/plan/", "/verify/"]
)
def test_a_first_page_is_light(chromium: Browser, two_nodes: TwoNodes, address: str) -> None:
    fetched: list[Request] = []
    context = chromium.new_context(base_url=two_nodes.pages_url(SICHUAN.node), locale="zh-CN")
    page = context.new_page()

    def note(request: Request) -> None:
        fetched.append(request)

    page.on("requestfinished", note)
    page.goto(address, wait_until="networkidle")
    sizes = [request.sizes() for request in fetched]
    context.close()
    assert any(request.url.endswith("pages.css") for request in fetched)
    assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) < MOST_BYTES


def test_styles_travel_compressed(chromium: Browser, two_nodes: TwoNodes) -> None:
    page = chromium.new_page(base_url=two_nodes.pages_url(SICHUAN.node))
    with page.expect_response("**/pages.css") as styles:
        page.goto("/")
    encoding = styles.value.header_value("content-encoding")
    page.close()
    assert encoding == "gzip"
