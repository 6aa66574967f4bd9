/* SPDX-License-Identifier: 0BSD */
/*
 * library: a laboratory's library, loaded, and the adapter that speaks to it.
 *
 * What it exports says which: FRVT_11 or FRVT_1N, the versions of the API and of the
 * structs, and by the names in it whether its std::string is that of GCC 5 and later.
 * Adapters lie in the folder `frte` beside the plug-in; the one that fits has the same
 * API, major versions and std::string, and if there are several of them the same minor
 * versions.
 *
 * Ownership: library_release(); what is loaded stays loaded. Threads: one. Fails when: it
 * cannot be loaded, is no such library, or no adapter fits: one line in `why`.
 */
#ifndef FRTE_LIBRARY_H
#define FRTE_LIBRARY_H

#include "host/plugins/frte/adapter.h"
#include "misid-backend.h"

/* Fills `why`; -1. */
__attribute__((format(printf, 2, 3)))
int frte_complain(struct misid_text *why, const char *fmt, ...);

struct library {
    char *path, *adapter_path;   /* as they were resolved */
    char *files;                 /* objects that came with it, one a line */
    enum frte_api api;
    struct frte_versions versions;
    int cxx11;
    void *factory;
    const struct frte_adapter *adapter;
};

/* `api` is "11", "1N" or "", as the library says; `strings` "new", "old" or "auto".
 * 0, or -1. */
int library_open(struct library *l, const char *path, const char *api,
                 const char *strings, struct misid_text *why);
void library_release(struct library *l);

/* "1:1 API 5.0, structs 1.2" */
#define FRTE_NAME_MAX 64
const char *library_name(enum frte_api api, const struct frte_versions *v,
                         char name[FRTE_NAME_MAX]);

#endif
