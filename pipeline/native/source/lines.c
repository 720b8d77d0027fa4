/* What a page shows, as lines in reading order: what `pipeline/cleaning/blocks.py` says of them is done here. */
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "letters.h"
#include "memo.h"
#include "page.h"
#include "text.h"

/* What a tag tells, as `blocks.py` has it: the number of a kind with 1 added, and these flags. */
enum {
  KIND = 7,
  RESETS = 1 << 3,     /* of the kind around it nothing is left */
  INVISIBLE = 1 << 4,
  INLINE = 1 << 5,
  CHROME = 1 << 6,
  ITALIC = 1 << 7,
  LINKS = 1 << 8,
  LAYS_OUT = 1 << 9,   /* it makes the cell around it no cell: old pages are laid out with tables */
  ENDS_NO_LINE = 1 << 10,
  BREAKS = 1 << 11,
  BREAKS_ONCE = 1 << 12,
  CODE = 1 << 13,
};

enum { PARAGRAPH = 0, TABLE = 5, FOLD_LENGTH = 400, KNOWN_TAGS = 256 };

static const char *const HIDING[] = {"style", "hidden", NULL};
enum { STYLE = 1, HIDDEN_ATTRIBUTE };

/* What the tags and attributes above a text say of it. */
typedef struct {
  uint8_t kind;
  uint8_t gone, hidden, chrome, link, italic;
} State;

/* A text as it stands in the page, and its memory where it was put together. */
typedef Content Part;

/* An element whose children are being walked over, and what held before it. */
typedef struct {
  State state;
  const Node *block;
  int32_t block_at;
} Level;

typedef struct {
  char *text;
  size_t size, room;
} Buffer;

typedef struct {
  /* of the page */
  const Node *root;
  PyObject *page, *tags, *kinds, *fold; /* borrowed */
  int32_t numbered;                     /* elements that have a number */
  Memo *told;
  Letters *letters;
  Names hiding;
  struct {
    const char *name;
    uint32_t told;
  } known[KNOWN_TAGS];
  PyObject *lines;
  /* of the line that is being put together */
  Part *parts;
  size_t count, room;
  int is_read; /* a text was taken in, in `state` */
  State state;
  const Node *block, *last_block;
  int32_t block_at;
  size_t linked, italic, breaks;
  Buffer all, text, squeezed, folded;
} Reader;

static int reserve(Buffer *buffer, size_t size) {
  if (size <= buffer->room) return 1;
  const size_t room = size < 1024 ? 1024 : size + size / 2;
  char *text = realloc(buffer->text, room);
  if (!text) return PyErr_NoMemory(), 0;
  buffer->text = text;
  buffer->room = room;
  return 1;
}

/* `len(text.strip())` */
static size_t stripped_length(const Content *content) {
  const char *at = content->text, *end = at + content->size;
  size_t count = 0, last = 0;
  for (size_t size; at < end; at += size) {
    const int space = is_space(character(at, end, &size));
    if (space && !count) continue;
    count++;
    if (!space) last = count;
  }
  return last;
}

static int add_part(Reader *reader, Part part) {
  if (reader->count == reader->room) {
    const size_t room = reader->room ? 2 * reader->room : 64;
    Part *parts = realloc(reader->parts, room * sizeof *parts);
    if (!parts) return free(part.owned), PyErr_NoMemory(), 0;
    reader->parts = parts;
    reader->room = room;
  }
  reader->parts[reader->count++] = part;
  return 1;
}

static int add_space(Reader *reader) { return add_part(reader, (Part){.text = " ", .size = 1}); }

static void drop_parts(Reader *reader) {
  for (size_t at = 0; at < reader->count; at++) free(reader->parts[at].owned);
  reader->count = 0;
  reader->is_read = 0;
  reader->linked = reader->italic = 0;
}

/* The parts together. */
static int join(Reader *reader, const char **from, size_t *size) {
  *from = reader->parts->text;
  *size = reader->parts->size;
  if (reader->count == 1) return 1;
  size_t all = 0;
  for (size_t at = 0; at < reader->count; at++) all += reader->parts[at].size;
  if (!reserve(&reader->all, all)) return 0;
  all = 0;
  for (size_t at = 0; at < reader->count; at++) {
    memcpy(reader->all.text + all, reader->parts[at].text, reader->parts[at].size);
    all += reader->parts[at].size;
  }
  *from = reader->all.text;
  *size = all;
  return 1;
}

/* Whether a text is printable, as `str.isprintable` has it; -1 and an error set when Python cannot say. */
static int is_printable(Reader *reader, const char *at, const char *end) {
  while (at < end) {
    size_t bytes = 1;
    if ((unsigned char)(*at - ' ') > '~' - ' ') { /* all but ASCII's own */
      const Letter *letter = letter_of(reader->letters, character(at, end, &bytes));
      if (!letter) return -1;
      if (!(letter->flags & PRINTABLE)) return 0;
    }
    at += bytes;
  }
  return 1;
}

/* `text.collapse` of the parts together, and the same without spaces; `length` becomes its characters. */
static int collapse(Reader *reader, size_t *length) {
  const char *at;
  size_t size;
  if (!join(reader, &at, &size) || !reserve(&reader->text, size + 1) || !reserve(&reader->squeezed, size + 1)) return 0;
  const char *end = at + size;
  const int printable = is_printable(reader, at, end);
  if (printable < 0) return 0;
  char *const start = reader->text.text, *text = start, *squeezed = reader->squeezed.text;
  size_t count = 0; /* what is written through pointers to characters may be anything else: so all is in locals */
  int is_apart = 0;
  for (size_t bytes; at < end; at += bytes) {
    if (printable && (unsigned char)(*at - '!') <= '~' - '!') { /* most are letters */
      if (is_apart) *text++ = ' ', count++;
      is_apart = 0;
      *text++ = *squeezed++ = *at;
      count++;
      bytes = 1;
      continue;
    }
    const uint32_t code = character(at, end, &bytes);
    int is_dropped = 0, space = code == ' ';
    if (!printable && (code < ' ' || code > '~')) { /* of printable characters none is white space but the space */
      const Letter *letter = letter_of(reader->letters, code);
      if (!letter) return 0;
      is_dropped = letter->flags & DROPPED;
      space = !is_dropped && is_space(code);
    }
    if (space) is_apart = text != start;
    if (space || is_dropped) continue;
    if (is_apart) *text++ = ' ', count++;
    is_apart = 0;
    for (size_t each = 0; each < bytes; each++) *text++ = *squeezed++ = at[each];
    count++;
  }
  *length = count;
  reader->text.size = (size_t)(text - start);
  reader->squeezed.size = (size_t)(squeezed - reader->squeezed.text);
  return 1;
}

/* `text.fold` of the first characters; Python's own where one character's folding depends on others. */
static PyObject *fold(Reader *reader) {
  const char *at = reader->text.text, *end = at + reader->text.size;
  if (!reserve(&reader->folded, (sizeof(Letter) + 1) * FOLD_LENGTH)) return NULL;
  char *const start = reader->folded.text, *to = start;
  const Letter *ascii = letter_of(reader->letters, 0);
  if (!ascii) return NULL;
  int is_apart = 0, in_context = 0;
  for (size_t count = 0; count < FOLD_LENGTH && at < end; count++) {
    size_t bytes = 1;
    const Letter *letter = &ascii[*at & 0x7f];
    if (*at & 0x80) letter = letter_of(reader->letters, character(at, end, &bytes));
    if (!letter) return NULL;
    in_context |= letter->flags & IN_CONTEXT;
    for (int each = 0; each < letter->size; each++) {
      if (letter->folded[each] == ' ') {
        is_apart = to != start;
        continue;
      }
      if (is_apart) *to++ = ' ';
      is_apart = 0;
      *to++ = letter->folded[each];
    }
    at += bytes;
  }
  if (!in_context) return PyUnicode_FromStringAndSize(start, to - start);
  PyObject *text = PyUnicode_FromStringAndSize(reader->text.text, at - reader->text.text);
  PyObject *folded = text ? PyObject_CallFunctionObjArgs(reader->fold, text, NULL) : NULL;
  if (text) Py_DecRef(text);
  return folded;
}

static PyObject *parts_of(const Reader *reader) {
  PyObject *parts = PyTuple_New(reader->count > 1 ? (Py_ssize_t)reader->count : 0);
  for (size_t at = 0; parts && reader->count > 1 && at < reader->count; at++) {
    const Part *part = &reader->parts[at];
    if (!put(parts, (Py_ssize_t)at, PyUnicode_FromStringAndSize(part->text, (Py_ssize_t)part->size)))
      return Py_DecRef(parts), NULL;
  }
  return parts;
}

static PyObject *tag_of(const Reader *reader) {
  if (reader->block == reader->root) return PyUnicode_InternFromString("body");
  if (reader->block_at != NO_ELEMENT) return again(PyList_GetItem(reader->tags, reader->block_at));
  return PyUnicode_InternFromString(reader->block->name);
}

static PyObject *share_of(size_t part, size_t whole) {
  const double share = (double)part / (double)whole;
  return PyFloat_FromDouble(share < 1 ? share : 1);
}

/* The fields of `blocks.Line`, in their order; `folded` stays the caller's. */
static PyObject *line_of(const Reader *reader, size_t length, PyObject *folded) {
  const State *state = &reader->state;
  const int is_joined = reader->breaks == 1 && reader->last_block == reader->block;
  PyObject *line = PyTuple_New(14);
  if (!line) return NULL;
  if (put(line, 0, PyUnicode_FromStringAndSize(reader->text.text, (Py_ssize_t)reader->text.size)) &&
      put(line, 1, PyUnicode_FromStringAndSize(reader->squeezed.text, (Py_ssize_t)reader->squeezed.size)) &&
      put(line, 2, again(folded)) && put(line, 3, again(PyTuple_GetItem(reader->kinds, state->kind))) &&
      put(line, 4, tag_of(reader)) && put(line, 5, PyLong_FromLongLong(PyList_Size(reader->lines) + 1)) &&
      put(line, 6, again(reader->page)) && put(line, 7, PyLong_FromLongLong(reader->block_at)) &&
      put(line, 8, parts_of(reader)) && put(line, 9, share_of(reader->linked, length)) &&
      put(line, 10, share_of(reader->italic, length)) && put(line, 11, PyBool_FromLong(state->hidden)) &&
      put(line, 12, PyBool_FromLong(state->chrome)) && put(line, 13, PyBool_FromLong(is_joined)))
    return line;
  return Py_DecRef(line), NULL;
}

/* Make a line of the texts so far, if they show anything. */
static int end_line(Reader *reader) {
  size_t length = 0;
  if (reader->is_read) {
    if (!collapse(reader, &length)) return 0;
    if (length) {
      PyObject *folded = fold(reader);
      PyObject *line = folded ? line_of(reader, length, folded) : NULL;
      const int done = line && PyList_Append(reader->lines, line) == 0;
      if (folded) Py_DecRef(folded);
      if (line) Py_DecRef(line);
      if (!done) return 0;
      reader->last_block = reader->block;
      reader->breaks = 0;
    }
  }
  drop_parts(reader);
  return 1;
}

/* Take in a text that stands directly in this block or in inline elements of it. */
static int take_in(Reader *reader, Part part, const State *state, const Node *block, int32_t block_at) {
  if (reader->block != block) {
    if (reader->is_read && !end_line(reader)) return free(part.owned), 0;
    reader->block = block;
    reader->block_at = block_at;
  }
  reader->is_read = 1;
  reader->state = *state;
  if (state->link || state->italic) {
    const size_t length = stripped_length(&part);
    reader->linked += state->link ? length : 0;
    reader->italic += state->italic ? length : 0;
  }
  return add_part(reader, part);
}

/* Whether a style hides: its letters in lower case, without white space, tell. */
static int style_hides(const char *style, size_t size) {
  static const char *const WAYS[] = {"display:none", "visibility:hidden"};
  for (int way = 0; way < 2; way++) {
    const size_t length = strlen(WAYS[way]);
    const char *end = style + size;
    for (const char *from = style; from < end; from++) {
      if ((*from | 0x20) != WAYS[way][0]) continue;
      size_t same = 0, bytes;
      for (const char *at = from; at < end && same < length; at += bytes) {
        const uint32_t code = character(at, end, &bytes);
        if (is_space(code)) continue;
        const uint32_t lower = code >= 'A' && code <= 'Z' ? code + 'a' - 'A' : code;
        if (lower != (unsigned char)WAYS[way][same]) break;
        same++;
      }
      if (same == length) return 1;
    }
  }
  return 0;
}

/* Whether an element hides what stands in it; -1 without memory. Of two equal attributes the first counts. */
static int hides(Reader *reader, const Node *node) {
  int found = 0, has_style = 0;
  for (const Attribute *attribute = node->attributes; attribute && !found; attribute = attribute->next) {
    const int name = attribute->namespace_ ? 0 : number_of_name(&reader->hiding, attribute->name);
    found = name == HIDDEN_ATTRIBUTE;
    if (name == STYLE && !has_style) {
      Content style;
      if (!content_of_attribute(attribute, &style)) return -1;
      found = style_hides(style.text, style.size);
      free(style.owned);
      has_style = 1;
    }
  }
  return found;
}

static int tell(Reader *reader, const Node *node, uint32_t *told) {
  if (node->type != ELEMENT_NODE) return *told = INVISIBLE, 1;
  const size_t at = ((uintptr_t)node->name ^ (uintptr_t)node->name >> 9) % KNOWN_TAGS;
  if (reader->known[at].name != node->name) {
    if (!memo_ask(reader->told, node->name, strlen(node->name), &reader->known[at].told)) return 0;
    reader->known[at].name = node->name;
  }
  *told = reader->known[at].told;
  return 1;
}

static State below(const State *state, uint32_t told) {
  State own = *state;
  if (own.gone) return own; /* nothing in it is ever shown */
  if (told & RESETS) own.kind = PARAGRAPH;
  else if (told & KIND) own.kind = (uint8_t)((told & KIND) - 1);
  if (own.kind == TABLE && told & LAYS_OUT) own.kind = PARAGRAPH;
  own.gone = (told & INVISIBLE) != 0;
  own.chrome |= (told & CHROME) != 0;
  own.link |= (told & LINKS) != 0;
  own.italic = told & ITALIC || (own.italic && told & INLINE);
  return own;
}

/* A text of the node itself; that of a comment, an instruction or a reference is never shown. */
static int content_of(const Node *node, Content *content, Node **behind) {
  if (node->type == ELEMENT_NODE) return content_of_run(node->children, content, behind);
  const char *text = node->type == ENTITY_REFERENCE ? "&" : node->content ? node->content : "";
  *content = (Content){.text = text, .size = strlen(text)};
  *behind = NULL;
  return 1;
}

static Node *child_from(Node *node) {
  while (node && !is_child(node)) node = node->next;
  return node;
}

typedef struct {
  Level *levels;
  size_t depth, room;
} Way;

static int push(Way *way, const State *state, const Node *block, int32_t block_at) {
  if (way->depth == way->room) {
    const size_t room = way->room ? 2 * way->room : 64;
    Level *levels = realloc(way->levels, room * sizeof *levels);
    if (!levels) return PyErr_NoMemory(), 0;
    way->levels = levels;
    way->room = room;
  }
  way->levels[way->depth++] = (Level){.state = *state, .block = block, .block_at = block_at};
  return 1;
}

/* What follows a node, after the walk has left it. */
static int read_tail(Reader *reader, const Node *node, const Level *around, Node **behind) {
  Content tail;
  uint32_t told;
  if (!content_of_run(node->next, &tail, behind)) return 0;
  if (!tail.size) return free(tail.owned), 1;
  if (is_blank(&tail)) return free(tail.owned), add_space(reader);
  if (!tell(reader, node, &told)) return free(tail.owned), 0;
  /* a block ends a line even when it has no text of its own */
  if (!(told & ENDS_NO_LINE) && !end_line(reader)) return free(tail.owned), 0;
  if (around->state.gone) return free(tail.owned), 1;
  return take_in(reader, tail, &around->state, around->block, around->block_at);
}

/* The text of a node, and what holds for its children; these themselves become `children`. */
static int read_node(Reader *reader, Node *node, const Level *around, int32_t number, Level *inside, Node **children) {
  Content text;
  uint32_t told;
  Node *behind;
  if (!content_of(node, &text, &behind)) return 0;
  *children = child_from(behind);
  if (!tell(reader, node, &told)) return free(text.owned), 0;
  if (told & BREAKS) {
    if (!end_line(reader)) return free(text.owned), 0;
    reader->breaks += told & BREAKS_ONCE ? 1 : 2;
  }
  if (!text.size && !*children) return free(text.owned), 1;
  const int is_inline = (told & INLINE) != 0, hidden = node->type == ELEMENT_NODE ? hides(reader, node) : 0;
  if (hidden < 0) return free(text.owned), 0;
  inside->state = below(&around->state, told);
  inside->state.hidden |= hidden;
  inside->block = is_inline ? around->block : node;
  inside->block_at = is_inline ? around->block_at : number;
  if (!text.size || told & CODE) return free(text.owned), 1;
  if (is_blank(&text)) return free(text.owned), add_space(reader);
  if (inside->state.gone) return free(text.owned), 1;
  return take_in(reader, text, &inside->state, inside->block, inside->block_at);
}

/* One walk in document order, without recursion: pages nest deeper than the stack is. */
static int walk(Reader *reader, Way *way) {
  Level around = {.block = reader->root, .block_at = reader->numbered ? 0 : NO_ELEMENT};
  Content text;
  Node *node;
  if (!content_of_run(reader->root->children, &text, &node)) return 0;
  if (!text.size || is_blank(&text)) free(text.owned);
  else if (!take_in(reader, text, &around.state, around.block, around.block_at)) return 0;
  node = child_from(node);
  for (int32_t number = 1; node;) {
    Level inside = around;
    Node *children, *behind;
    if (!read_node(reader, node, &around, number < reader->numbered ? number : NO_ELEMENT, &inside, &children)) return 0;
    if (node->type == ELEMENT_NODE && number < reader->numbered) number++;
    if (children) {
      if (!push(way, &around.state, around.block, around.block_at)) return 0;
      around = inside;
      node = children;
      continue;
    }
    for (;;) {
      if (!read_tail(reader, node, &around, &behind)) return 0;
      behind = child_from(behind);
      if (behind || !way->depth) break;
      node = node->parent;
      around = way->levels[--way->depth];
    }
    node = behind;
  }
  return end_line(reader);
}

/* The lines of a page, each as the fields of `blocks.Line`.
 *
 * `page` stands in each line; `told` and `letters` are a memo of what tags tell and the letters; `kinds` are the kinds
 * of blocks by number; `fold` is Python's.
 */
EXPORT PyObject *newsflow_lines(PyObject *capsule, PyObject *page, PyObject *tags, PyObject *told, PyObject *letters,
                                PyObject *kinds, PyObject *fold) {
  const Page *numbers = page_of(capsule);
  Reader reader = {.page = page, .tags = tags, .kinds = kinds, .fold = fold};
  Way way = {0};
  if (!numbers || !(reader.told = memo_of(told)) || !(reader.letters = letters_of(letters))) return NULL;
  if (!numbers->count) return PyList_New(0);
  if (!(reader.lines = PyList_New(0))) return NULL;
  reader.root = reader.block = numbers->nodes[0];
  reader.numbered = numbers->count;
  reader.hiding.names = HIDING;
  const int done = walk(&reader, &way);
  drop_parts(&reader);
  free(reader.parts);
  free(way.levels);
  free(reader.all.text);
  free(reader.text.text);
  free(reader.squeezed.text);
  free(reader.folded.text);
  if (done) return reader.lines;
  return Py_DecRef(reader.lines), NULL;
}
