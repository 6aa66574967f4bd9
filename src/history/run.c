/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run as it is kept: the noun itself. */
#include <stdlib.h>
#include <string.h>

#include "history/store.h"

void history_run_init(struct history_run *r)
{
    *r = (struct history_run){ .head = { .study = "" } };
    r->head.task = r->head.dataset = r->head.dataset_hash = r->head.version = "";
    r->head.host = r->head.started = r->head.command = r->head.folder = "";
    r->head.record_hash = "";
    findings_init(&r->findings);
}

void history_run_release(struct history_run *r)
{
    free(r->claims);
    free(r->groups);
    free(r->backends);
    free(r->stages);
    free(r->panels);
    free(r->outcomes);
    free(r->margins);
    findings_release(&r->findings);
    arena_release(&r->arena);
    history_run_init(r);
}

const struct history_backend *history_backend(const struct history_run *r, const char *name)
{
    for (size_t i = 0; i < r->n_backends; i++)
        if (!strcmp(r->backends[i].name, name))
            return &r->backends[i];
    return NULL;
}

const struct history_outcomes *history_outcomes(const struct history_run *r,
                                                const char *backend)
{
    for (size_t i = 0; i < r->n_outcomes; i++)
        if (!strcmp(r->outcomes[i].backend, backend))
            return &r->outcomes[i];
    return NULL;
}

const struct history_margins *history_margins(const struct history_run *r,
                                              const char *backend)
{
    for (size_t i = 0; i < r->n_margins; i++)
        if (!strcmp(r->margins[i].backend, backend))
            return &r->margins[i];
    return NULL;
}

const struct history_group *history_group(const struct history_run *r, const char *name)
{
    for (size_t i = 0; i < r->n_groups; i++)
        if (!strcmp(r->groups[i].name, name))
            return &r->groups[i];
    return NULL;
}

void history_panel_hash(const struct history_panel *p, char hash[HASH_HEX])
{
    struct text t = TEXT_INIT;

    text_addf(&t, "%s\n%zu\n", p->secret, p->n);
    join_lines(&t, p->groups, p->n_groups);
    pack_panel(p, &t);
    hash_bytes(hash, t.s, t.len);
    text_release(&t);
}

bool history_group_within(const char *inner, const char *outer)
{
    if (!strcmp(outer, "all"))
        return true;
    for (size_t len; *outer; outer += len + (outer[len] == ';')) {
        bool found = false;
        len = strcspn(outer, ";");
        for (const char *p = inner; *p && !found;) {
            size_t n = strcspn(p, ";");
            found = n == len && !memcmp(p, outer, len);
            p += n + (p[n] == ';');
        }
        if (!found)
            return false;
    }
    return true;
}

long history_panel_find(const struct history_panel *p, const unsigned char *key)
{
    size_t lo = 0, hi = p->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = memcmp(p->keys + mid * HISTORY_KEY, key, HISTORY_KEY);
        if (!c)
            return (long)mid;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return -1;
}
