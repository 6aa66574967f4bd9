/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/speed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Log of the speed of one night. */
struct night {
    double value;
    int64_t at;
    bool here, base;           /* on a machine of the run's class; of the baseline */
};

struct collecting {
    const struct history_run *before, *after;
    const char *fingerprint;   /* of the baseline */
    struct night *nights;
    size_t n, cap;
};

static double speed_of(const struct history_backend *b)
{
    return b && b->images_per_second > 0 && b->calibration > 0
               ? b->images_per_second / b->calibration : NAN;
}

static int collect(const struct history_speed *s, void *arg, struct err *err)
{
    struct collecting *c = arg;
    double v = speed_of(s->backend);

    (void)err;
    if (isnan(v) || !strcmp(s->run->id, c->after->head.id))
        return 0;
    MEM_ROOM(c->nights, c->n, c->cap);
    c->nights[c->n++] = (struct night){
        log(v), s->run->at, !strcmp(s->run->host, c->after->head.host),
        s->run->at <= c->before->head.at && !strcmp(s->backend->fingerprint, c->fingerprint) };
    return 0;
}

/* The noise of the last nights, of this class of machine or of all; NaN of too few. */
static double find_noise(const struct collecting *c, bool here, size_t *nights)
{
    double apart[SPEED_NIGHTS], last = NAN;
    size_t n = 0, seen = 0;

    for (size_t i = c->n; i-- > 0 && seen < SPEED_NIGHTS;) {
        if (here && !c->nights[i].here)
            continue;
        if (!isnan(last))
            apart[n++] = fabs(c->nights[i].value - last);
        last = c->nights[i].value;
        seen++;
    }
    *nights = seen;
    return seen < SPEED_LEAST ? NAN : decide_noise(apart, n);
}

/* The mean of the baseline and nights like it before it. */
static double find_base(const struct collecting *c, double baseline, size_t *nights)
{
    double sum = 0;

    *nights = 0;
    for (size_t i = c->n; i-- > 0 && *nights < SPEED_BASE;)
        if (c->nights[i].base) {
            sum += c->nights[i].value;
            ++*nights;
        }
    if (*nights)
        return sum / (double)*nights;
    *nights = 1; /* it is not recorded itself */
    return log(baseline);
}

static void judge(const struct collecting *c, double stated, struct speed *out)
{
    double noise = stated, df = INFINITY;
    size_t nights = 0;

    if (isnan(noise)) {
        noise = find_noise(c, true, &nights);
        if (isnan(noise))
            noise = find_noise(c, false, &nights);
        df = fmax(2, floor((double)(nights ? nights - 1 : 0) / 2));
    }
    out->nights = nights;
    if (isnan(noise)) {
        out->why = "fewer than 5 nights to learn from how much a night varies";
        return;
    }
    out->judged = true;
    out->noise = noise;
    double base = find_base(c, out->before, &out->base);
    out->times = (struct decide_times){
        log(out->after) - base, noise * sqrt(1 + 1 / (double)out->base), df };
}

int speed_compare(struct history *h, const struct history_run *before,
                  const char *backend, const struct history_run *after,
                  const char *backend_after, double noise, struct speed *out,
                  struct err *err)
{
    const struct history_backend *b = history_backend(before, backend);
    const struct history_filter of = { .study = after->head.study, .backend = backend_after };
    struct collecting c = { .before = before, .after = after,
                            .fingerprint = b ? b->fingerprint : "" };
    int code = 0;

    *out = (struct speed){ .before = speed_of(b), .noise = NAN, .why = "",
                           .after = speed_of(history_backend(after, backend_after)) };
    if (isnan(out->before) || isnan(out->after)) {
        out->why = isnan(out->after) ? "the run was not timed beside a calibration"
                                     : "the baseline was not timed beside a calibration";
        return 0;
    }
    out->measured = true;
    if (h)
        code = history_each_speed(h, &of, collect, &c, err);
    if (!code)
        judge(&c, noise, out);
    free(c.nights);
    return code;
}
