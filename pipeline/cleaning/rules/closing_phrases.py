"""The words by which boilerplate after a story names itself, in many languages. Data alone, as in `phrases`."""

CLOSING_PHRASES = {
    "comments": """
        comments; comment; reader comments; readers' comments; your comments; comments section; latest comments
        kommentare; kommentar; leserkommentare; lesermeinungen; diskussion; diskutieren sie mit
        commentaires; commentaire; vos commentaires; réactions; vos réactions; comentarios; comentario
        comentários; comentário; commenti; commento; commenti dei lettori; i commenti; reacties; reactie
        kommentarer; kommentit; komentarze; komentarz; komentarzy; komentáře; komentářů; diskuse; komentáre
        diskusia; hozzászólások; comentarii; comentariu; коментари; коментар; комментарии; комментарий
        комментариев; коментарі; коментарів; komentari; komentarji; komentarai; komentāri; kommentaarid
        σχόλια; yorumlar; yorum; şərhlər; komentar; bình luận; ý kiến bạn đọc; maoni
        コメント; コメント欄; 评论; 網友評論; 网友评论; 最新评论; 全部评论; 我要评论; 我要留言; 留言板; 評論
        댓글; 전체 댓글; تعليقات; التعليقات; نظرات; نظرات کاربران; دیدگاه ها; تبصرے; תגובות; תגובה
        टिप्पणियां; टिप्पणियाँ; कमेंट; कमेंट्स; मन्तव्य; মন্তব্য; கருத்துகள்; ความคิดเห็น
    """,
    "comment_rules": """
        log in to comment; log in to join; sign in to comment; login to comment; you must be logged in to
        comments are moderated; this discussion is closed; comments are subject to; all comments are subject to
        keep it polite; please be respectful; please keep comments; we have recently launched a new
        anmelden um zu kommentieren; um zu kommentieren; bitte melden sie sich an um zu kommentieren
        die kommentarfunktion; kommentare werden; bitte beachten sie unsere netiquette
        connectez vous pour commenter; connectez vous pour réagir; vous devez être connecté; les commentaires sont
        inicia sesión para comentar; para comentar hay que; para comentar debes; los comentarios publicados
        os comentários não representam; os comentários são de responsabilidade; faça login para comentar
        deixe o seu comentário; accedi per commentare; per commentare; i commenti sono
        inloggen om te reageren; log in om te reageren; logg inn for å kommentere; log ind for at kommentere
        logga in för att kommentera; kirjaudu sisään kommentoidaksesi; zaloguj się aby dodać komentarz
        zaloguj się aby komentować; zaloguj się by skomentować; redakcja nie odpowiada za treść komentarzy
        komentarze są prywatnymi; přihlaste se a; pro přidání komentáře; a hozzászóláshoz
        pentru a comenta; за да коментирате; чтобы оставить комментарий; войдите чтобы комментировать
        комментировать могут; щоб залишити коментар; τα σχόλια δημοσιεύονται; για να σχολιάσετε
        yorum yapmak için; yorum yazmak için; küfür hakaret; yasal uyarı suç teşkil
        请遵守法律法规; 网友评论仅; 网友留言仅; 文明上网; 登录后发表评论; 댓글을 작성하려면; 로그인 후 댓글
        सबसे पहले कमेंट करें; कमेंट करने के लिए
    """,
    "tags": """
        tags; tag; topics; topic; filed under; keywords; in this article; more on these topics; categories
        schlagwörter; schlagworte; schlagwort; stichwörter; themen; themen in diesem artikel; mots clés
        étiquettes; thèmes; sujets; dans la catégorie; etiquetas; archivado en; temas; palabras clave
        palavras chave; tópicos; assuntos; marcadores; leia mais sobre; argomenti; parole chiave; etichette
        trefwoorden; onderwerpen; emneord; stikkord; emner; ämnen; taggar; nyckelord; asiasanat; avainsanat; aiheet
        tagi; słowa kluczowe; tematy; štítky; klíčová slova; témata; tagy; kľúčové slová; címkék; etichete
        cuvinte cheie; тагове; етикети; теги; метки; тэги; ключевые слова; темы; ключові слова; oznake
        ετικέτες; etiketler; etiket; açar sözlər; topik; từ khóa; thẻ; chủ đề
        タグ; キーワード; 标签; 关键词; 關鍵字; 關鍵詞; 標籤; 태그; 키워드; الوسوم; وسوم; كلمات مفتاحية
        الكلمات الدلالية; الكلمات المفتاحية; برچسب ها; کلیدواژه ها; תגיות; תגים; टैग; टैग्स; ট্যাগ; แท็ก
    """,
    "appeal": """
        do you know more; do you know anything about; do you have information; do you have a story for
        do you have a news story; got a story; got a tip; got a news tip; have a story; have a news tip; have a tip
        send us a tip; send tips; are you affected by; are you affected; have you been affected; were you affected
        did you witness; did you see what happened; spotted an error; spotted a mistake; spotted a typo
        report an error; report a correction; report a typo; report this article; see something wrong
        contact our newsdesk; contact the newsdesk; email the newsdesk; if you value our; help keep our journalism
        haben sie einen fehler; fehler gefunden; fehler melden; haben sie hinweise; haben sie informationen
        signaler une erreur; une erreur à signaler; vous avez repéré une erreur; une faute d'orthographe
        comunicar error; reportar error; informar de un error; has encontrado un error; encontraste un error
        comunicar erro; reportar erro; encontrou um erro; encontrou algum erro; viu algum erro; tem uma sugestão
        hai trovato un errore; segnala un errore; hai una segnalazione; heb je een tip; heb jij een tip; heeft u een tip
        tip de redactie; foutje gezien; fout gezien; zie je een fout; har du tips; har du et tips; tips oss
        funnet en feil; har du funnet en feil; har du et tip; tip os; har du hittat ett fel; hittat fel; tipsa oss
        rätta fel; huomasitko virheen; oliko artikkelissa virhe; onko sinulla juttuvinkki; widzisz błąd
        znalazłeś błąd; zauważyłeś błąd; masz temat; masz dla nas temat; našli jste chybu; nahlásit chybu
        našli ste chybu
        hibát talált; ai observat o greșeală; ai găsit o greșeală; нашли ошибку; нашли опечатку; заметили ошибку
        заметили опечатку; увидели ошибку; если вы нашли ошибку; если вы заметили ошибку; если вы нашли опечатку
        сообщить об ошибке; есть новость; помітили помилку; знайшли помилку; побачили помилку; якщо ви помітили помилку
        якщо ви знайшли помилку; видяхте грешка; пронашли сте; εντοπίσατε λάθος; βρήκατε λάθος; hata bildir
        laporkan kesalahan; מצאתם טעות; נתקלתם בטעות; דיווח על טעות; أبلغ عن خطأ; هل لديك; گزارش خطا; 我要纠错
        我要糾錯; 纠错; 发现错误; 기사제보; 제보하기; 오류신고
    """,
    "editor": """
        责任编辑; 责编; 编辑; 審校; 校对; 责任校对; 責任編輯; 核稿編輯; 網編
    """,
    "newsletter_word": """
        newsletter; newsletters; nieuwsbrief; nyhetsbrev; nyhedsbrev; boletín; boletim; infolettre; hírlevél
        uutiskirje; рассылка; рассылку; розсилка; бюлетин; bülten; ニュースレター; メルマガ; 뉴스레터; 电子报; 電子報
        ניוזלטר; خبرنامه; न्यूज़लेटर
    """,
    "follow_button": """
        follow; following; folgen; suivre; seguir; segui; volgen; følg; följ; seuraa; obserwuj; sledovat; sledovať
        követem; urmărește; стежити; слідкувати; подписаться; подписаться на автора; ακολουθήστε; takip et; ikuti
        theo dõi; フォロー; フォローする; 关注; 追蹤; 팔로우; متابعة; تابع; دنبال کنید; עקבו; फॉलो करें; ติดตาม
    """,
}
