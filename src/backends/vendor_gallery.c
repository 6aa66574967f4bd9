/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/vendor_gallery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/outside.h"
#include "base/hash.h"

#define NAME_HEX 40

void vendor_galleries_init(struct vendor_galleries *g)
{
    *g = (struct vendor_galleries){ .n = 0 };
    pthread_mutex_init(&g->lock, NULL);
}

void vendor_galleries_release(struct vendor_galleries *g)
{
    for (size_t i = 0; i < g->n; i++)
        vendor_gallery_free(g->items[i]);
    free(g->items);
    free(g->given);
    dict_release(&g->names);
    pthread_mutex_destroy(&g->lock);
}

void vendor_gallery_free(struct vendor_gallery *g)
{
    if (!g)
        return;
    dict_release(&g->ids);
    free(g->place);
    free(g);
}

/* Of all templates in their order, without the zeros behind them. */
static void hash_templates(char hex[HASH_HEX], const void *const *templates,
                           const size_t *len, size_t n)
{
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < n; i++) {
        char one[HASH_HEX];
        hash_bytes(one, templates[i], strnlen(templates[i], len[i]));
        text_add(&t, one);
    }
    hash_bytes(hex, t.s, t.len);
    text_release(&t);
}

void vendor_gallery_rename(struct vendor_galleries *g, struct vendor_gallery *one)
{
    bool fresh;

    one->name[one->stem] = '\0';
    pthread_mutex_lock(&g->lock);
    uint32_t i = dict_add(&g->names, one->name, &fresh);
    if (i >= g->names_cap) {
        g->names_cap = g->names_cap ? 2 * g->names_cap : 8;
        g->given = mem_grow(g->given, g->names_cap, sizeof *g->given);
    }
    g->given[i] = fresh ? 0 : g->given[i] + 1;
    snprintf(one->name + one->stem, sizeof one->name - one->stem, "n%u", g->given[i]);
    pthread_mutex_unlock(&g->lock);
}

struct vendor_gallery *vendor_gallery_new(struct vendor_galleries *g, char kind,
                                          const void *const *templates, const size_t *len,
                                          size_t n)
{
    struct vendor_gallery *one = mem_alloc(sizeof *one);
    char hex[HASH_HEX];

    hash_templates(hex, templates, len, n);
    one->stem = (size_t)snprintf(one->name, sizeof one->name, "misid%c%.*s", kind, NAME_HEX,
                                 hex);
    one->n = n;
    vendor_gallery_rename(g, one);
    return one;
}

void vendor_gallery_place(struct vendor_gallery *g, const char *id, size_t place)
{
    uint32_t i = dict_add(&g->ids, id, NULL);

    if (i >= g->cap) {
        g->cap = g->cap ? 2 * g->cap : 64;
        g->place = mem_grow(g->place, g->cap, sizeof *g->place);
    }
    g->place[i] = (uint32_t)place;
}

uint32_t vendor_gallery_find(const struct vendor_gallery *g, const char *id)
{
    uint32_t i = dict_find(&g->ids, id);

    return i == DICT_NONE ? DICT_NONE : g->place[i];
}

static bool has_place(const struct backend_candidate *list, size_t n, uint32_t place)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].place == place)
            return true;
    return false;
}

long vendor_gallery_places(const struct vendor_gallery *g, const struct backend *b,
                           const struct vendor_candidate *from, size_t n,
                           struct backend_candidate *to, size_t cap, struct err *err)
{
    size_t found = 0;

    for (size_t i = 0; i < n && found < cap; i++) {
        uint32_t place = vendor_gallery_find(g, from[i].id);
        if (place == DICT_NONE)
            return err_add(err, ERR_PROGRAM, "backend %s: the service found %s, which is not "
                           "in the gallery", b->name, from[i].id);
        if (!has_place(to, found, place))
            to[found++] = (struct backend_candidate){ place, from[i].score };
    }
    return (long)found;
}

uint64_t vendor_galleries_add(struct vendor_galleries *g, struct vendor_gallery *one)
{
    pthread_mutex_lock(&g->lock);
    MEM_ROOM(g->items, g->n, g->cap);
    g->items[g->n++] = one;
    uint64_t handle = g->n;
    pthread_mutex_unlock(&g->lock);
    return handle;
}

struct vendor_gallery *vendor_galleries_find(struct vendor_galleries *g, uint64_t handle)
{
    pthread_mutex_lock(&g->lock);
    struct vendor_gallery *one = handle && handle <= g->n ? g->items[handle - 1] : NULL;
    pthread_mutex_unlock(&g->lock);
    return one;
}

struct vendor_gallery *vendor_galleries_take(struct vendor_galleries *g, uint64_t handle)
{
    struct vendor_gallery *one = NULL;

    pthread_mutex_lock(&g->lock);
    if (handle && handle <= g->n) {
        one = g->items[handle - 1];
        g->items[handle - 1] = NULL;
    }
    pthread_mutex_unlock(&g->lock);
    return one;
}

void vendor_gallery_part(const struct vendor_gallery *g, size_t i,
                         char name[VENDOR_GALLERY_NAME])
{
    if (g->parts)
        snprintf(name, VENDOR_GALLERY_NAME, "%.*sp%zu", VENDOR_GALLERY_NAME - 24, g->name, i);
    else
        snprintf(name, VENDOR_GALLERY_NAME, "%s", g->name);
}

void vendor_gallery_part_with(struct backend *b, struct cloud *c, struct vendor_gallery *g,
                              int (*remove)(struct backend *b, const char *gallery,
                                            struct err *err))
{
    struct err err = ERR_INIT;
    char name[VENDOR_GALLERY_NAME];
    bool there = g && !cloud_is_replay(c) && !cloud_is_dry(c);

    for (size_t i = 0; there && (i == 0 || i < g->parts); i++) {
        vendor_gallery_part(g, i, name);
        if (remove(b, name, &err) == 0)
            cloud_gallery_gone(c, name);
    }
    err_release(&err);
    vendor_gallery_free(g);
}

void vendor_gallery_tell(const struct backend *b, size_t refused, size_t n, const char *why)
{
    struct text t = TEXT_INIT;

    if (!refused || !backend_outside.say)
        return;
    text_addf(&t, "backend %s: %zu of %zu faces are not in the gallery: %s", b->name,
              refused, n, why);
    backend_outside.say(t.s);
    text_release(&t);
}
