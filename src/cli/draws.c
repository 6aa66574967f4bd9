/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/draws.h"

#include <math.h>

int draws_check(const char *command, const struct draws *d, struct err *err)
{
    const struct {
        const char *name;
        double value, least, most;
    } options[] = {
        { "replicates", d->replicates, 100, 1e6 },
        { "permutations", d->permutations, 99, 1e6 },
        { "seed", d->seed, 0, 9007199254740991.0 },
    };
    int code = 0;

    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const double v = options[i].value;
        if (!isnan(v) && !(v >= options[i].least && v <= options[i].most && v == floor(v)))
            code = err_add(err, ERR_INPUT, "%s: --%s %.17g, expected a whole number from %.0f "
                           "to %.0f", command, options[i].name, v, options[i].least,
                           options[i].most);
    }
    return code;
}
