"""The words around names in by-lines, by language: data for `bylines`, one row per language.

`BY` stands before a name, `AND` between two, `ROLES` beside one. A new language is a new row in each.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BY: dict[str, tuple[str, ...]] = {
    "en": ("by", "written by", "posted by", "words by", "story by", "reported by", "published by", "author",
           "authors", "article by", "reviewed by", "report by", "text by", "contributed by", "from",
           "reporting by", "analysis by", "contributor", "contributors"),
    "de": ("von", "ein gastbeitrag von", "ein kommentar von", "eine analyse von", "autor", "autorin", "autoren",
           "text", "verfasst von", "aus", "kommentar von", "interview von", "eine kolumne von", "ein essay von",
           "protokoll"),
    "fr": ("par", "propos recueillis par", "publié par", "auteur", "auteure", "écrit par", "texte",
           "rédigé par"),
    "es": ("por", "escrito por", "publicado por", "autor", "autora", "texto", "firma"),
    "pt": ("por", "escrito por", "publicado por", "autor", "autora", "texto", "da redação"),
    "it": ("di", "a cura di", "scritto da", "pubblicato da", "autore", "autrice", "testo di", "da"),
    "ca": ("per", "escrit per", "autoria"),
    "ro": ("de", "scris de", "autor", "redactor", "publicat de"),
    "nl": ("door", "auteur", "tekst", "geschreven door", "van onze redacteur"),
    "sv": ("av", "text", "skriven av", "reporter", "författare"),
    "no": ("av", "tekst", "skrevet av", "journalist"),
    "da": ("af", "tekst", "skrevet af", "journalist"),
    "fi": ("teksti", "kirjoittaja", "toimittaja", "kirjoittanut"),
    "is": ("höfundur", "eftir"),
    "pl": ("autor", "autorka", "autorzy", "napisał", "napisała", "tekst", "opracowanie", "opr"),
    "cs": ("autor", "autorka", "autoři", "napsal", "napsala", "text"),
    "sk": ("autor", "autorka", "napísal", "napísala"),
    "hu": ("írta", "szerző", "szöveg"),
    "hr": ("piše", "autor", "autorica", "napisao", "napisala", "tekst"),
    "sl": ("avtor", "avtorica", "piše"),
    "lt": ("autorius", "autorė"),
    "lv": ("autors", "autore"),
    "et": ("autor", "tekst"),
    "tr": ("yazan", "yazar", "haber", "muhabir", "hazırlayan"),
    "ru": ("автор", "авторы", "текст", "автор статьи", "корреспондент"),
    "uk": ("автор", "автори", "авторка", "текст", "кореспондент"),
    "bg": ("автор", "от", "текст"),
    "sr": ("аутор", "пише", "piše", "autor"),
    "el": ("του", "της", "γράφει", "γράφει ο", "γράφει η", "συντάκτης", "από", "κείμενο"),
    "ar": ("بقلم", "كتب", "كتبت", "إعداد", "تأليف", "الكاتب", "الكاتبة", "تقرير"),
    "he": ("מאת", "כתב", "כתבה"),
    "fa": ("نویسنده", "به قلم", "گزارش"),
    "ur": ("تحریر", "از"),
    "hi": ("लेखक", "द्वारा", "रिपोर्टर", "लेखिका"),
    "bn": ("লেখক", "প্রতিবেদক"),
    "id": ("oleh", "penulis", "reporter", "ditulis oleh", "pewarta"),
    "vi": ("tác giả", "theo", "bài", "bởi"),
    "th": ("โดย", "เขียนโดย", "ผู้เขียน"),
    "sw": ("na", "imeandikwa na", "mwandishi"),
    "zh": ("作者", "记者", "記者", "文", "撰文", "文字", "本报记者", "本報記者", "撰稿"),
    "ja": ("文", "執筆", "取材", "筆者", "著者", "執筆者", "文責"),
    "ko": ("글", "기자", "작성자"),
}  # fmt: skip

WEAK_BY = _words(
    """
    from aus da de na per text tekst texto texte theo bài από от haber firma eftir از 文 글 كتب כתב
    reporter journalist protokoll
    """
)
"""Common words that introduce a name only before a colon or in an element that is marked as a by-line."""

AND = _words(
    """
    and und et y e i och og ja en a ve dan и та і και és și oraz na with mit avec con med ו و और
    """
)

AFTER_NAME = _words(
    """
    on in at for edited updated published posted reviewed last is aus für pour para per til publié
    mis publicado aktualisiert veröffentlicht pubblicato photo photos photography foto fotos
    """
)
"""What begins behind a name: a place, a date, a second credit."""

ROLES = _words(
    """
    editor reporter correspondent writer journalist contributor columnist author senior chief bureau
    freelance producer guest associate assistant deputy managing executive director professor
    photographer special edited updated published reviewed dr
    redakteur redakteurin korrespondent korrespondentin reporterin autor autorin redaktor redaktorin
    volontär volontärin chefredakteur chefredakteurin kolumnist gastautor gastautorin journaliste
    rédacteur rédactrice correspondant correspondante envoyé envoyée redactor redactora periodista
    corresponsal redattore redattrice giornalista repórter jornalista redator redatora
    correspondente redacteur verslaggever correspondent redaktör journalistin nyhetsreporter
    redaktør korrespondent toimittaja dziennikarz dziennikarka redaktorka redaktor novinář novinářka
    újságíró szerkesztő muhabir editör журналист корреспондент редактор обозреватель журналістка
    кореспондент wartawan penulis jurnalis 記者 记者 編集委員 特派員 編輯 编辑 기자 특파원 صحفي مراسل محرر כתב עורך
    συντάκτης δημοσιογράφος ceo cto founder cofounder co-founder head manager specialist strategist
    marketing content seo expert analyst consultant intern fellow lecturer
    """
)

DEGREES = _words("phd md mba cfa cpa jd rd rn msc esq")
"""Behind a declared name they are part of it, in a by-line they stand for themselves."""

TITLES = _words("dr prof professor")
"""Words before a name that belong to it, though alone or behind one they say what somebody does."""

ROLE_SUFFIXES = (
    "記者",
    "记者",
    "特派員",
    "編集委員",
    "支局長",
    "撮影",
    "기자",
    "특파원",
    "기자님",
    "論説委員",
    "編輯",
    "编辑",
)

ORGANISATION = _words(
    """
    news staff team redaktion redaction rédaction redacción redacao redação redazione redactie
    redaksjonen redaktionen toimitus redakcja redakce redakcija редакция редакція desk press agency
    agencies agence agencia agenzia agentur wire newsroom editors editorial board service services
    network media magazine times post herald tribune gazette online digital tv radio foundation
    institute university company inc llc ltd gmbh group association department office contributors
    reporters correspondents correspondent guest admin web reuters afp dpa apa sda ap upi efe ansa
    ntb tt stt bloomberg xinhua kyodo pti ani lusa belga anp ritzau interfax tass yonhap antara
    bernama sid kna epd 編集部 編輯部 编辑部 新聞 新闻
    新聞社 通信 共同通信 時事通信 新华社 통신 뉴스 وكالات رويترز מערכת
    """
)

PARTICLES = _words(
    """
    von van vom zu zum zur der den dem de del della delle di da das do dos du des d la le les los
    las el al bin ibn ben bint abu ap af av ten ter te und y e i mac mc st san santa the of 't o
    """
)
"""The words of a name that may begin with a small letter."""

NO_NAME = _words(
    """
    bio full view profile posts post articles article read reading more min mins minute minutes ago
    share follow posted published updated editor-in-chief attorney story stories latest all about
    our this here how why what when where comments photo video click contact learn see get your you
    his her their written by commons license licence lizenz fact checked checker section sections
    veröffentlicht aktualisiert publié publicado
    actualizado pubblicato aggiornato gepubliceerd opublikowano
    """
)
"""Words that no name has: buttons, links and prose in by-line boxes."""

NOBODY = _words(
    """
    admin administrator webmaster root user guest anonymous unknown none null undefined n/a author
    authors editor autor autorin auteur redactor default test superuser wordpress wp subscribe share
    facebook twitter instagram linkedin youtube follow email print comments comment login
    advertisement home menu search more biography profile
    """
)

OTHER_CREDITS = _words(
    """
    reviewed edited checked fact-checked verified updated photos photography illustrations geprüft redigiert
    bearbeitet relu vérifié revisado editado verificado rivisto redatto gecontroleerd fotos foto photo
    """
)
"""What stands before the name of someone else than the author."""
