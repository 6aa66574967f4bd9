/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/clusters.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

void clusters_init(struct clusters *c)
{
    *c = (struct clusters){ .keys = DICT_INIT };
}

void clusters_release(struct clusters *c)
{
    for (size_t i = 0; i < c->keys.n; i++)
        dyads_release(&c->items[i].dyads);
    free(c->items);
    dict_release(&c->keys);
    clusters_init(c);
}

/* No name holds a control character unencoded. */
static void add_key(struct text *to, const char *backend, const char *metric,
                    const char *point, const char *group)
{
    text_addf(to, "%s\n%s\n%s\n%s", backend, metric, point, group);
}

void clusters_add(struct clusters *c, const char *backend, const char *metric,
                  const char *point, const char *group, struct dyads *dyads,
                  double borrowed)
{
    struct text key = TEXT_INIT;
    size_t n = c->keys.n;
    bool fresh;

    add_key(&key, backend, metric, point, group);
    MEM_ROOM(c->items, n, c->cap);
    dict_add(&c->keys, key.s, &fresh);
    assert(fresh);
    c->items[n] = (struct cluster){ *dyads, borrowed };
    *dyads = (struct dyads){ 0 };
    text_release(&key);
}

const struct cluster *clusters_find(const struct clusters *c, const char *backend,
                                    const char *metric, const char *point,
                                    const char *group)
{
    struct text key = TEXT_INIT;

    add_key(&key, backend, metric, point, group);
    uint32_t at = dict_find(&c->keys, key.s);
    text_release(&key);
    return at == DICT_NONE ? NULL : &c->items[at];
}
