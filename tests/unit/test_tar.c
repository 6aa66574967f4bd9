/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "base/sign.h"
#include "base/tar.h"

#define BLOCK 512

/* An archive of files of one letter each, under these names. */
static char *archive(const char *dir, const char *const *names, size_t n, size_t *len)
{
    char *path = path_join(dir, "a.tar"), *data;
    struct err err = ERR_INIT;
    struct tar_out t;

    assert_int_equal(tar_begin(&t, path, 1517745600, &err), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(tar_add(&t, names[i], &names[i][0], 1, &err), 0);
    assert_int_equal(tar_commit(&t, &err), 0);
    assert_int_equal(file_read(path, 1 << 20, &data, len, &err), 0);
    assert_faults(&err, "");
    unlink(path);
    free(path);
    return data;
}

static int begin(void *arg, const char *name, uint64_t size, struct err *err)
{
    (void)err;
    text_addf(arg, "%s %llu ", name, (unsigned long long)size);
    return 0;
}

static int data(void *arg, const void *bytes, size_t n, struct err *err)
{
    (void)err;
    text_addn(arg, bytes, n);
    return 0;
}

static int end(void *arg, struct err *err)
{
    (void)err;
    text_addch(arg, '\n');
    return 0;
}

/* What is in the archive; "" if it is refused. The text's. */
static int read_bytes(const char *bytes, size_t len, struct text *seen, struct err *err)
{
    const struct tar_visitor v = { begin, data, end, seen };
    FILE *fp = fmemopen((void *)bytes, len, "rb");

    assert_non_null(fp);
    text_reset(seen);
    int code = tar_read(fp, "a.tar", &v, err);
    fclose(fp);
    return code;
}

static void comes_back(void **state)
{
    static const char *const names[] = {
        "a", "folder/b", "backends/null:labels%3Df/counts.csv", "Gr\xc3\xbc\xc3\x9f" "e",
        "0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/"
        "0123456789/0123456789/0123456789/0123456789/c"
    };
    char *dir = test_folder();
    struct text seen = TEXT_INIT;
    struct err err = ERR_INIT;
    size_t len, again_len;

    (void)state;
    char *bytes = archive(dir, names, ARRAY_SIZE(names), &len);
    char *again = archive(dir, names, ARRAY_SIZE(names), &again_len);
    assert_int_equal(len, again_len);
    assert_memory_equal(bytes, again, len);
    assert_int_equal(read_bytes(bytes, len, &seen, &err), 0);
    assert_int_equal(strncmp(seen.s, "a 1 a\nfolder/b 1 f\n", 19), 0);
    assert_non_null(strstr(seen.s, "/0123456789/c 1 0\n"));
    assert_faults(&err, "");
    /* tar itself reads it */
    char *path = path_join(dir, "b.tar");
    assert_int_equal(file_write(path, bytes, len, &err), 0);
    char *command = mem_printf("tar tf '%s' | grep -qx folder/b", path);
    assert_int_equal(system(command), 0);
    unlink(path);
    free(command);
    free(path);
    free(bytes);
    free(again);
    text_release(&seen);
    test_remove_folder(dir);
}

static void too_long_a_name(void **state)
{
    char *dir = test_folder(), *path = path_join(dir, "a.tar"), name[300];
    struct err err = ERR_INIT;
    struct tar_out t;

    (void)state;
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(tar_begin(&t, path, 0, &err), 0);
    assert_int_equal(tar_add(&t, name, "", 0, &err), ERR_LIMIT);
    assert_fault_says(&err, "is too long for an archive");
    tar_abort(&t);
    free(path);
    test_remove_folder(dir);
}

static void unsafe_names(void **state)
{
    static const char *const bad[] = {
        "../x", "/x", "a/../x", "a//x", "./x", "a/.", "a/", "a\\x", "a\nx", "\xff", "..",
    };
    char *dir = test_folder();
    struct text seen = TEXT_INIT;
    struct err err = ERR_INIT;
    size_t len;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        const char *const names[] = { "good", bad[i] };
        char *bytes = archive(dir, names, 2, &len);
        assert_int_equal(read_bytes(bytes, len, &seen, &err), ERR_INPUT);
        assert_fault_says(&err, "is no safe name of a file");
        free(bytes);
    }
    const char *const twice[] = { "a/b", "a/b" };
    char *bytes = archive(dir, twice, 2, &len);
    assert_int_equal(read_bytes(bytes, len, &seen, &err), ERR_INPUT);
    assert_fault_says(&err, "a/b: is there twice");
    free(bytes);
    text_release(&seen);
    test_remove_folder(dir);
}

static void fix_checksum(unsigned char *h)
{
    unsigned sum = 0;
    char digits[8];

    memset(h + 148, ' ', 8);
    for (int i = 0; i < BLOCK; i++)
        sum += h[i];
    snprintf(digits, sizeof digits, "%06o", sum & 0777777);
    memcpy(h + 148, digits, 7);
}

static void broken_headers(void **state)
{
    static const struct {
        size_t at;
        const char *bytes;
        size_t n;
        const char *says;
    } cases[] = {
        { 156, "1", 1, "is no regular file" },      /* hard link */
        { 156, "2", 1, "is no regular file" },      /* symbolic link */
        { 156, "3", 1, "is no regular file" },      /* device */
        { 156, "5", 1, "is no regular file" },      /* folder */
        { 156, "x", 1, "is no regular file" },      /* extended header */
        { 156, "L", 1, "is no regular file" },      /* GNU's long name */
        { 156, "S", 1, "is no regular file" },      /* sparse */
        { 257, "ustar  ", 7, "is not of the format ustar" }, /* GNU */
        { 124, "\x80\0\0\0\0\0\0\0\0\0\0\1", 12, "its size is no number" },
        { 124, "77777777777\0", 12, "the archive is cut short" }, /* 8 GiB - 1 */
        { 124, "777777777777", 12, "is too large" },
        { 124, "0000000001x\0", 12, "its size is no number" },
        { 0, "\0", 1, "is no safe name" },
    };
    static const char *const names[] = { "abc" };
    char *dir = test_folder();
    struct text seen = TEXT_INIT;
    struct err err = ERR_INIT;
    size_t len;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *bytes = archive(dir, names, 1, &len);
        memcpy(bytes + cases[i].at, cases[i].bytes, cases[i].n);
        if (cases[i].at == 0)
            memset(bytes, 0, 100);
        fix_checksum((unsigned char *)bytes);
        assert_int_equal(read_bytes(bytes, len, &seen, &err), ERR_INPUT);
        assert_fault_says(&err, cases[i].says);
        free(bytes);
    }
    char *bytes = archive(dir, names, 1, &len);
    bytes[1] = 'x';
    assert_int_equal(read_bytes(bytes, len, &seen, &err), ERR_INPUT);
    assert_fault_says(&err, "the checksum of a header");
    free(bytes);
    text_release(&seen);
    test_remove_folder(dir);
}

static void cut_short_or_long(void **state)
{
    static const char *const names[] = { "a", "b" };
    char *dir = test_folder();
    struct text seen = TEXT_INIT;
    struct err err = ERR_INIT;
    size_t len;
    char *bytes = archive(dir, names, 2, &len);

    (void)state;
    assert_int_equal(len, 6 * BLOCK);
    for (size_t n = 1; n < len; n += 51) {
        assert_int_equal(read_bytes(bytes, n, &seen, &err), ERR_INPUT);
        assert_fault_says(&err, "the archive is cut short");
    }
    bytes = mem_grow(bytes, len + 4 * BLOCK, 1);
    memset(bytes + len, 0, 4 * BLOCK);
    assert_int_equal(read_bytes(bytes, len + 4 * BLOCK, &seen, &err), 0); /* padded */
    bytes[len + 3 * BLOCK] = 1;
    assert_int_equal(read_bytes(bytes, len + 4 * BLOCK, &seen, &err), ERR_INPUT);
    assert_fault_says(&err, "there is something behind the end");
    free(bytes);
    text_release(&seen);
    test_remove_folder(dir);
}

static void file_in_a_file(void **state)
{
    static const char *const names[] = { "a", "a/b" };
    char *dir = test_folder(), *out = test_folder();
    struct err err = ERR_INIT;
    size_t len;
    char *bytes = archive(dir, names, 2, &len), *path = path_join(dir, "a.tar");

    (void)state;
    assert_int_equal(file_write(path, bytes, len, &err), 0);
    assert_true(tar_extract(path, out, &err) < 0);
    err_release(&err);
    free(bytes);
    free(path);
    test_remove_folder(dir);
    test_remove_folder(out);
}

static char *key_file(const char *dir, const char *name, const char *command)
{
    char *path = path_join(dir, name), *line = mem_printf(command, path);

    assert_int_equal(system(line), 0);
    free(line);
    return path;
}

static void signs(void **state)
{
    static const char *const kinds[] = {
        "openssl genpkey -algorithm ed25519 -out '%s' 2>/dev/null",
        "openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out '%s' 2>/dev/null",
        "openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out '%s' 2>/dev/null",
    };
    char *dir = test_folder();
    struct err err = ERR_INIT;
    bool good;

    (void)state;
    if (system("command -v openssl >/dev/null")) {
        test_remove_folder(dir);
        skip();
    }
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        char *key = key_file(dir, "key.pem", kinds[i]), *pub = path_join(dir, "pub.pem");
        char *line = mem_printf("openssl pkey -in '%s' -pubout -out '%s'", key, pub);
        struct text s = TEXT_INIT;
        assert_int_equal(system(line), 0);
        assert_int_equal(sign_bytes(key, "message", 7, &s, &err), 0);
        assert_int_equal(sign_verify(pub, "message", 7, s.s, s.len, &good, &err), 0);
        assert_true(good);
        assert_int_equal(sign_verify(pub, "massage", 7, s.s, s.len, &good, &err), 0);
        assert_false(good);
        assert_int_equal(sign_verify(pub, "message", 7, s.s, s.len - 1, &good, &err), 0);
        assert_false(good);
        assert_faults(&err, "");
        assert_int_equal(sign_verify(key, "message", 7, s.s, s.len, &good, &err), ERR_INPUT);
        assert_fault_says(&err, "is no public key");
        assert_int_equal(sign_bytes(pub, "message", 7, &s, &err), ERR_INPUT);
        assert_fault_says(&err, "is no private key");
        text_release(&s);
        free(line);
        free(key);
        free(pub);
    }
    test_remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),
        cmocka_unit_test(too_long_a_name),
        cmocka_unit_test(unsafe_names),
        cmocka_unit_test(broken_headers),
        cmocka_unit_test(cut_short_or_long),
        cmocka_unit_test(file_in_a_file),
        cmocka_unit_test(signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
