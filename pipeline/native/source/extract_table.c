/* What becomes of a table: `handle_table` of trafilatura, without the cells that hold nothing. */

#include "extract.h"

static const TagSet ROW_GROUPS = {[T_thead] = 1, [T_tbody] = 1, [T_tfoot] = 1};

static int is_cell(const Part *part) { return part->tag == T_td || part->tag == T_th; }

static int stands_in_nested(const Part *part, uint32_t table) {
  for (part = part->parent; part && part->tag != T_table;) part = part->parent;
  return part && part->nested == table;
}

static void fill_cell(Reader *reader, Part *own, Part *cell, uint32_t table) {
  if (!cell->first) {
    const Part *processed = process_node(reader, cell);
    if (processed) {
      own->text = shared(processed->text);
      own->tail = shared(processed->tail);
    }
    return;
  }
  own->text = shared(cell->text);
  own->tail = shared(cell->tail);
  cell->tag = T_done;
  for (Part *child = following(reader, cell, cell), *next; child; child = next) {
    next = following(reader, child, cell);
    if (child->tag == T_done) continue;
    if (child->nested == table) {
      if (child->tag == T_table && !stands_in_nested(child, table)) {
        append_block(reader, own, NULL, child);
        child->tail = no_text();
      }
      continue;
    }
    Part *processed;
    if (separates_inline(child) && !has_text(child->tail)) {
      append(own, new_part(reader, T_lb));
      child->tag = T_done;
      continue;
    }
    if (is_cell(child)) {
      child->tag = T_cell;
      processed = process_text(reader, child, 1, 1);
    } else if (is_consuming(child->tag)) {
      processed = process_text(reader, child, 1, 1);
      if (!processed && child->first) processed = child;
    } else if (child->tag == T_list) {
      Part *list = handle_list(reader, child);
      append_block(reader, own, reader->asked & RECALL ? list : NULL, child);
      continue;
    } else {
      processed = handle(reader, child, WITH_DIVISIONS);
    }
    define(reader, processed, own, 1);
    child->tag = T_done;
  }
}

/* Adds a row that holds anything. */
static void finish(Part *table, Part *row) {
  for (const Part *cell = row->first; cell; cell = cell->next) {
    if (cell->text.size || cell->first) {
      append(table, row);
      return;
    }
  }
}

Part *handle_table(Reader *reader, Part *table) {
  Part *own = new_part(reader, T_table);
  strip(reader, table, ROW_GROUPS);
  const uint32_t number = ++reader->tables;
  for (Part *part = following(reader, table, table); part;) {
    if (part->tag != T_table) {
      part = following(reader, part, table);
      continue;
    }
    Part *last = part;
    for (Part *each = part; each; each = following(reader, each, part)) each->nested = number, last = each;
    part = following(reader, last, table);
  }

  Parts cells = {0}; /* NULL before each row but the first, to which cells outside of rows belong */
  Parts captions = {0};
  for (Part *part = table->first; part; part = part->next) {
    if (part->tag == T_tr) {
      push(reader, &cells, NULL);
      for (Part *cell = part->first; cell; cell = cell->next) {
        if (is_cell(cell)) push(reader, &cells, cell);
      }
    } else if (is_cell(part)) {
      push(reader, &cells, part);
      continue;
    } else if (part->tag == T_caption) {
      Part *caption = new_part(reader, T_cell);
      caption->text = spaced_text(reader, part);
      push(reader, &captions, caption);
      for (Part *each = part; (each = following(reader, each, part));) each->tag = T_done;
    } else if (part->tag == T_table) {
      continue;
    }
    part->tag = T_done;
  }
  for (uint32_t at = 0; at < captions.count; at++) {
    Part *row = new_part(reader, T_row);
    append(row, captions.all[at]);
    finish(own, row);
  }
  Part *row = new_part(reader, T_row);
  for (uint32_t at = 0; at < cells.count; at++) {
    Part *cell = cells.all[at];
    if (!cell) {
      finish(own, row);
      row = new_part(reader, T_row);
      continue;
    }
    Part *filled = new_part(reader, T_cell);
    fill_cell(reader, filled, cell, number);
    append(row, filled);
    cell->tag = T_done;
  }
  finish(own, row);
  return own->first ? own : NULL;
}
