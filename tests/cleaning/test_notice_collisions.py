"""Stories open paragraphs with the words of notices too: there the rules for notices leave them alone."""

import pytest

from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean

AROUND = (
    "The chain ferry over the Wend will keep running through the winter, the harbour council decided on Tuesday after "
    "four hours of talks that at times grew loud.",
    "Some two hundred people had come to the town hall, and most of them live on the eastern bank, where the next "
    "bridge is eighteen kilometres away.",
)
STORIES = (
    "You can change your mind at any time, the minister told those who had signed the form on Monday.",
    "Dit is een externe commissie die het onderzoek naar de brand zal leiden, zei de burgemeester dinsdag.",
    "Um diesen Inhalt des Briefes stritten die Anwälte vor dem Landgericht mehr als zwei Stunden lang.",
    "Cette vidéo ne peut pas être considérée comme une preuve, a déclaré le procureur mardi soir.",
    "Pour visualiser ce phénomène, les chercheurs ont placé des caméras sur les deux rives du fleuve.",
    "„Wir brauchen Ihre Zustimmung“, sagte die Bürgermeisterin den Anwohnern, die ins Rathaus kamen.",
    "Inhalte von Drittanbietern müssen künftig gekennzeichnet werden, entschied das Gericht am Dienstag.",
    "All products featured at the fair must be certified from next year, the ministry said on Tuesday.",
    "As an Amazon associate in the warehouse by the river, Maria Torres packed three hundred boxes an hour.",
    "“We earn a commission on every house that we sell,” the agent told the court on Tuesday.",
    "Translated from the Arabic, the word means “the base”, and the men who used it first meant a list.",
    "Aus dem amerikanischen Verteidigungsministerium hieß es am Dienstag, man prüfe die Berichte noch.",
    "Traduction de ce malaise, le taux de participation n'a pas dépassé trente pour cent.",
    "Reporting by the local paper brought the case to light, and the prosecutor opened an inquiry in May.",
    "Con información de los vecinos, la policía logró detener a los dos sospechosos el martes por la noche.",
    "The company reported a profit of 30 million euros for the quarter, up from 20 million a year earlier.",
    "Police reported that two men were taken from the scene by helicopter, both with burns.",
    "Sigue la polémica por el video que circuló en WhatsApp y que muestra al alcalde en la fiesta.",
    "Follow the money, not the posts on Facebook, the investigator told the committee on Tuesday.",
)
NOTICES = {
    "Externe Inhalte": "embed_notice",
    "If you buy something through our pages, we may get a commission.": "affiliate_notice",
    "Translated from the German by Nora Reed": "translation_note",
    "Reporting by Nora Reed in Wendhaven; editing by Sam Moss.": "contributors",
    "Mit Material von dpa": "contributors",
    "Sam Moss contributed to this report.": "contributors",
    "Follow the Wend Ledger on Facebook": "follow_us",
}


def _cleaned(last: str, *, flat: bool) -> CleanArticle:
    lines = (*AROUND, last)
    body = "\n".join(lines) if flat else "".join(f"<p>{line}</p>" for line in lines)
    head = "Council keeps the chain ferry\n" if flat else "<h1>Council keeps the chain ferry</h1>"
    kind = "text/plain" if flat else "text/html"
    page = RawPage(url="https://news.example.org/x", body=(head + body).encode(), content_type=f"{kind}; charset=utf-8")
    article = clean(page)
    assert isinstance(article, CleanArticle)
    return article


@pytest.mark.parametrize("flat", [False, True], ids=["html", "flattened"])
@pytest.mark.parametrize("story", STORIES)
def test_a_story_that_opens_like_a_notice_is_kept(story: str, *, flat: bool) -> None:
    assert story in _cleaned(story, flat=flat).article_body


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_is_cut_by_its_rule(notice: str) -> None:
    assert NOTICES[notice] in {entry.rule for entry in _cleaned(notice, flat=False).removed}
