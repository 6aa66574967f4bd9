/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/root.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { MAX_STEPS = 400 };

int root_find(double (*f)(double at, void *arg), void *arg, double a, double b,
              double tiny, double *root, struct err *err)
{
    double fa = f(a, arg), fb = f(b, arg);
    double c = a, fc = fa, t = 0.5;

    if (isnan(fa) || isnan(fb))
        return err_add(err, ERR_NUMERIC,
                       "an equation has no value between %g and %g", a, b);
    if (fa == 0 || fb == 0 || signbit(fa) == signbit(fb)) {
        *root = fabs(fa) <= fabs(fb) ? a : b;
        return 0;
    }
    for (int step = 0; step < MAX_STEPS; step++) {
        double x = a + t * (b - a);
        double fx = f(x, arg);
        if (isnan(fx))
            return err_add(err, ERR_NUMERIC, "an equation has no value at %g", x);
        if (signbit(fx) == signbit(fa)) {
            c = a;
            fc = fa;
        } else {
            c = b;
            fc = fb;
            b = a;
            fb = fa;
        }
        a = x;
        fa = fx;
        double best = fabs(fa) < fabs(fb) ? a : b;
        double least = (2 * DBL_EPSILON * fabs(best) + tiny) / fabs(b - a);
        *root = best;
        if (fa == 0 || least > 0.5)
            return 0;
        double xi = (a - b) / (c - b), phi = (fa - fb) / (fc - fb);
        /* False with infinities about, where only bisection makes sense. */
        bool smooth = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi;
        t = 0.5;
        if (smooth)
            t = fa / (fb - fa) * fc / (fb - fc) +
                (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb);
        t = fmin(fmax(t, least), 1 - least);
    }
    return err_add(err, ERR_NUMERIC, "no root found between %g and %g", a, b);
}
