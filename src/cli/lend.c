/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lend.h"

#include <math.h>
#include <stdio.h>

#include "backends/outside.h"
#include "images/encode.h"
#include "images/load.h"
#include "images/shrink.h"

static enum status load(const char *path, struct image *im, struct text *reason)
{
    struct image_workspace *ws = image_workspace_new();
    struct image_options options = IMAGE_OPTIONS_INIT;
    struct image_facts facts;
    enum status status = image_load(ws, path, &options, NULL, im, &facts, reason);

    image_workspace_free(ws);
    return status;
}

static int side(int length, double scale)
{
    return (int)fmax(1, round(length * scale));
}

static bool encode(const struct image *im, int max_side, int quality, struct text *to)
{
    const int longer = im->width > im->height ? im->width : im->height;
    struct shrinker shrinker = { NULL, 0 };
    struct image smaller = IMAGE_INIT;
    bool done = true;

    if (max_side && longer > max_side) {
        const double scale = (double)max_side / longer;
        done = image_resize(&smaller, side(im->width, scale), side(im->height, scale)) &&
               shrink_area(&shrinker, im, &smaller);
        im = &smaller;
    }
    done = done && image_encode_jpeg(im, quality, NULL, to, NULL) == 0;
    shrinker_release(&shrinker);
    image_release(&smaller);
    return done;
}

static void say(const char *line)
{
    fprintf(stderr, "misid: %s\n", line);
}

void lend_to_backends(void)
{
    backend_outside.load = load;
    backend_outside.encode = encode;
    backend_outside.say = say;
}
