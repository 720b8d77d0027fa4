/* Lines that stand once on a page and also in a text: the anchors between which all other lines are looked for. */

#define _GNU_SOURCE /* memmem */
#define _DARWIN_C_SOURCE
#include <string.h>

#include "groups.h"
#include "text.h"
#include "words.h"

typedef struct {
  size_t line, at, end; /* in bytes of the text */
} Anchor;

typedef struct {
  PyObject **squeezed; /* NULL for a short line */
  uint32_t *group, *copies;
  uint8_t *cut;
  Anchor *found;
  size_t count;
} Search;

/* The squeezed texts that are long enough, and how often the page has each. */
static int read_lines(Search *search, Scratch *scratch, PyObject *lines, size_t size, size_t length) {
  Groups groups = {0};
  PyObject *name = PyUnicode_InternFromString("squeezed");
  int done = name && make_groups(&groups, scratch, size, 1);
  for (size_t line = 0; done && line < size; line++) {
    PyObject *each = PyList_GetItem(lines, (Py_ssize_t)line), *squeezed = each ? PyObject_GetAttr(each, name) : NULL;
    if (!(done = squeezed != NULL)) break;
    if ((size_t)PyUnicode_GetLength(squeezed) >= length) {
      search->squeezed[line] = squeezed;
      done = number_of_string(&groups, squeezed, &search->group[line]);
      if (done) search->copies[search->group[line]]++;
    }
    Py_DecRef(squeezed); /* the line itself holds it on */
  }
  if (name) Py_DecRef(name);
  return done;
}

static int find_anchors(Search *search, size_t size, Text text) {
  size_t end = 0;
  for (size_t line = 0; line < size; line++) {
    if (!search->squeezed[line] || search->cut[line] || search->copies[search->group[line]] != 1) continue;
    Text own;
    PyObject *encoded;
    if (!open_text(search->squeezed[line], "surrogatepass", &own, &encoded)) return 0;
    /* mostly it follows the line before; searching from the start each time is quadratic on long pages */
    const int follows = text.size - end >= own.size && memcmp(text.at + end, own.at, own.size) == 0;
    const char *at = follows ? text.at + end : memmem(text.at, text.size, own.at, own.size);
    if (at) {
      const size_t start = (size_t)(at - text.at);
      end = start + own.size;
      search->found[search->count++] = (Anchor){line, start, end};
    }
    if (encoded) Py_DecRef(encoded);
  }
  return 1;
}

/* The longest run of anchors whose places rise: an extractor's second pass may append earlier text late. */
static int keep_rising(Search *search, Scratch *scratch) {
  Anchor *found = search->found;
  size_t falls = 0, tails = 0;
  for (size_t at = 1; at < search->count; at++) falls += found[at].at <= found[at - 1].at;
  if (!falls) return 1; /* as on nearly all pages */
  size_t *tail = take(scratch, search->count, sizeof *tail), *before = take(scratch, search->count, sizeof *before);
  if (!tail || !before) return 0;
  for (size_t at = 0; at < search->count; at++) {
    size_t low = 0, high = tails;
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (found[tail[middle]].at < found[at].at) low = middle + 1;
      else high = middle;
    }
    before[at] = low ? tail[low - 1] : at;
    tail[low] = at;
    if (low == tails) tails++;
  }
  size_t at = tail[tails - 1];
  for (size_t left = tails; left-- > 0; at = before[at]) tail[left] = at;
  for (size_t each = 0; each < tails; each++) found[each] = found[tail[each]]; /* never before it was read */
  search->count = tails;
  return 1;
}

/* Line, start and end of each anchor, one after the other; the places in characters. */
static PyObject *told(const Search *search, Text text) {
  PyObject *list = PyList_New(3 * (Py_ssize_t)search->count);
  size_t counted = 0, before = 0; /* characters of so many bytes */
  for (size_t each = 0; list && each < search->count; each++) {
    const Anchor anchor = search->found[each];
    /* an anchor begins after the one before it, but it may begin within that */
    const size_t start = anchor.at >= counted ? before + characters(text.at + counted, anchor.at - counted)
                                              : before - characters(text.at + anchor.at, counted - anchor.at);
    const size_t end = start + characters(text.at + anchor.at, anchor.end - anchor.at);
    const size_t values[] = {anchor.line, start, end};
    counted = anchor.end;
    before = end;
    for (size_t value = 0; value < 3; value++) {
      PyObject *number = PyLong_FromLongLong((long long)values[value]);
      if (!number || PyList_SetItem(list, (Py_ssize_t)(3 * each + value), number) < 0) {
        Py_DecRef(list);
        return NULL;
      }
    }
  }
  return list;
}

/* The anchors of a list of lines in a squeezed text: lines of so many squeezed characters, none of those in `cut`. */
EXPORT PyObject *newsflow_anchors(PyObject *lines, PyObject *extracted, PyObject *cut, size_t length) {
  const Py_ssize_t size = PyList_Size(lines), cuts = PyList_Size(cut);
  Text text;
  PyObject *encoded, *found = NULL;
  if (size < 0 || cuts < 0 || !open_text(extracted, "surrogatepass", &text, &encoded)) return NULL;
  Scratch scratch = {0};
  const size_t count = (size_t)size;
  Search search = {.squeezed = take(&scratch, count, sizeof(PyObject *)),
                   .group = take(&scratch, count, sizeof(uint32_t)),
                   .copies = take(&scratch, count, sizeof(uint32_t)),
                   .cut = take(&scratch, count, 1),
                   .found = take(&scratch, count, sizeof(Anchor))};
  int done = search.squeezed && search.group && search.copies && search.cut && search.found;
  for (Py_ssize_t each = 0; done && each < cuts; each++) {
    const long long line = PyLong_AsLongLong(PyList_GetItem(cut, each));
    if (line >= 0 && line < size) search.cut[line] = 1;
    done = !PyErr_Occurred();
  }
  if (done && read_lines(&search, &scratch, lines, count, length) && find_anchors(&search, count, text) &&
      keep_rising(&search, &scratch))
    found = told(&search, text);
  give_back(&scratch);
  if (encoded) Py_DecRef(encoded);
  return found;
}
