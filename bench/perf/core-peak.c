/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-peak.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* Twelve sums: more than any processor needs to have under way at once, and no more
 * than all of them have registers for. */
#define TWELVE(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define DECLARE(i) vec s##i = { 0 };
#define SUMS 12
#define TURNS 400000

#define MEASURE(name, target)                                                  \
    target static double name(void)                                           \
    {                                                                          \
        struct timespec begun, ended;                                          \
        vec x = { 0 };                                                         \
        TWELVE(DECLARE)                                                        \
        clock_gettime(CLOCK_MONOTONIC, &begun);                                \
        for (int i = 0; i < TURNS; i++) {                                      \
            TWELVE(FMA)                                                        \
        }                                                                      \
        clock_gettime(CLOCK_MONOTONIC, &ended);                                \
        return 2.0 * TURNS * SUMS * (sizeof x / sizeof(float)) /               \
               ((double)(ended.tv_sec - begun.tv_sec) * 1e9 +                  \
                (double)(ended.tv_nsec - begun.tv_nsec));                      \
    }

#ifdef __x86_64__
#define INSTRUCTION "vfmadd231ps %1, %1, %0"
typedef float vec512 __attribute__((vector_size(64)));
typedef float vec256 __attribute__((vector_size(32)));
#define vec vec512
#define FMA(i) __asm__ volatile(INSTRUCTION : "+v"(s##i) : "v"(x));
MEASURE(peak_avx512, __attribute__((target("avx512f"))))
#undef vec
#undef FMA
#define vec vec256
#define FMA(i) __asm__ volatile(INSTRUCTION : "+x"(s##i) : "x"(x));
MEASURE(peak_avx2, __attribute__((target("avx2,fma"))))
#elif defined(__aarch64__)
typedef float vec __attribute__((vector_size(16)));
#define FMA(i) __asm__ volatile("fmla %0.4s, %1.4s, %1.4s" : "+w"(s##i) : "w"(x));
MEASURE(peak_neon, )
#endif

double peak_gflops(const char *kernel)
{
#ifdef __x86_64__
    if (!strcmp(kernel, "avx512"))
        return peak_avx512();
    if (!strcmp(kernel, "avx2"))
        return peak_avx2();
#elif defined(__aarch64__)
    if (!strcmp(kernel, "neon"))
        return peak_neon();
#endif
    (void)kernel;
    return NAN;
}
