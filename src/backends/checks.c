/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/remote.h"
#include "base/clock.h"

#define BATCH 4

/* A backend being checked: answers to its images, all asked for alike. */
struct desk {
    struct checks *c;
    const struct checks_options *o;
    struct backend *b;
    struct session *s;
    unsigned want;
    struct answer *first;  /* an image, as it was answered at first */
    struct answer *again;
    struct view *views;
    bool unstable;         /* it does not give the same answer twice */
    bool over;             /* there is no going on */
};

/* True if two texts are the same but for their numbers. */
static bool same_words(const char *a, const char *b)
{
    static const char digits[] = "0123456789";

    while (*a && *b) {
        size_t m = strspn(a, digits), n = strspn(b, digits);
        if (!m != !n || (!m && *a != *b))
            return false;
        a += m ? m : 1;
        b += n ? n : 1;
    }
    return *a == *b;
}

__attribute__((format(printf, 3, 4)))
static void fault(struct checks *c, const char *image, const char *fmt, ...)
{
    struct text t = TEXT_INIT;
    va_list ap;

    va_start(ap, fmt);
    text_addfv(&t, fmt, ap);
    va_end(ap);
    size_t i = 0;
    while (i < c->n_faults && !same_words(c->faults[i].what, t.s))
        i++;
    if (i == c->n_faults) {
        MEM_ROOM(c->faults, c->n_faults, c->faults_cap);
        c->faults[c->n_faults++] = (struct checks_fault){
            .what = arena_strdup(&c->arena, t.s), .image = arena_strdup(&c->arena, image),
        };
    }
    c->faults[i].times++;
    text_release(&t);
}

static void note(struct checks *c, const char *what)
{
    MEM_ROOM(c->notes, c->n_notes, c->notes_cap);
    c->notes[c->n_notes++] = what;
}

/* What a failure says, as faults. */
static void fault_err(struct desk *d, struct err *err)
{
    fault(d->c, "", "%s", err_text(err));
    err_release(err);
    d->over = true;
}

/* A session of which the worker must not have gone unless a sample says so. */
static bool begin(struct desk *d)
{
    struct err err = ERR_INIT;

    if (d->b->session(d->b, &d->s, &err) == 0)
        return true;
    d->s = NULL;
    fault_err(d, &err);
    return false;
}

static void end(struct desk *d)
{
    struct text how = TEXT_INIT;

    if (!d->s)
        return;
    if (remote_is(d->b) && !d->over && !remote_part(d->s, &how))
        fault(d->c, "", "after close: %s", how.s);
    d->b->end(d->s);
    d->s = NULL;
    text_release(&how);
}

/* What went wrong with the session's program until now; NULL: no other program. */
static const struct remote_session *remote(const struct desk *d)
{
    return remote_is(d->b) ? d->s->state : NULL;
}

static size_t troubles(const struct desk *d)
{
    return remote(d) ? remote(d)->troubles : 0;
}

static bool is_wrong(enum status s)
{
    return s == STATUS_CRASHED || s == STATUS_TIMEOUT || s == STATUS_ERROR;
}

/* Asks for n images in one call. Their failures are faults; of several images, what was
 * wrong with the call. */
static bool ask(struct desk *d, unsigned want, const struct view *views,
                const char *const *names, size_t n, struct answer *answers)
{
    struct err err = ERR_INIT;
    size_t before = troubles(d), wrong = 0;

    for (size_t i = 0; i < n; i++)
        answer_reset(&answers[i]);
    if (d->b->process(d->s, want, views, n, answers, &err) < 0) {
        fault_err(d, &err);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        answer_check(&answers[i], d->b, want);
        if (!is_wrong(answers[i].status))
            continue;
        wrong++;
        if (n == 1)
            fault(d->c, names[i], "%s: %s", status_name(answers[i].status),
                  answers[i].reason);
    }
    if (n > 1 && (wrong || troubles(d) > before))
        fault(d->c, names[0], "with several images in one call: %s",
              troubles(d) > before ? remote(d)->trouble.s : "some of them fail");
    else if (!wrong && troubles(d) > before)
        fault(d->c, names[0], "%s, though a new process can process the image",
              remote(d)->trouble.s);
    return true;
}

static bool same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b;
}

/* What differs between two answers, NULL: nothing. Of the parts that both hold. */
static const char *difference(const struct answer *a, const struct answer *b,
                              unsigned want)
{
    if (a->status != b->status)
        return "status";
    if (!a->n_faces || !b->n_faces)
        return a->n_faces || b->n_faces ? "number of faces" : NULL;
    const struct face_answer *f = &a->faces[0], *g = &b->faces[0];
    if (f->status != g->status)
        return "status of a face";
    if (memcmp(&f->box, &g->box, sizeof f->box) != 0)
        return "box";
    if (want & MISID_TEMPLATE && (f->template_len != g->template_len ||
        (f->template_len && memcmp(f->template, g->template, f->template_len) != 0)))
        return "template";
    if (want & MISID_CLASS && (strcmp(f->label, g->label) != 0 ||
                               !same_number(f->confidence, g->confidence)))
        return "label or confidence";
    if (want & MISID_QUALITY && !same_number(f->quality, g->quality))
        return "quality";
    return NULL;
}

/* Asks again, one at a time, the last first, and holds the answers to the first ones. */
static void ask_again(struct desk *d, unsigned want, const char *when)
{
    const struct checks_options *o = d->o;
    bool unstable = d->unstable; /* it is told already */

    for (size_t i = o->n; i-- > 0 && !d->over && !unstable;) {
        if (is_wrong(d->first[i].status) ||
            !ask(d, want, &d->views[i], &o->images[i].name, 1, &d->again[i]) ||
            is_wrong(d->again[i].status))
            continue;
        const char *what = difference(&d->first[i], &d->again[i], want);
        if (!what)
            continue;
        fault(d->c, o->images[i].name, "not deterministic: another %s %s", what, when);
        d->unstable = true;
    }
}

static void ask_in_batches(struct desk *d)
{
    const struct checks_options *o = d->o;
    size_t batch = d->b->batch;
    const char *names[BATCH];

    d->b->batch = BATCH;
    for (size_t at = 0, n; at < o->n && !d->over; at += n) {
        n = o->n - at < BATCH ? o->n - at : BATCH;
        bool sound = true;
        for (size_t i = 0; i < n; i++) {
            names[i] = o->images[at + i].name;
            sound &= !is_wrong(d->first[at + i].status);
        }
        if (!sound || !ask(d, d->want, &d->views[at], names, n, &d->again[at]))
            continue;
        for (size_t i = 0; i < n && !d->unstable; i++) {
            const char *what = is_wrong(d->again[at + i].status) ? NULL
                               : difference(&d->first[at + i], &d->again[at + i], d->want);
            if (what)
                fault(d->c, names[i], "not deterministic: another %s in a batch", what);
        }
    }
    d->b->batch = batch;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The first answers to all images, and how long they took. */
static void ask_first(struct desk *d)
{
    const struct checks_options *o = d->o;
    double *took = mem_array(o->n, sizeof *took);
    size_t n = 0;

    for (size_t i = 0; i < o->n && !d->over; i++) {
        double start = clock_now();
        if (!ask(d, d->want, &d->views[i], &o->images[i].name, 1, &d->first[i]))
            break;
        d->c->asked++;
        d->c->found += d->first[i].status == STATUS_OK;
        if (i && !is_wrong(d->first[i].status))
            took[n++] = clock_now() - start;
    }
    qsort(took, n, sizeof *took, by_value);
    d->c->median = n ? took[n / 2] : NAN;
    if (d->c->median > o->slow)
        fault(d->c, "", "slow: %.3g s an image in the median, expected at most %g",
              d->c->median, o->slow);
    free(took);
}

/* Pictures that are no portraits: any outcome but a crash will do. */
static void ask_odd(struct desk *d)
{
    static const struct {
        const char *name;
        int width, height;
    } sizes[] = { { "1 × 1 pixel", 1, 1 }, { "3 × 2 pixels", 3, 2 },
                  { "1 × 900 pixels", 1, 900 }, { "900 × 1 pixels", 900, 1 },
                  { "2400 × 1800 pixels", 2400, 1800 } };
    struct image im = IMAGE_INIT;
    struct answer a = { .status = STATUS_OK };

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && !d->over; i++) {
        const struct view view = { .image = &im, .path = "" };
        if (!image_resize(&im, sizes[i].width, sizes[i].height))
            break;
        for (size_t k = 0; k < im.stride * (size_t)im.height; k++)
            im.pixels[k] = (uint8_t)(k * 2654435761u >> 24);
        ask(d, d->want, &view, &sizes[i].name, 1, &a);
    }
    answer_release(&a);
    image_release(&im);
}

/* The templates of the first answers. */
struct album {
    const void **t;
    size_t *len;
    size_t *image;
    size_t n;
};

static struct album collect(const struct desk *d)
{
    struct album a = { .t = mem_array(d->o->n, sizeof *a.t),
                       .len = mem_array(d->o->n, sizeof *a.len),
                       .image = mem_array(d->o->n, sizeof *a.image) };

    for (size_t i = 0; i < d->o->n; i++)
        if (d->first[i].status == STATUS_OK && d->first[i].faces[0].template_len) {
            a.t[a.n] = d->first[i].faces[0].template;
            a.len[a.n] = d->first[i].faces[0].template_len;
            a.image[a.n++] = i;
        }
    return a;
}

static void album_release(struct album *a)
{
    free(a->t);
    free(a->len);
    free(a->image);
}

static bool compare(struct desk *d, const void *const *a, const size_t *a_len,
                    const void *const *b, const size_t *b_len, size_t n, double *scores)
{
    struct err err = ERR_INIT;

    if (d->b->compare(d->s, a, a_len, b, b_len, n, scores, &err) == 0)
        return true;
    fault_err(d, &err);
    return false;
}

static void check_scores(struct desk *d, const struct album *a, size_t i,
                         const double *scores)
{
    const struct backend *b = d->b;
    const char *name = d->o->images[a->image[i]].name;
    bool bounded = b->score_low < b->score_high;

    for (size_t k = 0; k < a->n; k++) {
        if (isnan(scores[k])) {
            fault(d->c, name, "compare: no score for two of its own templates%s%s",
                  remote(d) && remote(d)->troubles ? ": " : "",
                  remote(d) && remote(d)->troubles ? remote(d)->trouble.s : "");
            continue;
        }
        if (bounded && (scores[k] < b->score_low || scores[k] > b->score_high))
            fault(d->c, name, "compare: a score outside the range that it states, %g to %g",
                  b->score_low, b->score_high);
        if (b->score_is_distance ? scores[k] < scores[i] : scores[k] > scores[i])
            fault(d->c, name, "compare: another image is more alike than the image itself");
    }
}

static void check_compare(struct desk *d, const struct album *a)
{
    const void **other = mem_array(a->n, sizeof *other);
    size_t *len = mem_array(a->n, sizeof *len);
    double *scores = mem_array(a->n, sizeof *scores);
    double *again = mem_array(a->n, sizeof *again);

    for (size_t i = 0; i < a->n && !d->over; i++) {
        for (size_t k = 0; k < a->n; k++) {
            other[k] = a->t[i];
            len[k] = a->len[i];
        }
        if (!compare(d, other, len, a->t, a->len, a->n, scores) ||
            !compare(d, other, len, a->t, a->len, a->n, again))
            break;
        check_scores(d, a, i, scores);
        for (size_t k = 0; k < a->n; k++)
            if (!same_number(scores[k], again[k]))
                fault(d->c, d->o->images[a->image[i]].name,
                      "compare: not deterministic: another score at the second time");
    }
    /* a template cut off: no score or any, but no crash */
    size_t before = troubles(d);
    for (size_t k = 0; k < a->n; k++)
        len[k] = a->len[k] / 2;
    if (!d->over && compare(d, a->t, len, a->t, a->len, a->n, scores) &&
        troubles(d) > before)
        fault(d->c, "", "compare: templates that are cut off: %s", remote(d)->trouble.s);
    free(other);
    free(len);
    free(scores);
    free(again);
}

static void check_search(struct desk *d, const struct album *a)
{
    struct backend_candidate *found = mem_array(a->n, sizeof *found);
    struct err err = ERR_INIT;
    uint64_t gallery;

    if (d->b->enroll(d->s, a->t, a->len, a->n, &gallery, &err) < 0) {
        fault_err(d, &err);
        free(found);
        return;
    }
    for (size_t i = 0; i < a->n && !d->over; i++) {
        const char *name = d->o->images[a->image[i]].name;
        long n = d->b->search(d->s, gallery, a->t[i], a->len[i], found, a->n, &err);
        bool there = false;
        if (n < 0)
            fault_err(d, &err);
        for (long k = 0; k < n; k++) {
            double step = k ? found[k].score - found[k - 1].score : 0;
            there |= found[k].place == i && found[k].score == found[0].score;
            if (d->b->score_is_distance ? step < 0 : step > 0)
                fault(d->c, name, "search: candidates that are not in the order of their "
                      "scores");
        }
        if (n >= 0 && !there)
            fault(d->c, name, "search: does not find the template itself first");
    }
    d->b->drop(d->s, gallery);
    free(found);
}

static void check_parts(struct desk *d)
{
    static const unsigned parts[] = { MISID_CLASS, MISID_TEMPLATE, MISID_QUALITY };
    struct album a = collect(d);

    for (size_t i = 0; i < 3 && !d->over; i++)
        if ((d->want & parts[i]) && d->want != parts[i])
            ask_again(d, parts[i], "when nothing else is wanted");
    if (d->want & MISID_FACES && !d->over)
        ask_again(d, d->want & ~(unsigned)MISID_FACES, "when one face is wanted");
    if (a.n < 2 && d->want & MISID_TEMPLATE && !d->c->n_faults)
        note(d->c, "there are no two templates: comparing was not checked");
    if (a.n >= 2 && d->b->compare && !d->over)
        check_compare(d, &a);
    if (a.n >= 2 && d->b->enroll && !d->over)
        check_search(d, &a);
    album_release(&a);
}

static void check_all(struct desk *d)
{
    if (!begin(d))
        return;
    ask_first(d);
    if (!d->c->found && !d->c->n_faults)
        note(d->c, "it found no face in any image: give it others, as FILE");
    if (!d->over)
        ask_again(d, d->want, "at the second time");
    if (!d->over)
        ask_in_batches(d);
    if (!d->over)
        check_parts(d);
    if (!d->over)
        ask_odd(d);
    end(d);
    if (d->over || !begin(d))
        return;
    ask_again(d, d->want, "from another process");
    end(d);
}

int checks_run(struct checks *c, const char *spec, const struct checks_options *o,
               struct err *err)
{
    struct desk d = { .c = c, .o = o };
    struct err why = ERR_INIT;
    double start = clock_now();

    *c = (struct checks){ .program = spec, .median = NAN };
    int code = backend_open(&d.b, spec, &why);
    if (code == ERR_PROGRAM) { /* it is there, and does not do what is asked of it */
        fault_err(&d, &why);
        return 0;
    }
    if (code) {
        err_add(err, code, "%s", err_text(&why));
        err_release(&why);
        return code;
    }
    c->start = clock_now() - start;
    c->program = arena_printf(&c->arena, "%s %s", d.b->self, d.b->version);
    d.want = d.b->capabilities & (MISID_CLASS | MISID_TEMPLATE | MISID_FACES |
                                  MISID_QUALITY);
    d.first = mem_array(o->n, sizeof *d.first);
    d.again = mem_array(o->n, sizeof *d.again);
    d.views = mem_array(o->n, sizeof *d.views);
    for (size_t i = 0; i < o->n; i++)
        d.views[i] = o->images[i].view;
    check_all(&d);
    if (d.s)
        d.b->end(d.s);
    for (size_t i = 0; i < o->n; i++) {
        answer_release(&d.first[i]);
        answer_release(&d.again[i]);
    }
    free(d.first);
    free(d.again);
    free(d.views);
    backend_close(d.b);
    return 0;
}

void checks_release(struct checks *c)
{
    arena_release(&c->arena);
    free(c->faults);
    free(c->notes);
    *c = (struct checks){ .program = "" };
}
