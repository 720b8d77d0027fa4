"""Names of days and months in some sixty languages, folded: what a line that is only a date consists of.

Made from the Unicode CLDR (wide and abbreviated names, both cases) with Babel.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WEEKDAYS = _words(
    """
    ahad ahd al alhamisi an antradienis aoine ar asteartea asteazkena astelehena axşamı az ba bazar biy biyernes
    bảy ceturtd ceturtdiena chor chorshanba chủ cmt cn cs csütörtök cum cuma cumartesi czw czwartek céad
    céadaoin cümə dc dg di die diel dienstag dijous dilluns dim dimanche dimarts dimecres dinsdag dissabte
    diumenge divendres dj dl do dom domenica domh domhnaigh domingo donderdag donnerstag ds dt dum duminică dush
    dushanba dv dydd dé déar déardaoin enj enjte ertəsi esmaspäev feira fim fimmtudagur fr fre fredag freitag
    fri friday fös föstudagur gio giovedì gwe gwen gwener hai haoine huw huwebes hétfő hën hënë iau ig igandea
    ijumaa isn isnin jeu jeudi joi jue jueves jum juma jumaat jumamosi jumanne jumapili jumat jumatano jumatatu
    kam kamis ke kedd keskiviikko keskiviikkona ketvirtadienis kha khamis kolmapäev kt la larunbata lau lauantai
    lauantaina laugardagur laupäev lin linggo llun lr luain luan lun lundi lunedì lunes luni luns lör lördag lør
    lørdag ma maanantai maanantaina maandag man mandag mar mardi martedì martes martë marți maw mawrth mer
    mercher mercoledì mercredi mi mie miercuri min minggu mittwoch miy miyerkules mié miércoles mið miðvikudagur
    mo mon monday montag máirt mán mánudagur mån måndag mér mércores mër mërkurë ne ned nedelja nedeľa nedjelja
    neděle neljapäev nhật niedz niedziela năm og ons onsdag or osteguna ostirala otrd otrdiena pay payshanba paz
    pazar pazartesi pe penktadienis per perjantai perjantaina perşembe pet petak petek pi piatok piektd
    piektdiena pirmadienis pirmd pirmdiena piątek pn po pon pondelok pondělí ponedeljek ponedjeljak poniedziałek
    pr pre premte pt pzt pá pátek péntek pühapäev qua quarta qui quinta rab rabu reede sa sab sabado sabato
    sabtu sad sadwrn sal salı sam samedi samstag sat saterdag sath sathairn saturday seg segunda sekmadienis sel
    selasa sen senin sesh seshanba sestd sestdiena sex sexta shan shanba sht shtunë sk so sob sobota sondag
    sonntag sre sreda sri srijeda st streda středa su sub subota sul sun sunday sunnudagur sunnuntai svētd
    svētdiena sze szerda szo szombat sáb sábado sáu sâm sâmbătă sön söndag søn søndag teisipäev ter terça th thu
    thursday thứ ti tiistai tiistaina tir tirs tirsdag tis tisdag to tor torek tors torsdag torstai torstaina tr
    trečiadienis trešd trešdiena tue tuesday tư ut uto utorak utorok vasárnap ven vendredi venerdì venres vie
    viernes vin vineri vr vrijdag vrydag wed wednesday wo woensdag wt wtorek xov xoves yak yakshanba za zaterdag
    zo zondag çar çarşamba çərşənbə út úterý þri þriðjudagur čet četrtek četvrtak čt čtvrtek śr środa şənbə
    šeštadienis št štvrtok δευ δευτέρα κυρ κυριακή πέμ πέμπτη παρ παρασκευή σάβ σάββατο τετ τετάρτη τρί τρίτη
    бейсенбі бс воскресенье вс вт вто вторник вівторок дс дүйсенбі жексенбі жм жс жұма нд нед недела неделя
    недеља неділя пʼятниця пет петак петок петък пн пон понеделник понедельник понедељак понеділок пт пятница
    саб сабота сб сейсенбі сенбі середа ср сре среда сряда сс суб суббота субота събота сәрсенбі уто уторак чет
    четвер четверг четвртак четврток четвъртък чт երեքշաբթի երկ երկուշաբթի երք կիր կիրակի հինգշաբթի հնգ շաբաթ
    շբթ ուր ուրբաթ չորեքշաբթի չրք חמישי יום ראשון רביעי שבת שישי שלישי שני اتوار الأحد الأربعاء الاثنين الثلاثاء
    الجمعة الخميس السبت بدھ جمعرات جمعه جمعہ دوشنبه سه شنبه منگل پنجشنبه پیر چهارشنبه ہفتہ یکشنبه आइत आइतब गल
    गलब गलव गळ गळव धब धव मङ मब मव रब रव शन গল গলব ধব পত মঙ মব রব শন হস ਐਤ ਐਤਵ ਕਰ ਕਰਵ ਗਲ ਗਲਵ ਚਰ ਚਰਵ ਧਵ ਮਵ ਰਵ ગળ
    ગળવ ધવ મવ રવ શન கள சன தன ழன ఆద గళ గళవ ధవ మవ రవ శన ಗಳ ಗಳವ ಧವ ಮವ ರವ ಶನ കള കൾ ധന ധൻ യറ യർ ശന අඟහ අඟහර ඉර නස පත
    බද රහස සඳ กร งคาร ตย นจ นทร นพ นพฤห นศ นอ นอาท นเสาร พฤ สบด อา ງຄານ ນຈ ນພ ນພະຫ ນສ ນອ ນອາທ ນເສ ພະຫ ອາທ ເສ ဂန
    စန တနင ဓဟ သပတ အင კვი კვირა ოთხ ოთხშაბათი ორშ ორშაბათი პარ პარასკევი სამ სამშაბათი შაბ შაბათი ხუთ ხუთშაბათი
    ሐሙስ ማክሰ ማክሰኞ ረቡዕ ሰኞ ቅዳሜ እሑድ ዓርብ ចន បត រហ រហស អង
    """
)
"""Days of the week."""

MONTHS = _words(
    """
    abe abendua abr abril abu abuztua ag ago agost agosti agosto agu agustus aib aibreán août api apirila apr
    aprel april aprile aprili aprilie aprill apríl apríla aprīlis ara aralık aug august augusta augusti augusts
    augustus augusztus avg avgust avq avqust avr avril awst aza azaroa ağu ağustos bal balandis balandžio beal
    bealtaine birž birželio birželis bře březen března chw chwef chwefror cze czerwca czerwiec dec decembar
    december decembra decembrie decembris decembro deireadh dek dekabr des desemba desember desembre dets
    detsember dez dezember dezembro dfómh dhj dhjetor dic dicembre diciembre dis disember disyembre dub duben
    dubna déc décembre ean eanáir ebr ebrill eka ekaina eki ekim elo elokuu elokuuta ene enero eyl eylül feabh
    feabhra feb febbraio febr febreiro febrer febrero februar februari februarie february február februára
    februāris febrúar fev fevereiro fevral févr février fómhair geg gegužė gegužės gen gener gennaio giu giugno
    gor gorff gorffennaf gru grudnia grudzień gruod gruodis gruodžio gush gusht haz haziran heinä heinäkuu
    heinäkuuta helmi helmikuu helmikuuta huhti huhtikuu huhtikuuta hul hulyo hun hunyo hyd hydref ian ianuarie
    ion ionawr ira iraila iul iulie iun iunie iyl iyn iyul iyun iúil jaan jaanuar jan janar janeiro januar
    januari januarie january január januára janv janvier janvāris janúar joulu joulukuu joulukuuta juil juillet
    juin jul julai julho juli julie julij julio juliol july jun june junho juni junie junij junio juny juuli
    juuni júl júla július júlí jún júna június júní jūl jūlijs jūn jūnijs kas kasım kesä kesäkuu kesäkuuta kol
    kolovoz kolovoza korr korrik kov kovas kovo kvě květen května kwi kwiecień kwietnia lapkr lapkritis
    lapkričio led leden ledna liep liepa liepos lip lipanj lipca lipiec lipnja lis listopad listopada listopadu
    loka lokakuu lokakuuta lug luglio lut lutego luty lún lúnasa maalis maaliskuu maaliskuuta maart mac machi
    mag maggio mai maiatza maig maijs maio maj maja mar marca march marec maret marras marraskuu marraskuuta
    mars marso mart martie marts martxoa marzec marzo març março maw mawrth may mayo mayıs maí medi meh mehefin
    mei meith meitheamh meán mfómh mrt máj mája május márc március márta mär märts märz nis nisan nob nobyembre
    noiembrie noll nollaig nov novemba novembar november novembra novembre novembris novembro noviembre noy
    noyabr nën nëntor nóv nóvember oca ocak oct october octobre octombrie octubre ogo ogos okt oktabr oktoba
    oktobar oktober oktobris oktoober oktubre oktyabr október októbra ots otsaila ott ottobre out outubro ožu
    ožujak ožujka paź październik października peb pebrero pri prill pro prosinac prosinca prosince prosinec qer
    qershor rhag rhagfyr rugp rugpjūtis rugpjūčio rugs rugsėjis rugsėjo ruj rujan rujna samh samhain saus sausio
    sausis sen sentabr sentyabr sep sept septemba septembar september septembra septembre septembrie septembris
    septiembre set setembre setembro settembre setyembre shk shkurt sht shtator sie sierpień sierpnia sij
    siječanj siječnja spal spalio spalis srp srpanj srpen srpna srpnja stu studeni studenoga sty styczeń
    stycznia svi svibanj svibnja syys syyskuu syyskuuta szept szeptember tach tachwedd tammi tammikuu tammikuuta
    tem temmuz tet tetor thg tháng touko toukokuu toukokuuta tra travanj travnja urr urria urt urtarrila uzt
    uztaila vas vasario vasaris veebr veebruar velj veljača veljače wrz wrzesień września xan xaneiro xul xullo
    xuño yan yanvar zář září ágú ágúst ápr április úno únor února červen července červenec června čvc čvn říj
    říjen října şub şubat απρ απρίλιοσ απριλίου αυγ αυγούστου αύγ αύγουστοσ δεκ δεκέμβριοσ δεκεμβρίου ιαν
    ιανουάριοσ ιανουαρίου ιουλ ιουλίου ιουν ιουνίου ιούλ ιούλιοσ ιούν ιούνιοσ μάι μάιοσ μάρ μάρτιοσ μαι μαρ
    μαρτίου νοέ νοέμβριοσ νοε νοεμβρίου οκτ οκτωβρίου οκτώβριοσ ου σεπ σεπτέμβριοσ σεπτεμβρίου φεβ φεβρουάριοσ
    φεβρουαρίου авг август августа апр апрель апреля април ақп ақпан бер березень березня вер вересень вересня
    груд грудень грудня дек декабрь декабря декември дец децембар жел желтоқсан жовт жовтень жовтня июл июль
    июля июн июнь июня квіт квітень квітня лип липень липня лист листопад листопада лют лютий лютого май мам
    мамыр мар март марта мау маусым мая мај нау наурыз нов новембар ное ноември нояб ноябрь ноября окт октобар
    октомври октябрь октября сент сентябрь сентября сеп септембар септември серп серпень серпня січ січень січня
    сәу сәуір там тамыз трав травень травня феб фебруар фев февр февраль февраля февруари черв червень червня
    шіл шілде юли юни янв январь января яну януари јан јануар јануари јул јули јун јуни қаз қазан қар қараша қаң
    қаңтар қыр қыркүйек ապր ապրիլ ապրիլի դեկ դեկտեմբեր դեկտեմբերի հլս հնս հնվ հոկ հոկտեմբեր հոկտեմբերի հուլիս
    հուլիսի հունիս հունիսի հունվար հունվարի մայիս մայիսի մարտ մարտի մյս մրտ նոյ նոյեմբեր նոյեմբերի սեպ սեպտեմբեր
    սեպտեմբերի փետրվար փետրվարի փտվ օգոստոս օգոստոսի օգս אוג אוגוסט אוק אוקטובר אפר אפריל דצמ דצמבר יולי יוני
    ינו ינואר מאי מרץ נוב נובמבר ספט ספטמבר פבר פברואר آوریل أبريل أغسطس أكتوبر اوت اپریل اکتبر اکتوبر اگست
    جنوری جولائی جون دسامبر دسمبر ديسمبر سبتمبر ستمبر سپتامبر فبراير فروری فوریه مئی مارس مارچ مايو مه نوامبر
    نوفمبر نومبر يناير يوليو يونيو ژانویه ژوئن ژوئیه अक अग अगस अप अर एप ऑक ऑग ऑगस जन जनवर नव बर मई रवर सप অক আগ
    আগস এপ নভ বর ਅਕਤ ਅਗ ਅਗਸਤ ਅਪ ਜਨ ਜਨਵਰ ਦਸ ਨਵ ਬਰ ਮਈ ਰਚ ਰਵਰ ਸਤ આર એપ ઑક ઑગસ નવ બર સપ அக ஆக ஆகஸ ஏப சம ஜன ஜனவர டம
    நவ நவம பர ரல ரவர అక ఆగ ఆగస ఏప జన జనవర నవ బర రవర ಅಕ ಆಗ ಆಗಸ ಏಪ ಜನ ಜನವರ ನವ ಬರ ರವರ ഏപ ഒക ഓഗ ഓഗസ ജന നവ ബർ വര ർച
    අග අප ඔක ජන ජනව බර බරව กรกฎาคม กายน งหาคม นธ นยายน นวาคม นาคม นายน พฤศจ พฤษภาคม มกราคม มภาพ ลาคม เม เมษายน
    ງກອນ ງຫາ ດສະພາ ນຍາ ນວາ ນາ ພະຈ ມພາ ລະກ ລາ ເມສາ စက ဇင ဇန တင နဝ မတ ဝင ဧပ ဩဂ აგვ აგვისტო აპრ აპრილი დეკ
    დეკემბერი თებ თებერვალი იან იანვარი ივლ ივლისი ივნ ივნისი მაი მაისი მარ მარტი ნოე ნოემბერი ოქტ ოქტომბერი სექ
    სექტემბერი ማርች ሜይ ሴፕቴ ሴፕቴምበር ኖቬም ኖቬምበር ኤፕሪ ኤፕሪል ኦክቶ ኦክቶበር ኦገስ ኦገስት ዲሴም ዲሴምበር ጁላይ ጁን ጃን ጃንዋሪ ፌብ ፌብሩዋሪ កក កញ
    កដ មករ ឧសភ
    """
)
"""Months."""

FILLERS = _words(
    """
    a an at am pm a.m p.m the of on th st nd rd de del la le les den dem der des og och kl klo um uhr om à alle ore il
    år year г года год р року р. v u o as às dia ngày tháng năm thứ วันที่ พ ศ ค
    के को की تاريخ الموافق من في ה ב יום ה'
    utc gmt est edt cet cest ist bst pst pdt cst cdt wib
    """
)
"""Words that stand between them."""
