/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vendor_gallery: which place of a gallery an identity at the service stands for. Inside
 * src/backends only.
 *
 * A gallery's name at the service is made of what is enrolled, so that a run and its
 * replay use the same one: "misid", a letter, 40 hexadecimal digits, and how many of the
 * same were made before in this process, or found there.
 *
 * Threads: any. Ownership: vendor_galleries_release().
 */
#ifndef BACKENDS_VENDOR_GALLERY_H
#define BACKENDS_VENDOR_GALLERY_H

#include <pthread.h>

#include "backends/vendor_cloud.h"

#define VENDOR_GALLERY_NAME 96

struct vendor_gallery {
    char name[VENDOR_GALLERY_NAME];
    size_t stem;               /* bytes of it that are made of what is in it */
    size_t n;                  /* places, with or without a face */
    size_t parts;              /* for services that need several; 0: it is one */
    struct dict ids;           /* of identities; and beside it … */
    uint32_t *place;           /* … which place each is */
    size_t cap;
};

struct vendor_galleries {
    pthread_mutex_t lock;
    struct vendor_gallery **items; /* handle − 1 */
    size_t n, cap;
    struct dict names;         /* that were given, without their number; and … */
    unsigned *given;           /* … how often */
    size_t names_cap;
};
void vendor_galleries_init(struct vendor_galleries *g);
void vendor_galleries_release(struct vendor_galleries *g);

/* An empty gallery for n templates, with its name; and with another, where that one is
 * taken at the service. */
struct vendor_gallery *vendor_gallery_new(struct vendor_galleries *g, char kind,
                                          const void *const *templates, const size_t *len,
                                          size_t n);
void vendor_gallery_rename(struct vendor_galleries *g, struct vendor_gallery *one);
void vendor_gallery_free(struct vendor_gallery *g);
void vendor_gallery_place(struct vendor_gallery *g, const char *id, size_t place);
/* The place of an identity, or DICT_NONE. */
uint32_t vendor_gallery_find(const struct vendor_gallery *g, const char *id);
/* Candidates as places, best first and each once; -1, and a line, if one is of no face
 * that was enrolled. */
long vendor_gallery_places(const struct vendor_gallery *g, const struct backend *b,
                           const struct vendor_candidate *from, size_t n,
                           struct backend_candidate *to, size_t cap, struct err *err);

/* Keeps one that is ready (-> handle); finds it again; takes it out, to be freed. */
uint64_t vendor_galleries_add(struct vendor_galleries *g, struct vendor_gallery *one);
struct vendor_gallery *vendor_galleries_find(struct vendor_galleries *g, uint64_t handle);
struct vendor_gallery *vendor_galleries_take(struct vendor_galleries *g, uint64_t handle);

/* Deletes one by the service's remove(); where that fails, the client does it at its end.
 * Of a gallery in parts, each. Frees it; NULL does nothing. */
void vendor_gallery_part_with(struct backend *b, struct cloud *c, struct vendor_gallery *g,
                              int (*remove)(struct backend *b, const char *gallery,
                                            struct err *err));
/* The name of part i at the service. */
void vendor_gallery_part(const struct vendor_gallery *g, size_t i,
                         char name[VENDOR_GALLERY_NAME]);

/* Tells people that a gallery is without some of its faces. */
void vendor_gallery_tell(const struct backend *b, size_t refused, size_t n,
                         const char *why);

#endif
