/* The light copy of a page, and what lxml does to trees and texts: with the same results, None and "" apart. */

#include "extract.h"

#include <stdlib.h>
#include <string.h>

struct Chunk {
  Chunk *next;
};

enum { CHUNK = 1 << 18 };

static const char *const TAG_NAMES[] = {
  "",
#define X(name) #name,
  TAGS(X)
#undef X
};

_Noreturn void stop(Reader *reader, int why) { longjmp(reader->leave, why); }

void *take(Reader *reader, size_t size) {
  size = (size + 7) & ~(size_t)7;
  if ((size_t)(reader->end - reader->free) < size) {
    const size_t whole = sizeof(Chunk) + (size > CHUNK ? size : CHUNK);
    Chunk *chunk = malloc(whole);
    if (!chunk) stop(reader, NO_MEMORY);
    chunk->next = reader->chunks;
    reader->chunks = chunk;
    reader->free = (char *)(chunk + 1);
    reader->end = (char *)chunk + whole;
  }
  void *taken = reader->free;
  reader->free += size;
  return taken;
}

void release(Reader *reader) {
  while (reader->chunks) {
    Chunk *chunk = reader->chunks;
    reader->chunks = chunk->next;
    free(chunk);
  }
}

/* ---- texts ---- */

void add(Reader *reader, Text *to, Text more) {
  if (!more.at) return;
  if (!to->size) {
    if (more.size || !to->at) *to = shared(more);
    return;
  }
  if (!more.size) return;
  const size_t size = (size_t)to->size + more.size;
  if (size > UINT32_MAX / 4) stop(reader, NO_MEMORY);
  if (to->room < size) {
    char *own = take(reader, 2 * size);
    memcpy(own, to->at, to->size);
    to->at = own;
    to->room = (uint32_t)(2 * size);
  }
  memcpy((char *)to->at + to->size, more.at, more.size);
  to->size = (uint32_t)size;
}

/* The next place that is white space, or none if `wanted` is 0, from there on. */
static const char *next_place(const char *at, const char *end, int wanted) {
  while (at < end) {
    size_t size = 1;
    const unsigned char byte = (unsigned char)*at;
    if ((byte < 0x80 ? is_blank(byte) : is_space(character(at, end, &size))) == wanted) break;
    at += size;
  }
  return at;
}

int has_text(Text text) { return text.at && next_place(text.at, text.at + text.size, 0) < text.at + text.size; }

int starts_with_space(Text text) {
  size_t size;
  return text.size && is_space(character(text.at, text.at + text.size, &size));
}

int ends_with_space(Text text) {
  if (!text.size) return 0;
  const char *end = text.at + text.size, *at = end - 1;
  while (at > text.at && ((unsigned char)*at & 0xc0) == 0x80) at--;
  size_t size;
  return is_space(character(at, end, &size));
}

/* Whether every white space is one space between two words, as in most texts. */
static int is_trimmed(Text text) {
  int before = 1, odd = 0;
  for (const char *at = text.at, *end = text.at + text.size; at < end;) {
    size_t size = 1;
    const unsigned char byte = (unsigned char)*at;
    const int blank = byte < 0x80 ? is_blank(byte) : is_space(character(at, end, &size));
    odd |= blank & (before | (byte != ' '));
    before = blank;
    at += size;
  }
  return !odd & !before;
}

Text trimmed(Reader *reader, Text text) {
  if (!text.size) return no_text();
  if (is_trimmed(text)) return shared(text);
  const char *end = text.at + text.size, *at = next_place(text.at, end, 0);
  if (at == end) return no_text();
  char *own = NULL, *to = NULL;
  const char *start = at;
  for (;;) {
    const char *after = next_place(at, end, 1);
    const char *word = next_place(after, end, 0);
    if (own) memcpy(to, at, (size_t)(after - at)), to += after - at;
    if (word == end) return (Text){.at = own ? own : start, .size = (uint32_t)(own ? to - own : after - start)};
    if (!own && (word - after != 1 || *after != ' ')) {
      own = take(reader, (size_t)(end - start));
      memcpy(own, start, (size_t)(after - start));
      to = own + (after - start);
    }
    if (own) *to++ = ' ';
    at = word;
  }
}

size_t letters(Text text) { return characters(text.at, text.size); }

Text text_of_all(Reader *reader, const Part *top) {
  Text all = empty_text();
  for (const Part *part = top;;) {
    add(reader, &all, part->text);
    if (part->first) {
      part = part->first;
      continue;
    }
    while (part != top && !part->next) {
      add(reader, &all, part->tail);
      part = part->parent;
    }
    if (part == top) return all;
    add(reader, &all, part->tail);
    part = part->next;
  }
}

Text spaced_text(Reader *reader, const Part *top) {
  Text all = no_text();
  const Text space = {.at = " ", .size = 1};
  for (const Part *part = top;;) {
    if (part->text.at) {
      if (all.at) add(reader, &all, space);
      add(reader, &all, part->text);
    }
    if (part->first) {
      part = part->first;
      continue;
    }
    for (; part != top; part = part->parent) {
      if (part->tail.at) {
        if (all.at) add(reader, &all, space);
        add(reader, &all, part->tail);
      }
      if (part->next) break;
    }
    if (part == top) break;
    part = part->next;
  }
  while (starts_with_space(all)) {
    size_t size;
    character(all.at, all.at + all.size, &size);
    all.at += size;
    all.size -= (uint32_t)size;
    all.room = 0;
  }
  while (ends_with_space(all)) {
    do all.size--;
    while (((unsigned char)all.at[all.size] & 0xc0) == 0x80);
  }
  return all;
}

int holds_text(Reader *reader, const Part *top) {
  if (!top) return 0;
  if (has_text(top->text)) return 1;
  for (Part *part = following(reader, (Part *)top, top); part; part = following(reader, part, top)) {
    if (has_text(part->text) || has_text(part->tail)) return 1;
  }
  return 0;
}

/* ---- attributes ---- */

static int known_attribute(const char *name, const char *mark) {
  static const struct { const char *name; int known; } KNOWN[] = {
    {"class", A_class}, {"id", A_id}, {"style", A_style}, {"role", A_role}, {"aria-hidden", A_aria_hidden},
    {"data-component", A_component}, {"data-lp-replacement-content", A_replacement}, {"itemprop", A_itemprop},
    {"lang", A_lang}, {"rend", A_carried}, {"target", A_carried}, {"src", A_carried}, {"alt", A_carried},
    {"title", A_carried}, {"colspan", A_span}, {"rowspan", A_span},
  };
  if (strcmp(name, mark) == 0) return A_mark;
  for (size_t at = 0; at < sizeof KNOWN / sizeof *KNOWN; at++) {
    if (strcmp(name, KNOWN[at].name) == 0) return KNOWN[at].known;
  }
  return A_other;
}

/* The number of an attribute's name: asked by the address of the name, which is the same all over the page. */
static int attribute_number(Reader *reader, const char *name) {
  const size_t at = ((uintptr_t)name >> 1 ^ (uintptr_t)name >> 9) & 255;
  if (reader->attributes[at].name != name) {
    reader->attributes[at].known = (uint8_t)known_attribute(name, reader->mark);
    reader->attributes[at].name = name;
  }
  return reader->attributes[at].known;
}

static Text value_of(Reader *reader, const Attribute *attribute) {
  Text value = empty_text();
  for (const Node *node = attribute->children; node; node = node->next) {
    if (node->type != TEXT_NODE) stop(reader, UNTOLD);
    if (!node->content) continue;
    const size_t size = strlen(node->content);
    if (size > UINT32_MAX / 4) stop(reader, UNTOLD);
    add(reader, &value, (Text){.at = node->content, .size = (uint32_t)size});
  }
  return value;
}

Text attribute(Reader *reader, const Part *part, int known) {
  if (!part->source || !(part->has & 1 << known)) return no_text();
  for (const Attribute *each = part->source->attributes; each; each = each->next) {
    if (attribute_number(reader, each->name) == known) return value_of(reader, each);
  }
  return no_text();
}

int holds(Text text, const char *words) {
  const size_t size = strlen(words);
  for (const char *at = text.at, *end = text.at + text.size; at && (size_t)(end - at) >= size; at++) {
    at = memchr(at, words[0], (size_t)(end - at) - size + 1);
    if (!at) return 0;
    if (memcmp(at, words, size) == 0) return 1;
  }
  return 0;
}

int is_exactly(Text text, const char *words) {
  return text.at && text.size == strlen(words) && memcmp(text.at, words, text.size) == 0;
}

static Text named(const Attribute *attribute) {
  return (Text){.at = attribute->name, .size = (uint32_t)strlen(attribute->name)};
}

int first_says(const Part *part, int one, int one_says, int other, int other_says) {
  if (!(part->has & 1 << one)) return other_says;
  if (!(part->has & 1 << other)) return one_says;
  const char *const first = one == A_class ? "class" : one == A_id ? "id" : "style";
  const char *const second = other == A_class ? "class" : other == A_id ? "id" : "style";
  for (const Attribute *each = part->source->attributes; each; each = each->next) {
    if (is_exactly(named(each), first)) return one_says;
    if (is_exactly(named(each), second)) return other_says;
  }
  return 0;
}

uint32_t ask(Reader *reader, int question, Text value) {
  uint32_t answer = 0;
  if (value.at && !memo_ask(reader->memos[question], value.at, value.size, &answer)) stop(reader, FAILED);
  return answer;
}

/* ---- the copy ---- */

static int is_plain_name(const char *name) {
  for (const char *at = name; *at; at++) {
    const char lower = *at | 0x20;
    if ((lower < 'a' || lower > 'z') && (at == name || !strchr("0123456789-_.", *at))) return 0;
  }
  return *name != 0;
}

static int known_tag(Reader *reader, const char *name) {
  int low = 1, high = TAG_COUNT;
  while (low < high) {
    const int middle = (low + high) / 2, order = strcmp(name, TAG_NAMES[middle]);
    if (order == 0) return middle;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  /* an element of a name that is no name for XML cannot be made anew: lxml raises an error */
  if (!is_plain_name(name) && !strchr(name, ':')) stop(reader, UNTOLD);
  return T_other;
}

static int tag_number(Reader *reader, const char *name) {
  const size_t at = ((uintptr_t)name >> 1 ^ (uintptr_t)name >> 9) & 255;
  if (reader->tags[at].name != name) {
    reader->tags[at].known = (uint8_t)known_tag(reader, name);
    reader->tags[at].name = name;
  }
  return reader->tags[at].known;
}

/* Whether lxml would take a text that is set: not with control characters or halves of characters. */
static int is_valid(const char *text, size_t size) {
  unsigned char odd = 0;
  for (size_t at = 0; at < size; at++) {
    const unsigned char byte = (unsigned char)text[at];
    odd |= (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') | (byte == 0xed) | (byte == 0xef);
  }
  if (!odd) return 1;
  for (size_t at = 0; at < size; at++) {
    const unsigned char byte = (unsigned char)text[at];
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return 0;
    if (byte == 0xed && at + 1 < size && (unsigned char)text[at + 1] >= 0xa0) return 0;
    if (byte == 0xef && at + 2 < size && (unsigned char)text[at + 1] == 0xbf && (unsigned char)text[at + 2] >= 0xbe) return 0;
  }
  return 1;
}

static void read_attributes(Reader *reader, Part *part) {
  for (const Attribute *each = part->source->attributes; each; each = each->next) {
    if (each->namespace_) stop(reader, UNTOLD);
    const int known = attribute_number(reader, each->name);
    if (known == A_other) continue;
    part->has |= (uint16_t)(1 << known);
    if (known <= A_mark) continue;
    const Text value = value_of(reader, each);
    if (known == A_span && value.size > 1000) stop(reader, UNTOLD); /* Python makes no number of so many digits */
    if (known == A_carried && !is_valid(value.at, value.size)) stop(reader, UNTOLD);
  }
}

static Part *new_of(Reader *reader, const Node *node) {
  if (node->namespace_) stop(reader, UNTOLD);
  Part *part = new_part(reader, tag_number(reader, node->name));
  part->source = node;
  read_attributes(reader, part);
  return part;
}

/* Without what is marked: its tail is joined to what stands before it. Sums up what the page has of each tag. */
void copy_page(Reader *reader, const Node *root) {
  uint32_t open[TAG_COUNT] = {0};
  reader->is_nested = 0;
  memset(reader->here, 0, sizeof reader->here);
  reader->root = new_of(reader, root);
  reader->here[reader->root->tag]++;
  Part *above = reader->root;
  Text *slot = &above->text;
  for (const Node *node = root->children, *up = root; node || up != root;) {
    if (!node) { /* the end of an element */
      open[above->tag]--;
      slot = &above->tail;
      above = above->parent;
      node = up->next;
      up = up->parent;
    } else if (node->type == TEXT_NODE || node->type == CDATA_NODE) {
      const size_t size = node->content ? strlen(node->content) : 0;
      if (!size || size > UINT32_MAX / 4) stop(reader, UNTOLD);
      if (above->tag != T_script && above->tag != T_style && !is_valid(node->content, size)) stop(reader, UNTOLD);
      add(reader, slot, (Text){.at = node->content, .size = (uint32_t)size});
      node = node->next;
    } else if (node->type != ELEMENT_NODE) {
      stop(reader, UNTOLD);
    } else {
      Part *part = new_of(reader, node);
      if (part->has & 1 << A_mark) {
        node = node->next;
        continue;
      }
      reader->here[part->tag]++;
      append(above, part);
      above = part;
      slot = &part->text;
      reader->is_nested |= open[part->tag]++ > 0 && is_deleted(part->tag);
      up = node;
      node = node->children;
    }
  }
}

const char *name_of(const Part *part) { return part->tag == T_other ? part->source->name : TAG_NAMES[part->tag]; }

Part *new_part(Reader *reader, int tag) {
  Part *part = take(reader, sizeof *part);
  memset(part, 0, sizeof *part);
  part->tag = (uint8_t)tag;
  return part;
}

static Part *twin(Reader *reader, const Part *part) {
  Part *own = new_part(reader, part->tag);
  own->text = shared(part->text);
  own->tail = shared(part->tail);
  own->source = part->source;
  own->has = part->has;
  return own;
}

Part *copied(Reader *reader, const Part *top) {
  Part *own = twin(reader, top), *to = own;
  for (const Part *part = top;;) {
    if (part->first) {
      part = part->first;
    } else {
      while (part != top && !part->next) part = part->parent, to = to->parent;
      if (part == top) return own;
      part = part->next;
      to = to->parent;
    }
    if (--reader->steps < 0) stop(reader, UNTOLD);
    Part *each = twin(reader, part);
    append(to, each);
    to = each;
  }
}

void push(Reader *reader, Parts *parts, Part *part) {
  if (parts->count == parts->room) {
    const uint32_t room = parts->room ? 2 * parts->room : 64;
    Part **all = take(reader, room * sizeof *all);
    if (parts->count) memcpy(all, parts->all, parts->count * sizeof *all);
    parts->all = all;
    parts->room = room;
  }
  parts->all[parts->count++] = part;
}

/* ---- trees ---- */

static void detach(Part *part) {
  if (!part->parent) return;
  if (part->previous) part->previous->next = part->next;
  else part->parent->first = part->next;
  if (part->next) part->next->previous = part->previous;
  else part->parent->last = part->previous;
  part->parent = part->next = part->previous = NULL;
}

void append(Part *parent, Part *part) {
  detach(part);
  part->parent = parent;
  part->previous = parent->last;
  if (parent->last) parent->last->next = part;
  else parent->first = part;
  parent->last = part;
}

void insert(Part *parent, Part *part, Part *before) {
  if (!before) {
    append(parent, part);
    return;
  }
  detach(part);
  part->parent = parent;
  part->next = before;
  part->previous = before->previous;
  if (before->previous) before->previous->next = part;
  else parent->first = part;
  before->previous = part;
}

void delete(Reader *reader, Part *part, int keep_tail) {
  if (!part->parent) return;
  if (keep_tail && part->tail.size) add(reader, part->previous ? &part->previous->tail : &part->parent->text, part->tail);
  detach(part);
}

Part *after(const Part *part, const Part *top) {
  while (part != top && !part->next) part = part->parent;
  return part == top ? NULL : part->next;
}

void drop(Reader *reader, Part *top, int tag) {
  for (Part *part = following(reader, top, top), *next; part; part = next) {
    next = part->tag == tag ? after(part, top) : following(reader, part, top);
    if (part->tag == tag) delete(reader, part, 0);
  }
}

int is_below(Reader *reader, const Part *part, const Part *top) {
  for (part = part->parent; part; part = part->parent) {
    if (part == top) return 1;
    if (--reader->steps < 0) stop(reader, UNTOLD);
  }
  return 0;
}

/* `strip_tags`: in one walk that links what stays anew; `stack` holds the elements that are open, stripped or not. */
void strip(Reader *reader, Part *top, const TagSet tags) {
  Part *part = top;
  do part = following(reader, part, top);
  while (part && !tags[part->tag]);
  if (!part) return;

  Parts stack = {0};
  Part *above = top, *next = top->first;
  Text *slot = &top->text;
  top->first = top->last = NULL;
  for (;;) {
    if (next) {
      part = next;
      next = part->first;
      push(reader, &stack, part);
      if (tags[part->tag]) {
        add(reader, slot, part->text);
        continue;
      }
      part->first = part->last = NULL;
      part->parent = above;
      part->previous = above->last;
      if (above->last) above->last->next = part;
      else above->first = part;
      above->last = part;
      above = part;
      slot = &part->text;
    } else {
      if (!stack.count) return;
      part = stack.all[--stack.count];
      next = part->next;
      part->next = NULL;
      if (tags[part->tag]) {
        add(reader, slot, part->tail);
        part->parent = part->previous = part->first = part->last = NULL;
        part->text = part->tail = no_text();
      } else {
        slot = &part->tail;
        above = part->parent;
      }
    }
  }
}
