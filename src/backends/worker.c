/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backends/confine.h"
#include "backends/scratch.h"
#include "backends/worker_spawn.h"
#include "base/clock.h"
#include "base/mem.h"

#define CHUNK ((size_t)64 << 10)
#define SHARED_FIRST ((size_t)4 << 20)
#define LOOK_SECONDS 0.2    /* between two looks at what is in its folder */

struct worker {
    pid_t pid;              /* 0 once it is reaped */
    int status;             /* as waitpid() gave it */
    int in, out, err;       /* its standard streams; -1: closed */
    int memory;
    uint8_t *shared;
    size_t shared_size;
    char *buf;              /* what it answered: one line */
    size_t len, cap;
    struct text said;       /* the end of what it printed for people */
    struct text trouble;
    const char *breach;     /* what it did wrong, NULL: nothing */
    struct scratch scratch;
    size_t disk;            /* bytes that it may hold, 0: no bound */
    double looked;
    bool late;
};

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void free_worker(struct worker *w)
{
    shut(&w->in);
    shut(&w->out);
    shut(&w->err);
    if (w->shared)
        munmap(w->shared, w->shared_size);
    shut(&w->memory);
    free(w->buf);
    text_release(&w->said);
    text_release(&w->trouble);
    scratch_remove(&w->scratch);
    free(w);
}

const char *worker_folder(struct worker *w, struct err *err)
{
    if (!w->scratch.path)
        scratch_make(&w->scratch, err);
    return w->scratch.path;
}

int worker_share(struct worker *w, size_t size, struct err *err)
{
    size_t want = w->shared_size ? w->shared_size : SHARED_FIRST;

    if (w->shared && size <= w->shared_size)
        return 0;
    if (size > WORKER_SHARED_MAX)
        return err_add(err, ERR_LIMIT, "%zu bytes of pixels and templates for one call, "
                       "expected at most %zu", size, WORKER_SHARED_MAX);
    while (want < size)
        want *= 2;
    void *p = ftruncate(w->memory, (off_t)want) < 0 ? MAP_FAILED
              : mmap(NULL, want, PROT_READ | PROT_WRITE, MAP_SHARED, w->memory, 0);
    if (p == MAP_FAILED)
        return err_add_errno(err, ERR_LIMIT, errno, "%zu bytes of shared memory", want);
    if (w->shared)
        munmap(w->shared, w->shared_size);
    w->shared = p;
    w->shared_size = want;
    return 0;
}

uint8_t *worker_shared(struct worker *w)
{
    return w->shared;
}

size_t worker_shared_size(const struct worker *w)
{
    return w->shared_size;
}

struct worker *worker_start(char *const argv[], const struct worker_bounds *bounds,
                            struct err *err)
{
    struct worker *w = mem_alloc(sizeof *w);
    int rules = -1, code = 0;

    w->in = w->out = w->err = w->memory = -1;
    w->disk = bounds->disk;
    text_init(&w->said);
    text_init(&w->trouble);
    struct err none = ERR_INIT; /* few need the folder: they will ask for it again */
    scratch_make(&w->scratch, &none);
    err_release(&none);
    if (bounds->confined)
        code = confine_make(&rules, w->scratch.path, bounds->readable, err);
    w->memory = memfd_create("misid", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (code) {
        free_worker(w);
        return NULL;
    }
    if (w->memory < 0) {
        err_add_errno(err, ERR_IO, errno, "shared memory");
    } else if (worker_share(w, 1, err) == 0) {
        /* nobody may take away what this process has mapped */
        struct spawned p = { .memory = w->memory, .memory_max = bounds->memory,
                             .file_max = bounds->disk, .rules = rules,
                             .folder = w->scratch.path };
        fcntl(w->memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL);
        code = spawn(&p, argv, err);
        shut(&rules);
        if (code == 0) {
            w->pid = p.pid;
            w->in = p.in;
            w->out = p.out;
            w->err = p.err;
            return w;
        }
    }
    shut(&rules);
    free_worker(w);
    return NULL;
}

/* Takes what is there of its words for people and keeps the end of them. */
static void listen(struct worker *w)
{
    char buf[4096];
    ssize_t n = read(w->err, buf, sizeof buf);

    if (n > 0) {
        text_addn(&w->said, buf, (size_t)n);
        if (w->said.len > 4 * WORKER_SAID_MAX) {
            size_t cut = w->said.len - WORKER_SAID_MAX;
            memmove(w->said.s, w->said.s + cut, WORKER_SAID_MAX + 1);
            w->said.len = WORKER_SAID_MAX;
        }
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        shut(&w->err);
    }
}

/* Writes of what is left without waiting; -1 if nobody reads it any more. A write to
 * such a pipe must raise no signal in a program that did not ask for it. */
static int send_some(struct worker *w, const char **at, size_t *left)
{
    sigset_t pipe, old, pending;
    bool raised;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    raised = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &old);
    ssize_t n = write(w->in, *at, *left);
    int why = errno;
    if (n < 0 && why == EPIPE && !raised)
        sigtimedwait(&pipe, NULL, &(struct timespec){ 0, 0 });
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (n < 0)
        return why == EAGAIN || why == EINTR ? 0 : -1;
    *at += n;
    *left -= (size_t)n;
    return 0;
}

/* Takes what is there of its answer; an outcome but WORKER_ANSWERED ends the call. */
static enum worker_outcome take_some(struct worker *w, bool *whole)
{
    if (w->cap - w->len < CHUNK) {
        w->cap = w->cap ? 2 * w->cap : 2 * CHUNK;
        w->buf = mem_grow(w->buf, w->cap, 1);
    }
    ssize_t n = read(w->out, w->buf + w->len, w->cap - w->len);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? WORKER_ANSWERED : WORKER_ENDED;
    if (n == 0)
        return WORKER_ENDED;
    char *end = memchr(w->buf + w->len, '\n', (size_t)n);
    w->len += (size_t)n;
    *whole = end != NULL;
    if (end && end != w->buf + w->len - 1) {
        w->breach = "printed more than one line in answer to one";
        return WORKER_BREACH;
    }
    if (w->len > WORKER_LINE_MAX) {
        w->breach = "printed a line of more than 16 MiB";
        return WORKER_BREACH;
    }
    return WORKER_ANSWERED;
}

/* What was printed since the last answer, which nobody asked for. */
static bool is_quiet(struct worker *w)
{
    bool whole;

    w->len = 0;
    if (take_some(w, &whole) == WORKER_BREACH || w->len) {
        w->breach = "printed among its answers what nobody asked for";
        return false;
    }
    return true;
}

/* Whether what it has in its folder is more than it may have; seldom looked at. */
static bool is_overfull(struct worker *w)
{
    if (!w->disk || !w->scratch.path || clock_now() - w->looked < LOOK_SECONDS)
        return false;
    const bool over = scratch_holds(&w->scratch, w->disk);
    w->looked = clock_now();
    if (over)
        w->breach = "put more into its folder than disk= allows";
    return over;
}

static enum worker_outcome exchange(struct worker *w, const char *line, size_t len,
                                    double deadline)
{
    bool whole = false;

    for (;;) {
        double left = deadline - clock_now();
        struct pollfd p[3] = {
            { .fd = w->out, .events = POLLIN },
            { .fd = w->err, .events = POLLIN },
            { .fd = len ? w->in : -1, .events = POLLOUT },
        };
        if (left <= 0)
            return WORKER_LATE;
        if (is_overfull(w))
            return WORKER_BREACH;
        if (w->disk && left > LOOK_SECONDS)
            left = LOOK_SECONDS;
        int ready = poll(p, 3, left > 1e6 ? 1000000000 : (int)(left * 1000) + 1);
        if (ready < 0 && errno != EINTR)
            return WORKER_ENDED;
        if (ready <= 0)
            continue;
        if (p[1].revents)
            listen(w);
        if (p[2].revents && send_some(w, &line, &len) < 0)
            len = 0; /* it may have answered before; else it has ended */
        if (p[0].revents) {
            enum worker_outcome outcome = take_some(w, &whole);
            if (outcome != WORKER_ANSWERED || whole)
                return outcome;
        }
    }
}

enum worker_outcome worker_call(struct worker *w, const char *line, size_t len,
                                double seconds, const char **answer, size_t *answer_len)
{
    enum worker_outcome outcome = WORKER_BREACH;
    char *copy = mem_grow(NULL, len + 1, 1);

    memcpy(copy, line, len);
    copy[len] = '\n';
    if (is_quiet(w))
        outcome = exchange(w, copy, len + 1, clock_now() + seconds);
    free(copy);
    w->late = outcome == WORKER_LATE;
    *answer = w->buf;
    *answer_len = w->len ? w->len - 1 : 0;
    return outcome;
}

/* Waits for its end without reaping it, so that its process group is still its own. */
static bool has_ended(const struct worker *w, double seconds)
{
    const struct timespec nap = { 0, 1000000 };
    double deadline = clock_now() + seconds;

    for (;;) {
        siginfo_t info = { .si_pid = 0 };
        if (waitid(P_PID, (id_t)w->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
            info.si_pid == w->pid)
            return true;
        if (clock_now() >= deadline)
            return false;
        nanosleep(&nap, NULL);
    }
}

/* Ends what still runs, and takes the last words; true if the process ended itself. */
static bool reap(struct worker *w, double seconds)
{
    if (!w->pid)
        return true;
    bool ended = has_ended(w, seconds);
    kill(-w->pid, SIGKILL);
    while (waitpid(w->pid, &w->status, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
    for (int i = 0; i < 64 && w->err >= 0; i++) {
        struct pollfd p = { .fd = w->err, .events = POLLIN };
        if (poll(&p, 1, 0) <= 0)
            break;
        listen(w);
    }
    return ended;
}

const char *worker_said(struct worker *w)
{
    return w->said.len > WORKER_SAID_MAX ? w->said.s + w->said.len - WORKER_SAID_MAX
                                         : w->said.s;
}

/* The last line that it printed for people, of at most 200 bytes. */
static void add_last_words(struct worker *w, struct text *to)
{
    const char *s = worker_said(w);
    size_t end = strlen(s), start;

    while (end && (unsigned char)s[end - 1] <= ' ')
        end--;
    for (start = end; start && s[start - 1] != '\n' && s[start - 1] != '\r';)
        start--;
    if (end == start)
        return;
    text_add(to, "; it last said: ");
    text_addn(to, s + start, end - start < 200 ? end - start : 200);
}

static void add_end(const struct worker *w, struct text *to)
{
    if (WIFSIGNALED(w->status))
        text_addf(to, "was ended by signal %d (%s)", WTERMSIG(w->status),
                  strsignal(WTERMSIG(w->status)));
    else
        text_addf(to, "ended with exit status %d", WEXITSTATUS(w->status));
}

/* Of what is there of its answer a line, or as much of it as a message shows: the first
 * that does not look like an answer, for a message beside one; else the second. */
static char *odd_line(const struct worker *w)
{
    size_t at = 0, n = 0;
    char *end = w->len ? memchr(w->buf, '\n', w->len) : NULL;

    if (end && *w->buf == '{' && end + 1 < w->buf + w->len)
        at = (size_t)(end + 1 - w->buf);
    while (at + n < w->len && n < 2 * TEXT_CUT && w->buf[at + n] != '\n' &&
           w->buf[at + n] != '\r')
        n++;
    return mem_strndup(w->buf ? w->buf + at : "", n);
}

const char *worker_trouble(struct worker *w)
{
    bool ended = reap(w, w->breach || w->late ? 0 : 1);
    char cut[TEXT_CUT];

    text_reset(&w->trouble);
    if (w->breach) {
        char *line = odd_line(w);
        text_add(&w->trouble, w->breach);
        if (*line)
            text_addf(&w->trouble, ": '%s'", text_cut(cut, line));
        free(line);
    } else if (w->late) {
        text_add(&w->trouble, "did not answer in time");
    } else if (!ended) {
        text_add(&w->trouble, "closed its standard output");
    } else {
        add_end(w, &w->trouble);
    }
    add_last_words(w, &w->trouble);
    return w->trouble.s;
}

bool worker_stop(struct worker *w, double seconds, struct text *how)
{
    shut(&w->in);
    bool ended = reap(w, seconds);
    if (how && !ended)
        text_addf(how, "still ran %g s after its stdin was closed", seconds);
    else if (how && w->status)
        add_end(w, how);
    bool well = ended && w->status == 0;
    free_worker(w);
    return well;
}

void worker_kill(struct worker *w)
{
    reap(w, 0);
    free_worker(w);
}
