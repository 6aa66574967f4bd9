/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches in a gallery, against counting by hand and all sub-galleries. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/image.h"
#include "near.h"
#include "stats/interval.h"
#include "stats/proportion.h"
#include "stats/searches.h"
#include "test.h"

#define N_PROBES 5
#define N_GALLERY 7 /* samples, of 6 people */

struct set {
    struct roster probes, gallery;
    struct scores scores;
    struct axis axis[2];
    struct axes axes;
    struct compared compared;
    struct searches searches;
};

static const char *const genders[] = { "f", "m" };
static const char *const towns[] = { "x", "y" };

/* Probes p0 f, p1 f, p2 m, p3 m (its image failed), p4 m (in the gallery). Gallery: g0 f
 * with two samples, g1 f, g2 m, g3 m, g4 m, p4 m. Towns of the probes alone. */
static void make(struct set *s)
{
    static const char *const names[] = { "p0", "p1", "p2", "p3", "p4" };
    static const char *const enrolled[] = { "g0", "g0", "g1", "g2", "g3", "g4", "p4" };
    static struct scores_pair pairs[] = {
        { 0, 0, .9f }, { 0, 1, .8f }, { 0, 2, .7f }, { 0, 3, .3f },
        { 1, 0, .6f }, { 2, 3, .75f }, { 2, 4, .65f }, { 2, 5, .6f }, { 4, 3, .95f },
    };
    char name[16];
    bool fresh;

    memset(s, 0, sizeof *s);
    roster_init(&s->probes);
    roster_init(&s->gallery);
    size_t gender = roster_add_attribute(&s->probes, "gender", PROVENANCE_DRAWN, "");
    size_t town = roster_add_attribute(&s->probes, "town", PROVENANCE_DRAWN, "");
    roster_add_attribute(&s->gallery, "gender", PROVENANCE_DRAWN, "");
    for (size_t i = 0; i < N_PROBES; i++) {
        roster_add(&s->probes, names[i], &fresh);
        roster_set_subject(&s->probes, i, names[i]);
        roster_set(&s->probes, i, gender, genders[i >= 2]);
        roster_set(&s->probes, i, town, towns[i % 2]);
    }
    roster_set_status(&s->probes, 3, STATUS_NO_FACE, "");
    for (size_t i = 0; i < N_GALLERY; i++) {
        snprintf(name, sizeof name, "s%zu", i);
        roster_add(&s->gallery, name, &fresh);
        roster_set_subject(&s->gallery, i, enrolled[i]);
        roster_set(&s->gallery, i, 0, genders[i >= 3]);
    }
    scores_init(&s->scores);
    s->scores.gallery = true;
    s->scores.floor = .2;
    s->scores.n_exceedances = sizeof pairs / sizeof *pairs;
    s->scores.exceedances = malloc(sizeof pairs);
    memcpy(s->scores.exceedances, pairs, sizeof pairs);
    s->axis[0] = (struct axis){ "gender", (const char **)genders, 2 };
    s->axis[1] = (struct axis){ "town", (const char **)towns, 2 };
    s->axes = (struct axes){ s->axis, 2 };
    struct err err = ERR_INIT;
    assert_int_equal(compared_init(&s->compared, &s->scores, &s->axes, &s->probes,
                                   &s->gallery, &err), 0);
    searches_init(&s->searches, &s->compared);
}

static void release(struct set *s)
{
    searches_release(&s->searches);
    compared_release(&s->compared);
    scores_release(&s->scores);
    roster_release(&s->probes);
    roster_release(&s->gallery);
}

static struct group group_of(const struct set *s, const char *name)
{
    struct group g;

    assert_int_equal(group_parse(&g, &s->axes, name, NULL), 0);
    return g;
}

static void test_counts(void **state)
{
    struct set s;
    uint32_t c[N_PROBES];
    const struct group all = group_all();

    (void)state;
    make(&s);
    const struct group women = group_of(&s, "gender=f"), men = group_of(&s, "gender=m");
    const struct group there = group_of(&s, "town=x");
    assert_int_equal(searches_enrolled(&s.searches, NULL), 6);
    assert_int_equal(searches_enrolled(&s.searches, &women), 2);
    /* p3 failed, p4 is in the gallery: three non-mated searches */
    assert_int_equal(searches_count(&s.searches, .5, &all, NULL, false, c), 3);
    const uint32_t want[] = { 2, 1, 3, 0, 0 }; /* g0 once for its two samples */
    assert_memory_equal(c, want, sizeof want);
    assert_int_equal(searches_count(&s.searches, .2, &women, &men, false, c), 2);
    assert_int_equal(c[0], 1); /* g2 at .3 */
    assert_int_equal(c[1] + c[2], 0);
    searches_count(&s.searches, .2, &all, &men, true, c);
    assert_int_equal(c[0], 0); /* its first candidate is a woman */
    assert_int_equal(c[2], 1);
    /* the gallery does not know towns: they tell probes apart, nobody else */
    assert_int_equal(searches_count(&s.searches, .5, &there, NULL, false, c), 2);
    assert_int_equal(c[0], 2);
    assert_int_equal(c[2], 3);
    /* at the score itself, and just above it */
    searches_count(&s.searches, (double).6f, &all, NULL, false, c);
    assert_int_equal(c[1], 1);
    searches_count(&s.searches, (double).6f + 1e-9, &all, NULL, false, c);
    assert_int_equal(c[1], 0);
    release(&s);
}

static void test_tally(void **state)
{
    struct set s;
    struct tally t;
    struct clusters clusters;
    struct err err = ERR_INIT;
    const unsigned sets[] = { 0, 1, 2 };
    const struct operating_point point = { "threshold=0.5", .5 };
    const struct group all = group_all();

    (void)state;
    make(&s);
    tally_init(&t, &s.axes);
    clusters_init(&clusters);
    assert_int_equal(compared_count(&s.compared, "b", &point, 1, sets, 3, "", &t, &clusters,
                                    &err), 0);
    const struct group women = group_of(&s, "gender=f"), there = group_of(&s, "town=x");
    const struct count *c = tally_find(&t, "b", "fpir", point.name, &all);
    assert_int_equal(c->x, 3);
    assert_int_equal(c->n, 3);
    c = tally_find(&t, "b", "returned", point.name, &all); /* g0 g1 | g2 g3 g4, not p4 */
    assert_int_equal(c->x, 5);
    assert_int_equal(c->n, 6);
    c = tally_find(&t, "b", "returned", point.name, &women);
    assert_int_equal(c->x, 2);
    assert_int_equal(c->n, 2);
    assert_null(tally_find(&t, "b", "returned", point.name, &there));
    c = tally_find(&t, "b", "fpir", point.name, &there);
    assert_int_equal(c->n, 2);
    c = tally_find(&t, "b", "fnir", point.name, &all);
    assert_int_equal(c->n, 1);
    tally_release(&t);
    clusters_release(&clusters);
    release(&s);
}

/* All subsets of n of N, of which the first c err. */
static double brute(unsigned c, unsigned gallery, unsigned n)
{
    double sets = 0, hit = 0;

    for (unsigned m = 0; m < 1u << gallery; m++)
        if ((unsigned)__builtin_popcount(m) == n) {
            sets++;
            hit += (m & ((1u << c) - 1)) != 0;
        }
    return hit / sets;
}

static void test_chance(void **state)
{
    (void)state;
    for (unsigned gallery = 1; gallery <= 10; gallery++)
        for (unsigned c = 0; c <= gallery; c++)
            for (unsigned n = 0; n <= gallery; n++)
                assert_near(searches_chance(c, gallery, n), brute(c, gallery, n), 1e-13);
    /* Python: float(1 - Fraction(comb(849997, 1000), comb(850000, 1000))) */
    assert_near(searches_chance(3, 850000, 1000), 0.003525265286396931, 1e-16);
    assert_near(searches_chance(1, 1000000000, 1), 1e-9, 1e-20);
    for (unsigned n = 1; n <= 500; n++) { /* FPIR ≤ N·FMR, more people never fewer */
        assert_true(searches_chance(7, 500, n) <= 7. * n / 500 + 1e-12);
        assert_true(searches_chance(7, 500, n) >= searches_chance(7, 500, n - 1));
    }
}

static void test_subgallery(void **state)
{
    struct set s;
    struct clustered got;
    struct interval wilson;
    struct err err = ERR_INIT;
    const struct group all = group_all();

    (void)state;
    make(&s);
    for (unsigned n = 0; n <= 6; n++) {
        assert_int_equal(searches_subgallery(&s.searches, .5, &all, n, .95, &got, &err), 0);
        assert_near(got.at.estimate, (brute(2, 6, n) + brute(1, 6, n) + brute(3, 6, n)) / 3,
                    1e-12);
        assert_true(got.at.lo <= got.at.estimate && got.at.estimate <= got.at.hi);
    }
    proportion_wilson(3, 3, .95, &wilson, &err); /* the whole gallery: the FPIR's own */
    assert_near(got.at.lo, wilson.lo, 1e-12);
    searches_subgallery(&s.searches, .99, &all, 2, .95, &got, &err); /* nobody errs */
    proportion_wilson(0, 3, .95, &wilson, &err);
    assert_near(got.at.hi, wilson.hi, 1e-12);
    assert_true(searches_selectivity(&s.searches, .5, &all, NULL, .95, &got));
    assert_near(got.at.estimate, 2, 1e-12); /* 6 candidates, 3 searches */
    assert_near(got.n, 3, 1e-12);
    release(&s);
}

static void test_dhash(void **state)
{
    uint64_t a[IMAGE_DHASH_WORDS] = { 1, 0, UINT64_MAX, 5 }, b[IMAGE_DHASH_WORDS];
    struct text t = TEXT_INIT;

    (void)state;
    image_dhash_add(&t, a);
    assert_int_equal(t.len, 64);
    assert_true(image_dhash_parse(t.s, b));
    assert_int_equal(image_dhash_distance(a, b), 0);
    b[1] = 7;
    assert_int_equal(image_dhash_distance(a, b), 3);
    assert_false(image_dhash_parse("12", b));
    t.s[5] = 'g';
    assert_false(image_dhash_parse(t.s, b));
    text_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),     cmocka_unit_test(test_tally),
        cmocka_unit_test(test_chance),     cmocka_unit_test(test_subgallery),
        cmocka_unit_test(test_dhash),
    };

    return cmocka_run_group_tests_name("searches", tests, NULL, NULL);
}
