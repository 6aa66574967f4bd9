/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status: what became of one sample. The one list.
 *
 * A sample that cannot be used is data, not an error: it keeps its row, with a
 * status and a reason in words, and is counted with its group, because dropping
 * it would hide who it happens to. The order is that of the way through the
 * program: the file, its pixels, the matcher.
 *
 * Invariants: the names are what `status` columns and JSON hold, and never
 * change their meaning. STATUS_OK is 0. A reason may stand beside `ok`, where
 * something is worth knowing ("ICC profile is damaged: taken as sRGB").
 */
#ifndef MODEL_STATUS_H
#define MODEL_STATUS_H

#include <stdbool.h>

enum status {
    STATUS_OK,            /* ok */

    /* the file */
    STATUS_REFUSED_PATH,  /* refused-path: leads out of the data set's root */
    STATUS_MISSING,       /* missing: no file of that name */
    STATUS_NOT_A_FILE,    /* not-a-file: a folder, FIFO, socket or device */
    STATUS_UNREADABLE,    /* unreadable: permission, I/O error, symlink loop */
    STATUS_EMPTY,         /* empty: no bytes */

    /* its pixels */
    STATUS_UNSUPPORTED,   /* unsupported: no format, or a kind of it, known here */
    STATUS_TRUNCATED,     /* truncated: ends before its last pixel */
    STATUS_CORRUPT,       /* corrupt: breaks the rules of its own format */
    STATUS_TOO_LARGE,     /* too-large: more bytes or pixels than the bound */
    STATUS_NO_REGION,     /* no-region: the box or landmarks asked for are absent
                             or mark nothing in the picture */

    /* the matcher */
    STATUS_NO_FACE,       /* no-face */
    STATUS_SEVERAL_FACES, /* several-faces: where one is required */
    STATUS_REFUSED,       /* refused: it would not process this image */
    STATUS_TIMEOUT,       /* timeout */
    STATUS_CRASHED,       /* crashed: it ended while at work on this sample */
    STATUS_ERROR,         /* error: anything else that it reports */

    STATUS_COUNT
};

enum status_kind {
    STATUS_KIND_OK,
    STATUS_KIND_MISSING,    /* there is no such file to look at */
    STATUS_KIND_UNREADABLE, /* there is something, but no picture to be had */
    STATUS_KIND_MATCHER,    /* the picture was fine; failures to enrol and such */
};

/* The name in files: "ok", "refused-path" … */
const char *status_name(enum status status);
/* A few words for people: "leads out of the data set's root". */
const char *status_about(enum status status);
enum status_kind status_kind(enum status status);
/* The status of that name; false if there is none. */
bool status_parse(const char *name, enum status *status);

#endif
