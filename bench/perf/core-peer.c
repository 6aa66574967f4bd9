/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-peer.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(char *const argv[], const int to[2], const int from[2])
{
    const int nowhere = open("/dev/null", O_WRONLY);

    if (dup2(to[0], 0) < 0 || dup2(from[1], 1) < 0 || dup2(nowhere, 2) < 0)
        _exit(127);
    execvp(argv[0], argv);
    _exit(127);
}

void peer_start(struct peer *p, char *const argv[])
{
    int to[2], from[2];
    char line[20];

    *p = (struct peer){ 0, NULL, NULL };
    signal(SIGPIPE, SIG_IGN);
    if (pipe2(to, O_CLOEXEC) < 0)
        return;
    if (pipe2(from, O_CLOEXEC) < 0) {
        close(to[0]);
        close(to[1]);
        return;
    }
    const pid_t pid = fork();
    if (pid == 0)
        run(argv, to, from);
    close(to[0]);
    close(from[1]);
    if (pid > 0)
        *p = (struct peer){ pid, fdopen(to[1], "w"), fdopen(from[0], "r") };
    if (p->pid && (!fgets(line, sizeof line, p->from) || strcmp(line, "ready\n")))
        peer_stop(p);
}

void peer_stop(struct peer *p)
{
    if (!p->pid)
        return;
    fclose(p->to);
    fclose(p->from);
    waitpid(p->pid, NULL, 0);
    p->pid = 0;
}

double peer_ask(struct peer *p, const char *line)
{
    double seconds;

    if (!p->pid)
        return NAN;
    if (fprintf(p->to, "%s\n", line) < 0 || fflush(p->to) ||
        fscanf(p->from, "%lf", &seconds) != 1) {
        peer_stop(p);
        return NAN;
    }
    return seconds;
}
