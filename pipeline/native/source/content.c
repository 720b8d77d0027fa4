#include "content.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Most texts are one node's: the others are put together. */
static int join(const Node *from, const Node *behind, Content *content) {
  size_t size = 0;
  for (const Node *node = from; node != behind; node = node->next)
    if (node->content) size += strlen(node->content);
  char *all = malloc(size + 1);
  if (!all) return PyErr_NoMemory(), 0;
  size = 0;
  for (const Node *node = from; node != behind; node = node->next) {
    const size_t more = node->content ? strlen(node->content) : 0;
    if (more) memcpy(all + size, node->content, more);
    size += more;
  }
  all[size] = 0;
  *content = (Content){.text = all, .size = size, .owned = all};
  return 1;
}

int content_of_run(const Node *from, Content *content, Node **behind) {
  Node *node = (Node *)from;
  size_t count = 0;
  for (; node && is_text_node(node); node = node->next) count++;
  *behind = node;
  const char *text = count && from->content ? from->content : "";
  *content = (Content){.text = text, .size = count == 1 ? strlen(text) : 0};
  return count < 2 || join(from, node, content);
}

int is_blank(const Content *content) {
  const char *at = content->text, *end = at + content->size;
  for (size_t size; at < end; at += size)
    if (!is_space(character(at, end, &size))) return 0;
  return 1;
}

int content_of_attribute(const Attribute *attribute, Content *content) {
  const Node *value = attribute->children;
  const char *text = value && value->content && is_text_node(value) ? value->content : "";
  if (!value || !value->next) return *content = (Content){.text = text, .size = strlen(text)}, 1;
  Node *behind;
  return content_of_run(value, content, &behind);
}

int number_of_name(Names *names, const char *name) {
  const size_t at = ((uintptr_t)name ^ (uintptr_t)name >> 9) % KNOWN_NAMES;
  if (names->known[at].name == name) return names->known[at].number;
  int number = 0;
  for (int each = 0; names->names[each] && !number; each++)
    if (strcmp(names->names[each], name) == 0) number = each + 1;
  names->known[at].name = name;
  names->known[at].number = number;
  return number;
}
