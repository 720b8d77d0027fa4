/* The words of texts, so that it can be counted how much a text shares with others; and what characters lines have. */
#ifndef NEWSFLOW_WORDS_H
#define NEWSFLOW_WORDS_H

#include "scratch.h"

typedef struct {
  const char *at;
  size_t size; /* bytes */
} Text;

/* The text of a string in UTF-8. Half a surrogate pair has none: a string with one is encoded by this error handler of
 * Python, and `encoded` is what to let go then; it is NULL else. 0 and a Python error set when it cannot be read. */
int open_text(PyObject *string, const char *errors, Text *text, PyObject **encoded);

/* Each text's words, once each, those that are equal side by side. */
typedef struct {
  uint32_t *text, *word;
  size_t size, texts;
  double *sizes; /* words of each text */
} Vocabulary;

int read_vocabulary(Vocabulary *, Scratch *, const Text *, size_t texts);

/* The share of each text's words that another of the chosen texts has; -1 for a text without words. */
void count_shared(const Vocabulary *, const double *chosen, double *shared);

/* What a character may be; `CLOSING` beside it for quotes and brackets that end a sentence after its stop. */
enum { LETTER, UPPER, DIGIT, MARK, COMMA, STOP, SPACE, CLASSES, CLOSING = 8 };

enum {
  OF_CLASS = CLASSES,
  CAPITALS = CLASSES, /* UPPER after SPACE */
  GLUED,              /* UPPER after LETTER */
  INNER_STOPS,        /* STOP before SPACE */
  FIRST,              /* class of the first character */
  LAST,               /* class of the last one, but for one that is CLOSING */
  LENGTH,             /* all characters */
  COUNTS,
};

/* What characters a text has, by what each of the basic plane is; 0 and a Python error set when it cannot be read. */
int count_characters(PyObject *text, const uint8_t *classes, uint32_t counts[COUNTS]);

#endif
