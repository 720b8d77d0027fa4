/* What is done to the whole page before its text is read: `clean_tree`, and trafilatura's `convert_tags`. */

#include "extract.h"

#include <string.h>

/* In the order in which they are deleted; forms come after them. */
static const uint8_t DELETED[] = {
  T_aside, T_embed, T_fencedframe, T_footer, T_head, T_iframe, T_menu, T_object, T_script, T_applet, T_audio, T_canvas,
  T_figure, T_map, T_picture, T_svg, T_video, T_area, T_blink, T_button, T_datalist, T_dialog, T_frame, T_frameset,
  T_fieldset, T_link, T_input, T_label, T_legend, T_marquee, T_math, T_menuitem, T_nav, T_noindex, T_noscript, T_optgroup,
  T_option, T_output, T_param, T_progress, T_rp, T_rt, T_rtc, T_select, T_source, T_style, T_track, T_textarea, T_time,
  T_use,
};
static const TagSet IS_DELETED = {
  [T_aside] = 1, [T_embed] = 1, [T_fencedframe] = 1, [T_footer] = 1, [T_head] = 1, [T_iframe] = 1, [T_menu] = 1,
  [T_object] = 1, [T_script] = 1, [T_applet] = 1, [T_audio] = 1, [T_canvas] = 1, [T_figure] = 1, [T_map] = 1,
  [T_picture] = 1, [T_svg] = 1, [T_video] = 1, [T_area] = 1, [T_blink] = 1, [T_button] = 1, [T_datalist] = 1,
  [T_dialog] = 1, [T_frame] = 1, [T_frameset] = 1, [T_fieldset] = 1, [T_link] = 1, [T_input] = 1, [T_label] = 1,
  [T_legend] = 1, [T_marquee] = 1, [T_math] = 1, [T_menuitem] = 1, [T_nav] = 1, [T_noindex] = 1, [T_noscript] = 1,
  [T_optgroup] = 1, [T_option] = 1, [T_output] = 1, [T_param] = 1, [T_progress] = 1, [T_rp] = 1, [T_rt] = 1, [T_rtc] = 1,
  [T_select] = 1, [T_source] = 1, [T_style] = 1, [T_track] = 1, [T_textarea] = 1, [T_time] = 1, [T_use] = 1,
};
static const TagSet STRIPPED = {
  [T_abbr] = 1, [T_acronym] = 1, [T_address] = 1, [T_bdi] = 1, [T_bdo] = 1, [T_big] = 1, [T_cite] = 1, [T_data] = 1,
  [T_dfn] = 1, [T_font] = 1, [T_hgroup] = 1, [T_img] = 1, [T_ins] = 1, [T_mark] = 1, [T_meta] = 1, [T_nobr] = 1,
  [T_ruby] = 1, [T_small] = 1, [T_tbody] = 1, [T_template] = 1, [T_tfoot] = 1, [T_thead] = 1, [T_wbr] = 1,
};
static const TagSet CUT_WHEN_EMPTY = {
  [T_article] = 1, [T_b] = 1, [T_blockquote] = 1, [T_dd] = 1, [T_div] = 1, [T_dt] = 1, [T_em] = 1, [T_h1] = 1,
  [T_h2] = 1, [T_h3] = 1, [T_h4] = 1, [T_h5] = 1, [T_h6] = 1, [T_i] = 1, [T_li] = 1, [T_main] = 1, [T_p] = 1, [T_pre] = 1,
  [T_q] = 1, [T_section] = 1, [T_span] = 1, [T_strong] = 1,
};
/* Links outside of blocks, and what marks words. */
static const TagSet FORMATS = {
  [T_a] = 1, [T_b] = 1, [T_em] = 1, [T_i] = 1, [T_kbd] = 1, [T_samp] = 1, [T_strong] = 1, [T_sub] = 1, [T_sup] = 1,
  [T_tt] = 1, [T_u] = 1, [T_var] = 1,
};
static const TagSet BLOCKS = {[T_div] = 1, [T_li] = 1, [T_p] = 1, [T_table] = 1};

enum { APPENDS = 2, SHARES = 4, FOLLOWS = 7, COMMENTS = 8, COMMENT_LIST = 16 };

int is_deleted(int tag) { return IS_DELETED[tag]; }

static void clear(Part *part) {
  part->source = NULL;
  part->has = 0;
}

static int has_any(const Reader *reader, const TagSet tags) {
  for (int tag = 0; tag < TAG_COUNT; tag++) {
    if (tags[tag] && reader->here[tag]) return 1;
  }
  return 0;
}

static int has_headline(Reader *reader, Part *top) {
  for (Part *part = following(reader, top, top); part; part = following(reader, part, top)) {
    if (part->tag == T_h1) return 1;
  }
  return 0;
}

/* Whether a class or id may be asked for: nearly all are told apart here, for Python takes its time. */
static int may_follow(Text name) {
  static const char *const PARTS[] = {
    ['c'] = "comol", ['d'] = "disqus_thread", ['e'] = "elementor-share-buttons", ['i'] = "infinite", ['m'] = "mvp-post-add",
    ['o'] = "omment", [127] = NULL,
  };
  for (const char *at = name.at, *end = name.at + name.size; at < end; at++) {
    const char *part = (unsigned char)*at < 128 ? PARTS[(unsigned char)*at] : NULL;
    if (part && (size_t)(end - at) >= strlen(part) && memcmp(at, part, strlen(part)) == 0) return 1;
  }
  return 0;
}

static uint32_t following_bits(Reader *reader, const Part *part, int known, int question) {
  const Text name = attribute(reader, part, known);
  return may_follow(name) ? ask(reader, question, name) : 0;
}

/* Articles that follow the story, share buttons and comments. */
void delete_following(Reader *reader) {
  static const TagSet TOLD = {
    [T_div] = 3, [T_section] = 3, [T_aside] = 2, [T_list] = 1, [T_details] = 1, [T_ol] = 1, [T_ul] = 1,
  }; /* 1: may be comments; 2: may be appended */
  Parts appended = {0}, comments = {0};
  for (Part *part = reader->root; (part = following(reader, part, reader->root));) {
    const int told = TOLD[part->tag];
    if (!told || !(part->has & (1 << A_class | 1 << A_id))) continue;
    const uint32_t bits = following_bits(reader, part, A_class, FOLLOWING_CLASS) |
                          following_bits(reader, part, A_id, FOLLOWING_ID);
    if (!bits) continue;
    if (told & 2 && bits & FOLLOWS && (bits & (APPENDS | SHARES) || !has_headline(reader, part)))
      push(reader, &appended, part);
    const int is_list = part->tag == T_ol || part->tag == T_ul;
    if (reader->asked & WITH_COMMENTS) continue;
    if (told & 1 && bits & (is_list ? COMMENT_LIST : COMMENTS)) push(reader, &comments, part);
  }
  for (uint32_t at = 0; at < appended.count; at++) delete(reader, appended.all[at], 1);
  for (uint32_t at = 0; at < comments.count; at++) delete(reader, comments.all[at], 1);
}

/* Figures that hold tables and tables for layout become divisions. */
static void open_tables(Reader *reader) {
  if (!reader->here[T_table]) return;
  for (Part *part = reader->root; (part = following(reader, part, reader->root));) {
    if (part->tag != T_table) continue;
    for (Part *above = part->parent; above && !(above->flags & TABLED); above = above->parent) above->flags |= TABLED;
  }
  for (Part *part = reader->root; part; part = following(reader, part, reader->root)) {
    if (part->tag == T_figure && part->flags & TABLED) {
      part->tag = T_div;
    } else if (part->tag == T_table && part->has & 1 << A_role) {
      const Text role = attribute(reader, part, A_role);
      if (is_exactly(role, "presentation") || is_exactly(role, "none")) part->tag = T_div;
    }
  }
}

/* Tag by tag; where none stands in one of its own, the order makes no difference. */
static void delete_by_tag(Reader *reader) {
  Part *const root = reader->root;
  if (!reader->is_nested) {
    for (Part *part = following(reader, root, root), *next; part; part = next) {
      if (IS_DELETED[part->tag]) {
        next = after(part, root);
        delete(reader, part, 1);
      } else {
        next = following(reader, part, root);
      }
    }
    return;
  }
  for (size_t at = 0; at < sizeof DELETED; at++) {
    const int tag = DELETED[at];
    if (!reader->here[tag]) continue;
    /* the next is looked for before one is deleted: below that, if one is there, where the walk then ends */
    Part *next = root;
    do next = following(reader, next, root);
    while (next && next->tag != tag);
    while (next) {
      Part *part = next;
      do next = following(reader, next, root);
      while (next && next->tag != tag);
      delete(reader, part, 1);
    }
  }
}

/* Numbers the characters before each element, and after it: `len(element.text_content())` is their difference. */
static void count_characters(Reader *reader, Part *top) {
  uint32_t count = 0;
  for (Part *part = top;;) {
    part->start.all = count;
    count += (uint32_t)letters(part->text);
    if (part->first) {
      part = part->first;
      continue;
    }
    for (;;) {
      part->end.all = count;
      if (part == top) return;
      count += (uint32_t)letters(part->tail);
      if (part->next) break;
      part = part->parent;
    }
    part = part->next;
    if (--reader->steps < 0) stop(reader, UNTOLD);
  }
}

/* A form that is most of the page becomes a division. */
static void delete_forms(Reader *reader) {
  if (!reader->here[T_form]) return;
  Parts forms = {0};
  for (Part *part = reader->root; part; part = following(reader, part, reader->root)) {
    if (part->tag == T_form) push(reader, &forms, part);
  }
  if (!forms.count) return;
  count_characters(reader, reader->root);
  const uint64_t total = reader->root->end.all;
  for (uint32_t at = 0; at < forms.count; at++) {
    Part *form = forms.all[at];
    if (2 * (uint64_t)(form->end.all - form->start.all) > total) form->tag = T_div;
    else delete(reader, form, 1);
  }
}

static void delete_empty(Reader *reader) {
  Parts empty = {0};
  for (Part *part = reader->root; (part = following(reader, part, reader->root));) {
    if (CUT_WHEN_EMPTY[part->tag] && !part->first && !part->text.at) push(reader, &empty, part);
  }
  for (uint32_t at = 0; at < empty.count; at++) delete(reader, empty.all[at], 1);
}

void clean_page(Reader *reader) {
  if (reader->here[T_math]) stop(reader, UNTOLD);
  delete_following(reader);
  open_tables(reader);
  if (has_any(reader, STRIPPED)) strip(reader, reader->root, STRIPPED);
  delete_by_tag(reader);
  delete_forms(reader);
  delete_empty(reader);
}

/* ---- conversion ---- */

static Part *next_of(Reader *reader, Part *part, Part *top, int tag, int or_tag) {
  do part = following(reader, part, top);
  while (part && part->tag != tag && part->tag != or_tag);
  return part;
}

static void convert_list(Reader *reader, Part *list) {
  list->tag = T_list;
  for (Part *part = list; (part = following(reader, part, list));) {
    if (part->tag == T_dd || part->tag == T_dt || part->tag == T_li) part->tag = T_item;
  }
}

static void convert_quote(Reader *reader, Part *quote) {
  int is_code = 0;
  if (quote->tag == T_pre) {
    for (Part *part = quote; (part = next_of(reader, part, quote, T_span, T_span));) {
      const Text name = attribute(reader, part, A_class);
      if (name.size < 4 || !holds((Text){.at = name.at, .size = 4}, "hljs")) continue;
      clear(part);
      is_code = 1;
    }
    const Text text = quote->text;
    is_code |= quote->first && !quote->first->next && quote->first->tag == T_span;
    is_code |= holds(text, "{") || holds(text, "(\"") || holds(text, "('") || holds(text, "\n    ");
  }
  quote->tag = is_code ? T_code : T_quote;
}

static void convert(Reader *reader, Part *part) {
  switch (part->tag) {
    case T_dl: case T_ol: case T_ul:
      convert_list(reader, part);
      break;
    case T_h1: case T_h2: case T_h3: case T_h4: case T_h5: case T_h6:
      clear(part);
      part->tag = T_head;
      break;
    case T_br: case T_hr:
      part->tag = T_lb;
      break;
    case T_blockquote: case T_pre: case T_q:
      convert_quote(reader, part);
      break;
    case T_s: case T_strike:
      part->tag = T_del;
      break;
    case T_details:
      part->tag = T_div;
      for (Part *each = part; (each = next_of(reader, each, part, T_summary, T_summary));) each->tag = T_head;
      break;
  }
}

/* Marks the links in blocks, below the root, as such: the others are stripped. */
static void convert_links(Reader *reader) {
  Part *const root = reader->root;
  if (!reader->here[T_a]) return;
  int blocks = 0;
  Part *part = root->first;
  while (part) {
    if (part->tag == T_a && blocks) part->tag = T_ref;
    if (part->first) {
      blocks += BLOCKS[part->tag];
      part = part->first;
      continue;
    }
    while (part != root && !part->next) {
      part = part->parent;
      if (part != root) blocks -= BLOCKS[part->tag];
    }
    if (part == root) return;
    part = part->next;
  }
}

void convert_page(Reader *reader) {
  Part *const root = reader->root;
  convert_links(reader);
  if (reader->here[T_strong]) {
    for (Part *part = root; (part = next_of(reader, part, root, T_strong, T_strong));) {
      if (part->has & 1 << A_class && holds(attribute(reader, part, A_class), "schema-faq-question")) {
        clear(part);
        part->tag = T_head;
      }
    }
  }
  /* an empty sub or sup is deleted by trafilatura, which is the same as to strip it */
  strip(reader, root, FORMATS);
  for (Part *part = root; part; part = following(reader, part, root)) convert(reader, part);
}
