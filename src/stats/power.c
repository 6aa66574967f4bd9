/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/power.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double power_group_size(double difference, double alpha, double power)
{
    double low = (1 - difference) / 2, high = (1 + difference) / 2;
    double level = gsl_cdf_ugaussian_Qinv(alpha / 2) * sqrt(.5);
    double reach = gsl_cdf_ugaussian_Pinv(power) *
                   sqrt(low * (1 - low) + high * (1 - high));

    return ceil((level + reach) * (level + reach) / (difference * difference));
}
