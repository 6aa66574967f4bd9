/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Galleries that were made at a service, and that none stays there: at the end, on a
 * signal, or at the next start.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/cloud_journal.h"
#include "backends/cloud_parts.h"

/* --- signals: one client at a time is told --- */

static struct {
    pthread_mutex_t lock;
    struct cloud *client;
    struct sigaction before[2];
} watch = { .lock = PTHREAD_MUTEX_INITIALIZER };
static const int signals[2] = { SIGINT, SIGTERM };
static volatile int watch_fd = -1;

static void on_signal(int number)
{
    int saved = errno;
    unsigned char byte = (unsigned char)number;

    (void)!write(watch_fd, &byte, 1);
    errno = saved;
}

/* All that are left, or a line that lists them. */
static void remove_all(struct cloud *c)
{
    struct text left = TEXT_INIT;
    struct err err = ERR_INIT;

    for (size_t i = 0;; i++) {
        char *name = NULL;
        pthread_mutex_lock(&c->lock);
        while (i < c->n_galleries && (!c->galleries[i].name || c->galleries[i].removing))
            i++;
        if (i < c->n_galleries) {
            c->galleries[i].removing = true;
            name = mem_strdup(c->galleries[i].name);
        }
        pthread_mutex_unlock(&c->lock);
        if (!name)
            break;
        if (c->service->remove(c->b, name, &err) == 0)
            cloud_gallery_gone(c, name);
        else
            text_addf(&left, "%s%s", left.len ? ", " : "", name);
        free(name);
    }
    if (left.len)
        cloud_say(c, "these galleries are still at %s and must be deleted (misid cloud "
                  "sweep): %s (%s)", c->service->vendor, left.s, err_text(&err));
    err_release(&err);
    text_release(&left);
}

static void *watch_main(void *arg)
{
    struct cloud *c = arg;
    unsigned char number = 0;

    while (read(c->pipe[0], &number, 1) < 0 && errno == EINTR)
        ;
    if (!number)
        return NULL;
    pthread_mutex_lock(&c->lock);
    cloud_stop(c, "interrupted: what was answered is kept, and the same command goes on");
    c->interrupted = true;
    pthread_mutex_unlock(&c->lock);
    cloud_send_wake(c);
    remove_all(c);
    pthread_mutex_lock(&c->lock);
    if (c->cassette)
        cassette_sync(c->cassette, NULL);
    pthread_mutex_unlock(&c->lock);
    for (int i = 0; i < 2; i++)
        sigaction(signals[i], &watch.before[i], NULL);
    kill(getpid(), number);
    return NULL;
}

/* From the first gallery on. What was ignored stays so. */
static int watch_signals(struct cloud *c, struct err *err)
{
    struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    int code = 0;

    pthread_mutex_lock(&watch.lock);
    if (!c->watches && !watch.client) {
        if (pipe2(c->pipe, O_CLOEXEC) < 0 ||
            pthread_create(&c->watcher, NULL, watch_main, c)) {
            code = err_add(err, ERR_IO, "backend %s: signals cannot be watched, without "
                           "which no gallery is made", c->b->asked);
        } else {
            c->watches = true;
            watch.client = c;
            watch_fd = c->pipe[1];
            for (int i = 0; i < 2; i++) {
                sigaction(signals[i], NULL, &watch.before[i]);
                if (watch.before[i].sa_handler != SIG_IGN)
                    sigaction(signals[i], &act, NULL);
            }
        }
    }
    pthread_mutex_unlock(&watch.lock);
    return code;
}

static void unwatch(struct cloud *c)
{
    unsigned char end = 0;

    if (!c->watches)
        return;
    (void)!write(c->pipe[1], &end, 1);
    pthread_join(c->watcher, NULL);
    pthread_mutex_lock(&watch.lock);
    for (int i = 0; i < 2; i++)
        sigaction(signals[i], &watch.before[i], NULL);
    watch.client = NULL;
    watch_fd = -1;
    close(c->pipe[0]);
    close(c->pipe[1]);
    c->watches = false;
    pthread_mutex_unlock(&watch.lock);
}

/* --- the galleries --- */

long cloud_sweep(struct backend *b, struct err *err)
{
    struct cloud *c = b->client;
    struct cloud_left left;
    long removed = 0;
    int code = cloud_journal_read(&left, err);

    for (size_t i = 0; i < left.n && !code; i++) {
        const struct cloud_leftover *l = &left.items[i];
        struct err why = ERR_INIT;
        if (l->held || strcmp(l->service, c->service->name) || strcmp(l->spec, b->name))
            continue;
        if (c->service->remove(b, l->gallery, &why) == 0) {
            cloud_journal_drop(l->service, l->spec, l->gallery, -1);
            removed++;
        } else {
            code = err_add(err, ERR_PROGRAM, "the gallery %s of an earlier run is still at "
                           "%s: %s", l->gallery, c->service->vendor, err_text(&why));
        }
        err_release(&why);
    }
    cloud_left_release(&left);
    return code ? code : removed;
}

/* Once, before the first of our own. What cannot be removed is told, and stays noted. */
static void sweep_first(struct cloud *c)
{
    struct err err = ERR_INIT;

    pthread_mutex_lock(&c->lock);
    bool swept = c->swept;
    c->swept = true;
    pthread_mutex_unlock(&c->lock);
    if (swept)
        return;
    long n = cloud_sweep(c->b, &err);
    if (n > 0)
        cloud_say(c, "%ld galleries that an earlier run had left at %s were deleted", n,
                  c->service->vendor);
    else if (n < 0)
        cloud_say(c, "%s", err_text(&err));
    err_release(&err);
}

int cloud_gallery_made(struct cloud *c, const char *name, struct err *err)
{
    int code;

    if (c->replay || c->dry)
        return 0;
    sweep_first(c);
    if ((code = watch_signals(c, err)))
        return code;
    int fd = cloud_journal_add(c->service->name, c->b->name, name, err);
    if (fd < 0)
        return fd;
    pthread_mutex_lock(&c->lock);
    MEM_ROOM(c->galleries, c->n_galleries, c->galleries_cap);
    c->galleries[c->n_galleries++] = (struct gallery){ mem_strdup(name), false, fd };
    pthread_mutex_unlock(&c->lock);
    return 0;
}

void cloud_gallery_gone(struct cloud *c, const char *name)
{
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_galleries; i++) {
        struct gallery *g = &c->galleries[i];
        if (!g->name || strcmp(g->name, name))
            continue;
        cloud_journal_drop(c->service->name, c->b->name, name, g->fd);
        free(g->name);
        g->name = NULL;
        break;
    }
    pthread_mutex_unlock(&c->lock);
}

void cloud_gallery_close(struct cloud *c)
{
    if (c->n_galleries)
        remove_all(c);
    unwatch(c);
    for (size_t i = 0; i < c->n_galleries; i++) {
        if (c->galleries[i].name)
            close(c->galleries[i].fd);
        free(c->galleries[i].name);
    }
    free(c->galleries);
    c->galleries = NULL;
    c->n_galleries = 0;
}
