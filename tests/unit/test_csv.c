/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <math.h>
#include <sys/stat.h>

#include "base/csv.h"

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

/* What a reading gave, as text: a row a line, `LINE:[cell][cell]`, the header
 * marked with an `h`. */
static int record(const struct csv_row *row, void *arg, struct err *err)
{
    struct text *t = arg;

    (void)err;
    text_addf(t, "%zu%s:", row->line, row->is_header ? "h" : "");
    for (size_t i = 0; i < row->n; i++)
        text_addf(t, "[%s]", row->cells[i]);
    text_addch(t, '\n');
    return 0;
}

/* Reads the bytes from memory and, in pieces, from a file; both must do alike. */
static void assert_reads(const char *data, size_t len, const struct csv_options *opt,
                         int code, const char *rows, const char *faults)
{
    struct text t = TEXT_INIT;
    struct err err = ERR_INIT;
    char *path = path_join(folder, "t.csv");

    assert_int_equal(csv_scan(data, len, "t.csv", opt, record, &t, &err), code);
    assert_string_equal(t.s, rows);
    assert_faults(&err, faults);

    text_reset(&t);
    assert_int_equal(file_write(path, data, len, &err), 0);
    assert_int_equal(csv_read(path, opt, record, &t, &err), code);
    assert_string_equal(t.s, rows);
    assert_int_equal(!*err_text(&err), !*faults);
    err_release(&err);

    text_release(&t);
    free(path);
}

#define READS_WITH(data, opt, code, rows, faults) \
    assert_reads(data, sizeof(data) - 1, opt, code, rows, faults)
#define READS(data, rows) \
    assert_reads(data, sizeof(data) - 1, NULL, 0, rows, "")
#define FAULTS(data, rows, faults) \
    assert_reads(data, sizeof(data) - 1, NULL, ERR_INPUT, rows, faults)

static void plain(void **state)
{
    (void)state;
    READS("a,b\n1,2\n3,4\n", "1h:[a][b]\n2:[1][2]\n3:[3][4]\n");
    READS("a,b\n1,2", "1h:[a][b]\n2:[1][2]\n");
    READS("a\n", "1h:[a]\n");
    READS("a", "1h:[a]\n");
    READS("a,b\n,\n", "1h:[a][b]\n2:[][]\n");
    READS("a,b\n,", "1h:[a][b]\n2:[][]\n");
    READS("a,b\n1,", "1h:[a][b]\n2:[1][]\n");
    READS("na\xc3\xafve,b\n\xe4\xb8\xad,\xf0\x9f\x98\x80\n",
          "1h:[na\xc3\xafve][b]\n2:[\xe4\xb8\xad][\xf0\x9f\x98\x80]\n");
}

static void line_ends(void **state)
{
    (void)state;
    READS("a,b\r\n1,2\r\n", "1h:[a][b]\n2:[1][2]\n");
    READS("a,b\r1,2\r3,4", "1h:[a][b]\n2:[1][2]\n3:[3][4]\n");
    READS("a,b\r1,2\r3,4\r", "1h:[a][b]\n2:[1][2]\n3:[3][4]\n");
    READS("a\r\n\r\n\n\r1\n\r2\r\r\n3\n", "1h:[a]\n5:[1]\n7:[2]\n9:[3]\n");
    READS("\n\n\na\n\n1\n\n", "4h:[a]\n6:[1]\n");
    READS("a,b\n1,2\r3,4\r\n5,6", "1h:[a][b]\n2:[1][2]\n3:[3][4]\n4:[5][6]\n");
}

static void blanks_are_kept(void **state)
{
    (void)state;
    READS(" a ,\tb\n  ,x \n\" q \",\" \"\n", "1h:[ a ][\tb]\n2:[  ][x ]\n3:[ q ][ ]\n");
    READS("a\n \n", "1h:[a]\n2:[ ]\n");
}

static void quotes(void **state)
{
    (void)state;
    READS("\"a\",\"b\"\n\"1\",2\n1,\"2\"\n", "1h:[a][b]\n2:[1][2]\n3:[1][2]\n");
    READS("a,b\n\"x\"\"y\",\"\"\n\"\"\"\",\"\"\"\"\"\"\n",
          "1h:[a][b]\n2:[x\"y][]\n3:[\"][\"\"]\n");
    READS("a\n\"\"\n", "1h:[a]\n2:[]\n");
    READS("a\n\"\"", "1h:[a]\n2:[]\n");
    READS("a,b\n\"1,2\",3\n", "1h:[a][b]\n2:[1,2][3]\n");
}

static void quotes_over_lines(void **state)
{
    (void)state;
    READS("a,b\n\"1\n2\",3\n4,5\n", "1h:[a][b]\n2:[1\n2][3]\n4:[4][5]\n");
    READS("a,b\r\n\"1\r\n\r\n2\",\"\r\"\r\n4,5\r\n",
          "1h:[a][b]\n2:[1\r\n\r\n2][\r]\n6:[4][5]\n");
    READS("a,b\r\"1\r2\",3\r4,5\r", "1h:[a][b]\n2:[1\r2][3]\n4:[4][5]\n");
    READS("\"a\nb\",c\n1,\"\n\"\"\n\"\n", "1h:[a\nb][c]\n3:[1][\n\"\n]\n");
    READS("a,b\n1,\"x\ny\"", "1h:[a][b]\n2:[1][x\ny]\n");
}

static void broken_quotes(void **state)
{
    (void)state;
    FAULTS("a,b\n1,\"2\n3,4\n", "1h:[a][b]\n",
           "t.csv:2: the quote that opens cell 2 is never closed");
    FAULTS("a,b\n1,\"", "1h:[a][b]\n",
           "t.csv:2: the quote that opens cell 2 is never closed");
    FAULTS("\"a,b\n1,2\n", "", "t.csv:1: the quote that opens cell 1 is never closed");
    FAULTS("a,b\n1,x\"2\n3,4\n", "1h:[a][b]\n3:[3][4]\n",
           "t.csv:2: a quote inside cell 2, which does not begin with one, expected the "
           "whole cell in quotes and those inside doubled");
    FAULTS("a,b\n\"1\"x,2\n3,4\n", "1h:[a][b]\n3:[3][4]\n",
           "t.csv:2: text after the closing quote of cell 1, expected a delimiter or the "
           "line's end (a quote inside a quoted cell is doubled)");
    FAULTS("a,b\n\"1\" ,2\n", "1h:[a][b]\n",
           "t.csv:2: text after the closing quote of cell 1, expected a delimiter or the "
           "line's end (a quote inside a quoted cell is doubled)");
    FAULTS("a\"b\n1\n2,3\n", "",
           "t.csv:1: a quote inside cell 1, which does not begin with one, expected the "
           "whole cell in quotes and those inside doubled");
    /* a quote that is closed only lines later spoils no more than those */
    FAULTS("a,b\n1,\"2\n3,\"4\n5,6\n", "1h:[a][b]\n4:[5][6]\n",
           "t.csv:3: text after the closing quote of cell 2, expected a delimiter or the "
           "line's end (a quote inside a quoted cell is doubled)");
}

static void ragged_rows(void **state)
{
    (void)state;
    FAULTS("a,b\n1\n1,2\n1,2,3\n\"x\ny\",2,3,4\n,\n",
           "1h:[a][b]\n3:[1][2]\n7:[][]\n",
           "t.csv:2: 1 cell, expected 2 as in the header\n"
           "t.csv:4: 3 cells, expected 2 as in the header\n"
           "t.csv:5: 4 cells, expected 2 as in the header");
    FAULTS("a,b\n \n", "1h:[a][b]\n", "t.csv:2: 1 cell, expected 2 as in the header");
}

static void bad_headers(void **state)
{
    (void)state;
    FAULTS("a,,b,a,\n1,2,3,4,5\n1,2\n", "",
           "t.csv:1: column 2 has an empty name, expected one in every column\n"
           "t.csv:1: column 5 has an empty name, expected one in every column\n"
           "t.csv:1: columns 1 and 4 are both named \"a\", expected each name once\n"
           "t.csv:3: 2 cells, expected 5 as in the header");
    FAULTS("\n\nx,x,x\n", "",
           "t.csv:3: columns 1 and 2 are both named \"x\", expected each name once\n"
           "t.csv:3: columns 2 and 3 are both named \"x\", expected each name once");
}

static void empty_files(void **state)
{
    const struct csv_options comments = { .comments = true };
    const struct csv_options bare = { .no_header = true };

    (void)state;
    FAULTS("", "", "t.csv:1: is empty, expected a header");
    FAULTS("\n\r\n\r", "", "t.csv:1: is empty, expected a header");
    FAULTS("\xef\xbb\xbf", "", "t.csv:1: is empty, expected a header");
    READS_WITH("# only this\n", &comments, ERR_INPUT, "",
                 "t.csv:1: is empty, expected a header");
    READS_WITH("", &bare, ERR_INPUT, "", "t.csv:1: is empty, expected at least a row");
}

static void encodings(void **state)
{
    (void)state;
    READS("\xef\xbb\xbf" "a,b\n1,2\n", "1h:[a][b]\n2:[1][2]\n");
    READS("\xef\xbb\xbf\"a\",b\n1,2\n", "1h:[a][b]\n2:[1][2]\n");
    FAULTS("a,b\nM\xfcller,2\n3,4\n", "1h:[a][b]\n3:[3][4]\n",
           "t.csv:2: byte 2 of the line, 0xfc, is not UTF-8, expected UTF-8 text");
    FAULTS("a,b\n1,2\0\n3,4\n\0\n", "1h:[a][b]\n3:[3][4]\n",
           "t.csv:2: byte 4 of the line is NUL, expected UTF-8 text\n"
           "t.csv:4: byte 1 of the line is NUL, expected UTF-8 text\n"
           "t.csv:4: 1 cell, expected 2 as in the header");
    FAULTS("\xff\xfe" "a\0,\0b\0\n\0", "", "t.csv:1: is UTF-16, expected UTF-8 text");
    FAULTS("\xfe\xff\0a\0,\0b\0\n", "", "t.csv:1: is UTF-16, expected UTF-8 text");
    FAULTS("\xe9,b\n1,2\n", "",
           "t.csv:1: byte 1 of the line, 0xe9, is not UTF-8, expected UTF-8 text");
    /* inside a quoted cell of several lines: its quotes still count */
    FAULTS("a,b\n\"1\n\xff\n\",2\n3,4\n", "1h:[a][b]\n5:[3][4]\n",
           "t.csv:3: byte 1 of the line, 0xff, is not UTF-8, expected UTF-8 text");
    /* a character cut in two by a line end is not one */
    FAULTS("a\n\"\xc3\n\xa9\"\n", "1h:[a]\n",
           "t.csv:2: byte 2 of the line, 0xc3, is not UTF-8, expected UTF-8 text\n"
           "t.csv:3: byte 1 of the line, 0xa9, is not UTF-8, expected UTF-8 text");
}

static void options(void **state)
{
    const struct csv_options comments = { .comments = true };
    const struct csv_options tabs = { .delimiter = '\t' };
    const struct csv_options bare = { .no_header = true, .delimiter = ';' };
    const struct csv_options small = { .max_bytes = 4 };

    (void)state;
    READS_WITH("# x\na,b\n#1,2\n1,#2\n\"#3\",4\n\"\n#5\",6\n", &comments, 0,
                 "2h:[a][b]\n4:[1][#2]\n5:[#3][4]\n6:[\n#5][6]\n", "");
    READS("a,b\n#1,2\n", "1h:[a][b]\n2:[#1][2]\n");
    READS_WITH("a\tb\n1 \t2,3\n", &tabs, 0, "1h:[a][b]\n2:[1 ][2,3]\n", "");
    READS_WITH("1;1\n;\n3\n", &bare, ERR_INPUT, "1:[1][1]\n2:[][]\n",
                 "t.csv:3: 1 cell, expected 2 as in the first row");
    READS_WITH("a\n1\n2\n", &small, ERR_LIMIT, "",
                 "t.csv: 6 bytes, more than the 4 allowed");
}

/* Lines and cells larger than any buffer, cut at every place by the pieces in
 * which a file is read. */
static void long_lines(void **state)
{
    struct text data = TEXT_INIT, rows = TEXT_INIT;
    char *x = mem_alloc((1 << 20) + 1);

    (void)state;
    memset(x, 'x', 1 << 20);
    for (int quoted = 0; quoted < 3; quoted++) {
        const char *q = quoted ? "\"" : "", *in = quoted == 2 ? "\r\n" : "";
        text_reset(&data);
        text_reset(&rows);
        text_addf(&data, "a,b\r\n%s%s%s%s,2\r\n3,4\r\n", q, x, in, q);
        text_addf(&rows, "1h:[a][b]\n2:[%s%s][2]\n%d:[3][4]\n", x, in,
                  quoted == 2 ? 4 : 3);
        assert_reads(data.s, data.len, NULL, 0, rows.s, "");
    }
    text_release(&data);
    text_release(&rows);
    free(x);
}

static void pieces(void **state)
{
    struct text data = TEXT_INIT, rows = TEXT_INIT;
    static const char *const ends[] = { "\n", "\r\n", "\r" };
    size_t most = under_valgrind() ? 70000 : 300000;

    (void)state;
    for (size_t e = 0; e < ARRAY_SIZE(ends); e++) {
        for (int shift = 0; shift < 3; shift++) {
            text_reset(&data);
            text_reset(&rows);
            text_addf(&data, "%.*sa,b%s", shift, "xyz", ends[e]);
            text_addf(&rows, "1h:[%.*sa][b]\n", shift, "xyz");
            for (int i = 2; data.len < most; i++) {
                text_addf(&data, "\"%06d\",\"é\"\"%s\"%s", i, i % 3 ? "" : "!", ends[e]);
                text_addf(&rows, "%d:[%06d][é\"%s]\n", i, i, i % 3 ? "" : "!");
            }
            assert_reads(data.s, data.len, NULL, 0, rows.s, "");
        }
    }
    text_release(&data);
    text_release(&rows);
}

static void too_many_columns(void **state)
{
    struct text data = TEXT_INIT, rows = TEXT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    for (int i = 0; i < CSV_MAX_COLUMNS; i++)
        text_addf(&data, "c%d,", i);
    text_addf(&data, "last\n1,2\n");
    assert_int_equal(csv_scan(data.s, data.len, "t.csv", NULL, record, &rows, &err),
                     ERR_LIMIT);
    assert_string_equal(rows.s, "");
    assert_faults(&err, "t.csv:1: 65537 columns, expected at most 65536");

    /* and rows longer than the header do not take memory */
    text_reset(&data);
    text_add(&data, "a,b\n");
    for (int i = 0; i < 1000000; i++)
        text_addch(&data, ',');
    assert_int_equal(csv_scan(data.s, data.len, "t.csv", NULL, record, &rows, &err),
                     ERR_INPUT);
    assert_faults(&err, "t.csv:2: 1000001 cells, expected 2 as in the header");
    text_release(&data);
    text_release(&rows);
}

static void many_faults(void **state)
{
    struct text data = TEXT_INIT, rows = TEXT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    text_add(&data, "a,b\n");
    for (int i = 0; i < 20000; i++)
        text_add(&data, i % 2 ? "1\n" : "\"x\"y,\"\n");
    assert_int_equal(csv_scan(data.s, data.len, "t.csv", NULL, record, &rows, &err),
                     ERR_INPUT);
    assert_int_equal(err.count, 20000);
    assert_non_null(strstr(err_text(&err), "\n... and 19950 more"));
    err_release(&err);
    text_release(&data);
    text_release(&rows);
}

static void not_files(void **state)
{
    struct text rows = TEXT_INIT;
    struct err err = ERR_INIT;
    char *fifo = path_join(folder, "fifo");

    (void)state;
    assert_int_equal(csv_read("/no/such", NULL, record, &rows, &err), ERR_IO);
    assert_faults(&err, "/no/such: cannot read: No such file or directory");
    assert_int_equal(csv_read(folder, NULL, record, &rows, &err), ERR_IO);
    assert_fault_says(&err, "is not a regular file");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(csv_read(fifo, NULL, record, &rows, &err), ERR_IO);
    assert_fault_says(&err, "is not a regular file");
    free(fifo);
}

/* The caller's function ends the reading, or adds a fault and goes on. */
static int picky(const struct csv_row *row, void *arg, struct err *err)
{
    int *calls = arg;

    ++*calls;
    if (!strcmp(row->cells[0], "stop"))
        return err_add(err, ERR_LIMIT, "t.csv:%zu: stopped", row->line);
    if (!strcmp(row->cells[0], "wrong"))
        err_add(err, ERR_INPUT, "t.csv:%zu: wrong", row->line);
    return 0;
}

static void callers_say(void **state)
{
    struct err err = ERR_INIT;
    int calls = 0;

    (void)state;
    assert_int_equal(csv_scan("a\n1\nwrong\n2\n", 12, "t.csv", NULL, picky, &calls, &err),
                     ERR_INPUT);
    assert_int_equal(calls, 4);
    assert_faults(&err, "t.csv:3: wrong");
    calls = 0;
    assert_int_equal(csv_scan("a\nstop\n1,2\n\"", 12, "t.csv", NULL, picky, &calls, &err),
                     ERR_LIMIT);
    assert_int_equal(calls, 2);
    assert_faults(&err, "t.csv:2: stopped");
    assert_int_equal(csv_scan("a\n1,2\n", 6, "t.csv", NULL, picky, &calls, NULL), ERR_INPUT);
}

static void tables(void **state)
{
    const struct csv_options bare = { .no_header = true };
    struct csv_table t;
    struct err err = ERR_INIT;
    char *path = path_join(folder, "table.csv");

    (void)state;
    assert_int_equal(file_write(path, "name,x\n\"a\nb\",1\n\nc,\n", 19, &err), 0);
    assert_int_equal(csv_table_load(&t, path, NULL, &err), 0);
    assert_string_equal(t.path, path);
    assert_int_equal(t.columns, 2);
    assert_int_equal(t.rows, 2);
    assert_int_equal(csv_table_column(&t, "x"), 1);
    assert_int_equal(csv_table_column(&t, "y"), -1);
    assert_string_equal(csv_table_cell(&t, 0, 0), "a\nb");
    assert_string_equal(csv_table_cell(&t, 1, 1), "");
    assert_int_equal(t.lines[0], 2);
    assert_int_equal(t.lines[1], 5);
    csv_table_release(&t);
    csv_table_release(&t);

    assert_int_equal(csv_table_parse(&t, "a,b\n", 4, "t", NULL, &err), 0);
    assert_int_equal(t.rows, 0);
    assert_int_equal(t.columns, 2);
    csv_table_release(&t);

    assert_int_equal(csv_table_parse(&t, "5,6\n7,8\n", 8, "t", &bare, &err), 0);
    assert_int_equal(t.rows, 2);
    assert_string_equal(t.names[1], "2");
    assert_string_equal(csv_table_cell(&t, 0, 0), "5");
    csv_table_release(&t);

    assert_int_equal(csv_table_parse(&t, "a,b\n1,2\n3\n", 10, "t", NULL, &err), ERR_INPUT);
    assert_int_equal(t.rows, 0);
    assert_int_equal(t.columns, 0);
    assert_faults(&err, "t:3: 1 cell, expected 2 as in the header");
    csv_table_release(&t);
    free(path);
}

static void writing(void **state)
{
    static const struct { const char *cell, *first, *later; } cases[] = {
        { "plain", "plain", "plain" }, { "a b", "a b", "a b" }, { "", "", "" },
        { "a,b", "\"a,b\"", "\"a,b\"" }, { "\"", "\"\"\"\"", "\"\"\"\"" },
        { "say \"x\"", "\"say \"\"x\"\"\"", "\"say \"\"x\"\"\"" },
        { "a\nb", "\"a\nb\"", "\"a\nb\"" }, { "\r", "\"\r\"", "\"\r\"" },
        { " a", "\" a\"", "\" a\"" }, { "a\t", "\"a\t\"", "\"a\t\"" },
        { "#a", "\"#a\"", "#a" }, { "\xef\xbb\xbfx", "\"\xef\xbb\xbfx\"", "\xef\xbb\xbfx" },
    };
    struct text t = TEXT_INIT;
    struct csv_out w = csv_out(&t);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *expected = mem_printf("%s,%s\n", cases[i].first, cases[i].later);
        text_reset(&t);
        csv_put(&w, cases[i].cell);
        csv_put(&w, cases[i].cell);
        csv_end(&w);
        assert_string_equal(t.s, expected);
        free(expected);
    }
    text_reset(&t);
    csv_put_num(&w, .1);
    csv_put_num(&w, NAN);
    csv_put_num(&w, -INFINITY);
    csv_put_int(&w, -9223372036854775807LL - 1);
    csv_put(&w, NULL);
    csv_end(&w);
    csv_put(&w, "");
    csv_end(&w);
    csv_put(&w, "x");
    csv_end(&w);
    assert_string_equal(t.s, "0.1,,-inf,-9223372036854775808,\n\"\"\nx\n");
    text_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(line_ends),
        cmocka_unit_test(blanks_are_kept),
        cmocka_unit_test(quotes),
        cmocka_unit_test(quotes_over_lines),
        cmocka_unit_test(broken_quotes),
        cmocka_unit_test(ragged_rows),
        cmocka_unit_test(bad_headers),
        cmocka_unit_test(empty_files),
        cmocka_unit_test(encodings),
        cmocka_unit_test(options),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(pieces),
        cmocka_unit_test(too_many_columns),
        cmocka_unit_test(many_faults),
        cmocka_unit_test(not_files),
        cmocka_unit_test(callers_say),
        cmocka_unit_test(tables),
        cmocka_unit_test(writing),
    };
    return cmocka_run_group_tests_name("csv", tests, make_folder, remove_folder);
}
