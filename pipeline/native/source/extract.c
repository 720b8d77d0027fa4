/* The order of trafilatura's steps, from a page to its article's text; see `extract.h`. */

#define _GNU_SOURCE /* memmem */

#include "extract.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

enum {
  MIN_LENGTH = 250, PARAGRAPHS_LENGTH = 3 * MIN_LENGTH, MIN_DUPLICATE = 50, SCANNED = 200000,
  ESCALATED = 3000,
  MOST_STEPS = 40000000, /* from element to element: .2 s, where a page takes some 20,000 */
};
static const double COVERED_SHARE = 0.2;

enum { CONTENT = 1, ARTICLE = 2, STORY = 4, MAIN_CONTENT = 8, MAIN = 16 }; /* kinds of frames, by rank */
enum { HAS_PARAGRAPH = 1, NOT_SQUEEZED = 2 };                             /* what is said of a text */

static const TagSet FRAMES = {[T_article] = 1, [T_div] = 1, [T_main] = 1, [T_section] = 1};
static const TagSet READ = {
  [T_code] = 1, [T_del] = 1, [T_div] = 1, [T_head] = 1, [T_hi] = 1, [T_lb] = 1, [T_list] = 1, [T_p] = 1, [T_quote] = 1,
  [T_ref] = 1, [T_table] = 1,
};
static const TagSet INLINE = {[T_hi] = 1, [T_ref] = 1, [T_del] = 1, [T_code] = 1, [T_lb] = 1};
static const TagSet REBUILT = {[T_code] = 1, [T_quote] = 1, [T_list] = 1, [T_table] = 1};
static const TagSet DIVISIONS = {[T_div] = 1};

typedef struct {
  Part *body;
  int kind; /* which tags count as text: with divisions or without */
} Reading;

/* Whether the paragraphs of the page are so long that divisions do not count as such. */
static int has_paragraphs(Reader *reader) {
  size_t length = 0;
  Part *const root = reader->root;
  for (Part *part = following(reader, root, root); part;) {
    if (part->tag != T_p) {
      part = following(reader, part, root);
      continue;
    }
    length += letters(part->text);
    for (Part *each = part; (each = following(reader, each, part));) length += letters(each->text) + letters(each->tail);
    if (length >= PARAGRAPHS_LENGTH) return 1;
    part = after(part, root);
  }
  return 0;
}

/* ---- reading ---- */

static uint32_t frame_kinds(Reader *reader, const Part *part) {
  uint32_t kinds = ask(reader, BODY_CLASS, attribute(reader, part, A_class)) |
                   ask(reader, BODY_ID, attribute(reader, part, A_id));
  if (part->has & 1 << A_role) {
    const Text role = attribute(reader, part, A_role);
    if (is_exactly(role, "article")) kinds |= STORY;
    if (role.size >= 4 && memcmp(role.at, "main", 4) == 0) kinds |= MAIN;
  }
  if (part->has & 1 << A_itemprop && is_exactly(attribute(reader, part, A_itemprop), "articleBody")) kinds |= CONTENT;
  return kinds | (part->tag == T_article ? ARTICLE : part->tag == T_main ? MAIN : 0);
}

/* Whether a frame is one run of text, with line breaks and inline elements only. */
static int is_run(Reader *reader, Part *frame, int kind) {
  int others = 0, breaks = 0, inlines = 0;
  for (Part *part = frame; (part = following(reader, part, frame));) {
    if (part->tag == T_lb) breaks = 1;
    else if (INLINE[part->tag]) inlines = 1;
    else others = 1;
    if (others) return 0;
  }
  return (breaks && !inlines) || (frame->tag == T_div && kind == WITH_DIVISIONS);
}

static void add_paragraph(Reader *reader, Part *body, Text text) {
  Part *paragraph = new_part(reader, T_p);
  paragraph->text = shared(text);
  if (process_node(reader, paragraph)) append(body, paragraph);
}

static void read_element(Reader *reader, Part *part, Reading *reading) {
  const int tag = part->tag;
  if (tag == T_done || part->flags & MOVED) return;
  if (tag == T_div && reading->kind != WITH_DIVISIONS && !holds(attribute(reader, part, A_class), "w3-code")) return;
  const Text tail = shared(part->tail);
  Part *found = handle(reader, part, reading->kind);
  if (found) {
    append(reading->body, found);
    if (found == part || part->parent == found) { /* it is there with all that it holds */
      for (Part *each = part; (each = following(reader, each, part));) each->flags |= MOVED;
    } else {
      part->tag = T_done;
    }
  }
  /* text right after a rebuilt block is a paragraph of its own */
  if (REBUILT[tag] && has_text(tail) && (!found || !found->tail.at)) add_paragraph(reader, reading->body, tail);
}

/* Moves the text of a frame to the body; whether it is enough to stop there. */
static int read_frame(Reader *reader, Part *frame, Reading *reading) {
  prune_sections(reader, frame, reader->asked & RECALL);
  if (!frame->first) return 0;
  if (!has_paragraphs(reader)) reading->kind = WITH_DIVISIONS;
  Part *const body = reading->body, *const before = body->last;
  Part *lead = NULL;
  if (is_run(reader, frame, reading->kind)) {
    read_element(reader, frame, reading);
  } else {
    Parts elements = {0};
    for (Part *part = frame; (part = following(reader, part, frame));) {
      if (READ[part->tag]) push(reader, &elements, part);
    }
    if (has_text(frame->text)) {
      lead = new_part(reader, T_p);
      lead->text = shared(frame->text);
      lead = process_node(reader, lead);
    }
    for (uint32_t at = 0; at < elements.count; at++) read_element(reader, elements.all[at], reading);
  }
  while (body->last && (body->last->tag == T_head || body->last->tag == T_ref)) delete(reader, body->last, 0);
  if (!body->first || !body->first->next) return 0;
  if (lead) insert(body, lead, before && before->parent == body ? before->next : before ? NULL : body->first);
  return 1;
}

/* Reads the frames, best first, until one is enough. */
static Reading read_page(Reader *reader, int *has_frames) {
  static const uint32_t RANKS[] = {CONTENT, ARTICLE, STORY, MAIN_CONTENT, MAIN};
  Reading reading = {.body = new_part(reader, T_body), .kind = PLAIN};
  Parts frames = {0};
  for (Part *part = reader->root; (part = following(reader, part, reader->root));) {
    if (FRAMES[part->tag]) push(reader, &frames, part);
  }
  uint8_t *kinds = take(reader, frames.count + 1); /* asked when they are needed: mostly the first rank is enough */
  memset(kinds, 0xff, frames.count);
  for (size_t rank = 0; rank < sizeof RANKS / sizeof *RANKS; rank++) {
    for (uint32_t at = 0; at < frames.count; at++) {
      Part *frame = frames.all[at];
      if (kinds[at] == 0xff) kinds[at] = (uint8_t)frame_kinds(reader, frame);
      if (!(kinds[at] & RANKS[rank]) || !FRAMES[frame->tag] || !is_below(reader, frame, reader->root)) continue;
      *has_frames = 1;
      if (read_frame(reader, frame, &reading)) return reading;
      break;
    }
  }
  return reading;
}

/* ---- recovery ---- */

/* The texts that were found, as a set and in a row. */
typedef struct {
  Text *slots;
  uint32_t count, room;
  Text row;
  size_t length;
} Known;

static Text *slot_of(Reader *reader, const Known *known, Text text) {
  for (uint64_t at = hash_of(text.at, text.size);; at++) {
    Text *slot = &known->slots[at & (known->room - 1)];
    if (!slot->at || (slot->size == text.size && memcmp(slot->at, text.at, text.size) == 0)) return slot;
    if (--reader->steps < 0) stop(reader, UNTOLD);
  }
}

static void make_room(Reader *reader, Known *known) {
  const Known old = *known;
  known->room = old.room ? 2 * old.room : 256;
  known->slots = take(reader, known->room * sizeof *known->slots);
  memset(known->slots, 0, known->room * sizeof *known->slots);
  for (uint32_t at = 0; at < old.room; at++) {
    if (old.slots[at].at) *slot_of(reader, known, old.slots[at]) = old.slots[at];
  }
}

static void know(Reader *reader, Known *known, Text text) {
  if (2 * known->count >= known->room) make_room(reader, known);
  Text *slot = slot_of(reader, known, text);
  if (slot->at) return;
  *slot = shared(text);
  known->count++;
}

static void lengthen(Reader *reader, Known *known, Text text) {
  add(reader, &known->row, (Text){.at = "\n", .size = 1});
  add(reader, &known->row, text);
  known->length += 1 + letters(text);
}

static int stands_in_row(const Known *known, Text text) {
  return known->row.at && memmem(known->row.at, known->row.size, text.at, text.size) != NULL;
}

static Text text_or_empty(Text text) { return text.at ? text : empty_text(); }

/* `recover_wild_text`: what stands outside of the frames, on a page that has not been read. */
static void recover(Reader *reader, Reading *reading) {
  Part *const root = reader->root, *const body = reading->body;
  const int is_recall = reader->asked & RECALL;
  if (is_recall) reading->kind = WITH_DIVISIONS;
  prune_sections(reader, root, reader->asked & (RECALL | KEEP_TEASERS));
  Parts elements = {0};
  for (Part *part = root; (part = following(reader, part, root));) {
    const int tag = part->tag;
    if (tag == T_code || tag == T_p || tag == T_quote || tag == T_table ||
        (is_recall && (tag == T_div || tag == T_lb || tag == T_list)) ||
        (tag == T_div && holds(attribute(reader, part, A_class), "w3-code")))
      push(reader, &elements, part);
  }
  Known known = {0};
  make_room(reader, &known);
  for (Part *part = body->first; part; part = part->next) {
    const Text text = text_or_empty(trimmed(reader, text_of_all(reader, part)));
    know(reader, &known, text);
    if (text.size) lengthen(reader, &known, text);
  }
  if (known.length) known.length--; /* the first begins without a line break */
  for (uint32_t at = 0; at < elements.count; at++) {
    Part *part = elements.all[at];
    if (part->flags & (CONSUMED | COVERED)) continue;
    Part *found = handle(reader, part, reading->kind);
    if (!found) continue;
    if (found == part) {
      for (Part *each = part; (each = following(reader, each, part));) each->flags |= COVERED;
    }
    const Text text = text_or_empty(trimmed(reader, text_of_all(reader, found)));
    const int is_scanned = known.length <= SCANNED;
    Text fragment = empty_text();
    if (has_text(found->tail)) {
      add(reader, &fragment, text);
      add(reader, &fragment, found->tail);
      fragment = text_or_empty(trimmed(reader, fragment));
    }
    if (text.size) {
      if (slot_of(reader, &known, text)->at) continue;
      if (is_scanned && letters(text) > MIN_DUPLICATE && stands_in_row(&known, text)) continue;
      if (is_scanned && fragment.size && stands_in_row(&known, fragment)) continue;
    }
    append(body, found);
    if (is_scanned) lengthen(reader, &known, fragment.size ? fragment : text);
    know(reader, &known, text);
  }
}

/* ---- the end ---- */

/* Drops what repeats the element before it, and what is of no use to a reader of the body. */
static void tidy(Reader *reader, Part *body) {
  Text previous = empty_text();
  for (Part *part = body->first, *next; part; part = next) {
    next = part->next;
    const Text text = text_or_empty(trimmed(reader, text_of_all(reader, part)));
    if (letters(text) > MIN_DUPLICATE && text.size == previous.size && memcmp(text.at, previous.at, text.size) == 0)
      delete(reader, part, 0);
    else
      previous = text;
  }
  drop(reader, body, T_done);
  strip(reader, body, DIVISIONS);
  for (Part *part = body; (part = following(reader, part, body));) {
    if (part->tag != T_lb || !part->tail.size || has_text(part->tail)) continue;
    const Part *above = part->parent;
    while (above && above->tag != T_code && above->tag != T_pre) above = above->parent;
    if (!above) part->tail = no_text();
  }
}

/* Characters of all that the page shows, but for scripts and styles: never less than what trafilatura counts. */
static size_t page_length(const Node *root) {
  size_t length = 0;
  int in_word = 0;
  const Node *node = root;
  for (;;) {
    if ((node->type == TEXT_NODE || node->type == CDATA_NODE) && node->content && strcmp(node->parent->name, "script") &&
        strcmp(node->parent->name, "style")) {
      in_word = 0;
      for (const char *at = node->content, *end = at + strlen(at); at < end;) {
        size_t size;
        const int blank = is_space(character(at, end, &size));
        length += blank ? 0 : in_word ? 1 : 2; /* with the space before a word */
        in_word = !blank;
        at += size;
      }
    }
    if (node->type == ELEMENT_NODE && node->children) {
      node = node->children;
      continue;
    }
    while (node != root && !node->next) node = node->parent;
    if (node == root) return length ? length - 1 : 0;
    node = node->next;
  }
}

/* What `squeeze` leaves out; 2 for what it leaves out of some texts only: those that are not printable as a whole. */
static int is_squeezed_out(uint32_t code) {
  if (code < 0x7f) return code <= 0x20;
  if (is_space(code) || code <= 0x9f) return 1;
  if (code < 0x34f) return code == 0xad;
  if (code == 0x34f || code == 0x115f || code == 0x1160 || code == 0x17b4 || code == 0x17b5) return 2;
  if (code < 0x180b) return code == 0x61c;
  if (code <= 0x180d) return 2;
  if (code < 0xfff9)
    return code == 0x180e || code == 0x200b || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
  return code <= 0xffff ? 2 : 0;
}

PyObject *tuple_of(PyObject *const *values, int count) {
  PyObject *tuple = PyTuple_New(count);
  int is_whole = tuple != NULL;
  for (int at = 0; at < count; at++) {
    if (!values[at]) is_whole = 0;
    else if (tuple) PyTuple_SetItem(tuple, at, values[at]);
    else Py_DecRef(values[at]);
  }
  if (is_whole) return tuple;
  if (tuple) Py_DecRef(tuple);
  return NULL;
}

/* The squeezed text, the characters before it was squeezed, and what is said of it. */
static PyObject *text_result(Reader *reader, Part *body) {
  const Text text = text_of_all(reader, body);
  char *const squeezed = take(reader, text.size + 1), *to = squeezed;
  size_t length = 0;
  int says = 0;
  for (const char *at = text.at, *end = text.at + text.size; at < end; length++) {
    size_t size;
    const int out = is_squeezed_out(character(at, end, &size));
    if (out == 2) says |= NOT_SQUEEZED;
    for (size_t byte = 0; byte < size && !out; byte++) *to++ = at[byte];
    at += size;
  }
  for (Part *part = body; part && !(says & HAS_PARAGRAPH); part = following(reader, part, body)) {
    if (part->tag == T_p && has_text(part->text)) says |= HAS_PARAGRAPH;
  }
  const int is_raw = says & NOT_SQUEEZED;
  PyObject *const values[] = {
    PyUnicode_FromStringAndSize(is_raw ? text.at : squeezed, is_raw ? (Py_ssize_t)text.size : to - squeezed),
    PyLong_FromLongLong((long long)length),
    PyLong_FromLongLong(says),
  };
  return tuple_of(values, 3);
}

static PyObject *string_of(Text text) {
  if (text.at) return PyUnicode_FromStringAndSize(text.at, (Py_ssize_t)text.size);
  Py_IncRef(PY_NONE);
  return PY_NONE;
}

/* The elements of a body in their order, each with its depth, tag, text and tail; and the text of all. */
static PyObject *body_result(Reader *reader, Part *body, Text text) {
  for (const Part *part = body; part; part = following(reader, (Part *)part, body)) {
    if (strchr(name_of(part), ':')) stop(reader, UNTOLD); /* lxml makes no such element */
  }
  PyObject *rows = PyList_New(0);
  long long depth = 0;
  for (const Part *part = body; rows && part;) {
    PyObject *const values[] = {
      PyLong_FromLongLong(depth),
      PyUnicode_InternFromString(name_of(part)),
      string_of(part->text),
      string_of(part->tail),
    };
    PyObject *row = tuple_of(values, 4);
    if (!row || PyList_Append(rows, row)) {
      Py_DecRef(rows);
      rows = NULL;
    }
    if (row) Py_DecRef(row);
    if (part->first) {
      part = part->first;
      depth++;
    } else {
      for (; part != body && !part->next; depth--) part = part->parent;
      part = part == body ? NULL : part->next;
    }
  }
  PyObject *const values[] = {rows, string_of(text_or_empty(text))};
  return tuple_of(values, 2);
}

static void prepare(Reader *reader, const Node *root, Parts *order) {
  copy_page(reader, root);
  if (reader->here[T_done] || reader->here[T_graphic]) stop(reader, UNTOLD);
  clean_page(reader);
  convert_page(reader);
  order->count = 0;
  for (Part *part = reader->root; part; part = following(reader, part, reader->root)) push(reader, order, part);
}

/* In recall mode trafilatura cleans otherwise where no paragraph would be left. */
static void require_paragraph(Reader *reader, const Parts *order) {
  for (uint32_t at = 0; at < order->count; at++) {
    if (order->all[at]->tag == T_p) return;
  }
  stop(reader, UNTOLD);
}

static PyObject *extract(Reader *reader, const Node *root) {
  Parts order = {0};
  prepare(reader, root, &order);
  if (reader->asked & RECALL) require_paragraph(reader, &order);
  int has_frames = 0;
  Reading reading = read_page(reader, &has_frames);
  Text text = spaced_text(reader, reading.body);
  if (letters(text) < MIN_LENGTH) {
    if (has_frames) {
      Parts fresh = {0};
      prepare(reader, root, &fresh);
      if (fresh.count != order.count) stop(reader, UNTOLD);
      for (uint32_t at = 0; at < order.count; at++) {
        if (order.all[at]->tag == T_done) fresh.all[at]->flags |= CONSUMED;
      }
    }
    recover(reader, &reading);
    text = spaced_text(reader, reading.body);
  }
  const size_t length = letters(text);
  const int asks_for_body = reader->asked & AS_BODY;
  if (!asks_for_body && (length < MIN_LENGTH || (length < ESCALATED && length < COVERED_SHARE * page_length(root))))
    stop(reader, UNTOLD); /* others may find more */
  tidy(reader, reading.body);
  return asks_for_body ? body_result(reader, reading.body, text) : text_result(reader, reading.body);
}

static PyObject *measured(Reader *reader, const Node *root) {
  copy_page(reader, root);
  delete_following(reader);
  const long long length = shown_length(reader);
  if (length < 0) stop(reader, UNTOLD);
  return PyLong_FromLongLong(length);
}

/* The answer of a step to a page; None when it is not told here. */
static PyObject *answer(PyObject *(*step)(Reader *, const Node *), PyObject *memos, PyObject *root, const char *mark,
                        int asked) {
  Reader *reader = calloc(1, sizeof *reader);
  if (!reader) return PyErr_NoMemory();
  reader->mark = mark;
  reader->asked = asked;
  reader->steps = MOST_STEPS;
  for (int at = 0; memos && at < QUESTIONS; at++) {
    PyObject *memo = PyTuple_GetItem(memos, at);
    reader->memos[at] = memo ? memo_of(memo) : NULL;
    if (!reader->memos[at]) {
      free(reader);
      return NULL;
    }
  }
  PyObject *found;
  const int why = setjmp(reader->leave);
  if (!why) {
    found = step(reader, node_of(root));
  } else if (why == UNTOLD) {
    found = PY_NONE;
    Py_IncRef(found);
  } else {
    found = why == NO_MEMORY ? PyErr_NoMemory() : NULL;
  }
  release(reader);
  free(reader);
  return found;
}

/* The text or the body of a page's article. `memos` answer the questions of `extract.h`; elements with the attribute
 * `mark` are left out. */
EXPORT PyObject *newsflow_extract(PyObject *memos, PyObject *root, const char *mark, int asked) {
  return answer(extract, memos, root, mark, asked);
}

/* The characters of all that a page shows. */
EXPORT PyObject *newsflow_shown_length(PyObject *memos, PyObject *root, const char *mark, int asked) {
  return answer(measured, memos, root, mark, asked);
}

/* The paragraphs of a tree by jusText. */
EXPORT PyObject *newsflow_paragraphs(PyObject *root) { return answer(paragraphs, NULL, root, "", 0); }
