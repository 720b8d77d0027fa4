/* MinHash over the shingles of a text: what `pipeline/enrichment/near_duplicates.py` says of it.
 *
 * The store keeps the results: unsigned integers that wrap around, the same on every machine, and frozen by a test.
 */

#include <string.h>

#include "python.h"
#include "scratch.h"

#define GOLDEN 0x9e3779b97f4a7c15u
#define BYTE 256
#define FACTORS 1 /* where the constants of each kind begin */
#define OFFSETS 1001
#define NUMBERS 2001

/* The finaliser of splitmix64: every bit of the input moves every bit of the output. */
static inline uint64_t mixed(uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
  value = (value ^ value >> 27) * 0x94d049bb133111ebu;
  return value ^ value >> 31;
}

static inline uint64_t constant(size_t number) { return mixed((uint64_t)number * GOLDEN); }

/* zlib's sum of a word, with a table for its bytes. */
static void make_table(uint32_t *table) {
  for (uint32_t byte = 0; byte < BYTE; byte++) {
    uint32_t sum = byte;
    for (int bit = 0; bit < 8; bit++) sum = sum & 1 ? sum >> 1 ^ 0xedb88320u : sum >> 1;
    table[byte] = sum;
  }
}

static uint32_t crc32_of(const uint32_t *table, const char *at, size_t size) {
  uint32_t sum = ~0u;
  for (size_t each = 0; each < size; each++) sum = sum >> 8 ^ table[(sum ^ (uint8_t)at[each]) & 0xff];
  return ~sum;
}

/* By one byte after the other, so that no text makes it slow; sorted is what `values` holds in the end. */
static void sort(uint64_t *values, uint64_t *room, size_t size) {
  for (int shift = 0; shift < 64; shift += 8) {
    size_t starts[BYTE] = {0}, start = 0;
    for (size_t at = 0; at < size; at++) starts[values[at] >> shift & 0xff]++;
    for (size_t byte = 0; byte < BYTE; byte++) {
      const size_t count = starts[byte];
      starts[byte] = start;
      start += count;
    }
    for (size_t at = 0; at < size; at++) room[starts[values[at] >> shift & 0xff]++] = values[at];
    uint64_t *other = values;
    values = room;
    room = other;
  }
}

/* The hashes of all runs of so many words, 64-bit, sorted, each once. Words are bytes. */
EXPORT PyObject *newsflow_shingles(PyObject *words, size_t length) {
  const Py_ssize_t listed = PyList_Size(words);
  if (listed < 0) return NULL;
  const size_t count = (size_t)listed, runs = count < length ? 0 : count - length + 1;
  if (!runs) return PyBytes_FromStringAndSize("", 0);
  Scratch scratch = {0};
  uint32_t *sums = take(&scratch, count, sizeof *sums), table[BYTE];
  uint64_t *values = take(&scratch, runs, sizeof *values), *room = take(&scratch, runs, sizeof *room);
  PyObject *found = NULL;
  int done = sums && values && room;
  make_table(table);
  for (size_t at = 0; done && at < count; at++) {
    PyObject *word = PyList_GetItem(words, (Py_ssize_t)at);
    const char *bytes = PyBytes_AsString(word);
    done = bytes != NULL;
    if (done) sums[at] = crc32_of(table, bytes, (size_t)PyBytes_Size(word));
  }
  if (done) {
    for (size_t run = 0; run < runs; run++) {
      uint64_t value = length;
      for (size_t at = run; at < run + length; at++) value = mixed(value * GOLDEN + sums[at]);
      values[run] = value;
    }
    sort(values, room, runs);
    size_t size = 1;
    for (size_t at = 1; at < runs; at++)
      if (values[at] != values[size - 1]) values[size++] = values[at];
    found = PyBytes_FromStringAndSize((const char *)values, (Py_ssize_t)(size * sizeof *values));
  }
  give_back(&scratch);
  return found;
}

/* Numbers of one width in bytes, one behind the other. */
typedef struct {
  const char *at;
  size_t size;
} Packed;

/* 0 and a Python error set for what is no bytes. */
static int open_packed(PyObject *object, size_t width, Packed *packed) {
  packed->at = PyBytes_AsString(object);
  packed->size = packed->at ? (size_t)PyBytes_Size(object) / width : 0;
  return packed->at != NULL;
}

/* Of hashes: 64 bits, in the machine's order. */
static inline uint64_t hash_at(Packed hashes, size_t at) {
  uint64_t hash;
  memcpy(&hash, hashes.at + at * sizeof hash, sizeof hash);
  return hash;
}

/* The keys of the bands: each the mix of its rows, a row the least of all shingles under a hash function of its own. */
EXPORT PyObject *newsflow_bands(PyObject *hashes, size_t bands, size_t rows) {
  Packed packed;
  if (!open_packed(hashes, sizeof(uint64_t), &packed)) return NULL;
  Scratch scratch = {0};
  uint32_t *low = take(&scratch, packed.size, sizeof *low);
  PyObject *keys = low ? PyTuple_New((Py_ssize_t)bands) : NULL;
  /* the sketch has the other half; 32 bits are multiplied four times as fast */
  for (size_t at = 0; keys && at < packed.size; at++) low[at] = (uint32_t)hash_at(packed, at);
  for (size_t band = 0; keys && band < bands; band++) {
    uint64_t key = constant(NUMBERS + band);
    for (size_t row = band * rows; row < (band + 1) * rows; row++) {
      const uint32_t factor = (uint32_t)(constant(FACTORS + row) | 1), offset = (uint32_t)constant(OFFSETS + row);
      uint32_t least = UINT32_MAX;
      for (size_t at = 0; at < packed.size; at++) {
        const uint32_t value = low[at] * factor + offset;
        least = value < least ? value : least;
      }
      key = mixed(key * GOLDEN + least);
    }
    PyObject *number = PyLong_FromLongLong((long long)key);
    if (!number || PyTuple_SetItem(keys, (Py_ssize_t)band, number) < 0) {
      Py_DecRef(keys);
      keys = NULL;
    }
  }
  give_back(&scratch);
  return keys;
}

/* The upper halves of the smallest hashes, each once, least first, in little-endian bytes. */
EXPORT PyObject *newsflow_sketch(PyObject *hashes, size_t limit) {
  Packed packed;
  if (!open_packed(hashes, sizeof(uint64_t), &packed)) return NULL;
  Scratch scratch = {0};
  uint8_t *kept = take(&scratch, limit, sizeof(uint32_t));
  size_t count = 0;
  uint32_t last = 0;
  for (size_t at = 0; kept && at < packed.size && count < limit; at++) {
    const uint32_t high = (uint32_t)(hash_at(packed, at) >> 32);
    if (count && high == last) continue;
    last = high;
    for (int byte = 0; byte < 4; byte++) kept[4 * count + (size_t)byte] = (uint8_t)(high >> 8 * byte);
    count++;
  }
  PyObject *sketch = kept ? PyBytes_FromStringAndSize((const char *)kept, (Py_ssize_t)(4 * count)) : NULL;
  give_back(&scratch);
  return sketch;
}

/* Of a sketch: 32 bits, little-endian. */
static inline uint32_t kept_at(Packed sketch, size_t at) {
  const uint8_t *from = (const uint8_t *)sketch.at + sizeof(uint32_t) * at;
  return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

/* Those up to the last that both sketches cover: a full one, of `limit` hashes, covers none above its greatest. */
static size_t covered(Packed sketch, Packed other, size_t limit) {
  size_t size = sketch.size;
  if (other.size >= limit)
    while (size && kept_at(sketch, size - 1) > kept_at(other, other.size - 1)) size--;
  return size;
}

/* Jaccard similarity of two texts by their sketches; less than 0 and a Python error set when one is none. */
EXPORT double newsflow_similarity(PyObject *one, PyObject *other, size_t limit) {
  Packed first, second;
  if (!open_packed(one, sizeof(uint32_t), &first) || !open_packed(other, sizeof(uint32_t), &second)) return -1;
  const size_t of_first = covered(first, second, limit), of_second = covered(second, first, limit);
  size_t shared = 0;
  for (size_t at = 0, beside = 0; at < of_first && beside < of_second;) {
    const uint32_t left = kept_at(first, at), right = kept_at(second, beside);
    shared += left == right;
    at += left <= right;
    beside += right <= left;
  }
  const size_t either = of_first + of_second - shared;
  return either ? (double)shared / (double)either : 0;
}
