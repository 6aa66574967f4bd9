/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client of services: what of it needs no network. */
#include "test.h"

#include <sys/stat.h>

#include "backends/base64.h"
#include "backends/cassette.h"
#include "backends/cloud_journal.h"
#include "backends/cloud_keys.h"
#include "backends/cloud_wait.h"
#include "backends/rekognition_read.h"

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int remove_folder(void **state)
{
    char *command = mem_printf("rm -rf '%s'", folder);

    (void)state;
    int code = system(command);
    free(command);
    free(folder);
    return code;
}

/* --- waiting --- */

static void backing_off(void **state)
{
    double seconds;

    (void)state;
    assert_near(wait_backoff(1, 0), 0, 0);
    assert_near(wait_backoff(1, .5), .2, 1e-12);
    assert_near(wait_backoff(3, .5), .8, 1e-12);
    assert_near(wait_backoff(30, .5), WAIT_MOST / 2., 1e-12);
    assert_near(wait_backoff(4000000000u, 1), WAIT_MOST, 1e-12);
    assert_true(wait_retry_after("120", 0, &seconds));
    assert_near(seconds, 120, 0);
    assert_true(wait_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111747, &seconds));
    assert_near(seconds, 30, 0);
    assert_true(wait_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111787, &seconds));
    assert_near(seconds, 0, 0);
    assert_false(wait_retry_after("soon", 0, &seconds));
    assert_false(wait_retry_after("-1", 0, &seconds));
    assert_true(wait_reset("30", 1700000000, &seconds));
    assert_near(seconds, 30, 0);
    assert_true(wait_reset("1700000012", 1700000000, &seconds));
    assert_near(seconds, 12, 0);
    assert_false(wait_reset("x", 0, &seconds));
}

/* --- base64 --- */

static void coded(void **state)
{
    static const char *const vectors[][2] = { /* RFC 4648, section 10 */
        { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
    };
    static const char *const wrong[] = { "Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v=" };
    struct text t = TEXT_INIT, back = TEXT_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
        text_reset(&t);
        text_reset(&back);
        base64_add(&t, vectors[i][0], strlen(vectors[i][0]));
        assert_string_equal(t.s, vectors[i][1]);
        assert_true(base64_read(&back, t.s));
        assert_string_equal(back.s, vectors[i][0]);
    }
    text_reset(&back);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_false(base64_read(&back, wrong[i]));
    assert_int_equal(back.len, 0);
    char bytes[10000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 2654435761u >> 13);
    text_reset(&t);
    base64_add(&t, bytes, sizeof bytes);
    assert_true(base64_read(&back, t.s));
    assert_int_equal(back.len, sizeof bytes);
    assert_memory_equal(back.s, bytes, sizeof bytes);
    text_release(&t);
    text_release(&back);
}

/* --- cassettes --- */

static const char *one = "1111111111111111111111111111111111111111111111111111111111111111";
static const char *two = "2222222222222222222222222222222222222222222222222222222222222222";

static void begin(struct cassette *c)
{
    struct text t = TEXT_INIT;

    text_add(&t, "{\"kind\":\"cassette\",\"format\":1}");
    assert_int_equal(cassette_add(c, &t, NULL, CASSETTE_TRY, NULL), 0);
    text_release(&t);
}

static void exchange(struct cassette *c, const char *request, enum cassette_as as,
                     const char *said)
{
    struct text t = TEXT_INIT;

    text_addf(&t, "{\"kind\":\"exchange\",\"as\":\"%s\",\"request\":{\"sha256\":\"%s\"},"
              "\"said\":\"%s\"}", cassette_as_names[as], request, said);
    assert_int_equal(cassette_add(c, &t, request, as, NULL), 0);
    text_release(&t);
}

static void assert_found(struct cassette *c, const char *request, enum cassette_reach reach,
                         const char *said)
{
    struct text line = TEXT_INIT;
    bool found = cassette_find(c, request, reach, &line);

    assert_int_equal(found, said != NULL);
    if (said && !strstr(line.s, said))
        fail_msg("%s does not say %s", line.s, said);
    text_release(&line);
}

static void kept(void **state)
{
    char *path = path_join(folder, "kept.jsonl");
    struct text note = TEXT_INIT;
    struct err err = ERR_INIT;
    struct cassette *c, *other;
    struct cassette_sum sum;

    (void)state;
    assert_int_equal(cassette_append_to(&c, path, &note, &err), 0);
    begin(c);
    exchange(c, one, CASSETTE_TRY, "busy");
    assert_found(c, one, CASSETTE_ANY, NULL);
    exchange(c, one, CASSETTE_ANSWER, "first");
    exchange(c, two, CASSETTE_OUTCOME, "late");
    assert_found(c, one, CASSETTE_OURS, "first");
    assert_found(c, two, CASSETTE_ANSWERS, NULL);
    assert_found(c, two, CASSETTE_ANY, "late");
    assert_true(cassette_append_to(&other, path, &note, &err) < 0);
    assert_fault_says(&err, "another misid is appending to it");
    assert_int_equal(cassette_close(c, &err), 0);

    assert_int_equal(cassette_append_to(&c, path, &note, &err), 0);
    assert_found(c, one, CASSETTE_ANSWERS, "first");
    assert_found(c, one, CASSETTE_OURS, NULL);
    exchange(c, one, CASSETTE_ANSWER, "second");
    exchange(c, two, CASSETTE_ANSWER, "in the end");
    assert_found(c, one, CASSETTE_OURS, "second");
    assert_int_equal(cassette_close(c, &err), 0);

    assert_int_equal(cassette_replay_from(&c, path, &err), 0);
    assert_found(c, one, CASSETTE_ANY, "second");
    assert_found(c, two, CASSETTE_ANY, "in the end");
    cassette_take_sum(c, &sum);
    assert_int_equal(sum.lines, 6);
    assert_int_equal(sum.requests, 2);
    assert_int_equal(sum.answers, 3);
    assert_int_equal(cassette_close(c, &err), 0);
    assert_int_equal(note.len, 0);
    free(path);
}

/* The hashes are what anyone can compute. */
static void chained(void **state)
{
    char *path = path_join(folder, "chained.jsonl"), *data, hash[HASH_HEX];
    struct text note = TEXT_INIT, t = TEXT_INIT;
    struct cassette *c;
    size_t len;

    (void)state;
    assert_int_equal(cassette_append_to(&c, path, &note, NULL), 0);
    begin(c);
    exchange(c, one, CASSETTE_ANSWER, "x");
    assert_int_equal(cassette_close(c, NULL), 0);
    assert_int_equal(file_read(path, 1 << 20, &data, &len, NULL), 0);
    char *second = strchr(data, '\n') + 1;
    text_addn(&t, data + 9, 64);
    text_add(&t, "\"kind\":\"exchange\",\"as\":\"answer\",\"request\":{\"sha256\":\"");
    text_add(&t, one);
    text_add(&t, "\"},\"said\":\"x\"}");
    hash_bytes(hash, t.s, t.len);
    assert_memory_equal(second + 9, hash, 64);
    assert_memory_equal(second + 83, data + 9, 64);
    free(data);
    text_release(&t);
    free(path);
}

/* Whatever byte is changed, the line is named. */
static void altered(void **state)
{
    char *path = path_join(folder, "altered.jsonl"), *data;
    struct text note = TEXT_INIT;
    struct cassette_sum sum;
    struct err err = ERR_INIT;
    struct cassette *c;
    size_t len;

    (void)state;
    assert_int_equal(cassette_append_to(&c, path, &note, NULL), 0);
    begin(c);
    exchange(c, one, CASSETTE_ANSWER, "x");
    exchange(c, two, CASSETTE_ANSWER, "y");
    assert_int_equal(cassette_close(c, NULL), 0);
    assert_int_equal(file_read(path, 1 << 20, &data, &len, NULL), 0);
    assert_int_equal(cassette_verify(path, &sum, &err), 0);
    for (size_t i = 0; i + 1 < len; i++) {
        data[i] ^= 1;
        assert_int_equal(file_write(path, data, len, NULL), 0);
        if (cassette_verify(path, &sum, &err) == 0)
            fail_msg("byte %zu may be altered", i);
        err_release(&err);
        data[i] ^= 1;
    }
    for (size_t cut = 1; cut < len; cut += 11) { /* as a kill leaves it */
        assert_int_equal(file_write(path, data, cut, NULL), 0);
        text_reset(&note);
        assert_int_equal(cassette_append_to(&c, path, &note, &err), 0);
        assert_int_equal(note.len > 0, data[cut - 1] != '\n');
        cassette_take_sum(c, &sum);
        if (sum.lines)
            exchange(c, one, CASSETTE_ANSWER, "z");
        assert_int_equal(cassette_close(c, &err), 0);
        if (sum.lines)
            assert_int_equal(cassette_verify(path, &sum, &err), 0);
    }
    free(data);
    free(path);
    text_release(&note);
}

/* --- keys --- */

static const struct cloud_key wanted[] = {
    { "TEST_KEY_ID", false }, { "TEST_SECRET", false }, { "TEST_TOKEN", true }, { NULL, false }
};

static void keys_of_the_environment(void **state)
{
    struct cloud_keys k;
    struct err err = ERR_INIT;
    struct text t = TEXT_INIT;

    (void)state;
    unsetenv("TEST_TOKEN");
    setenv("TEST_KEY_ID", "AKIDtest", 1);
    unsetenv("TEST_SECRET");
    assert_true(cloud_keys_load(&k, wanted, "", "x", &err) < 0);
    assert_faults(&err, "backend x: no key TEST_SECRET, expected it in the environment or in "
                  "keys=FILE");
    cloud_keys_forget(&k);
    setenv("TEST_SECRET", "very+secret", 1);
    assert_int_equal(cloud_keys_load(&k, wanted, "", "x", &err), 0);
    assert_string_equal(cloud_keys_get(&k, "TEST_SECRET"), "very+secret");
    assert_null(cloud_keys_get(&k, "TEST_TOKEN"));
    const char *said = "the key very+secret of AKIDtest, very+secret";
    assert_true(cloud_keys_scrub(&k, said, strlen(said), &t));
    assert_string_equal(t.s, "the key [TEST_SECRET] of [TEST_KEY_ID], [TEST_SECRET]");
    text_reset(&t);
    assert_false(cloud_keys_scrub(&k, "nothing", 7, &t));
    cloud_keys_forget(&k);
    assert_null(cloud_keys_get(&k, "TEST_SECRET"));
    text_release(&t);
}

static void keys_of_a_file(void **state)
{
    char *path = path_join(folder, "keys");
    const char *text = "# comment\nOTHER=1\n TEST_KEY_ID=from-file\r\nTEST_SECRET=s3cr3t= \n";
    struct cloud_keys k;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(file_write(path, text, strlen(text), NULL), 0);
    assert_int_equal(chmod(path, 0640), 0);
    assert_true(cloud_keys_load(&k, wanted, path, "x", &err) < 0);
    assert_fault_says(&err, "others may read it (mode 640), expected mode 600");
    cloud_keys_forget(&k);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(cloud_keys_load(&k, wanted, path, "x", &err), 0);
    assert_string_equal(cloud_keys_get(&k, "TEST_KEY_ID"), "from-file");
    assert_string_equal(cloud_keys_get(&k, "TEST_SECRET"), "s3cr3t=");
    cloud_keys_forget(&k);
    assert_true(cloud_keys_load(&k, wanted, folder, "x", &err) < 0);
    assert_fault_says(&err, "expected a regular file");
    cloud_keys_forget(&k);
    free(path);
}

/* --- the journal --- */

static void noted(void **state)
{
    struct cloud_left left;

    (void)state;
    setenv("XDG_STATE_HOME", folder, 1);
    assert_int_equal(cloud_journal_read(&left, NULL), 0);
    assert_int_equal(left.n, 0);
    cloud_left_release(&left);
    int fd = cloud_journal_add("rekognition", "rekognition:region=x", "misid-1", NULL);
    assert_true(fd >= 0);
    assert_int_equal(cloud_journal_read(&left, NULL), 0);
    assert_int_equal(left.n, 1);
    assert_string_equal(left.items[0].gallery, "misid-1");
    assert_true(left.items[0].held);
    cloud_left_release(&left);
    close(fd); /* as if the process had ended */
    assert_int_equal(cloud_journal_read(&left, NULL), 0);
    assert_false(left.items[0].held);
    cloud_left_release(&left);
    cloud_journal_drop("rekognition", "rekognition:region=x", "misid-1", -1);
    assert_int_equal(cloud_journal_read(&left, NULL), 0);
    assert_int_equal(left.n, 0);
    cloud_left_release(&left);
}

/* --- answers of Rekognition --- */

static struct cloud_answer said(const char *body)
{
    return (struct cloud_answer){ .status = 200, .body = body, .len = strlen(body) };
}

static void faces_read(void **state)
{
    const struct image_place place = { .has_box = true, .box = { 60, 0, 30, 30 } };
    struct cloud_answer from = said(
        "{\"FaceDetails\":[{\"BoundingBox\":{\"Left\":0.1,\"Top\":0.2,\"Width\":0.4,\"Height\":"
        "0.5},\"Gender\":{\"Value\":\"Female\",\"Confidence\":97.5},\"AgeRange\":{\"Low\":20,"
        "\"High\":28},\"Quality\":{\"Brightness\":50.5,\"Sharpness\":80}},{\"BoundingBox\":{"
        "\"Left\":0.6,\"Top\":0,\"Width\":0.3,\"Height\":0.3}}]}");
    struct answer a = { .status = STATUS_OK };
    struct text why = TEXT_INIT;

    (void)state;
    answer_reset(&a);
    assert_true(rekognition_read_faces(&from, 100, 100, &a, &why));
    assert_int_equal(a.n_faces, 2);
    assert_string_equal(a.faces[0].label, "female");
    assert_near(a.faces[0].confidence, .975, 1e-12);
    assert_near(a.faces[0].quality, 80, 0);
    assert_near(a.faces[0].box.y, 20, 1e-9);
    assert_string_equal(a.faces[0].attributes[0].value, "Female");
    assert_true(cloud_choose(&a, NULL)); /* the larger */
    assert_near(a.faces[0].box.x, 10, 1e-9);
    assert_true(cloud_choose(&a, &place)); /* where the data set has one */
    assert_near(a.faces[0].box.x, 60, 1e-9);
    const struct image_place nowhere = { .has_box = true, .box = { 0, 90, 5, 5 } };
    assert_false(cloud_choose(&a, &nowhere));
    answer_reset(&a);
    from = said("{\"FaceDetails\":[]}");
    assert_true(rekognition_read_faces(&from, 100, 100, &a, &why));
    assert_int_equal(a.status, STATUS_NO_FACE);
    static const char *const wrong[] = { "", "[]", "{}", "{\"FaceDetails\":[1]}",
        "{\"FaceDetails\":[{}]}", "{\"FaceDetails\":[{\"BoundingBox\":{\"Left\":0}}]}" };
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        answer_reset(&a);
        from = said(wrong[i]);
        assert_false(rekognition_read_faces(&from, 100, 100, &a, &why));
        assert_memory_equal(why.s, "its answer is not as documented: ", 33);
    }
    answer_release(&a);
    text_release(&why);
}

static void pairs_read(void **state)
{
    const struct cloud_answer from = said(
        "{\"FaceMatches\":[{\"Similarity\":12.5,\"Face\":{\"BoundingBox\":{\"Left\":0,\"Top\":0,"
        "\"Width\":0.5,\"Height\":0.5}}},{\"Similarity\":99,\"Face\":{\"BoundingBox\":{\"Left\":"
        "0.7,\"Top\":0.7,\"Width\":0.2,\"Height\":0.2}}}],\"UnmatchedFaces\":[{\"BoundingBox\":{"
        "\"Left\":0,\"Top\":0.8,\"Width\":0.1,\"Height\":0.1}}]}");
    const struct box largest = { 0, 0, 0, 0 }, small = { .7, .7, .2, .2 };
    const struct box unmatched = { 0, .8, .1, .1 }, nowhere = { .5, .1, .1, .1 };
    struct text why = TEXT_INIT;
    double score;

    (void)state;
    assert_true(rekognition_read_compare(&from, &largest, &score, &why));
    assert_near(score, 12.5, 0);
    assert_true(rekognition_read_compare(&from, &small, &score, &why));
    assert_near(score, 99, 0);
    assert_true(rekognition_read_compare(&from, &unmatched, &score, &why));
    assert_near(score, 0, 0);
    assert_true(rekognition_read_compare(&from, &nowhere, &score, &why));
    assert_true(isnan(score));
    text_release(&why);
}

static void searches_read(void **state)
{
    struct cloud_answer from = said(
        "{\"FaceMatches\":[{\"Similarity\":80,\"Face\":{\"ExternalImageId\":\"2\"}},{"
        "\"Similarity\":90,\"Face\":{\"ExternalImageId\":\"0\"}},{\"Similarity\":85,\"Face\":{"
        "\"ExternalImageId\":\"2\"}},{\"Similarity\":85,\"Face\":{\"ExternalImageId\":\"1\"}}]}");
    struct backend_candidate found[3];
    struct text why = TEXT_INIT;
    size_t n;

    (void)state;
    assert_true(rekognition_read_search(&from, 3, found, 3, &n, &why));
    assert_int_equal(n, 3);
    assert_int_equal(found[0].place, 0);
    assert_int_equal(found[1].place, 1);
    assert_int_equal(found[2].place, 2);
    assert_near(found[2].score, 85, 0);
    assert_true(rekognition_read_search(&from, 3, found, 1, &n, &why));
    assert_int_equal(n, 1);
    assert_false(rekognition_read_search(&from, 2, found, 3, &n, &why));
    assert_string_equal(why.s, "its answer is not as documented: a match that names nobody "
                        "enrolled");
    text_release(&why);
}

static void errors_read(void **state)
{
    struct cloud_answer from = said("{\"__type\":\"com.amazon.coral.service#"
                                    "UnrecognizedClientException\",\"message\":\"no\"}");
    struct setting header = { "X-Amzn-ErrorType", "ThrottlingException:http://internal/" };
    char type[REKOGNITION_TYPE];
    struct text words = TEXT_INIT;

    (void)state;
    rekognition_error(&from, type, &words);
    assert_string_equal(type, "UnrecognizedClientException");
    assert_string_equal(words.s, "no");
    from = said("<html>");
    from.status = 503;
    rekognition_error(&from, type, &words);
    assert_string_equal(type, "HTTP 503");
    from.headers = &header;
    from.n_headers = 1;
    rekognition_error(&from, type, &words);
    assert_string_equal(type, "ThrottlingException");
    text_release(&words);
}

/* --- options --- */

static void options_held(void **state)
{
    static const char *const wrong[][2] = {
        { "region=us east", "region=us east, expected one as us-east-1" },
        { "region=../x", "expected one as us-east-1" },
        { "attributes=none", "expected all or default" },
        { "in_flight=0", "in_flight=0, expected a whole number from 1 to 64" },
        { "tries=21", "expected a whole number from 1 to 20" },
        { "timeout=never", "expected a number from" },
        { "budget=-1", "expected US dollars" },
        { "price=DetectFaces", "expected OPERATION:USD" },
        { "consent=maybe", "consent=maybe, expected yes or no" },
        { "endpoint=http://example.com", "plain http:// is for this machine only" },
        { "endpoint=https://a/b", "without a path" },
        { "replay=/none", "/none" },
        { "replay=x\\,dry-run=yes", "x,dry-run=yes" },
        { "replay=/none,dry-run=yes", "expected neither dry-run=yes nor cassette=" },
    };
    struct err err = ERR_INIT;
    struct backend *b, *other;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        char *spec = mem_printf("rekognition:%s", wrong[i][0]);
        assert_true(backend_open(&b, spec, &err) < 0);
        assert_fault_says(&err, wrong[i][1]);
        free(spec);
    }
    assert_int_equal(backend_open(&b, "rekognition:region=eu-west-1,in_flight=3,budget=2", &err),
                     0);
    assert_int_equal(backend_open(&other, "rekognition:region=eu-west-1,consent=yes", &err), 0);
    assert_string_equal(b->name, "rekognition:region=eu-west-1");
    assert_string_equal(b->fingerprint, other->fingerprint);
    assert_string_equal(cloud_endpoint(b->client), "https://rekognition.eu-west-1.amazonaws.com");
    assert_int_equal(b->batch, 3);
    assert_true(b->own_scores);
    backend_close(b);
    backend_close(other);
    assert_int_equal(backend_open(&b, "rekognition:region=eu-west-2", &err), 0);
    assert_int_equal(backend_open(&other, "rekognition", &err), 0);
    assert_string_not_equal(b->fingerprint, other->fingerprint);
    backend_close(b);
    backend_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backing_off),
        cmocka_unit_test(coded),
        cmocka_unit_test(kept),
        cmocka_unit_test(chained),
        cmocka_unit_test(altered),
        cmocka_unit_test(keys_of_the_environment),
        cmocka_unit_test(keys_of_a_file),
        cmocka_unit_test(noted),
        cmocka_unit_test(faces_read),
        cmocka_unit_test(pairs_read),
        cmocka_unit_test(searches_read),
        cmocka_unit_test(errors_read),
        cmocka_unit_test(options_held),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
