/* A hash of some bytes, eight at a time. Who reads this can make strings that fall together: bound what they cost. */
#ifndef NEWSFLOW_HASH_H
#define NEWSFLOW_HASH_H

#include <stdint.h>
#include <string.h>

static inline uint64_t hash_of(const char *at, size_t size) {
  uint64_t hash = size * 0x9e3779b97f4a7c15u;
  while (size) {
    const size_t piece = size < 8 ? size : 8;
    uint64_t bytes = 0;
    memcpy(&bytes, at, piece);
    hash = (hash ^ bytes) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
    at += piece;
    size -= piece;
  }
  hash *= 0xc4ceb9fe1a85ec53u;
  return hash ^ hash >> 29;
}

#endif
