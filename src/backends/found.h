/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * found: what is found by name: misid-host, plug-ins, and cards for one of them. Plug-ins
 * are NAME.so along MISID_PLUGINS, beside this program where it is built, where it is
 * installed, and in the folder that configure named; the first counts.
 *
 * Ownership: what is returned is the caller's; lists end with NULL, and found_free() frees
 * them. Threads: any, as long as nobody changes the environment.
 */
#ifndef BACKENDS_FOUND_H
#define BACKENDS_FOUND_H

#include "base/err.h"

/* The program that loads plug-ins; NULL with err. */
char *found_host(struct err *err);
/* The path of a plug-in, or NULL. */
char *found_plugin(const char *name);

/* The names of all plug-ins, and of all model cards, in order. */
char **found_plugins(void);
char **found_cards(void);
void found_free(char **names);

#endif
