/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/cassette.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/dict.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/mem.h"

#define SYNC_LINES 64
#define SYNC_SECONDS 1
#define CHUNK ((size_t)1 << 20)

/* {"hash":"…","prev":"…",REST */
#define HASH_AT 9
#define PREV_AT (HASH_AT + 64 + 10)
#define REST_AT (PREV_AT + 64 + 2)
static const char zeros[HASH_HEX] =
    "0000000000000000000000000000000000000000000000000000000000000000";

const char *const cassette_as_names[] = { "answer", "outcome", "try", NULL };

struct place {                 /* of a request: where it was last answered */
    int64_t answer, outcome;   /* offsets; −1: never */
    bool last_is_outcome;
};

struct cassette {
    char *path;
    int fd;
    bool appends;
    pthread_mutex_t lock;
    struct dict requests;
    struct place *places;      /* by number in the dict */
    size_t places_cap;
    int64_t start, end;        /* offsets: of what we append, and behind the last line */
    struct cassette_sum sum;
    size_t unsynced;
    time_t synced;
};

static void note_request(struct cassette *c, const char *request, enum cassette_as as,
                         int64_t at)
{
    bool fresh;
    uint32_t i = dict_add(&c->requests, request, &fresh);

    if (fresh) {
        if (i >= c->places_cap) {
            c->places_cap = c->places_cap ? 2 * c->places_cap : 64;
            c->places = mem_grow(c->places, c->places_cap, sizeof *c->places);
        }
        c->places[i] = (struct place){ -1, -1, false };
    }
    if (as == CASSETTE_ANSWER)
        c->places[i].answer = at;
    else if (as == CASSETTE_OUTCOME)
        c->places[i].outcome = at;
    if (as != CASSETTE_TRY)
        c->places[i].last_is_outcome = as == CASSETTE_OUTCOME;
    c->sum.answers += as == CASSETTE_ANSWER;
    c->sum.outcomes += as == CASSETTE_OUTCOME;
    c->sum.tries += as == CASSETTE_TRY;
    c->sum.requests = c->requests.n;
}

static bool is_hex(const char *s)
{
    for (int i = 0; i < 64; i++)
        if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f')))
            return false;
    return true;
}

/* The frame of a line and its place in the chain; NULL: as it should be, else what is
 * wrong. */
static const char *check_chain(const char *line, size_t len, const char *prev)
{
    struct text t = TEXT_INIT;
    char hash[HASH_HEX];

    if (len < REST_AT + 2 || strncmp(line, "{\"hash\":\"", HASH_AT) || !is_hex(line + HASH_AT) ||
        strncmp(line + HASH_AT + 64, "\",\"prev\":\"", 10) || !is_hex(line + PREV_AT) ||
        strncmp(line + PREV_AT + 64, "\",", 2))
        return "is no line of a cassette";
    if (memcmp(line + PREV_AT, prev, 64) != 0)
        return "does not follow the line before it: a line was taken out, added or moved";
    text_addn(&t, prev, 64);
    text_addn(&t, line + REST_AT, len - REST_AT);
    hash_bytes(hash, t.s, t.len);
    text_release(&t);
    return memcmp(line + HASH_AT, hash, 64) ? "was altered: it is not what its hash says"
                                             : NULL;
}

/* Takes a whole line into the index; NULL, or what is wrong. */
static const char *take_line(struct cassette *c, const char *line, size_t len, int64_t at)
{
    const char *fault = check_chain(line, len, c->sum.last);
    struct err quiet = ERR_INIT;
    struct json_doc doc;
    int64_t format;

    if (fault)
        return fault;
    if (json_doc_parse(&doc, line, len, c->path, &quiet) < 0) {
        err_release(&quiet);
        return "is not JSON";
    }
    const char *kind = json_get_string(json_member(doc.root, "kind"));
    const char *as = json_get_string(json_member(doc.root, "as"));
    const struct json_value *request = json_member(doc.root, "request");
    const char *hash = request ? json_get_string(json_member(request, "sha256")) : NULL;
    if (!kind || (!c->sum.lines && strcmp(kind, "cassette") != 0))
        fault = "does not begin a cassette";
    else if (!c->sum.lines && (!json_get_int(json_member(doc.root, "format"), &format) ||
                               format != CASSETTE_FORMAT))
        fault = "is of a format that this misid does not read";
    else if (!strcmp(kind, "exchange") && (!hash || strlen(hash) != 64 || !as))
        fault = "is an exchange without a request";
    for (int i = 0; !fault && !strcmp(kind, "exchange") && cassette_as_names[i]; i++)
        if (!strcmp(as, cassette_as_names[i]))
            note_request(c, hash, (enum cassette_as)i, at);
    json_doc_release(&doc);
    if (fault)
        return fault;
    memcpy(c->sum.last, line + HASH_AT, 64);
    c->sum.lines++;
    return NULL;
}

/* Reads from the beginning, a line at a time. `see` gives NULL or a fault. */
static int read_lines(int fd, const char *path, size_t *torn,
                      const char *(*see)(void *arg, size_t n, const char *line, size_t len,
                                         int64_t at), void *arg, struct err *err)
{
    struct text t = TEXT_INIT;
    char *chunk = mem_alloc(CHUNK);
    int64_t at = 0;            /* of t's beginning */
    size_t n = 0;
    int code = 0;

    for (ssize_t got; !code;) {
        got = pread(fd, chunk, CHUNK, (off_t)(at + (int64_t)t.len));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            code = err_add_errno(err, ERR_IO, errno, "%s: cannot read", path);
        if (got <= 0)
            break;
        text_addn(&t, chunk, (size_t)got);
        size_t from = 0;
        for (char *end; (end = memchr(t.s + from, '\n', t.len - from)) && !code;) {
            size_t len = (size_t)(end - t.s) - from;
            const char *fault = see(arg, ++n, t.s + from, len, at + (int64_t)from);
            if (fault && *fault)
                code = err_add(err, ERR_INPUT, "%s:%zu: this line %s", path, n, fault);
            from += len + 1;
            if (fault && !*fault) {
                t.len = from = 0;
                goto out;
            }
        }
        if (t.len - from > CASSETTE_LINE && !code)
            code = err_add(err, ERR_LIMIT, "%s:%zu: a line of more than %zu bytes", path,
                           n + 1, CASSETTE_LINE);
        memmove(t.s, t.s + from, t.len - from);
        t.len -= from;
        at += (int64_t)from;
    }
out:
    *torn = t.len;
    text_release(&t);
    free(chunk);
    return code;
}

static const char *index_line(void *arg, size_t n, const char *line, size_t len, int64_t at)
{
    struct cassette *c = arg;
    const char *fault = take_line(c, line, len, at);

    (void)n;
    if (!fault)
        c->end = at + (int64_t)len + 1;
    return fault;
}

static struct cassette *new_cassette(const char *path, int fd, bool appends)
{
    struct cassette *c = mem_alloc(sizeof *c);

    c->path = mem_strdup(path);
    c->fd = fd;
    c->appends = appends;
    pthread_mutex_init(&c->lock, NULL);
    memcpy(c->sum.last, zeros, HASH_HEX);
    return c;
}

static void free_cassette(struct cassette *c)
{
    close(c->fd);
    pthread_mutex_destroy(&c->lock);
    dict_release(&c->requests);
    free(c->places);
    free(c->path);
    free(c);
}

int cassette_append_to(struct cassette **to, const char *path, struct text *note,
                       struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);

    *to = NULL;
    if (fd < 0)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot append", path);
    struct cassette *c = new_cassette(path, fd, true);
    int code = 0;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        code = err_add(err, ERR_IO, "%s: another misid is appending to it", path);
    if (!code)
        code = read_lines(fd, path, &c->sum.torn, index_line, c, err);
    if (!code && c->sum.torn) {
        if (ftruncate(fd, (off_t)c->end) < 0)
            code = err_add_errno(err, ERR_IO, errno, "%s: cannot cut its torn last line",
                                 path);
        else
            text_addf(note, "%s: its last line was torn, as a kill leaves it: %zu bytes are "
                      "cut off", path, c->sum.torn);
        c->sum.torn = 0;
    }
    if (code) {
        free_cassette(c);
        return code;
    }
    c->start = c->end;
    c->synced = time(NULL);
    *to = c;
    return 0;
}

int cassette_replay_from(struct cassette **to, const char *path, struct err *err)
{
    int fd = file_open(path, NULL, err);

    *to = NULL;
    if (fd < 0)
        return fd;
    struct cassette *c = new_cassette(path, fd, false);
    int code = read_lines(fd, path, &c->sum.torn, index_line, c, err);
    if (!code && !c->sum.lines)
        code = err_add(err, ERR_INPUT, "%s: expected a cassette, got an empty file", path);
    if (code) {
        free_cassette(c);
        return code;
    }
    *to = c;
    return 0;
}

static int sync_now(struct cassette *c, struct err *err)
{
    if (c->unsynced && fdatasync(c->fd) < 0 && errno != EINVAL && errno != EROFS)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot write", c->path);
    c->unsynced = 0;
    c->synced = time(NULL);
    return 0;
}

int cassette_sync(struct cassette *c, struct err *err)
{
    pthread_mutex_lock(&c->lock);
    int code = c->appends ? sync_now(c, err) : 0;
    pthread_mutex_unlock(&c->lock);
    return code;
}

int cassette_close(struct cassette *c, struct err *err)
{
    if (!c)
        return 0;
    int code = c->appends ? sync_now(c, err) : 0;
    free_cassette(c);
    return code;
}

/* One write; what of it a full disk left is taken back. */
static int write_line(struct cassette *c, const struct text *line, struct err *err)
{
    size_t done = 0;

    while (done < line->len) {
        ssize_t got = write(c->fd, line->s + done, line->len - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int why = errno;
            (void)!ftruncate(c->fd, (off_t)c->end);
            return err_add_errno(err, ERR_IO, why, "%s: cannot write", c->path);
        }
        done += (size_t)got;
    }
    return 0;
}

int cassette_add(struct cassette *c, const struct text *object, const char *request,
                 enum cassette_as as, struct err *err)
{
    struct text line = TEXT_INIT;
    char hash[HASH_HEX];
    int code = 0;

    if (object->len > CASSETTE_LINE - REST_AT - 1)
        return err_add(err, ERR_LIMIT, "%s: a line of %zu bytes, expected at most %zu",
                       c->path, object->len, CASSETTE_LINE);
    pthread_mutex_lock(&c->lock);
    text_addn(&line, c->sum.last, 64);
    text_addn(&line, object->s + 1, object->len - 1);
    hash_bytes(hash, line.s, line.len);
    text_reset(&line);
    text_addf(&line, "{\"hash\":\"%s\",\"prev\":\"%s\",", hash, c->sum.last);
    text_addn(&line, object->s + 1, object->len - 1);
    text_addch(&line, '\n');
    code = write_line(c, &line, err);
    if (!code) {
        if (request)
            note_request(c, request, as, c->end);
        c->end += (int64_t)line.len;
        memcpy(c->sum.last, hash, HASH_HEX);
        c->sum.lines++;
        if (++c->unsynced >= SYNC_LINES || time(NULL) - c->synced >= SYNC_SECONDS)
            code = sync_now(c, err);
    }
    pthread_mutex_unlock(&c->lock);
    text_release(&line);
    return code;
}

/* The line at an offset, without its end. */
static bool read_line(struct cassette *c, int64_t at, struct text *line)
{
    char chunk[8192];

    text_reset(line);
    for (;;) {
        ssize_t got = pread(c->fd, chunk, sizeof chunk, (off_t)(at + (int64_t)line->len));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        char *end = memchr(chunk, '\n', (size_t)got);
        text_addn(line, chunk, end ? (size_t)(end - chunk) : (size_t)got);
        if (end)
            return true;
    }
}

bool cassette_find(struct cassette *c, const char *request, enum cassette_reach reach,
                   struct text *line)
{
    int64_t at = -1;

    pthread_mutex_lock(&c->lock);
    uint32_t i = dict_find(&c->requests, request);
    if (i != DICT_NONE) {
        const struct place *p = &c->places[i];
        at = reach == CASSETTE_ANY && p->last_is_outcome ? p->outcome : p->answer;
        if (reach == CASSETTE_OURS && at < c->start)
            at = -1;
    }
    pthread_mutex_unlock(&c->lock);
    return at >= 0 && read_line(c, at, line);
}

void cassette_take_sum(struct cassette *c, struct cassette_sum *sum)
{
    pthread_mutex_lock(&c->lock);
    *sum = c->sum;
    pthread_mutex_unlock(&c->lock);
}

int cassette_verify(const char *path, struct cassette_sum *sum, struct err *err)
{
    struct cassette *c;
    int code = cassette_replay_from(&c, path, err);

    if (code)
        return code;
    *sum = c->sum;
    free_cassette(c);
    return 0;
}

struct walk {
    bool (*see)(void *arg, size_t n, const char *line, size_t len);
    void *arg;
};

static const char *walk_line(void *arg, size_t n, const char *line, size_t len, int64_t at)
{
    const struct walk *w = arg;

    (void)at;
    return w->see(w->arg, n, line, len) ? NULL : "";
}

int cassette_walk(const char *path, bool (*see)(void *arg, size_t n, const char *line,
                                                size_t len), void *arg, struct err *err)
{
    struct walk w = { see, arg };
    size_t torn;
    int fd = file_open(path, NULL, err);

    if (fd < 0)
        return fd;
    int code = read_lines(fd, path, &torn, walk_line, &w, err);
    close(fd);
    return code;
}
