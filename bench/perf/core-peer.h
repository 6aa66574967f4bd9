/* SPDX-License-Identifier: GPL-3.0-or-later */
/* core-peer: a program of somebody else's, which does a line's work at a time and says
 * how many seconds it took. */
#ifndef CORE_PEER_H
#define CORE_PEER_H

#include <stdio.h>
#include <sys/types.h>

struct peer {
    pid_t pid;             /* 0: not there */
    FILE *to, *from;
};

/* Starts it and waits until it is ready; without, it is not there. */
void peer_start(struct peer *p, char *const argv[]);
void peer_stop(struct peer *p);
/* NaN if it is not there. */
double peer_ask(struct peer *p, const char *line);

#endif
