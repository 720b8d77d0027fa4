/* jusText's paragraphs of a tree: its maker, step by step, in one walk. */

#include "extract.h"

#include <string.h>

enum { HEADING = 1, SELECTION = 2 }; /* what is said of the elements that a paragraph stands in */

static const char *const NAMES[] = {
  "blockquote", "body", "caption", "center", "col", "colgroup", "dd", "div", "dl", "dt", "fieldset", "form", "h1", "h2",
  "h3", "h4", "h5", "h6", "legend", "li", "optgroup", "option", "p", "pre", "table", "td", "textarea", "tfoot", "th",
  "thead", "tr", "ul",
};

typedef struct {
  Text text;
  uint32_t in_links; /* characters in links */
  int says;
} Paragraph;

typedef struct {
  Reader *reader;
  Paragraph *all, open;
  uint32_t count, room;
  int headings, selections; /* elements around the place whose names tell so */
  int in_link, is_after_break;
} Walk;

static int starts_paragraph(const char *name) {
  int low = 0, high = sizeof NAMES / sizeof *NAMES;
  while (low < high) {
    const int middle = (low + high) / 2, order = strcmp(name, NAMES[middle]);
    if (order == 0) return 1;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return 0;
}

static int is_in_word(char byte) {
  return (byte & 0x80) || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || byte == '_';
}

/* Whether `h` and a digit stand in a name as a word. */
static int is_heading(const char *name) {
  for (const char *at = name; (at = strchr(at, 'h')); at++) {
    if (at[1] >= '0' && at[1] <= '9' && !is_in_word(at[2]) && (at == name || !is_in_word(at[-1]))) return 1;
  }
  return 0;
}

/* Adds a text in which each run of white space is a space, or a line break if there is one in it; its characters. */
static uint32_t add_normal(Walk *walk, Text *to, Text text) {
  uint32_t count = 0;
  for (const char *at = text.at, *end = text.at + text.size; at < end; count++) {
    const char *start = at;
    size_t size;
    int has_break = 0;
    uint32_t code = 0;
    while (at < end && is_space(code = character(at, end, &size))) {
      has_break |= code == '\n' || code == '\r';
      at += size;
    }
    if (at > start) {
      add(walk->reader, to, (Text){.at = has_break ? "\n" : " ", .size = 1});
      continue;
    }
    const char *after = at + size;
    while (after < end && !is_space(character(after, end, &size))) after += size;
    const Text word = {.at = at, .size = (uint32_t)(after - at)};
    add(walk->reader, to, word);
    count += (uint32_t)letters(word) - 1;
    at = after;
  }
  return count;
}

static void read_text(Walk *walk, Text text) {
  if (!has_text(text)) return;
  const uint32_t count = add_normal(walk, &walk->open.text, text);
  if (walk->in_link) walk->open.in_links += count;
  walk->is_after_break = 0;
}

/* Ends the paragraph that is open, if it has text, and opens another. */
static void start_paragraph(Walk *walk) {
  Paragraph done = walk->open;
  if (has_text(done.text)) {
    Text text = shared(done.text), normal = no_text();
    while (starts_with_space(text)) {
      size_t size;
      character(text.at, text.at + text.size, &size);
      text.at += size;
      text.size -= (uint32_t)size;
    }
    while (ends_with_space(text)) text.size--; /* of spaces and line breaks only */
    add_normal(walk, &normal, text);
    done.text = normal;
    if (walk->count == walk->room) {
      walk->room = walk->room ? 2 * walk->room : 64;
      Paragraph *all = take(walk->reader, walk->room * sizeof *all);
      if (walk->count) memcpy(all, walk->all, walk->count * sizeof *all);
      walk->all = all;
    }
    walk->all[walk->count++] = done;
  }
  walk->open = (Paragraph){.says = (walk->headings ? HEADING : 0) | (walk->selections ? SELECTION : 0)};
}

static void enter(Walk *walk, const Node *node) {
  const char *name = node->name;
  walk->headings += is_heading(name);
  walk->selections += strstr(name, "select") != NULL;
  const int is_break = strcmp(name, "br") == 0;
  if (starts_paragraph(name) || (is_break && walk->is_after_break)) {
    start_paragraph(walk);
  } else {
    walk->is_after_break = is_break;
    if (is_break) add(walk->reader, &walk->open.text, (Text){.at = " ", .size = 1});
    else if (strcmp(name, "a") == 0) walk->in_link = 1;
  }
}

static void leave(Walk *walk, const Node *node) {
  const char *name = node->name;
  walk->headings -= is_heading(name);
  walk->selections -= strstr(name, "select") != NULL;
  if (starts_paragraph(name)) start_paragraph(walk);
  if (strcmp(name, "a") == 0) walk->in_link = 0;
}

/* Reads the texts from a node on up to the next element; that element. */
static const Node *read_texts(Walk *walk, const Node *node) {
  Text text = no_text();
  for (; node && node->type != ELEMENT_NODE; node = node->next) {
    if ((node->type == TEXT_NODE || node->type == CDATA_NODE) && node->content)
      add(walk->reader, &text, (Text){.at = node->content, .size = (uint32_t)strlen(node->content)});
  }
  read_text(walk, text);
  return node;
}

/* Of each paragraph its text, the characters of it in links, and whether it stands in a heading or a selection. */
PyObject *paragraphs(Reader *reader, const Node *root) {
  Walk walk = {.reader = reader};
  enter(&walk, root);
  const Node *up = root, *node = read_texts(&walk, root->children);
  while (node || up != root) {
    if (node) {
      enter(&walk, node);
      up = node;
      node = read_texts(&walk, node->children);
    } else {
      leave(&walk, up);
      node = read_texts(&walk, up->next);
      up = up->parent;
    }
  }
  leave(&walk, root);
  start_paragraph(&walk);
  PyObject *rows = PyList_New(0);
  for (uint32_t at = 0; rows && at < walk.count; at++) {
    const Paragraph *each = &walk.all[at];
    PyObject *const values[] = {
      PyUnicode_FromStringAndSize(each->text.at, (Py_ssize_t)each->text.size),
      PyLong_FromLongLong(each->in_links),
      PyLong_FromLongLong(each->says),
    };
    PyObject *row = tuple_of(values, 3);
    if (!row || PyList_Append(rows, row)) {
      Py_DecRef(rows);
      rows = NULL;
    }
    if (row) Py_DecRef(row);
  }
  return rows;
}
