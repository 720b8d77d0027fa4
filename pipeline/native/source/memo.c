#include "memo.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

enum {
  SLOTS = 1 << 16,
  MOST = SLOTS / 2,     /* strings that are remembered; then all are forgotten */
  MOST_STEPS = 100,     /* past other strings: a hostile page may have many that fall together */
  LONGEST = 300,        /* bytes of the longest string that is remembered: a hostile page must not fill the memory */
};

typedef struct {
  char *text; /* NULL in an empty slot */
  uint32_t size, hash, answer;
} Slot;

struct Memo {
  PyObject *question;
  size_t count;
  Slot slots[SLOTS];
};

static const char NAME[] = "newsflow.memo";

static void forget(Memo *memo) {
  for (size_t at = 0; at < SLOTS; at++) free(memo->slots[at].text);
  memset(memo->slots, 0, sizeof memo->slots);
  memo->count = 0;
}

static void destroy(PyObject *capsule) {
  Memo *memo = PyCapsule_GetPointer(capsule, NAME);
  forget(memo);
  Py_DecRef(memo->question);
  free(memo);
}

/* A memo of a function from `str` to an integer of 32 bits, which is called once for each different string. */
EXPORT PyObject *newsflow_memo(PyObject *question) {
  Memo *memo = calloc(1, sizeof *memo);
  if (!memo) return PyErr_NoMemory();
  Py_IncRef(question);
  memo->question = question;
  PyObject *capsule = PyCapsule_New(memo, NAME, destroy);
  if (!capsule) {
    Py_DecRef(question);
    free(memo);
  }
  return capsule;
}

Memo *memo_of(PyObject *capsule) { return PyCapsule_GetPointer(capsule, NAME); }

static int decide(Memo *memo, const char *text, size_t size, uint32_t *answer) {
  PyObject *string = PyUnicode_FromStringAndSize(text, (Py_ssize_t)size);
  if (!string) return 0;
  PyObject *found = PyObject_CallFunctionObjArgs(memo->question, string, NULL);
  Py_DecRef(string);
  if (!found) return 0;
  const long long value = PyLong_AsLongLong(found);
  Py_DecRef(found);
  if (value == -1 && PyErr_Occurred()) return 0;
  *answer = (uint32_t)value;
  return 1;
}

int memo_ask(Memo *memo, const char *text, size_t size, uint32_t *answer) {
  if (size > LONGEST) return decide(memo, text, size, answer);
  const uint32_t hash = (uint32_t)hash_of(text, size);
  Slot *slot = NULL;
  for (size_t step = 0;; step++) {
    if (step == MOST_STEPS) return decide(memo, text, size, answer);
    slot = &memo->slots[(hash + step) & (SLOTS - 1)];
    if (!slot->text) break;
    if (slot->hash == hash && slot->size == size && memcmp(slot->text, text, size) == 0) {
      *answer = slot->answer;
      return 1;
    }
  }
  if (!decide(memo, text, size, answer)) return 0;
  if (memo->count >= MOST) {
    forget(memo);
    slot = &memo->slots[hash & (SLOTS - 1)];
  }
  char *copy = malloc(size + 1);
  if (!copy) return 1; /* known now, and not remembered */
  memcpy(copy, text, size);
  copy[size] = 0;
  *slot = (Slot){.text = copy, .size = (uint32_t)size, .hash = hash, .answer = *answer};
  memo->count++;
  return 1;
}
