/* What becomes of an element that is read: `handle_textelem` of trafilatura and all that it calls, but for tables. */

#include "extract.h"

#include <string.h>

enum { DEEPEST = 60, LONGEST_NAME = 24 };

static const TagSet CONSUMING = {[T_hi] = 1, [T_ref] = 1, [T_del] = 1};
static const TagSet CARRIED = {[T_hi] = 1, [T_ref] = 1, [T_del] = 1, [T_code] = 1, [T_graphic] = 1};
static const TagSet PROTECTED = {
  [T_cell] = 1, [T_head] = 1, [T_hi] = 1, [T_item] = 1, [T_p] = 1, [T_quote] = 1, [T_ref] = 1, [T_td] = 1,
};
static const TagSet QUOTES = {[T_quote] = 1};

int is_consuming(int tag) { return CONSUMING[tag]; }

int separates_inline(const Part *part) { return part->tag == T_lb && part->next && CARRIED[part->next->tag]; }

/* ---- names of buttons ---- */

static int is_line_end(uint32_t code) {
  return (code >= 0x0a && code <= 0x0d) || (code >= 0x1c && code <= 0x1e) || code == 0x85 || code == 0x2028 ||
         code == 0x2029;
}

/* Whether a line is the name of a button. Python is asked of those alone that may be. */
static int is_filtered(Reader *reader, Text line) {
  static const char STARTS[] = "dre-emfaflgoinlimapdpipoprqqretwwewhximemo";
  const char *at = line.at, *end = line.at + line.size;
  for (; at < end; at++) { /* only what is no letter or digit may stand before; others begin with no such letter */
    const unsigned char byte = (unsigned char)*at, lower = byte | 0x20;
    if ((lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte == '_') break;
    if (byte == 0xc4 && at + 1 < end && ((unsigned char)at[1] & 0xfe) == 0xb0) break; /* i's of Turkish */
  }
  if (at == end || characters(at, (size_t)(end - at)) > LONGEST_NAME) return 0;
  if ((unsigned char)at[0] < 0x80 && end - at > 1 && (unsigned char)at[1] < 0x80) {
    const char first = at[0] | 0x20, second = at[1] == '-' ? '-' : at[1] | 0x20;
    const char *known = STARTS;
    while (*known && (known[0] != first || known[1] != second)) known += 2;
    if (!*known) return 0;
  }
  return ask(reader, FILTERED, line) != 0;
}

/* `textfilter`: whether the text of an element, or else its tail, is empty or names a button. */
static int is_filtered_part(Reader *reader, const Part *part) {
  const Text text = part->text.at ? part->text : part->tail;
  if (!has_text(text)) return 1;
  const char *end = text.at + text.size, *line = text.at;
  for (const char *at = line; at <= end;) {
    size_t size = 1;
    if (at == end || is_line_end(character(at, end, &size))) {
      if (is_filtered(reader, (Text){.at = line, .size = (uint32_t)(at - line)})) return 1;
      line = at + size;
    }
    at += size;
  }
  return 0;
}

/* ---- single elements ---- */

Part *process_node(Reader *reader, Part *part) {
  if (part->tag == T_done || (!part->first && !part->text.size && !part->tail.size)) return NULL;
  Text text = trimmed(reader, part->text), tail = trimmed(reader, part->tail);
  if (tail.at && !text.at && !part->first && part->tag != T_lb) {
    text = tail;
    tail = no_text();
  }
  part->text = text;
  part->tail = tail;
  if (text.at) return is_filtered(reader, text) ? NULL : part;
  return tail.at && is_filtered(reader, tail) ? NULL : part;
}

/* `handle_textnode` */
Part *process_text(Reader *reader, Part *part, int fixes_comments, int preserves_spaces) {
  if (part->tag == T_done) return NULL;
  if (!part->first && !part->text.size && !part->tail.size && (fixes_comments || !separates_inline(part))) return NULL;
  if (!fixes_comments && part->tag == T_lb) {
    if (!preserves_spaces) part->tail = trimmed(reader, part->tail);
    return part;
  }
  if (!part->text.size && !part->first) {
    part->text = part->tail;
    part->tail = empty_text();
    if (fixes_comments && part->tag == T_lb) part->tag = T_p;
  }
  if (!preserves_spaces) {
    part->text = trimmed(reader, part->text);
    if (part->tail.size) part->tail = trimmed(reader, part->tail);
  }
  return !part->text.size && is_filtered_part(reader, part) ? NULL : part;
}

static void mark_done(Reader *reader, Part *top) {
  for (Part *part = top; part; part = following(reader, part, top)) part->tag = T_done;
}

/* An element of any tag can be copied, but only those whose names are names for XML can be made. */
static Part *made(Reader *reader, const Part *like) {
  if (like->tag == T_other && (!like->source || strchr(like->source->name, ':'))) stop(reader, UNTOLD);
  Part *part = new_part(reader, like->tag);
  if (like->tag == T_other) part->source = like->source; /* for its name: it has no attributes */
  part->text = shared(like->text);
  part->tail = shared(like->tail);
  return part;
}

/* `define_newelem` */
void define(Reader *reader, const Part *part, Part *parent, int keep_children) {
  if (!part) return;
  Part *own = made(reader, part);
  append(parent, own);
  if (!keep_children) return;
  if (++reader->depth > DEEPEST) stop(reader, UNTOLD);
  for (Part *child = part->first; child; child = child->next) {
    if (!CARRIED[child->tag] && child->tag != T_lb) continue;
    define(reader, child, own, 1);
    mark_done(reader, child);
  }
  reader->depth--;
}

void append_block(Reader *reader, Part *parent, Part *block, const Part *source) {
  const Text tail = source->tail;
  if (block) {
    block->tail = shared(tail);
    append(parent, block);
  } else if (has_text(tail)) {
    Part *last = parent->last;
    Text *before = last ? &last->tail : &parent->text;
    if ((before->size || last) && !ends_with_space(*before) && !starts_with_space(tail))
      add(reader, before, (Text){.at = " ", .size = 1});
    add(reader, before, tail);
  }
}

/* ---- blocks ---- */

static Part *handle_title(Reader *reader, Part *part) {
  Part *title;
  if (!part->first) {
    title = process_node(reader, part);
  } else {
    title = copied(reader, part);
    drop(reader, title, T_done);
    for (Part *each = part; (each = following(reader, each, part));) each->tag = T_done;
  }
  return holds_text(reader, title) ? title : NULL;
}

static Part *handle_formatting(Reader *reader, Part *part) {
  if (!process_node(reader, part)) return NULL;
  if (part->parent && PROTECTED[part->parent->tag]) return part;
  Part *wrapper = new_part(reader, T_p);
  append(wrapper, part);
  return wrapper;
}

/* Puts a text behind another, after a space where neither is empty: in place, for a paragraph may hold thousands. */
static void join(Reader *reader, Text *to, Text more) {
  if (!to->at) *to = empty_text();
  if (to->size && more.size) add(reader, to, (Text){.at = " ", .size = 1});
  add(reader, to, more);
}

static Part *handle_paragraph(Reader *reader, Part *paragraph, int kind);

static void process_nested(Reader *reader, Part *part, Part *own) {
  if (++reader->depth > DEEPEST) stop(reader, UNTOLD);
  own->text = shared(part->text);
  for (Part *each = following(reader, part, part), *next; each; each = next) {
    next = following(reader, each, part);
    if (each->tag == T_list) {
      append_block(reader, own, handle_list(reader, each), each);
    } else if (each->tag == T_p && each->first) {
      append_block(reader, own, handle_paragraph(reader, each, IN_QUOTE), each);
    } else if (CARRIED[each->tag]) {
      define(reader, each, own, 1);
    } else {
      if (each->first && has_text(each->tail)) { /* the tail follows the children, which are appended after it */
        add(reader, &each->last->tail, each->tail);
        each->tail = no_text();
      }
      define(reader, process_text(reader, each, 0, 0), own, 0);
    }
    each->tag = T_done;
  }
  reader->depth--;
}

static Part *next_item(Reader *reader, Part *part, const Part *list) {
  do part = following(reader, part, list);
  while (part && part->tag != T_item);
  return part;
}

Part *handle_list(Reader *reader, Part *list) {
  Part *own = new_part(reader, T_list);
  if (has_text(list->text)) {
    Part *item = new_part(reader, T_item);
    item->text = shared(list->text);
    append(own, item);
  }
  for (Part *child = next_item(reader, list, list), *next; child; child = next) {
    next = next_item(reader, child, list);
    if (child->tag == T_done) continue; /* of a list in this one */
    Part *item = new_part(reader, T_item);
    if (!child->first) {
      const Part *processed = process_node(reader, child);
      if (processed) join(reader, &item->text, processed->text), join(reader, &item->text, processed->tail);
    } else {
      process_nested(reader, child, item);
      if (has_text(child->tail) && item->last) {
        Text *tail = &item->last->tail;
        if (has_text(*tail)) add(reader, tail, (Text){.at = " ", .size = 1}), add(reader, tail, child->tail);
        else *tail = shared(child->tail);
      }
    }
    if (holds_text(reader, item)) append(own, item);
    child->tag = T_done;
  }
  list->tag = T_done;
  return holds_text(reader, own) ? own : NULL;
}

static int is_code_block(Reader *reader, const Part *part) {
  if (part->tag == T_code || attribute(reader, part, A_lang).size) return 1;
  if (part->parent && holds(attribute(reader, part->parent, A_class), "highlight")) return 1;
  const Part *code = part->first;
  return code && !code->next && code->tag == T_code && !has_text(part->text) && !has_text(code->tail);
}

static Part *handle_code(Reader *reader, Part *part) {
  Part *own = copied(reader, part);
  mark_done(reader, part);
  own->tag = T_code;
  return own;
}

static Part *handle_quote(Reader *reader, Part *part) {
  if (is_code_block(reader, part)) return handle_code(reader, part);
  Part *own = new_part(reader, part->tag);
  process_nested(reader, part, own);
  if (!holds_text(reader, own)) return NULL;
  strip(reader, own, QUOTES);
  return own;
}

static Part *handle_other(Reader *reader, Part *part, int kind) {
  if (part->tag != T_div) return NULL;
  if (part->has & 1 << A_class && holds(attribute(reader, part, A_class), "w3-code")) return handle_code(reader, part);
  if (kind != WITH_DIVISIONS || !process_text(reader, part, 0, 1) || !has_text(part->text)) return NULL;
  part->source = NULL;
  part->has = 0;
  part->tag = T_p;
  return part;
}

/* Puts a space before the text of what a formatting element holds, and strips that. */
static void consume(Reader *reader, Part *part) {
  TagSet inside = {0};
  for (Part *item = part->first; item; item = item->next) {
    inside[item->tag] = 1;
    Text text = {.at = " ", .size = 1};
    if (item->tag == T_lb && item->tail.size) {
      Text tail = item->tail;
      while (starts_with_space(tail)) {
        size_t size;
        character(tail.at, tail.at + tail.size, &size);
        tail.at += size;
        tail.size -= (uint32_t)size;
      }
      add(reader, &text, shared(tail));
      item->tail = text;
    } else if (has_text(item->text)) {
      add(reader, &text, item->text);
      item->text = text;
    }
  }
  strip(reader, part, inside);
}

/* The tags that may stand in a paragraph, by the bits of the kinds; elements of others are stripped. */
static const TagSet EXPECTED = {
  [T_code] = 7, [T_del] = 7, [T_done] = 7, [T_head] = 7, [T_hi] = 7, [T_lb] = 7, [T_list] = 7, [T_p] = 7, [T_quote] = 7,
  [T_table] = 3, [T_td] = 3, [T_th] = 3, [T_tr] = 3, [T_div] = 2, [T_ref] = 4, [T_graphic] = 4,
};

static int wraps_inline(const Part *part) {
  if (part->first && part->tag == T_ref) return 1;
  for (const Part *child = part->first; child; child = child->next) {
    if (CARRIED[child->tag]) return 1;
  }
  return 0;
}

static Part *handle_paragraph(Reader *reader, Part *paragraph, int kind) {
  if (!paragraph->first) return process_node(reader, paragraph);
  Part *own = new_part(reader, paragraph->tag);
  TagSet unexpected;
  for (int tag = 0; tag < TAG_COUNT; tag++) unexpected[tag] = !(EXPECTED[tag] >> kind & 1);
  strip(reader, paragraph, unexpected);
  for (Part *child = paragraph, *next; child; child = next) {
    next = following(reader, child, paragraph);
    Part *processed = process_text(reader, child, 0, 1);
    if (processed && processed->tag == T_p) {
      join(reader, &own->text, processed->text);
    } else if (processed && CONSUMING[processed->tag] && wraps_inline(processed)) {
      define(reader, processed, own, 1);
    } else if (processed) {
      if (CONSUMING[processed->tag]) consume(reader, processed);
      append(own, made(reader, processed));
    }
    child->tag = T_done;
  }
  if (own->first) {
    if (own->last->tag == T_lb && !own->last->tail.at) delete(reader, own->last, 1);
    return own;
  }
  return has_text(own->text) ? own : NULL;
}

Part *handle(Reader *reader, Part *part, int kind) {
  switch (part->tag) {
    case T_list:
      return handle_list(reader, part);
    case T_code: case T_quote:
      return handle_quote(reader, part);
    case T_head:
      return handle_title(reader, part);
    case T_p:
      return handle_paragraph(reader, part, kind);
    case T_lb:
      if (has_text(part->tail) && process_node(reader, part)) {
        Part *own = new_part(reader, T_p);
        own->text = shared(part->tail);
        return own;
      }
      return NULL;
    case T_hi: case T_ref: case T_del:
      return handle_formatting(reader, part);
    case T_table:
      return handle_table(reader, part);
    default:
      return handle_other(reader, part, kind);
  }
}
