/* How much text a page shows: trafilatura's `html2txt`, of which only the length is wanted. */

#include "extract.h"

enum { CONSENT = 1, FOOTER = 2 };

static const TagSet CLEANED_TAGS = {
  [T_aside] = 1, [T_fencedframe] = 1, [T_footer] = 1, [T_script] = 1, [T_style] = 1, [T_svg] = 1, [T_template] = 1,
};
/* What stands apart from the text around it. */
static const TagSet APART = {
  [T_address] = 1, [T_article] = 1, [T_aside] = 1, [T_blockquote] = 1, [T_br] = 1, [T_dd] = 1, [T_div] = 1, [T_dl] = 1,
  [T_dt] = 1, [T_figcaption] = 1, [T_figure] = 1, [T_footer] = 1, [T_form] = 1, [T_h1] = 1, [T_h2] = 1, [T_h3] = 1,
  [T_h4] = 1, [T_h5] = 1, [T_h6] = 1, [T_header] = 1, [T_hr] = 1, [T_li] = 1, [T_main] = 1, [T_nav] = 1, [T_ol] = 1,
  [T_p] = 1, [T_pre] = 1, [T_section] = 1, [T_summary] = 1, [T_table] = 1, [T_td] = 1, [T_th] = 1, [T_tr] = 1, [T_ul] = 1,
};

static int is_cleaned(Reader *reader, const Part *part) {
  if (CLEANED_TAGS[part->tag]) return 1;
  if (!(part->has & (1 << A_class | 1 << A_id))) return 0;
  const uint32_t by_class = ask(reader, CLEANED, attribute(reader, part, A_class));
  const uint32_t by_id = ask(reader, CLEANED, attribute(reader, part, A_id));
  if ((by_class | by_id) & CONSENT) return 1;
  return part->tag == T_div && first_says(part, A_class, (by_class & FOOTER) != 0, A_id, (by_id & FOOTER) != 0);
}

typedef struct {
  uint32_t first, last;
} Range;

/* Characters that are printable or white space in every Python, and those that are neither in any. */
static const Range SHOWN[] = {
  {0x9, 0xd}, {0x20, 0x7e}, {0xa0, 0xac}, {0xae, 0x2ff}, {0x391, 0x3a1}, {0x3a3, 0x3ce}, {0x400, 0x52f}, {0x5d0, 0x5ea},
  {0x620, 0x6d3}, {0x901, 0x939}, {0x93c, 0x94d}, {0xe01, 0xe3a}, {0xe3f, 0xe5b}, {0x1e00, 0x1eff}, {0x2000, 0x200a},
  {0x2010, 0x2029}, {0x202f, 0x205e}, {0x20a0, 0x20bd}, {0x2100, 0x2189}, {0x2190, 0x23fa}, {0x2500, 0x27bf},
  {0x3000, 0x303f}, {0x3041, 0x3096}, {0x3099, 0x30ff}, {0x4e00, 0x9fa5}, {0xac00, 0xd7a3}, {0xfe0e, 0xfe0f},
  {0xff01, 0xff5e}, {0xfffd, 0xfffd}, {0x1f300, 0x1f64f},
};
static const Range HIDDEN[] = {
  {0x7f, 0x84}, {0x86, 0x9f}, {0xad, 0xad}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0xe000, 0xf8ff},
  {0xfeff, 0xfeff},
};

static int is_in(uint32_t code, const Range *ranges, size_t count) {
  for (size_t at = 0; at < count; at++) {
    if (code <= ranges[at].last) return code >= ranges[at].first;
  }
  return 0;
}

typedef struct {
  long long length; /* of the words, each with a space before it */
  int in_word, is_apart; /* whether it is the text of what stands apart: what is hidden is left out there */
} Shown;

/* Counts a text; 0 where it holds what may be hidden. */
static int count(Shown *shown, Text text) {
  for (const char *at = text.at, *end = text.at + text.size; at < end;) {
    size_t size;
    const uint32_t code = character(at, end, &size);
    at += size;
    if (!is_in(code, SHOWN, sizeof SHOWN / sizeof *SHOWN)) {
      if (!is_in(code, HIDDEN, sizeof HIDDEN / sizeof *HIDDEN)) return 0;
      if (shown->is_apart) continue;
    }
    const int blank = is_space(code);
    shown->length += blank ? 0 : shown->in_word ? 1 : 2;
    shown->in_word = !blank;
  }
  return 1;
}

static void start(Shown *shown, const Part *part) {
  shown->is_apart = APART[part->tag];
  if (shown->is_apart) shown->in_word = 0;
}

long long shown_length(Reader *reader) {
  Part *top = reader->root;
  do top = following(reader, top, reader->root);
  while (top && top->tag != T_body);
  if (!top) top = reader->root;
  Shown shown = {0};
  for (Part *part = top;;) {
    const int is_skipped = part != top && is_cleaned(reader, part);
    if (!is_skipped) {
      start(&shown, part);
      if (!count(&shown, part->text)) return -1;
    }
    if (part->first && !is_skipped) {
      part = part->first;
      continue;
    }
    for (int is_left = !is_skipped;; is_left = 1) {
      if (part == top) return shown.length ? shown.length - 1 : 0;
      if (is_left) start(&shown, part); /* else its tail is joined to what stands before it */
      if (!count(&shown, part->tail)) return -1;
      if (part->next) break;
      part = part->parent;
    }
    part = part->next;
    if (--reader->steps < 0) stop(reader, UNTOLD);
  }
}
