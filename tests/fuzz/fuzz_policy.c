/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies of any bytes: refused with a line, or rules that keep what policy.h promises. */
#include <math.h>

#include "fuzz.h"
#include "model/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = ERR_INIT;
    struct policy p;
    char path[40];
    int fd = fuzz_file(data, len, path), code = policy_load(&p, path, &err);

    assert((code < 0) == (err.count > 0));
    if (!code) {
        assert(p.n_rules > 0);
        for (size_t i = 0; i < p.n_rules; i++) {
            assert(p.rules[i].metric && *p.rules[i].metric);
            assert(p.rules[i].kind < POLICY_KINDS && isfinite(p.rules[i].margin));
            assert(p.rules[i].line >= 1 && !isinf(p.rules[i].bound));
        }
    }
    policy_release(&p);
    err_release(&err);
    close(fd);
    return 0;
}
