"""The visitor sends what a page's own forms send."""

import httpx
import pytest

from tongban.federation.browsing import Page, PageError, read

HTML = """<!doctype html><title>t</title><h1>申请 <b>医保</b>退休</h1><svg><text>图</text></svg>
<form method="post" action="/sign-out/"><button>退出</button></form>
<form method="post"><input type="hidden" name="token" value="x&amp;y"><input name="name" value="a">
<input type="radio" name="answer" value="1"><input type="radio" name="answer" value="2" checked>
<input type="checkbox" name="read"><button>继续</button></form>
<p>一<br>二 <a href="../consent/?x=1">下一步</a></p>"""


def page_of(html: str, status: int = 200) -> Page:
    request = httpx.Request("GET", "http://node.test/applications/1/check/")
    return read(httpx.Response(status, request=request, html=html))


def test_form_has_the_values_that_stand_on_the_page() -> None:
    form = page_of(HTML).form()
    assert form.action == "http://node.test/applications/1/check/"
    assert form.values == {"token": "x&y", "name": "a", "answer": "2"}
    assert form.checkboxes == ("read",)


def test_form_is_found_by_where_it_goes() -> None:
    assert page_of(HTML).form("/sign-out/").action == "http://node.test/sign-out/"


def test_missing_form_is_named_with_the_page() -> None:
    with pytest.raises(PageError, match=r"node.test/applications/1/check/.*no form '/refuse/'"):
        page_of(HTML).form("/refuse/")


def test_link_is_found_by_the_end_of_its_path() -> None:
    assert page_of(HTML).link("/consent/") == "http://node.test/applications/1/consent/?x=1"


def test_words_are_read_without_pictures() -> None:
    page = page_of(HTML)
    assert page.heading == "申请 医保退休"
    assert "图" not in page.root.text


def test_error_page_is_an_error_with_its_heading() -> None:
    with pytest.raises(PageError, match="status 503: 暂时不能办理"):
        page_of("<h1>暂时不能办理</h1>", 503)
