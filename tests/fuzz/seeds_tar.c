/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeds of fuzz_tar: archives of none to three files, with safe names and others. */
#include <string.h>
#include <unistd.h>

#include "base/tar.h"
#include "seeds.h"

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
        free(data);
    }
    unlink(path);
    free(path);
    return 0;
}
