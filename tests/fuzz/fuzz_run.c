/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of runs (run.json) of any bytes: refused with a line, or one that is written and
 * read again as the same. */
#include "fuzz.h"
#include "model/run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct text once = TEXT_INIT, twice = TEXT_INIT;
    struct err err = ERR_INIT;
    struct run run;
    char path[40];
    int fd = fuzz_file(data, len, path);

    run_init(&run);
    int code = run_read(&run, path, &err);
    assert((code < 0) == (err.count > 0));
    if (!code)
        run_to_json(&run, &once);
    run_release(&run);
    close(fd);
    if (!code) {
        fd = fuzz_file(once.s, once.len, path);
        run_init(&run);
        assert(run_read(&run, path, &err) == 0);
        run_to_json(&run, &twice);
        assert(!strcmp(once.s, twice.s));
        run_release(&run);
        close(fd);
    }
    err_release(&err);
    text_release(&once);
    text_release(&twice);
    return 0;
}
