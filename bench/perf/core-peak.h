/* SPDX-License-Identifier: GPL-3.0-or-later */
/* core-peak: what one core can do in fused multiply-adds from register to register. */
#ifndef CORE_PEAK_H
#define CORE_PEAK_H

/* In GFLOP/s (two a fused multiply-add), by the vectors of a kernel of that name; NaN
 * where there is no way to tell. Takes some milliseconds. */
double peak_gflops(const char *kernel);

#endif
