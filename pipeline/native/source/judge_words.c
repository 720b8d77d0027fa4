/* Columns about the words of lines: what they share with the story, the headline, the description, the site's name. */

#define _GNU_SOURCE /* memmem */
#define _DARWIN_C_SOURCE
#include <string.h>

#include "judge.h"
#include "text.h"

enum {
  MIN_AGREEING = 40, /* letters from which a line that begins as the description does is its like */
  MAX_AGREEING = 60, /* letters that are compared */
};

static int text_of(PyObject *string, Text *text) {
  Py_ssize_t size;
  text->at = string ? PyUnicode_AsUTF8AndSize(string, &size) : NULL;
  if (!text->at) return 0;
  text->size = (size_t)size;
  return 1;
}

/* The bytes of the first characters of a text; all of a shorter one. */
static size_t beginning(Text text, size_t letters) {
  size_t at = 0;
  for (; at < text.size && (letters || ((unsigned char)text.at[at] & 0xc0) == 0x80); at++) {
    letters -= ((unsigned char)text.at[at] & 0xc0) != 0x80;
  }
  return at;
}

static int starts_with(Text text, const char *with, size_t size) {
  return text.size >= size && memcmp(text.at, with, size) == 0;
}

/* Whether a line and the description begin alike, 2; one holds the other, 1. */
static void fill_description(const Asked *asked, const Text *folded, Text description) {
  const size_t letters = characters(description.at, description.size), opening = beginning(description, MIN_AGREEING / 2);
  for (size_t line = 0; line < asked->size; line++) {
    const Text text = folded[line];
    float *found = column(asked, AT_description) + line;
    *found = 0;
    if (letters < MIN_AGREEING / 2) continue;
    const size_t own = text.size < MIN_AGREEING ? 0 : characters(text.at, text.size);
    if (own >= MIN_AGREEING && own <= letters && memmem(description.at, description.size, text.at, text.size)) *found = 1;
    if (starts_with(text, description.at, opening)) {
      size_t compared = characters(text.at, text.size);
      compared = compared < letters ? compared : letters;
      compared = compared < MAX_AGREEING ? compared : MAX_AGREEING;
      const size_t bytes = beginning(description, compared);
      if (beginning(text, compared) == bytes && starts_with(text, description.at, bytes)) *found = 2;
    }
  }
}

/* Whether a line has a name of the site; neither's spaces count. */
static int fill_site(const Asked *asked, Scratch *scratch, const Text *folded, PyObject *names) {
  size_t size = 1;
  for (size_t line = 0; line < asked->size; line++) size += folded[line].size + 1;
  char *glued = take(scratch, size, 1), *end = glued;
  const char **starts = take(scratch, asked->size + 1, sizeof *starts);
  if (!glued || !starts) return 0;
  for (size_t line = 0; line < asked->size; line++) {
    starts[line] = end;
    for (size_t at = 0; at < folded[line].size; at++) {
      *end = folded[line].at[at];
      end += *end != ' ';
    }
    *end++ = '\n';
    column(asked, AT_says_site)[line] = 0;
  }
  starts[asked->size] = end;
  const Py_ssize_t count = PyTuple_Size(names);
  for (Py_ssize_t each = 0; each < count; each++) {
    Text name;
    if (!text_of(PyTuple_GetItem(names, each), &name)) return 0;
    if (!name.size) continue;
    size_t line = 0;
    for (const char *at = glued; (at = memmem(at, (size_t)(end - at), name.at, name.size));) {
      while (starts[line + 1] <= at) line++;
      column(asked, AT_says_site)[line] = 1;
      at = starts[line + 1];
    }
  }
  return count >= 0;
}

int fill_words(const Asked *asked, Scratch *scratch, Text *folded, const Said *said) {
  const size_t size = asked->size;
  Text description;
  Vocabulary vocabulary;
  double *chosen = take(scratch, size + 1, sizeof *chosen), *shared = take(scratch, size + 1, sizeof *shared);
  if (!chosen || !shared || !text_of(said->description, &description) || !text_of(said->head, &folded[size]) ||
      !read_vocabulary(&vocabulary, scratch, folded, size + 1))
    return 0;
  memcpy(chosen, asked->settled, size * sizeof *chosen);
  count_shared(&vocabulary, chosen, shared);
  for (size_t line = 0; line < size; line++) column(asked, AT_story_words)[line] = (float)shared[line];
  memset(chosen, 0, size * sizeof *chosen);
  chosen[size] = 1;
  count_shared(&vocabulary, chosen, shared);
  for (size_t line = 0; line < size; line++) column(asked, AT_head_words)[line] = (float)shared[line];
  fill_description(asked, folded, description);
  return fill_site(asked, scratch, folded, said->names);
}
