"""Words by which a line is known as a time stamp or a counter, and a sentence as a note on a correction."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STAMP_WORDS = _words(
    """
    updated update last modified edited published posted first on at by utc gmt cet cest bst est edt pst pdt ist ct et
    ago second seconds sec secs minute minutes min mins hour hours hr hrs day days week weeks month months year years
    read reading time views view reads comments comment shares share shared likes like times reactions replies reply
    aktualisiert aktualisierung zuletzt geändert veröffentlicht stand am um uhr vor sekunden minuten minute std stunde
    stunden tag tagen tage woche wochen monat monaten lesezeit kommentare kommentar aufrufe mal geteilt gelesen
    mis mise à jour le publié modifié dernière il y a heures heure jours jour semaine semaines mois lecture de
    commentaires commentaire partages vues
    actualizado actualizada actualización publicado publicada última el a las la hace horas hora días día semanas
    minutos minuto lectura comentarios comentario compartidos visitas
    aggiornato aggiornata aggiornamento pubblicato pubblicata ultimo il alle ore ora giorni giorno fa minuti minuto
    lettura di commenti commento condivisioni visualizzazioni
    atualizado atualizada atualização em às há dias dia leitura comentários comentário visualizações
    bijgewerkt gewijzigd gepubliceerd laatst op om uur geleden uren dagen leestijd minuten reacties reactie
    uppdaterad publicerad senast kl klockan sedan timmar timme dagar kommentarer lästid
    oppdatert publisert sist opdateret publiceret siden timer time dager dage lesetid læsetid
    päivitetty julkaistu klo sitten tuntia minuuttia päivää kommenttia
    zaktualizowano aktualizacja opublikowano ostatnia godz temu godzin godziny minut dni komentarzy komentarze
    aktualizováno zveřejněno aktualizované uverejnené hodin dnů minut komentářů frissítve közzétéve óra perce
    actualizat publicat ora acum ore minute zile comentarii ažurirano objavljeno prije pre sati dana komentara
    güncellendi güncelleme yayınlandı yayınlanma tarihi saat önce dakika gün yorum okuma süresi
    обновлено опубликовано изменено в назад час часа часов минут минуты дней дня комментариев комментария просмотров
    оновлено змінено тому годин години хвилин днів коментарів переглядів обновена публикувана преди часа минути
    ενημερώθηκε δημοσιεύτηκε τελευταία ενημέρωση πριν ώρες ώρα λεπτά ημέρες σχόλια
    diperbarui dipublikasikan yang lalu jam menit hari komentar dilihat cập nhật lúc phút giờ trước bình luận
    עודכן פורסם לפני שעות דקות תגובות تحديث نشر قبل ساعات ساعة دقائق دقيقة أيام تعليقات تعليق مشاهدة
    更新 发布 發布 公開 配信 最終更新 最終更新日時 更新日時 時間前 分前 日前
    小时前 小時前 分钟前 分鐘前 年 月 日 時 分 条评论 阅读 업데이트 입력 수정 댓글 조회
    """
)
"""Folded. Beside numbers and the names of days and months, what such lines consist of."""

DURATIONS = _words(
    """
    second seconds sec secs minute minutes min mins hour hours hr hrs day days week weeks month months year years
    sekunden minuten std stunde stunden tag tagen tage woche wochen monat monaten heures heure jours jour semaine
    semaines mois horas hora días día semanas minutos minuto ora ore giorni giorno minuti dias dia uur uren dagen
    timmar timme timer time timar time dager dage dagar tuntia minuuttia päivää godz godzin godziny minut dni hodin dnů
    óra perce zile sati dana saat dakika gün час часа часов минут минуты дней дня годин години хвилин днів часа минути
    ώρες ώρα λεπτά ημέρες jam menit hari phút giờ שעות דקות ساعات ساعة دقائق دقيقة أيام 年 月 日 時 分
    """
)
"""Those among them that with a number alone are no time stamp, but perhaps what the story is about."""

_OPENINGS = (
    # English
    r"corrections?(?: and clarifications?)?\s*(?:\(|:|-|–|—)",
    r"clarification\s*(?:\(|:|-|–|—)",
    r"(?:this is )?(?:a )?correct(?:s|ed|ing) (?:version|spelling|day|date|name|to )",
    r"(?:editor['’]?s'? note|note)\s*[:\-–—]\s*(?=.*\b(?:correct|amend|clarif|erroneous|incorrect|misstat))",
    r"(?:an )?(?:earlier|previous|original|initial) versions? of (?:this|the) "
    r"(?:article|story|report|piece|post|headline)",
    r"(?:this|the) (?:article|story|report|piece|post|headline) (?:was|has been|had been) "
    r"(?:\w+ )?(?:corrected|amended|clarified)",
    r"in an (?:earlier|previous) version of (?:this|the)",
    # German
    r"(?:berichtigung|richtigstellung|korrektur(?:hinweis)?)\s*[:\-–—(]",
    r"(?:hinweis|anmerkung) der redaktion\s*[:\-–—]\s*(?=.*(?:korrig|berichtig|früheren version|falsch|irrtümlich))",
    r"in (?:einer|der) (?:früheren|ersten|ursprünglichen|vorherigen) (?:version|fassung)",
    # French, Italian, Spanish, Portuguese, Catalan, Romanian
    r"(?:rectificatif|correctif|rectification|erratum|correction)\s*[:\-–—(]",
    r"(?:dans )?une (?:version précédente|précédente version|version antérieure|première version) de (?:cet|l['’])",
    r"(?:cet article|ce texte) a été (?:corrigé|rectifié|amendé)",
    r"(?:errata(?: corrige)?|rettifica|correzione|precisazione)\s*[:\-–—(]",
    r"(?:in )?una (?:versione precedente|precedente versione) di quest",
    r"(?:fe de erratas?|corrección|rectificación|aclaración|fe de errores)\s*[:\-–—(]",
    r"(?:en )?una versión (?:anterior|previa) de est",
    r"(?:errata|correção|erramos|rectificação|retificação)\s*[:\-–—(]",
    r"(?:em |n)?uma versão anterior dest",
    r"(?:correcció|fe d['’]errades|rectificació)\s*[:\-–—(]",
    r"(?:erată|rectificare|corectură)\s*[:\-–—(]",
    # Dutch, Scandinavian, Finnish
    r"(?:correctie|rectificatie|verbetering)\s*[:\-–—(]",
    r"in een (?:eerdere|vorige) versie van dit",
    r"(?:rättelse|korrigering|rettelse|korreksjon|beriktigelse|leiðrétting|oikaisu)\s*[:\-–—(]",
    r"i en (?:tidigare|tidligere) version|i en tidligere versjon|aiemmassa versiossa",
    r"jutussa (?:kerrottiin|väitettiin) aiemmin",
    # Slavic, Hungarian, Baltic, Greek, Turkish
    r"(?:sprostowanie|korekta|oprava|opravujeme|ispravak|ispravka|popravek|labojums|pataisymas)\s*[:\-–—(]",
    r"we wcześniejszej wersji|v (?:předchozí|původní) verzi|v predchádzajúcej verzii",
    r"(?:helyesbítés|helyreigazítás|διόρθωση|διευκρίνιση|düzeltme|tekzip)\s*[:\-–—(]",
    r"σε προηγούμενη (?:έκδοση|εκδοχή)|haberin önceki (?:sürümünde|versiyonunda)",
    r"(?:исправление|поправка|уточнение|опровержение|виправлення|уточнення|спростування)\s*[:\-–—(]",
    r"в (?:более ранней|предыдущей|первоначальной) версии|у попередній версії",
    # Hebrew, Arabic, Persian, Indonesian, Vietnamese, Chinese, Japanese, Korean
    r"(?:תיקון|הבהרה|تصحيح|تصويب|توضيح|اصلاحیه|تصحیح)\s*[:\-–—(]",
    r"(?:koreksi|ralat|đính chính)\s*[:\-–—(]",
    r"[【\[(（]?(?:更正|勘误|勘誤|訂正|お詫びと訂正|정정|바로잡습니다)[】\])）]?(?:[:：]|説明|啟事|启事|して|보도|\s|$)",
    r"[【\[(（](?:更正|勘误|勘誤|訂正|정정|바로잡습니다)[】\])）]",
)

CORRECTION = re.compile(r"\W{0,3}(?:" + "|".join(_OPENINGS) + ")", re.IGNORECASE)
"""How the sentence opens by which a publisher says that the article was corrected."""
