/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confine: which files a process of a stranger may touch (Linux's Landlock).
 *
 * It may write, make and remove in one folder and use the usual devices; it may read and
 * run what lies in the folders of the system and in those that are named; it may open no
 * TCP connection where the kernel can forbid it. What it was given open stays open.
 * Everything it starts is held by the same.
 *
 * Ownership: the descriptor is to be closed. Threads: any. Fails when: this kernel cannot
 * (ERR_INPUT), which it says before anything is started.
 */
#ifndef BACKENDS_CONFINE_H
#define BACKENDS_CONFINE_H

#include "base/err.h"

/* The rules, for confine_enter() of a child. `readable` ends with NULL; a path that is
 * not there is left out; the folder of a file is meant, not the file alone. */
int confine_make(int *rules, const char *writable, char *const *readable, struct err *err);
/* In the child, between fork() and exec(): 0, or -1 and errno. */
int confine_enter(int rules);

#endif
