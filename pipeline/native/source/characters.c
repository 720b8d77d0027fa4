/* What the characters of lines are, in any script. */

#include "text.h"
#include "words.h"

enum {
  BITS = 7, /* of a count, before it is added to the others of its kind */
  MOST = (1 << BITS) - 1,
  BASIC_PLANE = 0xffff,
};

/* What a character adds to the counts: from `UPPER` on, each in its own bits. */
#define ONE(count) (1ull << BITS * ((count) - 1))
#define ADDS(before, now)                                                                                   \
  (((now) != LETTER ? ONE((now) ? (now) : 1) : 0) | ((before) == SPACE && (now) == UPPER ? ONE(CAPITALS) : 0) | \
   ((before) == LETTER && (now) == UPPER ? ONE(GLUED) : 0) | ((before) == STOP && (now) == SPACE ? ONE(INNER_STOPS) : 0))
#define AFTER(before)                                                                                          \
  {ADDS(before, LETTER), ADDS(before, UPPER), ADDS(before, DIGIT), ADDS(before, MARK), ADDS(before, COMMA), \
   ADDS(before, STOP), ADDS(before, SPACE)}

static const uint64_t ADDED[CLASSES][CLASSES + 1] = {AFTER(LETTER), AFTER(UPPER), AFTER(DIGIT), AFTER(MARK),
                                                     AFTER(COMMA),  AFTER(STOP),  AFTER(SPACE)};

static void add(uint32_t counts[COUNTS], uint64_t sums) {
  for (int count = UPPER; count <= INNER_STOPS; count++) counts[count] += (uint32_t)(sums >> BITS * (count - 1) & MOST);
}

static void count(Text text, const uint8_t *classes, uint32_t counts[COUNTS]) {
  const char *at = text.at, *end = at + text.size;
  uint32_t before = SPACE, now = SPACE, length = 0;
  uint8_t told = SPACE;
  while (at < end) {
    uint64_t sums = 0;
    for (int left = MOST; left && at < end; left--) {
      size_t bytes;
      const uint32_t code = character(at, end, &bytes);
      at += bytes;
      told = classes[code <= BASIC_PLANE ? code : BASIC_PLANE];
      before = now;
      now = told & (CLOSING - 1);
      sums += ADDED[before][now];
      if (!length++) counts[FIRST] = now;
    }
    add(counts, sums);
  }
  counts[LENGTH] = length;
  counts[LAST] = (told & CLOSING) && length > 1 ? before : now;
}

int open_text(PyObject *string, const char *errors, Text *text, PyObject **encoded) {
  Py_ssize_t size = 0;
  *encoded = NULL;
  text->at = PyUnicode_AsUTF8AndSize(string, &size);
  if (!text->at) {
    PyErr_Clear();
    *encoded = PyUnicode_AsEncodedString(string, "utf-8", errors);
    if (!*encoded) return 0;
    text->at = PyBytes_AsString(*encoded);
    size = PyBytes_Size(*encoded);
  }
  text->size = (size_t)size;
  return 1;
}

int count_characters(PyObject *text, const uint8_t *classes, uint32_t counts[COUNTS]) {
  Text read;
  PyObject *encoded;
  for (int each = 0; each < COUNTS; each++) counts[each] = 0;
  if (!open_text(text, "replace", &read, &encoded)) return 0;
  count(read, classes, counts);
  if (encoded) Py_DecRef(encoded);
  return 1;
}

/* The counts of each of a list of texts: `COUNTS` rows of as many numbers. */
EXPORT int newsflow_characters(PyObject *texts, const uint8_t *classes, double *rows) {
  const Py_ssize_t size = PyList_Size(texts);
  for (Py_ssize_t at = 0; at < size; at++) {
    uint32_t counts[COUNTS];
    if (!count_characters(PyList_GetItem(texts, at), classes, counts)) return 0;
    for (int each = 0; each < COUNTS; each++) rows[each * size + at] = counts[each];
  }
  return size >= 0;
}
