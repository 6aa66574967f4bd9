/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/matching.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/dyads.h"

#define NOBODY UINT32_MAX
#define MAX_STEPS ((size_t)1 << 30)

struct graph {
    size_t persons;
    size_t *from;      /* where the neighbours of each begin; persons + 1 */
    uint32_t *near;
    uint32_t *mate;
    /* of one search: an alternating tree from a root */
    uint32_t *parent;  /* of odd vertices, and of even ones inside a blossom */
    uint32_t *base;    /* of the blossom each is in */
    uint32_t *queue;
    bool *even, *seen; /* seen: marks of one walk to the root */
    bool *blossom;
    bool *gone;        /* in a tree without a way out: in no later path */
    uint32_t *touched; /* vertices of this tree */
    size_t n_touched, steps;
};

static void graph_init(struct graph *g, const struct dyad *list, size_t n, size_t persons)
{
    *g = (struct graph){ .persons = persons };
    g->from = mem_array(persons + 2, sizeof *g->from);
    g->near = mem_array(2 * n, sizeof *g->near);
    for (size_t i = 0; i < n; i++) {
        g->from[list[i].s + 2]++;
        g->from[list[i].t + 2]++;
    }
    for (size_t v = 2; v < persons + 2; v++)
        g->from[v] += g->from[v - 1];
    for (size_t i = 0; i < n; i++) {
        g->near[g->from[list[i].s + 1]++] = list[i].t;
        g->near[g->from[list[i].t + 1]++] = list[i].s;
    }
    uint32_t **each[] = { &g->mate, &g->parent, &g->base, &g->queue, &g->touched };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        *each[i] = mem_array(persons, sizeof **each[i]);
        memset(*each[i], 0xff, persons * sizeof **each[i]);
    }
    for (size_t v = 0; v < persons; v++)
        g->base[v] = (uint32_t)v;
    bool **flags[] = { &g->even, &g->seen, &g->blossom, &g->gone };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        *flags[i] = mem_array(persons, sizeof **flags[i]);
}

static void graph_release(struct graph *g)
{
    void *all[] = { g->from, g->near, g->mate, g->parent, g->base, g->queue, g->touched,
                    g->even, g->seen, g->blossom, g->gone };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* The base that two even vertices have in common on their ways to the root. */
static uint32_t common_base(struct graph *g, uint32_t a, uint32_t b)
{
    uint32_t at, found;

    for (at = g->base[a];; at = g->base[g->parent[g->mate[at]]]) {
        g->seen[at] = true;
        if (g->mate[at] == NOBODY)
            break; /* the root */
    }
    for (found = g->base[b]; !g->seen[found];)
        found = g->base[g->parent[g->mate[found]]];
    for (at = g->base[a];; at = g->base[g->parent[g->mate[at]]]) {
        g->seen[at] = false;
        if (g->mate[at] == NOBODY)
            break; /* the root */
    }
    return found;
}

static void mark_path(struct graph *g, uint32_t v, uint32_t base, uint32_t child)
{
    while (g->base[v] != base) {
        g->blossom[g->base[v]] = g->blossom[g->base[g->mate[v]]] = true;
        g->parent[v] = child;
        child = g->mate[v];
        v = g->parent[g->mate[v]];
    }
}

static void touch(struct graph *g, uint32_t v)
{
    g->touched[g->n_touched++] = v;
}

/* The blossom that the edge a–b closes becomes one even vertex. */
static size_t shrink(struct graph *g, uint32_t a, uint32_t b, size_t queued)
{
    uint32_t base = common_base(g, a, b);

    mark_path(g, a, base, b);
    mark_path(g, b, base, a);
    for (size_t i = 0; i < g->n_touched; i++) {
        uint32_t v = g->touched[i];
        if (!g->blossom[g->base[v]])
            continue;
        g->base[v] = base;
        if (!g->even[v]) {
            g->even[v] = true;
            g->queue[queued++] = v;
        }
    }
    g->steps += g->n_touched;
    for (size_t i = 0; i < g->n_touched; i++)
        g->blossom[g->touched[i]] = false;
    return queued;
}

/* The free end of an augmenting path from `root`, or NOBODY. */
static uint32_t search(struct graph *g, uint32_t root)
{
    size_t queued = 0;

    g->n_touched = 0;
    touch(g, root);
    g->even[root] = true;
    g->queue[queued++] = root;
    for (size_t head = 0; head < queued; head++) {
        uint32_t v = g->queue[head];
        for (size_t i = g->from[v]; i < g->from[v + 1]; i++) {
            uint32_t to = g->near[i];
            g->steps++;
            if (g->gone[to] || g->base[v] == g->base[to] || g->mate[v] == to)
                continue;
            if (to == root || (g->mate[to] != NOBODY && g->parent[g->mate[to]] != NOBODY)) {
                queued = shrink(g, v, to, queued);
            } else if (g->parent[to] == NOBODY) {
                g->parent[to] = v;
                touch(g, to);
                if (g->mate[to] == NOBODY)
                    return to;
                touch(g, g->mate[to]);
                g->even[g->mate[to]] = true;
                g->queue[queued++] = g->mate[to];
            }
        }
    }
    return NOBODY;
}

/* Forgets the tree; one without a way out leaves the graph with it. */
static void clear(struct graph *g, bool gone)
{
    for (size_t i = 0; i < g->n_touched; i++) {
        uint32_t v = g->touched[i];
        g->parent[v] = NOBODY;
        g->base[v] = v;
        g->even[v] = false;
        g->gone[v] = gone;
    }
}

static size_t match_greedily(struct graph *g)
{
    size_t size = 0;

    for (uint32_t v = 0; v < g->persons; v++)
        for (size_t i = g->from[v]; i < g->from[v + 1] && g->mate[v] == NOBODY; i++) {
            uint32_t to = g->near[i];
            if (g->mate[to] != NOBODY)
                continue;
            g->mate[v] = to;
            g->mate[to] = v;
            size++;
        }
    return size;
}

size_t matching_size(const struct dyad *list, size_t n, size_t persons)
{
    struct graph g;

    graph_init(&g, list, n, persons);
    size_t size = match_greedily(&g);
    for (uint32_t root = 0; root < persons && g.steps < MAX_STEPS; root++) {
        if (g.mate[root] != NOBODY || g.from[root] == g.from[root + 1])
            continue;
        uint32_t end = search(&g, root);
        size += end != NOBODY;
        for (uint32_t v = end, next; v != NOBODY; v = next) {
            uint32_t odd = g.parent[v];
            next = g.mate[odd];
            g.mate[v] = odd;
            g.mate[odd] = v;
        }
        clear(&g, end == NOBODY);
    }
    graph_release(&g);
    return size;
}
