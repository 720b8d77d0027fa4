/* Python's strings of a page's texts, one for all that are equal. */
#ifndef NEWSFLOW_STRINGS_H
#define NEWSFLOW_STRINGS_H

#include "content.h"

typedef struct {
  PyObject *string;
  const char *text; /* of the page, or `owned` */
  char *owned;
  size_t size;
  uint64_t hash;
  long long count; /* what the caller counts */
} String;

typedef struct {
  String *strings; /* in the order in which they were met */
  int32_t *slots;  /* numbers of strings, with 1 added */
  size_t count, room;
} Strings;

/* The number of a text's string, which is made unless it is given; -1 and an error set when there is no memory. The
 * table takes the content's memory. */
int32_t string_of(Strings *strings, Content content, PyObject *string);

void forget_strings(Strings *strings);

#endif
