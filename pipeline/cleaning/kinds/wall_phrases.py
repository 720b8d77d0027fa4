"""What pages say that stand before an article, or in its place: challenges for robots, and "not found". Data alone.

A phrase stands in a title or heading, whole or at its beginning (after a number such as 404). Folded before use.
"""

BOT_CHALLENGE = """
    just a moment; one moment please; attention required; checking your browser;
    checking if the site connection is secure;
    verifying you are human; verify you are human; verify that you are human; verify you are not a robot;
    are you a robot;
    are you human; are you a human; i am not a robot; i'm not a robot; confirm you are human; human verification;
    security check; security verification; making sure you're not a bot; pardon our interruption; access denied;
    access to this page has been denied; you have been blocked; sorry you have been blocked; request unsuccessful;
    unusual traffic; we have detected unusual activity; please enable cookies;
    enable javascript and cookies to continue;
    please complete the security check; bot verification; captcha; robot or human; ddos protection; too many requests;
    please wait while we verify; prove you are human; performing security verification; press and hold
    einen moment bitte; sicherheitsüberprüfung; sicherheitskontrolle; sind sie ein mensch; sind sie ein roboter;
    bestätigen sie dass sie ein mensch sind; bestätigen sie dass sie kein roboter sind; ihr browser wird überprüft;
    ihr browser wird geprüft; zugriff verweigert; ungewöhnlicher datenverkehr
    un instant; vérification de sécurité; contrôle de sécurité; êtes vous un robot; êtes vous humain;
    vérifiez que vous êtes humain; confirmez que vous êtes humain; vérification de votre navigateur; accès refusé;
    un momento; comprobación de seguridad; verificación de seguridad; eres un robot; eres humano; es usted un robot;
    verifique que es humano; verifica que eres humano; comprobando su navegador; comprobando tu navegador;
    acceso denegado;
    só um momento; um momento; verificação de segurança; você é um robô; você é humano; confirme que você é humano;
    verificando seu navegador; acesso negado; acesso bloqueado
    un attimo; controllo di sicurezza; verifica di sicurezza; sei un robot; sei umano; conferma di essere umano;
    verifica del browser; accesso negato
    een ogenblik; een moment; beveiligingscontrole; bent u een robot; ben je een robot; bevestig dat u een mens bent;
    toegang geweigerd; uw browser wordt gecontroleerd
    chwileczkę; cierpliwości; weryfikacja bezpieczeństwa; czy jesteś robotem; potwierdź że jesteś człowiekiem;
    sprawdzanie przeglądarki; odmowa dostępu; dostęp zablokowany
    ett ögonblick; säkerhetskontroll; är du en robot; bekräfta att du är människa; åtkomst nekad
    et øyeblikk; sikkerhetskontroll; er du en robot; bekreft at du er et menneske; ingen tilgang; adgang nægtet
    hetkinen; turvatarkistus; oletko robotti; vahvista että olet ihminen; pääsy estetty
    počkejte prosím; bezpečnostní kontrola; jste robot; potvrďte že jste člověk; přístup odepřen
    egy pillanat; biztonsági ellenőrzés; nem vagyok robot; hozzáférés megtagadva
    un moment; verificare de securitate; nu sunt robot; acces interzis
    проверка безопасности; проверка браузера; проверяем ваш браузер; вы робот; вы не робот;
    подтвердите что вы не робот;
    подтвердите что вы человек; доступ ограничен; доступ запрещен; доступ запрещён; минуточку; подождите
    перевірка безпеки; підтвердьте що ви не робот; доступ заборонено
    έλεγχος ασφαλείας; δεν είμαι ρομπότ; απαγορεύεται η πρόσβαση
    güvenlik kontrolü; robot musunuz; robot olmadığınızı doğrulayın; erişim engellendi; bir dakika lütfen
    pemeriksaan keamanan; verifikasi keamanan; akses ditolak; kiểm tra bảo mật; xác minh bạn là con người
    しばらくお待ちください; セキュリティチェック; セキュリティ確認; ロボットではありません;
    あなたが人間であることを確認; アクセスが拒否されました;
    请稍候; 請稍候; 安全验证; 安全驗證; 安全检查; 人机验证; 验证您是真人; 您是机器人吗; 访问被拒绝; 存取遭拒
    잠시만 기다려; 보안 확인; 보안 검사; 로봇이 아닙니다; 사람인지 확인; 접근이 거부되었습니다
    التحقق من الأمان; تحقق أمني; هل أنت روبوت; تم رفض الوصول; בדיקת אבטחה; הגישה נדחתה; सुरक्षा जांच;
    ตรวจสอบความปลอดภัย;
"""

NOT_FOUND = """
    page not found; not found; article not found; story not found; content not found;
    the page you requested was not found;
    the page you are looking for; this page does not exist; this page doesn't exist; page does not exist;
    this page is no longer available; this article is no longer available; this story is no longer available;
    this content is no longer available; this content isn't available; page unavailable; content unavailable;
    error 404;
    404 error; http 404; oops page not found; oops this page; sorry we can't find; sorry we couldn't find;
    sorry this page; we can't find that page; we couldn't find that page; nothing found;
    this page has moved or been deleted;
    seite nicht gefunden; die seite wurde nicht gefunden; seite existiert nicht; diese seite existiert nicht;
    seite nicht vorhanden; artikel nicht gefunden; artikel nicht mehr verfügbar;
    dieser artikel ist nicht mehr verfügbar;
    inhalt nicht gefunden; fehler 404; die angeforderte seite; diese seite gibt es nicht
    page introuvable; page non trouvée; cette page n'existe pas; la page demandée n'existe pas; article introuvable;
    cet article n'est plus disponible; erreur 404; la page que vous recherchez; contenu introuvable
    página no encontrada; no encontramos la página; esta página no existe; la página que buscas; la página que busca;
    artículo no encontrado; error 404; contenido no disponible; página não encontrada; esta página não existe;
    a página que você procura; conteúdo não encontrado; erro 404; notícia não encontrada
    pagina non trovata; la pagina non esiste; questa pagina non esiste; errore 404; articolo non trovato;
    la pagina che cerchi; contenuto non disponibile
    pagina niet gevonden; deze pagina bestaat niet; artikel niet gevonden; fout 404
    nie znaleziono strony; strona nie istnieje; nie ma takiej strony; błąd 404; artykuł nie istnieje
    sidan hittades inte; sidan kunde inte hittas; sidan finns inte; siden finnes ikke; siden ble ikke funnet;
    siden blev ikke fundet; siden findes ikke; sivua ei löytynyt; sivua ei löydy; artikeln finns inte
    stránka nenalezena; stránka nebyla nalezena; stránka neexistuje; stránka sa nenašla; chyba 404
    az oldal nem található; oldal nem található; a keresett oldal; pagina nu a fost găsită; pagina nu există;
    eroare 404;
    страница не найдена; страница не существует; ошибка 404; запрашиваемая страница; статья не найдена;
    материал не найден;
    сторінку не знайдено; сторінка не знайдена; помилка 404; страницата не е намерена; страница није пронађена;
    stranica nije pronađena; stran ne obstaja; η σελίδα δεν βρέθηκε; δεν βρέθηκε η σελίδα; σφάλμα 404
    sayfa bulunamadı; aradığınız sayfa; hata 404; haber bulunamadı; halaman tidak ditemukan; laman tidak dijumpai;
    không tìm thấy trang; trang không tồn tại; ไม่พบหน้า; ไม่พบหน้าที่คุณต้องการ
    ページが見つかりません; お探しのページ; ページは存在しません; 記事が見つかりません; 页面不存在; 页面未找到;
    找不到页面; 找不到頁面; 您访问的页面不存在;
    頁面不存在; 페이지를 찾을 수 없습니다; 존재하지 않는 페이지; 요청하신 페이지
    الصفحة غير موجودة; لم يتم العثور على الصفحة; صفحه یافت نشد; صفحه مورد نظر; הדף לא נמצא; העמוד לא נמצא;
    पृष्ठ नहीं मिला;
    पेज नहीं मिला
"""
