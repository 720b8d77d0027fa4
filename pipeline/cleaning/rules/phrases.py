"""The words by which boilerplate names itself, in many languages. Data alone: `lookup` finds them.

Each text is folded before it is compared (case, punctuation and spacing do not matter). A language is a line; add one
where a page of it leaves boilerplate behind.
"""

PHRASES = {
    "read_more": """
        read more; read also; also read; see also; more on this; more on this story; read next;
        read the full story; read the full article; related; related story; related article;
        you may also like;
        you might also like; recommended for you; don't miss; must read; watch also; also see;
        continue reading;
        click here to read; for more on this
        lesen sie auch; lesen sie mehr; mehr lesen; mehr dazu; mehr zum thema; lesen sie hier;
        auch interessant;
        weiterlesen; jetzt lesen; das könnte sie auch interessieren
        lire aussi; à lire aussi; a lire aussi; lire également; à lire également; voir aussi;
        lire la suite;
        sur le même sujet; pour aller plus loin
        lea también; lee también; leer también; leer más; lea más; te puede interesar;
        le puede interesar;
        también te puede interesar; más información; ver también; sigue leyendo; le recomendamos
        leia também; leia mais; veja também; saiba mais; ler mais; leia ainda; confira também
        leggi anche; leggi di più; per approfondire; vedi anche; potrebbe interessarti anche;
        ti potrebbe interessare
        lees ook; lees meer; lees verder; bekijk ook; zie ook
        les også; les mer; læs også; læs mere; läs också; läs även; läs mer; se også; se även; mer om;
        lue myös;
        lue lisää; katso myös; lesið einnig
        czytaj też; czytaj także; czytaj również; czytaj więcej; zobacz też; zobacz także; zobacz również;
        przeczytaj także; przeczytaj też; polecamy
        čtěte také; čtěte též; čtěte více; přečtěte si; přečtěte si také; mohlo by vás zajímat;
        čítajte tiež;
        čítajte aj; prečítajte si; olvassa el; olvassa tovább; kapcsolódó cikk
        citește și; citeşte şi; citește mai mult; citiți și; vezi și; прочетете още;
        вижте още; още по темата
        читайте также; читать также; читайте ещё; читать далее;
        подробнее; материалы по теме; смотрите также;
        читайте також; дивіться також; більше по темі; pročitajte još;
        pročitajte i; procitajte; preberite tudi;
        lexo edhe
        διαβάστε επίσης; διαβάστε ακόμη; διαβάστε περισσότερα;
        δείτε επίσης; devamını oku; ayrıca oku;
        bunu da oku; ilgili haber; oxuyun
        baca juga; baca selengkapnya; lihat juga; simak juga; đọc thêm; xem thêm; tin liên quan; basahin;
        soma pia; soma zaidi
        関連記事; あわせて読みたい; 続きを読む; もっと読む; こちらもおすすめ; 相关阅读; 相关新闻; 延伸阅读;
        延伸閱讀; 相關新聞; 更多新聞; 阅读更多; 関連ニュース; 관련기사; 관련 기사; 더보기
        اقرأ أيضا; اقرأ أيضًا; إقرأ أيضا; اقرأ المزيد; قد يهمك أيضا; شاهد أيضا; بیشتر بخوانید; همچنین بخوانید;
        مزید پڑھیں; یہ بھی پڑھیں; קראו גם; קראו עוד; כתבות נוספות
        यह भी पढ़ें; ये भी पढ़ें; इसे भी पढ़ें; और पढ़ें; আরও পড়ুন; আরো পড়ুন; மேலும் படிக்க;
        ఇవి కూడా చదవండి;
        अधिक वाचा; यो पनि पढ्नुहोस्; อ่านเพิ่มเติม; อ่านข่าวเพิ่มเติม; ข่าวที่เกี่ยวข้อง; អានបន្ថែម
        ilgili haberler; עוד באתר; עוד בנושא
    """,
    "most_popular": """
        most popular; most read; most viewed; most shared; most watched; popular posts; popular articles;
        popular now; trending; trending now; trending stories; top stories; editor's picks; editors picks;
        latest news; latest stories; latest articles; recent posts; recommended stories; recommended articles;
        what to read next; more stories; more news; popular on; recent comments
        meistgelesen; meist gelesen; am meisten gelesen; die meistgelesenen artikel; beliebte artikel;
        neueste artikel; neueste beiträge; aktuelle nachrichten; top themen
        les plus lus; le plus lu; les plus populaires; articles les plus lus; les plus partagés; à la une;
        dernières actualités; articles récents; tendances
        lo más leído; lo más visto; más leídas; las más leídas; más leídos; lo más popular;
        lo último;
        últimas noticias; entradas recientes; tendencias
        mais lidas; as mais lidas; mais lidos; mais vistos; os mais lidos; últimas notícias; mais populares
        i più letti; più letti; più lette; le più lette; ultime notizie; articoli più letti;
        i più popolari
        meest gelezen; meest bekeken; populair; laatste nieuws; mest lest; mest læste; mest læst;
        mest lästa;
        mest läst; siste nytt; senaste nytt; luetuimmat; suosituimmat; uusimmat
        najczęściej czytane; najpopularniejsze; najnowsze; popularne; nejčtenější; nejnovější;
        najčítanejšie;
        legolvasottabb; legnépszerűbb; cele mai citite; cele mai populare; най четени;
        најчитаније; najčitanije;
        najbolj brano
        самое читаемое; популярное; последние новости;
        самое популярное; новости партнёров; новости партнеров;
        найпопулярніше; популярні новини; останні новини;
        δημοφιλή; τα πιο δημοφιλή; τελευταία νέα
        en çok okunanlar; çok okunanlar; son haberler; ən çox oxunanlar; terpopuler; paling populer;
        berita terpopuler; berita terkini; đọc nhiều; đọc nhiều nhất; tin mới nhất; zinazosomwa sana;
        pinakabasa
        アクセスランキング; 人気記事; ランキング; 最新記事; 最新ニュース; 热门文章; 热门新闻; 最新消息;
        熱門新聞; 人氣排行; 많이 본 뉴스; 인기기사; 최신기사
        الأكثر قراءة; الأكثر مشاهدة; الأكثر شعبية; آخر الأخبار; پربازدیدترین; پربازدیدها; آخرین اخبار;
        הנקראות ביותר; הכי נקראות; כתבות פופולריות; सबसे ज्यादा पढ़ी गई; लोकप्रिय; ताज़ा खबर; ट्रेंडिंग;
        সর্বাধিক পঠিত; সর্বশেষ; ยอดนิยม; ข่าวยอดนิยม; ข่าวล่าสุด
        best gelezen; популярне; 热门排行; 点击排行; 排行榜; 新闻排行; 最热新闻; лента новостей; главные новости
        стрічка новин
    """,
    "related": """
        related articles; related stories; related posts; related content; related news; related topics;
        related links; more from author; more from this author; more on this topic; more from;
        explore more on these topics; around the web; from the web; you may like; sponsored content;
        promoted content; read more about; more about
        ähnliche beiträge; ähnliche artikel; verwandte artikel; verwandte themen; weitere artikel; mehr von;
        zum thema; articles similaires; articles liés; sur le même thème; dans la même rubrique;
        artículos relacionados; noticias relacionadas; contenido relacionado; artigos relacionados;
        notícias relacionadas; articoli correlati; articoli simili; gerelateerde artikelen;
        relaterte artikler;
        relaterade artiklar; relaterede artikler; aiheeseen liittyvät; powiązane artykuły; podobne artykuły;
        související články; súvisiace články; kapcsolódó cikkek; articole similare;
        свързани статии;
        похожие статьи; по теме; статьи по теме; схожі статті;
        σχετικά άρθρα; ilgili haberler; artikel terkait;
        berita terkait; bài viết liên quan; こちらの記事もおすすめ; 関連リンク; 相关文章; 相關文章;
        مقالات ذات صلة; مواضيع ذات صلة;
        أخبار ذات صلة; مطالب مرتبط; اخبار مرتبط; संबंधित खबरें; सम्बंधित खबरें; সম্পর্কিত খবর
        другие материалы рубрики; другие новости; другие материалы; relaterat innehåll; relaterat; relatert; relateret
        精彩图集
        flere saker; flere artikler; fler artiklar; meer nieuws; meer over; più notizie; संबंधित खबरें
    """,
    "newsletter": """
        sign up for our; sign up to our; sign up for the; sign up to the; sign up here;
        subscribe to our newsletter; subscribe to our; subscribe to the newsletter; subscribe for free;
        get our newsletter; get the newsletter; join our newsletter; our newsletter; newsletter;
        newsletter sign up; daily newsletter; enter your email; your email address; get the latest news;
        get breaking news; stay informed; stay up to date; skip past newsletter promotion;
        after newsletter promotion; join our mailing list; delivered to your inbox; get our daily
        newsletter abonnieren; jetzt newsletter abonnieren; zum newsletter anmelden; melden sie sich für;
        unser newsletter; newsletter anmelden; abonnieren sie unseren newsletter; ihre e mail adresse;
        inscrivez vous à; inscrivez vous à notre newsletter; abonnez vous à notre newsletter;
        recevez notre newsletter; recevez chaque; votre adresse e mail; suscríbete a nuestra newsletter;
        suscríbete a; suscríbase a; recibe nuestra newsletter; regístrate; boletín; inscreva se;
        receba nossa newsletter; assine nossa newsletter; assine a newsletter; iscriviti alla newsletter;
        iscriviti; ricevi la newsletter; schrijf je in voor; schrijf u in voor; meld je aan voor; nieuwsbrief;
        meld deg på; nyhetsbrev; tilmeld dig; nyhedsbrev; prenumerera på; anmäl dig; tilaa uutiskirje;
        uutiskirje; zapisz się do newslettera; zapisz się na newsletter; zapisz się; přihlaste se k odběru;
        odběr novinek; newsletter odoberať; iratkozzon fel; feliratkozás; abonează te la newsletter;
        абонирайте се; подпишитесь на; подписывайтесь на;
        підпишіться на; підписуйтесь на;
        εγγραφείτε στο newsletter; bültenimize; e bülten; berlangganan newsletter;
        đăng ký nhận; メールマガジン;
        メルマガ登録; ニュースレター; 订阅; 訂閱電子報; 뉴스레터; 구독하기; اشترك في; اشتركوا في;
        النشرة البريدية; خبرنامه; הירשמו; ניוזלטר;
        न्यूज़लेटर
        receba a newsletter; la newsletter; le notizie nella tua mail; receba as notícias por e mail
        подписка на рассылку
        prenumerera på våra; la lettre d'information; recevez la newsletter; recibe la newsletter; ricevi le notizie
    """,
    "follow": """
        follow us on; follow us; join us on; join our whatsapp; join our telegram; like us on facebook;
        find us on; download our app; download the app; get the app; add us on google; follow on google news;
        connect with us; subscribe to our channel
        folgen sie uns; folge uns; suivez nous; suivez nous sur; síguenos en; síguenos; sigue a; siga nos;
        siga o; siga a; seguici su; segui; volg ons; følg oss; følg os; följ oss; seuraa meitä;
        obserwuj nas;
        sledujte nás; sledujte nas; kövess minket; urmăriți ne; urmărește ne; последвайте ни;
        следите за;
        присоединяйтесь; подписывайтесь; ακολουθήστε μας;
        bizi takip edin; ikuti kami; theo dõi chúng tôi;
        تابعونا; تابعنا; ما را در; עקבו אחרינו; हमें फॉलो करें; ताज़ा ख़बरों के लिए; フォローする; 关注我们;
        追蹤我們
        扫一扫; 扫码; 扫描二维码; 微信扫一扫; scan the qr code; ακολουθήστε τη; ακολουθήστε το; ติดตามข่าว; กดติดตาม
        हमारे व्हाट्सएप चैनल; הצטרפו לקבוצת; انضم إلى; приєднуйтесь до; підписуйтесь на наш; подписывайтесь на наш
    """,
    "follow_verb": """
        follow; folgen sie; folge; folgt; suivez; sigue; siga; sigam; segui; seguite; volg; følg; följ; obserwuj;
        sledujte; takip edin; подписывайтесь на; підписуйтесь на
    """,
    "share": """
        share; share this; share this article; share this story; share this post; share on facebook;
        share on twitter; share on x; share on; share via; share this update; copy link; tweet; print; email;
        save; bookmark; listen to this article; listen; listen to article; print this; send email;
        gift this article; add to favorites; jump to comments; cancel reply
        teilen; artikel teilen; teilen mit; drucken; merken; anhören; artikel anhören; vorlesen;
        link kopieren;
        partager; partager l'article; partager sur facebook; imprimer; écouter; copier le lien; enregistrer;
        envoyer par email; compartir; compartir en facebook; comparte; imprimir; guardar; copiar enlace;
        escuchar; compartilhar; compartilhe; partilhar; ouvir; copiar link; condividi; condividi su; stampa;
        ascolta; copia link; deel; delen; deel dit artikel; bewaar; luister; del; del artikkelen;
        del på facebook; kopier lenke; lytt; dela; dela artikeln; lyssna; jaa; jaa artikkeli; kuuntele;
        udostępnij; drukuj; skopiuj link; posłuchaj; sdílet; sdílejte; tisknout; zdieľať; megosztás;
        nyomtatás;
        distribuie; distribuiți; сподели; поделиться; поделитесь;
        поделиться в; печать; скопировать ссылку;
        поширити; поділитися; κοινοποίηση; paylaş; yazdır; bagikan; cetak;
        chia sẻ; シェア; シェアする; ポストする; 印刷;
        あとで読む; lineで送る; 分享; 分享到; 打印; 列印; 공유; 공유하기; 인쇄; مشاركة; شارك; شارك على فيسبوك;
        طباعة; نسخ الرابط;
        اشتراک گذاری; שתפו; הדפסה; शेयर करें; साझा करें; শেয়ার; แชร์; แบ่งปัน
        версия для печати; отправить другу; обсудить на форуме; распечатать; enviar a um amigo; wyślij znajomemu
        lubię to; email a friend; post on x; invia per email; commenta; salvar para ler depois; ouvir o texto
        diminuir fonte; aumentar fonte; lettergrootte; luister naar dit artikel; bewaren; skriv ut; kopiera länk
        字号; 复制链接; ส่งไลน์; คัดลอกลิงก์; غرد; انسخ الرابط; שתפו בפייסבוק; שלחו בוואטסאפ; haberi paylaş
        lagre artikkelen; कॉपी लिंक
    """,
    "cookie": """
        we use cookies; this website uses cookies; this site uses cookies; our site uses cookies;
        we and our partners; by continuing to use; by using this site; by clicking accept; cookie settings;
        cookie policy; manage cookies; accept all cookies; accept cookies; we value your privacy;
        your privacy choices; cookie consent
        wir verwenden cookies; diese website verwendet cookies; wir nutzen cookies;
        diese webseite verwendet cookies; cookie einstellungen; mit der nutzung dieser;
        nous utilisons des cookies; ce site utilise des cookies; en poursuivant votre navigation;
        utilizamos cookies; este sitio utiliza cookies; este sitio usa cookies; usamos cookies;
        esta web utiliza cookies; al continuar navegando; este site utiliza cookies; nós usamos cookies;
        utilizziamo i cookie; questo sito utilizza i cookie; questo sito usa i cookie; wij gebruiken cookies;
        deze website gebruikt cookies; we gebruiken cookies; vi bruker informasjonskapsler; vi bruker cookies;
        vi bruger cookies; vi använder cookies; käytämme evästeitä; tämä sivusto käyttää evästeitä;
        używamy plików cookie; ta strona używa cookies; strona korzysta z plików cookies;
        používáme cookies;
        tento web používá; používame cookies; sütiket használunk; folosim cookie uri;
        acest site folosește cookie; използваме бисквитки;
        мы используем cookie; мы используем файлы cookie;
        ми використовуємо; χρησιμοποιούμε cookies; çerezleri kullanıyoruz;
        sitemizde çerez;
        kami menggunakan cookie; chúng tôi sử dụng cookie; 当サイトではcookie; クッキーを使用;
        我们使用cookie; 本網站使用; 쿠키를 사용;
        نستخدم ملفات تعريف الارتباط; يستخدم هذا الموقع ملفات; אתר זה משתמש; हम कुकीज़ का उपयोग
        เว็บไซต์นี้ใช้คุกกี้; เราใช้คุกกี้; vi använder kakor; ta strona używa plików; ten serwis wykorzystuje
        questo sito utilizza cookie; este sítio utiliza; avec votre accord; εμείς και οι; este site usa cookies
    """,
    "comment_form": """
        please enter your comment; please enter your name here; leave a reply; leave a comment;
        post a comment;
        post comment; add a comment; add comment; write a comment; your email address will not be published;
        required fields are marked; save my name email and website in this browser;
        you have entered an incorrect email address; please enter your email address here;
        you must be logged in to post a comment; log in to leave a comment; log in to comment;
        join the conversation; join the discussion; comments are closed; view comments; show comments;
        be the first to comment; no comments; cancel reply
        schreibe einen kommentar; kommentar schreiben; kommentieren; hinterlassen sie einen kommentar;
        deine e mail adresse wird nicht veröffentlicht; kommentar hinterlassen; kommentare anzeigen;
        laisser un commentaire; laissez un commentaire; laisser une réponse;
        veuillez saisir votre commentaire;
        veuillez saisir votre nom ici; votre adresse e mail ne sera pas publiée; enregistrer mon nom;
        commenter;
        deja una respuesta; deja un comentario; dejar un comentario; por favor ingrese su comentario;
        por favor ingrese su nombre aquí; tu dirección de correo electrónico no será publicada;
        deixe uma resposta; deixe um comentário; por favor digite seu comentário;
        por favor digite seu nome aqui; o seu endereço de e mail não será publicado; lascia un commento;
        lascia una risposta; per favore inserisci il tuo commento; per favore inserisci il tuo nome qui;
        il tuo indirizzo email non sarà pubblicato; geef een reactie; plaats een reactie;
        laat een reactie achter; legg igjen en kommentar; legg igjen et svar; skriv en kommentar;
        efterlad et svar; lämna ett svar; lämna en kommentar; jätä kommentti; kommentoi; dodaj komentarz;
        zostaw odpowiedź; skomentuj; napište komentář; přidat komentář; zanechajte komentár;
        hozzászólás írása;
        szólj hozzá; lasă un răspuns; lasă un comentariu; оставете коментар;
        добавить комментарий;
        оставить комментарий; оставьте ответ;
        ваш адрес email не будет опубликован; залишити коментар;
        αφήστε ένα σχόλιο; αφήστε μια απάντηση; bir yanıt yazın; yorum yap;
        lütfen yorumunuzu giriniz;
        lütfen isminizi buraya giriniz; tinggalkan balasan; tulis komentar; để lại một bình luận;
        コメントを残す;
        コメントを書く; 发表评论; 發表留言; 留言; 댓글쓰기; 댓글 남기기; اترك تعليقا; اترك رد; أضف تعليق;
        دیدگاهتان را بنویسید;
        כתיבת תגובה; הוסף תגובה; टिप्पणी करें; কমেন্ট করুন; แสดงความคิดเห็น
    """,
    "paywall": """
        subscribe to continue reading; subscribe to read; subscribe now; to continue reading;
        to read the full;
        this article is for subscribers; this content is for subscribers; already a subscriber;
        already have an account; already a member; sign in to continue; log in to continue; become a member;
        become a subscriber; subscribers only; you have reached your; you've reached your;
        start your free trial; unlock this article; create a free account; register to continue;
        register for free; support our journalism; support independent journalism; want to read more
        jetzt weiterlesen; weiterlesen mit; jetzt abonnieren; sie haben schon ein abo; sie haben bereits ein;
        bereits abonnent; dieser artikel ist nur für; exklusiv für abonnenten; jetzt testen;
        jetzt registrieren;
        abonnez vous; cet article est réservé aux abonnés; article réservé aux abonnés;
        réservé aux abonnés;
        il vous reste; déjà abonné; pour lire la suite; lisez la suite; suscríbete para;
        contenido exclusivo para suscriptores; ya eres suscriptor; para seguir leyendo;
        conteúdo exclusivo para assinantes; já é assinante; assine para; assine já;
        contenuto riservato agli abbonati; sei già abbonato; abbonati; al abonnee; word abonnee;
        lees verder met; dette er en sak for abonnenter; for abonnenter; allerede abonnent;
        er du allerede abonnent; kjøp abonnement; bliv abonnent; läs vidare; redan prenumerant;
        för prenumeranter; tilaa; jo tilaaja; jatka lukemista; wykup dostęp; masz już konto; pozostało;
        tylko dla prenumeratorów; už máte předplatné; předplatit; predplaťte si; előfizetés; deja abonat;
        только для подписчиков; оформите подписку;
        вже маєте передплату; ήδη συνδρομητής; bu içerik abonelere;
        この記事は有料会員限定; この記事は会員限定; この記事は有料; 続きを読むには; 会員登録;
        無料会員登録; 有料会員; 会員限定; 残り; ログインして続きを読む; 登录后阅读; 訂閱後; 구독 후;
        للمشتركين فقط
        zugang zu allen; lesen sie diesen und alle; lesen sie diesen artikel; sie beziehen die gedruckte
        zugang kostenlos freischalten; monatlich kündbar; jederzeit kündbar
    """,
    "advertisement": """
        advertisement; advertisements; advertising; article continues below advertisement;
        story continues below advertisement; article continues after ad; story continues below; sponsored;
        sponsored by; promoted; paid content; ad; ads; scroll to continue
        anzeige; werbung; anzeigen; publicité; publicidad; publicidade; continua após a publicidade;
        continua depois da publicidade; continúa después de la publicidad; pubblicità; advertentie;
        advertenties; annonse; annonsørinnhold; annonce; annons; mainos; mainos alkaa; mainos päättyy;
        ilmoitus;
        reklama; reklama dalsza część artykułu pod wideo; inzerce; inzercia; hirdetés; publicitate;
        реклама;
        реклам; διαφήμιση; reklam; advertorial; iklan; quảng cáo;
        scroll to continue with content; 広告; 广告; 廣告;
        광고; إعلان; إعلانات; تبلیغات; آگهی; פרסומת; विज्ञापन; বিজ্ঞাপন; โฆษณา
    """,
    "author_bio": """
        about the author; about the writer; about author; author bio; written by
        über den autor; über die autorin; zum autor; zur person; à propos de l'auteur; sobre el autor;
        sobre la autora; sobre o autor; sobre a autora; l'autore; sull'autore; over de auteur; om forfatteren;
        om författaren; kirjoittaja; o autorze; o autorovi; o autorke; a szerzőről; despre autor;
        об авторе;
        за автора; про автора; σχετικά με τον συγγραφέα; yazar hakkında;
        tentang penulis; về tác giả; 著者;
        この記事を書いた人; 关于作者; 關於作者; عن الكاتب; درباره نویسنده; על הכותב; लेखक के बारे में
    """,
    "photo_credit": """
        photo; photos; photo by; photo credit; photo courtesy; photograph; photograph by; image; image credit;
        image source; image by; picture; pictures; credit; file photo; getty images; illustration; video;
        watch;
        watch video
        foto; fotos; bild; bilder; bildquelle; symbolbild; symbolfoto; grafik; crédit photo; crédit;
        crédits;
        fotografía; imagen; imagem; crédito; foto di; immagine; beeld; billede; kuva; zdjęcie; fot; zdroj;
        fotó;
        fotografie; фото; снимка; зображення; φωτογραφία; fotoğraf; ảnh; 写真;
        图片; 图; 圖片; 사진; صورة; تصوير; عکس;
        צילום; फोटो; ছবি; ภาพ
    """,
    "updated": """
        updated; last updated; published; posted; first published; published on; updated on; posted on;
        last modified; modified; created; publication date; published at; updated at
        aktualisiert; veröffentlicht; zuletzt aktualisiert; stand; erstellt; publié; publié le; mis à jour;
        mis à jour le; modifié le; publicado; publicado en; actualizado; atualizado; atualizado em;
        publicado em; última actualización; pubblicato; aggiornato; pubblicato il; gepubliceerd; bijgewerkt;
        laatst bijgewerkt; publisert; oppdatert; sist oppdatert; offentliggjort; opdateret; publicerad;
        uppdaterad; julkaistu; päivitetty; opublikowano; aktualizacja; data publikacji; publikováno;
        aktualizováno; publikované; aktualizované; megjelent; frissítve; publicat; actualizat;
        публикувано;
        обновено; опубликовано; обновлено; дата публикации;
        опубліковано; оновлено; δημοσίευση; ενημερώθηκε;
        yayınlanma; güncelleme; güncellenme; giriş; diterbitkan; diperbarui; cập nhật; 公開; 更新;
        最終更新; 公開日; 更新日;
        発布; 发布时间; 更新时间; 發布; 입력; 수정; نشر; آخر تحديث; نشر في; تاریخ انتشار; פורסם; עודכן;
        अपडेटेड; पब्लिश्ड;
        প্রকাশিত; আপডেট; เผยแพร่
    """,
    "home": """
        home; homepage; home page; start; startseite; accueil; inicio; portada; início; página inicial;
        home page; hjem; forside; forsiden; hem; startsida; etusivu; strona główna; domů; úvod; domov;
        főoldal;
        kezdőlap; acasă; prima pagină; начало; главная; головна; почетна; naslovna;
        početna; αρχική; ana sayfa;
        anasayfa; beranda; trang chủ; ホーム; トップ; 首页; 首頁; 홈; الرئيسية; صفحه اصلی; خانه; דף הבית;
        ראשי; होम;
        মূলপাতা; หน้าแรก
    """,
    "consent_wall": """
        we value your privacy; before you continue; we and our; your privacy; your privacy choices;
        privacy settings; consent; manage your consent; accept and continue; cookie consent;
        with your permission
        datenschutzeinstellungen; mit werbung weiterlesen; weiter mit werbung; ihre privatsphäre;
        wir schätzen ihre privatsphäre; wir brauchen ihre zustimmung; zustimmung; votre vie privée;
        nous respectons votre vie privée; continuer sans accepter; accepter et continuer; su privacidad;
        tu privacidad; valoramos su privacidad; valoramos tu privacidad; a sua privacidade;
        valorizamos a sua privacidade; la tua privacy; il rispetto della tua privacy; jouw privacy;
        uw privacy;
        wij waarderen uw privacy; szanujemy twoją prywatność; dbamy o twoją prywatność;
        vi verdsetter ditt personvern; vi värdesätter din integritet; arvostamme yksityisyyttäsi;
        respektujeme vaše soukromí; プライバシー; 隐私
    """,
    "login": """
        log in; login; sign in; log in to continue; log in to your account; sign in to continue;
        sign in to your account; you need to be logged in; please log in; please sign in; anmelden; einloggen;
        bitte melden sie sich an; se connecter; connexion; connectez vous; connectez vous à votre compte;
        iniciar sesión; inicia sesión; acceder; entrar; faça login; faça o login; accedi; inloggen;
        log in om verder te lezen; logg inn; log ind; logga in; kirjaudu; kirjaudu sisään; zaloguj się;
        logowanie; přihlásit se; přihlášení; prihlásiť sa; bejelentkezés; autentificare; conectare;
        вход; войти;
        авторизация; увійти; σύνδεση; giriş yap; masuk; đăng nhập; ログイン; 登录;
        登入; 로그인; تسجيل الدخول; ورود;
        התחברות; कृपया लॉगिन करें
    """,
}

_NETWORKS = """
facebook fb twitter x whatsapp telegram linkedin pinterest reddit email mail e messenger line instagram
threads bluesky mastodon pocket flipboard tumblr vk ok viber xing skype wechat weibo qq print pdf sms copy
link url rss youtube tiktok google news share tweet facebookx twitterx nextdoor snapchat truth social
feedly hatena はてな ブックマーク koo sharethis
"""
NETWORKS = frozenset(_NETWORKS.split())
"""Words of which a share bar consists."""

_CHANNELS = "facebook twitter whatsapp telegram linkedin instagram youtube tiktok bluesky google flipboard"
CHANNELS = frozenset(_CHANNELS.split())
"""Names that an invitation to follow the publisher has in it, and that are nothing else."""

_PICTURE_WORDS = """
photo photos photograph photographer foto fotos fotografie fotograf fotografía fotografia image images imagen imagem
bild bilder picture pictures video videos screenshot illustration grafik graphic handout courtesy credit crédit credits
file archiv archive archives caption legende légende fot kuva kuvat fotó snímek zdjęcie φωτο φωτογραφία фото снимка
снимки fotoğraf ảnh ภาพ फोटो ছবি צילום תצלום تصوير صورة 사진 写真 撮影 提供
afp ap reuters getty gettyimages dpa epa efe ansa imago alamy shutterstock istock istockphoto unsplash pixabay pexels
keystone belga anp tass xinhua yonhap kyodo aap pti ani anadolu zuma sipa ritzau ntb scanpix lehtikuva tt lusa agerpres
mti ctk čtk tasr pap cp upi apa bloomberg wikimedia flickr instagram youtube facebook
"""
PICTURE_WORDS = frozenset(_PICTURE_WORDS.split())
"""Words and agencies that stand at the end of a caption or in the credit under it."""
