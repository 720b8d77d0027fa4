"""The news agencies that credits name, each with the forms it is credited by. Data, and the search for these forms.

`names` count in any case and wherever a credit may stand. `marks` are the short forms, which other words look like:
they count as they are written here, and only where a credit alone can stand. A mark that is a word or another body in
some languages is listed with those that mean the agency by it.
"""

import re
from dataclasses import dataclass

from pipeline.text import split_phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A news agency. `id` is stable: records name it."""

    id: str
    name: str
    names: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """Of texts in which the marks mean this agency; any when empty."""
    wikidata: str | None = None


def _agency(
    id_: str, name: str, names: str = "", marks: str = "", *, languages: str = "", wikidata: str | None = None
) -> Agency:
    return Agency(
        id=id_,
        name=name,
        names=(name, *split_phrases(names)),
        marks=tuple(marks.split()),
        languages=tuple(languages.split()),
        wikidata=wikidata,
    )


AGENCIES: tuple[Agency, ...] = (
    # worldwide
    _agency("ap", "Associated Press", "The Associated Press; AP News", "AP", wikidata="Q40469"),
    _agency(
        "reuters",
        "Reuters",
        "Thomson Reuters; Reuters News; 路透社; 路透; ロイター; 로이터; 로이터통신; رويترز; Рейтер; Рейтерс; รอยเตอร์",
        wikidata="Q130879",
    ),
    _agency(
        "afp",
        "Agence France-Presse",
        "Agence France Presse; 法新社; AFP通信; AFP時事; أ ف ب; ا ف ب; فرانس برس; АФП",
        "AFP afp",
        wikidata="Q40464",
    ),
    _agency("upi", "United Press International", "", "UPI"),
    _agency("bloomberg", "Bloomberg", "Bloomberg News; 彭博社; 彭博; ブルームバーグ"),
    _agency("ips", "Inter Press Service", "Inter Press Service News Agency", "IPS"),
    _agency("dow-jones", "Dow Jones Newswires"),
    # German
    _agency(
        "dpa",
        "Deutsche Presse-Agentur",
        "dpa-AFX; dpa/lby; dpa/lnw; dpa/lni; dpa/lsw; dpa/lhe; dpa/lno; dpa/mv; dpa/bb; dpa/bw; dpa/th; dpa-infocom;"
        " dpa-tmn; German Press Agency; German news agency dpa; Deutsche Presse Agentur; د ب أ; 德新社",
        "dpa DPA",
    ),
    _agency("epd", "Evangelischer Pressedienst", "", "epd EPD"),
    _agency("kna", "Katholische Nachrichten-Agentur", "", "KNA kna"),
    _agency("sid", "Sport-Informations-Dienst", "", "SID sid", languages="de"),
    _agency("dts", "dts Nachrichtenagentur", "dts-Nachrichtenagentur", "dts", languages="de"),
    _agency("dapd", "dapd Nachrichtenagentur", "", "dapd"),
    _agency("apa", "Austria Presse Agentur", "APA-OTS; APAnet; Austria Press Agency", "APA apa", languages="de en"),
    _agency(
        "keystone-sda",
        "Keystone-SDA",
        "Keystone-ATS; Schweizerische Depeschenagentur; Agence télégraphique suisse",
        "sda SDA ats ATS",
        languages="de fr it",
    ),
    _agency("awp", "AWP Finanznachrichten", "AWP Finanznachrichtenagentur", "awp AWP", languages="de fr"),
    # Romance
    _agency("efe", "Agencia EFE", "EFE Verde; EFEverde; Agencia Efe", "EFE efe"),
    _agency("europa-press", "Europa Press"),
    _agency("acn", "Agència Catalana de Notícies", "", "ACN", languages="ca"),
    _agency("ansa", "ANSA", "Agenzia ANSA; ANSAmed; ANSA.it"),
    _agency("adnkronos", "Adnkronos"),
    _agency("agi", "Agenzia Giornalistica Italia", "", "AGI", languages="it"),
    _agency("askanews", "askanews"),
    _agency("italpress", "Italpress"),
    _agency("lapresse", "LaPresse"),
    _agency("lusa", "Agência Lusa", "", "Lusa LUSA", languages="pt en"),
    _agency("belga", "Belga", "Agence Belga; Belga News Agency; Persagentschap Belga"),
    _agency("agencia-brasil", "Agência Brasil", "Agencia Brasil"),
    _agency("estadao-conteudo", "Estadão Conteúdo", "Estadao Conteudo"),
    _agency("folhapress", "Folhapress"),
    _agency("notimex", "Notimex"),
    _agency("telam", "Télam", "Telam"),
    _agency("noticias-argentinas", "Agencia Noticias Argentinas", "Noticias Argentinas"),
    _agency("prensa-latina", "Prensa Latina"),
    _agency("andina", "Agencia Andina", "Agencia Peruana de Noticias Andina"),
    _agency("agerpres", "Agerpres"),
    _agency("mediafax", "Mediafax"),
    # Benelux and the North
    _agency("anp", "Algemeen Nederlands Persbureau", "", "ANP"),
    _agency("novum", "Novum Nieuws"),
    _agency("ritzau", "Ritzau", "Ritzaus Bureau; Ritzau Finans"),
    _agency("ntb", "Norsk Telegrambyrå", "NTB Nyhetstjenester", "NTB", languages="no nb nn da sv en"),
    _agency("tt", "TT Nyhetsbyrån", "Tidningarnas Telegrambyrå; Nyhetsbyrån TT", "TT", languages="sv"),
    _agency("stt", "Suomen Tietotoimisto", "STT-Lehtikuva; Finnish News Agency STT", "STT FNB", languages="fi sv"),
    _agency("bns", "Baltic News Service", "", "BNS", languages="lt lv et en ru"),
    _agency("leta", "Latvian Information Agency LETA", "", "LETA", languages="lv en ru"),
    _agency("elta", "Lithuanian News Agency ELTA", "", "ELTA", languages="lt en ru"),
    # British Isles, North America, Australia
    _agency("pa-media", "PA Media", "Press Association; The Press Association; PA news agency", "PA", languages="en"),
    _agency("canadian-press", "The Canadian Press", "Canadian Press; La Presse canadienne; La Presse Canadienne"),
    _agency("aap", "Australian Associated Press", "", "AAP", languages="en"),
    _agency("rnz", "Radio New Zealand News", "", "RNZ", languages="en"),
    _agency("kyodo", "Kyodo News", "Kyodo; 共同通信; 共同通信社; 共同社; 교도통신"),
    # Central and eastern Europe
    _agency("pap", "Polska Agencja Prasowa", "Polish Press Agency", "PAP", languages="pl en uk"),
    _agency("ctk", "Česká tisková kancelář", "Czech News Agency", "ČTK čtk CTK", languages="cs sk en de"),
    _agency("tasr", "Tlačová agentúra Slovenskej republiky", "", "TASR"),
    _agency("sita", "SITA Slovenská tlačová agentúra", "Slovenská tlačová agentúra", "SITA", languages="sk cs"),
    _agency("mti", "Magyar Távirati Iroda", "MTI/MTVA; Hungarian News Agency", "MTI", languages="hu en de"),
    _agency("sta", "Slovenska tiskovna agencija", "Slovenian Press Agency", "STA", languages="sl"),
    _agency("hina", "Hrvatska izvještajna novinska agencija", "", "Hina HINA", languages="hr bs sr sl"),
    _agency("tanjug", "Tanjug", "Танјуг"),
    _agency("beta-agency", "Novinska agencija Beta", "Beta news agency; Агенција Бета"),
    _agency("fena", "Federalna novinska agencija", "", "FENA Fena", languages="bs hr sr en"),
    _agency("mia", "Media Information Agency MIA", "Македонска информативна агенција", "МИА", languages="mk"),
    _agency("bta", "Bulgarian News Agency", "Българска телеграфна агенция", "БТА BTA", languages="bg en"),
    _agency("ana-mpa", "Athens-Macedonian News Agency", "ΑΠΕ-ΜΠΕ; ANA-MPA", "ΑΠΕ"),
    _agency("tass", "TASS", "ТАСС; ИТАР-ТАСС; ITAR-TASS; 塔斯社"),
    _agency("ria-novosti", "RIA Novosti", "РИА Новости; Sputnik/RIA Novosti"),
    _agency("interfax", "Interfax", "Интерфакс; ИНТЕРФАКС; INTERFAX.RU"),
    _agency("interfax-ukraine", "Interfax-Ukraine", "Інтерфакс-Україна; Интерфакс-Украина"),
    _agency("ukrinform", "Ukrinform", "Укрінформ; Укринформ"),
    _agency("unian", "UNIAN", "УНІАН; УНИАН"),
    _agency("belta", "BelTA", "БелТА; БЕЛТА"),
    _agency("kazinform", "Kazinform", "Казинформ; Қазақпарат"),
    _agency("trend", "Trend News Agency"),
    _agency("azertac", "AZERTAC", "AZƏRTAC; Азертадж"),
    _agency("armenpress", "Armenpress", "Арменпресс"),
    _agency("anadolu", "Anadolu Agency", "Anadolu; Anadolu Ajansı; وكالة الأناضول; الأناضول", "AA", languages="tr"),
    _agency("dha", "Demirören Haber Ajansı", "Demirören News Agency", "DHA", languages="tr"),
    _agency("iha", "İhlas Haber Ajansı", "", "İHA IHA", languages="tr"),
    _agency("anka", "ANKA Haber Ajansı", "", "ANKA", languages="tr"),
    # Asia
    _agency("xinhua", "Xinhua", "Xinhua News Agency; 新华社; 新华网; 新華社; Синьхуа; شينخوا; 신화통신; 신화망"),
    _agency("china-news-service", "China News Service", "中新社; 中国新闻社; 中新网"),
    _agency("cna-taiwan", "Central News Agency (Taiwan)", "中央社; 中央通訊社"),
    _agency("jiji", "Jiji Press", "時事通信; 時事通信社; 時事"),
    _agency("yonhap", "Yonhap", "Yonhap News; Yonhap News Agency; 연합뉴스; 聯合ニュース; 聯合通信"),
    _agency("newsis", "Newsis", "뉴시스"),
    _agency("news1", "News1 Korea", "뉴스1"),
    _agency("pti", "Press Trust of India", "PTI Bhasha; पीटीआई; पीटीआई-भाषा", "PTI"),
    _agency("ani", "Asian News International", "एएनआई", "ANI", languages="en hi"),
    _agency("ians", "Indo-Asian News Service", "आईएएनएस", "IANS ians"),
    _agency("uni-india", "United News of India", "", "UNI", languages="en hi"),
    _agency("app-pakistan", "Associated Press of Pakistan", "", "APP", languages="en ur"),
    _agency("ppi", "Pakistan Press International", "", "PPI", languages="en"),
    _agency("bss", "Bangladesh Sangbad Sangstha", "বাসস", "BSS", languages="bn en"),
    _agency("unb", "United News of Bangladesh", "ইউএনবি", "UNB", languages="bn en"),
    _agency("bernama", "Bernama"),
    _agency("antara", "Antara News", "Kantor Berita Antara", "ANTARA Antara", languages="id ms"),
    _agency("pna", "Philippine News Agency", "", "PNA", languages="en tl fil"),
    _agency("vna", "Vietnam News Agency", "TTXVN; Thông tấn xã Việt Nam", "VNA", languages="vi en"),
    _agency("irna", "Islamic Republic News Agency", "ایرنا", "IRNA"),
    _agency("isna", "Iranian Students' News Agency", "ایسنا", "ISNA"),
    _agency("wam", "Emirates News Agency", "Emirates News Agency-WAM; وام", "WAM"),
    _agency("spa", "Saudi Press Agency", "وكالة الأنباء السعودية; واس", "SPA", languages="en ar"),
    _agency("kuna", "Kuwait News Agency", "كونا", "KUNA"),
    _agency("qna", "Qatar News Agency", "قنا", "QNA", languages="en ar"),
    _agency("sana", "Syrian Arab News Agency", "سانا", "SANA", languages="en ar fr"),
    _agency("mena", "Middle East News Agency", "أ ش أ", "MENA", languages="ar en"),
    _agency("petra", "Jordan News Agency", "بترا", "PETRA", languages="en ar"),
    # Africa
    _agency("panapress", "Panapress", "Panafrican News Agency"),
    _agency("aps-senegal", "Agence de presse sénégalaise", "", "APS", languages="fr"),
    _agency("map", "Maghreb Arabe Presse", "Agence marocaine de presse; و م ع", "MAP", languages="fr ar"),
    _agency("nan", "News Agency of Nigeria", "", "NAN", languages="en"),
    _agency("gna", "Ghana News Agency", "", "GNA", languages="en"),
)  # fmt: skip

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One form of an agency's name. What is no mark is looked for in any case."""

    text: str
    agency: Agency
    is_mark: bool

    def stands_at(self, text: str, start: int) -> bool:
        end = start + len(self.text)
        written = text[start:end]
        same = written == self.text if self.is_mark else written.casefold() == self.text.casefold()
        return same and not text[end : end + 1].isalnum() and not _in_address(text, start, end)


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether a word is a part of an address: "www.apa.org", "desk@dpa.example"."""
    joined = text[end : end + 1] in (".", "@") and text[end + 1 : end + 2].isalnum()
    return joined or (text[start - 1 : start] in (".", "@") and text[start - 2 : start - 1].isalnum())


def _all_forms() -> list[_Form]:
    """The longest first, so that the first that stands somewhere is the whole of it."""
    forms = [_Form(text=name, agency=each, is_mark=False) for each in AGENCIES for name in each.names]
    forms += [_Form(text=mark, agency=each, is_mark=True) for each in AGENCIES for mark in each.marks]
    return sorted(forms, key=lambda form: -len(form.text))


_FORMS = _all_forms()
_RUN_ON = [form for form in _FORMS if _UNSPACED.search(form.text)]
_BY_FIRST_WORD: dict[str, list[_Form]] = {}
for _form in _FORMS:
    if not _UNSPACED.search(_form.text):
        _BY_FIRST_WORD.setdefault(_WORD.findall(_form.text)[0].casefold(), []).append(_form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Where a text names an agency."""

    agency: Agency
    start: int
    end: int
    is_mark: bool


def find_agencies(text: str, language: str) -> list[Named]:
    """Every agency that a short text may name, in its order. Whether it is a credit, its surroundings tell."""
    found: list[Named] = []
    last = 0
    for word in _WORD.finditer(text):
        candidates = _BY_FIRST_WORD.get(word.group().casefold())
        if candidates is None or (start := word.start()) < last:
            continue
        standing = [form for form in candidates if _means(form, language) and form.stands_at(text, start)]
        if standing:
            # of two agencies with one mark the one that the language is listed for
            form = max(standing, key=lambda form: (len(form.text), bool(form.agency.languages)))
            last = start + len(form.text)
            found.append(Named(agency=form.agency, start=start, end=last, is_mark=form.is_mark))
    return sorted([*found, *_run_on(text, found)], key=lambda named: named.start)


def _means(form: _Form, language: str) -> bool:
    return not form.is_mark or not form.agency.languages or language in form.agency.languages


def _run_on(text: str, found: list[Named]) -> list[Named]:
    """The agencies in scripts that set no spaces between words."""
    spans = [(each.start, each.end) for each in found]
    more: list[Named] = []
    for form in _RUN_ON if _UNSPACED.search(text) else ():
        start = text.find(form.text)
        end = start + len(form.text)
        if start >= 0 and all(end <= begun or ended <= start for begun, ended in spans):
            spans.append((start, end))
            more.append(Named(agency=form.agency, start=start, end=end, is_mark=False))
    return more
