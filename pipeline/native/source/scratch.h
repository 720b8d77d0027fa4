/* The memory of one call: taken piece by piece, zeroed, and given back all at once. */
#ifndef NEWSFLOW_SCRATCH_H
#define NEWSFLOW_SCRATCH_H

#include <stdint.h>
#include <stdlib.h>

#include "python.h"

typedef struct Piece Piece;
struct Piece {
  Piece *before;
  max_align_t memory[];
};

typedef struct {
  Piece *last;
} Scratch;

/* Zeroed memory for so many things; NULL and a Python error set when there is none. */
static inline void *take(Scratch *scratch, size_t count, size_t size) {
  Piece *piece = count <= (SIZE_MAX - sizeof *piece) / size ? calloc(1, sizeof *piece + count * size) : NULL;
  if (!piece) return (void)PyErr_NoMemory(), NULL;
  piece->before = scratch->last;
  scratch->last = piece;
  return piece->memory;
}

static inline void give_back(Scratch *scratch) {
  while (scratch->last) {
    Piece *piece = scratch->last;
    scratch->last = piece->before;
    free(piece);
  }
}

#endif
