/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash: SHA-256 (FIPS 180-4) by libcrypto, the hash of everything on disk.
 * Results are 64 lower-case hexadecimal digits and a 0.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>

#include "base/err.h"

#define HASH_HEX 65

void hash_bytes(char hex[HASH_HEX], const void *data, size_t len);
/* HMAC-SHA-256 (RFC 2104) of the data under a secret key: HASH_BYTES bytes. */
#define HASH_BYTES 32
void hash_keyed(unsigned char mac[HASH_BYTES], const void *key, size_t key_len,
                const void *data, size_t len);
/* Streams the file; fails as the system does, with the path in the line. */
int hash_file(char hex[HASH_HEX], const char *path, struct err *err);

#endif
