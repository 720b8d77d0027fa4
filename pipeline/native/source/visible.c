/* The text of an element as a reader sees it: `pipeline/cleaning/metadata/scan.py` says what is left out of it. */
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "memo.h"
#include "text.h"

/* What a tag tells. */
enum { SILENT = 1, BREAKING = 2 };

typedef struct {
  char *text;
  size_t size, room, length; /* `length`: characters, those of breaks aside */
} Text;

static int add(Text *text, const char *more, size_t size) {
  if (text->size + size > text->room) {
    const size_t room = 2 * (text->size + size) + 256;
    char *all = realloc(text->text, room);
    if (!all) return PyErr_NoMemory(), 0;
    text->text = all;
    text->room = room;
  }
  if (size) memcpy(text->text + text->size, more, size);
  text->size += size;
  return 1;
}

/* Add the texts that begin with a node, after a break where the tag breaks. */
static int add_run(Text *text, const Node *from, uint32_t told, const char *breaks) {
  Content content;
  Node *behind;
  if (told & BREAKING && !add(text, breaks, strlen(breaks))) return 0;
  if (!content_of_run(from, &content, &behind)) return 0;
  const int done = add(text, content.text, content.size);
  text->length += characters(content.text, content.size);
  free(content.owned);
  return done;
}

static Node *element_from(Node *node) {
  while (node && node->type != ELEMENT_NODE) node = node->next;
  return node;
}

/* One walk without recursion: `steps` counts the tags, of which each element has two. What is silent is walked over. */
static int walk(Text *text, Node *root, size_t limit, const char *breaks, size_t steps, Memo *tells) {
  const Node *skipped = NULL;
  uint32_t told;
  for (Node *node = root;;) {
    if (!steps--) return 1;
    if (!memo_ask(tells, node->name, strlen(node->name), &told)) return 0;
    if (!skipped && told & SILENT) skipped = node;
    else if (!skipped && !add_run(text, node->children, told, breaks)) return 0;
    if (text->length > limit) return 1;
    Node *next = element_from(node->children);
    while (!next) {
      if (!steps--) return 1;
      if (skipped == node) skipped = NULL;
      if (node == root) return 1;
      if (!skipped) {
        if (!memo_ask(tells, node->name, strlen(node->name), &told) || !add_run(text, node->next, told, breaks)) return 0;
        if (text->length > limit) return 1;
      }
      next = element_from(node->next);
      if (!next) node = node->parent;
    }
    node = next;
  }
}

/* The text of an element, up to the text that has more than so many characters in all; each end of a tag that breaks is
 * there as `breaks`, and at most so many tags are looked at. */
EXPORT PyObject *newsflow_visible_text(PyObject *element, int32_t limit, PyObject *breaks, int32_t steps, PyObject *tells) {
  Memo *memo = memo_of(tells);
  const char *apart = PyUnicode_AsUTF8AndSize(breaks, NULL);
  Text text = {0};
  if (!memo || !apart) return NULL;
  const int done = walk(&text, node_of(element), (size_t)limit, apart, (size_t)steps, memo);
  PyObject *found = done ? PyUnicode_FromStringAndSize(text.size ? text.text : "", (Py_ssize_t)text.size) : NULL;
  free(text.text);
  return found;
}
