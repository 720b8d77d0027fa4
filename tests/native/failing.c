/* The functions that `failing.h` puts in the place of others. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

typedef struct {
  ptrdiff_t references;
} PyObject;

extern PyObject *PyErr_NoMemory(void);

static long asked, failing_at;
EXPORT long failing_held; /* pieces of memory that were taken and not given back */

/* Let so many calls pass and the next one fail; no more of them when it is 0. */
EXPORT void failing_from(long at) {
  failing_at = at;
  asked = 0;
}

/* How often anything was asked that may fail. */
EXPORT long failing_asked(void) { return asked; }

static int fails(void) { return ++asked == failing_at; }

void *failing_malloc(size_t size) {
  void *memory = fails() ? NULL : malloc(size);
  failing_held += memory != NULL;
  return memory;
}

void *failing_calloc(size_t count, size_t size) {
  void *memory = fails() ? NULL : calloc(count, size);
  failing_held += memory != NULL;
  return memory;
}

void *failing_realloc(void *before, size_t size) {
  void *memory = fails() ? NULL : realloc(before, size);
  failing_held += memory != NULL && !before;
  return memory;
}

void failing_free(void *memory) {
  failing_held -= memory != NULL;
  free(memory);
}

#define MAY_FAIL(kind, failed, name, parameters, arguments)  \
  extern kind name parameters;                               \
  kind failing_##name parameters {                           \
    if (fails()) return (void)PyErr_NoMemory(), failed;      \
    return name arguments;                                   \
  }

MAY_FAIL(PyObject *, NULL, PyBytes_FromStringAndSize, (const char *text, ptrdiff_t size), (text, size))
MAY_FAIL(PyObject *, NULL, PyCapsule_New, (void *held, const char *name, void (*end)(PyObject *)), (held, name, end))
MAY_FAIL(PyObject *, NULL, PyDict_New, (void), ())
MAY_FAIL(int, -1, PyDict_SetItem, (PyObject *dict, PyObject *key, PyObject *value), (dict, key, value))
MAY_FAIL(PyObject *, NULL, PyFloat_FromDouble, (double value), (value))
MAY_FAIL(int, -1, PyList_Append, (PyObject *list, PyObject *object), (list, object))
MAY_FAIL(PyObject *, NULL, PyList_New, (ptrdiff_t size), (size))
MAY_FAIL(PyObject *, NULL, PyLong_FromLongLong, (long long value), (value))
MAY_FAIL(PyObject *, NULL, PyObject_GetAttr, (PyObject *object, PyObject *name), (object, name))
MAY_FAIL(PyObject *, NULL, PyTuple_New, (ptrdiff_t size), (size))
MAY_FAIL(const char *, NULL, PyUnicode_AsUTF8AndSize, (PyObject *string, ptrdiff_t *size), (string, size))
MAY_FAIL(PyObject *, NULL, PyUnicode_FromStringAndSize, (const char *text, ptrdiff_t size), (text, size))
MAY_FAIL(PyObject *, NULL, PyUnicode_InternFromString, (const char *text), (text))

/* Python's debugging memory fills what is given back: an object that is gone has no sensible count of references. */
static PyObject *there(PyObject *object) {
  if (object->references > 0) return object;
  fputs("an object is used that is gone\n", stderr);
  abort();
}

extern void Py_IncRef(PyObject *), Py_DecRef(PyObject *);

void failing_IncRef(PyObject *object) { Py_IncRef(there(object)); }

void failing_DecRef(PyObject *object) { Py_DecRef(there(object)); }
