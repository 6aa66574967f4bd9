/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/status.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *name;
    enum status_kind kind;
    const char *about;
} statuses[STATUS_COUNT] = {
    [STATUS_OK] = { "ok", STATUS_KIND_OK, "in order" },
    [STATUS_REFUSED_PATH] = { "refused-path", STATUS_KIND_MISSING,
                              "leads out of the data set's root" },
    [STATUS_MISSING] = { "missing", STATUS_KIND_MISSING, "no such file" },
    [STATUS_NOT_A_FILE] = { "not-a-file", STATUS_KIND_UNREADABLE,
                            "is a folder, FIFO, socket or device" },
    [STATUS_UNREADABLE] = { "unreadable", STATUS_KIND_UNREADABLE,
                            "the system refuses to read it" },
    [STATUS_EMPTY] = { "empty", STATUS_KIND_UNREADABLE, "holds no bytes" },
    [STATUS_UNSUPPORTED] = { "unsupported", STATUS_KIND_UNREADABLE,
                             "no image format that is known here" },
    [STATUS_TRUNCATED] = { "truncated", STATUS_KIND_UNREADABLE,
                           "ends before its last pixel" },
    [STATUS_CORRUPT] = { "corrupt", STATUS_KIND_UNREADABLE,
                         "breaks the rules of its own format" },
    [STATUS_TOO_LARGE] = { "too-large", STATUS_KIND_UNREADABLE,
                           "has more bytes or pixels than allowed" },
    [STATUS_NO_REGION] = { "no-region", STATUS_KIND_UNREADABLE,
                           "its box or landmarks mark nothing" },
    [STATUS_NO_FACE] = { "no-face", STATUS_KIND_MATCHER, "no face was found" },
    [STATUS_SEVERAL_FACES] = { "several-faces", STATUS_KIND_MATCHER,
                               "more faces than one were found" },
    [STATUS_REFUSED] = { "refused", STATUS_KIND_MATCHER,
                         "the matcher would not process it" },
    [STATUS_TIMEOUT] = { "timeout", STATUS_KIND_MATCHER,
                         "the matcher took longer than allowed" },
    [STATUS_CRASHED] = { "crashed", STATUS_KIND_MATCHER,
                         "the matcher ended while at work on it" },
    [STATUS_ERROR] = { "error", STATUS_KIND_MATCHER, "the matcher reported an error" },
};

const char *status_name(enum status status)
{
    assert((unsigned)status < STATUS_COUNT);
    return statuses[status].name;
}

const char *status_about(enum status status)
{
    assert((unsigned)status < STATUS_COUNT);
    return statuses[status].about;
}

enum status_kind status_kind(enum status status)
{
    assert((unsigned)status < STATUS_COUNT);
    return statuses[status].kind;
}

bool status_parse(const char *name, enum status *status)
{
    for (int i = 0; i < STATUS_COUNT; i++) {
        if (!strcmp(statuses[i].name, name)) {
            *status = (enum status)i;
            return true;
        }
    }
    return false;
}
