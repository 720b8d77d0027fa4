/* UTF-8 as Python's `str` sees it: characters, and which of them are white space.
 *
 * What libxml2 holds is valid UTF-8; no check is made that a sequence is whole but that it ends with its string.
 */
#ifndef NEWSFLOW_TEXT_H
#define NEWSFLOW_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* The character at a place before the end; `size` becomes the number of its bytes. */
static inline uint32_t character(const char *at, const char *end, size_t *size) {
  const unsigned char *byte = (const unsigned char *)at;
  const size_t left = (size_t)(end - at);
  if (byte[0] < 0x80 || left < 2) return *size = 1, byte[0];
  if (byte[0] < 0xe0 || left < 3) return *size = 2, (uint32_t)(byte[0] & 0x1f) << 6 | (byte[1] & 0x3f);
  if (byte[0] < 0xf0 || left < 4)
    return *size = 3, (uint32_t)(byte[0] & 0x0f) << 12 | (uint32_t)(byte[1] & 0x3f) << 6 | (byte[2] & 0x3f);
  return *size = 4, (uint32_t)(byte[0] & 0x07) << 18 | (uint32_t)(byte[1] & 0x3f) << 12 |
                    (uint32_t)(byte[2] & 0x3f) << 6 | (byte[3] & 0x3f);
}

/* `str.isspace` of a character. */
static inline int is_space(uint32_t code) {
  if (code <= 0x20) return code == 0x20 || (code >= 9 && code <= 13) || code >= 0x1c;
  if (code < 0x85) return 0;
  if (code < 0x1680) return code == 0x85 || code == 0xa0;
  return code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f ||
         code == 0x205f || code == 0x3000;
}

/* `len` of a string of so many bytes. */
static inline size_t characters(const char *text, size_t size) {
  size_t count = 0;
  for (size_t at = 0; at < size; at++) count += ((unsigned char)text[at] & 0xc0) != 0x80;
  return count;
}

#endif
