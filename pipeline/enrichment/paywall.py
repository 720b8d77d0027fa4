"""What speaks for a wall before the text, and whether what is left looks like the beginning that one may read.

A publisher's appeal to subscribe stands on free pages too: only words that say that the rest is closed are evidence.
"""

import re
from collections.abc import Iterator

from pipeline.enrichment.once import once
from pipeline.records import Claim, CleanArticle, Paywall
from pipeline.text import count_words, ends_sentence, excerpt, split_phrases

MAX_EVIDENCE = 10
MAX_STUB_WORDS = 350
"""Words of the longest beginning that a wall leaves. Longer texts behind a declared wall are read in full as a rule."""
MAX_BARE_WORDS = 120
"""Words from which a text that ends as it should is no stub, though the page declares a wall: many serve all of it."""
MAX_NOTICE = 250
"""Characters of a last line that is a notice which no rule cut."""
MAX_EXCERPT = 120

RULE = "paywall_notice"


_CLOSED = split_phrases(
    """
    subscribe to continue reading; subscribe to keep reading; sign in to continue reading; log in to continue reading
    login to continue reading; register to continue reading; sign up to continue reading; to continue reading,
    to continue reading this; continue reading with a; to read the full article; to read the full story
    to read the rest of this; to read this article in full; this article is for subscribers
    this content is for subscribers; this story is for subscribers; is available to subscribers; for subscribers only
    subscriber-only; subscriber only; subscribers only; unlock this article; unlock this story
    you have reached your; you've reached your; you’ve reached your
    jetzt weiterlesen; weiterlesen mit; um weiterzulesen; um diesen artikel weiterzulesen; nur für abonnenten
    exklusiv für abonnenten; dieser artikel ist nur für; dieser artikel ist exklusiv für
    lesen sie diesen artikel und alle; lesen sie diesen und alle; lesen sie diesen artikel weiter
    réservé aux abonnés; réservée aux abonnés; pour lire la suite; de cet article à lire; de cet article à découvrir
    para seguir leyendo; para continuar leyendo; exclusivo para suscriptores; solo para suscriptores
    para continuar a ler; para continuar lendo; exclusivo para assinantes; riservato agli abbonati
    per continuare a leggere; om verder te lezen; lees verder met; alleen voor abonnees
    sak for abonnenter; for å lese videre; kun for abonnenter; for at læse videre; läs vidare med; för att läsa vidare
    endast för prenumeranter; jatka lukemista; vain tilaajille; aby czytać dalej; tylko dla prenumeratorów
    pro pokračování ve čtení; pouze pro předplatitele; csak előfizetőknek; pentru a citi în continuare
    только для подписчиков; чтобы читать дальше; чтобы продолжить чтение; лише для передплатників
    για να συνεχίσετε την ανάγνωση; sadece abonelere; bu içerik abonelere; devamını okumak için
    この記事は会員限定; この記事は有料; 有料会員限定; 続きを読むには
    ログインして続きを読む; 登录后阅读; 订阅后阅读; 訂閱後
    구독 후; 이어서 읽으려면; للمشتركين فقط; למנויים בלבד
    """
)
"""Words that say that the rest is closed; the rule `paywall_notice` knows more, and appeals to subscribe among them."""
_ELSEWHERE = ("get access to the full arc",)
"""Jetpack's invitation stands on pages that are free to read."""
_BREAKS_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"'»”’)]*$")


@once
def paywall(article: CleanArticle) -> Paywall | None:
    """The evidence of a wall, and what it comes to; None when nothing speaks for or against one."""
    declared = tuple(_declared(article))
    notices, end = tuple(_notices(article)), _cut_off(article.article_body)
    is_closed = _is_declared(article)
    seen = (*notices, *((end,) if end and (notices or is_closed) else ()))
    if not declared and not seen:
        return None
    evidence = (*declared, *seen)[:MAX_EVIDENCE]
    stub = looks_like_stub(article.article_body, declared=is_closed is True, notice=bool(notices))
    return Paywall(declared=is_closed, evidence=evidence, is_stub=stub)


def looks_like_stub(body: str, *, declared: bool, notice: bool) -> bool:
    """Whether a text looks like the beginning that a wall leaves.

    It is short, and two signs say that it is not all: the page's word, a notice, or that it breaks off; or it is very
    short and has one of the first two.
    """
    if not (declared or notice):
        return False
    signs = declared + notice + (_cut_off(body) is not None)
    return count_words(body) <= (MAX_STUB_WORDS if signs > 1 else MAX_BARE_WORDS)


def _is_declared(article: CleanArticle) -> bool | None:
    rights = article.rights
    return True if rights.closed_parts else None if (free := rights.is_accessible_for_free) is None else not free


def _declared(article: CleanArticle) -> Iterator[Claim]:
    """What the page says of who may read it."""
    for claim in article.rights.claims:
        name = claim.source.partition(":")[2].lower()
        if name in ("isaccessibleforfree", "haspart") or name.endswith("content_tier"):
            yield Claim(source=claim.source, value=excerpt(claim.value, MAX_EXCERPT))


def _notices(article: CleanArticle) -> Iterator[Claim]:
    """What says that the rest is closed: cut by the rule, or left as the text's last line."""
    for cut in article.removed:
        if cut.rule == RULE and _says_closed(cut.excerpt):
            yield Claim(source=f"removed:{RULE}", value=excerpt(cut.excerpt, MAX_EXCERPT))
    last = article.article_body[-MAX_NOTICE - 1 :].rpartition("\n")[2]
    if len(last) <= MAX_NOTICE and _says_closed(last):
        yield Claim(source="article_body", value=excerpt(last, MAX_EXCERPT))


def _says_closed(text: str) -> bool:
    lowered = text.lower()
    return any(phrase in lowered for phrase in _CLOSED) and not any(phrase in lowered for phrase in _ELSEWHERE)


def _cut_off(body: str) -> Claim | None:
    """The text's last words, when it breaks off."""
    last = body.rstrip().rpartition("\n")[2]
    if not last or (ends_sentence(last) and not _BREAKS_OFF.search(last)):
        return None
    return Claim(source="end_of_text", value=last[-60:].lstrip())
