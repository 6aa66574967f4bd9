/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/evidence.h"

#include <string.h>

bool evidence_rate(const struct tally *tally, const struct subject *about,
                   const char *group, enum corner corner, struct rate *out)
{
    struct group g;
    struct count c;

    if (group_parse(&g, &tally->axes, group, NULL) < 0 ||
        !tally_sum(tally, about->backend, about->metric, about->point, &g, &c))
        return false;
    out->x = c.x;
    out->n = corner == N_LOW ? c.n_lo : corner == N_HIGH ? c.n_hi : c.n;
    return true;
}

long evidence_backends(const struct evidence *e, const char **out, struct err *err)
{
    const struct study *s = e->study;
    const char *known[EVIDENCE_MAX];
    size_t n = tally_backends(e->tally, known, EVIDENCE_MAX);
    int code = 0;

    if (!s->n_backends) {
        memcpy(out, known, n * sizeof *out);
        return (long)n;
    }
    if (s->n_backends > EVIDENCE_MAX)
        return err_add(err, ERR_LIMIT, "%s: %zu backends, expected at most %d", s->path,
                       s->n_backends, EVIDENCE_MAX);
    for (size_t i = 0; i < s->n_backends; i++) {
        bool found = false;
        for (size_t k = 0; k < n && !found; k++)
            found = !strcmp(known[k], s->backends[i].text);
        out[i] = s->backends[i].text;
        if (found)
            continue;
        struct text names = TEXT_INIT;
        for (size_t k = 0; k < n; k++)
            text_addf(&names, "%s%s", k ? ", " : "", known[k]);
        if (s->backends[i].line)
            code = err_add(err, ERR_INPUT, "%s:%zu: backends: '%.60s' has no counts, "
                           "expected one of %s", s->path, s->backends[i].line,
                           s->backends[i].text, names.s);
        else
            code = err_add(err, ERR_INPUT, "--backend %.60s: has no counts in %s, "
                           "expected one of %s", s->backends[i].text, s->name, names.s);
        text_release(&names);
    }
    return code ? code : (long)s->n_backends;
}

const struct method *evidence_method(const struct study *study,
                                     enum study_quantity quantity, size_t i)
{
    return method_find(study->methods[quantity].names[i].text);
}

bool evidence_disjoint(const struct study *study, const char *a, const char *b)
{
    struct group x, y;

    if (group_parse(&x, &study->axes, a, NULL) < 0 ||
        group_parse(&y, &study->axes, b, NULL) < 0)
        return false;
    for (size_t i = 0; i < study->axes.n; i++)
        if (x.value[i] != GROUP_OPEN && y.value[i] != GROUP_OPEN &&
            x.value[i] != y.value[i])
            return true;
    return false;
}
