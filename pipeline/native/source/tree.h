/* The parts of libxml2's tree that are read, and the element of lxml that leads to them.
 *
 * Both are public and stable: the first fields of `xmlNode` and `xmlAttr` in libxml2's tree.h, `LxmlElement` in lxml's
 * etreepublic.pxd. `check.c` compares what they say with what lxml says before anything is read through them.
 */
#ifndef NEWSFLOW_TREE_H
#define NEWSFLOW_TREE_H

#include "python.h"

enum { ELEMENT_NODE = 1, TEXT_NODE = 3, CDATA_NODE = 4, ENTITY_REFERENCE = 5, PROCESSING_INSTRUCTION = 7, COMMENT = 8 };

typedef struct Node Node;
typedef struct Attribute Attribute;

struct Node {
  void *private_;
  int type;
  const char *name; /* of an element its tag, in the document's dictionary: equal names have equal addresses */
  Node *children, *last, *parent, *next, *previous;
  void *document;
  void *namespace_;
  const char *content; /* of a text node its text, in UTF-8 */
  Attribute *attributes;
};

struct Attribute {
  void *private_;
  int type;
  const char *name;
  Node *children; /* text nodes, the value; mostly one or none */
  Node *last, *parent;
  Attribute *next, *previous;
  void *document;
  void *namespace_;
};

typedef struct {
  PyObject head;
  PyObject *document;
  Node *node;
} Element;

static inline Node *node_of(PyObject *element) { return ((Element *)element)->node; }

#endif
