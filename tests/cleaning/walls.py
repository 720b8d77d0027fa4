"""Invented pages that stand in an article's place: consent walls, challenges, log-ins, "not found".

`walls.tsv` has a row for each: what it is, language, title, heading, text, and the markup that goes with it.
"""

from html import escape
from pathlib import Path

_LATEST = "".join(f'<li><a href="/n/{n}">Goats of the island, part {n}</a></li>' for n in range(8))
MARKUP = {
    "cookies": '<div class="consent-layer"><p>{text}</p><button>OK</button><a href="/cookies">Cookies</a>'
    "<p>Cookie-ID, 394 days</p></div>",
    "password": '<form action="/login" method="post"><label>E-mail</label><input type="email" name="user">'
    '<input type="password" name="pw"><button>OK</button></form><p>{text}</p>',
    "turnstile": '<div class="main-wrapper"><div id="cf-turnstile"></div><p>{text}</p></div>'
    '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/jsch/v1"></script>',
    "captcha": '<form id="challenge-form" action="/?__cf"><div class="g-recaptcha" data-sitekey="x"></div><p>{text}</p>'
    "</form>",
    "datadome": '<p>{text}</p><iframe src="https://geo.captcha-delivery.com/captcha/?initialCid=x"></iframe>',
    "press_hold": '<div id="px-captcha"></div><p>{text}</p><p>Reference ID 81f-goat</p>',
    "anubis": '<div class="anubis"><p>{text}</p></div>',
    "bare": "<div><p>{text}</p></div>",
    "search": '<main><p>{text}</p><form role="search"><input type="search" name="q"></form><ul><li>'
    '<a href="/">Start</a></li><li><a href="/news">News</a></li></ul></main>',
    "latest": f"<main><p>{{text}}</p><h3>Latest</h3><ul>{_LATEST}</ul></main>",
}
ROWS = [line.split("\t") for line in Path(__file__).with_name("walls.tsv").read_text(encoding="utf-8").splitlines()]


def page(language: str, title: str, heading: str, text: str, markup: str, story: str = "") -> bytes:
    """The page of a row; with a story, that stands above what is the row's."""
    body = MARKUP[markup].format(text=escape(text))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(heading)}</h1>{story}{body}</body></html>"
    ).encode()
