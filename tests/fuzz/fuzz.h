/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What fuzz targets share. A target is one file tests/fuzz/fuzz_NAME.c with
 * LLVMFuzzerTestOneInput(), which aborts (assert) where something is wrong, and
 * one line in Makefile.am. Its seeds are the files *.NAME of bench/, datasets/
 * and tests/data/, the lines of tests/fuzz/NAME.seeds if that is there, and what
 * a program tests/fuzz/seeds_NAME writes; its words, tests/fuzz/NAME.dict.
 */
#ifndef FUZZ_H
#define FUZZ_H

#undef NDEBUG /* the asserts are the test */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Lines of a file, as an editor shows them: ends of any kind, YAML's (U+0085,
 * U+2028, U+2029) too; the last one begins no further line. */
static inline size_t fuzz_lines(const char *s, size_t len)
{
    size_t lines = 1;

    for (size_t i = 0; i + 1 < len; i++) {
        if (s[i] == '\n')
            lines++;
        else if (s[i] == '\r')
            lines += s[i + 1] != '\n';
        else if (s[i] == '\xc2' && len - i > 2)
            lines += s[i + 1] == '\x85';
        else if (s[i] == '\xe2' && s[i + 1] == '\x80' && len - i > 3)
            lines += s[i + 2] == '\xa8' || s[i + 2] == '\xa9';
    }
    return lines;
}

/* A file of these bytes, to be closed; `path` is its name meanwhile. */
static inline int fuzz_file(const void *data, size_t len, char path[40])
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    assert(fd >= 0);
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, (const char *)data + done, len - done);
        assert(n > 0);
        done += (size_t)n;
    }
    snprintf(path, 40, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
