/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Seeds of fuzz_tar: archives of none to four files, with safe names and others, and the
 * largest as a stranger might have made it: other types of entry, other numbers (with the
 * checksum put right), and cut short.
 */
#include <string.h>
#include <unistd.h>

#include "base/tar.h"
#include "seeds.h"

/* A field of the first header is set, and its checksum put right (POSIX ustar). */
static void put_field(const char *folder, const char *tar, size_t len, size_t at,
                      const char *field, size_t n)
{
    char head[512];
    struct text t = TEXT_INIT;
    unsigned sum = 0;

    memcpy(head, tar, sizeof head);
    memcpy(head + at, field, n);
    memset(head + 148, ' ', 8);
    for (size_t i = 0; i < sizeof head; i++)
        sum += (unsigned char)head[i];
    snprintf(head + 148, 7, "%06o", sum);
    text_addn(&t, head, sizeof head);
    text_addn(&t, tar + sizeof head, len - sizeof head);
    put_seed(folder, &t);
}

static void put_strange(const char *folder, const char *tar, size_t len)
{
    static const char types[] = "1235xgL\0";
    static const char *const sizes[] = { "77777777777", "-0000000001", "00000000001",
                                         "\200\377\377\377\377\377\377\377\377\377\377" };
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < sizeof types; i++)
        put_field(folder, tar, len, 156, types + i, 1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        put_field(folder, tar, len, 124, sizes[i], 11);
    text_addn(&t, tar, len / 2);
    put_seed(folder, &t);
}

int main(int argc, char **argv)
{
    static const char *const names[] = { "a", "folder/b.csv", "../c", "a" };
    static const size_t sizes[] = { 0, 700, 3, 512 };
    char bytes[700];
    struct text t = TEXT_INIT;

    if (argc != 2)
        return 2;
    memset(bytes, 'x', sizeof bytes);
    char *path = path_join(argv[1], "making.tar"), *data = NULL;
    for (size_t n = 0; n <= 4; n++) {
        struct tar_out out;
        struct err err = ERR_INIT;
        size_t len = 0;
        int code = tar_begin(&out, path, 1, &err);
        for (size_t i = 0; i < n && !code; i++)
            code = tar_add(&out, names[i], bytes, sizes[i], &err);
        if (!code)
            code = tar_commit(&out, &err);
        if (!code)
            code = file_read(path, 1 << 20, &data, &len, &err);
        if (code) {
            fprintf(stderr, "%s\n", err_text(&err));
            return 2;
        }
        text_addn(&t, data, len);
        put_seed(argv[1], &t);
        if (n == 4)
            put_strange(argv[1], data, len);
        free(data);
    }
    unlink(path);
    free(path);
    return 0;
}
