"""Words that mark articles of a kind: in the URL, as the section, before the headline, in the text. Data alone."""

URL_WORDS = {
    "live_blog": r"live-?(?:blog|ticker|updates?|text|stream|feed|coverage)|liveblogg|newsticker"
    r"|minute-by-minute|en-direct"
    r"|le-direct|en-vivo|minuto-a-minuto|em-direto|ao-vivo|in-diretta|diretta-live|na-zywo|relacja-live"
    r"|direkterapport"
    r"|direktrapport|canli-anlatim|onlain|tekstova-onlayn|as-it-happened|updates-live",
    "gallery": r"(?:photo|picture|image|bilder|foto)-?(?:gallery|galerie|strecke|story|essay)|/gallery/"
    r"|/galler(?:y|ies)/|/galerie/"
    r"|/galerias?/|/fotogaler|/fotostrecke|/bildstrecke|/diaporama|/photos/|/pictures/|/in-pictures|/fotos/"
    r"|/slideshow"
    r"|/galleria/|/galeria/|/bilder/|/photo/|/bildspecial",
    "video": r"/videos?/|/video-|/watch/|/av/|/tv/|/mediathek/|/clips?/",
    "press_release": r"press-?releases?|pressemitteilung|presse-?meldung|pressemeddelelse|pressmeddelande"
    r"|pressemelding"
    r"|communiques?(?:-de-presse)?/|comunicados?(?:-de-prensa|-de-imprensa)?/|comunicati?-stampa|persbericht"
    r"|tiedote|tiskova-zprava|/newsroom/|/press/|/presse/|prnewswire|businesswire|globenewswire|presseportal"
    r"|/news-releases?/",
    "opinion": r"/opinions?/|/opinion-|/op-?eds?/|/editorials?/|/commentary/|/commentisfree/|/columns?/"
    r"|/columnists?/|/kommentare?/"
    r"|/meinung/|/kolumnen?/|/leitartikel/|/tribunes?/|/debats?/|/idees/|/opiniones/|/columnas?/|/opiniao/"
    r"|/colunas?/"
    r"|/opinioni/|/editoriale/|/commenti/|/opinie/|/columns/|/mening(?:en)?/|/debatt/|/leder(?:e|en)?/|/ledare/"
    r"|/kronik(?:k)?(?:en)?/|/kronikor/|/mielipide/|/paakirjoitus|/opinie/|/felieton|/nazory/|/velemeny/|/yazarlar/"
    r"|/kose-yazilari|/mnenie|/opinii/|/kolumne/",
}
"""Regular expressions; the URL is in lower case."""
SECTIONS = {
    "live_blog": "live; live blog; liveblog; liveticker; ticker; en direct; en vivo; ao vivo; diretta",
    "gallery": "gallery; photos; pictures; in pictures; bilder; fotostrecken; diaporama; fotogalería; fotos; galleria",
    "video": "video; videos; tv; mediathek; watch",
    "press_release": "press release; press releases; pressemitteilung; pressemitteilungen; communiqué;"
    " communiqués; comunicados;"
    " comunicado; comunicati stampa; pressmeddelande; pressemelding; pressemeddelelse; persbericht; newsroom",
    "opinion": "opinion; opinions; op ed; editorial; editorials; commentary; comment; column; columns;"
    " columnists; letters;"
    " viewpoint; viewpoints; views; perspectives; guest essay; letters to the editor; meinung; meinungen; kommentar;"
    " kommentare; kolumne; kolumnen; leitartikel; gastkommentar; gastkommentare; gastbeitrag; gastbeiträge; standpunkt;"
    " leserbriefe; debatte; tribune; tribunes; débats; idées; chronique;"
    " édito; opinión;"
    " columna; editoriales; opinião; coluna; opinioni; commenti; editoriale; opinie; commentaar; mening;"
    " debatt; ledare;"
    " leder; kronik; kronikk; meninger; mielipide; pääkirjoitus; felieton; komentarz; názory; komentář;"
    " vélemény; мнение;"
    " мнения; колонка; думка; погляд; γνώμη; απόψεις; görüş; yazarlar; opini; 社説; 評論; 观点; 评论; 사설;"
    " 칼럼; رأي; آراء; דעות",
}
"""What the section of such an article is called, in parts between semicolons; compared folded."""
HEADLINES = {
    "live_blog": "live; live blog; liveblog; live updates; live coverage; as it happened; liveticker;"
    " newsticker; ticker;"
    " en direct; direct; en vivo; minuto a minuto; em direto; ao vivo; diretta; in diretta; na żywo; direkte;"
    " direktrapport;"
    " онлайн; прямой эфир; наживо; canlı; canlı anlatım; siaran langsung; 速報; 实时; 실시간; مباشر; בשידור חי",
    "gallery": "gallery; photo gallery; in pictures; photos; pictures; slideshow; bildergalerie; fotostrecke;"
    " bilder; en images;"
    " diaporama; fotogalería; galería; en imágenes; galeria de fotos; fotogallery; le foto; in beeld; galeria;"
    " галерея; фото",
    "video": "video; watch; vidéo; vídeo; видео; відео; βίντεο; 動画; 视频; 영상; فيديو; וידאו",
    "press_release": "press release; news release; media release; pressemitteilung; communiqué de presse;"
    " communiqué;"
    " comunicado de prensa; comunicado de imprensa; comunicato stampa; persbericht; pressmeddelande; pressemelding;"
    " pressemeddelelse; tiedote; tisková zpráva; komunikat prasowy; пресс релиз",
    "opinion": "opinion; op ed; editorial; commentary; comment; column; analysis and opinion;"
    " letter to the editor; letters;"
    " meinung; kommentar; kolumne; leitartikel; gastbeitrag; tribune; chronique; édito; éditorial; billet;"
    " opinión; columna;"
    " tribuna; opinião; coluna; artigo de opinião; opinione; commento; editoriale; l'opinione; opinie;"
    " commentaar; column;"
    " ledare; leder; debatt; kronik; kronikk; krönika; mielipide; pääkirjoitus; kolumni; felieton; komentarz;"
    " opinia; názor;"
    " komentář; vélemény; jegyzet; opinie; мнение; колонка; думка; γνώμη; άποψη; görüş; opini; 社説;"
    " オピニオン; 社论; 评论; 사설; 칼럼;"
    " 오피니언; رأي; افتتاحية; דעה",
}
"""What stands before the headline, followed by a colon, a bar or a dash."""
TEXTS = {
    "press_release": "for immediate release; embargoed until; notes to editors; note to editors;"
    " media contact; media contacts;"
    " press contact; press contacts; media enquiries; media inquiries; pressekontakt;"
    " ansprechpartner für die presse;"
    " rückfragen bitte an; contact presse; contacts presse; contacto de prensa; contacto de medios;"
    " contato de imprensa;"
    " contatti stampa; ufficio stampa; perscontact; noot voor de redactie; presskontakt; pressekontakt;"
    " kontakt dla mediów;"
    " forward looking statements; source business wire; view original content",
}
"""What paragraphs of such an article begin with."""
