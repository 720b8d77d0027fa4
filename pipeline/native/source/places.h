/* Where lines stand in the tree: the elements that hold them and those above, each with a number. */
#ifndef NEWSFLOW_PLACES_H
#define NEWSFLOW_PLACES_H

#include "memo.h"
#include "scratch.h"

/* Number 0 has the lines without an element, and stands above the root. Lines come in the order of the page, so an
 * element stands after its parent, and what is below it right after it. */
typedef struct {
  size_t count, lines;
  uint32_t *of_line; /* the element of each line; all that follows is by element */
  uint32_t *parent;
  uint32_t *end; /* after the last element below it */
  uint32_t *tag; /* what it is for a story, 0 for any other */
  uint32_t *signature; /* equal for elements of the same tag and class */
  uint32_t *path; /* equal for elements with the same tags above them */
  uint32_t *depth;
  uint32_t *named; /* what its class and id tell, a bit each; of elements that hold a line and those right above */
  uint8_t *in_list;
} Places;

/* What a memo answers of a tag: a number, and one of these. */
enum { TAG_NUMBER = 0xff, IS_ROOT = 0x100, IS_LIST = 0x200 };

/* What the page's elements are, as lists by their number in the page: parents, tags, classes, ids; and memos of what a
 * tag tells and what one name does. */
typedef struct {
  PyObject *parents, *tags, *classes, *ids;
  Memo *tag_told, *name_told;
} Page;

/* The places of lines, by the number of each one's element in the page, -1 for none. */
int read_places(Places *, Scratch *, const Page *, PyObject *elements);

#endif
