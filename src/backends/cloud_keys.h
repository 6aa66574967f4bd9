/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cloud_keys: the keys of a service, from the environment or a file that only its owner
 * may read. Inside src/backends only.
 *
 * They are kept in one place that is not swapped out where the system allows, never
 * copied but into requests, never printed, and overwritten at the end. Loading them
 * makes the process undumpable (prctl(PR_SET_DUMPABLE), RLIMIT_CORE 0), so that they are
 * in no core file and no other process of the user may look.
 *
 * A key is 1 to 4096 visible ASCII characters. The file has lines NAME=value; blank ones
 * and those that begin with # are passed over, and so are other names.
 *
 * Threads: loaded by one, then read by any. Fails when: a key that is needed is not
 * there or is none, the file is not a regular one, is not the user's own, may be read by
 * others, or has more than 64 KiB. No message ever holds a key.
 */
#ifndef BACKENDS_CLOUD_KEYS_H
#define BACKENDS_CLOUD_KEYS_H

#include "backends/cloud.h"

#define CLOUD_KEYS 8

struct cloud_keys {
    char *room;                /* all values, each with its 0 */
    size_t len;
    const char *names[CLOUD_KEYS], *values[CLOUD_KEYS];
    size_t n;
};

/* `asked` names the backend in messages; `file` may be "". */
int cloud_keys_load(struct cloud_keys *k, const struct cloud_key *wanted, const char *file,
                    const char *asked, struct err *err);
const char *cloud_keys_get(const struct cloud_keys *k, const char *name); /* or NULL */
/* Puts "[NAME]" in place of every key that stands in the n bytes; true if one did, and
 * then `to` has the new bytes. */
bool cloud_keys_scrub(const struct cloud_keys *k, const char *bytes, size_t n,
                      struct text *to);
void cloud_keys_forget(struct cloud_keys *k);

#endif
