/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeds of fuzz_state: of each kind of count a state before, and behind all the work, and
 * of half of it. */
#include "seeds.h"
#include "state_lab.h"

static void put(void *self, const void *bytes, size_t n)
{
    text_addn(self, bytes, n);
}

int main(int argc, char **argv)
{
    const struct count_hooks hooks = { .save_every = 1e9 };

    if (argc != 2)
        return 2;
    for (size_t kind = 0; kind < STATE_KINDS; kind++)
        for (int half = 0; half < 3; half++) {
            struct text t = TEXT_INIT;
            struct state_lab lab;
            state_lab_begin(&lab, kind);
            if (half == 1)
                count_deal(lab.count, 0, 2, NULL);
            if (half && count_work(lab.count, &hooks, NULL) != COUNT_DONE)
                return 2;
            text_addch(&t, (char)kind);
            count_save(lab.count, put, &t);
            put_seed(argv[1], &t);
            state_lab_end(&lab);
        }
    return 0;
}
