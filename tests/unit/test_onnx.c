/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The onnx plug-in with ONNX Runtime, on models that the test makes: a detector that
 * finds a face where a picture is bright, an embedder that gives its pixels, a net that
 * always says the same of gender and age. Skipped where the plug-in was not built. */
#include <dlfcn.h>

#include "../models/make_onnx.h"
#include "misid-backend.h"
#include "test.h"

/* What the engine itself never frees is not looked at by LeakSanitizer. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libonnxruntime";
}

#define SIDE 32          /* of the detector's picture, and of those it is given */
#define EMBEDDED 8       /* of the embedder's */
#define LENGTH (3 * EMBEDDED * EMBEDDED)

static const struct misid_backend *backend; /* NULL: not built */
static char *dir;

/* The ArcFace template in pixels of SIDE × SIDE. */
static const float template_points[] = { 38.2946f, 51.6963f, 73.5318f, 51.5014f, 56.0252f,
                                         71.7366f, 41.5493f, 92.3655f, 70.7299f, 92.2041f };

static char *in_dir(const char *name)
{
    return path_join(dir, name);
}

static void write_model(struct model *m, const char *name)
{
    char *path = in_dir(name);

    model_write(m, path);
    free(path);
}

static void add_output3(struct model *m, const char *name, const float *v, int64_t rows,
                        int64_t columns)
{
    char constant[32];

    snprintf(constant, sizeof constant, "constant_%s", name);
    model_floats(m, constant, v, (const int64_t[]){ 1, rows, columns }, 3);
    model_node(m, "Identity", constant, NULL, name);
    model_output(m, name);
}

/* A YuNet of 32 × 32, the cell of stride 32 of which scores the root of the picture's
 * mean; with `two` there is always a smaller face at the lower right too. */
static void write_detector(const char *name, bool two)
{
    static const float nothing[16 * 10], one[] = { 1 };
    const float level = 1.0f / 255, size = (float)-0.2876820724517809; /* log(.75) */
    const float box[] = { .5f, .5f, size, size };
    float object16[4] = { 0, 0, 0, two ? 1 : 0 }, class16[4] = { 0, 0, 0, .49f };
    float box16[16] = { 0 }, points[10];
    struct model m = model_new(3, SIDE, SIDE);

    for (int i = 0; i < 10; i++)
        points[i] = template_points[i] / 112;
    box16[12] = box16[13] = .5f;
    add_output3(&m, "cls_8", nothing, 16, 1);
    add_output3(&m, "obj_8", nothing, 16, 1);
    add_output3(&m, "bbox_8", nothing, 16, 4);
    add_output3(&m, "kps_8", nothing, 16, 10);
    add_output3(&m, "cls_16", class16, 4, 1);
    add_output3(&m, "obj_16", object16, 4, 1);
    add_output3(&m, "bbox_16", box16, 4, 4);
    add_output3(&m, "kps_16", nothing, 4, 10);
    add_output3(&m, "obj_32", one, 1, 1);
    add_output3(&m, "bbox_32", box, 1, 4);
    add_output3(&m, "kps_32", points, 1, 10);
    model_floats(&m, "level", &level, (const int64_t[]){ 1, 1 }, 2);
    model_shape(&m, "shape", (const int64_t[]){ 1, 1, 1 }, 3);
    model_node(&m, "ReduceMean", "input", NULL, "mean");
    model_node(&m, "Reshape", "mean", "shape", "flat");
    model_node(&m, "Mul", "flat", "level", "cls_32");
    model_output(&m, "cls_32");
    write_model(&m, name);
}

/* Its pixels, or the roots of them: NaN where they are below 0. */
static void write_embedder(const char *name, const char *op)
{
    struct model m = model_new(3, EMBEDDED, EMBEDDED);

    model_node(&m, "Flatten", "input", NULL, "flat");
    model_node(&m, op, "flat", NULL, "output");
    model_output(&m, "output");
    write_model(&m, name);
}

static void write_genderage(const char *name)
{
    const float v[] = { 0, 1.0986123f, .42f };
    struct model m = model_new(3, 16, 16);

    model_floats(&m, "said", v, (const int64_t[]){ 1, 3 }, 2);
    model_node(&m, "Identity", "said", NULL, "fc1");
    model_output(&m, "fc1");
    write_model(&m, name);
}

static void write_card(const char *name, const char *detector, const char *embedder,
                       const char *mean)
{
    char *text = mem_printf(
        "card: test\nabout: made by a test\n"
        "detector: {family: yunet, file: %s, score: 0.5, overlap: 0.3}\n"
        "embedder: {file: %s, get: ask the test, size: %d, mean: %s}\n"
        "attributes:\n  - {estimator: genderage, file: age.onnx, size: 16}\n",
        detector, embedder, EMBEDDED, mean);

    free(test_file(dir, name, text));
    free(text);
}

static int start(void **state)
{
    const char *build = getenv("BUILDDIR");
    char *path = mem_printf("%s/src/host/plugins/onnx.so", build ? build : ".");
    misid_backend_function *function;
    void *found = NULL, *library = path_is_file(path) ? dlopen(path, RTLD_NOW) : NULL;

    (void)state;
    if (path_is_file(path) && !library)
        fail_msg("%s", dlerror());
    free(path);
    if (!library)
        return 0;
    found = dlsym(library, "misid_backend");
    memcpy(&function, &found, sizeof function);
    assert_null(function(MISID_ABI + 1));
    backend = function(MISID_ABI);
    assert_non_null(backend);
    dir = test_folder();
    setenv("MISID_MODELS", dir, 1);
    setenv("XDG_DATA_HOME", dir, 1);
    write_detector("one.onnx", false);
    write_detector("two.onnx", true);
    write_embedder("pixels.onnx", "Identity");
    write_embedder("roots.onnx", "Sqrt");
    write_genderage("age.onnx");
    write_card("one.yaml", "one.onnx", "pixels.onnx", "0");
    write_card("two.yaml", "two.onnx", "pixels.onnx", "0");
    write_card("nan.yaml", "one.onnx", "roots.onnx", "255");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (dir)
        test_remove_folder(dir);
    return 0;
}

struct opened {
    void *self;
    struct misid_info info;
    char why[1000], files[4000], about[300], similarity[20];
};

/* Opens with the options' defaults, but for the card and one other. */
static void *open_card(struct opened *o, const char *card, const char *name,
                       const char *value)
{
    struct misid_setting settings[32];
    struct misid_text why = { o->why, sizeof o->why };
    char *path = in_dir(card);
    size_t n = 0;

    *o = (struct opened){ .info = { .size = sizeof o->info,
                                    .similarity = { o->similarity, sizeof o->similarity },
                                    .files = { o->files, sizeof o->files },
                                    .about = { o->about, sizeof o->about } } };
    for (const struct misid_option *p = backend->options; p->name; p++) {
        settings[n] = (struct misid_setting){ p->name, p->fallback };
        if (!strcmp(p->name, "card"))
            settings[n].value = path;
        if (name && !strcmp(p->name, name))
            settings[n].value = value;
        n++;
    }
    o->self = backend->open(settings, n, &o->info, &why);
    free(path);
    return o->self;
}

#define FACES 3

struct said {
    struct misid_result result;
    struct misid_face faces[FACES], *pointers[FACES];
    char reason[300], labels[FACES][20], names[FACES][MISID_ATTRIBUTES][20],
        values[FACES][MISID_ATTRIBUTES][20];
    float templates[FACES][LENGTH];
};

/* What is said of a picture of one grey level. */
static void ask(struct opened *o, uint32_t want, uint8_t level, struct said *s)
{
    static uint8_t pixels[SIDE * SIDE * 3];
    const struct misid_image image = { sizeof image, SIDE, SIDE, SIDE * 3, pixels, NULL, NULL };
    const struct misid_image *const images[] = { &image };
    struct misid_text why = { o->why, sizeof o->why };

    memset(pixels, level, sizeof pixels);
    *s = (struct said){ .result = { .size = sizeof s->result,
                                    .reason = { s->reason, sizeof s->reason },
                                    .cap = want & MISID_FACES ? FACES : 1,
                                    .faces = s->pointers } };
    for (int i = 0; i < FACES; i++) {
        struct misid_face *f = s->pointers[i] = &s->faces[i];
        *f = (struct misid_face){ .size = sizeof *f, .quality = NAN, .confidence = NAN,
                                  .label = { s->labels[i], 20 },
                                  .template_bytes = (uint8_t *)s->templates[i],
                                  .template_cap = sizeof s->templates[i] };
        for (int k = 0; k < MISID_ATTRIBUTES; k++) {
            f->attribute_name[k] = (struct misid_text){ s->names[i][k], 20 };
            f->attribute_value[k] = (struct misid_text){ s->values[i][k], 20 };
        }
    }
    struct misid_result *const results[] = { &s->result };
    assert_int_equal(backend->process(o->self, want, images, 1, results, &why), 0);
}

#define NEEDS_PLUGIN() \
    do {               \
        (void)state;   \
        if (!backend)  \
            skip();    \
    } while (0)

static void test_info(void **state)
{
    struct opened o;

    NEEDS_PLUGIN();
    if (!open_card(&o, "one.yaml", NULL, NULL))
        fail_msg("%s", o.why);
    assert_int_equal(o.info.dimension, LENGTH);
    assert_int_equal(o.info.template_bytes, 4 * LENGTH);
    assert_int_equal(o.info.batch, 1);
    assert_int_equal(o.info.capabilities,
                     MISID_CLASS | MISID_TEMPLATE | MISID_FACES | MISID_QUALITY);
    assert_string_equal(o.similarity, "cosine");
    assert_non_null(strstr(o.about, "made by a test; ONNX Runtime 1."));
    assert_non_null(strstr(o.files, "/one.yaml\n"));
    assert_non_null(strstr(o.files, "/one.onnx\n"));
    assert_non_null(strstr(o.files, "/pixels.onnx\n"));
    assert_non_null(strstr(o.files, "/age.onnx\n"));
    assert_non_null(strstr(o.files, "/libonnxruntime.so"));
    backend->close(o.self);
}

static void test_answers(void **state)
{
    const uint32_t all = MISID_TEMPLATE | MISID_CLASS | MISID_QUALITY;
    struct opened o;
    static struct said s, again;

    NEEDS_PLUGIN();
    assert_non_null(open_card(&o, "one.yaml", NULL, NULL));
    ask(&o, all, 204, &s);
    assert_int_equal(s.result.status, MISID_OK);
    assert_int_equal(s.result.n_faces, 1);
    assert_int_equal(s.faces[0].status, MISID_OK);
    assert_near(s.faces[0].box[0], 4, 1e-4);
    assert_near(s.faces[0].box[3], 24, 1e-4);
    assert_near(s.faces[0].quality, sqrt(.8), 1e-6);
    assert_int_equal(s.faces[0].template_len, sizeof s.templates[0]);
    for (int i = 0; i < LENGTH; i++)
        assert_near(s.templates[0][i], 1 / sqrt(LENGTH), 1e-6);
    assert_string_equal(s.labels[0], "male");
    assert_near(s.faces[0].confidence, .75, 1e-6);
    assert_int_equal(s.faces[0].n_attributes, 2);
    assert_string_equal(s.names[0][0], "gender.score");
    assert_string_equal(s.values[0][0], "0.75");
    assert_string_equal(s.names[0][1], "age");
    assert_string_equal(s.values[0][1], "42");

    /* Too dark: an outcome, and no template. */
    ask(&o, all, 20, &again);
    assert_int_equal(again.result.status, MISID_NO_FACE);
    assert_int_equal(again.result.n_faces, 0);
    /* Only what was asked for; and the same bits as before. */
    ask(&o, MISID_TEMPLATE, 204, &again);
    assert_int_equal(again.faces[0].n_attributes, 0);
    assert_true(isnan(again.faces[0].quality));
    assert_memory_equal(again.templates[0], s.templates[0], sizeof s.templates[0]);
    ask(&o, MISID_CLASS, 204, &again);
    assert_int_equal(again.faces[0].template_len, 0);
    assert_string_equal(again.labels[0], "male");
    backend->close(o.self);
}

static void test_several(void **state)
{
    struct opened o;
    static struct said s;

    NEEDS_PLUGIN();
    assert_non_null(open_card(&o, "two.yaml", NULL, NULL));
    ask(&o, MISID_FACES | MISID_TEMPLATE, 204, &s);
    assert_int_equal(s.result.n_faces, 2);
    assert_near(s.faces[0].box[2], 24, 1e-4);
    assert_near(s.faces[1].box[2], 16, 1e-4);
    /* The points of the second coincide: that face fails, not the image. */
    assert_int_equal(s.result.status, MISID_OK);
    assert_int_equal(s.faces[1].status, MISID_ERROR);
    assert_int_equal(s.faces[1].template_len, 0);
    /* In the dark only the second is there. */
    ask(&o, MISID_QUALITY, 0, &s);
    assert_int_equal(s.result.n_faces, 1);
    assert_near(s.faces[0].quality, .7, 1e-6);
    backend->close(o.self);

    assert_non_null(open_card(&o, "two.yaml", "choose", "only"));
    ask(&o, MISID_TEMPLATE, 204, &s);
    assert_int_equal(s.result.status, MISID_SEVERAL_FACES);
    backend->close(o.self);
    assert_non_null(open_card(&o, "two.yaml", "score", "0.8"));
    ask(&o, MISID_FACES | MISID_TEMPLATE, 204, &s);
    assert_int_equal(s.result.n_faces, 1);
    backend->close(o.self);
}

static void test_not_a_number(void **state)
{
    struct opened o;
    static struct said s;

    NEEDS_PLUGIN();
    assert_non_null(open_card(&o, "nan.yaml", NULL, NULL));
    ask(&o, MISID_TEMPLATE, 204, &s);
    assert_int_equal(s.result.status, MISID_ERROR);
    assert_int_equal(s.faces[0].status, MISID_ERROR);
    assert_int_equal(s.faces[0].template_len, 0);
    assert_non_null(strstr(s.reason, "roots.onnx: gives a template that is not of numbers"));
    /* White is 0 after all: a template of zeros has no direction. */
    ask(&o, MISID_TEMPLATE, 255, &s);
    assert_int_equal(s.result.status, MISID_ERROR);
    backend->close(o.self);
}

static void assert_refused(const char *card, const char *name, const char *value,
                           const char *says)
{
    struct opened o;

    assert_null(open_card(&o, card, name, value));
    if (!strstr(o.why, says))
        fail_msg("\"%s\" does not say \"%s\"", o.why, says);
    assert_null(strchr(o.why, '\n'));
}

static void test_refusals(void **state)
{
    struct model m;

    NEEDS_PLUGIN();
    assert_refused("none.yaml", NULL, NULL, "none.yaml: is not a file");
    assert_refused("one.yaml", "card", "no-such-card", "no model card no-such-card.yaml in ");
    assert_refused("one.yaml", "model", "none.onnx", "no model none.onnx along MISID_MODELS");
    assert_refused("one.yaml", "choose", "best", "choose=best: expected prominent, largest");
    assert_refused("one.yaml", "score", "2", "score=2: expected a number from 0 to 1");
    assert_refused("one.yaml", "threads", "0", "threads=0: expected a whole number");
    assert_refused("one.yaml", "scale", "0", "scale=0: expected a number other than 0");
    assert_refused("one.yaml", "order", "bgra", "order=bgra: expected rgb, bgr or grey");
    assert_refused("one.yaml", "size", "x", "size=x: expected a number or WIDTHxHEIGHT");
    assert_refused("one.yaml", "size", "9", "its input is [1,3,8,8]");
    assert_refused("one.yaml", "order", "grey", "expected [1,1,8,8]");
    assert_refused("one.yaml", "model", "one.onnx", "its input is [1,3,32,32]");
    assert_refused("one.yaml", "detector", "pixels.onnx",
                   "pixels.onnx: its outputs are not those of a detector");
    write_card("other.yaml", "one.onnx", "none.onnx", "0");
    assert_refused("other.yaml", NULL, NULL, "to have it: ask the test");

    free(test_file(dir, "text.onnx", "this is no model"));
    assert_refused("one.yaml", "model", "text.onnx", "text.onnx: ONNX Runtime: ");
    free(test_file(dir, "empty.onnx", ""));
    assert_refused("one.yaml", "model", "empty.onnx", "empty.onnx: ONNX Runtime: ");
    m = model_new(3, EMBEDDED, EMBEDDED);
    model_node(&m, "NoSuchOperator", "input", NULL, "output");
    model_output(&m, "output");
    write_model(&m, "operator.onnx");
    assert_refused("one.yaml", "model", "operator.onnx", "NoSuchOperator");
    m = model_new(3, EMBEDDED, EMBEDDED);
    m.type = 7;
    model_node(&m, "Identity", "input", NULL, "output");
    model_output(&m, "output");
    write_model(&m, "integers.onnx");
    assert_refused("one.yaml", "model", "integers.onnx", "integers.onnx: ");
}

/* Sides that a model leaves open are set by the card or an option. */
static void test_open_sides(void **state)
{
    struct model m = model_new(3, -1, -1);
    struct opened o;

    if (!backend) {
        model_write(&m, "/dev/null");
        skip();
    }
    (void)state;
    model_node(&m, "Flatten", "input", NULL, "output");
    model_output(&m, "output");
    write_model(&m, "open.onnx");
    write_card("open.yaml", "one.onnx", "open.onnx", "0");
    assert_non_null(open_card(&o, "open.yaml", "size", "6x4"));
    assert_int_equal(o.info.dimension, 72);
    backend->close(o.self);
    assert_refused("one.yaml", "detector", "open.onnx", "expected [1,3,0,0] (0: any)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_info),         cmocka_unit_test(test_answers),
        cmocka_unit_test(test_several),      cmocka_unit_test(test_not_a_number),
        cmocka_unit_test(test_refusals),     cmocka_unit_test(test_open_sides),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
