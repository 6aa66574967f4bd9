/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panels and margins as bytes, and what comes back of bytes that may be damaged. */
#include <string.h>

#include "history/store.h"

void pack_number(struct text *to, uint64_t v)
{
    for (; v > 127; v >>= 7)
        text_addch(to, (char)(unsigned char)(v | 128));
    text_addch(to, (char)v);
}

uint64_t unpack_number(struct packed *p)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (p->at == p->end)
            break;
        unsigned char c = *p->at++;
        if (shift == 63 && c > 1)
            break;
        v |= (uint64_t)(c & 127) << shift;
        if (c < 128)
            return v;
    }
    p->bad = true;
    return 0;
}

void pack_panel(const struct history_panel *p, struct text *to)
{
    for (size_t i = 0; i < p->n; i++) {
        text_addn(to, (const char *)p->keys + i * HISTORY_KEY, HISTORY_KEY);
        pack_number(to, p->group[i] == HISTORY_NO_GROUP ? 0 : (uint64_t)p->group[i] + 1);
        pack_number(to, p->person[i]);
    }
}

bool unpack_panel(struct history_panel *p, const void *bytes, size_t len, size_t n,
                  struct arena *arena)
{
    struct packed from = { bytes, (const unsigned char *)bytes + len, false };

    if (n > len / HISTORY_KEY)
        return false;
    unsigned char *keys = arena_array(arena, n, HISTORY_KEY);
    uint32_t *group = arena_array(arena, n, sizeof *group);
    uint32_t *person = arena_array(arena, n, sizeof *person);
    for (size_t i = 0; i < n; i++) {
        if (from.end - from.at < HISTORY_KEY)
            return false;
        memcpy(keys + i * HISTORY_KEY, from.at, HISTORY_KEY);
        from.at += HISTORY_KEY;
        uint64_t g = unpack_number(&from), who = unpack_number(&from);
        if (from.bad || g > p->n_groups || who >= n ||
            (i && memcmp(keys + (i - 1) * HISTORY_KEY, keys + i * HISTORY_KEY,
                         HISTORY_KEY) >= 0))
            return false;
        group[i] = g ? (uint32_t)(g - 1) : HISTORY_NO_GROUP;
        person[i] = (uint32_t)who;
    }
    p->n = n;
    p->keys = keys;
    p->group = group;
    p->person = person;
    return from.at == from.end;
}

void pack_margins(const struct history_margins *m, struct text *to)
{
    uint32_t before = 0;

    for (size_t c = 0; c < m->n_cells; c++) {
        pack_number(to, m->cells[c].a);
        pack_number(to, m->cells[c].b);
        pack_number(to, m->cells[c].mated);
    }
    for (size_t i = 0; i < m->n_rows; i++) {
        const struct history_margin *r = &m->rows[i];
        pack_number(to, r->person - before);
        before = r->person;
        pack_number(to, r->cell);
        pack_number(to, r->comparisons);
        pack_number(to, r->lost);
        for (size_t k = 0; k < m->n_points; k++)
            pack_number(to, r->matches[k]);
    }
}

bool unpack_margins(struct history_margins *m, const void *bytes, size_t len,
                    size_t people, struct arena *arena)
{
    struct packed from = { bytes, (const unsigned char *)bytes + len, false };
    uint64_t person = 0;

    /* a row takes no less than a byte a number */
    if (m->n_cells > len / 3 || m->n_rows > len / (4 + m->n_points))
        return false;
    m->cells = arena_array(arena, m->n_cells, sizeof *m->cells);
    m->rows = arena_array(arena, m->n_rows, sizeof *m->rows);
    uint64_t *matches = arena_array(arena, m->n_rows * m->n_points, sizeof *matches);
    for (size_t c = 0; c < m->n_cells; c++) {
        uint64_t a = unpack_number(&from), b = unpack_number(&from);
        uint64_t mated = unpack_number(&from);
        if (from.bad || a >= UINT32_MAX || b >= UINT32_MAX || mated > 1)
            return false;
        m->cells[c] = (struct history_cell){ (uint32_t)a, (uint32_t)b, mated == 1 };
    }
    for (size_t i = 0; i < m->n_rows; i++) {
        struct history_margin *r = &m->rows[i];
        uint64_t step = unpack_number(&from), cell = unpack_number(&from);
        if (from.bad || step >= people || (person += step) >= people || cell >= m->n_cells)
            return false;
        r->person = (uint32_t)person;
        r->cell = (uint32_t)cell;
        r->comparisons = unpack_number(&from);
        r->lost = unpack_number(&from);
        for (size_t k = 0; k < m->n_points; k++) {
            uint64_t x = unpack_number(&from);
            if (x > r->comparisons)
                return false;
            matches[i * m->n_points + k] = x;
        }
        r->matches = &matches[i * m->n_points];
        if (i && r[-1].person == r->person && r[-1].cell >= r->cell)
            return false;
    }
    return !from.bad && from.at == from.end;
}

void join_lines(struct text *to, const char *const *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        text_add(to, items[i]);
        text_addch(to, '\n');
    }
}

const char **split_lines(const char *text, size_t *n, struct arena *arena)
{
    size_t lines = 0;

    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    const char **items = arena_array(arena, lines, sizeof *items);
    for (*n = 0; *n < lines; ++*n) {
        size_t len = strcspn(text, "\n");
        items[*n] = arena_strndup(arena, text, len);
        text += len + 1;
    }
    return items;
}
