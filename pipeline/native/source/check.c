/* Whether lxml's elements and libxml2's nodes lie in memory as `tree.h` has them. */

#include <string.h>

#include "tree.h"

/* What this library was compiled from, and how: `build.py` looks for it, and whoever loads it. */
EXPORT const char newsflow_sources[] = NEWSFLOW_SOURCES;

static int is_text(const Node *node, const char *text) {
  return node && node->type == TEXT_NODE && node->content && strcmp(node->content, text) == 0;
}

/* Asked once, of `<p class="a">b<i>c</i>d</p>`; the element's address of a node is looked at before it is followed. */
EXPORT int newsflow_check(PyObject *element) {
  const Node *node = node_of(element);
  if (!node || ((uintptr_t)node & 7) || node->type != ELEMENT_NODE || strcmp(node->name, "p") != 0) return 0;
  const Attribute *attribute = node->attributes;
  if (!attribute || strcmp(attribute->name, "class") != 0 || attribute->next || !is_text(attribute->children, "a")) return 0;
  const Node *inner = node->children ? node->children->next : NULL;
  if (!is_text(node->children, "b") || !inner || strcmp(inner->name, "i") != 0 || inner->parent != node) return 0;
  return is_text(inner->children, "c") && is_text(inner->next, "d") && inner->next == node->last && inner->next->previous == inner;
}
