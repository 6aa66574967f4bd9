/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hash.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define DIGEST_SIZE HASH_BYTES
#define CHUNK ((size_t)256 << 10)

static void to_hex(char hex[HASH_HEX], const unsigned char digest[DIGEST_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * DIGEST_SIZE] = '\0';
}

/* SHA-256 is in every build of libcrypto and its calls fail only for want of
 * memory; like mem_alloc(), there is then nothing to go on with. */
static void must(int done)
{
    if (done != 1)
        mem_exhausted();
}

static EVP_MD_CTX *begin(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    must(ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
    return ctx;
}

static void finish(char hex[HASH_HEX], EVP_MD_CTX *ctx)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;

    must(EVP_DigestFinal_ex(ctx, digest, &size));
    assert(size == DIGEST_SIZE);
    to_hex(hex, digest);
    EVP_MD_CTX_free(ctx);
}

void hash_bytes(char hex[HASH_HEX], const void *data, size_t len)
{
    EVP_MD_CTX *ctx = begin();

    must(EVP_DigestUpdate(ctx, data, len));
    finish(hex, ctx);
}

void hash_keyed(unsigned char mac[HASH_BYTES], const void *key, size_t key_len,
                const void *data, size_t len)
{
    unsigned int size = 0;

    must(HMAC(EVP_sha256(), key, (int)key_len, data, len, mac, &size) != NULL);
    assert(size == HASH_BYTES);
}

int hash_file(char hex[HASH_HEX], const char *path, struct err *err)
{
    int code = 0, fd = file_open(path, NULL, err);

    if (fd < 0)
        return fd;
    EVP_MD_CTX *ctx = begin();
    char *chunk = mem_alloc(CHUNK);
    for (;;) {
        ssize_t got = read(fd, chunk, CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            code = err_add_errno(err, ERR_IO, errno, "%s: cannot read", path);
        if (got <= 0)
            break;
        must(EVP_DigestUpdate(ctx, chunk, (size_t)got));
    }
    free(chunk);
    close(fd);
    finish(hex, ctx);
    if (code)
        hex[0] = '\0';
    return code;
}
