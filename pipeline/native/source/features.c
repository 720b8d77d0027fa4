/* Which of a set of byte strings end where in a text: an automaton that is the tree of these strings, without a table. */

#include "python.h"

enum { BYTES = 256, FEW = 4 /* edges that are looked at in turn */ };

/* States are numbered; those from which the tree goes on have a row of edges, in the order of their bytes. */
typedef struct {
  const uint16_t *rows;   /* by state: its row, or that of the longest end of its string that has one */
  const uint16_t *likes;  /* by row: that of the longest end of its string */
  const uint32_t *starts; /* by row: its first edge */
  const uint8_t *bytes;   /* by edge */
  const uint32_t *to;     /* by edge: the next state */
} Tree;

/* The edge of a row for a byte, or one past the last edge of all that the row has. */
static inline uint32_t edge_of(const Tree *tree, uint32_t row, uint8_t byte) {
  uint32_t edge = tree->starts[row], count = tree->starts[row + 1] - edge;
  const uint32_t end = edge + count;
  while (count > FEW) {
    const uint32_t half = count / 2;
    edge = tree->bytes[edge + half] <= byte ? edge + half : edge;
    count -= half;
  }
  while (edge < end && tree->bytes[edge] < byte) edge++;
  return edge < end && tree->bytes[edge] == byte ? edge : end;
}

/* The feature of the state behind each byte of a text. */
EXPORT int newsflow_features(PyObject *text, const uint16_t *rows, const uint16_t *likes, const uint32_t *starts,
                             const uint8_t *bytes, const uint32_t *to, const int32_t *features, int32_t *found) {
  const Tree tree = {rows, likes, starts, bytes, to};
  const char *at = PyBytes_AsString(text);
  const Py_ssize_t size = PyBytes_Size(text);
  if (!at) return 0;
  uint32_t first[BYTES] = {0}, state = 0; /* behind the text's begin: where most searches end */
  for (uint32_t edge = starts[0]; edge < starts[1]; edge++) first[bytes[edge]] = to[edge];
  for (Py_ssize_t place = 0; place < size; place++) {
    const uint8_t byte = (uint8_t)at[place];
    uint32_t row = rows[state], edge = 0;
    while (row && (edge = edge_of(&tree, row, byte)) == starts[row + 1]) row = likes[row];
    state = row ? to[edge] : first[byte];
    found[place] = features[state];
  }
  return 1;
}
