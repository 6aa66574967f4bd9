/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/chain.h"

#include <math.h>

const char *const choice_names[] = { "prominent", "largest", "central", "box", "only", NULL };

static double squared_distance(const struct box *b, int width, int height)
{
    const double x = b->x + b->width / 2 - width / 2.0;
    const double y = b->y + b->height / 2 - height / 2.0;

    return x * x + y * y;
}

static double overlap(const struct box *a, const float *box)
{
    const double wide = fmin(a->x + a->width, (double)box[0] + box[2]) - fmax(a->x, box[0]);
    const double high = fmin(a->y + a->height, (double)box[1] + box[3]) - fmax(a->y, box[1]);
    const double both = wide > 0 && high > 0 ? wide * high : 0;

    return both / (a->width * a->height + (double)box[2] * box[3] - both);
}

/* The larger, the rather it is that face. */
static double merit(const struct box *b, enum choice choice, int width, int height,
                    const float *box)
{
    const double area = b->width * b->height;
    const double away = squared_distance(b, width, height);

    switch (choice) {
    case CHOICE_LARGEST:
        return area;
    case CHOICE_CENTRAL:
        return -away;
    case CHOICE_BOX:
        if (box)
            return overlap(b, box);
        break;
    case CHOICE_PROMINENT:
    case CHOICE_ONLY:
        break;
    }
    return area - 2 * away;
}

bool faces_choose(struct faces *f, enum choice choice, int width, int height,
                  const float *box)
{
    size_t best = 0;
    double most = -INFINITY;

    for (size_t i = 0; i < f->n; i++) {
        const double m = merit(&f->items[i].box, choice, width, height, box);
        if (m > most) {
            most = m;
            best = i;
        }
    }
    if (f->n && choice == CHOICE_BOX && box && !(most > 0))
        return false;
    if (best) {
        const struct face chosen = f->items[best];
        for (size_t i = best; i > 0; i--)
            f->items[i] = f->items[i - 1];
        f->items[0] = chosen;
    }
    return true;
}
