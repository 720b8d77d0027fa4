/* The words of texts: those that speak of something, once for each text, and in scripts without spaces pairs of letters.
 *
 * A word is its hash of 48 bits. The hashes are sorted, so that no page can make them cost more than their number: a
 * table could be filled with words that fall together.
 */

#include <string.h>

#include "hash.h"
#include "text.h"
#include "words.h"

enum {
  MIN_WORD = 4, /* letters of the shortest word that says what a text is about */
  RUN_ON = 15,  /* letters per word from which a text has no spaces between words */
  DIGIT_BITS = 8,
  VALUES = 1 << DIGIT_BITS,
  PASSES = 6,
  LEFT_OUT = 64 - PASSES * DIGIT_BITS, /* bits of a hash */
  FEW = 48, /* words that are sorted by insertion */
};

typedef struct {
  uint64_t word;
  uint32_t text;
} Entry;

typedef struct {
  Entry *entries;
  size_t size, room;
} Entries;

static int make_room(Entries *for_more, size_t more) {
  const size_t needed = for_more->size + more;
  if (needed <= for_more->room) return 1;
  const size_t room = 2 * needed + 1000;
  Entry *moved = room < UINT32_MAX ? realloc(for_more->entries, room * sizeof *moved) : NULL;
  if (!moved) return (void)PyErr_NoMemory(), 0;
  for_more->entries = moved;
  for_more->room = room;
  return 1;
}

/* The pairs of neighbouring characters of a text. */
static void add_pairs(Entries *into, Text text, uint32_t number) {
  const char *end = text.at + text.size, *at = text.at;
  while (at < end) {
    size_t first, second;
    character(at, end, &first);
    if (at + first >= end) return;
    character(at + first, end, &second);
    into->entries[into->size++] = (Entry){hash_of(at, first + second) >> LEFT_OUT, number};
    at += first;
  }
}

static void add_words(Entries *into, Text text, uint32_t number) {
  const char *end = text.at + text.size, *at = text.at;
  const size_t before = into->size;
  size_t words = 0;
  while (at < end) {
    while (at < end && (unsigned char)*at <= ' ') at++;
    const char *start = at;
    size_t letters = 0;
    for (; at < end && (unsigned char)*at > ' '; at++) letters += ((unsigned char)*at & 0xc0) != 0x80;
    words += letters > 0;
    if (letters >= MIN_WORD) into->entries[into->size++] = (Entry){hash_of(start, (size_t)(at - start)) >> LEFT_OUT, number};
  }
  if (text.size > RUN_ON * words && characters(text.at, text.size) > RUN_ON * words) {
    into->size = before;
    add_pairs(into, text, number);
  }
}

static int follows(Entry first, Entry second) {
  return first.word > second.word || (first.word == second.word && first.text > second.text);
}

/* Sorted by word, and those of one word by text: as the texts were read. */
static Entry *sorted(Entry *entries, Entry *other, size_t size) {
  if (size <= FEW) {
    for (size_t at = 1; at < size; at++) {
      const Entry entry = entries[at];
      size_t to = at;
      for (; to && follows(entries[to - 1], entry); to--) entries[to] = entries[to - 1];
      entries[to] = entry;
    }
    return entries;
  }
  uint32_t starts[PASSES][VALUES] = {0};
  for (size_t at = 0; at < size; at++) {
    for (int pass = 0; pass < PASSES; pass++) starts[pass][entries[at].word >> DIGIT_BITS * pass & (VALUES - 1)]++;
  }
  for (int pass = 0; pass < PASSES; pass++) {
    uint32_t sum = 0;
    for (int value = 0; value < VALUES; value++) {
      const uint32_t count = starts[pass][value];
      starts[pass][value] = sum;
      sum += count;
    }
    for (size_t at = 0; at < size; at++) {
      other[starts[pass][entries[at].word >> DIGIT_BITS * pass & (VALUES - 1)]++] = entries[at];
    }
    Entry *sorted_now = other;
    other = entries;
    entries = sorted_now;
  }
  return entries;
}

int read_vocabulary(Vocabulary *vocabulary, Scratch *scratch, const Text *texts, size_t count) {
  Entries found = {0}, other = {0};
  *vocabulary = (Vocabulary){.texts = count, .sizes = take(scratch, count, sizeof(double))};
  int done = vocabulary->sizes != NULL;
  for (size_t at = 0; done && at < count; at++) {
    done = make_room(&found, texts[at].size); /* a text has no more words or pairs than bytes */
    if (done) add_words(&found, texts[at], (uint32_t)at);
  }
  if (done && make_room(&other, found.size)) {
    vocabulary->text = take(scratch, found.size, sizeof(uint32_t));
    vocabulary->word = take(scratch, found.size, sizeof(uint32_t));
  }
  done = vocabulary->text && vocabulary->word;
  if (done) {
    const Entry *entries = sorted(found.entries, other.entries, found.size);
    uint32_t word = 0;
    for (size_t at = 0; at < found.size; at++) {
      if (at && entries[at].word == entries[at - 1].word && entries[at].text == entries[at - 1].text) continue;
      word += at && entries[at].word != entries[at - 1].word;
      vocabulary->word[vocabulary->size] = word;
      vocabulary->text[vocabulary->size++] = entries[at].text;
      vocabulary->sizes[entries[at].text]++;
    }
  }
  free(found.entries);
  free(other.entries);
  return done;
}

void count_shared(const Vocabulary *of, const double *chosen, double *shared) {
  for (size_t at = 0; at < of->texts; at++) shared[at] = 0;
  for (size_t start = 0, end; start < of->size; start = end) {
    double sum = 0;
    for (end = start; end < of->size && of->word[end] == of->word[start]; end++) sum += chosen[of->text[end]];
    if (sum == 0) continue;
    for (size_t at = start; at < end; at++) shared[of->text[at]] += sum - chosen[of->text[at]] > 0;
  }
  for (size_t at = 0; at < of->texts; at++) shared[at] = of->sizes[at] > 0 ? shared[at] / of->sizes[at] : -1;
}

typedef struct {
  Scratch scratch;
  Vocabulary vocabulary;
} Kept;

static const char NAME[] = "newsflow.vocabulary";

static void destroy(PyObject *capsule) {
  Kept *kept = PyCapsule_GetPointer(capsule, NAME);
  give_back(&kept->scratch);
  free(kept);
}

/* The vocabulary of a list of folded texts, and the number of words of each. */
EXPORT PyObject *newsflow_vocabulary(PyObject *folded, double *sizes) {
  const Py_ssize_t count = PyList_Size(folded);
  if (count < 0) return NULL;
  Scratch own = {0};
  Text *texts = take(&own, (size_t)count, sizeof *texts);
  Kept *kept = calloc(1, sizeof *kept);
  PyObject *capsule = NULL;
  int done = texts && kept;
  for (Py_ssize_t at = 0; done && at < count; at++) {
    Py_ssize_t size;
    texts[at].at = PyUnicode_AsUTF8AndSize(PyList_GetItem(folded, at), &size);
    texts[at].size = (size_t)size;
    done = texts[at].at != NULL;
  }
  if (done && read_vocabulary(&kept->vocabulary, &kept->scratch, texts, (size_t)count)) {
    memcpy(sizes, kept->vocabulary.sizes, (size_t)count * sizeof *sizes);
    capsule = PyCapsule_New(kept, NAME, destroy);
  }
  give_back(&own);
  if (!capsule && kept) {
    give_back(&kept->scratch);
    free(kept);
  }
  if (!capsule && !PyErr_Occurred()) return PyErr_NoMemory();
  return capsule;
}

/* The share of each text's words that another of the chosen texts has. */
EXPORT int newsflow_shared(PyObject *capsule, const double *chosen, double *shared) {
  const Kept *kept = PyCapsule_GetPointer(capsule, NAME);
  if (!kept) return 0;
  count_shared(&kept->vocabulary, chosen, shared);
  return 1;
}
