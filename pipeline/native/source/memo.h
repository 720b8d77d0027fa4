/* Answers to a question about a string that Python decides once: what a class name tells, say. */
#ifndef NEWSFLOW_MEMO_H
#define NEWSFLOW_MEMO_H

#include "python.h"

typedef struct Memo Memo;

/* The memo of a capsule that `newsflow_memo` made. */
Memo *memo_of(PyObject *capsule);

/* The answer for a string of so many bytes; 0 and a Python error set when the question fails. */
int memo_ask(Memo *memo, const char *text, size_t size, uint32_t *answer);

#endif
