/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facepp_read: answers of Face++ (Megvii), API 3.0, read (vendor.h). Inside src/backends
 * only.
 *
 * Shapes are those of its reference for detect, compare, search and the facesets. Where
 * it fails there is {error_message: "CODE: what"}; too many calls a second are the status
 * 403 with CONCURRENCY_LIMIT_EXCEEDED, which is VENDOR_AGAIN, other than any other 403.
 */
#ifndef BACKENDS_FACEPP_READ_H
#define BACKENDS_FACEPP_READ_H

#include "backends/vendor.h"

/* Its confidences at false match rates of 1e-3, 1e-4 and 1e-5; they are "not static". */
#define FACEPP_POINTS 3
struct facepp_points {
    double at[FACEPP_POINTS];
};

/* Faces of detect; the template of each is its face_token, as text without a 0. */
enum vendor_outcome facepp_read_detect(const struct vendor_reply *r, struct answer *to,
                                       struct vendor_said *said);
/* A confidence from 0 to 100. */
enum vendor_outcome facepp_read_compare(const struct vendor_reply *r, double *confidence,
                                        struct facepp_points *points,
                                        struct vendor_said *said);
/* face_tokens of the faceset, best first, at most `cap`. An empty faceset is
 * VENDOR_SAMPLE. */
enum vendor_outcome facepp_read_search(const struct vendor_reply *r,
                                       struct vendor_candidate *to, size_t cap, size_t *n,
                                       struct facepp_points *points,
                                       struct vendor_said *said);
/* The faceset_token of create. */
enum vendor_outcome facepp_read_create(const struct vendor_reply *r,
                                       char id[VENDOR_ID_MAX + 1], struct vendor_said *said);
/* How many were added of what addface was given; a token that was refused is
 * VENDOR_GONE, with the service's reason. */
enum vendor_outcome facepp_read_added(const struct vendor_reply *r, size_t asked,
                                      struct vendor_said *said);
enum vendor_outcome facepp_read_done(const struct vendor_reply *r, struct vendor_said *said);

#endif
