/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid backend: which matchers there are, what one is, what one says of a picture. */
#include "backends/backend.h"
#include "backends/found.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "images/load.h"

struct request {
    struct option_list backends;
    const char *box, *landmarks;
    bool json, want_help;
};

/* Only the onnx plug-in has cards. */
static bool has_cards(const char *plugin)
{
    return !strcmp(plugin, "onnx");
}

static void list_plugins_json(struct json_out *w)
{
    char **names = found_plugins(), **cards = found_cards();

    for (char **at = names; *at; at++) {
        char *path = found_plugin(*at);
        json_map(w, NULL);
        json_string(w, "name", *at);
        json_string(w, "about", "a plug-in");
        json_string(w, "file", path ? path : "");
        if (has_cards(*at)) {
            json_list(w, "cards");
            for (char **card = cards; *card; card++)
                json_string(w, NULL, *card);
            json_end(w);
        }
        json_end(w);
        free(path);
    }
    found_free(names);
    found_free(cards);
}

static void list_plugins(struct text *to)
{
    char **names = found_plugins(), **cards = found_cards();

    for (char **at = names; *at; at++) {
        char *path = found_plugin(*at);
        text_addf(to, "%-10s the plug-in %s\n", *at, path ? path : "");
        for (char **card = cards; has_cards(*at) && *card; card++)
            text_addf(to, "  card=%s\n", *card);
        free(path);
    }
    found_free(names);
    found_free(cards);
}

static void list_json(struct text *to)
{
    struct json_out w = json_out(to);
    size_t n;
    const struct backend_kind *const *kinds = backend_kinds(&n);

    json_list(&w, NULL);
    for (size_t i = 0; i < n; i++) {
        json_map(&w, NULL);
        json_string(&w, "name", kinds[i]->name);
        json_string(&w, "about", kinds[i]->about);
        json_list(&w, "options");
        for (const struct backend_option *o = kinds[i]->options; o && o->name; o++) {
            json_map(&w, NULL);
            json_string(&w, "name", o->name);
            json_string(&w, "default", o->fallback);
            json_string(&w, "help", o->help);
            json_end(&w);
        }
        json_end(&w);
        json_end(&w);
    }
    list_plugins_json(&w);
    json_end(&w);
}

static void list_words(struct text *to)
{
    size_t n;
    const struct backend_kind *const *kinds = backend_kinds(&n);

    for (size_t i = 0; i < n; i++) {
        text_addf(to, "%-10s %s\n", kinds[i]->name, kinds[i]->about);
        for (const struct backend_option *o = kinds[i]->options; o && o->name; o++)
            text_addf(to, "  %s=%s%*s %s\n", o->name, o->fallback,
                      (int)(strlen(o->name) + strlen(o->fallback) < 18
                                ? 18 - strlen(o->name) - strlen(o->fallback) : 0), "",
                      o->help);
    }
    list_plugins(to);
}

static void show_words(const struct backend *b, struct text *to)
{
    struct text t = TEXT_INIT;
    char number[NUM_MAX];

    text_addf(to, "backend      %s\n", b->name);
    text_addf(to, "program      %s %s: %s\n", b->self, b->version, b->about);
    backend_add_capabilities(b, &t);
    text_addf(to, "can          %s\n", t.s);
    if (b->dimension)
        text_addf(to, "templates    %u numbers, %s\n", b->dimension,
                  b->own_scores ? "compared by itself" : similarity_names[b->similarity]);
    else if (b->capabilities & MISID_TEMPLATE)
        text_addf(to, "templates    opaque, at most %zu bytes\n", b->template_bytes);
    for (size_t i = 0; i < b->n_native; i++)
        text_addf(to, "%s%s", i ? ", " : "native       ", num_shortest(number, b->native[i]));
    if (b->n_native)
        text_addch(to, '\n');
    for (size_t i = 0; i < b->n_settings; i++)
        text_addf(to, "%-12s %s=%s\n", i ? "" : "options", b->settings[i].name,
                  b->settings[i].value);
    for (size_t i = 0; i < b->n_files; i++)
        text_addf(to, "%-12s %s %s\n", i ? "" : "files", b->files[i].value,
                  path_basename(b->files[i].name));
    text_addf(to, "fingerprint  %s\n", b->fingerprint);
    text_release(&t);
}

static void show_json(const struct backend *b, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    backend_add_json(b, &w);
    json_end(&w);
}

static int do_show(const struct request *q, const char *spec, struct err *err)
{
    struct text t = TEXT_INIT;
    struct backend *b;
    int code = backend_open(&b, spec, err);

    if (code)
        return code;
    if (q->json)
        show_json(b, &t);
    else
        show_words(b, &t);
    fputs(t.s, stdout);
    text_release(&t);
    backend_close(b);
    return 0;
}

static void face_json(const struct backend *b, const struct face_answer *f,
                      struct json_out *w)
{
    json_map(w, NULL);
    json_string(w, "status", status_name(f->status));
    if (f->box.width > 0) {
        json_list(w, "box");
        json_number(w, NULL, f->box.x);
        json_number(w, NULL, f->box.y);
        json_number(w, NULL, f->box.width);
        json_number(w, NULL, f->box.height);
        json_end(w);
    }
    json_string(w, "label", *f->label ? f->label : NULL);
    json_number(w, "confidence", f->confidence);
    json_number(w, "quality", f->quality);
    json_map(w, "attributes");
    for (size_t i = 0; i < f->n_attributes; i++)
        json_string(w, f->attributes[i].name, f->attributes[i].value);
    json_end(w);
    json_int(w, "template_bytes", (int64_t)f->template_len);
    json_list(w, "template");
    for (uint32_t i = 0; f->template_len && i < b->dimension; i++)
        json_number(w, NULL, (double)((const float *)f->template)[i]);
    json_end(w);
    json_end(w);
}

static void probe_json(const struct backend *b, const struct answer *a, struct json_out *w)
{
    json_map(w, NULL);
    json_string(w, "backend", b->name);
    json_string(w, "fingerprint", b->fingerprint);
    json_string(w, "status", status_name(a->status));
    json_string(w, "reason", *a->reason ? a->reason : NULL);
    json_number(w, "latency_ms", 1e3 * a->latency);
    json_list(w, "faces");
    for (size_t i = 0; i < a->n_faces; i++)
        face_json(b, &a->faces[i], w);
    json_end(w);
    json_end(w);
}

static void face_words(const struct backend *b, const struct face_answer *f, size_t i,
                       struct text *to)
{
    text_addf(to, "  face %zu: %s", i, status_name(f->status));
    if (f->box.width > 0)
        text_addf(to, ", box %g %g %g %g", f->box.x, f->box.y, f->box.width, f->box.height);
    if (*f->label)
        text_addf(to, ", %s", f->label);
    if (!isnan(f->confidence))
        text_addf(to, " (confidence %.4g)", f->confidence);
    if (!isnan(f->quality))
        text_addf(to, ", quality %.4g", f->quality);
    for (size_t k = 0; k < f->n_attributes; k++)
        text_addf(to, ", %s %s", f->attributes[k].name, f->attributes[k].value);
    if (f->template_len && b->dimension)
        text_addf(to, ", template of %u numbers", b->dimension);
    else if (f->template_len)
        text_addf(to, ", template of %zu bytes", f->template_len);
    text_addch(to, '\n');
}

static void probe_words(const struct backend *b, const struct answer *a, struct text *to)
{
    text_addf(to, "%s: %s%s%s, %.3g ms\n", b->name, status_name(a->status),
              *a->reason ? ": " : "", a->reason, 1e3 * a->latency);
    for (size_t i = 0; i < a->n_faces; i++)
        face_words(b, &a->faces[i], i, to);
}

/* One picture shown to one backend. */
static int ask(struct backend *b, const struct view *view, struct answer *a,
               struct err *err)
{
    struct session *s = NULL;
    unsigned want = b->capabilities & (MISID_CLASS | MISID_TEMPLATE | MISID_FACES |
                                       MISID_QUALITY);
    int code = b->blind ? err_add(err, ERR_INPUT, "backend %s: looks at no picture", b->name)
                        : b->session(b, &s, err);
    double start, took;

    if (code)
        return code;
    answer_reset(a);
    start = clock_now();
    code = b->process(s, want, view, 1, a, err);
    took = clock_now() - start;
    b->end(s);
    if (code)
        return code;
    answer_check(a, b, want);
    if (isnan(a->latency))
        a->latency = took;
    return 0;
}

static int probe_all(const struct request *q, const struct view *view, struct err *err)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    struct answer a = { .status = STATUS_OK };
    int code = 0;

    if (q->json)
        json_list(&w, NULL);
    for (size_t i = 0; i < q->backends.n && !code; i++) {
        struct backend *b;
        code = backend_open(&b, q->backends.items[i], err);
        if (!code && !(code = ask(b, view, &a, err))) {
            if (q->json)
                probe_json(b, &a, &w);
            else
                probe_words(b, &a, &t);
        }
        backend_close(b);
    }
    if (q->json && !code) {
        json_end(&w);
    }
    if (!code)
        fputs(t.s, stdout);
    answer_release(&a);
    text_release(&t);
    return code;
}

static int do_probe(const struct request *q, const char *path, struct err *err)
{
    struct image_workspace *ws = image_workspace_new();
    struct image_options options = IMAGE_OPTIONS_INIT;
    struct image im = IMAGE_INIT;
    struct image_facts facts;
    struct image_place place;
    struct text reason = TEXT_INIT;
    const char *fault = image_place_parse(&place, q->box ? q->box : "",
                                          q->landmarks ? q->landmarks : "");
    int code = 0;

    if (!q->backends.n)
        code = err_add(err, ERR_INPUT, "backend: expected --backend NAME[:option=value,...], "
                       "perhaps several");
    else if (fault)
        code = err_add(err, ERR_INPUT, "backend: --box or --landmarks: %s", fault);
    if (!code) {
        enum status status = image_load(ws, path, &options, &place, &im, &facts, &reason);
        const struct view view = { &im, &place, path, 0, false };
        code = status == STATUS_OK ? probe_all(q, &view, err)
                                   : err_add(err, ERR_INPUT, "%s: %s: %s", path,
                                             status_name(status), reason.s);
    }
    text_release(&reason);
    image_release(&im);
    image_workspace_free(ws);
    return code;
}

static int do_list(const struct request *q)
{
    struct text t = TEXT_INIT;

    if (q->json)
        list_json(&t);
    else
        list_words(&t);
    fputs(t.s, stdout);
    text_release(&t);
    return 0;
}

int backend_main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "check"))
        return backend_check_main(argc - 1, argv + 1);

    struct request q = { .box = NULL };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_LIST, "backend", "NAME[:option=value,...]",
          "probe: whom to ask; may be repeated", &q.backends },
        { OPTION_TEXT, "box", "X Y W H", "probe: where the face is, in pixels", &q.box },
        { OPTION_TEXT, "landmarks", "X Y …", "probe: its five points", &q.landmarks },
        { OPTION_FLAG, "json", NULL, "print it as JSON", &q.json },
        { OPTION_FLAG, "help", NULL, "this text", &q.want_help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("backend", table, argc, argv, &args, &err);
    const char *what = args.n ? args.items[0] : "";

    if (!code && q.want_help) {
        puts("usage: misid backend list [--json]\n"
             "       misid backend show NAME[:option=value,...] [--json]\n"
             "       misid backend probe FILE --backend NAME[:option=value,...] [OPTION]...\n"
             "       misid backend check NAME[:option=value,...] [FILE]... [OPTION]...\n\n"
             "Which matchers there are, what one is, and what it says of one picture.\n");
        options_print(table);
    } else if (!code && !strcmp(what, "list") && args.n == 1) {
        code = do_list(&q);
    } else if (!code && !strcmp(what, "show") && args.n == 2) {
        code = do_show(&q, args.items[1], &err);
    } else if (!code && !strcmp(what, "probe") && args.n == 2) {
        code = do_probe(&q, args.items[1], &err);
    } else if (!code) {
        code = err_add(&err, ERR_INPUT, "backend: expected 'list', 'show NAME', 'probe "
                       "FILE' or 'check NAME'");
    }
    option_list_release(&args);
    option_list_release(&q.backends);
    return code ? cli_fail(&err) : EXIT_DONE;
}
