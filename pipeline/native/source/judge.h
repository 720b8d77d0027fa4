/* What the learned judge asks of each line of a page: a matrix with a column for each question. */
#ifndef NEWSFLOW_JUDGE_H
#define NEWSFLOW_JUDGE_H

#include "places.h"
#include "words.h"

enum {
  FAR = 200,         /* lines: what is further away is as good as not there */
  PROSE_LENGTH = 80, /* characters that a line of prose has more than */
  LEVELS = 4,        /* how many elements above a line, from its own on, are asked what they hold */
};
#define PROSE_LINKED 0.3

/* The columns, in the order in which the trees were trained. `settled` is what stays after the rules, `extracted` what
 * the extractor took, `prose` long sentences without links, `near_` a class or id of the line's element or the one above
 * it, `page_` the whole page. */
#define LEVEL(IS, level) \
  IS(link_##level) IS(extracted_##level) IS(settled_##level) IS(lines_##level) IS(prose_##level) IS(mean_length_##level)
#define BRANCH(IS, part)                                                                                         \
  IS(part##_in) IS(part##_up) IS(part##_down) IS(part##_lines) IS(part##_share) IS(part##_link) IS(part##_prose) \
  IS(part##_settled) IS(part##_mean) IS(part##_tag) IS(part##_twins) IS(part##_twins_settled) IS(part##_twins_length)
#define KIN(IS, kin) IS(same_##kin) IS(same_##kin##_settled) IS(same_##kin##_length)
#define AFTER(IS, what) IS(after_first_##what) IS(after_last_##what) IS(what##_before)
#define COLUMNS(IS, CALLED)                                                                                           \
  IS(length) IS(link) IS(extracted) IS(settled) IS(cut) IS(words) IS(capital_share) IS(upper_share) IS(mark_share)    \
  IS(sentence) IS(prose) IS(kind) IS(heading) IS(italic) IS(in_list) IS(near_caption) IS(near_share) IS(near_comment) \
  IS(near_frame) LEVEL(IS, 0) LEVEL(IS, 1) LEVEL(IS, 2) LEVEL(IS, 3) BRANCH(IS, most) BRANCH(IS, half) KIN(IS, make)  \
  KIN(IS, path) KIN(IS, both) CALLED(link_before, "link_at_-1") CALLED(link_after, "link_at_1") IS(link_within_5)     \
  IS(link_within_15) IS(extracted_within_15) IS(from_end) IS(after_headline) AFTER(IS, extracted) AFTER(IS, settled)  \
  AFTER(IS, prose) IS(since_extracted) IS(since_settled) IS(since_heading) IS(since_cut) IS(until_extracted)          \
  IS(until_settled) IS(copies) IS(description) IS(story_words) IS(head_words) IS(says_site) IS(page_length)           \
  IS(page_extracted) IS(page_settled) IS(page_extracted_share) IS(page_extracted_prose) IS(page_prose_share)          \
  IS(page_is_news) IS(page_is_article) IS(page_types) IS(page_authors) IS(page_dates) IS(page_has_section)            \
  IS(page_description)

#define NUMBER(name) AT_##name,
#define NUMBER_CALLED(name, called) AT_##name,
enum { COLUMNS(NUMBER, NUMBER_CALLED) ALL_COLUMNS };
enum { DECLARED_COLUMNS = ALL_COLUMNS - AT_page_is_news }; /* what the page says of itself is given */

/* What the judge is told of a page; a value for each line in each of the arrays. */
typedef struct {
  size_t size;
  float *matrix; /* by columns */
  double *length, *link, *extracted, *settled, *cut, *prose, *heading;
  Places places;
} Asked;

static inline float *column(const Asked *asked, size_t number) { return asked->matrix + number * asked->size; }

/* What is said elsewhere on the page: text whose words lines are looked for, the folded description, names of the site. */
typedef struct {
  PyObject *head, *description, *names;
} Said;

/* Fill in the columns about the words of lines, which are folded already. */
int fill_words(const Asked *, Scratch *, Text *folded, const Said *);

/* Fill in the columns about places, and those about the lines around each. */
int fill_places(const Asked *, Scratch *);
int fill_neighbours(const Asked *, Scratch *, long long headline_at);

#endif
