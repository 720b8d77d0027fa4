"""What speaks for a wall before the text, and whether what is left looks like the beginning that one may read.

A publisher's appeal to subscribe stands on free pages too: only words that say that the rest is closed are evidence.
"""

import re
from collections.abc import Iterator

from pipeline.records import Claim, CleanArticle, Paywall
from pipeline.text import count_words, ends_sentence, excerpt

MAX_EVIDENCE = 10
MAX_STUB_WORDS = 350
"""Words of the longest beginning that a wall leaves. Longer texts behind a declared wall are read in full as a rule."""
MAX_BARE_WORDS = 120
"""Words from which a text that ends as it should is no stub, though the page declares a wall: many serve all of it."""
END = 300
"""Characters at the text's end where a wall's notice stands that no rule cut."""
MAX_EXCERPT = 120

RULE = "paywall_notice"

_CLOSED = re.compile(
    r"(?:subscribe|sign in|log ?in|register|sign up) (?:now )?to (?:continue|keep) reading"
    r"|to (?:continue|keep) reading|continue reading (?:with|by|for)|to read the (?:full|rest|whole)"
    r"|(?:article|content|story) is (?:only )?(?:for|available to|reserved for|exclusive to) (?:our )?subscribers"
    r"|subscribers?[- ]only|unlock this (?:article|story)|you(?:'|’)?(?: ha)?ve reached your (?:free |monthly |limit)"
    r"|jetzt weiterlesen|weiterlesen mit|um (?:diesen artikel )?weiterzulesen|(?:nur|exklusiv) für abonnenten"
    r"|artikel ist (?:nur|exklusiv) für|lesen sie diesen (?:artikel|und alle)"
    r"|réservé aux abonnés|pour lire la suite|il vous reste \d+ ?% de cet article|la suite est réservée"
    r"|para (?:seguir|continuar) leyendo|(?:contenido )?exclusivo para suscriptores|solo para suscriptores"
    r"|para continuar (?:a ler|lendo)|exclusivo para assinantes|riservato agli abbonati|per continuare a leggere"
    r"|om verder te lezen|lees verder met|alleen voor abonnees|sak for abonnenter|for å lese videre|kun for abonnenter"
    r"|for at læse videre|läs vidare|för att läsa vidare|endast för prenumeranter|jatka lukemista|vain tilaajille"
    r"|aby czytać dalej|tylko dla prenumeratorów|pozostało \d+ ?%|pro pokračování ve čtení|pouze pro předplatitele"
    r"|csak előfizetőknek|pentru a citi (?:în continuare|tot)|только для подписчиков|чтобы (?:читать|продолжить) "
    r"|лише для передплатників|για να συνεχίσετε την ανάγνωση|sadece abonelere|devamını okumak için"
    r"|この記事は(?:有料)?会員限定|続きを読むには|残り\d+文字|ログインして続きを読む|登录后阅读|订阅后(?:阅读|可)|訂閱後"
    r"|구독 후|이어서 읽으려면|للمشتركين فقط|למנויים בלבד|लिए सब्सक्राइब करें",
    re.IGNORECASE,
)
"""Words that say that the rest is closed, among those by which the rule `paywall_notice` knows a notice."""
_BREAKS_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"'»”’)]*$")
_LETTERS = re.compile(r"\w\W*$")


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
    """Whether a text looks like the beginning that a wall leaves: it is short, and breaks off or a notice ends it."""
    if not (declared or notice):
        return False
    words = count_words(body)
    if _cut_off(body) or notice:
        return words <= MAX_STUB_WORDS
    return words <= MAX_BARE_WORDS


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
    """What says that the rest is closed: cut by the rule, or left at the text's end."""
    for cut in article.removed:
        if cut.rule == RULE and _CLOSED.search(cut.excerpt):
            yield Claim(source=f"removed:{RULE}", value=excerpt(cut.excerpt, MAX_EXCERPT))
    end = article.article_body[-END:].rpartition("\n")[2]
    if match := _CLOSED.search(end):
        yield Claim(source="article_body", value=excerpt(end[match.start() :], MAX_EXCERPT))


def _cut_off(body: str) -> Claim | None:
    """The text's last words, when it breaks off."""
    last = body.rstrip().rpartition("\n")[2]
    if not last or (ends_sentence(last) and not _BREAKS_OFF.search(last)):
        return None
    return Claim(source="end_of_text", value=last[-60:].lstrip())
