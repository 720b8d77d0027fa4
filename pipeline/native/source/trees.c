/* Oblivious trees: each level of a tree asks one question of all rows, so that many rows are asked at once. */

#include <string.h>

#include "python.h"

enum {
  LANES = 8,      /* rows that are asked at once */
  BLOCK = 512,    /* rows whose sums stay in the nearest cache */
  MOST_LEVELS = 16,
  USUAL_LEVELS = 5, /* of nearly all trees: known to the compiler, it takes a quarter less time */
};

typedef struct {
  const float *matrix;
  size_t columns, rows;
  const uint8_t *questions;
  const float *borders;
  const int16_t *leaves;
  size_t trees;
} Forest;

static inline __attribute__((always_inline)) void add_tree(const Forest *of, size_t tree, size_t levels, size_t start, size_t end,
                                                           int32_t *sums) {
  const uint8_t *question = of->questions + tree * levels;
  const float *border = of->borders + tree * levels;
  const int16_t *values = of->leaves + (tree << levels);
  size_t at = start;
  for (; at + LANES <= end; at += LANES) {
    int32_t leaf[LANES] = {0};
    for (size_t level = 0; level < levels; level++) {
      const float *column = of->matrix + question[level] * of->rows + at, limit = border[level];
      const int32_t bit = 1 << level;
      for (size_t lane = 0; lane < LANES; lane++) leaf[lane] |= column[lane] > limit ? bit : 0;
    }
    for (size_t lane = 0; lane < LANES; lane++) sums[at + lane] += values[leaf[lane]];
  }
  for (; at < end; at++) {
    size_t leaf = 0;
    for (size_t level = 0; level < levels; level++) {
      leaf |= (size_t)(of->matrix[question[level] * of->rows + at] > border[level]) << level;
    }
    sums[at] += values[leaf];
  }
}

/* What all trees say of some rows, summed. The matrix lies by columns, each of `rows` values; a tree has `levels`
 * questions (numbers of columns), as many borders, and a leaf for each set of answers, the first one's in the lowest
 * bit. 0 for trees that are too deep or ask for a column that is not there. */
EXPORT int newsflow_tree_sums(const float *matrix, size_t columns, size_t rows, const uint8_t *questions, const float *borders,
                              const int16_t *leaves, size_t trees, size_t levels, int32_t *sums) {
  if (levels > MOST_LEVELS) return 0;
  for (size_t at = 0; at < trees * levels; at++) {
    if (questions[at] >= columns) return 0;
  }
  const Forest forest = {matrix, columns, rows, questions, borders, leaves, trees};
  memset(sums, 0, rows * sizeof *sums);
  for (size_t start = 0; start < rows; start += BLOCK) {
    const size_t end = rows - start < BLOCK ? rows : start + BLOCK;
    for (size_t tree = 0; tree < trees; tree++) {
      if (levels == USUAL_LEVELS) {
        add_tree(&forest, tree, USUAL_LEVELS, start, end, sums);
      } else {
        add_tree(&forest, tree, levels, start, end, sums);
      }
    }
  }
  return 1;
}
