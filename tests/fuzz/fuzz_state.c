/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * States of a count that are any bytes; the first says of which kind of count. The sum at
 * the end is made to fit, for whoever makes a state can do that too. Either the state is
 * refused and the count goes on as if nothing had been, or it is added, and the count goes
 * to its end.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "state_lab.h"

/* FNV-1a by words, as count_save.c has it. */
static void seal(unsigned char *p, size_t n)
{
    uint64_t sum = 0;

    if (n < sizeof sum)
        return;
    n -= sizeof sum;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = 0;
        memcpy(&word, p + i, n - i < 8 ? n - i : 8);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
    }
    memcpy(p + n, &sum, sizeof sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct count_hooks hooks = { .save_every = 1e9 };
    struct state_lab lab;

    if (!len)
        return 0;
    unsigned char *state = malloc(len);
    memcpy(state, data + 1, len - 1);
    seal(state, len - 1);
    state_lab_begin(&lab, data[0] % STATE_KINDS);
    if (count_merge(lab.count, state, len - 1, NULL))
        assert(!count_pairs_done(lab.count));
    assert(count_work(lab.count, &hooks, NULL) == COUNT_DONE);
    assert(count_is_whole(lab.count));
    count_finish(lab.count);
    state_lab_end(&lab);
    free(state);
    return 0;
}
