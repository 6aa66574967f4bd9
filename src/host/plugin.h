/* SPDX-License-Identifier: 0BSD */
/*
 * plugin: what a shared object says of itself, checked once, and as a struct of this
 * host's size whatever the plug-in's is.
 */
#ifndef HOST_PLUGIN_H
#define HOST_PLUGIN_H

#include <stddef.h>

#include "misid-backend.h"

#define PLUGIN_NAME_MAX 64      /* bytes of names and versions */
#define PLUGIN_TEXT_MAX 4096    /* bytes of other texts */
#define PLUGIN_OPTIONS_MAX 256

struct plugin {
    struct misid_backend is;    /* members that the plug-in does not have are 0 */
    size_t n_options;
};

/* Loads `path`. False, and one line in `why`, if it is no plug-in of this ABI. */
int plugin_load(struct plugin *p, const char *path, struct misid_text *why);
/* The same of what misid_backend() gave; `name` begins the line. */
int plugin_take(struct plugin *p, const struct misid_backend *given, const char *name,
                struct misid_text *why);

#endif
