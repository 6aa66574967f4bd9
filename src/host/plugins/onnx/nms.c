/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/decode.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

void faces_release(struct faces *f)
{
    free(f->items);
    *f = (struct faces){ NULL, 0, 0 };
}

void faces_add(struct faces *f, const struct face *face)
{
    const struct box *b = &face->box;
    bool good = isfinite(face->score) && isfinite(b->x) && isfinite(b->y) &&
                isfinite(b->width) && isfinite(b->height) && b->width > 0 && b->height > 0;

    for (int i = 0; face->has_points && i < LANDMARKS; i++)
        good = good && isfinite(face->points[i].x) && isfinite(face->points[i].y);
    if (!good)
        return;
    MEM_ROOM(f->items, f->n, f->cap);
    f->items[f->n++] = *face;
}

static int by_score(const void *a, const void *b)
{
    const struct face *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static double shared(double a, double a_len, double b, double b_len)
{
    double low = a > b ? a : b;
    double high = a + a_len < b + b_len ? a + a_len : b + b_len;

    return high > low ? high - low : 0;
}

static double jaccard(const struct box *a, const struct box *b)
{
    double both = shared(a->x, a->width, b->x, b->width) *
                  shared(a->y, a->height, b->y, b->height);

    return both / (a->width * a->height + b->width * b->height - both);
}

void faces_suppress(struct faces *f, double overlap)
{
    size_t kept = 0;

    if (f->n)
        qsort(f->items, f->n, sizeof *f->items, by_score);
    if (f->n > DECODE_MOST)
        f->n = DECODE_MOST;
    for (size_t i = 0; i < f->n; i++) {
        bool clear = true;
        for (size_t k = 0; k < kept && clear; k++)
            clear = !(jaccard(&f->items[k].box, &f->items[i].box) > overlap);
        if (clear)
            f->items[kept++] = f->items[i];
    }
    f->n = kept;
}
