/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model cards: what they say, and every fault they can have. */
#include "host/plugins/onnx/card.h"

#include "base/text.h"
#include "host/plugins/onnx/picture.h"
#include "test.h"

static const char good[] =
    "card: x\nabout: y\n"
    "detector: {family: scrfd, file: d.onnx, size: 64x32, score: 0.5, overlap: 0.4}\n"
    "embedder: {file: [e.onnx, f.onnx], get: so, size: 112, order: bgr, mean: 127.5,"
    " scale: [1, 2, 4], dimension: 512}\n"
    "attributes:\n"
    "  - {estimator: genderage, file: g.onnx, size: 96, crop: {scale: 1.5, of: longer}}\n";

/* Loads a card of that text; `faults` with DIR standing for its path. */
static void assert_card_faults(const char *text, const char *faults)
{
    char *dir = test_folder(), *path = test_file(dir, "c.yaml", text);
    struct err err = ERR_INIT;
    struct text expected = TEXT_INIT;
    struct card card;

    for (const char *s = faults; *s;) {
        size_t line = strcspn(s, "\n");
        text_addf(&expected, "%s%s:%.*s", expected.len ? "\n" : "", path, (int)line, s);
        s += line + (s[line] == '\n');
    }
    assert_int_equal(card_load(&card, path, &err), *faults ? ERR_INPUT : 0);
    assert_string_equal(err_text(&err), expected.s);
    card_release(&card);
    err_release(&err);
    text_release(&expected);
    free(path);
    test_remove_folder(dir);
}

static void test_card(void **state)
{
    char *dir = test_folder(), *path = test_file(dir, "c.yaml", good);
    struct err err = ERR_INIT;
    struct card c;

    (void)state;
    assert_int_equal(card_load(&c, path, &err), 0);
    assert_string_equal(c.name, "x");
    assert_int_equal(c.detector.family, FAMILY_SCRFD);
    assert_int_equal(c.detector.net.width, 64);
    assert_int_equal(c.detector.net.height, 32);
    assert_int_equal(c.detector.fit, FIT_KEEP);
    assert_false(c.has_landmarks);
    assert_true(c.has_embedder && c.normalise);
    assert_int_equal(c.embedder.n_files, 2);
    assert_string_equal(c.embedder.files[1], "f.onnx");
    assert_string_equal(c.embedder.get, "so");
    assert_int_equal(c.embedder.order, ORDER_BGR);
    assert_near(c.embedder.mean[2], 127.5, 0);
    assert_near(c.embedder.scale[1], 2, 0);
    assert_int_equal(c.dimension, 512);
    assert_int_equal(c.n_attributes, 1);
    assert_true(c.attributes[0].crop.longer);
    assert_string_equal(c.attributes[0].labels[1], "male");
    card_release(&c);
    free(path);
    test_remove_folder(dir);
}

static void test_faults(void **state)
{
#define DETECTOR "detector: {family: yunet, file: d, score: 0.5, overlap: 0.4}\n"
    (void)state;
    assert_card_faults("card: x\nabout: y\n" DETECTOR,
                       "1: neither embedder nor attributes: nothing to do");
    assert_card_faults("card: x\nabout: y\nembedder: {file: e, size: 112}\n"
                       "detector: {family: ultraface, score: 2, overlap: 0.4}\n",
                       "4: detector.score: 2, expected a number from 0 to 1\n"
                       "1: this detector gives no points: the embedder needs landmarks");
    assert_card_faults("card: x\nabout: y\n" DETECTOR
                       "embedder: {file: e, size: 0, scale: [1, 0, 1], mean: [1, 2]}\n",
                       "4: embedder.size: is 0, expected a number or WIDTHxHEIGHT, at most 4096\n"
                       "4: embedder.mean: expected a number, or three in a list\n"
                       "4: embedder.scale: is 0, and is divided by");
    assert_card_faults("card: x\nabout: y\n" DETECTOR "embedder: {file: e, size: 8, ordr: rgb}\n",
                       "4: embedder.ordr: unknown key, expected one of order, file, get, "
                       "mean, size, scale, normalise, dimension");
    assert_card_faults("[1, 2]\n", "1: a list, expected a mapping");
}

static void test_shipped(void **state)
{
    static const char *const names[] = { "arcface", "buffalo_l", "buffalo_s", "faceplugin",
                                         "faceplugin-yunet", "sface" };
    const char *src = getenv("SRCDIR");
    struct err err = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char *path = mem_printf("%s/src/backends/cards/%s.yaml", src ? src : ".", names[i]);
        struct card card;
        card_load(&card, path, &err);
        assert_faults(&err, "");
        assert_string_equal(card.name, names[i]);
        assert_true(card.has_embedder);
        card_release(&card);
        free(path);
    }
}

static void test_parsing(void **state)
{
    double v[3];
    int w, h;

    (void)state;
    assert_true(card_parse_channels("127.5", v));
    assert_near(v[2], 127.5, 0);
    assert_true(card_parse_channels("1;-2;3e1", v));
    assert_near(v[2], 30, 0);
    assert_false(card_parse_channels("1;2", v));
    assert_false(card_parse_channels("1;2;3;4", v));
    assert_false(card_parse_channels("1;2;", v));
    assert_false(card_parse_channels("", v));
    assert_false(card_parse_channels("nan", v));
    assert_true(card_parse_size("112", &w, &h));
    assert_int_equal(h, 112);
    assert_true(card_parse_size("320x240", &w, &h));
    assert_int_equal(w, 320);
    assert_int_equal(h, 240);
    assert_false(card_parse_size("0", &w, &h));
    assert_false(card_parse_size("4097x1", &w, &h));
    assert_false(card_parse_size("320x", &w, &h));
    assert_false(card_parse_size("x", &w, &h));
    assert_false(card_parse_size("1x2x3", &w, &h));
}

static void assert_square(const struct crop *crop, const struct box *box, double x, double y,
                          double side)
{
    const struct box got = crop_square(crop, box, 100, 80);

    assert_near(got.x, x, 1e-9);
    assert_near(got.y, y, 1e-9);
    assert_near(got.width, side, 1e-9);
    assert_near(got.height, side, 1e-9);
}

static void test_crops(void **state)
{
    const struct box box = { 10, 20, 30, 20 };

    (void)state;
    assert_square(&(struct crop){ 1, false, false }, &box, 15, 20, 20);
    assert_square(&(struct crop){ 1.5, true, false }, &box, 2.5, 7.5, 45);
    assert_square(&(struct crop){ 4, false, false }, &box, -15, -10, 80);
    assert_square(&(struct crop){ 3, true, true }, &box, 0, 0, 80);
    assert_square(&(struct crop){ 1, true, true }, &(struct box){ 90, 70, 20, 20 }, 80, 60, 20);
}

static void test_pictures(void **state)
{
    uint8_t pixels[4 * 2 * 3];
    const struct image from = { pixels, 4, 2, 12, 0 };
    struct net net = { .order = ORDER_BGR, .mean = { 1, 2, 3 }, .scale = { 1, 2, 4 } };
    struct canvas c = { .image = IMAGE_INIT };
    double across, down;
    float v[3 * 16];

    (void)state;
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(10 * (i % 3 + 1)); /* red 10, green 20, blue 30 */
    /* Kept in shape: 4 × 2 into 2 × 4 is 2 × 1, the rest black. */
    assert_true(canvas_whole(&c, &from, 2, 4, FIT_KEEP, false, &across, &down));
    assert_near(across, .5, 0);
    assert_near(down, .5, 0);
    canvas_numbers(&c, &net, v);
    assert_near(v[0], 29, 0);            /* blue first */
    assert_near(v[8], (20 - 2) / 2.0, 0);
    assert_near(v[16], (10 - 3) / 4.0, 0);
    assert_near(v[2], -1, 0);            /* below: black */
    /* Stretched, larger, and in grey: .299 × 10 + .587 × 20 + .114 × 30. */
    net = (struct net){ .order = ORDER_GREY, .scale = { 256, 1, 1 } };
    assert_true(canvas_whole(&c, &from, 4, 4, FIT_STRETCH, false, &across, &down));
    assert_near(across, 1, 0);
    assert_near(down, 2, 0);
    canvas_numbers(&c, &net, v);
    assert_near(v[5], 18 / 256.0, 0);
    /* Not made larger unless that is asked for. */
    assert_true(canvas_whole(&c, &from, 8, 8, FIT_KEEP, false, &across, &down));
    assert_near(across, 1, 0);
    assert_true(canvas_whole(&c, &from, 8, 8, FIT_KEEP, true, &across, &down));
    assert_near(across, 2, 0);
    /* Between the centres: 1, 3 to 4 wide is 1, 1.5, 2.5, 3, and so downwards. */
    for (int i = 0; i < 12; i++)
        pixels[i] = (uint8_t)(i < 6 ? i < 3 ? 10 : 30 : i < 9 ? 50 : 90);
    const struct image two = { pixels, 2, 2, 6, 0 };
    assert_true(canvas_whole(&c, &two, 4, 4, FIT_STRETCH, false, &across, &down));
    static const uint8_t expected[4][4] = {
        { 10, 15, 25, 30 }, { 20, 26, 39, 45 }, { 40, 49, 66, 75 }, { 50, 60, 80, 90 }
    };
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            assert_int_equal(image_row(&c.image, y)[3 * x], expected[y][x]);
    /* Points that coincide are no face. */
    assert_false(canvas_aligned(&c, &from, (struct point[LANDMARKS]){ { 0, 0 } }, 8, 8));
    canvas_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_card),    cmocka_unit_test(test_faults),
        cmocka_unit_test(test_shipped), cmocka_unit_test(test_parsing),
        cmocka_unit_test(test_crops),   cmocka_unit_test(test_pictures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
