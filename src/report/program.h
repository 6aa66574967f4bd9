/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program: runs another program, without a shell and with nothing to read, and
 * keeps what it says. It is killed, with all it started, when its time is up.
 *
 * What it writes to files can be taken through FIFOs: nothing of it can be lost on a
 * disk without the program saying so, as many do not look.
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

/* One that the program writes to: the reading end, opened with O_NONBLOCK before it
 * starts; at most `keep` bytes are added to `to`, the others dropped. The caller closes. */
#define PROGRAM_FIFOS 16 /* at most */
struct program_fifo {
    int fd;
    size_t keep;
    struct text *to;
};
/* The same, and takes what comes through the FIFOs meanwhile. */
enum program_end program_run_fifos(char *const argv[], const char *dir, int seconds,
                                   size_t keep, struct text *said,
                                   const struct program_fifo *fifos, size_t n);

#endif
