/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Studies of any bytes: refused with lines, or a study that keeps what study.h promises.
 */
#include "fuzz.h"
#include "model/study.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = ERR_INIT;
    struct study study;
    char path[40];
    int fd = fuzz_file(data, len, path), code = study_load(&study, path, NULL, 0, &err);

    assert((code < 0) == (err.count > 0));
    if (!code) {
        assert(*study.name && study.axes.n <= GROUP_MAX_AXES);
        study_release(&study);
    }
    err_release(&err);
    close(fd);
    return 0;
}
