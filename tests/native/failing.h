/* Included before each source of the library: what may fail for want of memory is counted, and can be made to fail. */
#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include <stdlib.h>

void *failing_malloc(size_t), *failing_calloc(size_t, size_t), *failing_realloc(void *, size_t);
void failing_free(void *);

#define malloc failing_malloc
#define calloc failing_calloc
#define realloc failing_realloc
#define free failing_free
#define Py_IncRef failing_IncRef
#define Py_DecRef failing_DecRef
#define PyBytes_FromStringAndSize failing_PyBytes_FromStringAndSize
#define PyCapsule_New failing_PyCapsule_New
#define PyDict_New failing_PyDict_New
#define PyDict_SetItem failing_PyDict_SetItem
#define PyFloat_FromDouble failing_PyFloat_FromDouble
#define PyList_Append failing_PyList_Append
#define PyList_New failing_PyList_New
#define PyLong_FromLongLong failing_PyLong_FromLongLong
#define PyObject_GetAttr failing_PyObject_GetAttr
#define PyTuple_New failing_PyTuple_New
#define PyUnicode_AsUTF8AndSize failing_PyUnicode_AsUTF8AndSize
#define PyUnicode_FromStringAndSize failing_PyUnicode_FromStringAndSize
#define PyUnicode_InternFromString failing_PyUnicode_InternFromString
