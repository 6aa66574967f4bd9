/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A backend driven by several workers, interrupted, and by way of the cache. */
#include "test.h"

#include <math.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "backends/cache.h"
#include "backends/drive.h"

#define SAMPLES 60
#define DIM 4

/* Calls, seen by all processes. */
struct calls {
    int begun[SAMPLES], sessions, sum;
};

struct tried {
    struct calls *calls;
    int delay_us;
    size_t fail_at; /* the call fails that is shown this sample; 0: none */
};

static void reset_calls(struct calls *c)
{
    memset(c, 0, sizeof *c);
}

/* A file's bytes are its name; a picture is 4 × 4 pixels of the number in it. */
static void *no_open(void *arg)
{
    (void)arg;
    return mem_alloc(256);
}

static enum status read_name(void *self, const char *path, const void **bytes, size_t *len,
                             struct text *reason)
{
    snprintf(self, 256, "%s", path);
    *bytes = self;
    *len = strlen(self);
    text_reset(reason);
    if (!strstr(path, "-gone"))
        return STATUS_OK;
    text_add(reason, "no such file");
    return STATUS_MISSING;
}

static enum status decode_name(void *self, const void *bytes, size_t len,
                               struct image_place *place, struct image *im,
                               struct image_facts *facts, struct text *reason)
{
    (void)self;
    (void)len;
    (void)place;
    (void)reason;
    assert_true(image_resize(im, 4, 4));
    memset(im->pixels, atoi((const char *)bytes), 48);
    facts->measured = true;
    facts->width = facts->height = 4;
    facts->eye_distance = NAN;
    facts->measures.luminance = .5;
    return STATUS_OK;
}

static const struct drive_images images = {
    no_open, free, read_name, decode_name, NULL, "as they are", false
};

static int open_session(struct backend *b, struct session **s, struct err *err)
{
    struct tried *t = b->state;

    (void)err;
    *s = mem_alloc(sizeof **s);
    (*s)->backend = b;
    __atomic_fetch_add(&t->calls->sessions, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void end_session(struct session *s)
{
    free(s);
}

static int process(struct session *s, unsigned want, const struct view *views, size_t n,
                   struct answer *answers, struct err *err)
{
    const struct tried *t = s->backend->state;

    for (size_t i = 0; i < n; i++) {
        int number = views[i].image->pixels[0];
        if (t->fail_at && number == (int)t->fail_at)
            return err_add(err, ERR_PROGRAM, "it broke down");
        __atomic_fetch_add(&t->calls->begun[number], 1, __ATOMIC_SEQ_CST);
        if (t->delay_us)
            nanosleep(&(struct timespec){ 0, t->delay_us * 1000L }, NULL);
        if (number % 7 == 3) {
            answer_fail(&answers[i], STATUS_NO_FACE, "nobody in %d", number);
            continue;
        }
        if (number % 7 == 5) {
            answer_fail(&answers[i], STATUS_TIMEOUT, "too late");
            continue;
        }
        struct face_answer *f = answer_faces(&answers[i], number % 5 == 1 ? 2 : 1);
        f->label = number % 2 ? "male" : "female";
        f->confidence = number / 100.;
        float *v = arena_array(&answers[i].arena, DIM, sizeof *v);
        for (int k = 0; k < DIM; k++)
            v[k] = (float)(number * 10 + k);
        for (size_t k = 0; k < answers[i].n_faces; k++) {
            f[k].template = v;
            f[k].template_len = DIM * sizeof *v;
        }
        assert_true(want & MISID_TEMPLATE);
    }
    return 0;
}

static struct backend backend_of(struct tried *t, size_t batch)
{
    return (struct backend){
        .name = "tried", .self = "tried", .version = "1", .batch = batch, .cached = true,
        .capabilities = MISID_CLASS | MISID_TEMPLATE | MISID_FACES, .dimension = DIM,
        .template_bytes = DIM * sizeof(float), .state = t, .session = open_session,
        .end = end_session, .process = process,
        .fingerprint = "3333333333333333333333333333333333333333333333333333333333333333",
    };
}

static void make_roster(struct roster *r)
{
    roster_init(r);
    for (int i = 0; i < SAMPLES; i++) {
        bool fresh;
        char *name = mem_printf("%d%s.jpg", i, i % 11 == 9 ? "-gone" : "");
        long row = roster_add(r, name, &fresh);
        if (i == 2)
            roster_set_status(r, (size_t)row, STATUS_REFUSED_PATH, "leads out");
        if (i == 4)
            roster_set_text(r, (size_t)row, ROSTER_BOX, "1 2 three 4");
        free(name);
    }
}

/* outputs.csv without the latencies, and the templates behind it. */
static int run_one(struct backend *b, struct cache *cache, unsigned threads, bool faces,
                   bool covariates, struct text *to, struct drive_timing *timing,
                   struct err *err)
{
    size_t rows[SAMPLES];
    struct outputs o;
    struct roster r;

    make_roster(&r);
    for (size_t i = 0; i < SAMPLES; i++)
        rows[i] = i;
    outputs_init(&o, b->name);
    const struct drive d = {
        .backend = b, .want = MISID_CLASS | MISID_TEMPLATE | (faces ? MISID_FACES : 0u),
        .roster = &r, .rows = rows, .n = SAMPLES, .images = &images, .cache = cache,
        .threads = threads, .covariates = covariates,
    };
    int code = drive(&d, &o, timing, err);
    for (size_t i = 0; i < o.n; i++)
        o.rows[i].latency_ms = NAN;
    text_reset(to);
    outputs_to_csv(&o, &r, to);
    if (o.templates)
        text_addn(to, (const char *)o.templates, o.n * o.template_bytes);
    outputs_release(&o);
    roster_release(&r);
    return code;
}

static struct calls *share_calls(void)
{
    void *at = mmap(NULL, sizeof(struct calls), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(at != MAP_FAILED);
    return at;
}

static void in_order(void **state)
{
    struct text first = TEXT_INIT, t = TEXT_INIT;
    struct drive_timing timing;
    struct calls calls = { 0 };
    struct tried tried = { &calls, 0, 0 };
    struct backend b = backend_of(&tried, 1);

    (void)state;
    assert_int_equal(run_one(&b, NULL, 1, false, false, &first, &timing, NULL), 0);
    assert_int_equal(calls.sessions, 1);
    assert_int_equal(timing.samples[0].way, DRIVE_WARM_UP);
    assert_int_equal(timing.samples[1].way, DRIVE_COMPUTED);
    assert_int_equal(timing.samples[2].way, DRIVE_NOT_SHOWN);
    drive_timing_release(&timing);
    assert_non_null(strstr(first.s, "\n0.jpg,0,ok,,female,0,,,,,\n1.jpg,0,ok,,male,0.01,,,,,\n"
                           "2.jpg,0,refused-path,leads out,,,,,,,\n"
                           "3.jpg,0,no-face,nobody in 3,,,,,,,\n"
                           "4.jpg,0,no-region,\"the data set's box is not four numbers: x, y"));
    assert_non_null(strstr(first.s, "\n9-gone.jpg,0,missing,no such file,,,,,,,\n"));
    for (unsigned threads = 1; threads < 8; threads += 3)
        for (size_t batch = 1; batch < 20; batch += 6) {
            tried.delay_us = 50;
            b = backend_of(&tried, batch);
            assert_int_equal(run_one(&b, NULL, threads, false, false, &t, &timing, NULL), 0);
            assert_int_equal(t.len, first.len);
            assert_memory_equal(t.s, first.s, t.len);
            drive_timing_release(&timing);
        }
    text_release(&first);
    text_release(&t);
}

static void all_faces(void **state)
{
    struct text t = TEXT_INIT;
    struct drive_timing timing;
    struct calls calls = { 0 };
    struct tried tried = { &calls, 0, 0 };
    struct backend b = backend_of(&tried, 1);

    (void)state;
    assert_int_equal(run_one(&b, NULL, 2, true, true, &t, &timing, NULL), 0);
    assert_non_null(strstr(t.s, "latency_ms,attr.image.width,attr.image.height,"
                           "attr.image.luminance,"));
    /* an image of one colour has no differences; the SHA-256 is that of "1.jpg" */
#define MEASURED "4,4,0.5,0,0,0,0,0," \
                 "0000000000000000000000000000000000000000000000000000000000000000," \
                 "4c468b3b16999fd9578189576d5f770cb4a16ad9fca0e798a251f00a54a87c5d\n"
    assert_non_null(strstr(t.s, "\n1.jpg,0,ok,,male,0.01,,,,,," MEASURED
                           "1.jpg,1,ok,,,,,,,,," MEASURED));
    drive_timing_release(&timing);
    text_release(&t);
}

static void breaks_down(void **state)
{
    struct text t = TEXT_INIT;
    struct drive_timing timing;
    struct calls calls = { 0 };
    struct tried tried = { &calls, 0, 30 };
    struct backend b = backend_of(&tried, 2);
    struct err err = ERR_INIT;

    (void)state;
    assert_true(run_one(&b, NULL, 3, false, false, &t, &timing, &err) < 0);
    assert_faults(&err, "it broke down");
    drive_timing_release(&timing);
    text_release(&t);
}

/* What passes is asked again; all else comes from the cache, of this backend alone. */
static void cached(void **state)
{
    char *dir = test_folder();
    struct text first = TEXT_INIT, t = TEXT_INIT;
    struct drive_timing timing;
    struct calls calls = { 0 };
    struct tried tried = { &calls, 0, 0 };
    struct backend b = backend_of(&tried, 4);

    (void)state;
    struct cache *c = cache_open(dir);
    assert_int_equal(run_one(&b, c, 2, false, false, &first, &timing, NULL), 0);
    drive_timing_release(&timing);
    reset_calls(&calls);
    assert_int_equal(run_one(&b, c, 2, false, false, &t, &timing, NULL), 0);
    assert_memory_equal(t.s, first.s, first.len);
    for (int i = 0; i < SAMPLES; i++) {
        bool shown = i != 2 && i != 4 && i % 11 != 9, timeout = i % 7 == 5;
        assert_int_equal(calls.begun[i], shown && timeout);
        assert_true(!shown || timeout || timing.samples[i].way == DRIVE_CACHED);
    }
    drive_timing_release(&timing);
    snprintf(b.fingerprint, sizeof b.fingerprint, "another");
    reset_calls(&calls);
    assert_int_equal(run_one(&b, c, 2, false, false, &t, &timing, NULL), 0);
    assert_int_equal(calls.begun[0], 1);
    drive_timing_release(&timing);
    reset_calls(&calls);
    assert_int_equal(run_one(&b, c, 2, true, false, &t, &timing, NULL), 0);
    assert_int_equal(calls.begun[0], 1); /* all faces is another question */
    drive_timing_release(&timing);
    cache_close(c);
    text_release(&first);
    text_release(&t);
    test_remove_folder(dir);
}

static int64_t kept(const char *dir)
{
    struct cache *c = cache_open(dir);
    struct cache_stat s;

    assert_string_equal(cache_note(c), "");
    assert_int_equal(cache_stat(c, &s, NULL), 0);
    assert_true(s.sound && s.damaged == 0);
    int64_t n = s.n_backends ? s.backends[0].answers : 0;
    cache_stat_release(&s);
    cache_close(c);
    return n;
}

static void child(struct backend *b, const char *dir, unsigned threads)
{
    struct text t = TEXT_INIT;
    struct drive_timing timing;

    run_one(b, cache_open(dir), threads, false, false, &t, &timing, NULL);
    _exit(0);
}

/* Killed at any moment, many times: nothing that was kept is computed again. */
static void killed(void **state)
{
    enum { THREADS = 2, BATCH = 2 };
    const int kills = getenv("KILLS") ? atoi(getenv("KILLS")) : 20;
    char *dir = test_folder();
    struct text whole = TEXT_INIT, t = TEXT_INIT;
    struct drive_timing timing;
    struct calls *calls = share_calls();
    struct tried tried = { calls, 0, 0 };
    struct backend b = backend_of(&tried, BATCH);
    int died = 0, again = 0, timeouts = 0;

    (void)state;
    assert_int_equal(run_one(&b, NULL, THREADS, false, false, &whole, &timing, NULL), 0);
    drive_timing_release(&timing);
    reset_calls(calls);
    tried.delay_us = 3000;
    srand(1);
    for (int i = 0; i < kills; i++) {
        int64_t before = kept(dir);
        pid_t pid = fork();
        int how;
        if (pid == 0)
            child(&b, dir, THREADS);
        nanosleep(&(struct timespec){ 0, 1000000L * (1 + rand() % 25) }, NULL);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &how, 0), pid);
        died += WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL;
        assert_true(kept(dir) >= before);
    }
    assert_true(died > 0);
    for (int i = 0; i < SAMPLES; i++) {
        if (i % 7 == 5)
            timeouts += calls->begun[i]; /* never kept */
        else if (calls->begun[i] > 1)
            again += calls->begun[i] - 1;
    }
    assert_true(again <= died * THREADS * BATCH); /* those it was at work on */

    int64_t before = kept(dir);
    reset_calls(calls);
    struct cache *c = cache_open(dir);
    assert_int_equal(run_one(&b, c, THREADS, false, false, &t, &timing, NULL), 0);
    cache_close(c);
    drive_timing_release(&timing);
    int64_t begun = 0;
    for (int i = 0; i < SAMPLES; i++)
        begun += i % 7 == 5 ? 0 : calls->begun[i];
    assert_int_equal(begun, kept(dir) - before);
    assert_int_equal(t.len, whole.len);
    assert_memory_equal(t.s, whole.s, t.len);
    print_message("# %d of %d runs killed, %d samples computed again, %d timeouts\n", died,
                  kills, again, timeouts);
    munmap(calls, sizeof *calls);
    text_release(&whole);
    text_release(&t);
    test_remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),    cmocka_unit_test(all_faces),
        cmocka_unit_test(breaks_down), cmocka_unit_test(cached),
        cmocka_unit_test(killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
