/* Trafilatura's pruning of what is read: unwanted sections, captions and teasers, blocks and tables of links. */

#include "extract.h"

#include <string.h>

enum { HIDDEN = 1, HIDES = 2, REPLY = 4, DISCARD = 8, COOKIE = 16, CAPTION = 32, TEASER = 64 };
enum { MAY_DISCARD = HIDDEN | HIDES | REPLY | DISCARD | COOKIE };
enum {
  GUARDED_PART = 7, /* nothing is discarded where less than the seventh part of the text would be left */
  MANY_LINKS = 4, LONG_LINK = 100, SHORT_LINK = 10,
  MIN_CHILDREN = 3, SHORT = 100,
  SMALL_TABLE = 200, LARGE_TABLE = 1000,
};
static const double MOST = 0.8, FARM = 0.9, MOST_OF_LARGE_TABLE = 0.5;

static const TagSet SECTIONS = {[T_div] = 1, [T_item] = 1, [T_list] = 1, [T_p] = 1, [T_section] = 1, [T_span] = 1};
static const TagSet INLINE = {[T_span] = 1, [T_ref] = 1};

/* What the attributes of an element say, and with HIDDEN whether it is to go whatever it is. */
static uint32_t unwanted_bits(Reader *reader, const Part *part) {
  enum { ASKED = 1 << A_class | 1 << A_id | 1 << A_style | 1 << A_role | 1 << A_aria_hidden | 1 << A_component |
                 1 << A_replacement };
  if (!(part->has & ASKED)) return 0;
  const uint32_t by_class = ask(reader, UNWANTED_CLASS, attribute(reader, part, A_class));
  const uint32_t by_id = ask(reader, UNWANTED_ID, attribute(reader, part, A_id));
  uint32_t bits = by_class | by_id, by_style = 0;
  if (part->has & 1 << A_style) {
    const Text style = attribute(reader, part, A_style);
    if (holds(style, "display:none") || holds(style, "display: none")) bits |= HIDDEN;
    if (holds(style, "hidden")) by_style = HIDES;
    bits |= by_style;
  }
  if (part->has & 1 << A_role) {
    const Text role = attribute(reader, part, A_role);
    if (holds(role, "nav") || holds(role, "Nav")) bits |= DISCARD;
  }
  if (part->has & 1 << A_aria_hidden && is_exactly(attribute(reader, part, A_aria_hidden), "true")) bits |= HIDDEN;
  if (part->has & 1 << A_component && holds(attribute(reader, part, A_component), "MostPopularStories")) bits |= DISCARD;
  if (part->has & 1 << A_replacement) bits |= DISCARD;
  if (bits & HIDES && !first_says(part, A_id, (by_id & HIDES) != 0, A_style, by_style != 0)) bits &= ~(uint32_t)HIDES;
  if (bits & REPLY && !first_says(part, A_id, (by_id & REPLY) != 0, A_class, (by_class & REPLY) != 0))
    bits &= ~(uint32_t)REPLY;
  if (bits & COOKIE && !first_says(part, A_id, (by_id & COOKIE) != 0, A_class, (by_class & COOKIE) != 0))
    bits &= ~(uint32_t)COOKIE;
  return bits;
}

/* ---- the text, measured ---- */

typedef struct {
  uint32_t all, solid, words; /* characters, those that are no white space, and how many of these start a word */
  int in_word;
} Count;

static void count(Count *count, Text text) {
  uint32_t all = 0, solid = 0, words = 0;
  int in_word = count->in_word;
  for (const char *at = text.at, *end = text.at + text.size; at < end; all++) {
    size_t size = 1;
    const unsigned char byte = (unsigned char)*at;
    const int blank = byte < 0x80 ? is_blank(byte) : is_space(character(at, end, &size));
    at += size;
    solid += !blank;
    words += !blank & !in_word;
    in_word = !blank;
  }
  count->all += all;
  count->solid += solid;
  count->words += words;
  count->in_word = in_word;
}

/* The elements of a tree and its links in their order; each element knows what stands before and in it. */
typedef struct {
  int is_done; /* of the tree as it is */
  Parts all, links;
  struct { uint32_t lengths, filled, shorts, listed; } *sums; /* of the links before each */
} Measure;

/* `len(trim(part.text_content()))` */
static uint32_t length(const Part *part) {
  const uint32_t solid = part->end.solid - part->start.solid;
  return solid ? solid + part->end.words - part->start.words + part->joined - 1 : 0;
}

static uint32_t links_in(const Part *part) { return part->end.links - part->start.links; }

/* Counts a text; all elements that were entered since the last one begin with it. */
static void pass(Count *at, Text text, const Parts *all, uint32_t *told) {
  if (!text.size) return;
  const int goes_on = at->in_word && !starts_with_space(text);
  while (*told < all->count) all->all[(*told)++]->joined = (uint32_t)goes_on;
  count(at, text);
}

static void measure(Reader *reader, Part *top, Measure *measured) {
  if (measured->is_done) return;
  Measure found = {.is_done = 1};
  Count at = {0};
  uint32_t told = 0; /* elements whose first character has been seen */
  for (Part *part = top;;) {
    if (--reader->steps < 0) stop(reader, UNTOLD);
    push(reader, &found.all, part);
    if (part->tag == T_ref) push(reader, &found.links, part);
    part->start.all = at.all;
    part->start.solid = at.solid;
    part->start.words = at.words;
    part->start.links = found.links.count;
    part->joined = 0;
    pass(&at, part->text, &found.all, &told);
    if (part->first) {
      part = part->first;
      continue;
    }
    for (;;) {
      part->end.all = at.all;
      part->end.solid = at.solid;
      part->end.words = at.words;
      part->end.links = found.links.count;
      if (part == top) goto done;
      pass(&at, part->tail, &found.all, &told);
      if (part->next) break;
      part = part->parent;
    }
    part = part->next;
  }
done:
  found.sums = take(reader, (found.links.count + 1) * sizeof *found.sums);
  found.sums[0].lengths = found.sums[0].filled = found.sums[0].shorts = found.sums[0].listed = 0;
  for (uint32_t number = 0; number < found.links.count; number++) {
    const Part *link = found.links.all[number];
    const uint32_t size = length(link);
    const Part *parent = link == top ? NULL : link->parent;
    found.sums[number + 1] = found.sums[number];
    found.sums[number + 1].lengths += size;
    found.sums[number + 1].filled += size > 0;
    found.sums[number + 1].shorts += size > 0 && size < SHORT_LINK;
    found.sums[number + 1].listed += parent && parent->tag == T_p && links_in(parent) <= 1;
  }
  *measured = found;
}

static void delete_measured(Reader *reader, Measure *measure, const Parts *parts, int keep_tails) {
  for (uint32_t at = 0; at < parts->count; at++) delete(reader, parts->all[at], keep_tails);
  if (parts->count) measure->is_done = 0;
}

/* `link_density_test`, and what `delete_by_link_density` adds to it for divisions. */
static int is_block_of_links(const Measure *measure, const Part *part) {
  const uint32_t links = links_in(part), size = length(part);
  if (!links) return 0;
  if (links == 1) {
    const uint32_t linked = length(measure->links.all[part->start.links]);
    if (linked > LONG_LINK && linked > size * FARM) return 1;
  }
  const uint32_t limit = part->tag == T_p ? (part->next ? 30 : 60) : (part->next ? 100 : 300);
  const uint32_t from = part->start.links, to = part->end.links;
  const uint32_t linked = measure->sums[to].lengths - measure->sums[from].lengths;
  const uint32_t filled = measure->sums[to].filled - measure->sums[from].filled;
  if (size < limit) {
    if (!filled || linked > size * MOST) return 1;
    const uint32_t shorts = measure->sums[to].shorts - measure->sums[from].shorts;
    if (filled > 1 && (double)shorts / filled > MOST) return 1;
    if (part->tag != T_div || size >= SHORT) return 0;
    uint32_t children = 0;
    for (const Part *child = part->first; child && children < MIN_CHILDREN; child = child->next) children++;
    return children >= MIN_CHILDREN;
  }
  return links > MANY_LINKS && linked > size * FARM && linked < LONG_LINK * filled &&
         measure->sums[to].listed - measure->sums[from].listed < links;
}

static int holds_any(Reader *reader, Part *top, int tag) {
  for (Part *part = top; part; part = following(reader, part, top)) {
    if (part->tag == tag) return 1;
  }
  return 0;
}

static void delete_link_blocks(Reader *reader, Part *top, Measure *found) {
  static const uint8_t TAGS_IN_ORDER[] = {T_div, T_list, T_p};
  for (int round = 0, changes = 0; round < 2; round++) {
    if (round && !changes) return;
    for (size_t each = 0; each < sizeof TAGS_IN_ORDER; each++) {
      measure(reader, top, found);
      Parts deleted = {0};
      for (uint32_t at = 0; at < found->all.count && found->links.count; at++) {
        Part *part = found->all.all[at];
        if (part->tag != TAGS_IN_ORDER[each] || !is_block_of_links(found, part)) continue;
        const int above = part->parent ? part->parent->tag : T_other;
        if (part->tag == T_p && (above == T_item || above == T_td || above == T_th)) continue; /* see the whole list */
        push(reader, &deleted, part);
      }
      changes |= deleted.count > 0;
      delete_measured(reader, found, &deleted, 1);
    }
  }
}

static void delete_tables(Reader *reader, Part *top, Measure *found) {
  if (!holds_any(reader, top, T_table)) return;
  measure(reader, top, found);
  Parts deleted = {0};
  for (uint32_t at = 0; at < found->all.count; at++) {
    Part *part = found->all.all[at];
    if (part->tag != T_table || !links_in(part)) continue;
    const uint32_t size = length(part);
    const uint32_t linked = found->sums[part->end.links].lengths - found->sums[part->start.links].lengths;
    if (size >= SMALL_TABLE && linked > size * (size < LARGE_TABLE ? MOST : MOST_OF_LARGE_TABLE))
      push(reader, &deleted, part);
  }
  delete_measured(reader, found, &deleted, 0);
}

/* Deletes elements unless they hold nearly all of the text: those that stand in no other of them. */
static void discard(Reader *reader, Part *top, const Parts *found, Measure *measured) {
  measure(reader, top, measured);
  Parts outer = {0};
  uint64_t discarded = 0;
  const uint64_t all = top->end.all;
  for (uint32_t at = 0; at < found->count; at++) {
    Part *part = found->all[at];
    /* in document order: one that stands in another ends before that */
    const Part *last = outer.count ? outer.all[outer.count - 1] : NULL;
    if (last && is_below(reader, part, last)) continue;
    push(reader, &outer, part);
    discarded += part->end.all - part->start.all;
  }
  if (GUARDED_PART * (all - discarded) <= all) return;
  delete_measured(reader, measured, &outer, 1);
}

void prune_sections(Reader *reader, Part *top, int keep_teasers) {
  Parts discarded = {0}, captions = {0}, teasers = {0};
  for (Part *part = top; (part = following(reader, part, top));) {
    const uint32_t bits = unwanted_bits(reader, part);
    if (!bits) continue;
    const int is_section = SECTIONS[part->tag];
    if (bits & (HIDDEN | HIDES | REPLY) || (is_section && bits & (DISCARD | COOKIE))) push(reader, &discarded, part);
    if (bits & CAPTION && is_section) push(reader, &captions, part);
    if (bits & TEASER && is_section && !keep_teasers) push(reader, &teasers, part);
  }
  Measure measured = {0};
  if (discarded.count) discard(reader, top, &discarded, &measured);
  delete_measured(reader, &measured, &captions, 1);
  delete_measured(reader, &measured, &teasers, 1);
  if (holds_any(reader, top, T_ref)) {
    delete_link_blocks(reader, top, &measured);
    delete_tables(reader, top, &measured);
  }
  strip(reader, top, INLINE);
}
