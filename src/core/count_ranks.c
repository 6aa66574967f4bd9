/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/count_ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void count_share(struct count *c, const struct ranks *r)
{
    uint64_t side = count_plan_of(c).side;

    if (r->n == 1)
        return;
    ranks_broadcast(r, &side, sizeof side);
    if (r->rank)
        count_cut(c, (size_t)side);
    const struct count_plan plan = count_plan_of(c);
    uint8_t *left = mem_array(plan.n_blocks, sizeof *left);
    if (plan.n_blocks)
        memcpy(left, plan.done, plan.n_blocks);
    ranks_broadcast(r, left, plan.n_blocks);
    count_deal(c, r->rank, r->n, left);
    free(left);
}

struct state {
    char *bytes;
    size_t n, cap;
};

static void put(void *self, const void *bytes, size_t n)
{
    struct state *s = self;

    if (s->n + n > s->cap) {
        s->cap = s->n + n > 2 * s->cap ? s->n + n : 2 * s->cap;
        s->bytes = mem_grow(s->bytes, s->cap, 1);
    }
    memcpy(s->bytes + s->n, bytes, n);
    s->n += n;
}

static int receive(struct count *c, const struct ranks *r, size_t from, struct err *err)
{
    size_t n;
    void *bytes = ranks_receive(r, from, &n);
    struct err why = ERR_INIT;
    int code = count_merge(c, bytes, n, &why);

    if (code)
        err_add(err, code, "what rank %zu has counted %s", from, err_text(&why));
    err_release(&why);
    free(bytes);
    return code;
}

int count_gather(struct count *c, const struct ranks *r, struct err *err)
{
    int code = 0;

    for (size_t step = 1; step < r->n && !code; step *= 2) {
        if (r->rank & step) {
            struct state s = { NULL, 0, 0 };
            count_save(c, put, &s);
            ranks_send(r, r->rank - step, s.bytes, s.n);
            free(s.bytes);
            return 0;
        }
        if (r->rank + step < r->n)
            code = receive(c, r, r->rank + step, err);
    }
    return code;
}
