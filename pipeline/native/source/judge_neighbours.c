/* Columns about the lines around each, and about what was found before and after it. */

#include "judge.h"

static double clipped(double value) { return value < -FAR ? -FAR : value > FAR ? FAR : value; }

/* The mean of so many lines before and after each, without the line itself. */
static void fill_mean(const Asked *asked, const double *values, size_t reach, double *running, float *means) {
  const size_t size = asked->size;
  running[0] = 0;
  for (size_t at = 0; at < size; at++) running[at + 1] = running[at] + values[at];
  for (size_t at = 0; at < size; at++) {
    const size_t low = at > reach ? at - reach : 0, high = at + reach + 1 < size ? at + reach + 1 : size;
    const double others = high - low > 2 ? (double)(high - low - 1) : 1;
    means[at] = (float)((running[high] - running[low] - values[at]) / others);
  }
}

/* Lines since the last flagged line before each, and until the next one; `FAR` when there is none. */
static void fill_since(const Asked *asked, const double *flags, float *since) {
  double last = -FAR;
  for (size_t at = 0; at < asked->size; at++) {
    const double lines = (double)at - last;
    since[at] = (float)(lines < FAR ? lines : FAR);
    if (flags[at] > 0) last = (double)at;
  }
}

static void fill_until(const Asked *asked, const double *flags, float *until) {
  const size_t size = asked->size;
  double last = -FAR;
  for (size_t at = 0; at < size; at++) {
    const double lines = (double)at - last;
    until[size - 1 - at] = (float)(lines < FAR ? lines : FAR);
    if (flags[size - 1 - at] > 0) last = (double)at;
  }
}

/* Where a line stands to the first and the last of the flagged ones, and how much of their text is before it. */
static void fill_after(const Asked *asked, const double *flags, size_t first) {
  double from = -FAR, to = -FAR, whole = 0, running = 0;
  for (size_t at = asked->size; at-- > 0;) {
    if (flags[at] > 0) from = (double)at;
    if (flags[at] > 0 && to < 0) to = (double)at;
    whole += flags[at] * asked->length[at];
  }
  for (size_t at = 0; at < asked->size; at++) {
    const double weight = flags[at] * asked->length[at];
    running += weight;
    column(asked, first)[at] = (float)clipped((double)at - from);
    column(asked, first + 1)[at] = (float)clipped((double)at - to);
    column(asked, first + 2)[at] = (float)((running - weight) / (whole > 1 ? whole : 1));
  }
}

int fill_neighbours(const Asked *asked, Scratch *scratch, long long headline_at) {
  const size_t size = asked->size;
  double *running = take(scratch, size + 1, sizeof *running);
  if (!running) return 0;
  for (size_t at = 0; at < size; at++) {
    column(asked, AT_link_before)[at] = at ? (float)asked->link[at - 1] : -1;
    column(asked, AT_link_after)[at] = at + 1 < size ? (float)asked->link[at + 1] : -1;
    column(asked, AT_from_end)[at] = (float)(size - at);
    column(asked, AT_after_headline)[at] = (float)(headline_at < 0 ? 2 * FAR : clipped((double)at - (double)headline_at));
  }
  fill_mean(asked, asked->link, 5, running, column(asked, AT_link_within_5));
  fill_mean(asked, asked->link, 15, running, column(asked, AT_link_within_15));
  fill_mean(asked, asked->extracted, 15, running, column(asked, AT_extracted_within_15));
  fill_after(asked, asked->extracted, AT_after_first_extracted);
  fill_after(asked, asked->settled, AT_after_first_settled);
  fill_after(asked, asked->prose, AT_after_first_prose);
  fill_since(asked, asked->extracted, column(asked, AT_since_extracted));
  fill_since(asked, asked->settled, column(asked, AT_since_settled));
  fill_since(asked, asked->heading, column(asked, AT_since_heading));
  fill_since(asked, asked->cut, column(asked, AT_since_cut));
  fill_until(asked, asked->extracted, column(asked, AT_until_extracted));
  fill_until(asked, asked->settled, column(asked, AT_until_settled));
  return 1;
}
