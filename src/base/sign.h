/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sign: signatures of bytes by libcrypto, with keys in PEM files: Ed25519 and Ed448 as they
 * are (RFC 8032), RSA (PKCS #1) and elliptic curves (ECDSA) with SHA-256. They are those
 * of the program openssl: `openssl pkeyutl -verify -rawin` or `openssl dgst -sha256
 * -verify` says the same.
 *
 * Ownership: the signature is the caller's text. Threads: any. Fails when: a file cannot be
 * read or is no key (ERR_INPUT); a key that wants a passphrase is refused.
 */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

int sign_bytes(const char *key_path, const void *data, size_t len, struct text *signature,
               struct err *err);
/* *good: the signature is one of these bytes by the private half of this key. */
int sign_verify(const char *key_path, const void *data, size_t len, const void *signature,
                size_t signature_len, bool *good, struct err *err);

#endif
