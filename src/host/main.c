/* SPDX-License-Identifier: 0BSD */
/*
 * misid-host: runs one plug-in and answers for it on the lines of misid-backend(7).
 *
 * A process of its own, so that a plug-in may crash, hang and be of any licence. What
 * the plug-in prints goes to stderr; the lines of the protocol cannot be reached
 * through stdin and stdout.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/frame.h"
#include "host/serve.h"

#define MEMORY_FD 3

/* Moves stdin and stdout where only the host knows them. */
static int move_away(int *in, int *out)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    *in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    *out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
    if (null < 0 || *in < 0 || *out < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return -1;
    return close(null);
}

static int trouble(const char *what)
{
    fprintf(stderr, "misid-host: %s: %s\n", what, strerror(errno));
    return 2;
}

static int serve(struct server *s, int in_fd, int out_fd)
{
    struct frame_in in = { .fd = in_fd };
    char *line;
    size_t len;
    int got = 0, status = 0;

    while (!s->closed && (got = frame_read(&in, &line, &len)) > 0) {
        json_t *answer = serve_line(s, line, len);
        int sent = answer ? frame_write(out_fd, answer) : -1;
        json_decref(answer);
        fflush(stdout);
        if (sent < 0) {
            status = trouble("cannot answer");
            break;
        }
    }
    if (got < 0) {
        errno = EMSGSIZE;
        status = trouble("a request");
    }
    frame_in_release(&in);
    return status;
}

int main(int argc, char **argv)
{
    struct server server = { .memory = { .fd = MEMORY_FD } };
    int in, out;

    if (argc != 2 || argv[1][0] == '-') {
        fputs("usage: misid-host PLUGIN.so\n\nAnswers requests on stdin, as "
              "misid-backend(7) tells; misid starts it.\n", stderr);
        return 2;
    }
    server.path = argv[1];
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (move_away(&in, &out) < 0)
        return trouble("stdin and stdout");
    int status = serve(&server, in, out);
    server_release(&server);
    return status;
}
