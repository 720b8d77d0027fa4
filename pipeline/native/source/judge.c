/* The matrix of what the learned judge asks of the lines of a page, made in one call. */

#include "judge.h"

#include <string.h>

#include "groups.h"
#include "text.h"

#define NAMED(name) #name " "
#define NAMED_CALLED(name, called) called " "

/* The names of the columns, with a space after each. */
EXPORT const char *const newsflow_line_columns = COLUMNS(NAMED, NAMED_CALLED);

enum { TEXT, SQUEEZED, FOLDED, KIND, TAG, LINK_SHARE, ITALIC_SHARE, ATTRIBUTES };
static const char *const ATTRIBUTE[ATTRIBUTES] = {"text", "squeezed", "folded", "kind", "tag", "link_share", "italic_share"};

/* The attributes of one line. */
typedef struct {
  PyObject *of[ATTRIBUTES];
} Attributes;

static void let_go(Attributes *attributes) {
  for (int each = 0; each < ATTRIBUTES; each++) {
    if (attributes->of[each]) Py_DecRef(attributes->of[each]);
  }
}

static int wrong(const char *what) {
  if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, what);
  return 0;
}

static int kind_number(PyObject *kinds, PyObject *kind, float *number) {
  const Py_ssize_t size = PyTuple_Size(kinds);
  for (Py_ssize_t at = 0; at < size; at++) {
    if (PyTuple_GetItem(kinds, at) == kind) {
      *number = (float)at;
      return 1;
    }
  }
  return wrong("no kind of block");
}

/* What is known of lines beside themselves. */
typedef struct {
  PyObject *kinds;
  const uint8_t *classes;
} Known;

static int is_heading(PyObject *tag) {
  Py_ssize_t size;
  const char *text = PyUnicode_AsUTF8AndSize(tag, &size);
  return text && size == 2 && text[0] == 'h' && text[1] >= '1' && text[1] <= '6';
}

static int read_line(Asked *asked, const Attributes *line, const Known *known, size_t at) {
  uint32_t counts[COUNTS];
  if (!count_characters(line->of[TEXT], known->classes, counts) ||
      !kind_number(known->kinds, line->of[KIND], column(asked, AT_kind) + at))
    return 0;
  const double length = counts[LENGTH], words = counts[SPACE] + 1, link = PyFloat_AsDouble(line->of[LINK_SHARE]);
  const double italic = PyFloat_AsDouble(line->of[ITALIC_SHARE]);
  const int sentence = counts[LAST] == STOP;
  asked->length[at] = length;
  asked->link[at] = link;
  asked->heading[at] = is_heading(line->of[TAG]);
  asked->prose[at] = length > PROSE_LENGTH && link < PROSE_LINKED && sentence;
  column(asked, AT_length)[at] = (float)length;
  column(asked, AT_link)[at] = (float)link;
  column(asked, AT_words)[at] = (float)words;
  column(asked, AT_capital_share)[at] = (float)(counts[CAPITALS] / words);
  column(asked, AT_upper_share)[at] = (float)(counts[UPPER] / length);
  column(asked, AT_mark_share)[at] = (float)(counts[MARK] / length);
  column(asked, AT_sentence)[at] = (float)sentence;
  column(asked, AT_prose)[at] = (float)asked->prose[at];
  column(asked, AT_heading)[at] = (float)asked->heading[at];
  column(asked, AT_italic)[at] = (float)italic;
  return !PyErr_Occurred();
}

/* Read the lines; their folded texts are kept, which the lines hold. */
static int read_lines(Asked *asked, Scratch *scratch, PyObject *lines, const Known *known, Text *folded) {
  PyObject *names[ATTRIBUTES];
  Groups squeezed = {0};
  uint32_t *text = take(scratch, asked->size, sizeof *text);
  float *copies = take(scratch, asked->size, sizeof *copies);
  int done = text && copies && make_groups(&squeezed, scratch, asked->size, 1);
  for (int each = 0; each < ATTRIBUTES; each++) {
    names[each] = PyUnicode_InternFromString(ATTRIBUTE[each]);
    done = done && names[each];
  }
  for (size_t at = 0; done && at < asked->size; at++) {
    PyObject *line = PyList_GetItem(lines, (Py_ssize_t)at);
    Attributes attributes = {0};
    for (int each = 0; line && done && each < ATTRIBUTES; each++) {
      attributes.of[each] = PyObject_GetAttr(line, names[each]);
      done = attributes.of[each] != NULL;
    }
    done = done && line && read_line(asked, &attributes, known, at);
    if (done) {
      Py_ssize_t size;
      folded[at].at = PyUnicode_AsUTF8AndSize(attributes.of[FOLDED], &size);
      folded[at].size = (size_t)size;
      done = folded[at].at && number_of_string(&squeezed, attributes.of[SQUEEZED], &text[at]);
      if (done) copies[text[at]]++;
    }
    let_go(&attributes); /* the line itself holds them on */
  }
  for (size_t at = 0; done && at < asked->size; at++) column(asked, AT_copies)[at] = copies[text[at]];
  for (int each = 0; each < ATTRIBUTES; each++) {
    if (names[each]) Py_DecRef(names[each]);
  }
  return done;
}

static int read_flags(const Asked *asked, PyObject *indices, double *flags, size_t number) {
  const Py_ssize_t count = PyList_Size(indices);
  for (Py_ssize_t each = 0; each < count; each++) {
    const long long at = PyLong_AsLongLong(PyList_GetItem(indices, each));
    if (at < 0 || (size_t)at >= asked->size) return wrong("no number of a line");
    flags[at] = 1;
  }
  for (size_t at = 0; at < asked->size; at++) column(asked, number)[at] = (float)flags[at];
  return count >= 0;
}

/* What sort of page it is: its size, what was found so far, and what it declares. */
static void fill_page(const Asked *asked, const double *declared) {
  double length = 0, prose = 0, extracted = 0, settled = 0, extracted_prose = 0;
  for (size_t at = 0; at < asked->size; at++) {
    const double own = asked->length[at];
    length += own;
    prose += own * asked->prose[at];
    extracted += own * asked->extracted[at];
    settled += own * asked->settled[at];
    extracted_prose += own * asked->prose[at] * asked->extracted[at];
  }
  const double total = length > 1 ? length : 1, all_prose = prose > 1 ? prose : 1;
  const double counted[] = {total, extracted, settled, extracted / total, extracted_prose / all_prose, all_prose / total};
  for (size_t number = AT_page_length; number < ALL_COLUMNS; number++) {
    const float value = (float)(number < AT_page_is_news ? counted[number - AT_page_length] : declared[number - AT_page_is_news]);
    for (size_t at = 0; at < asked->size; at++) column(asked, number)[at] = value;
  }
}

static int fill(Asked *asked, Scratch *scratch, PyObject *lines, PyObject *elements, PyObject *marked, const Page *page,
                const Known *known, const Said *said, long long headline_at) {
  double **arrays[] = {&asked->length, &asked->link,  &asked->extracted, &asked->settled,
                       &asked->cut,    &asked->prose, &asked->heading};
  for (size_t each = 0; each < sizeof arrays / sizeof *arrays; each++) {
    if (!(*arrays[each] = take(scratch, asked->size, sizeof(double)))) return 0;
  }
  Text *folded = take(scratch, asked->size + 1, sizeof *folded);
  return folded && read_flags(asked, PyTuple_GetItem(marked, 0), asked->extracted, AT_extracted) &&
         read_flags(asked, PyTuple_GetItem(marked, 1), asked->settled, AT_settled) &&
         read_flags(asked, PyTuple_GetItem(marked, 2), asked->cut, AT_cut) &&
         read_lines(asked, scratch, lines, known, folded) && read_places(&asked->places, scratch, page, elements) &&
         (asked->places.lines == asked->size || wrong("not an element for each line")) && fill_places(asked, scratch) &&
         fill_neighbours(asked, scratch, headline_at) && fill_words(asked, scratch, folded, said);
}

/* Fill a matrix of `newsflow_line_columns` with what is asked of a list of lines. `elements` are the lines' numbers in the
 * page, of which `page` has the lists of parents, tags, classes and ids; `memos` are of what a tag tells and a name does;
 * `marked` are the lines that were extracted, settled and cut; `said` the text of the head, the description and the
 * names of the site; `classes` tells what each character is, and `declared` are the page's own columns. */
EXPORT int newsflow_line_features(PyObject *lines, PyObject *elements, PyObject *page, PyObject *memos, PyObject *marked,
                                  PyObject *said, PyObject *kinds, const uint8_t *classes, long long headline_at,
                                  const double *declared, float *matrix) {
  const Py_ssize_t size = PyList_Size(lines);
  if (size < 0) return 0;
  Asked asked = {.size = (size_t)size, .matrix = matrix};
  const Page columns = {.parents = PyTuple_GetItem(page, 0),
                        .tags = PyTuple_GetItem(page, 1),
                        .classes = PyTuple_GetItem(page, 2),
                        .ids = PyTuple_GetItem(page, 3),
                        .tag_told = memo_of(PyTuple_GetItem(memos, 0)),
                        .name_told = memo_of(PyTuple_GetItem(memos, 1))};
  const Known known = {.kinds = kinds, .classes = classes};
  const Said elsewhere = {PyTuple_GetItem(said, 0), PyTuple_GetItem(said, 1), PyTuple_GetItem(said, 2)};
  if (PyErr_Occurred()) return 0;
  Scratch scratch = {0};
  const int done = fill(&asked, &scratch, lines, elements, marked, &columns, &known, &elsewhere, headline_at);
  if (done) fill_page(&asked, declared);
  give_back(&scratch);
  return done;
}
