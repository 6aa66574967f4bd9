/* SPDX-License-Identifier: 0BSD */
#include "host/plugins/frte/phase.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum call { CALL_MAKE, CALL_INITIALIZE, CALL_CREATE, CALL_FINALIZE, CALL_LOAD,
            CALL_IDENTIFY };

/* The child's side: requests from `in`, answers to `out`. */

struct child {
    const struct frte_adapter *adapter;
    void *factory, *self;
    struct wire in, out;
};

static void put_said(struct wire *w, const struct frte_said *said)
{
    wire_put_number(w, (uint64_t)(int64_t)said->code);
    wire_put_text(w, said->info);
}

static void do_make(struct child *c)
{
    struct frte_said said;

    c->self = c->adapter->make(c->factory, &said);
    put_said(&c->out, &said);
}

static void do_initialize(struct child *c)
{
    const enum frte_role role = (enum frte_role)wire_get_number(&c->in);
    struct frte_said said;

    c->adapter->initialize(c->self, wire_get_text(&c->in), role, &said);
    put_said(&c->out, &said);
}

static void do_create(struct child *c)
{
    const enum frte_role role = (enum frte_role)wire_get_number(&c->in);
    const int several = (int)wire_get_number(&c->in);
    struct frte_picture picture;
    struct frte_made made;
    size_t len;

    picture.width = (uint16_t)wire_get_number(&c->in);
    picture.height = (uint16_t)wire_get_number(&c->in);
    picture.depth = (uint8_t)wire_get_number(&c->in);
    picture.description = (int)wire_get_number(&c->in);
    picture.pixels = wire_get_bytes(&c->in, &len);
    c->adapter->create(c->self, &picture, role, several, &made);
    put_said(&c->out, &made.said);
    wire_put_number(&c->out, made.n);
    for (size_t i = 0; i < made.n; i++) {
        const struct frte_template *t = &made.templates[i];
        wire_put(&c->out, &t->eyes, sizeof t->eyes);
        wire_put_bytes(&c->out, t->bytes, t->len);
    }
}

static void do_finalize(struct child *c)
{
    const char *config = wire_get_text(&c->in), *folder = wire_get_text(&c->in);
    const char *edb = wire_get_text(&c->in), *manifest = wire_get_text(&c->in);
    struct frte_said said;

    c->adapter->finalize(c->self, config, folder, edb, manifest, &said);
    put_said(&c->out, &said);
}

static void do_load(struct child *c)
{
    const char *config = wire_get_text(&c->in), *folder = wire_get_text(&c->in);
    struct frte_said said;

    c->adapter->load(c->self, config, folder, &said);
    put_said(&c->out, &said);
}

static void do_identify(struct child *c)
{
    const uint32_t most = (uint32_t)wire_get_number(&c->in);
    struct frte_found found;
    size_t len;
    const uint8_t *bytes = wire_get_bytes(&c->in, &len);

    c->adapter->identify(c->self, bytes, len, most, &found);
    put_said(&c->out, &found.said);
    wire_put_number(&c->out, found.n);
    for (size_t i = 0; i < found.n; i++) {
        wire_put(&c->out, &found.items[i].score, sizeof found.items[i].score);
        wire_put_text(&c->out, found.items[i].id);
    }
}

_Noreturn static void serve(const struct library *l, int fd)
{
    static void (*const calls[])(struct child *c) = {
        [CALL_MAKE] = do_make,         [CALL_INITIALIZE] = do_initialize,
        [CALL_CREATE] = do_create,     [CALL_FINALIZE] = do_finalize,
        [CALL_LOAD] = do_load,         [CALL_IDENTIFY] = do_identify,
    };
    struct child c = { .adapter = l->adapter, .factory = l->factory };

    while (wire_receive(&c.in, fd) == 0) {
        wire_reset(&c.out);
        calls[wire_get_number(&c.in)](&c);
        fflush(NULL);
        if (wire_send(&c.out, fd) < 0)
            break;
    }
    _exit(0);
}

/* The plug-in's side. */

/* Ends this process as the child has ended: what becomes of the sample is the same. */
_Noreturn static void follow(const struct phase *p)
{
    int status = 0;

    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "frte: the process that %s was ended by signal %d\n", p->what,
                WTERMSIG(status));
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    fprintf(stderr, "frte: the process that %s ended with exit status %d\n", p->what,
            WEXITSTATUS(status));
    _exit(WEXITSTATUS(status));
}

static struct wire *begin(struct phase *p, enum call call)
{
    wire_reset(&p->out);
    wire_put_number(&p->out, call);
    return &p->out;
}

/* Sends what was begun, and reads how it ended. */
static void finish(struct phase *p, struct frte_said *said)
{
    if (p->out.bad) {
        said->code = FRTE_FAILED;
        snprintf(said->info, sizeof said->info, "there is no memory");
        wire_reset(&p->in);
        p->in.bad = 1;
        return;
    }
    if (wire_send(&p->out, p->fd) < 0 || wire_receive(&p->in, p->fd) < 0)
        follow(p);
    said->code = (int)(int64_t)wire_get_number(&p->in);
    snprintf(said->info, sizeof said->info, "%s", wire_get_text(&p->in));
}

int phase_start(struct phase *p, const struct library *l, const char *what,
                struct frte_said *said)
{
    const pid_t parent = getpid();
    int ends[2];

    *p = (struct phase){ .what = what };
    fflush(NULL);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ||
        (p->pid = fork()) < 0) {
        p->pid = 0;
        said->code = FRTE_FAILED;
        snprintf(said->info, sizeof said->info, "no process for it: %s", strerror(errno));
        return -1;
    }
    if (p->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(0);
        close(ends[0]);
        serve(l, ends[1]);
    }
    close(ends[1]);
    p->fd = ends[0];
    begin(p, CALL_MAKE);
    finish(p, said);
    return said->code ? -1 : 0;
}

void phase_stop(struct phase *p)
{
    if (p->pid) {
        shutdown(p->fd, SHUT_RDWR);
        close(p->fd);
        while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    wire_release(&p->out);
    wire_release(&p->in);
    free(p->templates);
    free(p->candidates);
    *p = (struct phase){ .pid = 0 };
}

void phase_initialize(struct phase *p, const char *config, enum frte_role role,
                      struct frte_said *said)
{
    struct wire *w = begin(p, CALL_INITIALIZE);

    wire_put_number(w, role);
    wire_put_text(w, config);
    finish(p, said);
}

void phase_create(struct phase *p, const struct frte_picture *picture, enum frte_role role,
                  int several, struct frte_made *made)
{
    struct wire *w = begin(p, CALL_CREATE);

    wire_put_number(w, role);
    wire_put_number(w, (uint64_t)several);
    wire_put_number(w, picture->width);
    wire_put_number(w, picture->height);
    wire_put_number(w, picture->depth);
    wire_put_number(w, (uint64_t)picture->description);
    wire_put_bytes(w, picture->pixels,
                   (size_t)picture->width * picture->height * (picture->depth / 8));
    *made = (struct frte_made){ .n = 0 };
    finish(p, &made->said);
    const size_t n = (size_t)wire_get_number(&p->in);
    free(p->templates);
    p->templates = p->in.bad ? NULL : calloc(n + 1, sizeof *p->templates);
    for (size_t i = 0; p->templates && i < n; i++) {
        struct frte_template *t = &p->templates[i];
        const void *eyes = wire_get(&p->in, sizeof t->eyes);
        if (eyes)
            memcpy(&t->eyes, eyes, sizeof t->eyes);
        t->bytes = wire_get_bytes(&p->in, &t->len);
        made->n = i + 1;
    }
    made->templates = p->templates;
}

void phase_finalize(struct phase *p, const char *config, const char *folder,
                    const char *edb, const char *manifest, struct frte_said *said)
{
    struct wire *w = begin(p, CALL_FINALIZE);

    wire_put_text(w, config);
    wire_put_text(w, folder);
    wire_put_text(w, edb);
    wire_put_text(w, manifest);
    finish(p, said);
}

void phase_load(struct phase *p, const char *config, const char *folder,
                struct frte_said *said)
{
    struct wire *w = begin(p, CALL_LOAD);

    wire_put_text(w, config);
    wire_put_text(w, folder);
    finish(p, said);
}

void phase_identify(struct phase *p, const uint8_t *bytes, size_t len, uint32_t most,
                    struct frte_found *found)
{
    struct wire *w = begin(p, CALL_IDENTIFY);

    wire_put_number(w, most);
    wire_put_bytes(w, bytes, len);
    *found = (struct frte_found){ .n = 0 };
    finish(p, &found->said);
    const size_t n = (size_t)wire_get_number(&p->in);
    free(p->candidates);
    p->candidates = p->in.bad ? NULL : calloc(n + 1, sizeof *p->candidates);
    for (size_t i = 0; p->candidates && i < n; i++) {
        struct frte_candidate *c = &p->candidates[i];
        const void *score = wire_get(&p->in, sizeof c->score);
        if (score)
            memcpy(&c->score, score, sizeof c->score);
        c->id = wire_get_text(&p->in);
        found->n = i + 1;
    }
    found->items = p->candidates;
}
