/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kairos_read: answers of the Kairos face recognition API, read (vendor.h). Inside
 * src/backends only.
 *
 * Shapes are those of its reference for detect, enroll, verify, recognize and
 * gallery/remove. Where it fails there is {Errors: [{Message, ErrCode}]}, mostly under
 * the status 200: 5002 is a picture without a face, 5003 and 5004 a subject and gallery
 * that are not there, 3000 and 3001 pass.
 */
#ifndef BACKENDS_KAIROS_READ_H
#define BACKENDS_KAIROS_READ_H

#include "backends/vendor.h"

/* Faces of detect, with the confidence of the gender that it took to be the likelier,
 * and as attributes its age, glasses and the scores that it calls ethnicities. */
enum vendor_outcome kairos_read_detect(const struct vendor_reply *r, struct answer *to,
                                       struct vendor_said *said);
/* Both from 0 to 1. */
enum vendor_outcome kairos_read_verify(const struct vendor_reply *r, double *confidence,
                                       struct vendor_said *said);
/* Subjects of the gallery, each at its best face, best first, at most `cap`. That none
 * is near enough is no candidate. */
enum vendor_outcome kairos_read_recognize(const struct vendor_reply *r,
                                          struct vendor_candidate *to, size_t cap,
                                          size_t *n, struct vendor_said *said);
/* That the subject is in the gallery. */
enum vendor_outcome kairos_read_enroll(const struct vendor_reply *r, const char *subject,
                                       struct vendor_said *said);
enum vendor_outcome kairos_read_done(const struct vendor_reply *r, struct vendor_said *said);

#endif
