/* What is used of Python's stable ABI, declared here: nobody needs Python's headers to build this library.
 *
 * All of it is promised for every Python from 3.11 on. Functions are called with the interpreter's lock held.
 */
#ifndef NEWSFLOW_PYTHON_H
#define NEWSFLOW_PYTHON_H

#include <stddef.h>
#include <stdint.h>

typedef struct _object PyObject;
typedef ptrdiff_t Py_ssize_t;

extern void Py_IncRef(PyObject *);
extern void Py_DecRef(PyObject *);
extern PyObject *PyErr_NoMemory(void);
extern PyObject *PyErr_Occurred(void);
extern void PyErr_Clear(void);
extern void PyErr_SetString(PyObject *, const char *);
extern PyObject *PyExc_ValueError;
extern PyObject *PyList_New(Py_ssize_t);
extern int PyList_SetItem(PyObject *, Py_ssize_t, PyObject *); /* takes the reference */
extern PyObject *PyList_GetItem(PyObject *, Py_ssize_t);       /* a borrowed one */
extern int PyList_Append(PyObject *, PyObject *);              /* takes none */
extern Py_ssize_t PyList_Size(PyObject *);
extern PyObject *PyTuple_New(Py_ssize_t);
extern Py_ssize_t PyTuple_Size(PyObject *);
extern int PyTuple_SetItem(PyObject *, Py_ssize_t, PyObject *); /* takes the reference */
extern PyObject *PyTuple_GetItem(PyObject *, Py_ssize_t);       /* a borrowed one */
extern PyObject *PyLong_FromLongLong(long long);
extern long long PyLong_AsLongLong(PyObject *);
extern PyObject *PyFloat_FromDouble(double);
extern double PyFloat_AsDouble(PyObject *);
extern PyObject *PyBytes_FromStringAndSize(const char *, Py_ssize_t);
extern char *PyBytes_AsString(PyObject *);
extern Py_ssize_t PyBytes_Size(PyObject *);
extern PyObject *PyUnicode_FromStringAndSize(const char *, Py_ssize_t); /* from UTF-8 */
extern PyObject *PyUnicode_InternFromString(const char *);
extern Py_ssize_t PyUnicode_GetLength(PyObject *);
extern const char *PyUnicode_AsUTF8AndSize(PyObject *, Py_ssize_t *);
extern PyObject *PyUnicode_AsEncodedString(PyObject *, const char *, const char *);
extern int PyUnicode_Compare(PyObject *, PyObject *);
extern Py_ssize_t PyObject_Hash(PyObject *);
extern PyObject *PyObject_GetAttr(PyObject *, PyObject *);
extern PyObject *PyBool_FromLong(long);
extern PyObject *PyDict_New(void);
extern int PyDict_SetItem(PyObject *, PyObject *, PyObject *);       /* takes none */
extern PyObject *PyDict_GetItemWithError(PyObject *, PyObject *);    /* a borrowed one, or NULL without an error */
extern PyObject *PyObject_CallFunctionObjArgs(PyObject *, ...); /* ends with NULL */
extern PyObject *PyCapsule_New(void *, const char *, void (*)(PyObject *));
extern void *PyCapsule_GetPointer(PyObject *, const char *);
extern const char *PyCapsule_GetName(PyObject *);

struct _object {
  Py_ssize_t references;
  void *type;
};

extern PyObject _Py_NoneStruct;
#define PY_NONE (&_Py_NoneStruct)

/* An object with one more reference. */
static inline PyObject *again(PyObject *object) {
  Py_IncRef(object);
  return object;
}

#define EXPORT __attribute__((visibility("default")))

#endif
