/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ibm_read: recorded answers of IBM Watson Visual Recognition, v3 detect_faces, read
 * (vendor.h). The service was withdrawn (faces in 2019, the rest in 2021): nothing is
 * asked of it any more. Inside src/backends only.
 *
 * A file holds what the service answered, in its own JSON: one answer, a list of answers,
 * or an answer a line, each {images: [{image, faces: [{age, gender, face_location}]}]}.
 * A picture is known by `image`, the name of the file that was sent, else by `source_url`
 * or `resolved_url`.
 *
 * Ownership: ibm_answers_release(). Threads: read-only once loaded. Fails when: the file
 * is not to be read, is no such JSON, is deeper than VENDOR_DEPTH_MAX, or holds two
 * answers on pictures of the same name.
 */
#ifndef BACKENDS_IBM_READ_H
#define BACKENDS_IBM_READ_H

#include "backends/vendor.h"
#include "base/dict.h"

#define IBM_FILE_MAX ((size_t)1 << 30)
#define IBM_NONE SIZE_MAX

struct ibm_answers {
    struct json_doc *docs;
    size_t n_docs, docs_cap;
    struct dict names;                 /* of the pictures; number = image */
    const struct json_value **images;
    size_t n, cap;
};

int ibm_answers_load(struct ibm_answers *to, const char *path, struct err *err);
/* The same from memory, with a 0 behind it; `path` is for messages. */
int ibm_answers_parse(struct ibm_answers *to, const char *text, size_t len,
                      const char *path, struct err *err);
void ibm_answers_release(struct ibm_answers *a);
const char *ibm_answers_name(const struct ibm_answers *a, size_t i);
/* What was answered on the picture; VENDOR_SAMPLE where that is an error, or no face. */
enum vendor_outcome ibm_read_image(const struct ibm_answers *a, size_t i,
                                   struct answer *to, struct vendor_said *said);

#endif
