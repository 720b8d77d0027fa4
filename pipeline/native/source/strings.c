#include "strings.h"

#include <stdlib.h>
#include <string.h>

/* The table's own address is a part of it: no page can know beforehand which of its texts would share a slot. */
static uint64_t hash_of(const char *text, size_t size, uint64_t seed) {
  uint64_t hash = (seed ^ size) * 0x9e3779b97f4a7c15u;
  for (; size >= 8; text += 8, size -= 8) {
    uint64_t word;
    memcpy(&word, text, 8);
    hash = (hash ^ word) * 0xd6e8feb86659fd93u;
    hash ^= hash >> 32;
  }
  uint64_t rest = 0;
  memcpy(&rest, text, size);
  hash = (hash ^ rest) * 0xd6e8feb86659fd93u;
  return hash ^ hash >> 32;
}

static int grow(Strings *strings) {
  const size_t room = strings->room ? 4 * strings->room : 1024;
  String *all = realloc(strings->strings, room / 2 * sizeof *all);
  if (all) strings->strings = all;
  int32_t *slots = all ? calloc(room, sizeof *slots) : NULL;
  if (!slots) return PyErr_NoMemory(), 0;
  for (size_t number = 0; number < strings->count; number++) {
    size_t at = all[number].hash;
    while (slots[at & (room - 1)]) at++;
    slots[at & (room - 1)] = (int32_t)number + 1;
  }
  free(strings->slots);
  strings->slots = slots;
  strings->room = room;
  return 1;
}

int32_t string_of(Strings *strings, Content content, PyObject *string) {
  if (2 * strings->count >= strings->room && !grow(strings)) return free(content.owned), -1;
  const uint64_t hash = hash_of(content.text, content.size, (uint64_t)(uintptr_t)strings);
  size_t at = hash;
  for (int32_t number; (number = strings->slots[at & (strings->room - 1)]); at++) {
    const String *known = &strings->strings[number - 1];
    if (known->hash == hash && known->size == content.size && memcmp(known->text, content.text, content.size) == 0)
      return free(content.owned), number - 1;
  }
  string = string ? again(string) : PyUnicode_FromStringAndSize(content.text, (Py_ssize_t)content.size);
  if (!string) return free(content.owned), -1;
  strings->strings[strings->count] = (String){
      .string = string, .text = content.text, .owned = content.owned, .size = content.size, .hash = hash};
  strings->slots[at & (strings->room - 1)] = (int32_t)++strings->count;
  return (int32_t)strings->count - 1;
}

void forget_strings(Strings *strings) {
  for (size_t number = 0; number < strings->count; number++) {
    Py_DecRef(strings->strings[number].string);
    free(strings->strings[number].owned);
  }
  free(strings->strings);
  free(strings->slots);
}
