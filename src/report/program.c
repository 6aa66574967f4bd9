/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/program.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

extern char **environ;

/* What the program says comes out of *fd. Returns 0 or an errno; ENOENT if there
 * is no such program. */
static int start(char *const argv[], const char *dir, pid_t *pid, int *fd)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none;
    int ends[2], code;

    *fd = -1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawn_file_actions_addchdir_np(&actions, dir);
    code = posix_spawnp(pid, argv[0], &actions, &attr, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    close(ends[1]);
    if (code)
        close(ends[0]);
    else
        *fd = ends[0];
    return code;
}

/* Keeps of what is there; false at the end of it. */
static bool take(const struct program_fifo *from)
{
    char buf[65536];
    ssize_t n = read(from->fd, buf, sizeof buf);

    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    size_t room = from->to->len < from->keep ? from->keep - from->to->len : 0;
    text_addn(from->to, buf, (size_t)n < room ? (size_t)n : room);
    return n > 0;
}

/* Takes what comes until the first of them closes, and then what is left in the others;
 * false if the time is up. */
static bool listen_until(const struct program_fifo *from, size_t n, double deadline)
{
    struct pollfd p[1 + PROGRAM_FIFOS];

    for (size_t i = 0; i < n; i++)
        p[i] = (struct pollfd){ .fd = from[i].fd, .events = POLLIN };
    while (p[0].fd >= 0) {
        double left = deadline - clock_now();
        if (left <= 0)
            return false;
        if (poll(p, n, (int)(left * 1e3) + 1) < 0 && errno != EINTR)
            return true;
        for (size_t i = 0; i < n; i++)
            if (p[i].fd >= 0 && p[i].revents && !take(&from[i]))
                p[i].fd = -1;
    }
    for (size_t i = 1; i < n; i++) {
        struct pollfd rest = { .fd = from[i].fd, .events = POLLIN };
        while (poll(&rest, 1, 0) > 0 && (rest.revents & POLLIN) && take(&from[i]))
            ;
    }
    return true;
}

/* Waits for `pid` until the deadline; false if it still runs then. */
static bool wait_until(pid_t pid, long long deadline, int *status)
{
    const struct timespec nap = { 0, 5000000 };

    for (;;) {
        pid_t got = waitpid(pid, status, WNOHANG);
        if (got == pid)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
        if (clock_now() >= deadline)
            return false;
        nanosleep(&nap, NULL);
    }
}

/* Listens until the program is done or its time is up, when it is killed;
 * false then. */
static bool finish(pid_t pid, const struct program_fifo *from, size_t n, int seconds,
                   int *status)
{
    double deadline = clock_now() + seconds;
    bool in_time = listen_until(from, n, deadline) && wait_until(pid, deadline, status);

    close(from[0].fd);
    if (!in_time) {
        kill(-pid, SIGKILL);
        waitpid(pid, status, 0);
    }
    return in_time;
}

enum program_end program_run_fifos(char *const argv[], const char *dir, int seconds,
                                   size_t keep, struct text *said,
                                   const struct program_fifo *fifos, size_t n)
{
    struct program_fifo from[1 + PROGRAM_FIFOS] = { { .keep = keep, .to = said } };
    int status = 0, why;
    pid_t pid;

    assert(n <= PROGRAM_FIFOS);
    for (size_t i = 0; i < n; i++)
        from[1 + i] = fifos[i];
    if ((why = start(argv, dir, &pid, &from[0].fd))) {
        errno = why;
        return why == ENOENT ? PROGRAM_MISSING : PROGRAM_UNSTARTED;
    }
    if (!finish(pid, from, 1 + n, seconds, &status))
        return PROGRAM_LATE;
    return WIFEXITED(status) && !WEXITSTATUS(status) ? PROGRAM_DONE : PROGRAM_FAILED;
}

enum program_end program_run(char *const argv[], const char *dir, int seconds,
                             size_t keep, struct text *said)
{
    return program_run_fifos(argv, dir, seconds, keep, said, NULL, 0);
}
