/* SPDX-License-Identifier: 0BSD */
/*
 * plugin: an instance of the frte backend, as its options say, and images to templates.
 */
#ifndef FRTE_PLUGIN_H
#define FRTE_PLUGIN_H

#include "host/plugins/frte/engine.h"

enum frte_depth { DEPTH_24, DEPTH_8, DEPTH_AUTO };

/* What a library made first, kept while it makes more. */
struct keeping {
    struct frte_made made;
    struct frte_template *templates;
    uint8_t *bytes;
};

struct frte {
    struct engine engine;
    enum frte_depth depth;
    int description;      /* of images, as the version of the headers numbers it */
    int several;          /* all faces of an image */
    uint32_t room;        /* bytes of a template */
    uint8_t *pixels;      /* of the current image, as the library wants them */
    struct keeping enrolled;
};

/* One image: both templates of its face, or of each. */
void frte_process(struct frte *f, uint32_t want, const struct misid_image *image,
                  struct misid_result *result);
void frte_process_release(struct frte *f);

#endif
