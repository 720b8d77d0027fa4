"""Keywords where no space tells words apart: strings of characters that are repeated as a whole.

Chinese, Thai and their like: the longest strings that stand at least twice. Japanese changes its script between words,
so runs of Han characters and of katakana are words.
"""

from collections import Counter
from collections.abc import Callable

from pipeline.enrichment.reading import Reading
from pipeline.text import on_demand


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "my", "km", "bo", "dz"})
MAX_TEXT = 3000
"""Characters of the body that are cut into strings: each length costs 0.1 ms per thousand."""
IN_HEADLINE = 2.5
EARLY = 400.0
"""Characters over which the weight of a first occurrence falls by half."""

_JAPANESE = on_demand(r"[々\u3400-\u4dbf\u4e00-\u9fff]{2,10}|[\u30a1-\u30ff]{3,}|[A-Za-z][A-Za-z0-9]{2,}")
_JAPANESE_STOPS = _words(
    """
    今日 昨日 明日 今年 昨年 来年 今回 前回 時間 以上 以下 以降 以前 場合 自分 可能 必要 発表 説明 写真 記事
    今後 一方 同日 同社 同氏 同市 午前 午後 関係 状況 結果 予定 開始 実施 対象 内容 方法 問題 理由 最大 最高
    全国 現在 当時 平均 一部 一番 多数 存在 紹介 公開 確認 利用 使用 参加 登場 期待 影響 意味 様子 気持 言葉
    部分 情報 サイト ニュース ページ コメント ポイント
    """
)
_RUN = on_demand(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[A-Za-z][A-Za-z0-9.\-]{2,}")
_THAI_RUN = on_demand(r"[\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u0f00-\u0fff]+")
_CHINESE_EDGES = frozenset(
    "的了是在和有我他她它们們这這那不也就都而及与與着著或被把对對为為从從到以于於之其但并並很更最将將会會能可要让讓向又再还還"
    "个個年月日时時分中上下内內外后後前来來去说說称稱等该該此每各由因所如若则則吗嗎呢吧啊一二三四五六七八九十两兩万萬亿億多少"
)
_CHINESE_STOPS = _words(
    """
    表示 报道 報道 記者 记者 目前 今天 昨天 今年 去年 进行 進行 没有 沒有 可能 問題 问题 已经 已經 通过 通過
    因此 認為 认为 我們 我们 他們 他们 自己 其中 包括 以及 相关 相關 情况 情況 成为 成為 方面 工作 需要 开始
    開始 出現 出现 使用 不同 部分 重要 這些 这些 指出 公布 未來 未来 提供 透過 必須 必须 時間 时间 影響 影响
    希望 發現 发现 現在 现在
    """
)
_THAI_NO_START = frozenset("ะัาำิีึืฺุูๅๆ็่้๊๋์ํ๎ຽະັາຳິີຶືຸູົຼ່້໊໋໌ໍ")
_THAI_NO_END = frozenset("เแโใไເແໂໃໄ")
_THAI_STOPS = _words(
    """
    ที่ และ ของ ใน การ เป็น ได้ ให้ มี จะ ไม่ ว่า จาก กับ โดย
    แต่ หรือ ความ นี้ นั้น ซึ่ง เพื่อ แล้ว ยัง ก็ คน ปี วัน ต้อง
    ทำ ไป มา อยู่ ถึง กัน เมื่อ ด้วย เพราะ ต่อ ตาม ผู้ มาก หลัง
    กว่า ทั้ง อีก เขา เรา ขึ้น ลง ออก เข้า แห่ง ระหว่าง อาจ สามารถ
    ทำให้ การที่ ที่มี และการ ในการ ของการ จะมี ไม่ได้ ซึ่งเป็น
    กล่าวว่า อย่าง เปิดเผย ระบุ
    """
)


def repeated_strings(reading: Reading) -> dict[str, float]:
    """Score by string."""
    text = reading.body[:MAX_TEXT]
    if reading.tag == "ja":
        counts = Counter(_JAPANESE().findall(text))
        counts = Counter({word: count for word, count in counts.items() if word not in _JAPANESE_STOPS})
    elif reading.tag in ("zh", "yue"):
        counts = _maximal(_RUN().findall(text), range(2, 7), _is_chinese)
    else:
        counts = _maximal(_THAI_RUN().findall(text), range(4, 17), _is_thai)
    return {
        word: _weight(word, count, text, reading.headline)
        for word, count in counts.items()
        if count > 1 or word in reading.headline
    }


def _weight(word: str, count: int, text: str, headline: str) -> float:
    early = 0.5 + 0.5 / (1 + text.find(word) / EARLY)
    length: float = min(len(word), 6) ** 0.5
    return count * length * early * (IN_HEADLINE if word in headline else 1.0)


def _maximal(runs: list[str], lengths: range, is_word: Callable[[str], bool]) -> Counter[str]:
    """How often each string stands that is repeated, and not as a part of a longer one as often."""
    counts: Counter[str] = Counter()
    for run in runs:
        if run.isascii():
            counts[run] += 1
            continue
        for length in lengths:
            for start in range(len(run) - length + 1):
                counts[run[start : start + length]] += 1
    repeated = {string: count for string, count in counts.items() if count > 1}
    found: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    for string in sorted(repeated, key=lambda each: (-len(each), each)):
        own = repeated[string] - covered[string]
        if own > 0 or string.isascii():
            for length in range(2, len(string)):
                for start in range(len(string) - length + 1):
                    part = string[start : start + length]
                    covered[part] = max(covered[part], repeated[string])
            if own > 0 and is_word(string):
                found[string] = repeated[string]
    return found


def _is_chinese(string: str) -> bool:
    return string not in _CHINESE_STOPS and string[0] not in _CHINESE_EDGES and string[-1] not in _CHINESE_EDGES


def _is_thai(string: str) -> bool:
    return string not in _THAI_STOPS and string[0] not in _THAI_NO_START and string[-1] not in _THAI_NO_END
