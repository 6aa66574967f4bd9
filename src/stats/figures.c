/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims of type printed: do the figures of the print come out of the counts? */
#include "stats/judging.h"

#include <math.h>
#include <string.h>

static double round_to(double v, int decimals)
{
    double unit = pow(10, decimals);
    return round(v * unit) / unit;
}

/* The value of a figure among the findings in the unit of the print; *row is
 * where. NaN, and no row, if there is none. */
static double figure_value(const struct judging *j, const struct figure *f, long *row)
{
    const struct findings *all = j->findings;

    *row = findings_find(all, f->backend, f->metric, *f->group ? f->group : "all",
                         f->versus, f->point, NULL);
    if (*row < 0)
        return NAN;
    const struct finding *r = &all->rows[*row];
    switch (f->unit) {
    case PRINTED_PERCENT:
    case PRINTED_POINTS: return 100 * r->estimate;
    case PRINTED_COUNT: return (double)r->x;
    case PRINTED_RATIO: return r->estimate;
    case PRINTED_POINTS_OF_ROUNDED: {
        struct text base = TEXT_INIT;
        text_addn(&base, f->metric, strcspn(f->metric, "."));
        long a = findings_find(all, f->backend, base.s, f->group, "", f->point, NULL);
        long b = findings_find(all, f->backend, base.s, f->versus, "", f->point, NULL);
        text_release(&base);
        if (a < 0 || b < 0)
            return NAN;
        return round_to(100 * all->rows[a].estimate, f->decimals) -
               round_to(100 * all->rows[b].estimate, f->decimals);
    }
    case PRINTED_UNITS: break;
    }
    return NAN;
}

static struct claim_part *part_of(struct judging *j, struct claim *claim,
                                  const char *backend)
{
    for (size_t i = 0; i < claim->n_parts; i++)
        if (!strcmp(claim->parts[i].backend, backend))
            return &claim->parts[i];
    struct claim_part *parts = arena_array(&j->claims->arena, claim->n_parts + 1,
                                           sizeof *parts);
    if (claim->n_parts)
        memcpy(parts, claim->parts, claim->n_parts * sizeof *parts);
    claim->parts = parts;
    parts[claim->n_parts] = (struct claim_part){ .backend = backend, .p = NAN,
                                                 .verdict = VERDICT_REPRODUCED };
    return &parts[claim->n_parts++];
}

static bool is_chosen(const struct judging *j, const char *backend)
{
    if (!*backend)
        return true;
    for (size_t i = 0; i < j->n_backends; i++)
        if (!strcmp(j->backends[i], backend))
            return true;
    return false;
}

int judge_printed(struct judging *j, struct claim *claim)
{
    const struct printed *printed = j->e->printed;
    int code = 0;

    for (size_t i = 0; i < printed->n; i++) {
        const struct figure *f = &printed->figures[i];
        long row;
        if (strcmp(f->claim, claim->spec->id) || !is_chosen(j, f->backend))
            continue;
        double v = figure_value(j, f, &row);
        if (isnan(v)) {
            code = err_add(j->err, ERR_INPUT, "%s:%zu: no finding '%s' of '%s' for group "
                           "'%s', expected one to hold the printed %s against",
                           printed->path, f->line, f->metric, f->backend, f->group,
                           f->text);
            continue;
        }
        bool same = figure_matches(f, v);
        struct claim_part *part = part_of(j, claim, f->backend);
        struct finding *r = &j->findings->rows[row];
        r->note = arena_printf(&j->findings->arena, "%s%sprinted %s%s%s", r->note,
                               *r->note ? "; " : "", f->text,
                               f->unit == PRINTED_PERCENT ? " %" :
                               f->unit == PRINTED_POINTS ||
                               f->unit == PRINTED_POINTS_OF_ROUNDED ? " points" : "",
                               same ? "" : ", which these counts do not give");
        judging_add_row(j, part, row);
        if (!same)
            part->verdict = VERDICT_NOT_REPRODUCED;
        claim->figures++;
        claim->hits += same;
    }
    if (claim->figures == 0) {
        claim->verdict = VERDICT_NOT_TESTABLE; /* none of the chosen backends */
        return code;
    }
    claim->verdict = claim->hits == claim->figures ? VERDICT_REPRODUCED
                                                   : VERDICT_NOT_REPRODUCED;
    return code;
}
