/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/request.h"

#include <string.h>

#include "base/json.h"

static struct json_out begin(struct text *to, uint64_t id, const char *call)
{
    struct json_out w = json_out(to);

    w.compact = true;
    json_map(&w, NULL);
    json_int(&w, "id", (int64_t)id);
    json_string(&w, "call", call);
    return w;
}

/* json_end() of the line's own map; it writes no line end of its own. */
static void finish(struct json_out *w)
{
    json_end(w);
    while (w->to->len && w->to->s[w->to->len - 1] == '\n')
        w->to->s[--w->to->len] = '\0';
}

void request_hello(struct text *to, uint64_t id)
{
    struct json_out w = begin(to, id, "hello");

    json_int(&w, "protocol", PROTOCOL);
    json_map(&w, "memory");
    json_int(&w, "fd", 3);
    json_string(&w, "path", "/proc/self/fd/3");
    json_end(&w);
    finish(&w);
}

void request_open(struct text *to, uint64_t id, const struct setting *settings, size_t n)
{
    struct json_out w = begin(to, id, "open");

    json_map(&w, "settings");
    for (size_t i = 0; i < n; i++)
        json_string(&w, settings[i].name, settings[i].value);
    json_end(&w);
    finish(&w);
}

static void add_place(struct json_out *w, const struct image_place *place)
{
    if (place && place->has_box) {
        const struct box *b = &place->box;
        json_list(w, "box");
        json_number(w, NULL, b->x);
        json_number(w, NULL, b->y);
        json_number(w, NULL, b->width);
        json_number(w, NULL, b->height);
        json_end(w);
    }
    if (place && place->has_landmarks) {
        json_list(w, "landmarks");
        for (int i = 0; i < LANDMARKS; i++) {
            json_number(w, NULL, place->landmarks[i].x);
            json_number(w, NULL, place->landmarks[i].y);
        }
        json_end(w);
    }
}

static void add_image(struct json_out *w, const struct request_image *i)
{
    const struct image *im = i->view->image;

    json_map(w, NULL);
    json_int(w, "width", im->width);
    json_int(w, "height", im->height);
    if (i->pixels.len) {
        json_int(w, "at", (int64_t)i->pixels.at);
        json_int(w, "stride", 3 * (int64_t)im->width);
    } else {
        json_string(w, "path", i->path);
    }
    add_place(w, i->view->place);
    if (i->templates.len) {
        json_map(w, "template");
        json_int(w, "at", (int64_t)i->templates.at);
        json_int(w, "room", (int64_t)i->templates.len);
        json_end(w);
    }
    json_end(w);
}

void request_process(struct text *to, uint64_t id, unsigned want, size_t faces,
                     size_t memory, const struct request_image *images, size_t n)
{
    static const struct {
        unsigned bit;
        const char *name;
    } wants[] = { { MISID_CLASS, "class" }, { MISID_TEMPLATE, "template" },
                  { MISID_FACES, "faces" }, { MISID_QUALITY, "quality" } };
    struct json_out w = begin(to, id, "process");

    json_list(&w, "want");
    for (size_t i = 0; i < sizeof wants / sizeof *wants; i++)
        if (want & wants[i].bit)
            json_string(&w, NULL, wants[i].name);
    json_end(&w);
    json_int(&w, "faces", (int64_t)faces);
    json_int(&w, "memory", (int64_t)memory);
    json_list(&w, "images");
    for (size_t i = 0; i < n; i++)
        add_image(&w, &images[i]);
    json_end(&w);
    finish(&w);
}

static void add_pair(struct json_out *w, uint64_t a, uint64_t b)
{
    json_list(w, NULL);
    json_int(w, NULL, (int64_t)a);
    json_int(w, NULL, (int64_t)b);
    json_end(w);
}

void request_templates(struct text *to, uint64_t id, const char *call, size_t memory,
                       const struct request_templates *t)
{
    struct json_out w = begin(to, id, call);

    json_int(&w, "memory", (int64_t)memory);
    if (!strcmp(call, "search")) {
        json_int(&w, "gallery", (int64_t)t->gallery);
        json_int(&w, "most", (int64_t)t->most);
    }
    json_list(&w, "templates");
    for (size_t i = 0; i < t->n; i++)
        add_pair(&w, t->items[i].at, t->items[i].len);
    json_end(&w);
    if (t->pairs) {
        json_list(&w, "pairs");
        for (size_t i = 0; i < t->n_pairs; i++)
            add_pair(&w, t->pairs[i][0], t->pairs[i][1]);
        json_end(&w);
    }
    finish(&w);
}

void request_drop(struct text *to, uint64_t id, uint64_t gallery)
{
    struct json_out w = begin(to, id, "drop");

    json_int(&w, "gallery", (int64_t)gallery);
    finish(&w);
}

void request_close(struct text *to, uint64_t id)
{
    struct json_out w = begin(to, id, "close");

    finish(&w);
}
