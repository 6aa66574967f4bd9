/* SPDX-License-Identifier: 0BSD */
/* The calls `compare`, `enroll`, `search` and `drop`: templates in, scores out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/frame.h"
#include "host/serve.h"

struct list {
    size_t n;
    struct misid_template *items;
    const struct misid_template **pointers;
};

static void list_release(struct list *l)
{
    free(l->items);
    free(l->pointers);
}

/* The templates of a request, [[at, len], …]; NULL, or what is wrong. */
static const char *take_templates(const struct server *s, const json_t *request,
                                  struct list *l)
{
    const json_t *list = json_object_get(request, "templates");
    size_t n = json_array_size(list);

    if (n < 1 || n > SERVE_PAIRS)
        return "templates: expected a list of 1 to 1048576";
    l->items = calloc(n, sizeof *l->items);
    l->pointers = calloc(n, sizeof *l->pointers);
    if (!l->items || !l->pointers)
        return "there is no memory";
    for (l->n = 0; l->n < n; l->n++) {
        const json_t *item = json_array_get(list, l->n);
        const json_t *at = json_array_get(item, 0), *len = json_array_get(item, 1);
        if (json_array_size(item) != 2 || !json_is_integer(at) || !json_is_integer(len) ||
            json_integer_value(at) < 0 || json_integer_value(len) < 0)
            return "templates: expected [at, len] of each";
        struct misid_template *t = &l->items[l->n];
        t->size = sizeof *t;
        t->len = (size_t)json_integer_value(len);
        t->bytes = memory_at(&s->memory, (uint64_t)json_integer_value(at), t->len);
        if (!t->bytes)
            return "a template lies outside the shared memory";
        l->pointers[l->n] = t;
    }
    return NULL;
}

struct pairs {
    size_t n;
    const struct misid_template **a, **b;
    double *scores; /* with a guard behind them */
};

static void pairs_release(struct pairs *p)
{
    free(p->a);
    free(p->b);
    free(p->scores);
}

static const char *take_pairs(const json_t *request, const struct list *l, struct pairs *p)
{
    const json_t *list = json_object_get(request, "pairs");
    size_t n = json_array_size(list);

    if (n < 1 || n > SERVE_PAIRS)
        return "pairs: expected a list of 1 to 1048576";
    p->a = calloc(n, sizeof *p->a);
    p->b = calloc(n, sizeof *p->b);
    p->scores = malloc(n * sizeof *p->scores + ROOM_GUARD);
    if (!p->a || !p->b || !p->scores)
        return "there is no memory";
    for (p->n = 0; p->n < n; p->n++) {
        const json_t *item = json_array_get(list, p->n);
        const json_t *a = json_array_get(item, 0), *b = json_array_get(item, 1);
        if (json_array_size(item) != 2 || !json_is_integer(a) || !json_is_integer(b) ||
            (uint64_t)json_integer_value(a) >= l->n ||
            (uint64_t)json_integer_value(b) >= l->n)
            return "pairs: expected the places of two templates";
        p->a[p->n] = l->pointers[json_integer_value(a)];
        p->b[p->n] = l->pointers[json_integer_value(b)];
        p->scores[p->n] = NAN;
    }
    room_guard(p->scores + n);
    return NULL;
}

static json_t *compare_pairs(struct server *s, const struct pairs *p)
{
    if (s->plugin.is.compare(s->self, p->a, p->b, p->n, p->scores, serve_why(s)) < 0)
        return serve_failed(s, "compare");
    if (!room_is_whole(p->scores + p->n))
        return serve_error("compare(): wrote past the last score");
    json_t *scores = json_array();
    for (size_t i = 0; i < p->n; i++) {
        double v = p->scores[i];
        if (isinf(v)) {
            json_decref(scores);
            return serve_error("compare(): a score is infinite");
        }
        json_array_append_new(scores, isnan(v) ? json_null() : json_real(v));
    }
    return json_pack("{s:o}", "scores", scores);
}

json_t *serve_compare(struct server *s, const json_t *request)
{
    struct list l = { 0 };
    struct pairs p = { 0 };
    json_t *answer;

    if (!(s->capabilities & MISID_COMPARE))
        return serve_error("compare: it cannot");
    const char *what = take_templates(s, request, &l);
    if (!what)
        what = take_pairs(request, &l, &p);
    answer = what ? serve_error("compare: %s", what) : compare_pairs(s, &p);
    pairs_release(&p);
    list_release(&l);
    return answer;
}

static json_t *enroll(struct server *s, const struct list *l)
{
    size_t place = 0;

    while (place < SERVE_GALLERIES && s->galleries[place])
        place++;
    if (place == SERVE_GALLERIES)
        return serve_error("enroll: more than %d galleries at a time", SERVE_GALLERIES);
    s->galleries[place] = s->plugin.is.enroll(s->self, l->pointers, l->n, serve_why(s));
    if (!s->galleries[place])
        return serve_failed(s, "enroll");
    return json_pack("{s:I}", "gallery", (json_int_t)place);
}

json_t *serve_enroll(struct server *s, const json_t *request)
{
    struct list l = { 0 };
    const char *what;
    json_t *answer;

    if (!(s->capabilities & MISID_SEARCH))
        return serve_error("enroll: it cannot");
    what = take_templates(s, request, &l);
    answer = what ? serve_error("enroll: %s", what) : enroll(s, &l);
    list_release(&l);
    return answer;
}

/* The gallery that a request names, or NULL; its number in *place. */
static void *take_gallery(struct server *s, const json_t *request, uint64_t *place)
{
    return frame_get_whole(request, "gallery", SERVE_GALLERIES - 1, place)
               ? s->galleries[*place] : NULL;
}

static json_t *say_candidates(const struct misid_candidate *items, long n, size_t cap)
{
    json_t *list;

    if ((size_t)n > cap)
        return serve_error("search(): says more candidates than there was room for");
    list = json_array();
    for (long i = 0; i < n; i++) {
        if (!isfinite(items[i].score)) {
            json_decref(list);
            return serve_error("search(): a score is not finite");
        }
        json_array_append_new(list, json_pack("[I,f]", (json_int_t)items[i].place,
                                              items[i].score));
    }
    return json_pack("{s:o}", "candidates", list);
}

static json_t *search(struct server *s, void *gallery, const struct misid_template *probe,
                      size_t cap)
{
    struct misid_candidate *items = calloc(cap + 1, sizeof *items);
    struct misid_candidate **pointers = calloc(cap + ROOM_BEYOND, sizeof *pointers);
    json_t *answer;

    if (!items || !pointers) {
        answer = serve_error("search: there is no memory");
    } else {
        for (size_t i = 0; i < cap + ROOM_BEYOND; i++) {
            pointers[i] = &items[i < cap ? i : cap];
            pointers[i]->size = sizeof **pointers;
        }
        long n = s->plugin.is.search(s->self, gallery, probe, pointers, cap, serve_why(s));
        if (n < 0)
            answer = serve_failed(s, "search");
        else if (items[cap].place || items[cap].score != 0)
            answer = serve_error("search(): wrote candidates beyond those there was room "
                                 "for");
        else
            answer = say_candidates(items, n, cap);
    }
    free(items);
    free(pointers);
    return answer;
}

json_t *serve_search(struct server *s, const json_t *request)
{
    struct list l = { 0 };
    uint64_t place, most;
    void *gallery;
    json_t *answer;

    if (!(s->capabilities & MISID_SEARCH))
        return serve_error("search: it cannot");
    if (!(gallery = take_gallery(s, request, &place)))
        return serve_error("search: there is no such gallery");
    if (!frame_get_whole(request, "most", SERVE_PAIRS, &most) || most == 0)
        return serve_error("search: most: expected 1 to %zu", SERVE_PAIRS);
    const char *what = take_templates(s, request, &l);
    if (!what && l.n != 1)
        what = "expected one template";
    answer = what ? serve_error("search: %s", what)
                  : search(s, gallery, l.pointers[0], (size_t)most);
    list_release(&l);
    return answer;
}

json_t *serve_drop(struct server *s, const json_t *request)
{
    uint64_t place;
    void *gallery = take_gallery(s, request, &place);

    if (!gallery)
        return serve_error("drop: there is no such gallery");
    if (s->plugin.is.drop)
        s->plugin.is.drop(s->self, gallery);
    s->galleries[place] = NULL;
    return json_object();
}
