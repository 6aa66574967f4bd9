/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that make no samples and add labels to those there are. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "datasets/build.h"

/* What a row is called in the tables of one kind of join. */
static void add_key(const struct build *b, size_t row, struct text *to)
{
    const struct roster *r = b->r;

    switch (b->s->join) {
    case JOIN_SUBJECT: text_add(to, roster_subject(r, row)); return;
    case JOIN_SAMPLE: text_add(to, roster_sample(r, row)); return;
    default: break;
    }
    struct text path = TEXT_INIT;
    roster_add_path(r, row, &path);
    const char *s = path.s, *base = path_basename(s), *dot = strrchr(base, '.');
    size_t prefix = strlen(r->path_prefix);
    if (b->s->join == JOIN_PATH)
        text_add(to, strncmp(s, r->path_prefix, prefix) ? s : s + prefix);
    else if (b->s->join == JOIN_FILE || !dot || dot == base)
        text_add(to, base);
    else
        text_addn(to, base, (size_t)(dot - base));
    text_release(&path);
}

static void index_rows(struct build *b)
{
    size_t cap = 0;

    b->next = mem_array(b->r->n, sizeof *b->next);
    b->hit = mem_array(b->r->n, sizeof *b->hit);
    for (size_t row = b->r->n; row-- > 0;) {
        bool fresh;
        text_reset(&b->a);
        add_key(b, row, &b->a);
        uint32_t key = dict_add(&b->keys, b->a.s, &fresh);
        if (key >= cap) {
            cap = 2 * (size_t)key + 64;
            b->first = mem_grow(b->first, cap, sizeof *b->first);
        }
        b->next[row] = fresh ? 0 : b->first[key];
        b->first[key] = (uint32_t)row + 1;
    }
    b->used = mem_array(b->keys.n, sizeof *b->used);
}

static int join_record(void *arg, const struct record *record, struct err *err)
{
    struct build *b = arg;
    bool agrees = true;

    (void)err;
    text_reset(&b->a);
    if (!template_fill(b->key, record->values, &b->a)) {
        problems_add(b->problems, PROBLEM_NO_NAME, 1, "%s:%zu", record->file,
                     record->line);
        return 0;
    }
    uint32_t key = dict_find(&b->keys, b->a.s);
    if (key == DICT_NONE) {
        enum problem kind = b->s->join == JOIN_SUBJECT ? PROBLEM_PEOPLE_WITHOUT
                                                       : PROBLEM_UNMATCHED;
        problems_add(b->problems, kind, 1, "%s (%s:%zu)", shown(&b->c, b->a.s),
                     record->file, record->line);
        return 0;
    }
    for (uint32_t row = b->first[key]; row; row = b->next[row - 1]) {
        agrees = build_take(b, row - 1, record) && agrees;
        b->hit[row - 1] = true;
    }
    if (b->used[key] && agrees)
        problems_add(b->problems, PROBLEM_DUPLICATE_ROW, 1, "%s: %s:%zu names it again",
                     shown(&b->c, b->a.s), record->file, record->line);
    b->used[key] = true;
    return 0;
}

int build_join(struct build *b, const struct place *place, struct err *err)
{
    const struct sink sink = { build_bind, join_record, b, b->problems };

    index_rows(b);
    int found = source_read(b->s, place, &sink, err);
    for (size_t row = 0; found > 0 && row < b->r->n; row++)
        if (!b->hit[row])
            problems_add(b->problems, b->s->optional ? PROBLEM_ABSENT : PROBLEM_UNLABELLED,
                         1, "%s: not in %s", shown(&b->c, roster_sample(b->r, row)),
                         b->file);
    dict_release(&b->keys);
    free(b->first);
    free(b->next);
    free(b->hit);
    free(b->used);
    b->first = b->next = NULL;
    b->hit = b->used = NULL;
    return found;
}
