/* SPDX-License-Identifier: 0BSD */
#include "host/serve.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/frame.h"

static const struct {
    uint32_t bit;
    const char *name;
} capabilities[] = {
    { MISID_CLASS, "class" },     { MISID_TEMPLATE, "template" },
    { MISID_FACES, "faces" },     { MISID_QUALITY, "quality" },
    { MISID_COMPARE, "compare" }, { MISID_SEARCH, "search" },
};

json_t *serve_error(const char *fmt, ...)
{
    char text[ROOM_REASON + 256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return json_pack("{s:o}", "error", frame_text(text));
}

struct misid_text *serve_why(struct server *s)
{
    s->why.s[0] = '\0';
    room_guard(s->why.guard);
    s->why_text = (struct misid_text){ s->why.s, sizeof s->why.s };
    return &s->why_text;
}

json_t *serve_failed(struct server *s, const char *call)
{
    if (!room_is_text(s->why.s, sizeof s->why.s, s->why.guard))
        return serve_error("%s(): why it failed is longer than its buffer", call);
    return serve_error("%s", s->why.s[0] ? s->why.s : "failed, and did not say why");
}

static json_t *list_capabilities(uint32_t have)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++)
        if (have & capabilities[i].bit)
            json_array_append_new(list, json_string(capabilities[i].name));
    return list;
}

static json_t *say_hello(struct server *s, const json_t *request)
{
    uint64_t protocol;

    if (!frame_get_whole(request, "protocol", INT32_MAX, &protocol) ||
        protocol < SERVE_PROTOCOL)
        return serve_error("misid-host speaks protocol %d", SERVE_PROTOCOL);
    if (s->path && !plugin_load(&s->plugin, s->path, serve_why(s)))
        return serve_failed(s, "misid_backend");
    s->path = NULL;
    const struct misid_backend *b = &s->plugin.is;
    json_t *options = json_array();
    for (size_t i = 0; i < s->plugin.n_options; i++) {
        const struct misid_option *o = &b->options[i];
        json_array_append_new(options, json_pack("{s:s,s:o,s:o}", "name", o->name, "default",
                                                 frame_text(o->fallback ? o->fallback : ""),
                                                 "help",
                                                 frame_text(o->help ? o->help : "")));
    }
    return json_pack("{s:i,s:i,s:s,s:s,s:o,s:o,s:o}", "protocol", SERVE_PROTOCOL, "abi",
                     (int)MISID_ABI, "name", b->name, "version", b->version, "about",
                     frame_text(b->about ? b->about : ""), "capabilities",
                     list_capabilities(b->capabilities), "options", options);
}

#define FILES_ROOM ((size_t)64 << 10)

struct info_room {
    struct misid_info info;
    uint8_t guard[ROOM_GUARD];
    struct room_name similarity;
    struct room_text native;
    struct room_reason about;
    char files[FILES_ROOM];
    uint8_t files_guard[ROOM_GUARD];
};

static void prepare_info(struct info_room *r, uint32_t can)
{
    r->info = (struct misid_info){
        .size = sizeof r->info, .capabilities = can,
        .similarity = { r->similarity.s, sizeof r->similarity.s },
        .native = { r->native.s, sizeof r->native.s },
        .files = { r->files, sizeof r->files },
        .about = { r->about.s, sizeof r->about.s },
    };
    room_guard(r->guard);
    room_guard(r->similarity.guard);
    room_guard(r->native.guard);
    room_guard(r->about.guard);
    room_guard(r->files_guard);
}

static const char *info_breach(const struct info_room *r, uint32_t can)
{
    const struct misid_info *i = &r->info;

    if (!room_is_whole(r->guard))
        return "wrote past the end of struct misid_info";
    if (!room_is_text(r->similarity.s, sizeof r->similarity.s, r->similarity.guard) ||
        !room_is_text(r->native.s, sizeof r->native.s, r->native.guard) ||
        !room_is_text(r->about.s, sizeof r->about.s, r->about.guard) ||
        !room_is_text(r->files, sizeof r->files, r->files_guard))
        return "a text of struct misid_info is longer than its buffer";
    if (i->capabilities & ~can)
        return "adds capabilities that the plug-in does not have";
    if (!isfinite(i->score_low) || !isfinite(i->score_high))
        return "the range of scores is not finite";
    if (i->template_bytes > SERVE_TEMPLATE)
        return "template_bytes is past what is possible";
    return NULL;
}

/* The items of a list with `separator` between them. */
static json_t *split(const char *text, char separator)
{
    json_t *list = json_array();

    for (const char *at = text, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, (char[]){ separator, '\0' });
        if (end == at)
            continue;
        json_t *item = json_stringn(at, (size_t)(end - at));
        json_array_append_new(list, item ? item : frame_text("\xff"));
    }
    return list;
}

static json_t *describe(struct server *s, const struct info_room *r)
{
    const struct misid_info *i = &r->info;

    s->capabilities = i->capabilities;
    s->template_bytes = i->template_bytes;
    return json_pack("{s:o,s:I,s:I,s:I,s:o,s:f,s:f,s:b,s:o,s:o,s:o}", "capabilities",
                     list_capabilities(i->capabilities), "dimension",
                     (json_int_t)i->dimension, "template_bytes",
                     (json_int_t)i->template_bytes, "batch", (json_int_t)i->batch,
                     "similarity", frame_text(r->similarity.s), "low", i->score_low, "high",
                     i->score_high, "distance", (int)(i->score_is_distance != 0), "native",
                     split(r->native.s, ';'), "files", split(r->files, '\n'), "about",
                     frame_text(r->about.s));
}

/* All options of the plug-in, each with the value that the request gives it. */
static const char *take_settings(const struct server *s, const json_t *request,
                                 struct misid_setting *to)
{
    const json_t *given = json_object_get(request, "settings");

    for (size_t i = 0; i < s->plugin.n_options; i++) {
        const char *name = s->plugin.is.options[i].name;
        const char *value = json_string_value(json_object_get(given, name));
        if (!value)
            return name;
        to[i] = (struct misid_setting){ name, value };
    }
    return NULL;
}

static json_t *open_instance(struct server *s, const json_t *request)
{
    static struct info_room room;
    struct misid_setting settings[PLUGIN_OPTIONS_MAX + 1];
    const struct misid_backend *b = &s->plugin.is;

    if (s->path || s->self)
        return serve_error(s->self ? "it is open" : "open before hello");
    const char *missing = take_settings(s, request, settings);
    if (missing)
        return serve_error("the setting '%s' is missing", missing);
    prepare_info(&room, b->capabilities);
    s->self = b->open(settings, s->plugin.n_options, &room.info, serve_why(s));
    if (!s->self)
        return serve_failed(s, "open");
    const char *what = info_breach(&room, b->capabilities);
    return what ? serve_error("open(): %s", what) : describe(s, &room);
}

/* The galleries and the instance itself. */
static void end_instance(struct server *s)
{
    for (size_t i = 0; i < SERVE_GALLERIES; i++)
        if (s->galleries[i] && s->plugin.is.drop)
            s->plugin.is.drop(s->self, s->galleries[i]);
    memset(s->galleries, 0, sizeof s->galleries);
    if (s->self && s->plugin.is.close)
        s->plugin.is.close(s->self);
    s->self = NULL;
}

static json_t *close_instance(struct server *s)
{
    end_instance(s);
    s->closed = 1;
    return json_object();
}

static json_t *dispatch(struct server *s, const json_t *request)
{
    static const struct {
        const char *name;
        json_t *(*serve)(struct server *s, const json_t *request);
    } calls[] = {
        { "process", serve_process }, { "compare", serve_compare },
        { "enroll", serve_enroll },   { "search", serve_search },
        { "drop", serve_drop },
    };
    const char *call = json_string_value(json_object_get(request, "call"));

    if (!call)
        return serve_error("a request without a call");
    if (!strcmp(call, "hello"))
        return say_hello(s, request);
    if (!strcmp(call, "open"))
        return open_instance(s, request);
    if (!strcmp(call, "close"))
        return close_instance(s);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(call, calls[i].name) != 0)
            continue;
        uint64_t size = 0;
        if (!s->self)
            return serve_error("%s before open", call);
        if (json_object_get(request, "memory") &&
            !frame_get_whole(request, "memory", PTRDIFF_MAX, &size))
            return serve_error("memory: expected its size in bytes");
        const char *what = memory_map(&s->memory, (size_t)size);
        return what ? serve_error("%s", what) : calls[i].serve(s, request);
    }
    return serve_error("no such call: %s", call);
}

json_t *serve_line(struct server *s, const char *line, size_t len)
{
    json_error_t e;
    json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &e), *answer;

    if (!json_is_object(request)) {
        json_decref(request);
        return serve_error("not a request: %s", e.text);
    }
    answer = dispatch(s, request);
    json_t *id = json_object_get(request, "id");
    if (answer && id)
        json_object_set(answer, "id", id);
    json_decref(request);
    return answer;
}

void server_release(struct server *s)
{
    end_instance(s);
    room_release(&s->room);
    memory_release(&s->memory);
}
