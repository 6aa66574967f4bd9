/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kairos: what the parts of the backend kairos have between them (kairos.c has the rest).
 * Only kairos*.c may include this.
 */
#ifndef BACKENDS_KAIROS_H
#define BACKENDS_KAIROS_H

#include "backends/kairos_read.h"
#include "backends/vendor_cloud.h"
#include "backends/vendor_gallery.h"

#define KAIROS_FOUND 100       /* candidates that are asked for, at most */
#define KAIROS_SUBJECT 48      /* bytes of a subject's name, and its 0 */

struct kairos {
    struct backend *b;
    struct cloud *cloud;
    double threshold;          /* of recognize */
    struct vendor_galleries galleries;
    pthread_mutex_t lock;      /* of the subjects of verify: */
    char verified[VENDOR_GALLERY_NAME]; /* their gallery; "" before there is one */
    struct dict subjects;      /* by name; and beside it … */
    bool *enrolled;            /* … whether Kairos took the picture */
    size_t cap;
};

extern const struct cloud_limits kairos_limits;

/* A request with the keys in its headers. */
void kairos_request(struct kairos *s, const char *operation, const char *path,
                    struct cloud_request *r);
void kairos_sign(struct cloud_request *r);

/* kairos_gallery.c */
/* Enrolls n pictures as subjects of a gallery. took[i]: Kairos took it; else the first
 * reason is added to `why`. */
int kairos_enroll_all(struct kairos *s, const char *gallery,
                      const char (*subjects)[KAIROS_SUBJECT],
                      const struct cloud_image *images, size_t n, bool *took,
                      struct text *why, struct err *err);
int kairos_compare(struct session *session, const void *const *a, const size_t *a_len,
                   const void *const *b, const size_t *b_len, size_t n, double *scores,
                   struct err *err);
int kairos_enroll(struct session *session, const void *const *templates, const size_t *len,
                  size_t n, uint64_t *gallery, struct err *err);
long kairos_search(struct session *session, uint64_t gallery, const void *probe, size_t len,
                   struct backend_candidate *to, size_t cap, struct err *err);
void kairos_drop(struct session *session, uint64_t gallery);
int kairos_remove(struct backend *b, const char *gallery, struct err *err);

#endif
