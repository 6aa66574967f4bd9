/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What run.json says of the run itself: the command, the time. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "cli/comparing.h"
#include "cli/pipeline.h"
#include "cli/predictions.h"

void record_add_quoted(struct text *t, const char *s)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-+=./:,@%";

    text_addch(t, ' ');
    if (*s && !s[strspn(s, plain)]) {
        text_add(t, s);
        return;
    }
    text_addch(t, '\'');
    for (; *s; s++) {
        if (*s == '\'')
            text_add(t, "'\\''");
        else
            text_addch(t, *s);
    }
    text_addch(t, '\'');
}

/* Now, or the time that reproducible builds set. */
static time_t started(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    int64_t v;

    return epoch && num_parse_int64(epoch, &v) ? (time_t)v : time(NULL);
}

void pipeline_record(struct pipeline *p, const char *const *sets, size_t n_sets,
                     const char *const *backends, size_t n_backends)
{
    struct text t = TEXT_INIT;
    struct tm tm;
    time_t now = started();
    char stamp[40] = "";

    text_add(&t, "misid run");
    record_add_quoted(&t, p->run.inputs[0].name);
    if (p->predictions)
        predictions_add_command(p->predictions, &t);
    if (p->comparing)
        comparing_add_command(p->comparing, &t);
    if (p->study.suppress)
        text_addf(&t, " --suppress %lld", (long long)p->study.suppress);
    for (size_t i = 0; i < n_backends; i++) {
        text_add(&t, " --backend");
        record_add_quoted(&t, backends[i]);
    }
    for (size_t i = 0; i < n_sets; i++) {
        text_add(&t, " --set");
        record_add_quoted(&t, sets[i]);
    }
    p->run.command = arena_strdup(&p->run.arena, t.s);
    text_release(&t);
    p->run.study = p->study.name;
    if (gmtime_r(&now, &tm))
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &tm);
    p->run.started = arena_strdup(&p->run.arena, stamp);
}
