/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facepp: what the parts of the backend facepp have between them (facepp.c has the rest).
 * Only facepp*.c may include this.
 */
#ifndef BACKENDS_FACEPP_H
#define BACKENDS_FACEPP_H

#include "backends/facepp_read.h"
#include "backends/vendor_cloud.h"
#include "backends/vendor_gallery.h"

#define FACEPP_FOUND 5         /* results of one search, at most */

struct facepp {
    struct backend *b;
    struct cloud *cloud;
    int64_t faceset;           /* faces that one holds */
    struct vendor_names names;
    struct vendor_galleries galleries;
    pthread_mutex_t lock;
    bool points_given, points_known;
};

/* A form for an operation: multipart, with the keys in it; ends with facepp_end(). A
 * `generation` other than 0 makes it another request. */
void facepp_begin(struct facepp *s, const char *operation, const char *path,
                  unsigned generation, struct cloud_request *r);
void facepp_field(struct cloud_request *r, unsigned generation, const char *name,
                  const char *value);
void facepp_image(struct cloud_request *r, unsigned generation,
                  const struct cloud_image *im);
void facepp_end(struct cloud_request *r, unsigned generation);
/* The service's own operating points, as it gave them with an answer. */
void facepp_note_points(struct facepp *s, const struct facepp_points *points);

/* facepp_gallery.c */
int facepp_enroll(struct session *session, const void *const *templates, const size_t *len,
                  size_t n, uint64_t *gallery, struct err *err);
long facepp_search(struct session *session, uint64_t gallery, const void *probe, size_t len,
                   struct backend_candidate *to, size_t cap, struct err *err);
void facepp_drop(struct session *session, uint64_t gallery);
int facepp_remove(struct backend *b, const char *gallery, struct err *err);

#endif
