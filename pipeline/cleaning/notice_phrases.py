"""The words by which notes of the publisher about the page begin. Data alone: `lookup` finds them, as in `phrases`."""

NOTICE_PHRASES = {
    "embed": """
        we need your consent to load; we need your permission to load; we ask for your permission before;
        to view this content you; to view this video please; to see this content you; to display this content;
        this content is hosted by a third party; this content is provided by;
        this article contains content provided by;
        this content is not available due to your; this content is blocked; by loading the content you;
        accept and view;
        allow external content; you can change your mind at any time; please enable javascript
        empfohlener redaktioneller inhalt; empfohlener externer inhalt; externer inhalt; externen inhalt anzeigen;
        externe inhalte; an dieser stelle finden sie; an dieser stelle befindet sich ein externer;
        an dieser stelle wird ein externer; ich bin damit einverstanden dass mir;
        ich bin einverstanden dass mir; zum anzeigen dieses inhalts;
        zur anzeige dieses inhalts;
        um diesen inhalt; dieser inhalt kann nicht angezeigt werden; dieser externe inhalt;
        erst wenn sie hier klicken;
        mit dem laden des inhalts; inhalte von drittanbietern; wir benötigen ihre zustimmung;
        wir brauchen ihre zustimmung;
        sie können ihn sich mit einem klick anzeigen; damit können personenbezogene daten an drittplattformen
        ce contenu est bloqué; ce contenu externe; ce contenu provient de; pour afficher ce contenu;
        pour visualiser ce;
        pour voir ce contenu; vous pouvez accepter les cookies pour; cette vidéo ne peut pas être
        este contenido está alojado; este contenido externo; para ver este contenido; para visualizar este contenido;
        contenido externo; para ver este conteúdo; este conteúdo está hospedado; questo contenuto è ospitato;
        per visualizzare questo contenuto; per vedere questo contenuto; contenuto esterno
        deze inhoud is afkomstig; om deze inhoud te kunnen; om deze inhoud te zien; dit is een externe;
        for å se dette innholdet; for at se dette indhold; för att se det här innehållet;
        aby zobaczyć tę treść; treść zewnętrzna; pro zobrazení tohoto obsahu;
        a tartalom megtekintéséhez; pentru a vedea acest conținut; για να δείτε αυτό το περιεχόμενο;
        bu içeriği görmek için; чтобы увидеть этот контент; щоб переглянути цей вміст
    """,
    "affiliate": """
        if you buy something using; if you buy something through; if you purchase through;
        when you buy through; when you purchase through; when you shop through; we may earn a commission;
        we may earn commission; we may receive a commission; we earn a commission; we may get a commission;
        we independently evaluate; we independently select; we independently review; we independently research;
        products are independently selected; all products featured; all products are independently;
        every product is independently; this article contains affiliate links;
        this post contains affiliate links;
        this page contains affiliate links; this story contains affiliate links; contains affiliate links;
        as an amazon associate; affiliate disclosure; prices were accurate at; prices accurate at
        dieser artikel enthält affiliate; dieser beitrag enthält affiliate; dieser text enthält affiliate;
        die mit einem symbol; die mit gekennzeichneten links; mit gekennzeichnete links; bei links mit;
        enthält affiliate links; wir erhalten eine provision; für käufe über diese links;
        wenn sie über diese links; hinweis der artikel enthält affiliate; provisions links
        cet article contient des liens affiliés; cet article contient des liens d'affiliation;
        este artículo contiene enlaces de afiliados; este artículo incluye enlaces de afiliados;
        esta página contém links de afiliados;
        este artigo contém links de afiliados; questo articolo contiene link di affiliazione;
        dit artikel bevat affiliate;
        denne artikkelen inneholder annonselenker; artikeln innehåller annonslänkar; artykuł zawiera linki afiliacyjne
    """,
    "translation": """
        this article was translated; this story was translated; this article has been translated; translated from the;
        translated by; this article was originally published in; this is a machine translation;
        dies ist eine maschinelle übersetzung; dieser text wurde aus dem; dieser artikel wurde aus dem;
        dieser artikel wurde maschinell; dieser text wurde maschinell; aus dem englischen von; aus dem amerikanischen;
        aus dem englischen übersetzt; aus dem französischen von; übersetzung aus dem; übersetzt von;
        traduit de l'anglais; cet article a été traduit; traduction de; este texto ha sido traducido;
        este artículo ha sido traducido; traducción de; tradução de; texto traduzido; traduzione di;
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
