/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The main of a fuzz target where there is no libFuzzer: runs it on each file
 * it is given, or on each file of a folder, so that the seeds are a test with
 * any compiler. Options (`-runs=0`) are libFuzzer's and mean nothing here.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "fuzz.h"

#define MAX_BYTES ((size_t)16 << 20)

static size_t replayed;

static void replay(const char *path)
{
    struct err err = ERR_INIT;
    char *data;
    size_t len;

    if (path_is_dir(path)) {
        DIR *dir = opendir(path);
        if (!dir) {
            perror(path);
            exit(2);
        }
        for (struct dirent *entry; (entry = readdir(dir));) {
            char *file = path_join(path, entry->d_name);
            if (entry->d_name[0] != '.')
                replay(file);
            free(file);
        }
        closedir(dir);
        return;
    }
    if (file_read(path, MAX_BYTES, &data, &len, &err) < 0) {
        fprintf(stderr, "%s\n", err_text(&err));
        exit(2);
    }
    /* with its end where an overrun is seen, not before file_read()'s 0 */
    uint8_t *exact = malloc(len ? len : 1);
    memcpy(exact, data, len);
    free(data);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    replayed++;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-')
            replay(argv[i]);
    printf("%zu\n", replayed);
    return 0;
}
