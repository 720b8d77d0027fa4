"""Invented pages that stand in an article's place, with what each is: consent walls, challenges, log-ins, not found.

Each row is kind, language, title, headings, text, and the markup that goes with it.
"""

from html import escape

COOKIES = '<div class="consent-layer"><p>{text}</p><button>OK</button><a href="/cookies">Cookies</a><p>Cookie-ID, 394 days</p></div>'
PASSWORD = '<form action="/login" method="post"><label>E-mail</label><input type="email" name="user"><input type="password" name="pw"><button>OK</button></form><p>{text}</p>'
TURNSTILE = '<div class="main-wrapper"><div id="cf-turnstile"></div><p>{text}</p></div><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/jsch/v1"></script>'
CAPTCHA = (
    '<form id="challenge-form" action="/?__cf"><div class="g-recaptcha" data-sitekey="x"></div><p>{text}</p></form>'
)
DATADOME = '<p>{text}</p><iframe src="https://geo.captcha-delivery.com/captcha/?initialCid=x"></iframe>'
PRESS_HOLD = '<div id="px-captcha"></div><p>{text}</p><p>Reference ID 81f-goat</p>'
BARE = "<div><p>{text}</p></div>"
SEARCH = '<main><p>{text}</p><form role="search"><input type="search" name="q"></form><ul><li><a href="/">Start</a></li><li><a href="/news">News</a></li></ul></main>'
LATEST = (
    "<main><p>{text}</p><h3>Latest</h3><ul>"
    + "".join(f'<li><a href="/n/{n}">Goats of the island, part {n}</a></li>' for n in range(8))
    + "</ul></main>"
)

CONSENT, BOT, LOGIN, GONE = "consent_wall", "bot_challenge", "login_page", "soft_404"

ROWS: list[tuple[str, str, str, str, str, str]] = [
    (CONSENT, "en", "Before you continue", "We value your privacy", "We and our 112 partners store cookies on your device to measure how far goats walk and to show advertising.", COOKIES),
    (CONSENT, "en", "Island Courier", "Your privacy choices", "Choose accept to let us and 87 partners use cookies for advertising, or reject all and pay nothing but patience.", COOKIES),
    (CONSENT, "en", "Cookie consent | Harbour Post", "Manage your consent", "Some cookies are needed for the page to work, others tell advertisers which ferry you took.", COOKIES),
    (CONSENT, "de", "Mit Werbung weiterlesen", "Mit Werbung weiterlesen", "Besuchen Sie unsere Seite wie gewohnt mit Werbung und Cookies, oder nutzen Sie das Pur-Abo für 3,99 Euro im Monat.", COOKIES),
    (CONSENT, "de", "Datenschutzeinstellungen", "Ihre Privatsphäre", "Wir und unsere Partner verwenden Cookies, um Inhalte auszuspielen und die Zahl der Ziegen zu messen.", COOKIES),
    (CONSENT, "fr", "Votre vie privée", "Nous respectons votre vie privée", "Avec votre accord, nous et nos 214 partenaires utilisons des cookies pour mesurer l'audience du bac.", COOKIES),
    (CONSENT, "fr", "Le Courrier de l'Île", "Continuer sans accepter", "Les cookies nous permettent de financer la rédaction. Vous pouvez refuser ou vous abonner.", COOKIES),
    (CONSENT, "es", "Su privacidad", "Valoramos su privacidad", "Nosotros y nuestros 94 socios usamos cookies para mostrar anuncios y contar las cabras que nos leen.", COOKIES),
    (CONSENT, "pt", "A sua privacidade", "Valorizamos a sua privacidade", "Utilizamos cookies para personalizar anúncios e medir a distância até à balsa.", COOKIES),
    (CONSENT, "it", "La tua privacy", "Il rispetto della tua privacy", "Noi e i nostri partner usiamo i cookie per misurare il pubblico e mostrare annunci sulle capre.", COOKIES),
    (CONSENT, "nl", "Jouw privacy", "Wij waarderen uw privacy", "Met cookies meten wij hoe vaak de veerboot wordt gelezen en tonen wij advertenties.", COOKIES),
    (CONSENT, "pl", "Szanujemy Twoją prywatność", "Szanujemy Twoją prywatność", "My i nasi partnerzy przechowujemy cookies na urządzeniu, aby liczyć kozy i pokazywać reklamy.", COOKIES),
    (CONSENT, "sv", "Vi värdesätter din integritet", "Vi värdesätter din integritet", "Vi och våra partner använder cookies för att mäta hur långt getterna går.", COOKIES),
    (CONSENT, "cs", "Respektujeme vaše soukromí", "Respektujeme vaše soukromí", "S vaším souhlasem používáme cookies k měření návštěvnosti přívozu.", COOKIES),
    (BOT, "en", "Just a moment...", "news.example.org", "Checking if the connection to the goats is secure. This may take a few seconds.", TURNSTILE),
    (BOT, "en", "Attention Required! | Cloudshield", "Sorry, you have been blocked", "You are unable to access courier.example. The site uses a service against attacks.", TURNSTILE),
    (BOT, "en", "Harbour Post", "Verify you are human by completing the action below", "The post must review the security of your connection before it goes on.", TURNSTILE),
    (BOT, "en", "Access to this page has been denied", "Press and hold to confirm you are a human", "We believe you use automation tools to browse the website.", PRESS_HOLD),
    (BOT, "en", "Pardon Our Interruption", "Pardon Our Interruption...", "As you were browsing, something about your browser made us think that you were a goat.", BARE),
    (BOT, "en", "Making sure you're not a bot!", "Making sure you're not a bot!", "Loading. Please wait a moment while we ensure the security of your connection.", '<div class="anubis"><p>{text}</p></div>'),
    (BOT, "en", "403 Access Denied", "Access Denied", "You do not have permission to access this page on this server. Reference 18.4f.goat", BARE),
    (BOT, "de", "Einen Moment bitte", "Bestätigen Sie, dass Sie ein Mensch sind", "Die Sicherheit Ihrer Verbindung zur Insel wird geprüft.", TURNSTILE),
    (BOT, "de", "Inselbote – Sicherheitsüberprüfung", "Sicherheitsüberprüfung", "Bitte lösen Sie die Aufgabe, um weiterzulesen.", CAPTCHA),
    (BOT, "fr", "Un instant…", "Vérifiez que vous êtes humain", "Nous vérifions la sécurité de votre connexion avant le bac.", TURNSTILE),
    (BOT, "es", "Un momento…", "Verifique que es humano", "Comprobamos la seguridad de su conexión con la isla.", DATADOME),
    (BOT, "pt", "Só um momento...", "Confirme que você é humano", "A segurança da ligação com a ilha está a ser verificada.", CAPTCHA),
    (BOT, "it", "Un attimo...", "Conferma di essere umano", "Verifichiamo la sicurezza della connessione con l'isola.", TURNSTILE),
    (BOT, "nl", "Een ogenblik geduld", "Bevestig dat u een mens bent", "De veiligheid van uw verbinding met het eiland wordt nagegaan.", DATADOME),
    (BOT, "ru", "Проверка браузера", "Подтвердите, что вы не робот", "Мы проверяем безопасность соединения с островом.", CAPTCHA),
    (BOT, "ja", "しばらくお待ちください…", "セキュリティチェック", "島への接続の安全性を確認しています。", TURNSTILE),
    (BOT, "zh", "请稍候…", "安全验证", "我们正在检查您与岛屿的连接是否安全。", TURNSTILE),
    (BOT, "tr", "Bir dakika lütfen", "Robot olmadığınızı doğrulayın", "Adaya bağlantınızın güvenliği denetleniyor.", CAPTCHA),
    (LOGIN, "en", "Log in to your account", "Log in", "You need to be logged in to read this story about the goats of the island.", PASSWORD),
    (LOGIN, "en", "Sign in | Harbour Post", "Sign in to continue", "Subscribers read everything the harbour has to say.", PASSWORD),
    (LOGIN, "de", "Anmelden", "Anmelden", "Mit Ihrem Konto lesen Sie alle Beiträge über die Ziegen der Insel.", PASSWORD),
    (LOGIN, "de", "Inselbote", "Bitte melden Sie sich an", "Dieser Beitrag ist für Abonnenten des Inselboten.", PASSWORD),
    (LOGIN, "fr", "Se connecter", "Connectez-vous à votre compte", "Cet article est réservé aux abonnés du Courrier de l'Île.", PASSWORD),
    (LOGIN, "es", "Iniciar sesión", "Inicia sesión", "Con su cuenta puede leer todas las noticias de la isla.", PASSWORD),
    (LOGIN, "pt", "Entrar", "Faça login", "Com a sua conta pode ler todas as notícias da ilha.", PASSWORD),
    (LOGIN, "it", "Accedi", "Accedi", "Con il tuo account leggi tutte le notizie dell'isola.", PASSWORD),
    (LOGIN, "nl", "Inloggen", "Log in om verder te lezen", "Met een account leest u alle berichten over het eiland.", PASSWORD),
    (LOGIN, "sv", "Logga in", "Logga in", "Med ett konto läser du alla nyheter om getterna på ön.", PASSWORD),
    (LOGIN, "pl", "Logowanie", "Zaloguj się", "Po zalogowaniu przeczytasz wszystkie wiadomości z wyspy.", PASSWORD),
    (LOGIN, "ja", "ログイン", "ログイン", "会員の方は島のすべての記事をお読みいただけます。", PASSWORD),
    (GONE, "en", "Page not found - Island Courier", "Page not found", "The ferry you wanted has left. Try the search, or go back to the harbour.", SEARCH),
    (GONE, "en", "404", "404", "Nothing grazes here any more.", BARE),
    (GONE, "en", "Island Courier", "This article is no longer available", "It was removed by the newsroom or its licence ended.", LATEST),
    (GONE, "en", "Error 404: Not Found | Harbour Post", "Oops! Page not found", "The link may be old. Here is what the harbour talks about today.", LATEST),
    (GONE, "de", "Seite nicht gefunden | Inselbote", "Seite nicht gefunden", "Die Fähre, die Sie suchen, ist schon abgefahren.", SEARCH),
    (GONE, "de", "Fehler 404", "Diese Seite existiert nicht", "Vielleicht hilft die Suche weiter.", LATEST),
    (GONE, "fr", "Page introuvable - Le Courrier de l'Île", "Page introuvable", "Le bac que vous cherchez est déjà parti.", SEARCH),
    (GONE, "es", "Página no encontrada", "Página no encontrada", "El transbordador que busca ya ha zarpado.", SEARCH),
    (GONE, "pt", "Erro 404", "Página não encontrada", "A balsa que procura já partiu.", LATEST),
    (GONE, "it", "Pagina non trovata", "Pagina non trovata", "Il traghetto che cerchi è già partito.", SEARCH),
    (GONE, "nl", "Pagina niet gevonden", "Pagina niet gevonden", "De veerboot die u zoekt is al vertrokken.", BARE),
    (GONE, "pl", "Nie znaleziono strony", "Nie znaleziono strony", "Prom, którego szukasz, już odpłynął.", SEARCH),
    (GONE, "ru", "Страница не найдена", "Ошибка 404", "Паром, который вы ищете, уже ушёл.", SEARCH),
    (GONE, "fi", "Sivua ei löytynyt", "Sivua ei löytynyt", "Etsimäsi lautta on jo lähtenyt.", LATEST),
    (GONE, "zh", "页面不存在", "页面不存在", "您要找的渡轮已经开走了。", BARE),
    (GONE, "ko", "페이지를 찾을 수 없습니다", "페이지를 찾을 수 없습니다", "찾으시는 배는 이미 떠났습니다.", SEARCH),
]  # fmt: skip


def page(language: str, title: str, heading: str, text: str, markup: str) -> bytes:
    """The page of a row."""
    body = markup.format(text=escape(text))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(heading)}</h1>{body}</body></html>"
    ).encode()
