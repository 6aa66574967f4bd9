/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/format.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/metric.h"

#define DECIMALS_MAX 7
#define NOTHING 1e-12 /* limits that rounding left beside an exact 0 */

enum unit unit_of(const char *name)
{
    const char *kind = metric_kind(name);

    if (!strcmp(kind, "difference") || !strcmp(kind, "rise_difference") ||
        metric_is_paired(name))
        return UNIT_POINTS;
    if (!strcmp(kind, "ratio") || !strcmp(kind, "share_ratio") ||
        !strcmp(kind, "max_min"))
        return UNIT_RATIO;
    const struct metric *metric = metric_find(name);
    return metric && metric->amount ? UNIT_AMOUNT : UNIT_RATE;
}

int format_decimals(enum unit unit, double v)
{
    if (!isfinite(v))
        return 1;
    if (unit == UNIT_RATIO)
        return fabs(v) >= 99.95 ? 0 : fabs(v) >= 9.995 ? 1 : 2;
    if (unit == UNIT_AMOUNT)
        return fabs(v) < NOTHING ? 0
                                 : (int)fmin(DECIMALS_MAX, fmax(0, 2 - floor(log10(fabs(v)))));
    double percent = fabs(v) * 100;
    if (percent < NOTHING || percent >= .9995)
        return 1;
    int decimals = 1 - (int)floor(log10(percent));
    return decimals < DECIMALS_MAX ? decimals : DECIMALS_MAX;
}

static int bounded(double decimals)
{
    return (int)fmin(DECIMALS_MAX, fmax(1, decimals));
}

int format_decimals_column(enum unit unit, const double *v, size_t n)
{
    double least = INFINITY, most = 0;

    if (unit == UNIT_RATIO || unit == UNIT_AMOUNT)
        return FORMAT_OWN;
    for (size_t i = 0; i < n; i++) {
        double percent = fabs(v[i]) * 100;
        if (!isfinite(percent) || percent < NOTHING)
            continue;
        least = fmin(least, percent);
        most = fmax(most, percent);
    }
    if (!isfinite(least))
        return 1;
    if (unit == UNIT_POINTS)
        return bounded(2 - floor(log10(most)));
    return bounded(fmax(ceil(-log10(2 * least)), most < 1 ? 2 : 1));
}

void format_bare(struct text *to, enum unit unit, double v, int decimals)
{
    char buf[64];

    if (isnan(v)) {
        text_add(to, "–");
        return;
    }
    if (isinf(v)) {
        text_add(to, v < 0 ? "−∞" : "∞");
        return;
    }
    if (decimals < 0)
        decimals = format_decimals(unit, v);
    double shown = unit == UNIT_RATIO || unit == UNIT_AMOUNT ? v : v * 100;
    if (fabs(shown) < NOTHING ||
        (unit == UNIT_RATE && fabs(shown - 100) < NOTHING)) {
        text_add(to, shown > 50 ? "100" : "0");
        return;
    }
    snprintf(buf, sizeof buf, "%.*f", decimals, fabs(shown));
    if (shown < 0 && strspn(buf, "0.") != strlen(buf))
        text_add(to, "−");
    text_add(to, buf);
}

void format_value(struct text *to, enum unit unit, double v, int decimals)
{
    format_bare(to, unit, v, decimals);
    if (isnan(v))
        return;
    text_add(to, unit == UNIT_RATE ? " %" : unit == UNIT_POINTS ? " points" : "");
}

void format_interval(struct text *to, enum unit unit, double lo, double hi,
                     int decimals)
{
    if (isnan(lo) && isnan(hi))
        return;
    text_add(to, "[");
    format_bare(to, unit, lo, decimals);
    text_add(to, ", ");
    format_bare(to, unit, isnan(hi) ? INFINITY : hi, decimals);
    text_add(to, isfinite(hi) ? "]" : ")");
}

void format_estimate(struct text *to, enum unit unit, double v, double lo, double hi)
{
    int decimals = FORMAT_OWN;

    if (unit == UNIT_RATE || unit == UNIT_AMOUNT)
        decimals = format_decimals(unit, v == 0 && hi > 0 ? hi : v);
    else if (unit == UNIT_POINTS) /* may well be near 0 in a wide interval */
        decimals = format_decimals(unit, fmax(fabs(v), fmax(fabs(lo), fabs(hi))));
    format_value(to, unit, v, decimals);
    if (isnan(lo) && isnan(hi))
        return;
    text_add(to, " ");
    format_interval(to, unit, lo, hi, decimals);
}

void format_p(struct text *to, double p)
{
    char buf[32];

    if (isnan(p))
        return;
    if (p < .001) {
        text_add(to, "p < .001");
        return;
    }
    if (p >= .995) {
        text_add(to, "p = 1");
        return;
    }
    snprintf(buf, sizeof buf, "%.*f", p < .0995 ? 3 : 2, p);
    text_addf(to, "p = %s", buf + 1);
}

void format_count(struct text *to, int64_t n, bool thin)
{
    char buf[32];

    if (n < 0) {
        text_add(to, "–");
        return;
    }
    int len = snprintf(buf, sizeof buf, "%lld", (long long)n);
    for (int i = 0; i < len; i++) {
        if (thin && len >= 5 && i && (len - i) % 3 == 0)
            text_add(to, "\u202F");
        text_addch(to, buf[i]);
    }
}

void format_counts(struct text *to, int64_t x, int64_t n, bool thin)
{
    if (x < 0 || n < 0) {
        text_add(to, "–");
        return;
    }
    format_count(to, x, thin);
    text_add(to, "/");
    format_count(to, n, thin);
}

void format_confidence(struct text *to, double confidence)
{
    text_addf(to, "%.6g", confidence * 100);
}

/* True if s begins a bracket of numbers: "[29.3, 40.5]". */
static bool opens_interval(const char *s)
{
    size_t n;

    if (*s != '[')
        return false;
    n = 1 + strspn(s + 1, "0123456789., \xE2\x88\x92\x9E");
    return n > 1 && (s[n] == ']' || s[n] == ')');
}

/* True for the blanks around the sign of "p < .001": at `at`, the text being
 * `start`. */
static bool beside_relation(const char *start, const char *at)
{
    if (at[1] == '<' || at[1] == '=')
        return at[2] == ' ';
    return at >= start + 2 && (at[-1] == '<' || at[-1] == '=') && at[-2] == ' ';
}

/* True if `word` stands at s, and ends there. */
static bool begins_word(const char *s, const char *word)
{
    size_t n = strlen(word);

    return !strncmp(s, word, n) && !isalnum((unsigned char)s[n]);
}

void format_bind(struct text *to, const char *s)
{
    bool inside = false;

    for (const char *start = s; *s; s++) {
        if (opens_interval(s))
            inside = true;
        else if (*s == ']' || *s == ')')
            inside = false;
        if (*s == ' ' && (inside || beside_relation(start, s) ||
                          (s > start && isdigit((unsigned char)s[-1]) &&
                           (s[1] == '%' || begins_word(s + 1, "points"))) ||
                          opens_interval(s + 1)))
            text_add(to, "\u00A0");
        else
            text_addch(to, *s);
    }
}
