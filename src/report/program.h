/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program: runs another program, without a shell and with nothing to read, and
 * keeps what it says. It is killed, with all it started, when its time is up.
 *
 * Threads: any.
 */
#ifndef REPORT_PROGRAM_H
#define REPORT_PROGRAM_H

#include <stddef.h>

#include "base/text.h"

enum program_end {
    PROGRAM_DONE,      /* exit status 0 */
    PROGRAM_FAILED,    /* another, or a signal */
    PROGRAM_LATE,      /* killed after `seconds` */
    PROGRAM_MISSING,   /* there is no such program */
    PROGRAM_UNSTARTED, /* it could not be started; errno says why */
};

/* argv[0] is looked for along PATH and runs in `dir`; the first `keep` bytes of
 * what it prints, to stdout or stderr, are added to `said`. */
enum program_end program_run(char *const argv[], const char *dir, int seconds,
                             size_t keep, struct text *said);

#endif
