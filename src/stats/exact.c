/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/exact.h"

#include <math.h>

#include "stats/dist.h"
#include "stats/interval.h"

/* A unimodal distribution of a count between lo and hi. */
struct law {
    int64_t lo, hi, mode;
    double (*log_pdf)(const struct law *law, int64_t k);
    double (*step_up)(const struct law *law, int64_t k); /* P(k + 1)/P(k) */
    /* Binomial: `hi` trials, p and q. Hypergeometric: of `drawn`, how many are
     * among `marked` and not among `others`; p, q the share drawn and not. */
    double p, q;
    int64_t marked, others, drawn;
};

static double binomial_log(const struct law *law, int64_t k)
{
    return binomial_log_pdf((double)k, (double)(law->hi - k), law->p, law->q);
}

static double binomial_up(const struct law *law, int64_t k)
{
    return (double)(law->hi - k) / (double)(k + 1) * (law->p / law->q);
}

/* As three binomial probabilities at one p, which cancels (Loader 2000). */
static double hypergeometric_log(const struct law *law, int64_t k)
{
    int64_t other = law->drawn - k, rest = law->marked + law->others - law->drawn;

    return binomial_log_pdf((double)k, (double)(law->marked - k), law->p, law->q) +
           binomial_log_pdf((double)other, (double)(law->others - other), law->p,
                            law->q) -
           binomial_log_pdf((double)law->drawn, (double)rest, law->p, law->q);
}

static double hypergeometric_up(const struct law *law, int64_t k)
{
    return (double)(law->marked - k) / (double)(k + 1) *
           ((double)(law->drawn - k) / (double)(law->others - law->drawn + k + 1));
}

/* Moves a mode that rounding may have put beside itself. */
static void settle_mode(struct law *law)
{
    while (law->mode < law->hi && law->step_up(law, law->mode) > 1)
        law->mode++;
    while (law->mode > law->lo && law->step_up(law, law->mode - 1) < 1)
        law->mode--;
}

/* The probability of `from` and everything beyond it, away from the mode;
 * `way` is +1 upwards, −1 downwards. */
static double tail(const struct law *law, int64_t from, int way)
{
    double sum = 1, term = 1;

    for (int64_t k = from; k != (way > 0 ? law->hi : law->lo); k += way) {
        double step = way > 0 ? law->step_up(law, k) : 1 / law->step_up(law, k - 1);
        term *= step;
        sum += term;
        /* Steps shrink outwards, so a geometric series bounds what is left. */
        if (step < 1 && term * step < 1e-17 * (1 - step) * sum)
            break;
    }
    return exp(law->log_pdf(law, from) + log(sum));
}

static double two_sided(const struct law *law, int64_t observed)
{
    double limit = law->log_pdf(law, observed) + log1p(1e-7);
    int way = observed > law->mode ? 1 : -1;
    int64_t in = law->mode, out = way > 0 ? law->lo - 1 : law->hi + 1;

    if (observed == law->mode || law->log_pdf(law, law->mode) <= limit)
        return 1;
    /* `in` is too likely, `out` is not or lies outside. */
    while (in - out > 1 || out - in > 1) {
        int64_t mid = in + (out - in) / 2;
        if (law->log_pdf(law, mid) <= limit)
            out = mid;
        else
            in = mid;
    }
    double p = tail(law, observed, way);
    if (out >= law->lo && out <= law->hi)
        p += tail(law, out, -way);
    return fmin(p, 1);
}

int exact_fisher(int64_t a, int64_t b, int64_t c, int64_t d, double *p,
                 struct err *err)
{
    int code;

    if ((code = check_count("a cell of the table", a, err)) < 0 ||
        (code = check_count("a cell of the table", b, err)) < 0 ||
        (code = check_count("a cell of the table", c, err)) < 0 ||
        (code = check_count("a cell of the table", d, err)) < 0 ||
        (code = check_count("the table's total", a + b + c + d, err)) < 0)
        return code;
    int64_t n = a + b + c + d, marked = a + b, others = c + d, drawn = a + c;
    if (marked == 0 || others == 0 || drawn == 0 || drawn == n) {
        *p = 1;
        return 0;
    }
    struct law law = {
        .lo = drawn > others ? drawn - others : 0,
        .hi = drawn < marked ? drawn : marked,
        .log_pdf = hypergeometric_log,
        .step_up = hypergeometric_up,
        .p = (double)drawn / (double)n,
        .q = (double)(n - drawn) / (double)n,
        .marked = marked,
        .others = others,
        .drawn = drawn,
    };
    law.mode = (int64_t)((double)(drawn + 1) * ((double)(marked + 1) / (double)(n + 2)));
    law.mode = law.mode < law.lo ? law.lo : law.mode > law.hi ? law.hi : law.mode;
    settle_mode(&law);
    *p = two_sided(&law, a);
    return 0;
}

/* As exact_binomial(), of checked counts, 0 < p0 < 1. */
static double binomial_two_sided(int64_t x, int64_t n, double p0)
{
    struct law law = {
        .lo = 0,
        .hi = n,
        .log_pdf = binomial_log,
        .step_up = binomial_up,
        .p = p0,
        .q = 1 - p0,
    };

    law.mode = (int64_t)((double)n * p0);
    settle_mode(&law);
    return two_sided(&law, x);
}

int exact_mcnemar(int64_t b, int64_t c, double *p, struct err *err)
{
    int code;

    if ((code = check_count("a number of discordant pairs", b, err)) < 0 ||
        (code = check_count("a number of discordant pairs", c, err)) < 0 ||
        (code = check_count("the number of discordant pairs", b + c, err)) < 0)
        return code;
    *p = b + c > 0 ? binomial_two_sided(b, b + c, 0.5) : 1;
    return 0;
}

int exact_binomial(int64_t x, int64_t n, double p0, double *p, struct err *err)
{
    int code = check_counts(x, n, err);

    if (code < 0)
        return code;
    if (!(p0 >= 0 && p0 <= 1))
        return err_add(err, ERR_INPUT, "a probability of %g, expected 0 to 1", p0);
    if (p0 == 0 || p0 == 1)
        *p = x == (p0 > 0 ? n : 0);
    else
        *p = binomial_two_sided(x, n, p0);
    return 0;
}
