/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/cloud_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM ((size_t)64 << 10)
#define KEY_MAX 4096

static void stay_out_of_cores(void)
{
    const struct rlimit none = { 0, 0 };

    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
}

static bool is_key(const char *s, size_t n)
{
    if (!n || n > KEY_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        if (s[i] <= ' ' || s[i] > '~')
            return false;
    return true;
}

/* The whole file behind what is in the room; 0 or negative. */
static int read_file(struct cloud_keys *k, const char *file, const char *asked,
                     struct err *err)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), code = 0;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        code = err_add_errno(err, ERR_INPUT, errno, "backend %s: keys=%s", asked, file);
    else if (!S_ISREG(st.st_mode))
        code = err_add(err, ERR_INPUT, "backend %s: keys=%s: expected a regular file", asked,
                       file);
    else if (st.st_uid != geteuid())
        code = err_add(err, ERR_INPUT, "backend %s: keys=%s: it is another user's, expected "
                       "a file of your own", asked, file);
    else if (st.st_mode & 077)
        code = err_add(err, ERR_INPUT, "backend %s: keys=%s: others may read it (mode %o), "
                       "expected mode 600", asked, file, st.st_mode & 0777u);
    else if ((size_t)st.st_size > ROOM / 2)
        code = err_add(err, ERR_LIMIT, "backend %s: keys=%s: expected at most %zu bytes",
                       asked, file, ROOM / 2);
    for (ssize_t got = 1; !code && got > 0 && k->len < ROOM / 2; k->len += (size_t)got)
        if ((got = read(fd, k->room + k->len, ROOM / 2 - k->len)) < 0) {
            code = err_add_errno(err, ERR_IO, errno, "backend %s: keys=%s", asked, file);
            break;
        }
    if (fd >= 0)
        close(fd);
    return code;
}

/* The value of NAME in the file's lines, its length in *n; NULL: not there. */
static const char *find_line(const char *text, size_t len, const char *name, size_t *n)
{
    size_t name_len = strlen(name);

    for (const char *at = text, *end = text + len; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        while (at < stop && (*at == ' ' || *at == '\t'))
            at++;
        if ((size_t)(stop - at) > name_len && !strncmp(at, name, name_len) &&
            at[name_len] == '=') {
            const char *last = stop;
            while (last > at + name_len + 1 &&
                   (last[-1] == '\r' || last[-1] == ' ' || last[-1] == '\t'))
                last--;
            *n = (size_t)(last - at) - name_len - 1;
            return at + name_len + 1;
        }
        at = stop + 1;
    }
    return NULL;
}

int cloud_keys_load(struct cloud_keys *k, const struct cloud_key *wanted, const char *file,
                    const char *asked, struct err *err)
{
    size_t in_file;
    int code = 0;

    *k = (struct cloud_keys){ .room = mem_alloc(ROOM) };
    (void)mlock(k->room, ROOM);
    stay_out_of_cores();
    if (*file && (code = read_file(k, file, asked, err)))
        return code;
    in_file = k->len;
    for (; wanted->name; wanted++) {
        size_t n = 0;
        const char *value = find_line(k->room, in_file, wanted->name, &n);
        if (!value && (value = getenv(wanted->name)))
            n = strlen(value);
        if (!n && wanted->optional)
            continue;
        if (!n)
            code = err_add(err, ERR_INPUT, "backend %s: no key %s, expected it in the "
                           "environment or in keys=FILE", asked, wanted->name);
        else if (!is_key(value, n))
            code = err_add(err, ERR_INPUT, "backend %s: the key %s has blanks, controls or "
                           "more than %d characters, expected none", asked, wanted->name,
                           KEY_MAX);
        if (!n || code || k->n == CLOUD_KEYS || k->len + n + 1 > ROOM)
            continue;
        k->names[k->n] = wanted->name;
        k->values[k->n++] = memcpy(k->room + k->len, value, n);
        k->len += n;
        k->room[k->len++] = '\0';
    }
    explicit_bzero(k->room, in_file);
    return code;
}

const char *cloud_keys_get(const struct cloud_keys *k, const char *name)
{
    for (size_t i = 0; i < k->n; i++)
        if (!strcmp(k->names[i], name))
            return k->values[i];
    return NULL;
}

#define SCRUB_MIN 6 /* shorter ones would be found in anything */

bool cloud_keys_scrub(const struct cloud_keys *k, const char *bytes, size_t n,
                      struct text *to)
{
    const char *plain = bytes, *end = bytes + n;
    bool any = false;

    for (;;) {
        const char *first = NULL;
        size_t which = 0;
        for (size_t i = 0; i < k->n; i++) {
            size_t len = strlen(k->values[i]);
            const char *found = len < SCRUB_MIN ? NULL
                : memmem(plain, (size_t)(end - plain), k->values[i], len);
            if (found && (!first || found < first)) {
                first = found;
                which = i;
            }
        }
        if (!first)
            break;
        text_addn(to, plain, (size_t)(first - plain));
        text_addf(to, "[%s]", k->names[which]);
        plain = first + strlen(k->values[which]);
        any = true;
    }
    if (any)
        text_addn(to, plain, (size_t)(end - plain));
    return any;
}

void cloud_keys_forget(struct cloud_keys *k)
{
    if (k->room) {
        explicit_bzero(k->room, ROOM);
        (void)munlock(k->room, ROOM);
        free(k->room);
    }
    *k = (struct cloud_keys){ .n = 0 };
}
