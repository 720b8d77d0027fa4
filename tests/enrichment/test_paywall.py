"""What speaks for a wall before a text, and which texts look like the beginning that it leaves."""

import pytest

from pipeline.enrichment.paywall import MAX_BARE_WORDS, MAX_STUB_WORDS, looks_like_stub, paywall
from pipeline.records import Claim, CleanArticle, Paywall, Removed, Rights
from tests.enrichment.articles import FERRY, article

WHOLE = "The ferry sails on Monday. The harbour board said so."
BROKEN = "The ferry sails on Monday. The harbour board said that nobody had"
CLOSED = Rights(is_accessible_for_free=False, claims=(Claim(source="json_ld:isAccessibleForFree", value="false"),))
FREE = Rights(is_accessible_for_free=True, claims=(Claim(source="json_ld:isAccessibleForFree", value="true"),))
LONG = " ".join([WHOLE] * MAX_STUB_WORDS)


def notice(text: str, body: str = FERRY) -> CleanArticle:
    removed = Removed(rule="paywall_notice", excerpt=text, length=len(text), place="/html/body/div[3]")
    return article(body, removed=(removed,), rights=Rights())


def wall(clean: CleanArticle) -> Paywall:
    found = paywall(clean)
    assert found is not None
    return found


def test_a_page_that_shows_no_sign_of_a_wall_has_no_entry() -> None:
    assert paywall(article(BROKEN, rights=Rights())) is None


@pytest.mark.parametrize(
    ("rights", "declared"),
    [
        (CLOSED, True),
        (FREE, False),
        (
            Rights(is_accessible_for_free=False, claims=(Claim(source="meta:article:content_tier", value="metered"),)),
            True,
        ),
        (Rights(closed_parts=(".more",), claims=(Claim(source="json_ld:hasPart", value=".more"),)), True),
        (
            Rights(
                is_accessible_for_free=True,
                closed_parts=(".more",),
                claims=(
                    Claim(source="json_ld:isAccessibleForFree", value="true"),
                    Claim(source="json_ld:hasPart", value=".more"),
                ),
            ),
            True,
        ),
    ],
)  # fmt: skip
def test_what_the_page_declares_is_evidence_with_its_place(rights: Rights, declared: bool) -> None:
    found = wall(article(rights=rights))
    assert (found.declared, found.evidence) == (declared, rights.claims)


NOTICES = [
    "Subscribe to continue reading",
    "Already a member? Sign in to continue reading this story.",
    "This article is for subscribers only.",
    "You've reached your monthly limit of free stories",
    "Jetzt weiterlesen mit Plus",
    "Exklusiv für Abonnenten",
    "Dieser Artikel ist nur für Mitglieder",
    "Article réservé aux abonnés",
    "Il vous reste 72 % de cet article à lire.",
    "Contenido exclusivo para suscriptores",
    "Conteúdo exclusivo para assinantes",
    "Contenuto riservato agli abbonati",
    "Lees verder met een abonnement",
    "Dette er en sak for abonnenter",
    "Endast för prenumeranter",
    "Jatka lukemista tilaamalla",
    "Tylko dla prenumeratorów",
    "Только для подписчиков",
    "この記事は会員限定です",
    "登录后阅读全文",
    "للمشتركين فقط",
]
APPEALS = [
    "Subscribe now to our newsletter",
    "Support our journalism: become a member",
    "Subscribe now to keep reading and get access to the full archive.",
    "Already have an account? Log in",
    "Lesen Sie diesen Artikel: Die Fähre fährt wieder",
]


@pytest.mark.parametrize("text", NOTICES)
def test_words_that_the_rest_is_closed_are_evidence(text: str) -> None:
    assert wall(notice(text)).evidence == (Claim(source="removed:paywall_notice", value=text),)


@pytest.mark.parametrize("text", APPEALS)
def test_an_appeal_to_subscribe_is_none(text: str) -> None:
    assert paywall(notice(text)) is None


def test_a_notice_that_no_rule_cut_is_found_as_the_last_line() -> None:
    found = wall(article(f"{WHOLE}\n\nTo read the full story you need a subscription.", rights=Rights()))
    assert [claim.source for claim in found.evidence] == ["article_body"]
    assert found.is_stub


def test_where_a_walled_text_breaks_off_is_evidence() -> None:
    found = wall(article(BROKEN, rights=CLOSED))
    assert found.evidence[-1] == Claim(source="end_of_text", value=BROKEN[-60:].lstrip())


STUBS = [
    ("declared, and breaks off", article(BROKEN, rights=CLOSED), True),
    ("declared, and ends in dots", article(f"{WHOLE} Nobody had said…", rights=CLOSED), True),
    ("declared and very short", article(WHOLE, rights=CLOSED), True),
    ("declared, but the whole story is there", article(" ".join([WHOLE] * 20), rights=CLOSED), False),
    ("declared, breaks off, but is long", article(f"{LONG} and then", rights=CLOSED), False),
    ("a notice, and it breaks off", notice("Subscribe to continue reading", BROKEN), True),
    ("a notice under a whole story", notice("Article réservé aux abonnés", " ".join([WHOLE] * 20)), False),
    ("declared free", article(BROKEN, rights=FREE), False),
    ("no sign but the end", article(BROKEN, rights=Rights()), None),
]  # fmt: skip


@pytest.mark.parametrize(("clean", "is_stub"), [row[1:] for row in STUBS], ids=[row[0] for row in STUBS])
def test_what_looks_like_a_walls_beginning(clean: CleanArticle, is_stub: bool | None) -> None:
    found = paywall(clean)
    assert (found and found.is_stub) is is_stub


def test_two_signs_make_a_stub_of_a_longer_text_than_one() -> None:
    body = " ".join(["word"] * (MAX_BARE_WORDS + 10)) + "."
    assert not looks_like_stub(body, declared=True, notice=False)
    assert looks_like_stub(body, declared=True, notice=True)
    assert not looks_like_stub(body, declared=False, notice=False)
