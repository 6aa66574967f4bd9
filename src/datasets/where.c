/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The samples that a set's key `where` asks for. */
#include <stdlib.h>
#include <string.h>

#include "datasets/build.h"
#include "datasets/descriptor.h"

static int unknown_value(const struct build *b, const struct where *w, const char *value,
                         const struct dict *values, struct err *err)
{
    struct text known = TEXT_INIT;

    for (uint32_t i = 0, shown = 0; i < values->n && shown < 20; i++)
        if (*dict_at(values, i))
            text_addf(&known, "%s%s", shown++ ? ", " : "", dict_at(values, i));
    int code = err_add(err, ERR_INPUT, "%s: where: no sample has the %s '%.60s', expected "
                       "some of %.400s", b->d->name, w->attribute, value,
                       known.len ? known.s : "nothing: it is not known of any");
    text_release(&known);
    return code;
}

/* Takes away the rows whose value is none of those asked for. */
static int apply(const struct build *b, const struct where *w, bool *kept, struct err *err)
{
    long at = roster_need_attribute(b->r, w->attribute, err);

    if (at < 0)
        return ERR_INPUT;
    const struct dict *values = &b->r->attributes[at].column.values;
    bool *wanted = mem_array(values->n + 1, sizeof *wanted);
    int code = 0;
    for (size_t i = 0; i < w->n && !code; i++) {
        uint32_t v = *w->values[i] ? dict_find(values, w->values[i]) : DICT_NONE;
        if (v == DICT_NONE)
            code = unknown_value(b, w, w->values[i], values, err);
        else
            wanted[v] = true;
    }
    for (size_t i = 0; i < b->r->n && !code; i++)
        kept[i] = kept[i] && wanted[roster_code(b->r, i, (size_t)at)];
    free(wanted);
    return code;
}

static void add_words(const struct build *b, size_t n, struct text *to)
{
    text_addf(to, "%zu of %zu samples:", n, b->r->n);
    for (size_t k = 0; k < b->x->n_wheres; k++) {
        const struct where *w = &b->x->wheres[k];
        text_addf(to, "%s %s ", k ? ";" : "", w->attribute);
        for (size_t i = 0; i < w->n; i++)
            text_addf(to, "%s%s", i ? ", " : "", w->values[i]);
    }
}

int build_choose(struct build *b, struct err *err)
{
    struct roster *r = b->r;
    bool *kept = mem_array(r->n, sizeof *kept);
    size_t *rows = mem_array(r->n, sizeof *rows), n = 0;
    uint32_t *to = mem_array(r->n, sizeof *to);
    struct text why = TEXT_INIT;
    int code = 0;

    memset(kept, true, r->n);
    for (size_t k = 0; k < b->x->n_wheres && !code; k++)
        code = apply(b, &b->x->wheres[k], kept, err);
    for (size_t i = 0; i < r->n; i++) {
        to[i] = kept[i] ? (uint32_t)n : TRIALS_GONE;
        if (kept[i])
            rows[n++] = i;
    }
    if (!code && r->n && !n)
        code = err_add(err, ERR_INPUT, "%s: where: leaves none of %zu samples", b->d->name,
                       r->n);
    if (!code && b->x->n_wheres) {
        add_words(b, n, &why);
        problems_add(b->problems, PROBLEM_LEFT_OUT, r->n - n, "%zu left out; kept: %s",
                     r->n - n, why.s);
        if (b->trials)
            trials_choose(b->trials, to);
        roster_choose(r, rows, n, why.s);
    }
    text_release(&why);
    free(kept);
    free(rows);
    free(to);
    return code;
}
