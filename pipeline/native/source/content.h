/* What stands in a tree as text: attributes' values, and the texts before and behind elements as lxml tells them. */
#ifndef NEWSFLOW_CONTENT_H
#define NEWSFLOW_CONTENT_H

#include "tree.h"

/* A text of so many bytes. `owned` is its memory where it had to be put together of several nodes, else NULL. */
typedef struct {
  const char *text;
  size_t size;
  char *owned;
} Content;

/* Nodes that lxml counts among an element's children: elements, comments, instructions and references. */
static inline int is_child(const Node *node) {
  return node->type == ELEMENT_NODE || node->type == COMMENT || node->type == PROCESSING_INSTRUCTION ||
         node->type == ENTITY_REFERENCE;
}

static inline int is_text_node(const Node *node) { return node->type == TEXT_NODE || node->type == CDATA_NODE; }

/* The text of the run of text nodes that begins here, and the node behind it; 0 when there is no memory. */
int content_of_run(const Node *from, Content *content, Node **behind);

/* Whether it is white space alone, or nothing. */
int is_blank(const Content *content);

/* The value of an attribute. */
int content_of_attribute(const Attribute *attribute, Content *content);

/* A number for each of the names that are asked for, and 0 for others, by a name's address: names are looked at once. */
enum { KNOWN_NAMES = 256 };

typedef struct {
  const char *const *names; /* ends with NULL; the first has number 1 */
  struct {
    const char *name;
    int number;
  } known[KNOWN_NAMES];
} Names;

int number_of_name(Names *names, const char *name);

#endif
