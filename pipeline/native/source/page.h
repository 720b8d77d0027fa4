/* A page whose elements have numbers, in document order. */
#ifndef NEWSFLOW_PAGE_H
#define NEWSFLOW_PAGE_H

#include "tree.h"

enum { NO_ELEMENT = -1 };

typedef struct {
  Node **nodes;
  int32_t *parents; /* the number of the element above each; NO_ELEMENT above the root */
  int32_t *ends;    /* the number after that of the last element below each */
  int32_t count, room;
} Page;

/* The page of a capsule that `newsflow_page` made; NULL and an error set when it is none. */
Page *page_of(PyObject *capsule);

/* A list of so many numbers, each the object of that number in `numbers`, which begin with NO_ELEMENT's. */
PyObject *list_of_numbers(const int32_t *values, int32_t count, PyObject *numbers);

/* Give an object to a place of a new tuple or list; 0 when the object is NULL. */
int put(PyObject *tuple, Py_ssize_t at, PyObject *object);

#endif
