/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <time.h>

#include "backends/cache.h"
#include "base/db.h"

static struct backend one = {
    .name = "one:dim=4",
    .fingerprint = "1111111111111111111111111111111111111111111111111111111111111111",
};
static struct backend two = {
    .name = "two",
    .fingerprint = "2222222222222222222222222222222222222222222222222222222222222222",
};

static void put(struct cache *c, const struct backend *b, const char *file, const char *bytes)
{
    struct cache_item item = { .bytes = TEXT_INIT };

    cache_key(item.key, file, b->fingerprint, "as it is");
    text_add(&item.bytes, bytes);
    cache_put(c, b, &item, 1);
    text_release(&item.bytes);
}

/* The answer, or "-"; the text's. */
static const char *get(struct cache *c, const struct backend *b, const char *file,
                       const char *how, struct text *to)
{
    char key[HASH_HEX];

    cache_key(key, file, b->fingerprint, how);
    text_reset(to);
    return cache_get(c, key, to) ? to->s : "-";
}

static void put_and_get(void **state)
{
    char *dir = test_folder(), *path = path_join(dir, "answers.db");
    struct text t = TEXT_INIT;

    (void)state;
    struct cache *c = cache_open(dir);
    assert_string_equal(cache_note(c), "");
    put(c, &one, "file", "the answer");
    put(c, &two, "file", "another");
    cache_close(c);
    c = cache_open(dir);
    assert_string_equal(get(c, &one, "file", "as it is", &t), "the answer");
    assert_string_equal(get(c, &two, "file", "as it is", &t), "another");
    assert_string_equal(get(c, &one, "other", "as it is", &t), "-");
    assert_string_equal(get(c, &one, "file", "smaller", &t), "-");
    put(c, &one, "file", "a later one");
    assert_string_equal(get(c, &one, "file", "as it is", &t), "a later one");
    cache_close(c);
    free(path);
    text_release(&t);
    test_remove_folder(dir);
}

/* Each part of the key counts, wherever one ends and the next begins. */
static void keys(void **state)
{
    char a[HASH_HEX], b[HASH_HEX];

    (void)state;
    cache_key(a, "f", "p", "h");
    cache_key(b, "f", "p", "h");
    assert_string_equal(a, b);
    cache_key(b, "g", "p", "h");
    assert_string_not_equal(a, b);
    cache_key(b, "f", "q", "h");
    assert_string_not_equal(a, b);
    cache_key(b, "f", "p", "i");
    assert_string_not_equal(a, b);
    cache_key(a, "ff", "p", "h");
    cache_key(b, "f", "fp", "h");
    assert_string_not_equal(a, b);
}

/* Changes every `needle` in the file. */
static size_t change(const char *path, const char *needle, char to)
{
    char *data, *at;
    size_t len, changed = 0;

    assert_int_equal(file_read(path, 1 << 26, &data, &len, NULL), 0);
    for (at = data; (at = memmem(at, len - (size_t)(at - data), needle, strlen(needle)));
         changed++)
        *at = to;
    assert_int_equal(file_write(path, data, len, NULL), 0);
    free(data);
    return changed;
}

static void one_damaged_answer(void **state)
{
    char *dir = test_folder(), *path = path_join(dir, "answers.db");
    struct cache_stat s;
    struct text t = TEXT_INIT;

    (void)state;
    struct cache *c = cache_open(dir);
    put(c, &one, "a", "needle in a haystack");
    put(c, &one, "b", "hay");
    cache_close(c);
    assert_true(change(path, "needle in", 'N') > 0);
    c = cache_open(dir);
    assert_int_equal(cache_stat(c, &s, NULL), 0);
    assert_int_equal(s.damaged, 1);
    cache_stat_release(&s);
    assert_string_equal(get(c, &one, "a", "as it is", &t), "-");
    assert_non_null(strstr(cache_note(c), "held damaged answers, which were computed anew"));
    assert_string_equal(get(c, &one, "b", "as it is", &t), "hay");
    put(c, &one, "a", "needle in a haystack");
    assert_string_equal(get(c, &one, "a", "as it is", &t), "needle in a haystack");
    cache_close(c);
    free(path);
    text_release(&t);
    test_remove_folder(dir);
}

static void no_database(void **state)
{
    static const char *const texts[] = {
        "this is no database, but something else that has taken its name",
        "SQLite format 3 but no more than that",
    };
    struct text t = TEXT_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        char *dir = test_folder(), *path = test_file(dir, "answers.db", texts[i]);
        struct cache *c = cache_open(dir);
        assert_non_null(strstr(cache_note(c), "was damaged, is now answers.db.damaged"));
        assert_null(strchr(cache_note(c), '\n'));
        assert_string_equal(get(c, &one, "a", "as it is", &t), "-");
        put(c, &one, "a", "new");
        assert_string_equal(get(c, &one, "a", "as it is", &t), "new");
        cache_close(c);
        char *aside = mem_printf("%s.damaged", path), *data;
        size_t len;
        assert_int_equal(file_read(aside, 1 << 20, &data, &len, NULL), 0);
        assert_string_equal(data, texts[i]);
        free(data);
        free(aside);
        free(path);
        test_remove_folder(dir);
    }
    text_release(&t);
}

/* Pages overwritten at every place: an answer is right, or is not there. */
static void damaged_pages(void **state)
{
    const size_t step = 3000;
    struct text t = TEXT_INIT;
    char *whole;
    size_t len, served = 0, lost = 0;

    (void)state;
    char *dir = test_folder(), *path = path_join(dir, "answers.db");
    struct cache *c = cache_open(dir);
    for (int i = 0; i < 50; i++) {
        char *file = mem_printf("%d", i), *bytes = mem_printf("%01500d", i);
        put(c, &one, file, bytes);
        free(file);
        free(bytes);
    }
    cache_close(c);
    assert_int_equal(file_read(path, 1 << 26, &whole, &len, NULL), 0);
    for (size_t at = 0; at + 200 < len; at += step) {
        char *data = mem_alloc(len);
        memcpy(data, whole, len);
        memset(data + at, 0x5A, 200);
        assert_int_equal(file_write(path, data, len, NULL), 0);
        free(data);
        c = cache_open(dir);
        for (int i = 0; i < 50; i++) {
            char *file = mem_printf("%d", i), *bytes = mem_printf("%01500d", i);
            const char *got = get(c, &one, file, "as it is", &t);
            if (strcmp(got, "-")) {
                assert_string_equal(got, bytes);
                served++;
            } else {
                lost++;
            }
            free(file);
            free(bytes);
        }
        if (lost)
            put(c, &one, "50", "whatever");
        cache_close(c);
    }
    assert_true(served > 0 && lost > 0);
    free(whole);
    free(path);
    text_release(&t);
    test_remove_folder(dir);
}

static void not_ours(void **state)
{
    static const char *const other[] = { "CREATE TABLE photographs (id INTEGER)" };
    static const char *const later[] = { "CREATE TABLE a (id INTEGER)", "SELECT 1",
                                         "SELECT 2" };
    const struct db_plan plans[] = { { 12345, other, 1 }, { 0x6d697369, later, 3 } };
    static const char *const says[] = { "is a database of another program",
                                        "is of version 3, expected at most 1" };
    struct text t = TEXT_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
        char *dir = test_folder(), *path = path_join(dir, "answers.db");
        char before[HASH_HEX], after[HASH_HEX];
        struct db *db;
        assert_int_equal(db_open(&db, path, &plans[i], NULL, NULL), 0);
        db_close(db);
        assert_int_equal(hash_file(before, path, NULL), 0);
        struct cache *c = cache_open(dir);
        assert_non_null(strstr(cache_note(c), "the cache is not used"));
        assert_non_null(strstr(cache_note(c), says[i]));
        put(c, &one, "a", "new");
        assert_string_equal(get(c, &one, "a", "as it is", &t), "-");
        cache_close(c);
        assert_int_equal(hash_file(after, path, NULL), 0);
        assert_string_equal(before, after);
        free(path);
        test_remove_folder(dir);
    }
    text_release(&t);
}

static void no_place(void **state)
{
    char *dir = test_folder(), *path = test_file(dir, "file", "no folder");
    struct text t = TEXT_INIT;
    struct err err = ERR_INIT;
    struct cache_stat s;

    (void)state;
    struct cache *c = cache_open(path);
    assert_non_null(strstr(cache_note(c), "the cache is not used"));
    put(c, &one, "a", "new");
    assert_string_equal(get(c, &one, "a", "as it is", &t), "-");
    assert_true(cache_stat(c, &s, &err) < 0);
    assert_fault_says(&err, "the cache is not used");
    cache_close(c);
    free(path);
    text_release(&t);
    test_remove_folder(dir);
}

static int64_t answers(struct cache *c)
{
    struct cache_stat s;
    int64_t n = 0;

    assert_int_equal(cache_stat(c, &s, NULL), 0);
    assert_true(s.sound && s.damaged == 0);
    for (size_t i = 0; i < s.n_backends; i++)
        n += s.backends[i].answers;
    cache_stat_release(&s);
    return n;
}

static void prune(void **state)
{
    char *dir = test_folder();
    struct cache_stat s;
    int64_t dropped;

    (void)state;
    struct cache *c = cache_open(dir);
    for (int i = 0; i < 3000; i++) {
        char *file = mem_printf("%d", i), *bytes = mem_printf("%0999d", i);
        put(c, i % 3 ? &one : &two, file, bytes);
        free(file);
        free(bytes);
    }
    assert_int_equal(answers(c), 3000);
    struct cache_prune old = { .before = (int64_t)time(NULL) - 3600, .max_bytes = -1 };
    assert_int_equal(cache_prune(c, &old, &dropped, NULL), 0);
    assert_int_equal(dropped, 0);
    struct cache_prune size = { .max_bytes = 1500000 };
    assert_int_equal(cache_prune(c, &size, &dropped, NULL), 0);
    assert_true(dropped > 1500 && dropped < 2500);
    assert_int_equal(answers(c), 3000 - dropped);
    cache_stat(c, &s, NULL);
    assert_true(s.file_bytes <= 1500000);
    int64_t of_two = s.backends[1].answers;
    assert_string_equal(s.backends[1].name, "two");
    cache_stat_release(&s);
    struct cache_prune whose = { .backend = "two", .max_bytes = -1 };
    assert_int_equal(cache_prune(c, &whose, &dropped, NULL), 0);
    assert_int_equal(dropped, of_two);
    old.before = (int64_t)time(NULL) + 60;
    assert_int_equal(cache_prune(c, &old, &dropped, NULL), 0);
    assert_int_equal(answers(c), 0);
    cache_close(c);
    test_remove_folder(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put_and_get),   cmocka_unit_test(keys),
        cmocka_unit_test(one_damaged_answer), cmocka_unit_test(no_database),
        cmocka_unit_test(damaged_pages), cmocka_unit_test(not_ours),
        cmocka_unit_test(no_place),      cmocka_unit_test(prune),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
