"""Flattened text: what is left of a page when its tags are gone."""

from lxml import html

from pipeline.codec import raw_message, read_raw_page
from pipeline.edges.flatten import flatten, flattened
from pipeline.edges.inputs import Input
from pipeline.records import RawPage


def text_of(body: str) -> str:
    return flatten(html.document_fromstring(f"<html><head><title>Not seen</title></head><body>{body}</body></html>"))


def test_a_line_for_each_block_and_a_blank_one_after_a_paragraph_a_heading_and_a_list() -> None:
    page = "<h1>Goats win</h1><div>By Ada</div><div>Monday</div><p>One<br>two.</p><ul><li>a<li>b</ul>End"
    assert text_of(page) == "Goats win\n\nBy Ada\nMonday\nOne\ntwo.\n\na\nb\n\nEnd\n"


def test_inline_elements_are_joined_without_a_space() -> None:
    assert (
        text_of("<div><a>Home</a><a>U.S.</a><b>Goats</b> win\n the <i>right</i></div>")
        == "HomeU.S.Goats win the right\n"
    )


def test_what_a_reader_does_not_see_is_gone_and_the_text_after_it_stays() -> None:
    page = """<p>One <script>x()</script>two <span style="display: none">no</span>three
<span hidden>no</span>four</p><div style="VISIBILITY:hidden"><p>no</p></div>five<style>p {}</style>"""
    assert text_of(page) == "One two three four\n\nfive\n"


def test_no_blank_line_stands_at_the_start_or_twice() -> None:
    assert text_of("<p></p><ul><li><p>a</p></li></ul><p> </p><p>b</p>") == "a\n\nb\n"


def test_pages_become_plain_text_under_their_names_and_what_is_no_html_stays() -> None:
    page = RawPage(
        url="https://news.example/a",
        body="<html><p>Für alle</p></html>".encode("latin-1"),
        content_type="text/html; charset=latin-1",
    )
    other = RawPage(url="https://news.example/b", body=b"%PDF-1.7")
    inputs = [Input(name=name, message=raw_message(each)) for name, each in (("a", page), ("b", other))]
    first, second = flattened(inputs)
    found = read_raw_page(first.message)
    assert (first.name, found.url, found.body.decode()) == ("a", page.url, "Für alle\n")
    assert found.content_type == "text/plain; charset=utf-8"
    assert second == inputs[1]
