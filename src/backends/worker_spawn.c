/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/worker_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/confine.h"
#include "backends/worker.h"
#include "base/file.h"
#include "base/mem.h"

/* Address space is no measure where the compiler's sanitizers shadow all of it. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define FIRST_FD 10 /* ours are above those that the process gets */

/* The descriptors that the process gets as 0, 1, 2 and 3, ours, and the pipe on which
 * it says that it could not be started. */
struct ends {
    int theirs[4], ours[3], failed[2];
};

static void close_all(int *fd, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fd[i] >= 0)
            close(fd[i]);
        fd[i] = -1;
    }
}

static int make_pipe(int *reads, int *writes)
{
    int p[2];

    if (pipe2(p, O_CLOEXEC) < 0)
        return -1;
    *reads = fcntl(p[0], F_DUPFD_CLOEXEC, FIRST_FD);
    *writes = fcntl(p[1], F_DUPFD_CLOEXEC, FIRST_FD);
    close(p[0]);
    close(p[1]);
    return *reads < 0 || *writes < 0 ? -1 : 0;
}

static int make_ends(struct ends *e, int memory)
{
    memset(e, -1, sizeof *e);
    if (make_pipe(&e->theirs[0], &e->ours[0]) < 0 ||
        make_pipe(&e->ours[1], &e->theirs[1]) < 0 ||
        make_pipe(&e->ours[2], &e->theirs[2]) < 0 ||
        make_pipe(&e->failed[0], &e->failed[1]) < 0)
        return -1;
    e->theirs[3] = fcntl(memory, F_DUPFD_CLOEXEC, FIRST_FD);
    if (e->theirs[3] < 0)
        return -1;
    for (int i = 0; i < 3; i++)
        if (fcntl(e->ours[i], F_SETFL, O_NONBLOCK) < 0)
            return -1;
    return 0;
}

/* From here to exec() only what is safe in the child of a program with threads. */

static void bound(int resource, size_t most)
{
    struct rlimit r;

    if (getrlimit(resource, &r) < 0)
        return;
    if (r.rlim_max > most)
        r.rlim_max = most;
    if (r.rlim_cur > r.rlim_max)
        r.rlim_cur = r.rlim_max;
    setrlimit(resource, &r);
}

_Noreturn static void become(const char *path, char *const argv[], char *const env[],
                             const struct ends *e, const struct spawned *p, pid_t parent)
{
    sigset_t none;
    int why;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    for (int i = 0; i < 4; i++)
        if (dup2(e->theirs[i], i) < 0)
            goto failed;
#ifdef SYS_close_range
    /* everything else closes with exec(): 4 is CLOSE_RANGE_CLOEXEC */
    syscall(SYS_close_range, 4u, ~0u, 4u);
#endif
    bound(RLIMIT_CORE, 0);
    bound(RLIMIT_FSIZE, p->file_max && p->file_max < WORKER_FILE_MAX ? p->file_max
                                                                      : WORKER_FILE_MAX);
    bound(RLIMIT_NOFILE, WORKER_DESCRIPTORS_MAX);
    bound(RLIMIT_NPROC, WORKER_PROCESSES_MAX);
    if (p->memory_max && !SANITIZED)
        bound(RLIMIT_DATA, p->memory_max);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (p->rules >= 0 && confine_enter(p->rules) < 0)
        goto failed;
    execve(path, argv, env);
failed:
    why = errno;
    if (write(e->failed[1], &why, sizeof why) < 0)
        _exit(126);
    _exit(127);
}

/* The file that `name` means along PATH, to be freed; NULL if there is none. */
static char *find_program(const char *name)
{
    const char *list = getenv("PATH");

    if (strchr(name, '/'))
        return mem_strdup(name);
    if (!list)
        list = "/usr/local/bin:/usr/bin:/bin";
    for (const char *end;; list = end + 1) {
        end = strchrnul(list, ':');
        char *path = end == list ? mem_strdup(name)
                     : mem_printf("%.*s/%s", (int)(end - list), list, name);
        if (path_is_file(path) && access(path, X_OK) == 0)
            return path;
        free(path);
        if (!*end)
            return NULL;
    }
}

/* This process's environment, but TMPDIR is `folder`; the array and *tmpdir are to be
 * freed. */
static char **make_environment(const char *folder, char **tmpdir)
{
    size_t n = 0, k = 0;

    while (environ[n])
        n++;
    char **env = mem_array(n + 2, sizeof *env);
    for (size_t i = 0; i < n; i++)
        if (!folder || strncmp(environ[i], "TMPDIR=", 7) != 0)
            env[k++] = environ[i];
    *tmpdir = folder ? mem_printf("TMPDIR=%s", folder) : NULL;
    env[k++] = *tmpdir;
    env[k] = NULL;
    return env;
}

/* Waits until the process runs its program, or says why it does not (-> an errno). */
static int wait_for_exec(pid_t pid, int fd)
{
    int why = 0;
    ssize_t n;

    do
        n = read(fd, &why, sizeof why);
    while (n < 0 && errno == EINTR);
    if (n != sizeof why)
        return 0;
    waitpid(pid, NULL, 0);
    return why;
}

int spawn(struct spawned *p, char *const argv[], struct err *err)
{
    char *path = find_program(argv[0]);
    pid_t parent = getpid();
    char *tmpdir, **env;
    struct ends e;
    int why = 0;

    if (!path)
        return err_add(err, ERR_INPUT, "%s: there is no such program along PATH",
                       argv[0]);
    env = make_environment(p->folder, &tmpdir);
    if (make_ends(&e, p->memory) < 0 || (p->pid = fork()) < 0) {
        why = errno;
    } else if (p->pid == 0) {
        become(path, argv, env, &e, p, parent);
    } else {
        setpgid(p->pid, p->pid);
        close_all(&e.failed[1], 1);
        why = wait_for_exec(p->pid, e.failed[0]);
    }
    free(path);
    free(tmpdir);
    free(env);
    close_all(e.theirs, 4);
    close_all(e.failed, 2);
    if (why) {
        close_all(e.ours, 3);
        return err_add_errno(err, ERR_INPUT, why, "%s: cannot be started", argv[0]);
    }
    p->in = e.ours[0];
    p->out = e.ours[1];
    p->err = e.ours[2];
    return 0;
}
