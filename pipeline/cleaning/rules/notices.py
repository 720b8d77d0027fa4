"""Notices that a text states itself: copyright, and the credit or note at the end of a caption.

Each has a pattern, and a cheap sign without which the pattern finds nothing: these patterns ignore case, so that
running them over every line of a page took two thirds of the time of all rules.
"""

import re

from pipeline.cleaning.blocks import Line
from pipeline.text import fold

_COPYRIGHT = re.compile(
    r"^\W*(?:©|\(c\) ?(?:19|20)\d\d|copyright\b(?!:))|© ?(?:19|20)\d\d\b.{0,40}$"
    r"|all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|riproduzione riservata"
    r"|wszelkie prawa zastrzeżone|все права защищены|無断転載|版权所有|무단 ?전재|جميع الحقوق محفوظة|כל הזכויות שמורות"
    r"|при перепечатке|использование материалов|використання матеріалів|yayın hakk[ıi]|izinsiz kopyalan|未经.{0,8}授权"
    r"|转载请注明|版权均属|禁止转载|सर्वाधिकार सुरक्षित|สงวนลิขสิทธิ์|με επιφύλαξη"
    r"|alle rettigheter|rättigheter förbehåll|auteursrecht",
    re.IGNORECASE,
)
_COPYRIGHT_SIGNS = (
    "©", "(c)", "copyright", "reserv", "riservat", "vorbehalten", "réserv", "zastrzeżone", "защищены", "無断転載",
    "版权所有", "전재", "محفوظة", "שמורות", "перепечатке", "материалов", "матеріалів", "hakk", "kopyalan", "未经",
    "转载请注明", "版权均属", "禁止转载", "सुरक्षित", "สงวน", "επιφύλαξη", "rettigheter", "rättigheter", "auteursrecht",
)  # fmt: skip
"""One of them, in lower case, stands in all that `_COPYRIGHT` finds: looking for them takes a third of its time."""
ASCII_SIGNS = tuple(sign for sign in _COPYRIGHT_SIGNS if sign.isascii())
_CREDIT_WORDS = (
    r"photos?|photograph|picture|image|foto|fotos|bild|crédit|fotografía|imagem|fot|kuva|fotó|снимка|фото|φωτο"
    r"|φωτογραφία|fotoğraf|ảnh|ภาพ|फोटो|ছবি|צילום|תצלום|تصوير|صورة|사진|写真|撮影"
)
_ENLARGES = re.compile(
    r"(?:click (?:here )?to enlarge|(?:zum vergrößern|vergrößern)|cliquez pour agrandir|cliquer pour agrandir"
    r"|(?:haga )?clic para ampliar|clique para ampliar|clicca per ingrandire|klik om te vergroten"
    r"|kliknij,? aby powiększyć|klikk for å forstørre|klicka för att förstora|нажмите,? чтобы увеличить"
    r"|натисніть,? щоб збільшити|büyütmek için tıklayın|クリックで拡大|点击(?:查看大图|放大)|클릭하면 확대)\W*$",
    re.IGNORECASE,
)
"""How a caption ends whose picture opens in large."""
_ENLARGES_LAST = tuple(map(fold, (
    "enlarge", "vergrößern", "agrandir", "ampliar", "ingrandire", "vergroten", "powiększyć", "forstørre", "förstora",
    "увеличить", "збільшити", "tıklayın", "拡大", "查看大图", "放大", "확대",
)))  # fmt: skip
"""The last words of those: few lines end so, and only they need be searched."""
_ENDS_WITH_CREDIT = re.compile(
    rf"[(（\[]\s*(?:{_CREDIT_WORDS})\b[^()（）\[\]]{{2,60}}[)）\]]\.?$"
    rf"|[.!?…]\s(?:{_CREDIT_WORDS})(?:\s?:|\.|\s(?:by|von|di|de)\b)\s?[^.!?]{{2,60}}$"
    r"|(?:记者|通讯员|新华社|中新社)[^。！？]{1,20}[摄攝]\s*[)）】]?$|(?:供图|供圖|提供图片)\s*[)）】]?$",
    re.IGNORECASE,
)


def states_copyright(text: str) -> bool:
    """Whether a text states who has the rights to the page."""
    return bool(copyright_signs(text.lower())) and _COPYRIGHT.search(text) is not None


def copyright_signs(lowered: str) -> list[str]:
    """What speaks of copyright in texts in lower case: without any of it they state none."""
    return [sign for sign in (ASCII_SIGNS if lowered.isascii() else _COPYRIGHT_SIGNS) if sign in lowered]


def opens_in_large(line: Line) -> bool:
    """Whether a line ends as the captions of pictures do that open in large."""
    return may_open_in_large(line.folded.rpartition(" ")[2]) and _ENLARGES.search(line.text) is not None


def may_open_in_large(word: str) -> bool:
    """Whether a folded line with this last word may end as those captions do."""
    return word.endswith(_ENLARGES_LAST)


def ends_with_credit(text: str) -> bool:
    """Whether a credit stands at the end: in brackets, or after a full stop and without one."""
    return _ENDS_WITH_CREDIT.search(text) is not None
