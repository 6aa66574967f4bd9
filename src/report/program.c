/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

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

/* Keeps what is said until the pipe closes; false if the time is up. */
static bool listen_until(int fd, long long deadline, size_t keep, struct text *said)
{
    char buf[4096];

    for (;;) {
        long long left = deadline - now_ms();
        struct pollfd p = { .fd = fd, .events = POLLIN };
        if (left <= 0)
            return false;
        int ready = poll(&p, 1, (int)left);
        if (ready < 0 && errno != EINTR)
            return true;
        if (ready <= 0)
            continue;
        ssize_t n = read(fd, buf, sizeof buf);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return true;
        size_t room = said->len < keep ? keep - said->len : 0;
        text_addn(said, buf, (size_t)n < room ? (size_t)n : room);
    }
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
        if (now_ms() >= deadline)
            return false;
        nanosleep(&nap, NULL);
    }
}

/* Listens until the program is done or its time is up, when it is killed;
 * false then. */
static bool finish(pid_t pid, int fd, int seconds, size_t keep, struct text *said,
                   int *status)
{
    long long deadline = now_ms() + seconds * 1000LL;
    bool in_time = listen_until(fd, deadline, keep, said) &&
                   wait_until(pid, deadline, status);

    close(fd);
    if (!in_time) {
        kill(-pid, SIGKILL);
        waitpid(pid, status, 0);
    }
    return in_time;
}

enum program_end program_run(char *const argv[], const char *dir, int seconds,
                             size_t keep, struct text *said)
{
    int fd, status = 0, why;
    pid_t pid;

    if ((why = start(argv, dir, &pid, &fd))) {
        errno = why;
        return why == ENOENT ? PROGRAM_MISSING : PROGRAM_UNSTARTED;
    }
    if (!finish(pid, fd, seconds, keep, said, &status))
        return PROGRAM_LATE;
    return WIFEXITED(status) && !WEXITSTATUS(status) ? PROGRAM_DONE : PROGRAM_FAILED;
}
