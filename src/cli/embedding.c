/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/embedding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/cache.h"
#include "base/file.h"
#include "base/json.h"
#include "base/machine.h"
#include "cli/pipeline.h"
#include "cli/progress.h"
#include "images/change.h"
#include "images/load.h"

#define RECORD_FORMAT 1
#define CALIBRATION_S .1 /* before the work, and after it */

/* A worker's way from a file to pixels. */
struct picture {
    struct image_workspace *ws;
    struct image_options options;
};

static void *picture_open(void *arg)
{
    struct picture *p = mem_alloc(sizeof *p);

    p->ws = image_workspace_new();
    p->options = *(const struct image_options *)arg;
    return p;
}

static void picture_close(void *self)
{
    struct picture *p = self;

    image_workspace_free(p->ws);
    free(p);
}

static enum status picture_read(void *self, const char *path, const void **bytes,
                                size_t *len, struct text *reason)
{
    struct picture *p = self;

    return image_read(p->ws, path, &p->options, bytes, len, reason);
}

static enum status picture_decode(void *self, const void *bytes, size_t len,
                                  struct image_place *place, struct image *im,
                                  struct image_facts *facts, struct text *reason)
{
    struct picture *p = self;
    enum status status = image_load_bytes(p->ws, bytes, len, &p->options, place, im, facts,
                                          reason);

    if (status == STATUS_OK && p->options.change)
        image_place_move(place, &facts->to_pixels);
    return status;
}

int embedding_open(struct embedding *e, const char *spec,
                   const struct embed_request *request, struct err *err)
{
    *e = (struct embedding){ .request = request };
    if (!(request->threads >= 0 && request->threads <= 256 &&
          request->threads == floor(request->threads)))
        return err_add(err, ERR_INPUT, "--threads %g, expected a whole number up to 256",
                       request->threads);
    int code = backend_open(&e->backend, spec, err);
    if (code)
        return code;
    outputs_init(&e->outputs, e->backend->name);
    e->backend->anew = request->no_cache;
    if (!request->change)
        return 0;
    code = change_parse(&e->change, request->change, "--change", err);
    return !code && e->change.n ? embedding_changeable(e, err) : code;
}

void embedding_share(struct embedding *e, const struct embedding *of)
{
    *e = (struct embedding){ .request = of->request, .backend = of->backend,
                             .change = of->change, .shared = true };
    outputs_init(&e->outputs, e->backend->name);
}

int embedding_changeable(const struct embedding *e, struct err *err)
{
    if (!e->backend->blind)
        return 0;
    return err_add(err, ERR_INPUT, "the backend %s answers without looking at images, so no "
                   "change of them reaches it, expected one that looks", e->backend->name);
}

int embedding_prepare(struct embedding *e, const char *dir, const struct backend_plan *plan,
                      struct err *err)
{
    struct backend *b = e->backend;
    int code = b->plan && plan ? b->plan(b, plan, err) : 0;

    return code || !b->keep || !dir ? code : b->keep(b, dir, err);
}

bool embedding_is_dry(const struct embedding *e)
{
    return e->backend && e->backend->dry;
}

void embedding_release(struct embedding *e)
{
    if (!e->shared)
        backend_close(e->backend);
    outputs_release(&e->outputs);
    timing_release(&e->timing);
    free(e->note);
    *e = (struct embedding){ 0 };
}

/* What else than the file decides the pixels: part of the key of the cache. */
static void say_how(const struct dosage *change, struct text *to)
{
    text_add(to, "as it is over ffffff");
    if (!change->n)
        return;
    text_addf(to, "; changed %d ", CHANGE_VERSION);
    change_add_text(to, change);
}

/* One showing of the images under a change. */
struct showing {
    const struct dosage *change;
    unsigned most;             /* of MISID_…, what may be asked for */
    const char *part;          /* of how many showings it is which; NULL: the only one */
    const struct roster *roster;
    const size_t *rows;
    size_t n;
    const char *root;
    struct outputs *to;
    struct timing timing;
};

static int show(struct embedding *e, struct showing *s, const long *const *sets,
                size_t n_sets, struct err *err)
{
    const struct embed_request *q = e->request;
    struct image_options options = IMAGE_OPTIONS_INIT;
    struct drive_timing times;
    struct progress bar;
    struct text how = TEXT_INIT, name = TEXT_INIT;

    options.measure = q->covariates;
    options.change = s->change;
    say_how(s->change, &how);
    text_addf(&name, "%s%s", e->backend->name, s->change->n ? " " : "");
    change_add_text(&name, s->change);
    if (s->part)
        text_addf(&name, ", dose %s", s->part);
    const struct drive_images images = {
        .open = picture_open, .close = picture_close, .read = picture_read,
        .decode = picture_decode, .arg = &options, .how = how.s,
        .changes = s->change->n > 0,
    };
    struct cache *cache = q->no_cache || !e->backend->cached ? NULL : cache_open(q->cache);
    const struct drive d = {
        .backend = e->backend, .roster = s->roster, .rows = s->rows, .n = s->n,
        .root = s->root, .want = e->backend->capabilities & s->most,
        .images = &images, .covariates = q->covariates, .cache = cache,
        .threads = (unsigned)q->threads,
        .progress = progress_show, .progress_arg = &bar,
    };
    struct calibration yard = CALIBRATION_INIT;
    unsigned workers = q->threads > 0 ? d.threads : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    const bool measured = !s->part; /* of a dose no times are told */
    if (measured)
        calibrate(&yard, workers, CALIBRATION_S);
    progress_begin(&bar, name.s, "images", q->quiet);
    int code = drive(&d, s->to, &times, err);
    progress_end(&bar);
    if (!code) {
        if (measured)
            calibrate(&yard, workers, CALIBRATION_S);
        timing_take(&s->timing, &d, &times, sets, n_sets);
        if (measured)
            s->timing.calibration = calibration_rate(&yard);
    }
    if (cache && *cache_note(cache) && !e->note)
        e->note = mem_strdup(cache_note(cache));
    cache_close(cache);
    drive_timing_release(&times);
    text_release(&how);
    text_release(&name);
    return code;
}

int embedding_make(struct embedding *e, const struct roster *r, const size_t *rows,
                   size_t n, const char *root, const long *const *sets, size_t n_sets,
                   struct err *err)
{
    struct showing s = {
        .change = &e->change, .roster = r, .rows = rows, .n = n, .root = root,
        .most = MISID_CLASS | MISID_TEMPLATE | MISID_QUALITY |
                (e->request->faces ? (unsigned)MISID_FACES : 0),
        .part = e->part, .to = &e->outputs,
    };
    int code = show(e, &s, sets, n_sets, err);

    e->timing = s.timing;
    return code;
}

int embedding_make_dose(struct embedding *e, const struct embedding_dose *dose,
                        const struct roster *r, const size_t *rows, size_t n,
                        const char *root, struct outputs *o, struct err *err)
{
    struct showing s = {
        .change = dose->change, .roster = r, .rows = rows, .n = n, .root = root,
        .most = MISID_CLASS | MISID_QUALITY |
                (dose->classes ? 0 : (unsigned)MISID_TEMPLATE),
        .part = dose->part, .to = o,
    };
    int code = show(e, &s, NULL, 0, err);

    e->computed += s.timing.computed + s.timing.warm_up;
    e->cached += s.timing.cached;
    timing_release(&s.timing);
    return code;
}

void embedding_add_timing(const struct embedding *e, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    json_int(&w, "format", RECORD_FORMAT);
    json_string(&w, "backend", e->backend->name);
    json_string(&w, "fingerprint", e->backend->fingerprint);
    timing_add_json(&e->timing, &w);
    json_end(&w);
}

void embedding_add_record(const struct embedding *e, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    json_int(&w, "format", RECORD_FORMAT);
    backend_add_json(e->backend, &w);
    if (e->change.n) {
        struct text change = TEXT_INIT;
        change_add_text(&change, &e->change);
        json_string(&w, "change", change.s);
        json_int(&w, "change_version", CHANGE_VERSION);
        text_release(&change);
    }
    json_int(&w, "rows", (int64_t)e->outputs.n);
    json_map(&w, "timing");
    timing_add_json(&e->timing, &w);
    json_end(&w);
    json_end(&w);
}

static int write_roster(const struct roster *r, const size_t *rows, size_t n,
                        const char *dir, struct err *err)
{
    char *path = path_join(dir, "roster.csv");
    int code = roster_write_rows(r, rows, n, path, err);

    free(path);
    return code;
}

static int write_templates(const struct embedding *e, const char *dir, struct err *err)
{
    char *path = path_join(dir, "templates.npy");
    int code = e->outputs.template_bytes ? outputs_write_templates(&e->outputs, path, err)
                                         : 0;

    free(path);
    return code;
}

int embedding_write_folder(const struct embedding *e, const struct roster *r,
                           const size_t *rows, size_t n, const char *dir,
                           struct err *err)
{
    struct text t = TEXT_INIT;
    int code;

    (void)((code = path_make_dirs(dir, err)) ||
           (code = file_remove(dir, "backend.json", err)) ||
           (code = file_remove(dir, "templates.npy", err)) ||
           (code = write_roster(r, rows, n, dir, err)));
    if (!code) {
        outputs_to_csv(&e->outputs, r, &t);
        code = file_write_text(dir, "outputs.csv", &t, err);
    }
    if (!code)
        code = write_templates(e, dir, err);
    if (!code) {
        embedding_add_timing(e, &t);
        code = file_write_text(dir, "timing.json", &t, err);
    }
    if (!code) {
        embedding_add_record(e, &t);
        code = file_write_text(dir, "backend.json", &t, err);
    }
    text_release(&t);
    return code;
}

void embedding_add_command(const struct embedding *e, struct text *to)
{
    const struct backend *b = e->backend;
    char *called = strcmp(b->name, b->spec) ? mem_printf("%s=%s", b->name, b->spec)
                                            : mem_strdup(b->name);

    text_add(to, " --backend");
    record_add_quoted(to, called);
    free(called);
}

void embedding_add_words(const struct embedding *e, struct text *to)
{
    const struct backend *b = e->backend;
    const struct timing_summary *m = &e->timing.stages[TIMING_MATCHER];

    text_addf(to, "%s%s: %s %s, %s", to->len ? " " : "", b->name, b->self, b->version,
              b->about);
    if (strcmp(b->name, b->spec))
        text_addf(to, "; asked as %s", b->spec);
    text_addf(to, ". Fingerprint %s. %zu images answered in this run, %zu from the cache",
              b->fingerprint, e->timing.computed + e->computed,
              e->timing.cached + e->cached);
    if (m->n)
        text_addf(to, "; median %.3g ms an image", 1e3 * m->p50);
    text_add(to, ".");
}

void embedding_add_statuses(const struct embedding *e, struct text *to)
{
    size_t counts[STATUS_COUNT] = { 0 }, shown = 0;

    for (size_t i = 0; i < e->outputs.n; i++)
        counts[e->outputs.rows[i].status]++;
    for (int s = 0; s < STATUS_COUNT; s++)
        if (counts[s])
            text_addf(to, "%s%zu %s", shown++ ? ", " : "", counts[s],
                      status_name((enum status)s));
}
