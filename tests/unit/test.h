/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every unit test begins with: cmocka, and the checks that come up again
 * and again. A test program is one cmocka group.
 */
#ifndef TEST_H
#define TEST_H

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof *(a))

/* The faults so far are exactly these lines ("" for none); forgets them. */
#define assert_faults(err, lines)                                              \
    do {                                                                       \
        assert_string_equal(err_text(err), lines);                             \
        err_release(err);                                                      \
    } while (0)

/* The faults so far say this somewhere; forgets them. */
#define assert_fault_says(err, part)                                           \
    do {                                                                       \
        if (!strstr(err_text(err), part))                                      \
            fail_msg("\"%s\" does not say \"%s\"", err_text(err), part);       \
        err_release(err);                                                      \
    } while (0)

/* Equal but for rounding, or for the digits a paper prints. */
#define assert_near(got, expected, within)                                      \
    do {                                                                        \
        double got_ = (got), expected_ = (expected);                            \
        if (!(fabs(got_ - expected_) <= (within)))                              \
            fail_msg("%s is %.15g, expected %.15g", #got, got_, expected_);     \
    } while (0)

/* So tests/check-long says; what cannot be there, or not in time, is left out. */
static inline bool under_valgrind(void)
{
    return getenv("UNDER_VALGRIND") != NULL;
}

/* A fresh folder, the path of which is the caller's to free(). */
static inline char *test_folder(void)
{
    const char *tmp = getenv("TMPDIR");
    char *path = mem_printf("%s/misid-unit.XXXXXX", tmp && *tmp ? tmp : "/tmp");

    assert_non_null(mkdtemp(path));
    return path;
}

/* Writes dir/name; the path is the caller's to free(). */
static inline char *test_file(const char *dir, const char *name, const char *text)
{
    char *path = path_join(dir, name);

    assert_int_equal(file_write(path, text, strlen(text), NULL), 0);
    return path;
}

/* Removes it with the files, not folders, that are in it; frees the path. */
static inline void test_remove_folder(char *path)
{
    DIR *dir = opendir(path);

    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            assert_int_equal(unlinkat(dirfd(dir), entry->d_name, 0), 0);
    closedir(dir);
    assert_int_equal(rmdir(path), 0);
    free(path);
}

#endif
