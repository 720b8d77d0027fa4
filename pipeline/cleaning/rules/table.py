"""The rule table: one row for each kind of boilerplate, in the order in which they are asked.

A new rule is one row here and one page under `tests/golden/rules/<name>/`; a test fails for either without the other.
Node rules name structures of themes that are known exactly, never a class-name pattern of one's own: cutting by such
patterns cost publishers' pages 6 points of F1. Change `RULES_VERSION` with any change that changes a text.
"""

from pipeline.cleaning.rules import among, closing, editorial, matchers
from pipeline.cleaning.rules.engine import Rule

RULES_VERSION = "2"


def _kinds(names: str) -> frozenset[str]:
    return frozenset(names.split())


RULES: tuple[Rule, ...] = (
    Rule(
        name="appended_article",
        why="a second article, with headline and by-line of its own, is loaded under the story while one scrolls",
        match=closing.appended_article,
        among=among.appended_article,
        max_share=0.9,
    ),
    Rule(
        name="weather_widget",
        why="tagDiv's weather box stands above the story: a temperature and a town",
        classes=("td-weather-top-widget", "td_block_weather", "tdb-weather", "td_block_weather_wrap"),
        match=matchers.weather_widget,
        among=among.weather_widget,
    ),
    Rule(
        name="comment_form",
        why="WordPress's reply form and its warnings follow the story",
        ids=("respond", "commentform", "disqus_thread"),
        match=matchers.comment_form,
        phrases=_kinds("comment_form"),
    ),
    Rule(
        name="cookie_notice",
        why="consent managers put their text into the page itself",
        ids=(
            "cookie-law-info-bar",
            "onetrust-consent-sdk",
            "CybotCookiebotDialog",
            "cookie-notice",
            "cmplz-cookiebanner-container",
            "didomi-host",
            "usercentrics-root",
            "BorlabsCookieBox",
            "moove_gdpr_cookie_info_bar",
            "qc-cmp2-container",
            "cookieConsent",
        ),
        match=matchers.cookie_notice,
        phrases=_kinds("cookie"),
    ),
    Rule(
        name="share_bar",
        why="buttons that share, print or save; Jetpack's and tagDiv's are known by name",
        classes=("sharedaddy", "td-post-sharing", "addtoany_share_save_container", "jp-relatedposts-share"),
        match=matchers.share_bar,
        among=among.share_bar,
        max_share=0.1,
    ),
    Rule(
        name="most_popular",
        why="a label such as “Most Popular” with titles of other stories under it",
        match=matchers.most_popular,
        phrases=_kinds("most_popular"),
        max_share=0.4,
    ),
    Rule(
        name="related_list",
        why="other stories on the same matter, under a label or in Jetpack's box",
        ids=("jp-relatedposts",),
        match=matchers.related_list,
        phrases=_kinds("related"),
        max_share=0.4,
    ),
    Rule(
        name="date_line",
        why="the day of the visit above the headline; it is not the story's date",
        match=matchers.date_line,
        among=among.date_line,
        max_share=0.1,
    ),
    Rule(
        name="glued_breadcrumb",
        why="the breadcrumb runs into the headline where tags are gone; its last step is the section",
        match=matchers.glued_breadcrumb,
        among=among.glued_breadcrumb,
        detail=matchers.breadcrumb_section,
        max_share=0.1,
    ),
    Rule(
        name="headline",
        why="the headline stands in a field of its own, so it is no part of the body",
        match=matchers.headline,
        among=among.headline,
    ),
    Rule(
        name="repeated_headline",
        why="themes print the headline twice; trafilatura keeps one of them as text (+0.0047 on publishers' pages)",
        match=matchers.repeated_headline,
        among=among.repeated_headline,
    ),
    Rule(
        name="read_more_link",
        why="“Read more: …” between two paragraphs points at another story",
        match=matchers.read_more_link,
        phrases=_kinds("read_more"),
    ),
    Rule(
        name="reader_comments",
        why="what readers wrote under the story, and the rules for it",
        match=closing.reader_comments,
        among=among.reader_comments,
        max_share=0.8,
    ),
    Rule(
        name="tags",
        why="the words under which a page is filed are links to other stories",
        match=closing.tags,
        phrases=_kinds("tags"),
        max_share=0.1,
    ),
    Rule(
        name="reader_appeal",
        why="readers are asked for tips, mistakes or money",
        match=closing.reader_appeal,
        phrases=_kinds("appeal"),
        max_share=0.1,
    ),
    Rule(
        name="editor_line",
        why="the editor in charge stands in brackets under the story, in Chinese papers always",
        match=closing.editor_line,
        phrases=_kinds("editor"),
        max_share=0.1,
    ),
    Rule(
        name="newsletter_box",
        why="an invitation to a newsletter amid or after the story",
        match=matchers.newsletter_box,
        phrases=_kinds("newsletter"),
        max_share=0.1,
    ),
    Rule(
        name="follow_us",
        why="an invitation to the publisher's channels amid or after the story",
        match=matchers.follow_us,
        phrases=_kinds("follow follow_button follow_verb"),
        max_share=0.1,
    ),
    Rule(
        name="embed_notice",
        why="a note stands in the place of an embedded post or video until the reader agrees to load it",
        match=editorial.embed_notice,
        phrases=_kinds("embed embed_label"),
        max_share=0.3,
    ),
    Rule(
        name="affiliate_notice",
        why="that the publisher earns by the links of the page is not the story",
        match=editorial.affiliate_notice,
        phrases=_kinds("affiliate affiliate_opening"),
    ),
    Rule(
        name="translation_note",
        why="who or what translated the text is said about it, not in it",
        match=editorial.translation_note,
        phrases=_kinds("translation translators"),
    ),
    Rule(
        name="contributors",
        why="those who helped to report and edit are named behind the story",
        match=editorial.contributors,
        among=among.contributors,
    ),
    Rule(
        name="paywall_notice",
        why="what a subscription costs is not the story",
        match=matchers.paywall_notice,
        phrases=_kinds("paywall"),
        max_share=0.3,
    ),
    Rule(
        name="advertisement",
        why="the label that stands above advertisements, without them",
        match=matchers.advertisement,
        phrases=_kinds("advertisement"),
        max_share=0.1,
    ),
    Rule(
        name="copyright_notice",
        why="the page's end states the copyright, and an extractor that found no structure takes it for text",
        match=matchers.copyright_notice,
        among=among.copyright_notice,
        max_share=0.1,
    ),
    Rule(
        name="author_bio",
        why="a note on the author after the story",
        match=closing.author_bio,
        phrases=_kinds("author_bio"),
    ),
    Rule(
        name="photo_credit",
        why="a caption or credit of a picture; publishers' stories are told without (+0.0019 there)",
        match=matchers.photo_credit,
        among=among.photo_credit,
    ),
    Rule(
        name="by_line",
        why="the authors stand in a field of their own",
        match=matchers.by_line,
        among=among.by_line,
        max_share=0.1,
    ),
    Rule(
        name="time_stamp",
        why="when the page was published or updated stands in fields of their own",
        match=matchers.time_stamp,
        among=among.time_stamp,
        max_share=0.1,
    ),
    Rule(
        name="link_list",
        why="on a page of a publisher a line that is all link leads away from the story",
        match=matchers.link_list,
        among=among.link_list,
        max_share=0.9,
    ),
)
