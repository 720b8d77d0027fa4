#include "places.h"

#include "groups.h"
#include "text.h"

static int wrong(const char *what) {
  if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, what);
  return 0;
}

static int number_at(PyObject *list, size_t at, long long below, long long *number) {
  PyObject *item = PyList_GetItem(list, (Py_ssize_t)at);
  if (!item) return 0;
  *number = PyLong_AsLongLong(item);
  return (*number >= -1 && *number < below) || wrong("no number of an element");
}

static int ask(Memo *memo, PyObject *string, uint32_t *answer) {
  Py_ssize_t size;
  const char *text = PyUnicode_AsUTF8AndSize(string, &size);
  return text && memo_ask(memo, text, (size_t)size, answer);
}

/* What the names in an attribute tell. No pattern spans a space, so each name is asked once for all pages. */
static int ask_names(Memo *memo, PyObject *names, uint32_t *told) {
  if (!names) return 0;
  if (names == PY_NONE) return 1;
  Py_ssize_t length;
  const char *at = PyUnicode_AsUTF8AndSize(names, &length);
  if (!at) return 0;
  const char *end = at + length, *start = NULL;
  for (;; ) {
    size_t size = 0;
    const int apart = at == end || is_space(character(at, end, &size));
    if (!apart && !start) start = at;
    if (apart && start) {
      uint32_t answer;
      if (!memo_ask(memo, start, (size_t)(at - start), &answer)) return 0;
      *told |= answer;
      start = NULL;
    }
    if (at == end) return 1;
    at += size;
  }
}

/* Number the elements that hold lines and those above them; `held` is each one's number in the page. */
static int number_elements(Places *places, Scratch *scratch, const Page *page, PyObject *elements, uint32_t **held) {
  const Py_ssize_t all = PyList_Size(page->tags), lines = PyList_Size(elements);
  if (all < 0 || lines < 0) return 0;
  uint32_t *number = take(scratch, (size_t)all + 1, sizeof *number), *above = take(scratch, (size_t)all + 1, sizeof *above);
  places->lines = (size_t)lines;
  places->of_line = take(scratch, (size_t)lines, sizeof *places->of_line);
  if (!number || !above || !places->of_line) return 0;
  size_t count = 1;
  number[0] = 1; /* for now, that it holds something */
  for (size_t line = 0; line < places->lines; line++) {
    long long at, parent;
    if (!number_at(elements, line, all, &at)) return 0;
    places->of_line[line] = (uint32_t)(at + 1);
    for (; !number[at + 1]; at = parent) {
      if (!number_at(page->parents, (size_t)at, at, &parent)) return 0;
      number[at + 1] = 1;
      above[at + 1] = (uint32_t)(parent + 1);
      count++;
    }
  }
  places->count = count;
  places->parent = take(scratch, count, sizeof *places->parent);
  *held = take(scratch, count, sizeof **held);
  if (!places->parent || !*held) return 0;
  number[0] = 0;
  for (size_t at = 1, next = 1; at <= (size_t)all; at++) {
    if (!number[at]) continue;
    (*held)[next] = (uint32_t)(at - 1);
    places->parent[next] = number[above[at]];
    number[at] = (uint32_t)next++;
  }
  for (size_t line = 0; line < places->lines; line++) places->of_line[line] = number[places->of_line[line]];
  return 1;
}

/* What the names of an element tell, once for each class. */
typedef struct {
  const Page *page;
  const uint32_t *held, *class_number;
  uint32_t *class_told;
  uint8_t *asked, *class_asked;
} Names;

static int tell_names(Places *places, const Names *names, size_t at) {
  if (names->asked[at]) return 1;
  names->asked[at] = 1;
  const uint32_t number = names->class_number[at];
  if (!names->class_asked[number]) {
    PyObject *classes = PyList_GetItem(names->page->classes, names->held[at]);
    if (!ask_names(names->page->name_told, classes, &names->class_told[number])) return 0;
    names->class_asked[number] = 1;
  }
  places->named[at] = names->class_told[number];
  return ask_names(names->page->name_told, PyList_GetItem(names->page->ids, names->held[at]), &places->named[at]);
}

int read_places(Places *places, Scratch *scratch, const Page *page, PyObject *elements) {
  uint32_t *held;
  if (!number_elements(places, scratch, page, elements, &held)) return 0;
  const size_t count = places->count;
  uint32_t **columns[] = {&places->end, &places->tag, &places->signature, &places->path, &places->depth, &places->named};
  for (size_t each = 0; each < sizeof columns / sizeof *columns; each++) {
    if (!(*columns[each] = take(scratch, count, sizeof(uint32_t)))) return 0;
  }
  places->in_list = take(scratch, count, sizeof *places->in_list);
  uint32_t *told = take(scratch, count, sizeof *told); /* by tag */
  uint32_t *class_of = take(scratch, count, sizeof *class_of);
  const Names names = {page, held, class_of, take(scratch, count + 1, sizeof(uint32_t)), take(scratch, count, 1),
                       take(scratch, count + 1, 1)};
  Groups tags, classes, signatures, paths;
  if (!places->in_list || !told || !class_of || !names.class_told || !names.asked || !names.class_asked || !make_groups(&tags, scratch, count, 1) ||
      !make_groups(&classes, scratch, count, 1) || !make_groups(&signatures, scratch, count, 0) ||
      !make_groups(&paths, scratch, count, 0))
    return 0;
  names.asked[0] = 1;
  for (size_t at = 1; at < count; at++) {
    PyObject *name = PyList_GetItem(page->tags, held[at]), *stated = PyList_GetItem(page->classes, held[at]);
    uint32_t tag, class_number = 0;
    const size_t known = tags.count;
    if (!name || !stated || !number_of_string(&tags, name, &tag)) return 0;
    if (tags.count > known && !ask(page->tag_told, name, &told[tag])) return 0;
    if (stated != PY_NONE) { /* none is as good as an empty one */
      Py_ssize_t size;
      if (!PyUnicode_AsUTF8AndSize(stated, &size)) return 0;
      if (size && !number_of_string(&classes, stated, &class_number)) return 0;
      class_number += size > 0;
    }
    const uint32_t above = places->parent[at];
    class_of[at] = class_number;
    places->tag[at] = told[tag] & TAG_NUMBER;
    places->signature[at] = number_of_pair(&signatures, tag, class_number);
    places->path[at] = number_of_pair(&paths, places->path[above], tag) + 1;
    places->depth[at] = places->depth[above] + 1;
    places->in_list[at] = places->in_list[above] || (told[tag] & IS_LIST);
    names.asked[at] = (told[tag] & IS_ROOT) != 0;
  }
  for (size_t at = 0; at < count; at++) places->end[at] = (uint32_t)at + 1;
  for (size_t at = count - 1; at > 0; at--) {
    uint32_t *end = &places->end[places->parent[at]];
    if (*end < places->end[at]) *end = places->end[at];
  }
  for (size_t line = 0; line < places->lines; line++) {
    const uint32_t own = places->of_line[line];
    if (!tell_names(places, &names, own) || !tell_names(places, &names, places->parent[own])) return 0;
  }
  return 1;
}
