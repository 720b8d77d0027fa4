"""The names and patterns by which trafilatura chooses, as they stand in its 2.3.1; `test_extraction.py` compares them.

Copied, for to import them from there imports all of trafilatura and its HTTP client, a fifth of the time that the
command for one page takes. Most pages need none of the rest: `compiled` reads them.
"""

import re

COMMENTS_CLASS = r"^[Cc]omment(?!ary)|(?:article|post)-comments"
COMMENTS_ID = r"[Cc]omment(?!ary)|comol"
CONSENT_ID_CLASS_TOKENS = ("cookie",)
OVERALL_DISCARD_BOTH_TOKENS = (
    "^shar", "social", "viral", "newsletter", "syndication", "tags", "sidebar", "banner", "bread-?crumb", "button",
    "author",
)  # fmt: skip
OVERALL_DISCARD_CLASS_TOKENS = (
    "^(?:nav|post-nav|ZendeskForm)", "subnav", "avigation", "navbar", "navbox", "menu", "bar", " ad ", "-ad-",
    "(?:^| )ad-", "dfp[Aa]d", "outbrain", "taboola", "criteo", "paid-?content", "widget", "footer", "Footer", "byline",
    "Byline", "share-", "sociable", "embedded", "embed", "tag-list", "consent", "modal-content", "permission", "elated",
    "next-", "-stories", "most-popular", "more-on", "meta", "rating", "attachment", "timestamp", "user-info",
    "user-profile", "-icon", "article-infos", "message-container", "slide", "viewport", "overlay", "options", "expand",
    "obfuscated", "blurred", "mol-factbox", "yin", "zlylin", "nfoline",
)  # fmt: skip
OVERALL_DISCARD_ID_TOKENS = (
    "^(?:jp-|dpsp-content)", "bmdh", "footer", "Footer", "share", "Share", "nav", "Nav", "menu", "related",
    "message-container", "premium", "^ad-",
)  # fmt: skip
ARTICLE_CONTENT_CLASS_TOKENS = (
    "post[-_]text", "post-body", "post-?entry", "post[-_]?content", "postContent", "post_inner_wrapper",
    "article-?text", "articleText", "(?:entry|page|text|article|art)-content", "article__content",
    "article(?:-|__)?body", "articleBody", "ArticleContent", "body-text", "article__container",
)  # fmt: skip
ARTICLE_CONTENT_ID_TOKENS = (
    "(?:entry|article|art)-content", "article__content", "article(?:-|__)?body", "articleBody", "body-text",
)  # fmt: skip
STORY_CLASS_TOKENS = (
    "^article ", "post-bodycopy", "story-?content", "(?:theme|blog|section|single)-content", "single-post",
    "main-column", "wpb_text_column", "story-body", "field-body",
)  # fmt: skip
STORY_ID_TOKENS = ("^primary", "story-body")
MAIN_CONTENT_CLASS_TOKENS = ("content[-_]main", "content(?:-|__)body")
MAIN_CONTENT_ID_TOKENS = ("content-main", "content-body", "contentBody")
COOKIE_CONSENT = (
    r"cookie[-_]?(?:banner|bar|consent|law|notice|policy|description)|notice[-_]{0,2}cookie|consent[-_]?(?:banner|manager|sdk)"
    r"|borlabs|cookiebot|cmplz|onetrust|moove[-_]?gdpr"
)
FILTERED = re.compile(
    r"\W*(Drucken|E-?Mail|Facebook|Flipboard|Google|Instagram|Linkedin|Mail|PDF|Pinterest|Pocket|Print|QQ|Reddit|Twitter"
    r"|WeChat|WeiBo|Whatsapp|Xing|Mehr zum Thema:?|More on this.{,8}$)$",
    re.IGNORECASE,
)
"""The name of a button."""
