/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rekognition_read: what Amazon Rekognition answers, API version 2016-06-27, held to
 * what its documentation says. Inside src/backends only.
 *
 * Nothing of an answer is believed that is not of the form documented: then the function
 * gives false, and `why` says what is wrong in words. Numbers keep the service's own
 * scale (0 to 100) but for confidences, which are in [0, 1] as everywhere here.
 *
 * Threads: any.
 */
#ifndef BACKENDS_REKOGNITION_READ_H
#define BACKENDS_REKOGNITION_READ_H

#include "backends/cloud.h"

#define REKOGNITION_TYPE 80

/* The name of the error in an answer whose status is not 200 ("ThrottlingException",
 * or "HTTP 503" if it names none), and its words. */
void rekognition_error(const struct cloud_answer *from, char type[REKOGNITION_TYPE],
                       struct text *words);

/* Of DetectFaces: every face with its box in pixels of a picture of this size, gender as
 * label in lower case, and attributes; no face is STATUS_NO_FACE. */
bool rekognition_read_faces(const struct cloud_answer *from, int width, int height,
                            struct answer *a, struct text *why);
/* Of CompareFaces: the similarity of the source to the face of the target that overlaps
 * most with `face` (shares of its sides; width 0: the largest). NaN if none does. */
bool rekognition_read_compare(const struct cloud_answer *from, const struct box *face,
                              double *score, struct text *why);
/* Of SearchFacesByImage: who was found, best first, each place once, at most `cap`; all
 * places are below `enrolled`. */
bool rekognition_read_search(const struct cloud_answer *from, size_t enrolled,
                             struct backend_candidate *to, size_t cap, size_t *n,
                             struct text *why);
/* Of IndexFaces: how many faces were added. */
bool rekognition_read_index(const struct cloud_answer *from, size_t *indexed,
                            struct text *why);
/* FaceModelVersion, where an answer has one; else "". */
void rekognition_read_version(const struct cloud_answer *from, struct text *version);

#endif
