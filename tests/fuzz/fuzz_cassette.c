/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cassettes of any bytes: as they are; or, behind a byte 1, every line as an object that
 * is put behind the one before it with the hash that belongs there, so that what is read
 * beyond the chain is any bytes too. Refused with a line, or a whole one whose requests
 * are found again; and appending to it goes on where it ends.
 */
#include "backends/cassette.h"
#include "fuzz.h"

/* The lines of the input, each `{…}`, in a chain. */
static void chain(const char *s, size_t len, struct text *to)
{
    char prev[HASH_HEX], hash[HASH_HEX];
    struct text t = TEXT_INIT;

    memset(prev, '0', HASH_HEX - 1);
    prev[HASH_HEX - 1] = '\0';
    while (len) {
        const char *end = memchr(s, '\n', len);
        size_t n = end ? (size_t)(end - s) : len;
        if (n > 1) {
            text_reset(&t);
            text_add(&t, prev);
            text_addn(&t, s + 1, n - 1);
            hash_bytes(hash, t.s, t.len);
            text_addf(to, "{\"hash\":\"%s\",\"prev\":\"%s\",", hash, prev);
            text_addn(to, s + 1, n - 1);
            text_addch(to, '\n');
            memcpy(prev, hash, HASH_HEX);
        }
        s += n + (end != NULL);
        len -= n + (end != NULL);
    }
    text_release(&t);
}

static bool see(void *arg, size_t n, const char *line, size_t len)
{
    size_t *lines = arg;

    assert(n == *lines + 1 && !memchr(line, '\n', len));
    *lines = n;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct text bytes = TEXT_INIT, line = TEXT_INIT;
    static const char request[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    struct err err = ERR_INIT;
    struct cassette_sum sum;
    struct cassette *c;
    size_t lines = 0;
    char path[40];

    if (len && data[0] == 1)
        chain((const char *)data + 1, len - 1, &bytes);
    else if (len)
        text_addn(&bytes, (const char *)data, len);
    int fd = fuzz_file(bytes.s, bytes.len, path);
    int code = cassette_replay_from(&c, path, &err);
    assert((code < 0) == (err.count > 0));
    if (!code) {
        cassette_take_sum(c, &sum);
        assert(sum.lines > 0 && sum.requests <= sum.lines && sum.torn <= bytes.len);
        if (cassette_find(c, request, CASSETTE_ANY, &line))
            assert(strstr(line.s, request));
        assert(cassette_close(c, &err) == 0);
        assert(cassette_walk(path, see, &lines, &err) == 0);
        assert(lines == sum.lines);
    }
    err_release(&err);
    text_release(&bytes);
    text_release(&line);
    close(fd);
    return 0;
}
