"""Words that tell what kind of thing a name is, and words written with a capital that are no name. Lower case."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words(
    """
    mr mrs ms miss dr prof professor sir lord lady dame president vice-president premier chancellor minister
    secretary senator sen rep congressman congresswoman governor gov mayor judge justice chief general gen
    colonel col captain capt sergeant sgt lieutenant inspector detective officer constable king queen prince
    princess pope bishop archbishop cardinal reverend rev imam rabbi father sister coach director chairman
    chairwoman ceo ambassador attorney adv advocate admiral rear commissioner commander superintendent dj
    spokesman spokeswoman spokesperson analyst author actor actress singer striker monsieur madame mme président
    présidente ministre señor señora sr sra don doña presidente presidenta ministro ministra alcalde alcaldesa
    signor signora dottor sindaco senhor senhora prefeito prefeita mevrouw meneer dhr burgemeester statsminister
    kansler pan pani prezydent prezident ministr президент министр премьер-министр губернатор мэр глава
    президентка міністр міністерка прем'єр-міністр голова bay bayan başkan bakan bakanı cumhurbaşkanı presiden
    menteri bapak ibu gubernur
    """
)

ORGANISATION_WORDS = _words(
    """
    inc ltd llc plc corp corporation company co group holdings gmbh ag sa spa nv bv ab oy as university college
    school institute academy council ministry department agency authority commission committee court parliament
    congress senate assembly party union united association federation league club fc foundation bank fund trust
    church hospital police army navy force guard office bureau board society alliance network press times post
    herald news media airlines airways université institut ministère parti conseil banque tribunal cour
    fédération hôpital universidad ministerio partido consejo banco corte comisión federación fundación
    ayuntamiento gobierno università ministero partito consiglio banca commissione federazione fondazione comune
    universidade ministério conselho comissão federação fundação câmara universiteit ministerie partij raad
    universitet departementet partiet universität bundesbank universitetet kommune politi uniwersytet
    ministerstwo partia rada sąd univerzita ministerstvo strana soud университет министерство партия совет банк
    суд комиссия федерация фонд університет міністерство партія рада üniversitesi bakanlığı partisi bankası
    mahkemesi universitas kementerian partai dewan
    """
)

PLACE_WORDS = _words(
    """
    street road avenue boulevard lane square bridge river lake mount mountain mountains island islands county
    province district park airport bay beach valley sea ocean gulf coast peninsula city town village hills
    desert canal harbour harbor strait cape hemisphere creek falls forest station rue place pont île îles calle
    avenida plaza río isla islas provincia via piazza viale isola fiume rua praça rio ilha straat plein eiland
    gatan vägen torget veien gata ulica aleja ulice náměstí улица площадь река остров область вулиця площа
    caddesi sokak mahallesi jalan kabupaten kecamatan provinsi
    """
)

CONNECTORS = _words(
    "of de del della delle dei degli di da do dos das du des la le les van von der den ter ten bin ibn al el ul & af av"
)
"""May stand inside a name between two words with capitals."""

OF = _words("of de del della dei di da do du des")
"""After a title they make it an office: "President of the Senate" is nobody's name."""

ARTICLES = _words("the a an")

NAME_STARTS = _words("new san santa los las saint south north east west united great fort mount")
"""Stop words that begin names: "New York"."""

LEADING_PLACE_WORDS = _words(
    """
    lake mount gulf cape river port fort rue avenue boulevard place pont île îles calle avenida plaza río isla
    islas provincia via piazza viale isola fiume rua praça rio ilha ulica aleja ulice náměstí улица площадь
    остров вулиця площа jalan kabupaten kecamatan provinsi
    """
)
"""Those that stand before the name."""

DEMONYMS = _words(
    """
    american americans british english scottish welsh irish french german germans italian italians spanish
    portuguese dutch belgian swiss austrian swedish norwegian danish finnish icelandic polish czech slovak
    hungarian romanian bulgarian greek turkish russian russians ukrainian ukrainians belarusian serbian croatian
    albanian israeli israelis palestinian palestinians arab arabs arabic lebanese syrian iraqi iranian iranians
    saudi egyptian libyan moroccan tunisian algerian nigerian nigerians kenyan ghanaian ethiopian african
    africans asian asians european europeans indian indians pakistani bangladeshi nepali chinese japanese korean
    koreans taiwanese vietnamese thai indonesian malaysian filipino philippine australian australians canadian
    canadians mexican mexicans brazilian argentine chilean colombian venezuelan cuban latin jewish jews muslim
    muslims christian christians catholic catholics islamic hindu buddhist protestant democrat democrats
    democratic republican republicans conservative labour tory tories liberal western eastern northern southern
    black white god internet ok nazi olympic roman victorian californian texan londoner nederlandse duitse
    franse britse amerikaanse belgische russische europese engelse spaanse italiaanse
    """
)
"""English, and Dutch, write what belongs to a people or party with a capital: it qualifies, and names nobody."""

REPORTING = _words(
    """
    said says told added explained wrote tweeted argued believes warned announced according dit déclaré explique
    affirme ajoute selon dijo explicó aseguró añadió afirmó según detto spiegato afferma secondo disse afirmou
    explicou segundo zei zegt volgens sa sier säger sade siger sagde powiedział powiedziała mówi řekl řekla
    uvedl uvedla сказал сказала заявил заявила сообщил сообщила отметил отметила сказав заявив dedi söyledi kata
    mengatakan ujar
    """
)
"""Who stands beside them spoke, so is most likely a person."""

LOCATIVE = {
    "en": _words("in near across"), "fr": _words("à"), "es": _words("en"), "it": _words("a"), "pt": _words("em"),
    "nl": _words("in"), "sv": _words("i"), "da": _words("i"), "nb": _words("i"), "pl": _words("w"), "cs": _words("v"),
    "ru": _words("в"), "uk": _words("у в"), "id": _words("di"), "ro": _words("în"),
}  # fmt: skip
"""What stands before a place's name, by language."""
