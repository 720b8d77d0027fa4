/* Numbers for things that are to be told apart: 0 for the first one, 1 for the next that differs from it, and so on. */
#ifndef NEWSFLOW_GROUPS_H
#define NEWSFLOW_GROUPS_H

#include "scratch.h"

/* Of pairs of numbers, or of Python's strings; each with room for a number of them that is known before. */
typedef struct {
  uint64_t *keys; /* of a pair, plus one; or the hash of a string */
  PyObject **strings;
  uint32_t *numbers;
  size_t mask, count;
} Groups;

static inline int make_groups(Groups *groups, Scratch *scratch, size_t most, int of_strings) {
  size_t slots = 16;
  while (slots < 2 * most) slots *= 2;
  *groups = (Groups){.mask = slots - 1};
  groups->keys = take(scratch, slots, sizeof *groups->keys);
  groups->numbers = take(scratch, slots, sizeof *groups->numbers);
  if (of_strings) groups->strings = take(scratch, slots, sizeof *groups->strings);
  return groups->keys && groups->numbers && (!of_strings || groups->strings);
}

static inline uint32_t number_of_pair(Groups *groups, uint32_t first, uint32_t second) {
  const uint64_t key = ((uint64_t)first << 32 | second) + 1;
  uint64_t hash = (key ^ (uintptr_t)groups->keys) * 0x9e3779b97f4a7c15u; /* nobody outside knows the address */
  hash ^= hash >> 32;
  size_t at = hash & groups->mask;
  while (groups->keys[at] && groups->keys[at] != key) at = (at + 1) & groups->mask;
  if (!groups->keys[at]) {
    groups->keys[at] = key;
    groups->numbers[at] = (uint32_t)groups->count++;
  }
  return groups->numbers[at];
}

/* By Python's own hash: nobody outside knows which strings it puts together. The strings must outlive the groups. */
static inline int number_of_string(Groups *groups, PyObject *string, uint32_t *number) {
  const Py_ssize_t hash = PyObject_Hash(string);
  if (hash == -1) return 0;
  size_t at = (size_t)hash & groups->mask;
  while (groups->strings[at] && groups->strings[at] != string &&
         (groups->keys[at] != (uint64_t)hash || PyUnicode_Compare(groups->strings[at], string) != 0))
    at = (at + 1) & groups->mask;
  if (!groups->strings[at]) {
    groups->strings[at] = string;
    groups->keys[at] = (uint64_t)hash;
    groups->numbers[at] = (uint32_t)groups->count++;
  }
  *number = groups->numbers[at];
  return 1;
}

#endif
