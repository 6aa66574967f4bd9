/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * azure: what the parts of the backend azure-face have between them (azure.c has the
 * rest). Only azure*.c may include this.
 */
#ifndef BACKENDS_AZURE_H
#define BACKENDS_AZURE_H

#include "backends/vendor_cloud.h"
#include "backends/vendor_gallery.h"

#define AZURE_IDENTIFIED 100   /* candidates that identify gives at most … */
#define AZURE_SIMILAR 1000     /* … and find similar */

struct azure {
    struct backend *b;
    struct cloud *cloud;
    const char *detect;        /* path and query of detect */
    int64_t training;          /* seconds */
    struct vendor_names names;
    struct vendor_galleries galleries;
};

/* A request with the key in its header; `path` is behind /face/VERSION. */
void azure_request(struct azure *s, const char *operation, const char *method,
                   const char *path, struct cloud_request *r);

/* azure_gallery.c */
int azure_enroll(struct session *session, const void *const *templates, const size_t *len,
                 size_t n, uint64_t *gallery, struct err *err);
long azure_search(struct session *session, uint64_t gallery, const void *probe, size_t len,
                  struct backend_candidate *to, size_t cap, struct err *err);
void azure_drop(struct session *session, uint64_t gallery);
int azure_remove(struct backend *b, const char *gallery, struct err *err);

#endif
