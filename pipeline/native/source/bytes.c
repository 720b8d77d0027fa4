/* What is asked of a page's bytes before they are parsed, each in one pass. */

#include <string.h>

#include "python.h"

enum { BLOCK = 32 };

static int is_telling(unsigned char byte) {
  /* without a branch: a block of bytes is asked at once */
  return (byte >= 0x7f) | ((byte < 0x20) & (byte != '\t') & (byte != '\n') & (byte != '\r'));
}

/* The bytes of a text that are no plain ASCII: the upper half, and controls but for white space. */
EXPORT PyObject *newsflow_telling(PyObject *body) {
  const unsigned char *text = (const unsigned char *)PyBytes_AsString(body);
  const size_t size = (size_t)PyBytes_Size(body);
  PyObject *found = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
  if (!found) return NULL;
  unsigned char *out = (unsigned char *)PyBytes_AsString(found);
  size_t count = 0, at = 0;
  for (; at + BLOCK <= size; at += BLOCK) {
    int some = 0;
    for (size_t each = 0; each < BLOCK; each++) some |= is_telling(text[at + each]);
    if (!some) continue; /* as most blocks */
    for (size_t each = at; each < at + BLOCK; each++) {
      out[count] = text[each];
      count += (size_t)is_telling(text[each]);
    }
  }
  for (; at < size; at++) {
    out[count] = text[at];
    count += (size_t)is_telling(text[at]);
  }
  PyObject *told = PyBytes_FromStringAndSize((const char *)out, (Py_ssize_t)count);
  Py_DecRef(found);
  return told;
}

/* The bytes of a character of valid UTF-8 at a place; 0 when there is none. A zero follows the last byte of the text. */
static size_t whole_character(const unsigned char *at) {
  if (at[0] < 0x80) return 1;
  if (at[0] < 0xc2 || (at[1] & 0xc0) != 0x80) return 0;
  if (at[0] < 0xe0) return 2;
  if ((at[2] & 0xc0) != 0x80) return 0;
  if (at[0] < 0xf0) return (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) ? 0 : 3;
  if ((at[3] & 0xc0) != 0x80 || at[0] > 0xf4) return 0;
  return (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] >= 0x90) ? 0 : 4;
}

/* Whether a text is UTF-8 as Python reads it strictly. */
EXPORT int newsflow_is_utf8(PyObject *body) {
  const unsigned char *at = (const unsigned char *)PyBytes_AsString(body), *const end = at + PyBytes_Size(body);
  while (at < end) {
    if (end - at >= BLOCK) {
      unsigned char upper = 0;
      for (size_t each = 0; each < BLOCK; each++) upper |= at[each];
      if (upper < 0x80) {
        at += BLOCK;
        continue;
      }
    }
    const size_t size = whole_character(at);
    if (!size) return 0;
    at += size;
  }
  return 1;
}

static int is_digit(char byte) { return byte >= '0' && byte <= '9'; }

static int is_hexadecimal(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/* Whether a character reference to one of the numbers 120 to 159 or 0x80 to 0x9f is in a text: `&#150;`, `&#x96;`. */
EXPORT int newsflow_has_low_reference(PyObject *body) {
  const char *text = PyBytes_AsString(body), *const end = text + PyBytes_Size(body);
  while ((text = memchr(text, '&', (size_t)(end - text)))) { /* a zero follows the last byte */
    const char *at = ++text;
    if (*at++ != '#') continue;
    const int is_hex = *at == 'x' || *at == 'X';
    at += is_hex;
    while (*at == '0') at++;
    if (is_hex ? (*at == '8' || *at == '9') && is_hexadecimal(at[1])
               : at[0] == '1' && at[1] >= '2' && at[1] <= '5' && is_digit(at[2]))
      return 1;
  }
  return 0;
}
