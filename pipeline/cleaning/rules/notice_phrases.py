"""The words by which notes of the publisher about the page begin. Data alone: `lookup` finds them, as in `phrases`."""

NOTICE_PHRASES = {
    "embed": """
        we need your consent to load; we need your permission to load; we ask for your permission before;
        to view this content you; to view this video please; to see this content you; to display this content;
        this content is hosted by a third party; this content is provided by;
        this article contains content provided by;
        this content is not available due to your; this content is blocked; by loading the content you;
        please enable javascript
        empfohlener redaktioneller inhalt; empfohlener externer inhalt; externen inhalt anzeigen;
        an dieser stelle finden sie einen; an dieser stelle finden sie externe;
        an dieser stelle befindet sich ein externer;
        an dieser stelle wird ein externer; ich bin damit einverstanden dass mir;
        ich bin einverstanden dass mir; zum anzeigen dieses inhalts;
        zur anzeige dieses inhalts;
        um diesen inhalt anzuzeigen; um diesen inhalt zu sehen; um diesen inhalt sehen zu;
        um diesen inhalt darzustellen;
        dieser inhalt kann nicht angezeigt werden; dieser externe inhalt;
        erst wenn sie hier klicken;
        mit dem laden des inhalts;
        wir benötigen ihre zustimmung um den; wir benötigen ihre zustimmung um diesen inhalt;
        wir brauchen ihre zustimmung um den; wir brauchen ihre zustimmung um diesen inhalt;
        sie können ihn sich mit einem klick anzeigen; damit können personenbezogene daten an drittplattformen
        ce contenu est bloqué; ce contenu externe; ce contenu provient de; pour afficher ce contenu;
        pour visualiser ce contenu;
        pour voir ce contenu; vous pouvez accepter les cookies pour; cette vidéo ne peut pas être lue;
        cette vidéo ne peut pas être affichée
        este contenido está alojado; este contenido externo; para ver este contenido; para visualizar este contenido;
        para ver este conteúdo; este conteúdo está hospedado; questo contenuto è ospitato;
        per visualizzare questo contenuto; per vedere questo contenuto
        deze inhoud is afkomstig; om deze inhoud te kunnen; om deze inhoud te zien;
        for å se dette innholdet; for at se dette indhold; för att se det här innehållet;
        aby zobaczyć tę treść; pro zobrazení tohoto obsahu;
        a tartalom megtekintéséhez; pentru a vedea acest conținut; για να δείτε αυτό το περιεχόμενο;
        bu içeriği görmek için; чтобы увидеть этот контент; щоб переглянути цей вміст
    """,
    "embed_label": """
        accept and view; allow external content; externer inhalt; externe inhalte; inhalte von drittanbietern;
        contenido externo; contenuto esterno; treść zewnętrzna
    """,
    "affiliate": """
        products are independently selected; all products are independently; every product is independently;
        this article contains affiliate links; this post contains affiliate links;
        this page contains affiliate links; this story contains affiliate links; contains affiliate links;
        affiliate disclosure; prices were accurate at; prices accurate at
        dieser artikel enthält affiliate; dieser beitrag enthält affiliate; dieser text enthält affiliate;
        die mit gekennzeichneten links; mit gekennzeichnete links;
        enthält affiliate links; für käufe über diese links;
        wenn sie über diese links; hinweis der artikel enthält affiliate; provisions links
        cet article contient des liens affiliés; cet article contient des liens d'affiliation;
        este artículo contiene enlaces de afiliados; este artículo incluye enlaces de afiliados;
        esta página contém links de afiliados;
        este artigo contém links de afiliados; questo articolo contiene link di affiliazione;
        dit artikel bevat affiliate;
        denne artikkelen inneholder annonselenker; artikeln innehåller annonslänkar; artykuł zawiera linki afiliacyjne
    """,
    "affiliate_opening": """
        if you buy something using; if you buy something through; if you purchase through;
        when you buy through; when you purchase through; when you shop through; we may earn a commission;
        we may earn commission; we may receive a commission; we earn a commission; we may get a commission;
        we independently evaluate; we independently select; we independently review; we independently research;
        all products featured; as an amazon associate
        die mit einem symbol; bei links mit; wir erhalten eine provision
    """,
    "translation": """
        this article was translated; this story was translated; this article has been translated;
        this article was originally published in; this is a machine translation;
        dies ist eine maschinelle übersetzung; dieser text wurde aus dem englischen;
        dieser artikel wurde aus dem englischen; dieser artikel wurde aus dem französischen;
        dieser artikel wurde maschinell; dieser text wurde maschinell;
        aus dem englischen übersetzt; cet article a été traduit; este texto ha sido traducido;
        este artículo ha sido traducido
    """,
    "translators": """
        translated from the; translated by; aus dem englischen von; aus dem amerikanischen von;
        aus dem amerikanischen englisch von; aus dem französischen von; übersetzung aus dem; übersetzt von;
        traduit de l'anglais; traduction de; traducción de; tradução de; texto traduzido; traduzione di;
        vertaald door; oversatt av; oversat af; översatt av
    """,
    "contributors": """
        additional reporting by; reporting by; reporting and editing by; editing by; with reporting by;
        with additional reporting; with files from; compiled by; with inputs from; with agency inputs;
        mit material von; mit agenturmaterial; avec afp; avec agence; con información de;
        con informações de;
        com informações de; met medewerking van
    """,
}
