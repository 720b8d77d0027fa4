/* Columns about where lines stand: what their elements hold, how they stand to the story's, and which are alike.
 *
 * A branch is the child of an element on the way to the story's holder in which a line stands: a paragraph, a box of
 * links, an embedded post. What a branch is made of, and how many like it there are, tells a story's own lines from what
 * was put among them. Nearly all sums are of whole numbers: they are the same in any order.
 */

#include <string.h>

#include "groups.h"
#include "judge.h"

/* Sums over the lines in each element and below it. */
enum { LINES, LENGTH_OF, LINKED, EXTRACTED, SETTLED, PROSE, STORY, SUMS };

typedef struct {
  double *of[SUMS]; /* by element */
} Sums;

/* For each branch, those of the same fork, tag and class; how much of the others is kept; and their mean length. */
typedef struct {
  double *number, *settled, *length;
} Twins;

typedef struct {
  uint32_t holder;
  uint32_t *fork, *branch; /* by element: the lowest element that it shares with the holder, and the child of it */
  uint8_t *on_way;         /* whether it holds the holder, or is it */
} Branches;

static inline double at_least_one(double value) { return value > 1 ? value : 1; }

/* The whole number next to a positive one, the even one of two, without a library's function. */
static inline double rounded(double value) {
  const double shifted = value + 0x1p52;
  return shifted - 0x1p52;
}

/* What counts for the story, in characters: prose that stays; without any, what stays; without that, prose. */
static void tell_story(const Asked *asked, double *story) {
  for (int way = 0; way < 3; way++) {
    int any = 0;
    for (size_t line = 0; line < asked->size; line++) {
      const double prose = way != 1 ? asked->prose[line] : 1, settled = way != 2 ? asked->settled[line] : 1;
      story[line] = asked->length[line] * (prose * settled);
      any |= story[line] != 0;
    }
    if (any) return;
  }
}

static int sum_up(const Asked *asked, Scratch *scratch, Sums *sums) {
  const Places *places = &asked->places;
  double *story = take(scratch, asked->size, sizeof *story);
  double *running = take(scratch, places->count + 1, sizeof *running);
  if (!story || !running) return 0;
  tell_story(asked, story);
  for (int each = 0; each < SUMS; each++) {
    if (!(sums->of[each] = take(scratch, places->count, sizeof(double)))) return 0;
  }
  for (size_t line = 0; line < asked->size; line++) {
    const uint32_t at = places->of_line[line];
    const double length = asked->length[line];
    sums->of[LINES][at]++;
    sums->of[LENGTH_OF][at] += length;
    sums->of[LINKED][at] += rounded(length * asked->link[line]);
    sums->of[EXTRACTED][at] += length * asked->extracted[line];
    sums->of[SETTLED][at] += length * asked->settled[line];
    sums->of[PROSE][at] += asked->prose[line];
    sums->of[STORY][at] += story[line];
  }
  for (int each = 0; each < SUMS; each++) {
    double *sum = sums->of[each];
    for (size_t at = 0; at < places->count; at++) running[at + 1] = running[at] + sum[at];
    for (size_t at = 0; at < places->count; at++) sum[at] = running[places->end[at]] - running[at];
  }
  return 1;
}

/* What stands in the line's element and those above it. */
static void fill_levels(const Asked *asked, const Sums *sums) {
  const Places *places = &asked->places;
  for (size_t line = 0; line < asked->size; line++) {
    uint32_t element = places->of_line[line];
    const double length = asked->length[line];
    for (size_t level = 0; level < LEVELS; level++, element = places->parent[element]) {
      const size_t first = AT_link_0 + level * (AT_link_1 - AT_link_0);
      const double size = at_least_one(sums->of[LENGTH_OF][element]), lines = sums->of[LINES][element];
      const double rest = size - length; /* the line itself does not count for what was taken around it */
      const double extracted = (sums->of[EXTRACTED][element] - length * asked->extracted[line]) / at_least_one(rest);
      const double settled = (sums->of[SETTLED][element] - length * asked->settled[line]) / at_least_one(rest);
      column(asked, first)[line] = (float)(sums->of[LINKED][element] / size);
      column(asked, first + AT_extracted_0 - AT_link_0)[line] = (float)(rest > 0 ? extracted : -1);
      column(asked, first + AT_settled_0 - AT_link_0)[line] = (float)(rest > 0 ? settled : -1);
      column(asked, first + AT_lines_0 - AT_link_0)[line] = (float)lines;
      column(asked, first + AT_prose_0 - AT_link_0)[line] = (float)sums->of[PROSE][element];
      column(asked, first + AT_mean_length_0 - AT_link_0)[line] = (float)(sums->of[LENGTH_OF][element] / at_least_one(lines));
    }
  }
}

/* The deepest element with so much of the story. */
static uint32_t find_holder(const Places *places, const double *story, double share) {
  uint32_t found = 0;
  if (story[0] <= 0) return 0;
  for (uint32_t at = 0; at < places->count; at++) {
    if (story[at] >= share * story[0] && places->depth[at] > places->depth[found]) found = at;
  }
  return found;
}

static int find_branches(const Places *places, Scratch *scratch, uint32_t holder, Branches *found) {
  *found = (Branches){.holder = holder,
                      .fork = take(scratch, places->count, sizeof(uint32_t)),
                      .branch = take(scratch, places->count, sizeof(uint32_t)),
                      .on_way = take(scratch, places->count, 1)};
  if (!found->fork || !found->branch || !found->on_way) return 0;
  for (uint32_t at = holder; !found->on_way[at]; at = places->parent[at]) found->on_way[at] = 1;
  /* what is below a branch follows it, before the next branch or element on the way */
  for (uint32_t at = 0, branch = 0; at < places->count; at++) {
    if (found->on_way[at] || found->on_way[places->parent[at]]) branch = at;
    found->branch[at] = branch;
    found->fork[at] = found->on_way[at] ? at : places->parent[branch];
  }
  return 1;
}

static int count_twins(const Places *places, Scratch *scratch, const Branches *found, const Sums *sums, Twins *twins) {
  const size_t count = places->count;
  uint32_t *group = take(scratch, count, sizeof *group);
  double *number = take(scratch, count, sizeof *number), *kept = take(scratch, count, sizeof *kept);
  double *total = take(scratch, count, sizeof *total);
  *twins = (Twins){.number = take(scratch, count, sizeof(double)),
                   .settled = take(scratch, count, sizeof(double)),
                   .length = take(scratch, count, sizeof(double))};
  Groups groups;
  if (!group || !number || !kept || !total || !twins->number || !twins->settled || !twins->length ||
      !make_groups(&groups, scratch, count, 0))
    return 0;
  for (uint32_t at = 0; at < count; at++) {
    if (found->branch[at] != at || found->on_way[at]) continue;
    const uint32_t of = group[at] = number_of_pair(&groups, found->fork[at], places->signature[at]);
    number[of]++;
    kept[of] += sums->of[SETTLED][at];
    total[of] += sums->of[LENGTH_OF][at];
  }
  for (uint32_t at = 0; at < count; at++) {
    if (found->branch[at] != at || found->on_way[at]) continue;
    const uint32_t of = group[at];
    const int alone = number[of] <= 1;
    twins->number[at] = number[of];
    twins->settled[at] = alone ? -1 : (kept[of] - sums->of[SETTLED][at]) / at_least_one(total[of] - sums->of[LENGTH_OF][at]);
    twins->length[at] = alone ? 0 : total[of] / number[of];
  }
  return 1;
}

/* How each line stands to the holder, and what its branch is; -1 for a line in no branch, but in the holder itself. */
static int fill_branches(const Asked *asked, Scratch *scratch, const Sums *sums, uint32_t holder, size_t first) {
  const Places *places = &asked->places;
  Branches found;
  Twins twins;
  if (!find_branches(places, scratch, holder, &found) || !count_twins(places, scratch, &found, sums, &twins)) return 0;
  const double whole = at_least_one(sums->of[LENGTH_OF][holder]);
  for (size_t line = 0; line < asked->size; line++) {
    const uint32_t at = places->of_line[line], fork = found.fork[at], branch = found.branch[at];
    const double length = asked->length[line], size = at_least_one(sums->of[LENGTH_OF][branch]), rest = size - length;
    const double settled = (sums->of[SETTLED][branch] - length * asked->settled[line]) / at_least_one(rest);
    const double of_branch[] = {
        sums->of[LINES][branch],
        size / whole,
        sums->of[LINKED][branch] / size,
        sums->of[PROSE][branch],
        rest > 0 ? settled : -1,
        size / at_least_one(sums->of[LINES][branch]),
        places->tag[branch],
        twins.number[branch],
        twins.settled[branch],
        twins.length[branch],
    };
    column(asked, first)[line] = fork == holder;
    column(asked, first + AT_most_up - AT_most_in)[line] = (float)places->depth[holder] - (float)places->depth[fork];
    column(asked, first + AT_most_down - AT_most_in)[line] = (float)places->depth[at] - (float)places->depth[fork];
    for (size_t each = 0; each < sizeof of_branch / sizeof *of_branch; each++) {
      column(asked, first + AT_most_lines - AT_most_in + each)[line] = found.on_way[branch] ? -1 : (float)of_branch[each];
    }
  }
  return 1;
}

/* The lines of each kin, how many of the others are kept, and their mean length. */
static int fill_kin(const Asked *asked, Scratch *scratch, const uint32_t *kin, size_t kins, size_t first) {
  double *members = take(scratch, kins, sizeof *members), *settled = take(scratch, kins, sizeof *settled);
  double *length = take(scratch, kins, sizeof *length);
  if (!members || !settled || !length) return 0;
  for (size_t line = 0; line < asked->size; line++) {
    members[kin[line]]++;
    settled[kin[line]] += asked->settled[line];
    length[kin[line]] += asked->length[line];
  }
  for (size_t line = 0; line < asked->size; line++) {
    const double number = members[kin[line]], others = settled[kin[line]] - asked->settled[line];
    column(asked, first)[line] = (float)number;
    column(asked, first + 1)[line] = number > 1 ? (float)(others / at_least_one(number - 1)) : -1;
    column(asked, first + 2)[line] = (float)(length[kin[line]] / number);
  }
  return 1;
}

/* The lines in elements of the same make: tag and class, tags from the root on, and those with the same parent's. */
static int fill_alike(const Asked *asked, Scratch *scratch) {
  const Places *places = &asked->places;
  uint32_t *make = take(scratch, asked->size, sizeof *make), *path = take(scratch, asked->size, sizeof *path);
  uint32_t *both = take(scratch, asked->size, sizeof *both);
  Groups groups;
  if (!make || !path || !both || !make_groups(&groups, scratch, asked->size, 0)) return 0;
  for (size_t line = 0; line < asked->size; line++) {
    const uint32_t at = places->of_line[line];
    make[line] = places->signature[at];
    path[line] = places->path[at];
    both[line] = number_of_pair(&groups, places->signature[places->parent[at]], make[line]);
  }
  return fill_kin(asked, scratch, make, places->count, AT_same_make) &&
         fill_kin(asked, scratch, path, places->count, AT_same_path) &&
         fill_kin(asked, scratch, both, groups.count, AT_same_both);
}

int fill_places(const Asked *asked, Scratch *scratch) {
  const Places *places = &asked->places;
  for (size_t line = 0; line < asked->size; line++) {
    const uint32_t at = places->of_line[line], named = places->named[at] | places->named[places->parent[at]];
    column(asked, AT_in_list)[line] = places->in_list[at];
    for (size_t name = AT_near_caption; name <= AT_near_frame; name++) {
      column(asked, name)[line] = named >> (name - AT_near_caption) & 1;
    }
  }
  Sums sums;
  if (!sum_up(asked, scratch, &sums)) return 0;
  fill_levels(asked, &sums);
  /* the holder is the deepest element with this part of the story: two are asked, for stories stand in parts */
  const uint32_t most = find_holder(places, sums.of[STORY], 0.8), half = find_holder(places, sums.of[STORY], 0.5);
  if (!fill_branches(asked, scratch, &sums, most, AT_most_in)) return 0;
  if (half == most) {
    memcpy(column(asked, AT_half_in), column(asked, AT_most_in), (AT_half_in - AT_most_in) * asked->size * sizeof(float));
  } else if (!fill_branches(asked, scratch, &sums, half, AT_half_in)) {
    return 0;
  }
  return fill_alike(asked, scratch);
}
