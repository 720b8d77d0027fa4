/* The extraction of an article's text: trafilatura's main extractor over a light copy of the page.
 *
 * `extract.c` is the order of the steps, `extract_tree.c` the copy and what is done to trees, `extract_clean.c` what
 * trafilatura does to a page before it reads, `extract_prune.c` how it prunes what it reads, `extract_handle.c` and
 * `extract_table.c` what becomes of an element, `extract_shown.c` how much the page shows,
 * `extract_paragraphs.c` jusText's paragraphs. A step that meets what is not done here leaves at once by `stop`; all
 * memory is the arena's.
 */
#ifndef NEWSFLOW_EXTRACT_H
#define NEWSFLOW_EXTRACT_H

#include <setjmp.h>

#include "memo.h"
#include "text.h"
#include "tree.h"

/* All tags that are told apart, in the order of their names. */
#define TAGS(X)                                                                                                         \
  X(a) X(abbr) X(acronym) X(address) X(applet) X(area) X(article) X(aside) X(audio) X(b) X(bdi) X(bdo) X(big) X(blink)   \
  X(blockquote) X(body) X(br) X(button) X(canvas) X(caption) X(cell) X(cite) X(code) X(data) X(datalist) X(dd) X(del)    \
  X(details) X(dfn) X(dialog) X(div) X(dl) X(done) X(dt) X(em) X(embed) X(fencedframe) X(fieldset) X(figcaption) X(figure) X(font)     \
  X(footer) X(form) X(frame) X(frameset) X(graphic) X(h1) X(h2) X(h3) X(h4) X(h5) X(h6) X(head) X(header) X(hgroup) X(hi) X(hr)    \
  X(i) X(iframe) X(img) X(input) X(ins) X(item) X(kbd) X(label) X(lb) X(legend) X(li) X(link) X(list) X(main) X(map)     \
  X(mark) X(marquee) X(math) X(menu) X(menuitem) X(meta) X(nav) X(nobr) X(noindex) X(noscript) X(object) X(ol)           \
  X(optgroup) X(option) X(output) X(p) X(param) X(picture) X(pre) X(progress) X(q) X(quote) X(ref) X(row) X(rp) X(rt)    \
  X(rtc) X(ruby) X(s) X(samp) X(script) X(section) X(select) X(small) X(source) X(span) X(strike) X(strong) X(style)     \
  X(sub) X(summary) X(sup) X(svg) X(table) X(tbody) X(td) X(template) X(textarea) X(tfoot) X(th) X(thead) X(time)        \
  X(tr) X(track) X(tt) X(u) X(ul) X(use) X(var) X(video) X(wbr)

enum {
  T_other, /* any other tag */
#define X(name) T_##name,
  TAGS(X)
#undef X
  TAG_COUNT
};

/* A set of tags: one byte for each. */
typedef unsigned char TagSet[TAG_COUNT];

/* The attributes that are looked at; the bit `1 << number` of `Part.has` tells that one is there. */
enum {
  A_class, A_id, A_style, A_role, A_aria_hidden, A_component, A_replacement, A_itemprop, A_lang,
  A_mark, /* the mark of what is left out */
  A_carried, /* one that trafilatura carries over: what it holds must be valid for lxml */
  A_span, /* of cells */
  A_other,
};

/* Text, which mostly lies in libxml2's tree; `at` is NULL where lxml has None. */
typedef struct {
  const char *at;
  uint32_t size, room; /* bytes, and those that can be written at `at` */
} Text;

enum { MOVED = 1, COVERED = 2, CONSUMED = 4, TABLED = 8 };

typedef struct Part Part;

/* An element of the copy. */
struct Part {
  Part *parent, *first, *last, *next, *previous;
  Text text, tail;
  const Node *source; /* whose attributes it has; NULL when it has none */
  uint16_t has;
  uint8_t tag, flags;
  uint32_t nested;  /* the table that it stands in a table of */
  /* What stands before its text and before its tail, in the text of the tree that was measured last. */
  struct { uint32_t all, solid, words, links; } start, end;
  uint32_t joined; /* whether its text goes on with the word before */
};

/* The questions about attributes that Python answers, in the order in which it gives the memos. */
enum { FOLLOWING_CLASS, FOLLOWING_ID, UNWANTED_CLASS, UNWANTED_ID, BODY_CLASS, BODY_ID, CLEANED, FILTERED, QUESTIONS };

enum { UNTOLD = 1, FAILED, NO_MEMORY }; /* why a step stops */

/* What is asked for. */
enum {
  RECALL = 1,        /* trafilatura's recall mode, else the balanced one */
  KEEP_TEASERS = 2,  /* where the frames hold too little: as without other extractors */
  WITH_COMMENTS = 4, /* on a forum */
  AS_BODY = 8,       /* the body, whatever it holds; else its text, if no other extractor may find more */
};

typedef struct Chunk Chunk;

typedef struct {
  jmp_buf leave;
  Memo *memos[QUESTIONS];
  Chunk *chunks;
  char *free, *end; /* of the newest chunk */
  struct { const char *name; uint8_t known; } tags[256], attributes[256]; /* by the names' addresses */
  const char *mark;
  int asked;
  Part *root;
  uint32_t here[TAG_COUNT]; /* how often each tag stood in the page when it was copied */
  int is_nested; /* whether an element that is deleted by its tag stands in one of that tag */
  int depth;
  uint32_t tables; /* that were read */
  long long steps; /* that are left */
} Reader;

/* Elements in an order. */
typedef struct {
  Part **all;
  uint32_t count, room;
} Parts;

/* extract_tree.c */
_Noreturn void stop(Reader *reader, int why);
void *take(Reader *reader, size_t size);
void release(Reader *reader);
void copy_page(Reader *reader, const Node *root);
const char *name_of(const Part *part);
Part *new_part(Reader *reader, int tag);
Part *copied(Reader *reader, const Part *part); /* `deepcopy`: with its tail */
void push(Reader *reader, Parts *parts, Part *part);
void append(Part *parent, Part *part);
void insert(Part *parent, Part *part, Part *before);
void delete(Reader *reader, Part *part, int keep_tail);
void strip(Reader *reader, Part *top, const TagSet tags);
Part *after(const Part *part, const Part *top);              /* the same, but not inside of the part */
void drop(Reader *reader, Part *top, int tag);               /* `strip_elements` */
int is_below(Reader *reader, const Part *part, const Part *top);

/* The next in document order below `top`, in the tree as it is now: of what was taken out, NULL after its last. */
static inline Part *following(Reader *reader, Part *part, const Part *top) {
  if (--reader->steps < 0) stop(reader, UNTOLD);
  if (part->first) return part->first;
  while (part != top) {
    if (part->next) return part->next;
    part = part->parent;
    if (!part) return NULL;
  }
  return NULL;
}

/* Text of parts. */
static inline int is_blank(unsigned char byte) { /* of ASCII: without a branch, for words are short */
  return (byte == ' ') | ((byte >= 9) & (byte <= 13)) | ((byte >= 0x1c) & (byte <= 0x1f));
}
static inline Text shared(Text text) { return text.room = 0, text; }
static inline Text no_text(void) { return (Text){0}; }
static inline Text empty_text(void) { return (Text){.at = ""}; }
void add(Reader *reader, Text *to, Text more);
Text trimmed(Reader *reader, Text text); /* `trim(text) or None` */
int has_text(Text text);                 /* `text_chars_test` */
int starts_with_space(Text text);
int ends_with_space(Text text);
Text spaced_text(Reader *reader, const Part *top); /* `" ".join(top.itertext()).strip()` */
Text text_of_all(Reader *reader, const Part *top); /* `"".join(top.itertext())` */
int holds_text(Reader *reader, const Part *top);   /* `is_text_element` */
size_t letters(Text text);                         /* `len(text or "")` */

/* The value of an attribute; `at` is NULL when it is not there. */
Text attribute(Reader *reader, const Part *part, int known);
int holds(Text text, const char *words);
int is_exactly(Text text, const char *words);
uint32_t ask(Reader *reader, int question, Text value);
/* What one of two attributes says: the one that stands first in the source. */
int first_says(const Part *part, int one, int one_says, int other, int other_says);

/* extract.c */
PyObject *tuple_of(PyObject *const *values, int count); /* takes the references; NULL when one of them is */

/* extract_paragraphs.c */
PyObject *paragraphs(Reader *reader, const Node *root);

/* extract_shown.c */
long long shown_length(Reader *reader); /* of the page as it was copied; -1 where it is not told */

/* extract_clean.c */
void delete_following(Reader *reader);
void clean_page(Reader *reader);
void convert_page(Reader *reader);
int is_deleted(int tag);

/* extract_prune.c */
void prune_sections(Reader *reader, Part *top, int keep_teasers);

/* extract_handle.c */
enum { PLAIN, WITH_DIVISIONS, IN_QUOTE }; /* which tags may stand in a paragraph */
Part *handle(Reader *reader, Part *part, int kind);
Part *process_node(Reader *reader, Part *part);
Part *process_text(Reader *reader, Part *part, int fixes_comments, int preserves_spaces);
Part *handle_list(Reader *reader, Part *list);
void define(Reader *reader, const Part *part, Part *parent, int keep_children);
void append_block(Reader *reader, Part *parent, Part *block, const Part *source);
int separates_inline(const Part *part);
int is_consuming(int tag);

/* extract_table.c */
Part *handle_table(Reader *reader, Part *table);

#endif
