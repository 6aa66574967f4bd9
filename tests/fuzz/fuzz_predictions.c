/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of answers of any bytes. Reading ends; where it does not fail, every sample
 * has at most one output a backend, a label only where it was classified, and a
 * confidence in [0, 1]; every row of the table led to an output or to a complaint;
 * and the outputs come back the same when they are written and read.
 */
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../unit/answers.h"
#include "base/text.h"
#include "fuzz.h"

static void check_backend(const struct outputs *o, const struct roster *r)
{
    bool *seen = mem_array(r->n, sizeof *seen);

    assert(*o->backend && strlen(o->backend) <= 80);
    for (size_t i = 0; i < o->n; i++) {
        const struct output *out = &o->rows[i];
        assert(out->row < r->n && !seen[out->row]);
        seen[out->row] = true;
        assert(out->status == STATUS_OK || !*out->label);
        assert(isnan(out->confidence) || (out->confidence >= 0 && out->confidence <= 1));
    }
    free(seen);
}

static void write_and_read(const struct outputs *o, const struct roster *r)
{
    struct text t = TEXT_INIT, again = TEXT_INIT;
    struct err err = ERR_INIT;
    struct outputs back;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    char *path = mem_printf("/proc/self/fd/%d", fd);

    outputs_to_csv(o, r, &t);
    assert(fd >= 0 && write(fd, t.s, t.len) == (ssize_t)t.len);
    outputs_init(&back, o->backend);
    assert(outputs_read(&back, r, path, &err) == 0 && err.count == 0);
    outputs_to_csv(&back, r, &again);
    assert(again.len == t.len && !memcmp(again.s, t.s, t.len));
    outputs_release(&back);
    text_release(&t);
    text_release(&again);
    free(path);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct recorded recorded;
    struct roster_index index;
    struct roster r;
    struct err err = ERR_INIT;
    const struct recorded_about about = { &r, &index, "six", "gender", answers_label, NULL };

    answers_roster(&r);
    roster_index_init(&index, &r);
    recorded_init(&recorded);
    int code = recorded_parse(&recorded, (const char *)data, len, "fuzz.csv", &about, &err);
    assert((code == 0) == (err.count == 0) && code == err.code);
    for (size_t i = 0; i < recorded.n && !code; i++) {
        check_backend(&recorded.backends[i], &r);
        write_and_read(&recorded.backends[i], &r);
    }
    if (!code) {
        const size_t *n = recorded.complaints.counts;
        size_t rows = recorded.files[0].rows - n[COMPLAINT_UNKNOWN_NAME] -
                      n[COMPLAINT_AMBIGUOUS_NAME], outputs = 0;
        for (size_t i = 0; i < recorded.n; i++)
            outputs += recorded.backends[i].n;
        assert(outputs + n[COMPLAINT_DUPLICATE] + n[COMPLAINT_CONTRADICTION] ==
               rows * recorded.n);
    }
    recorded_release(&recorded);
    roster_index_release(&index);
    roster_release(&r);
    err_release(&err);
    return 0;
}
