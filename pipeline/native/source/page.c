/* The one walk over a page's elements that numbers them.
 *
 * The page does not own the tree: Python holds the root beside it, and no node is taken out of the tree meanwhile.
 */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"

static const char NAME[] = "newsflow.page";

static void release(Page *page) {
  free(page->nodes);
  free(page->parents);
  free(page->ends);
  free(page);
}

static void destroy(PyObject *capsule) { release(PyCapsule_GetPointer(capsule, NAME)); }

Page *page_of(PyObject *capsule) { return PyCapsule_GetPointer(capsule, NAME); }

static int grow(Page *page) {
  const int32_t room = page->room ? 2 * page->room : 1024;
  Node **nodes = realloc(page->nodes, (size_t)room * sizeof *nodes);
  if (nodes) page->nodes = nodes;
  int32_t *parents = realloc(page->parents, (size_t)room * sizeof *parents);
  if (parents) page->parents = parents;
  int32_t *ends = realloc(page->ends, (size_t)room * sizeof *ends);
  if (ends) page->ends = ends;
  if (!nodes || !parents || !ends) return PyErr_NoMemory(), 0;
  page->room = room;
  return 1;
}

/* Number the root and what is below it, the first `most` elements of it. */
static int number(Page *page, Node *root, int32_t most) {
  int32_t above = NO_ELEMENT;
  for (Node *node = root; page->count < most;) {
    if (node->type == ELEMENT_NODE) {
      if (page->count == page->room && !grow(page)) return 0;
      const int32_t own = page->count++;
      page->nodes[own] = node;
      page->parents[own] = above;
      page->ends[own] = page->count;
      if (node->children) {
        above = own;
        node = node->children;
        continue;
      }
    }
    while (node != root && !node->next) {
      node = node->parent;
      page->ends[above] = page->count;
      above = page->parents[above];
    }
    if (node == root) return 1;
    node = node->next;
  }
  for (; above != NO_ELEMENT; above = page->parents[above]) page->ends[above] = page->count;
  return 1;
}

int put(PyObject *tuple, Py_ssize_t at, PyObject *object) { return object && PyTuple_SetItem(tuple, at, object) == 0; }

PyObject *list_of_numbers(const int32_t *values, int32_t count, PyObject *numbers) {
  PyObject *list = PyList_New(count);
  for (int32_t at = 0; list && at < count; at++)
    PyList_SetItem(list, at, again(PyTuple_GetItem(numbers, values[at] + 1)));
  return list;
}

/* The objects of all numbers that are told of a page, made once: NO_ELEMENT, the elements', and how many there are. */
static PyObject *numbers_to(int32_t count) {
  PyObject *numbers = PyTuple_New((Py_ssize_t)count + 2);
  for (int32_t at = 0; numbers && at < count + 2; at++)
    if (!put(numbers, at, PyLong_FromLongLong(at - 1))) return Py_DecRef(numbers), NULL;
  return numbers;
}

/* The tags, one string for each; those of one tag have one address mostly. */
static PyObject *tags_of(const Page *page) {
  enum { KNOWN = 256 };
  struct {
    const char *name;
    PyObject *tag;
  } known[KNOWN] = {0};
  PyObject *tags = PyList_New(page->count);
  for (int32_t number = 0; tags && number < page->count; number++) {
    const char *name = page->nodes[number]->name;
    const size_t at = ((uintptr_t)name ^ (uintptr_t)name >> 9) % KNOWN;
    if (known[at].name != name) {
      PyObject *tag = PyUnicode_InternFromString(name);
      if (!tag) return Py_DecRef(tags), NULL;
      known[at].name = name;
      known[at].tag = tag; /* kept alive by the list */
      PyList_SetItem(tags, number, tag);
    } else {
      PyList_SetItem(tags, number, again(known[at].tag));
    }
  }
  return tags;
}

/* A page with the first elements of a tree: its capsule, its numbers, and by number parents, ends and tags. */
EXPORT PyObject *newsflow_page(PyObject *root, int32_t most) {
  Page *page = calloc(1, sizeof *page);
  if (!page) return PyErr_NoMemory();
  PyObject *capsule = number(page, node_of(root), most) ? PyCapsule_New(page, NAME, destroy) : NULL;
  if (!capsule) return release(page), NULL;
  PyObject *found = PyTuple_New(5);
  if (!found) return Py_DecRef(capsule), NULL;
  PyObject *numbers = numbers_to(page->count);
  if (put(found, 0, capsule) && put(found, 1, numbers) &&
      put(found, 2, list_of_numbers(page->parents, page->count, numbers)) &&
      put(found, 3, list_of_numbers(page->ends, page->count, numbers)) && put(found, 4, tags_of(page)))
    return found;
  return Py_DecRef(found), NULL;
}

typedef PyObject *Factory(PyObject *document, Node *node);

/* The elements of these numbers, made by lxml's own function of a capsule; the root leads to their document. */
EXPORT PyObject *newsflow_elements(PyObject *capsule, PyObject *factory, PyObject *root, PyObject *numbers) {
  const Page *page = page_of(capsule);
  Factory *make = page ? (Factory *)PyCapsule_GetPointer(factory, PyCapsule_GetName(factory)) : NULL;
  const Py_ssize_t count = make ? PyList_Size(numbers) : -1;
  PyObject *elements = count >= 0 ? PyList_New(count) : NULL;
  for (Py_ssize_t at = 0; elements && at < count; at++) {
    const long long number = PyLong_AsLongLong(PyList_GetItem(numbers, at));
    const int known = number >= 0 && number < page->count;
    PyObject *element = known ? make(((Element *)root)->document, page->nodes[number]) : again(PY_NONE);
    if (!element || (number == -1 && PyErr_Occurred())) {
      if (element) Py_DecRef(element);
      return Py_DecRef(elements), NULL;
    }
    PyList_SetItem(elements, at, element);
  }
  return elements;
}

/* The element of a number. */
EXPORT PyObject *newsflow_element(PyObject *capsule, PyObject *factory, PyObject *root, int32_t number) {
  const Page *page = page_of(capsule);
  Factory *make = page ? (Factory *)PyCapsule_GetPointer(factory, PyCapsule_GetName(factory)) : NULL;
  if (!make) return NULL;
  return number >= 0 && number < page->count ? make(((Element *)root)->document, page->nodes[number]) : again(PY_NONE);
}

/* The text of a run of text nodes, as a new reference; "" for white space alone. */
static PyObject *string_of_run(const Node *from) {
  Content content;
  Node *behind;
  if (!content_of_run(from, &content, &behind)) return NULL;
  PyObject *string = PyUnicode_FromStringAndSize(content.text, is_blank(&content) ? 0 : (Py_ssize_t)content.size);
  free(content.owned);
  return string;
}

/* For each element from a number on up to another, its text and what follows it; "" where nothing is to be seen. */
EXPORT PyObject *newsflow_texts(PyObject *capsule, int32_t from, int32_t to) {
  const Page *page = page_of(capsule);
  if (!page) return NULL;
  if (from < 0) from = 0;
  if (to > page->count) to = page->count;
  PyObject *texts = PyList_New(from < to ? to - from : 0);
  for (int32_t number = from; texts && number < to; number++) {
    PyObject *pair = PyTuple_New(2);
    const Node *node = page->nodes[number];
    if (!pair || !put(pair, 0, string_of_run(node->children)) || !put(pair, 1, string_of_run(node->next))) {
      if (pair) Py_DecRef(pair);
      return Py_DecRef(texts), NULL;
    }
    PyList_SetItem(texts, number - from, pair);
  }
  return texts;
}

static int is_alike(const Node *node, const Node *other) {
  return other->type == ELEMENT_NODE && (other->name == node->name || strcmp(other->name, node->name) == 0);
}

/* The place of an element among its siblings of one tag, from 1 on; 0 when it is the only one. */
static size_t place_of(const Node *node) {
  size_t place = 1;
  for (const Node *each = node->previous; each; each = each->previous) place += is_alike(node, each);
  for (const Node *each = node->next; each && place == 1; each = each->next)
    if (is_alike(node, each)) return 1;
  return place > 1 ? place : 0;
}

/* The path of an element from the document's root: tags, with their places where there are several of one. */
EXPORT PyObject *newsflow_path(PyObject *capsule, int32_t number) {
  const Page *page = page_of(capsule);
  if (!page || number < 0 || number >= page->count) return page ? PyUnicode_FromStringAndSize("", 0) : NULL;
  size_t room = 256, size = 0;
  char *path = malloc(room); /* filled from its end */
  for (const Node *node = page->nodes[number]; path && node && node->type == ELEMENT_NODE; node = node->parent) {
    char place[32] = "";
    const size_t among = place_of(node), length = strlen(node->name);
    if (among) snprintf(place, sizeof place, "[%zu]", among);
    const size_t more = 1 + length + strlen(place);
    if (size + more > room) {
      char *all = malloc(2 * (size + more));
      if (all) memcpy(all + 2 * (size + more) - size, path + room - size, size);
      free(path);
      path = all;
      room = 2 * (size + more);
    }
    if (!path) break;
    size += more;
    char *to = path + room - size;
    *to = '/';
    memcpy(to + 1, node->name, length);
    memcpy(to + 1 + length, place, strlen(place));
  }
  if (!path) return PyErr_NoMemory();
  PyObject *found = PyUnicode_FromStringAndSize(path + room - size, (Py_ssize_t)size);
  free(path);
  return found;
}
