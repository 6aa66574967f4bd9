/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sign.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"

#define MAX_KEY ((size_t)1 << 16)

/* No passphrase: nobody is asked. */
static int no_passphrase(char *buffer, int size, int writing, void *arg)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

static EVP_PKEY *read_key(const char *path, bool private, struct err *err)
{
    char *data = NULL;
    size_t len;
    EVP_PKEY *key = NULL;

    if (file_read(path, MAX_KEY, &data, &len, err))
        return NULL;
    BIO *bio = BIO_new_mem_buf(data, (int)len);
    if (!bio)
        mem_exhausted();
    key = private ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL)
                  : PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
    BIO_free(bio);
    free(data);
    if (!key)
        err_add(err, ERR_INPUT, "%s: is no %s key, expected one as PEM without a passphrase",
                path, private ? "private" : "public");
    return key;
}

/* Edwards curves have their hash in them. */
static const EVP_MD *digest_of(const EVP_PKEY *key)
{
    int kind = EVP_PKEY_get_base_id(key);

    return kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448 ? NULL : EVP_sha256();
}

int sign_bytes(const char *key_path, const void *data, size_t len, struct text *signature,
               struct err *err)
{
    EVP_PKEY *key = read_key(key_path, true, err);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t size = 0;
    int code = key ? 0 : ERR_INPUT;

    if (!ctx)
        mem_exhausted();
    if (!code && (EVP_DigestSignInit(ctx, NULL, digest_of(key), NULL, key) != 1 ||
                  EVP_DigestSign(ctx, NULL, &size, data, len) != 1))
        code = err_add(err, ERR_INPUT, "%s: is a key that cannot sign", key_path);
    if (!code) {
        unsigned char *bytes = mem_alloc(size);
        if (EVP_DigestSign(ctx, bytes, &size, data, len) == 1)
            text_addn(signature, (const char *)bytes, size);
        else
            code = err_add(err, ERR_INPUT, "%s: is a key that cannot sign", key_path);
        free(bytes);
    }
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return code;
}

int sign_verify(const char *key_path, const void *data, size_t len, const void *signature,
                size_t signature_len, bool *good, struct err *err)
{
    EVP_PKEY *key = read_key(key_path, false, err);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int code = key ? 0 : ERR_INPUT;

    if (!ctx)
        mem_exhausted();
    *good = false;
    if (!code && EVP_DigestVerifyInit(ctx, NULL, digest_of(key), NULL, key) != 1)
        code = err_add(err, ERR_INPUT, "%s: is a key that cannot verify", key_path);
    if (!code)
        *good = EVP_DigestVerify(ctx, signature, signature_len, data, len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return code;
}
