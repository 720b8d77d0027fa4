"""The words that stand beside an agency's name in a credit, in many languages. Data alone; lower case."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PICTURE = _words(
    """
    photo photos photograph photography picture pictures image images foto fotos fotó bild bilder archivbild
    symbolbild symbolfoto bildnachweis imagen imágenes imagem imagens immagine immagini fotografía fotografia
    fotografie video videos vidéo getty epa illustration grafik graphic infographic fot zdjęcie kuva kuvat beeld
    alliance shutterstock pool handout collage фото снимка відео видео fotoğraf görsel ảnh ภาพ 写真 圖 图 图片 사진 صورة
    תמונה צילום
    """
)
"""One of them, and it is a picture's credit."""

WITH = _words(
    """
    with mit avec con com met med z ze s se material inputs input files file materialien informationen
    information información informações informazioni informations informaties contributed contributing reports
    agenturmaterial bijdrage tillsammans kanssa при участии участием участю
    """
)
"""They say that the agency gave some of the material."""

AND = _words("and und et y e i og och en ja oraz a и та і ve dan & plus și και و 和 및")

BY = _words("by von par por di da door av af od от via de der für per oleh による")

CREDIT = _words(
    """
    source sources quelle quellen fuente fuentes fonte fonti bron bronnen källa källor kilde kilder lähde lähteet
    źródło źródła zdroj zdroje forrás sursa izvor vir kaynak источник источники джерело джерела източник πηγή sumber
    nguồn 来源 來源 出典 출처 المصدر منبع स्रोत
    agency agencies agentur agenturen agence agences agencia agencias agência agências agenzia agenzie agentschap
    agentura agentury agencja agencje agencije haber ajansı ajans newswire newswires wire wires service services
    news press bureau staff newsroom desk redaktion nachrichten nachrichtenagentur nyhetsbyrån nyheter nieuws
    writer writers reporter reporters correspondent correspondents journalist journalists
    copyright copyrighted rights reserved all alle rechte vorbehalten tous droits réservés reservados todos los
    derechos direitos os tutti diritti riservati riproduzione riservata c
    the this that story article report dispatch text texte texto testo artikel meldung beitrag bericht content
    material was were is been first originally published produced written provided supplied from to in on of by for
    reporting report additional edited editing compiled based agency-provided feed syndicated
    le la les des du l el il lo gli der die das dem den del della dos das do não sem
    mitteilung inhalt inhalte contents
    """
) | WITH | AND | BY  # fmt: skip
"""A phrase that holds these, agencies, dates and initials alone is a credit."""

NO_PLACES = _words(
    "andhra vijayawada visakhapatnam vizag amaravati tirupati guntur nellore kurnool kakinada rajahmundry telangana"
)
"""Places of Andhra Pradesh, which India shortens to AP."""

WORDLIKE = frozenset(
    ("ACN", "AGI", "APP", "APS", "GNA", "IPS", "MAP", "MENA", "NAN", "PA", "PNA", "PPI", "SANA", "SPA", "STA", "UNI")
)
"""Marks that are also words, or others' initials: alone they are no credit, but in brackets or beside its words."""

NO_DATELINE = frozenset({"PA"})
"""Marks that stand behind a town's name for its state."""
