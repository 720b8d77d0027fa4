/* What the attributes of a page's elements state, by the elements' numbers. */
#include <stdlib.h>
#include <string.h>

#include "memo.h"
#include "page.h"
#include "strings.h"
#include "text.h"

/* The attributes that are looked at, and the tags; in this order. */
static const char *const ATTRIBUTES[] = {"class", "id",   "href",       "rel",     "itemtype", "typeof", "itemprop",
                                         "property", "name", "http-equiv", "content", "type", "datetime", NULL};
enum { CLASS = 1, ID, HREF, REL, ITEMTYPE, TYPEOF, ITEMPROP, PROPERTY, CALLED, HTTP_EQUIV, CONTENT, TYPE, DATETIME, ATTRIBUTES_END };
static const char *const TAGS[] = {"a", "meta", "link", "title", "script", NULL};
enum { A = 1, META, LINK, TITLE, SCRIPT };

/* The columns of the answer, in the order in which Python reads them. */
enum {
  PLACES, CLASSES, IDS, NAMES, WORDS, BYLINES, HREFS, RELS, AUTHORS, METAS, LINKS, TITLES, SCRIPTS, ITEM_TYPES, PROPERTIES, SCOPES, DATETIMES, COLUMNS
};

/* Folders in which authors have their pages. */
static const char *const FOLDERS[] = {
    "author",   "authors",     "autor",        "autores", "autoren", "autori", "auteur",   "auteurs",   "profile",   "profiles",
    "journalist", "journalists", "by",         "team",    "people",  "producers", "staff", "contributor", "contributors", "writer",
    "writers",  "expert",      "experts",      "person",  "persons", "personen", "redaktion", "penulis", "yazarlar", "profil",
    "forfatter", "firmas",     NULL};

enum { MOST_LETTERS = 32 };

typedef struct {
  const Page *page;
  PyObject *tags, *numbers; /* borrowed */
  PyObject *columns;        /* a tuple */
  Strings strings, words;
  const char *of_author[MOST_LETTERS]; /* what names of by-lines hold one of, in lower case */
  uint32_t starting[256];    /* by a name's byte, which of these begin with it, a bit each */
  Memo *bylines;            /* whether a name that does is one */
  size_t most;              /* characters of class names and ids that are taken apart */
  int32_t *names_of;        /* by element the number of its class attribute, then the number of its id; -1 without */
  Names names, tag_names;
  const Attribute *attributes[ATTRIBUTES_END]; /* of the element that is looked at; NULL for those it has not */
} Reader;

static PyObject *column(Reader *reader, int at) { return PyTuple_GetItem(reader->columns, at); }

/* Append a new reference. */
static int append(PyObject *list, PyObject *object) {
  if (!object) return 0;
  const int done = PyList_Append(list, object) == 0;
  Py_DecRef(object);
  return done;
}

static PyObject *number_object(Reader *reader, int32_t number) { return PyTuple_GetItem(reader->numbers, number + 1); }

static void look_at(Reader *reader, const Node *node) {
  memset(reader->attributes, 0, sizeof reader->attributes);
  for (const Attribute *attribute = node->attributes; attribute; attribute = attribute->next) {
    const int name = attribute->namespace_ ? 0 : number_of_name(&reader->names, attribute->name);
    if (name && !reader->attributes[name]) reader->attributes[name] = attribute;
  }
}

/* What the element states, as a new reference; None when it does not, NULL when there is no memory. */
static PyObject *stated(Reader *reader, int name) {
  Content content;
  if (!reader->attributes[name]) return again(PY_NONE);
  if (!content_of_attribute(reader->attributes[name], &content)) return NULL;
  const int32_t string = string_of(&reader->strings, content, NULL);
  return string < 0 ? NULL : again(reader->strings.strings[string].string);
}

/* Whether the element states something there that is not empty. */
static int states(const Reader *reader, int name) {
  const Attribute *attribute = reader->attributes[name];
  const Node *value = attribute ? attribute->children : NULL;
  for (; value; value = value->next)
    if (value->content && value->content[0]) return 1;
  return 0;
}

/* Append a tuple of what the element states under these names, which end with 0. */
static int append_stated(Reader *reader, int to, const int *names) {
  Py_ssize_t count = 0;
  while (names[count]) count++;
  PyObject *tuple = PyTuple_New(count);
  for (Py_ssize_t at = 0; tuple && at < count; at++)
    if (!put(tuple, at, stated(reader, names[at]))) return Py_DecRef(tuple), 0;
  return append(column(reader, to), tuple);
}

/* Append a pair of the element's number and what it states. */
static int append_numbered(Reader *reader, int to, int32_t number, int name) {
  PyObject *pair = PyTuple_New(2);
  if (!pair) return 0;
  if (put(pair, 0, again(number_object(reader, number))) && put(pair, 1, stated(reader, name)))
    return append(column(reader, to), pair);
  return Py_DecRef(pair), 0;
}

static int append_text(Reader *reader, int to, const Node *node) {
  Content content;
  Node *behind;
  if (!content_of_run(node->children, &content, &behind)) return 0;
  const int done = !content.size || append(column(reader, to), PyUnicode_FromStringAndSize(content.text, (Py_ssize_t)content.size));
  free(content.owned);
  return done;
}

static char lower(char each) { return each >= 'A' && each <= 'Z' ? (char)(each + 'a' - 'A') : each; }

/* Whether a text begins with these letters, which are in lower case, in any. */
static int begins(const char *text, size_t size, const char *what) {
  size_t same = 0;
  while (same < size && what[same] && lower(text[same]) == what[same]) same++;
  return !what[same];
}

/* Whether a text has them. */
static int mentions(const char *text, size_t size, const char *what) {
  for (size_t at = 0; at < size; at++)
    if (begins(text + at, size - at, what)) return 1;
  return 0;
}

/* Whether a part of an address is an authors' folder in any case. Of all characters beyond ASCII the sign of the unit
 * Kelvin alone has an ASCII letter as its lower case. */
static int is_folder(const char *part, size_t size) {
  char folder[16];
  size_t length = 0;
  for (size_t at = 0; at < size; at++) {
    if (length == sizeof folder - 1) return 0;
    if (size - at >= 3 && memcmp(part + at, "\xe2\x84\xaa", 3) == 0) {
      folder[length++] = 'k';
      at += 2;
    } else {
      folder[length++] = lower(part[at]);
    }
  }
  folder[length] = 0;
  for (int each = 0; FOLDERS[each]; each++)
    if (FOLDERS[each][0] == folder[0] && strcmp(FOLDERS[each], folder) == 0) return 1;
  return 0;
}

static int leads_to_author(const char *href, size_t size) {
  const char *end = href + size, *part = memchr(href, '/', size);
  while (part) { /* the slash before a part */
    part++;
    const char *next = memchr(part, '/', (size_t)(end - part));
    if (!next) return 0;
    const char after = next + 1 < end ? next[1] : '/';
    if (after != '/' && after != '?' && after != '#' && is_folder(part, (size_t)(next - part))) return 1;
    part = next;
  }
  return 0;
}

/* Whether a link's target is an author's page: it stands in a folder for them. */
EXPORT int newsflow_leads_to_author(PyObject *href) {
  Py_ssize_t size;
  const char *text = PyUnicode_AsUTF8AndSize(href, &size);
  return text ? leads_to_author(text, (size_t)size) : -1;
}

static int read_link(Reader *reader, int32_t number) {
  int is_author = 0;
  if (reader->attributes[HREF] || reader->attributes[REL]) {
    Content href = {.text = "", .size = 0}, rel = href;
    if (reader->attributes[HREF] && !content_of_attribute(reader->attributes[HREF], &href)) return 0;
    is_author = leads_to_author(href.text, href.size);
    free(href.owned);
    if (reader->attributes[REL] && !content_of_attribute(reader->attributes[REL], &rel)) return 0;
    is_author = is_author || mentions(rel.text, rel.size, "author");
    free(rel.owned);
  }
  return append(column(reader, HREFS), stated(reader, HREF)) && append(column(reader, RELS), stated(reader, REL)) &&
         (!is_author || PyList_Append(column(reader, AUTHORS), number_object(reader, number)) == 0);
}

static int read_script(Reader *reader, const Node *node) {
  Content type;
  if (!reader->attributes[TYPE]) return 1;
  if (!content_of_attribute(reader->attributes[TYPE], &type)) return 0;
  const int is_linked_data = mentions(type.text, type.size, "ld+json");
  free(type.owned);
  return !is_linked_data || append_text(reader, SCRIPTS, node);
}

static int read_by_tag(Reader *reader, int32_t number, const Node *node, int tag) {
  static const int META_NAMES[] = {CONTENT, CALLED, PROPERTY, ITEMPROP, HTTP_EQUIV, 0}, LINK_NAMES[] = {HREF, REL, 0};
  if (tag == A) return read_link(reader, number);
  if (tag == META) return !states(reader, CONTENT) || append_stated(reader, METAS, META_NAMES);
  if (tag == LINK) return !states(reader, HREF) || !states(reader, REL) || append_stated(reader, LINKS, LINK_NAMES);
  if (tag == SCRIPT) return read_script(reader, node);
  const int32_t above = reader->page->parents[number];
  if (above != NO_ELEMENT && strcmp(reader->page->nodes[above]->name, "svg") == 0) return 1;
  return append_text(reader, TITLES, node);
}

/* Append the number to the list of its tag. */
static int read_place(Reader *reader, int32_t number) {
  PyObject *tag = PyList_GetItem(reader->tags, number), *places = column(reader, PLACES);
  PyObject *list = PyDict_GetItemWithError(places, tag);
  if (!list) {
    list = PyErr_Occurred() ? NULL : PyList_New(0);
    if (!list) return 0;
    const int done = PyDict_SetItem(places, tag, list) == 0;
    Py_DecRef(list);
    if (!done) return 0;
  }
  return PyList_Append(list, number_object(reader, number)) == 0;
}

/* A class attribute or an id: its number among the strings, or -1; 0 is returned when there is no memory. */
static int read_name(Reader *reader, int name, int to, int32_t element, int32_t *number) {
  Content content;
  *number = -1;
  PyObject *string = PY_NONE;
  if (reader->attributes[name]) {
    if (!content_of_attribute(reader->attributes[name], &content)) return 0;
    *number = string_of(&reader->strings, content, NULL);
    if (*number < 0) return 0;
    string = reader->strings.strings[*number].string;
  }
  PyList_SetItem(column(reader, to), element, again(string));
  return 1;
}

static int read_element(Reader *reader, int32_t number) {
  const Node *node = reader->page->nodes[number];
  const int tag = number_of_name(&reader->tag_names, node->name);
  look_at(reader, node);
  if (!read_name(reader, CLASS, CLASSES, number, &reader->names_of[number])) return 0;
  if (!read_name(reader, ID, IDS, number, &reader->names_of[reader->page->count + number])) return 0;
  if (!read_place(reader, number) || (tag && !read_by_tag(reader, number, node, tag))) return 0;
  if (states(reader, ITEMTYPE) && !append(column(reader, ITEM_TYPES), stated(reader, ITEMTYPE))) return 0;
  const int scope = states(reader, ITEMTYPE) ? ITEMTYPE : TYPEOF;
  if (states(reader, scope) && !append_numbered(reader, SCOPES, number, scope)) return 0;
  if (states(reader, DATETIME) && !append_numbered(reader, DATETIMES, number, DATETIME)) return 0;
  const int property = states(reader, ITEMPROP) || tag == META ? ITEMPROP : PROPERTY;
  return !states(reader, property) || append_numbered(reader, PROPERTIES, number, property);
}

/* The single names in a class attribute or id, as often as that stands there. */
static int read_words(Reader *reader, const String *name) {
  const char *at = name->text, *end = at + name->size, *word = NULL;
  for (size_t bytes = 0; at <= end; at += bytes) {
    const int is_over = at == end || !reader->most;
    if (is_over || is_space(character(at, end, &bytes))) {
      if (word) {
        const Content content = {.text = word, .size = (size_t)(at - word)};
        const int32_t known = string_of(&reader->words, content, content.size == name->size ? name->string : NULL);
        if (known < 0) return 0;
        reader->words.strings[known].count += name->count;
      }
      word = NULL;
      if (is_over) return 1;
    } else if (!word) {
      word = at;
    }
    reader->most--;
  }
  return 1;
}

/* The names of the page and their words: those of classes first, in their order. */
static int read_names(Reader *reader) {
  const int32_t count = reader->page->count;
  int32_t *order = malloc((reader->strings.count + 1) * sizeof *order);
  size_t listed = 0;
  if (!order) return PyErr_NoMemory(), 0;
  for (int32_t at = 0; at < 2 * count; at++) {
    const int32_t number = reader->names_of[at];
    if (number >= 0 && reader->strings.strings[number].size && !reader->strings.strings[number].count++)
      order[listed++] = number;
  }
  int done = 1;
  for (size_t at = 0; done && at < listed; at++) {
    const String *name = &reader->strings.strings[order[at]];
    done = PyList_Append(column(reader, NAMES), name->string) == 0 && read_words(reader, name);
  }
  free(order);
  for (size_t at = 0; done && at < reader->words.count; at++) {
    const String *word = &reader->words.strings[at];
    PyObject *often = PyLong_FromLongLong(word->count);
    done = often && PyDict_SetItem(column(reader, WORDS), word->string, often) == 0;
    if (often) Py_DecRef(often);
  }
  return done;
}

/* Whether a name holds one of those letters, or what may be one of them in lower case: then Python tells. */
static int may_speak(const Reader *reader, const String *name) {
  for (size_t at = 0; at < name->size; at++) {
    if (name->text[at] & 0x80) return 1;
    for (uint32_t may = reader->starting[(unsigned char)name->text[at]]; may; may &= may - 1)
      if (begins(name->text + at, name->size - at, reader->of_author[__builtin_ctz(may)])) return 1;
  }
  return 0;
}

/* Take the letters of names that speak of who wrote the page; 0 and an error set when they are none. */
static int take_letters(Reader *reader, PyObject *of_author) {
  const Py_ssize_t count = PyTuple_Size(of_author);
  if (count > MOST_LETTERS) PyErr_SetString(PyExc_ValueError, "too many letters");
  for (Py_ssize_t each = 0; each < count && count <= MOST_LETTERS; each++) {
    const char *letters = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(of_author, each), NULL);
    if (!letters) return 0;
    reader->of_author[each] = letters;
    for (int byte = 0; byte < 128; byte++)
      if (lower((char)byte) == letters[0]) reader->starting[byte] |= 1u << each;
  }
  return count >= 0 && count <= MOST_LETTERS;
}

/* The elements whose class or id speaks of who wrote the page. */
static int read_bylines(Reader *reader) {
  const int32_t count = reader->page->count;
  char *speaks = calloc(reader->strings.count + 1, 1);
  int done = speaks != NULL;
  if (!done) PyErr_NoMemory();
  for (size_t at = 0; done && at < reader->strings.count; at++) {
    const String *name = &reader->strings.strings[at];
    uint32_t answer = 0;
    done = !name->count || !may_speak(reader, name) || memo_ask(reader->bylines, name->text, name->size, &answer);
    speaks[at + 1] = answer != 0;
  }
  for (int32_t at = 0; done && at < count; at++)
    if (speaks[reader->names_of[at] + 1] || speaks[reader->names_of[count + at] + 1])
      done = PyList_Append(column(reader, BYLINES), number_object(reader, at)) == 0;
  free(speaks);
  return done;
}

static int read_all(Reader *reader) {
  for (int at = 0; at < COLUMNS; at++) {
    const int is_full = at == CLASSES || at == IDS, is_dict = at == PLACES || at == WORDS;
    if (!put(reader->columns, at, is_dict ? PyDict_New() : PyList_New(is_full ? reader->page->count : 0))) return 0;
  }
  for (int32_t number = 0; number < reader->page->count; number++)
    if (!read_element(reader, number)) return 0;
  return read_names(reader) && read_bylines(reader);
}

/* The columns of a page, from its capsule, its tags and the objects of its numbers; what names that speak of who wrote
 * the page hold one of, a memo of which of these do, and how many characters of names are taken apart. */
EXPORT PyObject *newsflow_columns(PyObject *capsule, PyObject *tags, PyObject *numbers, PyObject *of_author, PyObject *bylines,
                           int32_t most) {
  Reader reader = {.page = page_of(capsule), .tags = tags, .numbers = numbers, .most = (size_t)most};
  if (!reader.page || !(reader.bylines = memo_of(bylines)) || !take_letters(&reader, of_author)) return NULL;
  reader.names.names = ATTRIBUTES;
  reader.tag_names.names = TAGS;
  reader.columns = PyTuple_New(COLUMNS);
  if (!reader.columns) return NULL;
  reader.names_of = malloc((2 * (size_t)reader.page->count + 1) * sizeof *reader.names_of);
  const int done = reader.names_of ? read_all(&reader) : (PyErr_NoMemory(), 0);
  free(reader.names_of);
  forget_strings(&reader.strings);
  forget_strings(&reader.words);
  if (!done) Py_DecRef(reader.columns);
  return done ? reader.columns : NULL;
}
