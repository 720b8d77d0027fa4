#include "letters.h"

#include <stdlib.h>

static const char NAME[] = "newsflow.letters";

static void destroy(PyObject *capsule) {
  Letters *letters = PyCapsule_GetPointer(capsule, NAME);
  for (int block = 0; block < BLOCKS; block++)
    if (letters->answers[block]) Py_DecRef(letters->answers[block]);
  Py_DecRef(letters->question);
  free(letters);
}

/* The letters of a function that gives the bytes of a block's 256, by the block's number. */
EXPORT PyObject *newsflow_letters(PyObject *question) {
  Letters *letters = calloc(1, sizeof *letters);
  if (!letters) return PyErr_NoMemory();
  letters->question = again(question);
  PyObject *capsule = PyCapsule_New(letters, NAME, destroy);
  if (!capsule) {
    Py_DecRef(question);
    free(letters);
  }
  return capsule;
}

Letters *letters_of(PyObject *capsule) { return PyCapsule_GetPointer(capsule, NAME); }

int ask_letters(Letters *letters, uint32_t block) {
  PyObject *number = PyLong_FromLongLong(block);
  PyObject *answer = number ? PyObject_CallFunctionObjArgs(letters->question, number, NULL) : NULL;
  if (number) Py_DecRef(number);
  if (!answer) return 0;
  const char *bytes = PyBytes_AsString(answer); /* an error when it is none */
  if (!bytes || PyBytes_Size(answer) != BLOCK * (Py_ssize_t)sizeof(Letter)) return Py_DecRef(answer), 0;
  letters->answers[block] = answer;
  letters->blocks[block] = (const Letter *)bytes;
  return 1;
}
