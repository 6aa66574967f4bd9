/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/dose.h"

#include <math.h>
#include <string.h>

const struct dose_about dose_kinds[DOSE_KINDS] = {
    [DOSE_EXPOSURE] = { "exposure", "Exposure", "stops", -8, 8, 0, false, true, true, false },
    [DOSE_GAMMA] = { "gamma", "Gamma", "", .1, 10, 1, false, true, true, true },
    [DOSE_CONTRAST] = { "contrast", "Contrast", "", .01, 10, 1, false, true, true, true },
    [DOSE_BLUR] = { "blur", "Blur", "of 250 rows", 0, 20, 0, false, true, false, false },
    [DOSE_NOISE] = { "noise", "Noise", "levels", 0, 255, 0, false, true, false, false },
    [DOSE_RESOLUTION] = { "resolution", "Resolution", "", .001, 1, 1, false, false, true,
                          true },
    [DOSE_HEIGHT] = { "height", "Height", "rows", 1, 65535, NAN, true, false, true, true },
    [DOSE_JPEG] = { "jpeg", "JPEG quality", "", 1, 100, NAN, true, false, true, false },
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

static int parse_step(struct change *c, const char *text, size_t len, const char *where,
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

int change_parse(struct change *c, const char *text, const char *where, struct err *err)
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

void change_add_text(struct text *to, const struct change *c)
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
