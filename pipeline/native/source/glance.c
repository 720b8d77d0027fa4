/* What the lines of a page show at a glance, a byte of flags for each: see `rules/signs.py`, whose flags these are. */

#include <string.h>

#include "memo.h"
#include "python.h"

enum { DIGIT = 1, COUNTER = 2, MARK = 4, FOREIGN = 8, CREDIT = 16, SHORT = 32, UNREAD = 62 };

enum { CREDIT_LENGTH = 100 }; /* characters of the longest credit at a text's end, with the full stop before it */

static const char *const MARKS[] = {"·", "•"};

static int is_sentence_end(char byte) { return byte == '.' || byte == '!' || byte == '?'; }

/* Whether a credit ends so: a bracket, or the word for taking a picture. */
static int ends_credit(const char *text, const char *end) {
  static const char *const ENDS[] = {")", "）", "]", "】", "摄", "攝", "图", "圖", "片"};
  for (size_t at = 0; at < sizeof ENDS / sizeof *ENDS; at++) {
    const size_t size = strlen(ENDS[at]);
    if ((size_t)(end - text) >= size && memcmp(end - size, ENDS[at], size) == 0) return 1;
  }
  return 0;
}

/* Whether a text ends so that what stands there may be a credit: in brackets, or after a full stop and without one. */
static int may_end_with_credit(const char *text, const char *end) {
  if (is_sentence_end(end[-1])) return ends_credit(text, end - 1);
  if (ends_credit(text, end)) return 1;
  size_t count = 0;
  for (const char *at = end - 1; at > text && count < CREDIT_LENGTH - 1; at--) {
    if (((unsigned char)*at & 0xc0) == 0x80) continue;
    count++; /* this character and those after it */
    if (*at != ' ') continue;
    if (is_sentence_end(at[-1])) return 1;
    if (at - text >= 3 && memcmp(at - 3, "…", 3) == 0) return 1;
  }
  return 0;
}

static int flags_of(const char *text, size_t size) {
  if (!size) return 0;
  int flags = (*text >= '0' && *text <= '9') || *text == '(' || *text == '[' ? COUNTER : 0;
  for (size_t at = 0; at < size; at++) {
    const unsigned char byte = (unsigned char)text[at];
    flags |= byte >= '0' && byte <= '9' ? DIGIT : 0;
    flags |= byte == '|' ? MARK : 0;
    flags |= byte >= 0x80 ? FOREIGN : 0;
  }
  for (size_t each = 0; flags & FOREIGN && each < sizeof MARKS / sizeof *MARKS; each++)
    if (strstr(text, MARKS[each])) flags |= MARK;
  return may_end_with_credit(text, text + size) ? flags | CREDIT : flags;
}

/* The flags of each text of a list, but 0 for those of more characters than `most`; `lengths` are their characters. */
EXPORT PyObject *newsflow_glance(PyObject *texts, PyObject *lengths, int most) {
  const Py_ssize_t count = PyList_Size(texts);
  PyObject *told = PyBytes_FromStringAndSize(NULL, count);
  if (!told) return NULL;
  char *flags = PyBytes_AsString(told);
  for (Py_ssize_t at = 0; at < count; at++) {
    flags[at] = 0;
    if (PyLong_AsLongLong(PyList_GetItem(lengths, at)) > most) continue;
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(PyList_GetItem(texts, at), &size);
    if (!text) PyErr_Clear(); /* half of a surrogate pair is in it, which JSON may hold: let it be asked */
    flags[at] = (char)(text ? SHORT | flags_of(text, (size_t)size) : UNREAD);
  }
  return told;
}

/* What the first and the last word of each text of a list tell, a byte of both answers for each; words end at spaces. */
EXPORT PyObject *newsflow_edge_words(PyObject *first, PyObject *last, PyObject *texts) {
  const Py_ssize_t count = PyList_Size(texts);
  PyObject *told = PyBytes_FromStringAndSize(NULL, count);
  if (!told) return NULL;
  char *flags = PyBytes_AsString(told);
  Memo *const of_first = memo_of(first), *const of_last = memo_of(last);
  for (Py_ssize_t at = 0; at < count; at++) {
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(PyList_GetItem(texts, at), &size);
    uint32_t begins = 0, ends = 0;
    if (!text) {
      PyErr_Clear(); /* half of a surrogate pair is in it: let it be asked */
      begins = 0xff;
    } else if (size) {
      const char *space = memchr(text, ' ', (size_t)size), *end = text + size, *word = end;
      while (word > text && word[-1] != ' ') word--;
      if (!memo_ask(of_first, text, (size_t)((space ? space : end) - text), &begins) ||
          !memo_ask(of_last, word, (size_t)(end - word), &ends))
        return Py_DecRef(told), NULL;
    }
    flags[at] = (char)(begins | ends);
  }
  return told;
}

enum { PAIRS = 1 << 16, MOST_PHRASES = 64 };

/* Phrases of ASCII, and with which pairs of bytes one of them begins: in most texts no place needs a closer look. */
typedef struct {
  const char *text[MOST_PHRASES];
  size_t size[MOST_PHRASES], count;
  uint8_t pairs[PAIRS / 8];
} Phrases;

static unsigned char lower(char byte) { return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte); }

static size_t pair(const char *at) { return (size_t)lower(at[0]) << 8 | lower(at[1]); }

static int read_phrases(PyObject *phrases, Phrases *read) {
  const Py_ssize_t count = PyTuple_Size(phrases);
  *read = (Phrases){.count = (size_t)count};
  if (count > MOST_PHRASES) return PyErr_SetString(PyExc_ValueError, "too many phrases"), 0;
  for (size_t each = 0; each < read->count; each++) {
    Py_ssize_t size;
    read->text[each] = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(phrases, (Py_ssize_t)each), &size);
    if (!read->text[each]) return 0;
    if (size < 2) return PyErr_SetString(PyExc_ValueError, "a phrase of one letter"), 0;
    read->size[each] = (size_t)size;
    const size_t begin = pair(read->text[each]);
    read->pairs[begin / 8] |= (uint8_t)(1 << begin % 8);
  }
  return 1;
}

static int begins(const Phrases *phrases, const char *at, size_t left, int any_case) {
  for (size_t each = 0; each < phrases->count; each++) {
    const char *phrase = phrases->text[each];
    size_t same = 0;
    if (phrases->size[each] > left) continue;
    while (same < phrases->size[each] && (any_case ? lower(at[same]) == lower(phrase[same]) : at[same] == phrase[same])) same++;
    if (same == phrases->size[each]) return 1;
  }
  return 0;
}

static int holds(const Phrases *phrases, const char *text, size_t size, int any_case) {
  for (size_t at = 0; at + 1 < size; at++) {
    const size_t two = pair(text + at);
    if (phrases->pairs[two / 8] >> two % 8 & 1 && begins(phrases, text + at, size - at, any_case)) return 1;
  }
  return 0;
}

/* The numbers of the texts of ASCII with one of the phrases in them; `flags` are those of `newsflow_glance`. */
EXPORT PyObject *newsflow_texts_with(PyObject *texts, PyObject *flags, PyObject *phrases, int any_case) {
  Phrases read;
  const Py_ssize_t count = PyList_Size(texts);
  const char *shown = PyBytes_AsString(flags);
  if (count < 0 || !shown || !read_phrases(phrases, &read)) return NULL;
  PyObject *found = PyList_New(0);
  for (Py_ssize_t at = 0; found && at < count; at++) {
    if (!(shown[at] & SHORT) || shown[at] & FOREIGN) continue;
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(PyList_GetItem(texts, at), &size);
    if (text && !holds(&read, text, (size_t)size, any_case)) continue;
    PyObject *number = text ? PyLong_FromLongLong(at) : NULL;
    const int added = number && PyList_Append(found, number) == 0;
    if (number) Py_DecRef(number);
    if (!added) {
      Py_DecRef(found);
      return NULL;
    }
  }
  return found;
}
