/* What Python says of single characters: whether they are printable, and what they fold to. */
#ifndef NEWSFLOW_LETTERS_H
#define NEWSFLOW_LETTERS_H

#include "python.h"

enum { PRINTABLE = 1, DROPPED = 2, IN_CONTEXT = 4 };

/* Of one character. `folded` are so many bytes, a space for what belongs to no word. DROPPED: `text.collapse` takes it
 * out of a text that is not printable. IN_CONTEXT: what it folds to depends on the characters beside it. */
typedef struct {
  uint8_t flags, size;
  char folded[6];
} Letter;

enum { BLOCK = 256, BLOCKS = 0x110000 / BLOCK };

/* Python is asked for a block of characters at once, when the first of them is met: a page has those of few scripts. */
typedef struct {
  PyObject *question;
  PyObject *answers[BLOCKS];
  const Letter *blocks[BLOCKS];
} Letters;

/* The letters of a capsule that `newsflow_letters` made. */
Letters *letters_of(PyObject *capsule);

/* Ask for a block; 0 and an error set when Python cannot say. */
int ask_letters(Letters *letters, uint32_t block);

/* A character's; NULL and an error set when Python cannot say. */
static inline const Letter *letter_of(Letters *letters, uint32_t code) {
  const uint32_t block = code / BLOCK % BLOCKS;
  if (!letters->blocks[block] && !ask_letters(letters, block)) return NULL;
  return &letters->blocks[block][code % BLOCK];
}

#endif
