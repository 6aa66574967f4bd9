/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

extern char **environ;

#define PICTURE_MAX ((size_t)256 << 20)
#define COMPLAINT_MAX 4096

static long long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Starts gnuplot in `dir` with one or two arguments; what it says comes out of
 * *fd. Returns 0 or an errno; ENOENT if there is no gnuplot. */
static int start(const char *dir, const char *arg, const char *arg2, pid_t *pid, int *fd)
{
    char *argv[] = { (char *)"gnuplot", (char *)arg, (char *)arg2, NULL };
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
    code = posix_spawnp(pid, "gnuplot", &actions, &attr, argv, environ);
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
static bool listen_until(int fd, long long deadline, struct text *said)
{
    char buf[1024];

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
        if (said->len < COMPLAINT_MAX)
            text_addn(said, buf, (size_t)n);
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

/* gnuplot's complaint in one line: it repeats the command with a caret under
 * the fault and then says `"file" line N: what`. */
static void complaint(const struct text *said, struct text *to)
{
    const char *line = strstr(said->s, " line ");

    while (line && line > said->s && line[-1] != '\n')
        line--;
    if (!line)
        line = said->s + strspn(said->s, " \t\n^");
    text_addn(to, line, strcspn(line, "\n"));
    if (!to->len)
        text_add(to, "it said nothing");
}

/* Listens until the program is done or its time is up, when it is killed;
 * false then. */
static bool finish(pid_t pid, int fd, int seconds, struct text *said, int *status)
{
    long long deadline = now_ms() + seconds * 1000LL;
    bool in_time = listen_until(fd, deadline, said) && wait_until(pid, deadline, status);

    close(fd);
    if (!in_time) {
        kill(-pid, SIGKILL);
        waitpid(pid, status, 0);
    }
    return in_time;
}

static int run(const char *dir, const char *id, bool *missing, struct err *err)
{
    struct text said = TEXT_INIT, line = TEXT_INIT;
    char *script = mem_printf("%s.gp", id);
    int fd, status = 0, code = 0;
    pid_t pid;

    int why = start(dir, "-d", script, &pid, &fd);
    if (why) {
        *missing = why == ENOENT;
        code = *missing ? ERR_PROGRAM
                        : err_add_errno(err, ERR_PROGRAM, why, "gnuplot: cannot start");
    } else if (!finish(pid, fd, GNUPLOT_SECONDS, &said, &status)) {
        code = err_add(err, ERR_PROGRAM, "gnuplot: %s took longer than %d s and was "
                       "stopped", script, GNUPLOT_SECONDS);
    } else if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        complaint(&said, &line);
        code = err_add(err, ERR_PROGRAM, "gnuplot: %s failed: %s", script, line.s);
    }
    free(script);
    text_release(&said);
    text_release(&line);
    return code;
}

void gnuplot_version(struct text *to)
{
    static const char name[] = "gnuplot ";
    struct text said = TEXT_INIT;
    int fd, status = 0;
    pid_t pid;

    if (start(".", "--version", NULL, &pid, &fd) == 0 &&
        finish(pid, fd, GNUPLOT_SECONDS, &said, &status) && status == 0) {
        const char *s = said.s;
        s += strncmp(s, name, strlen(name)) ? 0 : strlen(name);
        text_addn(to, s, strcspn(s, "\n"));
    }
    text_release(&said);
}

/* Copies from/NAME to to/NAME, complete or not at all. */
static int copy(const char *from, const char *to, const char *name, struct err *err)
{
    char *a = path_join(from, name), *b = path_join(to, name), *data = NULL;
    size_t len;
    int code = path_is_file(a) ? file_read(a, PICTURE_MAX, &data, &len, err)
                               : err_add(err, ERR_PROGRAM, "gnuplot: ended well, but made "
                                         "no %s", name);

    if (!code)
        code = file_write(b, data, len, err);
    free(data);
    free(a);
    free(b);
    return code;
}

static int make_private(const char *dir, char **made, struct err *err)
{
    *made = mem_printf("%s/.gnuplot.%ld.XXXXXX", dir, (long)getpid());
    if (mkdtemp(*made))
        return 0;
    int code = err_add_errno(err, ERR_IO, errno, "%s: cannot make a folder for gnuplot",
                             dir);
    free(*made);
    *made = NULL;
    return code;
}

int gnuplot_draw(const char *dir, const char *id, bool *missing, struct err *err)
{
    static const char *const in[] = { "gp", "tsv" }, *const out[] = { "svg", "png" };
    char *names[4] = { NULL }, *private;
    int code = make_private(dir, &private, err);

    *missing = false;
    if (code)
        return code;
    for (int i = 0; i < 2; i++) {
        names[i] = mem_printf("%s.%s", id, in[i]);
        names[2 + i] = mem_printf("%s.%s", id, out[i]);
    }
    for (int i = 0; i < 2 && !code; i++)
        code = copy(dir, private, names[i], err);
    if (!code)
        code = run(private, id, missing, err);
    for (int i = 2; i < 4 && !code; i++)
        code = copy(private, dir, names[i], err);
    for (int i = 0; i < 4; i++) {
        char *path = path_join(private, names[i]);
        unlink(path);
        free(path);
        free(names[i]);
    }
    rmdir(private);
    free(private);
    return code;
}
