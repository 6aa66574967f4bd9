/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * azure_read: answers of the Azure AI Face service, read (vendor.h). Inside src/backends
 * only.
 *
 * Shapes are those of its REST reference, v1.0 to v1.2: a list of faces, largest first,
 * from detect; {isIdentical, confidence} from verify; a list a face of candidates from
 * identify; {error: {code, message, innererror}} where it fails, {statusCode, message}
 * where its gateway does. Operations that are approved for some customers only answer
 * 403 with the inner code UnsupportedFeature, and so do the attributes that Microsoft
 * retired in 2022 (gender, age and others): VENDOR_CLOSED, with the service's words.
 */
#ifndef BACKENDS_AZURE_READ_H
#define BACKENDS_AZURE_READ_H

#include "backends/vendor.h"

/* Faces of detect; the template of each is its faceId, as text without a 0. None is
 * VENDOR_SAMPLE and no-face. */
enum vendor_outcome azure_read_detect(const struct vendor_reply *r, struct answer *to,
                                      struct vendor_said *said);
enum vendor_outcome azure_read_verify(const struct vendor_reply *r, double *confidence,
                                      struct vendor_said *said);
/* Candidates of identify for the one face that was asked for, and of findsimilars: best
 * first, at most `cap`. */
enum vendor_outcome azure_read_identify(const struct vendor_reply *r,
                                        struct vendor_candidate *to, size_t cap, size_t *n,
                                        struct vendor_said *said);
enum vendor_outcome azure_read_similar(const struct vendor_reply *r,
                                       struct vendor_candidate *to, size_t cap, size_t *n,
                                       struct vendor_said *said);
/* The name `key` (personId, persistedFaceId) of what was made. */
enum vendor_outcome azure_read_made(const struct vendor_reply *r, const char *key,
                                    char id[VENDOR_ID_MAX + 1], struct vendor_said *said);
/* Whether a training has ended; one that failed is VENDOR_BREACH with its message. */
enum vendor_outcome azure_read_training(const struct vendor_reply *r, bool *ended,
                                        struct vendor_said *said);
/* Of calls that answer nothing: create, train, delete. */
enum vendor_outcome azure_read_done(const struct vendor_reply *r, struct vendor_said *said);

#endif
