/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

/* err */

static void err_lines(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_string_equal(err_text(&err), "");
    assert_int_equal(err_add(&err, ERR_INPUT, "%s:%d: bad", "a.csv", 3), ERR_INPUT);
    assert_int_equal(err_add(&err, ERR_IO, "worse"), ERR_IO);
    assert_int_equal(err.code, ERR_INPUT);
    assert_int_equal(err.count, 2);
    assert_faults(&err, "a.csv:3: bad\nworse");
    assert_int_equal(err.code, 0);
    assert_int_equal(err_add(NULL, ERR_LIMIT, "nobody listens"), ERR_LIMIT);
    assert_int_equal(err_add_errno(&err, ERR_IO, ENOENT, "%s", "x"), ERR_IO);
    assert_faults(&err, "x: No such file or directory");
}

static void err_escapes(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    err_add(&err, ERR_INPUT, "%s", "a\nb\x1b[2J\x7f é \xe9 \xc2\x9b \xf0\x9f\x98\x80");
    assert_faults(&err, "a\\x0ab\\x1b[2J\\x7f é \\xe9 \\xc2\\x9b \xf0\x9f\x98\x80");
}

static void err_long_line(void **state)
{
    struct err err = ERR_INIT;
    char *s = mem_alloc(100001);

    (void)state;
    memset(s, 'x', 100000);
    err_add(&err, ERR_INPUT, "<%s>", s);
    assert_int_equal(strlen(err_text(&err)), 100002);
    free(s);
    err_release(&err);
}

static void err_keeps_the_first(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(err_is_full(&err), i >= ERR_MAX_LINES);
        err_add(&err, ERR_INPUT, "fault %d", i);
    }
    assert_true(err_is_full(NULL));
    assert_int_equal(err.count, 1000);
    assert_non_null(strstr(err_text(&err), "fault 49\n... and 950 more"));
    assert_null(strstr(err_text(&err), "fault 50"));
    err_release(&err);
}

/* mem */

static void arena_pieces(void **state)
{
    struct arena a = ARENA_INIT;

    (void)state;
    for (size_t size = 0; size < 40000; size = size * 3 / 2 + 1) {
        unsigned char *p = arena_alloc(&a, size), *q = arena_alloc(&a, 1);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, size);
        assert_int_equal(*q, 0);
    }
    assert_null(arena_strdup(&a, NULL));
    assert_string_equal(arena_strdup(&a, "abc"), "abc");
    assert_string_equal(arena_strndup(&a, "abc", 2), "ab");
    assert_string_equal(arena_strndup(&a, "abc", 99), "abc");
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    arena_release(&a);
    arena_release(&a);
}

static void mem_says_no(void **state)
{
    volatile size_t huge = SIZE_MAX; /* not for the compiler to see through */

    (void)state;
    assert_null(mem_try_array(huge, 2));
    assert_null(mem_try_array(huge, huge));
    void *p = mem_try_array(0, huge);
    assert_non_null(p);
    free(p);
}

/* The child of a fork asks for too much: it must end with status 2. */
static void mem_ends_the_program(void **state)
{
    volatile size_t huge = SIZE_MAX;

    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(9);
        mem_grow(NULL, huge, 2);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
}

/* text */

static void text_grows(void **state)
{
    struct text t = TEXT_INIT;

    (void)state;
    assert_string_equal(t.s, "");
    text_addn(&t, NULL, 0);
    for (int i = 0; i < 1000; i++)
        text_addf(&t, "%d,", i);
    assert_int_equal(t.len, 10 * 2 + 90 * 3 + 900 * 4);
    assert_int_equal(strlen(t.s), t.len);
    text_reset(&t);
    assert_string_equal(t.s, "");
    text_add(&t, "abc");
    text_addch(&t, 'd');
    char *s = text_detach(&t);
    assert_string_equal(s, "abcd");
    assert_string_equal(t.s, "");
    free(s);
    s = text_detach(&t);
    assert_string_equal(s, "");
    free(s);
    text_release(&t);
}

static void percent(void **state)
{
    static const struct { const char *plain, *coded; } cases[] = {
        { "", "" }, { "female", "female" }, { "a=b;c%d", "a%3Db%3Bc%25d" },
        { "\x01\x1f\x7f", "%01%1F%7F" }, { "é ü", "é ü" }, { "100%", "100%25" },
    };
    static const char *const wrong[] = { "%", "a%4", "%zz", "%4g", "%00", "%%41" };
    struct text t = TEXT_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        text_reset(&t);
        text_add_percent(&t, cases[i].plain);
        assert_string_equal(t.s, cases[i].coded);
        text_reset(&t);
        assert_int_equal(text_add_unpercent(&t, cases[i].coded, strlen(cases[i].coded)), 0);
        assert_string_equal(t.s, cases[i].plain);
    }
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_int_equal(text_add_unpercent(&t, wrong[i], strlen(wrong[i])), -1);
    text_reset(&t);
    assert_int_equal(text_add_unpercent(&t, "%2fX", 3), 0);
    assert_string_equal(t.s, "/");
    assert_int_equal(text_add_unpercent(&t, "%2f", 2), -1); /* n counts */
    for (int c = 1; c < 256; c++) {
        const char byte[2] = { (char)c, '\0' };
        struct text back = TEXT_INIT;
        text_reset(&t);
        text_add_percent(&t, byte);
        assert_int_equal(text_add_unpercent(&back, t.s, t.len), 0);
        assert_string_equal(back.s, byte);
        text_release(&back);
    }
    text_release(&t);
}

/* Well-formed and ill-formed sequences of Unicode's table 3-7, at every place
 * in a line, as the check goes by words. */
static void utf8(void **state)
{
    static const char *const good[] = {
        "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
    };
    static const char *const bad[] = {
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf",
        "\xe0\xa0", "\xed\xa0\x80", "\xed\xbf\xbf", "\xef\xbf", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "\xf0\x90\x80",
    };
    char line[64];
    size_t at;

    (void)state;
    for (size_t before = 0; before < 40; before++) {
        for (size_t i = 0; i < ARRAY_SIZE(good) + ARRAY_SIZE(bad); i++) {
            bool is_good = i < ARRAY_SIZE(good);
            const char *s = is_good ? good[i] : bad[i - ARRAY_SIZE(good)];
            memset(line, 'a', sizeof line);
            memcpy(line + before, s, strlen(s));
            size_t n = before + strlen(s) + (before & 1 ? 9 : 0);
            at = 99;
            assert_int_equal(text_is_utf8(line, n, &at), is_good);
            assert_int_equal(text_is_utf8(line, n, NULL), is_good);
            if (!is_good)
                assert_int_equal(at, before);
        }
    }
    assert_true(text_is_utf8("", 0, NULL));
    assert_true(text_is_utf8("a\0b", 3, NULL));
}

static void decoding(void **state)
{
    uint32_t c;

    (void)state;
    assert_int_equal(text_decode("A", &c), 1);
    assert_int_equal(c, 'A');
    assert_int_equal(text_decode("\xc3\xa9", &c), 2);
    assert_int_equal(c, 0xE9);
    assert_int_equal(text_decode("\xe2\x80\xa8", &c), 3);
    assert_int_equal(c, 0x2028);
    assert_int_equal(text_decode("\xf4\x8f\xbf\xbf", &c), 4);
    assert_int_equal(c, 0x10FFFF);
    assert_int_equal(text_decode("\xe2\x80", &c), 0);
    assert_int_equal(text_decode("\xff", &c), 0);
}

static void columns_and_cuts(void **state)
{
    char cut[TEXT_CUT], s[200] = "";

    (void)state;
    assert_int_equal(text_columns(""), 0);
    assert_int_equal(text_columns("Müller"), 6);
    assert_int_equal(text_columns("e\xcc\x81"), 1);
    assert_string_equal(text_cut(cut, "short"), "short");
    for (size_t n = 1; n < 100; n++) {
        memset(s, 0, sizeof s);
        memset(s, 'a', n % 5);
        for (size_t i = n % 5; i + 2 <= n; i += 2)
            memcpy(s + i, "é", 2);
        text_cut(cut, s);
        assert_true(strlen(cut) < TEXT_CUT);
        assert_true(text_is_utf8(cut, strlen(cut), NULL));
        if (strlen(s) < TEXT_CUT)
            assert_string_equal(cut, s);
        else
            assert_string_equal(cut + strlen(cut) - 3, "...");
    }
}

/* numbers */

static void numbers_as_text(void **state)
{
    static const struct { double v; const char *text; } cases[] = {
        { 0, "0" }, { -0., "0" }, { 1, "1" }, { -1.5, "-1.5" }, { 80, "80" },
        { 100000, "100000" }, { 535, "535" }, { .1, "0.1" }, { 1e-3, "0.001" },
        { 1e-5, "1e-05" }, { 1e20, "1e+20" }, { 1. / 3, "0.3333333333333333" },
        { .1 + .2, "0.30000000000000004" }, { 5e-324, "5e-324" }, { 2.5e-310, "2.5e-310" },
        { DBL_MAX, "1.7976931348623157e+308" }, { DBL_MIN, "2.2250738585072014e-308" },
        { 9007199254740992., "9007199254740992" }, { NAN, "nan" },
        { INFINITY, "inf" }, { -INFINITY, "-inf" }, { 123456789, "123456789" },
    };
    char buf[NUM_MAX];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(num_shortest(buf, cases[i].v), cases[i].text);
}

static void numbers_in_fewest_characters(void **state)
{
    static const struct { double v; const char *text; } cases[] = {
        { .001, "1e-3" }, { 1e-4, "1e-4" }, { 1e-6, "1e-6" }, { .005, "5e-3" },
        { .01, "0.01" }, { .1, "0.1" }, { .0025, "0.0025" }, { 2.5e-6, "2.5e-6" },
        { 0, "0" }, { 1, "1" }, { 80, "80" }, { 1e20, "1e20" }, { -.001, "-1e-3" },
        { 1. / 3, "0.3333333333333333" }, { DBL_MAX, "1.7976931348623157e308" },
        { 5e-324, "5e-324" }, { NAN, "nan" }, { -INFINITY, "-inf" },
    };
    char buf[NUM_MAX];
    double back;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_string_equal(num_fewest(buf, cases[i].v), cases[i].text);
        if (isfinite(cases[i].v)) {
            assert_true(num_parse_double(buf, &back));
            assert_true(back == cases[i].v);
        }
    }
}

static void numbers_survive(void **state)
{
    uint64_t x = 88172645463325252u; /* xorshift64 */
    char buf[NUM_MAX];
    double v, back;

    (void)state;
    for (int i = 0; i < 50000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        uint64_t bits = i % 16 ? x : x & 0x800fffffffffffffu; /* some subnormal */
        memcpy(&v, &bits, sizeof v);
        if (i % 3 == 0)
            v = (double)(x % 1000000) / 1000.;
        if (!isfinite(v))
            continue;
        num_shortest(buf, v);
        assert_true(num_parse_double(buf, &back));
        assert_true(back == v);
        /* and one digit fewer does not */
        int digits = 0;
        for (const char *p = buf; *p && *p != 'e'; p++)
            digits += *p >= '0' && *p <= '9';
        char fewer[NUM_MAX];
        if (strpbrk(buf, ".e") && !strstr(buf, "0.") && digits > 1) {
            snprintf(fewer, sizeof fewer, "%.*e", digits - 2, v);
            assert_true(strtod(fewer, NULL) != v);
        }
    }
}

static void numbers_from_text(void **state)
{
    static const char *const no_double[] = {
        "", " 1", "1 ", "0x10", "nan", "inf", "1e400", "-1e400", "1,5", "1_000", "e5",
        ".", "-", "+", "--1", "1e", "1e+", "1.2.3", "infinity", "1\n",
    };
    static const char *const no_int[] = {
        "", " 1", "1 ", "1.0", "1e3", "0x10", "-", "+-1", "9223372036854775808",
        "-9223372036854775809", "1-2", "99999999999999999999999",
    };
    double d;
    int64_t i;

    (void)state;
    for (size_t k = 0; k < ARRAY_SIZE(no_double); k++)
        assert_false(num_parse_double(no_double[k], &d));
    for (size_t k = 0; k < ARRAY_SIZE(no_int); k++)
        assert_false(num_parse_int64(no_int[k], &i));
    assert_true(num_parse_double("-1.5e-3", &d) && d == -1.5e-3);
    assert_true(num_parse_double("1e-400", &d) && d == 0);
    assert_true(num_parse_int64("-9223372036854775808", &i) && i == INT64_MIN);
    assert_true(num_parse_int64("9223372036854775807", &i) && i == INT64_MAX);
}

/* file */

static char *folder;

static char *in_folder(const char *name)
{
    return path_join(folder, name);
}

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

static void paths(void **state)
{
    static const struct { const char *dir, *name, *path; } joins[] = {
        { "a", "b", "a/b" }, { "a/", "b", "a/b" }, { "a", "/b", "/b" },
        { ".", "b", "b" }, { "", "b", "b" }, { "/", "b", "/b" },
    };
    static const struct { const char *path, *dir, *base; } splits[] = {
        { "a/b", "a", "b" }, { "b", ".", "b" }, { "/b", "/", "b" }, { "a/b/c", "a/b", "c" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(joins); i++) {
        char *p = path_join(joins[i].dir, joins[i].name);
        assert_string_equal(p, joins[i].path);
        free(p);
    }
    for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
        char *p = path_dirname(splits[i].path);
        assert_string_equal(p, splits[i].dir);
        assert_string_equal(path_basename(splits[i].path), splits[i].base);
        free(p);
    }
}

static void folders(void **state)
{
    struct err err = ERR_INIT;
    char *deep = in_folder("x/y//z/"), *file = in_folder("file"), *below;

    (void)state;
    assert_int_equal(path_make_dirs(deep, &err), 0);
    assert_int_equal(path_make_dirs(deep, &err), 0);
    assert_true(path_is_dir(deep));
    assert_false(path_is_file(deep));
    assert_int_equal(file_write(file, "", 0, &err), 0);
    assert_true(path_is_file(file));
    below = path_join(file, "z");
    assert_true(path_make_dirs(below, &err) < 0);
    assert_fault_says(&err, "is not a folder");
    assert_true(path_make_dirs(file, &err) < 0);
    assert_fault_says(&err, "is not a folder");
    assert_true(path_make_dirs("", &err) < 0);
    err_release(&err);
    for (const char *const *p = (const char *const[]){ "x/y/z", "x/y", "x", NULL }; *p; p++) {
        char *path = in_folder(*p);
        assert_int_equal(rmdir(path), 0);
        free(path);
    }
    free(deep);
    free(file);
    free(below);
}

static void reading(void **state)
{
    struct err err = ERR_INIT;
    char *path = in_folder("read"), *fifo = in_folder("fifo"), *data;
    size_t len;

    (void)state;
    assert_int_equal(file_write(path, "a\0b", 3, &err), 0);
    assert_int_equal(file_read(path, 3, &data, &len, &err), 0);
    assert_int_equal(len, 3);
    assert_memory_equal(data, "a\0b", 4); /* and a 0 after the end */
    free(data);
    assert_int_equal(file_read(path, 2, &data, &len, &err), ERR_LIMIT);
    assert_null(data);
    assert_fault_says(&err, "read: 3 bytes, more than the 2 allowed");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(file_read(fifo, 99, &data, &len, &err), ERR_IO);
    assert_fault_says(&err, "fifo: is not a regular file");
    assert_int_equal(file_read(folder, 99, &data, &len, &err), ERR_IO);
    assert_fault_says(&err, "is not a regular file");
    assert_int_equal(file_read("/dev/zero", 99, &data, &len, &err), ERR_IO);
    assert_fault_says(&err, "is not a regular file");
    assert_int_equal(file_read("/no/such", 99, &data, &len, &err), ERR_IO);
    assert_faults(&err, "/no/such: cannot read: No such file or directory");
    free(path);
    free(fifo);
}

static void assert_holds(const char *path, const char *text)
{
    struct err err = ERR_INIT;
    char *data;
    size_t len;

    assert_int_equal(file_read(path, 1000, &data, &len, &err), 0);
    assert_string_equal(data, text);
    free(data);
}

static void writing_is_atomic(void **state)
{
    struct err err = ERR_INIT;
    struct outfile out = OUTFILE_INIT;
    char *path = in_folder("out");

    (void)state;
    assert_int_equal(file_write(path, "old", 3, &err), 0);
    assert_int_equal(outfile_begin(&out, path, &err), 0);
    fputs("new", out.fp);
    fflush(out.fp);
    assert_holds(path, "old");
    outfile_abort(&out);
    outfile_abort(&out);
    assert_holds(path, "old");
    assert_int_equal(outfile_begin(&out, path, &err), 0);
    fputs("new", out.fp);
    assert_int_equal(outfile_commit(&out, &err), 0);
    outfile_abort(&out);
    assert_holds(path, "new");
    free(path);
}

/* A file that refuses a write: the old one stays, no temporary is left, and the
 * reason is the one of the write. */
static void writing_fails_whole(void **state)
{
    struct err err = ERR_INIT;
    struct outfile out = OUTFILE_INIT;
    char *path = in_folder("kept"), *tmp;

    (void)state;
    assert_int_equal(file_write(path, "old", 3, &err), 0);
    for (int big = 0; big < 2; big++) {
        assert_int_equal(outfile_begin(&out, path, &err), 0);
        out.fp = freopen("/dev/full", "w", out.fp);
        if (!out.fp)
            skip();
        tmp = mem_strdup(out.tmp);
        for (int i = 0; i < (big ? 100000 : 1); i++)
            fputs("new", out.fp);
        assert_int_equal(outfile_commit(&out, &err), ERR_IO);
        assert_fault_says(&err, "kept: cannot write: No space left on device");
        assert_int_equal(access(tmp, F_OK), -1);
        assert_holds(path, "old");
        free(tmp);
    }
    free(path);
    assert_int_equal(file_write("/no/such/folder/x", "", 0, &err), ERR_IO);
    assert_faults(&err, "/no/such/folder/x: cannot write: No such file or directory");
    assert_int_equal(file_write(folder, "", 0, &err), ERR_IO);
    assert_fault_says(&err, "cannot write: ");
}

/* The temporary's name may be foreseen: what a link of that name points at is
 * not to be written. */
static void writing_follows_no_link(void **state)
{
    struct err err = ERR_INIT;
    struct outfile out = OUTFILE_INIT;
    char *victim = in_folder("victim"), *path = in_folder("linked");

    (void)state;
    assert_int_equal(file_write(victim, "precious", 8, &err), 0);
    char *tmp = mem_printf("%s/.linked.%ld.tmp", folder, (long)getpid());
    assert_int_equal(symlink(victim, tmp), 0);
    assert_int_equal(outfile_begin(&out, path, &err), 0);
    fputs("new", out.fp);
    assert_int_equal(outfile_commit(&out, &err), 0);
    assert_holds(victim, "precious");
    assert_holds(path, "new");
    free(victim);
    free(path);
    free(tmp);
}

/* hash: FIPS 180-4, examples of NIST's SHA256.pdf, and the empty message */

static void hashes(void **state)
{
    static const struct { const char *message, *hex; } cases[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    char hex[HASH_HEX], *path = in_folder("million");
    struct err err = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        hash_bytes(hex, cases[i].message, strlen(cases[i].message));
        assert_string_equal(hex, cases[i].hex);
    }
    char *million = mem_alloc(1000000);
    memset(million, 'a', 1000000);
    assert_int_equal(file_write(path, million, 1000000, &err), 0);
    assert_int_equal(hash_file(hex, path, &err), 0);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
                             "f1809a48a497200e046d39ccc7112cd0");
    assert_int_equal(hash_file(hex, "/no/such", &err), ERR_IO);
    assert_faults(&err, "/no/such: cannot read: No such file or directory");
    assert_int_equal(hash_file(hex, folder, &err), ERR_IO);
    err_release(&err);
    free(million);
    free(path);
}

/* json */

static void json_shapes(void **state)
{
    struct text t = TEXT_INIT;

    (void)state;
    for (int compact = 0; compact < 2; compact++) {
        struct json_out w = json_out(&t);
        text_reset(&t);
        w.compact = compact;
        json_map(&w, NULL);
        json_string(&w, "s", "x");
        json_string(&w, "none", NULL);
        json_list(&w, "l");
        json_number(&w, NULL, .1);
        json_number(&w, NULL, NAN);
        json_number(&w, NULL, -INFINITY);
        json_int(&w, NULL, INT64_MIN);
        json_bool(&w, NULL, true);
        json_list(&w, NULL);
        json_end(&w);
        json_map(&w, NULL);
        json_end(&w);
        json_end(&w);
        json_bool(&w, "b", false);
        json_end(&w);
        if (compact)
            assert_string_equal(t.s,
                "{\"s\":\"x\",\"none\":null,\"l\":[0.1,null,null,-9223372036854775808,"
                "true,[],{}],\"b\":false}");
        else
            assert_string_equal(t.s,
                "{\n  \"s\": \"x\",\n  \"none\": null,\n  \"l\": [\n    0.1,\n    null,\n"
                "    null,\n    -9223372036854775808,\n    true,\n    [],\n    {}\n  ],\n"
                "  \"b\": false\n}\n");
    }
    text_release(&t);
}

static void json_escapes(void **state)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    (void)state;
    w.compact = true;
    json_map(&w, NULL);
    json_string(&w, "k\"\\", "\b\f\n\r\t\x01\x1f/\x7f \xc2\x85 \xe2\x80\xa8 \xef\xbb\xbf "
                             "é \xf0\x9f\x98\x80 \xff \xe2\x80");
    json_end(&w);
    assert_string_equal(t.s,
        "{\"k\\\"\\\\\":\"\\b\\f\\n\\r\\t\\u0001\\u001f/\\u007f \\u0085 \\u2028 \\ufeff "
        "é \xf0\x9f\x98\x80 \\ufffd \\ufffd\\ufffd\"}");
    text_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err_lines),
        cmocka_unit_test(err_escapes),
        cmocka_unit_test(err_long_line),
        cmocka_unit_test(err_keeps_the_first),
        cmocka_unit_test(arena_pieces),
        cmocka_unit_test(mem_says_no),
        cmocka_unit_test(mem_ends_the_program),
        cmocka_unit_test(text_grows),
        cmocka_unit_test(percent),
        cmocka_unit_test(utf8),
        cmocka_unit_test(decoding),
        cmocka_unit_test(columns_and_cuts),
        cmocka_unit_test(numbers_as_text),
        cmocka_unit_test(numbers_in_fewest_characters),
        cmocka_unit_test(numbers_survive),
        cmocka_unit_test(numbers_from_text),
        cmocka_unit_test(paths),
        cmocka_unit_test(folders),
        cmocka_unit_test(reading),
        cmocka_unit_test(writing_is_atomic),
        cmocka_unit_test(writing_fails_whole),
        cmocka_unit_test(writing_follows_no_link),
        cmocka_unit_test(hashes),
        cmocka_unit_test(json_shapes),
        cmocka_unit_test(json_escapes),
    };
    return cmocka_run_group_tests_name("base", tests, make_folder, remove_folder);
}
