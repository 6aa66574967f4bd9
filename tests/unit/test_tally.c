/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <time.h>

#include "model/metric.h"
#include "model/tally.h"

#define HEADER "backend,metric,group,x,n,n_lo,n_hi,derived,source\n"

static const char *genders[] = { "female", "male" };
static const char *skins[] = { "darker", "lighter" };
static struct axis two[] = { { "gender", genders, 2 }, { "skin", skins, 2 } };
static const struct axes axes = { two, 2 };

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    test_remove_folder(folder);
    return 0;
}

/* Reads counts.csv of these bytes. */
static int read_bytes(struct tally *t, const struct axes *of, const char *bytes,
                      size_t len, struct err *err)
{
    char *path = path_join(folder, "counts.csv");

    assert_int_equal(file_write(path, bytes, len, NULL), 0);
    tally_init(t, of);
    int code = tally_read_counts(t, path, err);
    free(path);
    return code;
}

static void load(struct tally *t, const char *rows)
{
    struct err err = ERR_INIT;
    char *text = mem_printf(HEADER "%s", rows);

    if (read_bytes(t, &axes, text, strlen(text), &err))
        fail_msg("%s", err_text(&err));
    free(text);
}

/* The faults, each without the path before it: ":2: what\n:3: what". */
static void assert_bytes_refused(const char *bytes, size_t len, int code,
                                 const char *faults)
{
    struct err err = ERR_INIT;
    struct text t = TEXT_INIT;
    struct tally tally;
    size_t n = strlen(folder) + strlen("/counts.csv");

    assert_int_equal(read_bytes(&tally, &axes, bytes, len, &err), code);
    for (const char *line = err_text(&err), *end; *line; line = *end ? end + 1 : end) {
        end = strchrnul(line, '\n');
        assert_memory_equal(line, folder, strlen(folder));
        text_addf(&t, "%s%.*s", t.len ? "\n" : "", (int)(end - line - (long)n), line + n);
    }
    assert_string_equal(t.s, faults);
    text_release(&t);
    err_release(&err);
    tally_release(&tally);
}

static void assert_refused(const char *rows, const char *faults)
{
    char *text = mem_printf(HEADER "%s", rows);

    assert_bytes_refused(text, strlen(text), ERR_INPUT, faults);
    free(text);
}

static void reads_rows(void **state)
{
    struct tally t;

    (void)state;
    load(&t, "A,error,skin=darker;gender=female,1,10,9,11,yes,\"a, \"\"b\"\"\"\n"
             "# a comment\n"
             "A,fpir@native=80,all,0,9007199254740992,,,no,s\n"
             ",faces,all,5,5,,,no,s\n");
    assert_int_equal(t.n, 3);
    assert_string_equal(t.counts[0].name, "gender=female;skin=darker");
    assert_string_equal(t.counts[0].metric, "error");
    assert_string_equal(t.counts[0].point, "");
    assert_string_equal(t.counts[0].source, "a, \"b\"");
    assert_true(t.counts[0].derived);
    assert_int_equal(t.counts[0].n_lo, 9);
    assert_int_equal(t.counts[0].n_hi, 11);
    assert_int_equal(t.counts[0].line, 2);
    assert_string_equal(t.counts[1].metric, "fpir");
    assert_string_equal(t.counts[1].point, "native=80");
    assert_true(t.counts[1].n == (int64_t)1 << 53);
    assert_true(t.counts[1].n_lo == t.counts[1].n && t.counts[1].n_hi == t.counts[1].n);
    assert_int_equal(t.counts[1].line, 4);
    assert_true(tally_has(&t, "A", "fpir", "native=80"));
    assert_false(tally_has(&t, "A", "fpir", ""));
    tally_release(&t);
}

static void tolerates(void **state)
{
    /* byte-order mark, CR alone, CR LF; no end of line at the end */
    static const char *const same[] = {
        "\xEF\xBB\xBF" HEADER "A,error,all,1,2,,,no,s\nB,error,all,1,2,,,no,s\n",
        "backend,metric,group,x,n,n_lo,n_hi,derived,source\rA,error,all,1,2,,,no,s\r"
        "B,error,all,1,2,,,no,s\r",
        "backend,metric,group,x,n,n_lo,n_hi,derived,source\r\nA,error,all,1,2,,,no,s\r\n"
        "\r\nB,error,all,1,2,,,no,s",
        "source,derived,n_hi,n_lo,n,x,group,metric,backend\ns,no,,,2,1,all,error,A\n"
        "s,no,,,2,1,all,error,B\n",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
        struct err err = ERR_INIT;
        struct tally t;
        if (read_bytes(&t, &axes, same[i], strlen(same[i]), &err))
            fail_msg("%zu: %s", i, err_text(&err));
        assert_int_equal(t.n, 2);
        assert_string_equal(t.counts[1].backend, "B");
        assert_int_equal(t.counts[1].x, 1);
        assert_int_equal(t.counts[1].n, 2);
        tally_release(&t);
    }
}

/* assert_refused() of lines in which @@ stands for the list of metrics there are. */
static void assert_refused_metric(const char *csv, const char *lines)
{
    struct text t = TEXT_INIT;

    for (; *lines; lines++) {
        if (*lines == '@' && lines[1] == '@') {
            text_add(&t, ", expected one of ");
            metric_add_names(&t);
            text_add(&t, ", with an operating point behind '@' if there is one");
            lines++;
        } else {
            text_addch(&t, *lines);
        }
    }
    assert_refused(csv, t.s);
    text_release(&t);
}

static void faults_of_cells(void **state)
{
    (void)state;
    assert_refused("A,error,all,-1,2,,,no,s\n",
                   ":2: x is '-1', expected a whole number from 0 to 2^53");
    assert_refused("A,error,all,1,9007199254740993,,,no,s\n",
                   ":2: n is '9007199254740993', expected a whole number from 0 to 2^53");
    assert_refused("A,error,all,1,99999999999999999999,,,no,s\n",
                   ":2: n is '99999999999999999999', expected a whole number from 0 to "
                   "2^53");
    assert_refused("A,error,all,,2,,,no,s\n",
                   ":2: x is '', expected a whole number from 0 to 2^53");
    assert_refused("A,error,all,1.0,2e1,0x2, 3,no,s\n",
                   ":2: x is '1.0', expected a whole number from 0 to 2^53\n"
                   ":2: n is '2e1', expected a whole number from 0 to 2^53\n"
                   ":2: n_lo is '0x2', expected a whole number from 0 to 2^53\n"
                   ":2: n_hi is ' 3', expected a whole number from 0 to 2^53");
    assert_refused("A,error,all,3,2,,,no,s\n",
                   ":2: x is 3 and n is 2, expected x at most n");
    assert_refused("A,error,all,0,0,,,no,s\n",
                   ":2: n is 0, expected 1 or more (leave out a group nobody is in)");
    assert_refused("A,error,all,1,5,6,7,no,s\n",
                   ":2: x is 1 and n is 5 in the range 6 to 7, expected 1 <= n_lo and "
                   "x <= n_lo <= n <= n_hi");
    assert_refused("A,error,all,1,5,,4,no,s\n",
                   ":2: x is 1 and n is 5 in the range 5 to 4, expected 1 <= n_lo and "
                   "x <= n_lo <= n <= n_hi");
    assert_refused("A,error,all,4,5,3,,no,s\n",
                   ":2: x is 4 and n is 5 in the range 3 to 5, expected 1 <= n_lo and "
                   "x <= n_lo <= n <= n_hi");
    assert_refused("A,error,all,0,5,0,,no,s\n",
                   ":2: x is 0 and n is 5 in the range 0 to 5, expected 1 <= n_lo and "
                   "x <= n_lo <= n <= n_hi");
    assert_refused("A,error,all,1,2,,,maybe,s\n",
                   ":2: derived is 'maybe', expected yes or no");
    assert_refused_metric("A,accuracy,all,1,2,,,no,s\n", ":2: metric is 'accuracy'@@");
    assert_refused_metric("A,error.ratio,all,1,2,,,no,s\nA,error@,all,1,2,,,no,s\n",
                          ":2: metric is 'error.ratio'@@\n:3: metric is 'error@'@@");
    assert_refused("A,error,gender=women,1,2,,,no,s\n",
                   ":2: axis 'gender' has no value 'women', expected one of female, male");
    assert_refused(",error,all,1,2,,,no,s\n",
                   ":2: 'error' has no backend, expected the name of one");
    assert_refused("A,faces,all,1,2,,,no,s\n",
                   ":2: 'faces' describes the data set itself, expected an empty backend, "
                   "not 'A'");
}

static void faults_of_rows(void **state)
{
    char backend[100] = "";

    (void)state;
    assert_refused("A,error,gender=male;skin=darker,1,2,,,no,s\n\n"
                   "A,error,skin=darker;gender=male,1,2,,,no,s\n",
                   ":4: the same backend, metric and group as in line 2 ('A', error, "
                   "gender=male;skin=darker), expected each once");
    assert_refused("A,error,all,3,2,,,no,s\nA,error,skin=dark,1,2,,,no,s\n"
                   "A,error,all,1,2,,,no,s\nA,error,gender=male,x,2,,,?,s\n",
                   ":2: x is 3 and n is 2, expected x at most n\n"
                   ":3: axis 'skin' has no value 'dark', expected one of darker, lighter\n"
                   ":5: x is 'x', expected a whole number from 0 to 2^53\n"
                   ":5: derived is '?', expected yes or no");
    memset(backend, 'b', 81);
    char *row = mem_printf("%s,error,all,1,2,,,no,s\n", backend);
    assert_refused(row, ":2: backend is 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
                   "bbbbbbbbbbb...', expected a name of at most 80 bytes");
    free(row);
}

static void faults_of_tables(void **state)
{
    static const char nul[] = HEADER "A,er\0ror,all,1,2,,,no,s\n";

    (void)state;
    assert_refused("A,error,all,1,2,,,no\nA,error,all,1,2,,,no,s,more\n",
                   ":2: 8 cells, expected 9 as in the header\n"
                   ":3: 10 cells, expected 9 as in the header");
    assert_bytes_refused("", 0, ERR_INPUT, ":1: is empty, expected a header");
    assert_bytes_refused(nul, sizeof nul - 1, ERR_INPUT,
                         ":2: byte 5 of the line is NUL, expected UTF-8 text");
    assert_refused("A,error,all,1,2,,,no,\xff\n",
                   ":2: byte 22 of the line, 0xff, is not UTF-8, expected UTF-8 "
                   "text");
    assert_bytes_refused("backend,metric,group,x,n,n_lo,n_hi,derived\n", 43, ERR_INPUT,
                         ":1: no column 'source', expected backend,metric,group,x,n,n_lo,"
                         "n_hi,derived,source");
    assert_bytes_refused("backend,metric,group,x,n,n_lo,n_hi,derived,source,note\n", 55,
                         ERR_INPUT, ":1: 10 columns, expected backend,metric,group,x,n,"
                         "n_lo,n_hi,derived,source");
}

static void limits(void **state)
{
    struct text t = TEXT_INIT;

    (void)state;
    text_add(&t, HEADER);
    for (int i = 0; i < 100001; i++)
        text_add(&t, "A,error,all,1,2,,,no,s\n");
    assert_bytes_refused(t.s, t.len, ERR_LIMIT, ": 100001 rows, expected at most 100000");
    text_reset(&t);
    text_add(&t, HEADER);
    for (int i = 0; i < 4001; i++)
        text_addf(&t, "b%d,error,all,1,2,,,no,s\n", i);
    assert_bytes_refused(t.s, t.len, ERR_INPUT, ":4002: one more backend, metric or point, "
                         "expected at most 4000 together");
    text_reset(&t);
    text_add(&t, HEADER);
    for (int i = 0; i < 512; i++)
        text_addf(&t, "b%d,error,all,1,9007199254740992,,,no,s\n", i);
    assert_bytes_refused(t.s, t.len, ERR_LIMIT, ": the trials of all rows sum to 2^62 or "
                         "more, expected less");
    text_release(&t);
}

static struct group parse(const char *s)
{
    struct group g;

    assert_int_equal(group_parse(&g, &axes, s, NULL), 0);
    return g;
}

static void assert_sum(const struct tally *t, const char *metric, const char *group,
                       int64_t x, int64_t n, int64_t lo, int64_t hi, bool derived)
{
    struct group g = parse(group);
    struct count c;

    assert_true(tally_sum(t, "A", metric, "", &g, &c) ||
                tally_sum(t, "", metric, "", &g, &c));
    assert_int_equal(c.x, x);
    assert_int_equal(c.n, n);
    assert_int_equal(c.n_lo, lo);
    assert_int_equal(c.n_hi, hi);
    assert_int_equal(c.derived, derived);
}

static const char cells[] =
    "A,error,gender=female;skin=darker,4,10,9,12,yes,first\n"
    "A,error,gender=female;skin=lighter,2,20,,,no,s\n"
    "A,error,gender=male;skin=darker,1,30,,,no,s\n"
    "A,error,gender=male;skin=lighter,0,40,39,40,no,s\n";

static void sums(void **state)
{
    struct tally t;
    struct group g;
    struct count c;

    (void)state;
    load(&t, cells);
    assert_sum(&t, "error", "gender=female;skin=darker", 4, 10, 9, 12, true);
    assert_sum(&t, "error", "gender=female", 6, 30, 29, 32, true);
    assert_sum(&t, "error", "gender=male", 1, 70, 69, 70, false);
    assert_sum(&t, "error", "skin=lighter", 2, 60, 59, 60, false);
    assert_sum(&t, "error", "all", 7, 100, 98, 102, true);
    g = group_all();
    assert_false(tally_sum(&t, "B", "error", "", &g, &c));
    assert_false(tally_sum(&t, "A", "fpir", "", &g, &c));
    assert_false(tally_sum(&t, "A", "error", "native=1", &g, &c));
    tally_release(&t);
}

static void sums_prefer(void **state)
{
    struct tally t;
    struct group g = parse("gender=male");
    struct count c;

    (void)state;
    /* a row of its own wins, even against the sum of its parts */
    char *rows = mem_printf("%sA,error,all,9,99,,,no,own\n", cells);
    load(&t, rows);
    assert_sum(&t, "error", "all", 9, 99, 99, 99, false);
    tally_release(&t);
    free(rows);
    /* then the fewest axes that cover it */
    rows = mem_printf("%sA,error,skin=darker,5,41,,,no,s\nA,error,skin=lighter,2,61,,,no,s\n"
                      "A,error,gender=female,6,30,,,no,s\n", cells);
    load(&t, rows);
    assert_sum(&t, "error", "all", 7, 102, 102, 102, false);
    tally_release(&t);
    free(rows);
    /* of as many axes, those the study names first, whatever comes first in the file */
    load(&t, "A,error,gender=male,1,11,,,no,s\nA,error,gender=female,1,11,,,no,s\n"
             "A,error,skin=darker,1,20,,,no,s\nA,error,skin=lighter,1,20,,,no,s\n");
    assert_sum(&t, "error", "all", 2, 22, 22, 22, false);
    tally_release(&t);
    load(&t, "A,error,skin=darker,1,20,,,no,s\nA,error,skin=lighter,1,20,,,no,s\n"
             "A,error,gender=male,1,11,,,no,s\nA,error,gender=female,1,11,,,no,s\n");
    assert_sum(&t, "error", "all", 2, 22, 22, 22, false);
    tally_release(&t);
    /* an incomplete cover is none */
    load(&t, "A,error,gender=male;skin=darker,1,30,,,no,s\n");
    assert_false(tally_sum(&t, "A", "error", "", &g, &c));
    tally_release(&t);
}

static void census(void **state)
{
    struct tally t;
    struct err err = ERR_INIT;

    (void)state;
    load(&t, ",faces,gender=female;skin=darker,271,1270,,,no,s\n"
             ",faces,gender=female;skin=lighter,295,1270,,,no,s\n"
             ",faces,gender=female,566,1270,,,no,s\n");
    assert_int_equal(tally_check_sums(&t, &err), 0);
    tally_release(&t);
    load(&t, ",faces,gender=female;skin=darker,271,1270,,,no,s\n"
             ",faces,gender=female;skin=lighter,295,1270,,,no,s\n");
    assert_sum(&t, "faces", "gender=female", 566, 1270, 1270, 1270, false);
    tally_release(&t);
}

/* The faults of check_sums, without the path. */
static void assert_sums(const char *rows, const char *fault)
{
    struct err err = ERR_INIT;
    struct tally t;

    load(&t, rows);
    assert_int_equal(tally_check_sums(&t, &err), *fault ? ERR_INPUT : 0);
    assert_int_equal(err.count, *fault ? 1 : 0);
    if (*fault)
        assert_string_equal(strstr(err_text(&err), "counts.csv") + 10, fault);
    err_release(&err);
    tally_release(&t);
}

static void contradictions(void **state)
{
    (void)state;
    assert_sums("A,error,all,3,30,,,no,s\nA,error,gender=female,1,10,,,no,s\n"
                "A,error,gender=male,2,20,,,no,s\n", "");
    assert_sums("A,error,all,4,30,,,no,s\nA,error,gender=female,1,10,,,no,s\n"
                "A,error,gender=male,2,20,,,no,s\n",
                ":2: 'all' has 4 of 30, but the groups inside it sum to 3 of 30, expected "
                "the same");
    assert_sums("A,error,all,3,31,,,no,s\nA,error,gender=female,1,10,,,no,s\n"
                "A,error,gender=male,2,20,,,no,s\n",
                ":2: 'all' has 3 of 31, but the groups inside it sum to 3 of 30, expected "
                "the same");
    /* ranges that meet do not contradict */
    assert_sums("A,error,all,3,31,,,no,s\nA,error,gender=female,1,10,9,11,no,s\n"
                "A,error,gender=male,2,20,,,no,s\n", "");
    /* parts that are not all given */
    assert_sums("A,error,all,3,30,,,no,s\nA,error,gender=female,4,10,,,no,s\n",
                ":3: 'gender=female' has 4 of 10, which cannot lie within the 3 of 30 of "
                "'all' in line 2, expected a part of them");
    assert_sums("A,error,all,3,30,,,no,s\nA,error,gender=female,3,31,,,no,s\n",
                ":3: 'gender=female' has 3 of 31, which cannot lie within the 3 of 30 of "
                "'all' in line 2, expected a part of them");
    assert_sums("A,error,all,9,30,,,no,s\nA,error,gender=female,0,28,,,no,s\n",
                ":3: 'gender=female' has 0 of 28, which cannot lie within the 9 of 30 of "
                "'all' in line 2, expected a part of them");
    /* other backends, metrics and points are other things */
    assert_sums("A,error,all,3,30,,,no,s\nB,error,gender=female,4,40,,,no,s\n"
                "A,fpir,gender=female,4,40,,,no,s\nA,error@native=1,gender=female,4,40,,,"
                "no,s\n", "");
}

static void overlay(void **state)
{
    struct tally base, other;
    struct group g = group_all();
    struct count c;

    (void)state;
    load(&base, "A,error,gender=female,1,10,,,no,s\nA,error,gender=male,2,20,,,no,s\n"
                "A,fpir,all,5,50,,,no,s\nB,error,all,7,70,,,no,s\n");
    load(&other, "A,error,all,4,40,,,no,s\n");
    tally_overlay(&other, &base);
    assert_true(tally_sum(&other, "A", "error", "", &g, &c));
    assert_int_equal(c.x, 4);
    g = parse("gender=female"); /* all of the backend's counts are replaced */
    assert_false(tally_sum(&other, "A", "error", "", &g, &c));
    g = group_all();
    assert_true(tally_sum(&other, "A", "fpir", "", &g, &c));
    assert_int_equal(c.x, 5);
    assert_true(tally_sum(&other, "B", "error", "", &g, &c));
    assert_int_equal(c.x, 7);
    assert_int_equal(other.n, 3);
    tally_release(&other);
    tally_release(&base);
}

static void arrange(void **state)
{
    static const char *const backends[] = { "C", "A" };
    struct text t = TEXT_INIT;
    struct group g = group_all();
    struct tally tally;

    (void)state;
    load(&tally, "A,error@p=2,all,1,9,,,no,s\nB,error,all,2,9,,,no,s\n"
                 ",faces,all,9,9,,,no,s\nC,error@p=1,all,3,9,,,no,s\n"
                 "A,error@p=1,all,4,9,,,no,s\n");
    tally_arrange(&tally, backends, 2);
    tally_write_counts(&tally, NULL, &t);
    assert_string_equal(t.s, HEADER ",faces,all,9,9,9,9,no,s\nC,error@p=1,all,3,9,9,9,no,s\n"
                        "A,error@p=2,all,1,9,9,9,no,s\nA,error@p=1,all,4,9,9,9,no,s\n");
    assert_null(tally_find(&tally, "B", "error", "", &g));
    assert_int_equal(tally_find(&tally, "A", "error", "p=1", &g)->x, 4);
    text_release(&t);
    tally_release(&tally);
}

static void names(void **state)
{
    const char *out[3];
    struct tally t;

    (void)state;
    load(&t, ",faces,all,9,9,,,no,s\nZ,error@p=2,all,1,9,,,no,s\nB,error,all,2,9,,,no,s\n"
             "B,error@p=2,all,2,9,,,no,s\n");
    assert_int_equal(tally_backends(&t, out, 3), 2);
    assert_string_equal(out[0], "Z");
    assert_string_equal(out[1], "B");
    assert_int_equal(tally_points(&t, "error", out, 3), 2);
    assert_string_equal(out[0], "p=2");
    assert_string_equal(out[1], "");
    assert_int_equal(tally_points(&t, "error", out, 1), 1);
    assert_int_equal(tally_points(&t, "fpir", out, 3), 0);
    tally_release(&t);
}

/* What is written reads back to the same, whatever the texts are. */
static void round_trip(void **state)
{
    struct text first = TEXT_INIT, again = TEXT_INIT;
    struct err err = ERR_INIT;
    struct tally a, b;

    (void)state;
    load(&a, "\"#1, \"\"new\"\"\",error,all,1,2,1,3,yes,\" blank, end \"\n"
             "\"two\nlines\rhere\",fpir@native=99.5,skin=darker,0,5,,,no,é\n"
             "x,error,gender=female,0,9007199254740992,,,no,\n");
    tally_write_counts(&a, NULL, &first);
    if (read_bytes(&b, &axes, first.s, first.len, &err))
        fail_msg("%s", err_text(&err));
    tally_write_counts(&b, NULL, &again);
    assert_string_equal(again.s, first.s);
    assert_string_equal(b.counts[0].backend, "#1, \"new\"");
    assert_string_equal(b.counts[0].source, " blank, end ");
    assert_string_equal(b.counts[1].backend, "two\nlines\rhere");
    text_reset(&again);
    tally_write_counts(&b, "x", &again);
    assert_string_equal(again.s, HEADER "x,error,gender=female,0,9007199254740992,"
                        "9007199254740992,9007199254740992,no,\n");
    tally_release(&a);
    tally_release(&b);
    text_release(&first);
    text_release(&again);
}

/* Sixteen axes have 65,536 sets; sums and checks must not care. */
static void many_axes(void **state)
{
    static const char *one[] = { "x" };
    static char names16[16][4];
    struct axis wide[16];
    struct axes sixteen = { wide, 16 };
    struct text t = TEXT_INIT;
    struct err err = ERR_INIT;
    struct tally tally;
    struct count c;

    (void)state;
    for (int i = 0; i < 16; i++) {
        snprintf(names16[i], sizeof names16[i], "a%d", i);
        wide[i] = (struct axis){ names16[i], one, 1 };
    }
    text_add(&t, HEADER);
    for (unsigned set = 0; set < 1u << 16; set += 16) {
        struct group g = group_first(&sixteen, set | 1);
        text_add(&t, "A,error,");
        group_add(&t, &sixteen, &g);
        text_add(&t, ",1,2,,,no,s\n");
    }
    assert_int_equal(read_bytes(&tally, &sixteen, t.s, t.len, &err), 0);
    clock_t start = clock();
    struct group g = group_all();
    assert_true(tally_sum(&tally, "A", "error", "", &g, &c));
    assert_int_equal(c.n, 2);
    assert_int_equal(tally_check_sums(&tally, &err), 0);
    /* seconds even under sanitizers; hours if every set is asked for in turn */
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 60);
    tally_release(&tally);
    text_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows),
        cmocka_unit_test(tolerates),
        cmocka_unit_test(faults_of_cells),
        cmocka_unit_test(faults_of_rows),
        cmocka_unit_test(faults_of_tables),
        cmocka_unit_test(limits),
        cmocka_unit_test(sums),
        cmocka_unit_test(sums_prefer),
        cmocka_unit_test(census),
        cmocka_unit_test(contradictions),
        cmocka_unit_test(overlay),
        cmocka_unit_test(arrange),
        cmocka_unit_test(names),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(many_axes),
    };
    return cmocka_run_group_tests_name("tally", tests, make_folder, remove_folder);
}
