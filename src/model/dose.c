/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/dose.h"

#include <math.h>
#include <string.h>

const struct dose_about dose_kinds[DOSE_KINDS] = {
    [DOSE_EXPOSURE] = { .name = "exposure", .title = "Exposure", .unit = "stops",
                        .low = -8, .high = 8, .clean = 0, .below = "less light",
                        .above = "more light" },
    [DOSE_GAMMA] = { .name = "gamma", .title = "Gamma", .unit = "", .low = .1, .high = 10,
                     .clean = 1, .below = "lower gamma", .above = "higher gamma",
                     .log = true },
    [DOSE_CONTRAST] = { .name = "contrast", .title = "Contrast", .unit = "", .low = .01,
                        .high = 10, .clean = 1, .below = "less contrast",
                        .above = "more contrast", .log = true },
    [DOSE_BLUR] = { .name = "blur", .title = "Blur", .unit = "1/250 of the height",
                    .low = 0, .high = 20, .clean = 0, .above = "blur" },
    [DOSE_NOISE] = { .name = "noise", .title = "Noise", .unit = "levels of 255", .low = 0,
                     .high = 255, .clean = 0, .above = "noise" },
    [DOSE_RESOLUTION] = { .name = "resolution", .title = "Resolution", .unit = "",
                          .low = .001, .high = 1, .clean = 1, .below = "lower resolution",
                          .log = true },
    [DOSE_HEIGHT] = { .name = "height", .title = "Height", .unit = "rows", .low = 1,
                      .high = 65535, .clean = NAN, .whole = true, .below = "fewer rows",
                      .log = true },
    [DOSE_JPEG] = { .name = "jpeg", .title = "JPEG quality", .unit = "", .low = 1,
                    .high = 100, .clean = NAN, .whole = true,
                    .below = "stronger compression" },
};

int dose_kind_find(const char *name, size_t len)
{
    for (int k = 0; k < DOSE_KINDS; k++)
        if (strlen(dose_kinds[k].name) == len && !memcmp(dose_kinds[k].name, name, len))
            return k;
    return -1;
}

void dose_kind_names(struct text *to)
{
    for (int k = 0; k < DOSE_KINDS; k++)
        text_addf(to, "%s%s", k ? ", " : "", dose_kinds[k].name);
}

const char *dose_fault(enum dose_kind kind, double value, struct text *scratch)
{
    const struct dose_about *a = &dose_kinds[kind];

    if (value >= a->low && value <= a->high && (!a->whole || value == floor(value)))
        return NULL;
    text_reset(scratch);
    text_addf(scratch, "expected a %s from %.9g to %.9g", a->whole ? "whole number" : "number",
              a->low, a->high);
    return scratch->s;
}

bool dose_is_clean(struct dose d)
{
    return d.value == dose_kinds[d.kind].clean; /* NaN equals nothing */
}

static int parse_step(struct dosage *c, const char *text, size_t len, const char *where,
                      struct err *err)
{
    const char *equals = memchr(text, '=', len);
    struct text scratch = TEXT_INIT, number = TEXT_INIT;
    int kind = dose_kind_find(text, equals ? (size_t)(equals - text) : len), code = 0;
    double value;

    if (kind < 0) {
        dose_kind_names(&scratch);
        code = err_add(err, ERR_INPUT, "%s: '%.*s' is no change of an image, expected one of "
                       "%s, as in exposure=-1", where, (int)len, text, scratch.s);
    } else {
        if (equals)
            text_addn(&number, equals + 1, (size_t)(text + len - equals) - 1);
        const char *fault = NULL;
        if (!num_parse_double(number.s, &value))
            fault = "expected a number";
        else
            fault = dose_fault((enum dose_kind)kind, value, &scratch);
        if (fault)
            code = err_add(err, ERR_INPUT, "%s: %s is '%.60s', %s", where,
                           dose_kinds[kind].name, number.s, fault);
    }
    if (!code && !dose_is_clean((struct dose){ (enum dose_kind)kind, value })) {
        if (c->n == CHANGE_MAX)
            code = err_add(err, ERR_LIMIT, "%s: more than %d changes, expected fewer", where,
                           CHANGE_MAX);
        else
            c->steps[c->n++] = (struct dose){ (enum dose_kind)kind, value };
    }
    text_release(&scratch);
    text_release(&number);
    return code;
}

int change_parse(struct dosage *c, const char *text, const char *where, struct err *err)
{
    c->n = 0;
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ",");
        int code = parse_step(c, at, len, where, err);
        if (code)
            return code;
        at += len;
        if (!*at)
            return 0;
    }
}

void change_add_text(struct text *to, const struct dosage *c)
{
    char number[NUM_MAX];

    for (size_t i = 0; i < c->n; i++)
        text_addf(to, "%s%s=%s", i ? "," : "", dose_kinds[c->steps[i].kind].name,
                  num_shortest(number, c->steps[i].value));
}

bool dose_of_point(const char *point, struct dose *d)
{
    const char *equals = strchr(point, '=');
    int kind = equals ? dose_kind_find(point, (size_t)(equals - point)) : -1;
    double value;

    if (kind < 0 || !num_parse_double(equals + 1, &value))
        return false;
    *d = (struct dose){ (enum dose_kind)kind, value };
    return true;
}

double dose_distance(struct dose d)
{
    const struct dose_about *a = &dose_kinds[d.kind];
    double from = isnan(a->clean) ? a->high : a->clean;

    return a->log ? log2(d.value) - log2(from) : d.value - from;
}

void dose_add_words(struct text *to, struct dose d)
{
    char number[NUM_MAX];
    double v = d.value;

    switch (d.kind) {
    case DOSE_EXPOSURE:
        num_shortest(number, fabs(v));
        text_addf(to, "%s %s %s", number, fabs(v) == 1 ? "stop" : "stops",
                  v < 0 ? "darker" : "brighter");
        break;
    case DOSE_RESOLUTION:
        num_shortest(number, v * 100);
        text_addf(to, "%s %% of the resolution", number);
        break;
    case DOSE_HEIGHT:
        text_addf(to, "%s rows high", num_shortest(number, v));
        break;
    case DOSE_JPEG:
        text_addf(to, "JPEG quality %s", num_shortest(number, v));
        break;
    case DOSE_BLUR:
        text_addf(to, "blur of %s/250 of the height", num_shortest(number, v));
        break;
    case DOSE_NOISE:
        text_addf(to, "noise of %s levels", num_shortest(number, v));
        break;
    default:
        text_addf(to, "%s %s", dose_kinds[d.kind].name, num_shortest(number, v));
    }
}

void dose_add_short(struct text *to, struct dose d)
{
    char number[NUM_MAX];

    if (d.kind == DOSE_RESOLUTION) {
        text_addf(to, "%s\u00A0%%", num_shortest(number, d.value * 100));
        return;
    }
    num_shortest(number, fabs(d.value));
    text_addf(to, "%s%s", d.value < 0 ? "\u2212" : d.kind == DOSE_EXPOSURE && d.value > 0
                                                       ? "+" : "", number);
}
