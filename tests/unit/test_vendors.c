/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers of vendors, in the shapes of their own references, and what is no such answer.
 */
#include "backends/azure_read.h"
#include "backends/facepp_read.h"
#include "backends/ibm_read.h"
#include "backends/kairos_read.h"
#include "test.h"

struct read {
    struct answer a;
    struct vendor_said said;
};

static struct vendor_reply reply(long http, const char *body)
{
    return (struct vendor_reply){ http, body, strlen(body) };
}

static void read_begin(struct read *r)
{
    *r = (struct read){ .a = { .status = STATUS_OK }, .said = VENDOR_SAID_INIT };
    answer_reset(&r->a);
}

static void read_end(struct read *r)
{
    answer_release(&r->a);
    vendor_said_release(&r->said);
}

static const char *attribute(const struct face_answer *f, const char *name)
{
    for (size_t i = 0; i < f->n_attributes; i++)
        if (!strcmp(f->attributes[i].name, name))
            return f->attributes[i].value;
    return "";
}

static void assert_box(const struct face_answer *f, double x, double y, double w, double h)
{
    assert_true(f->box.x == x && f->box.y == y && f->box.width == w && f->box.height == h);
}

static void assert_token(const struct face_answer *f, const char *token)
{
    assert_int_equal(f->template_len, strlen(token));
    assert_memory_equal(f->template, token, strlen(token));
}

typedef enum vendor_outcome detect_fn(const struct vendor_reply *r, struct answer *to,
                                      struct vendor_said *said);

struct wrong {
    long http;
    const char *body;
    enum vendor_outcome outcome;
    enum status status;
    const char *says;
};

static void check_wrong(detect_fn *detect, const struct wrong *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct vendor_reply r = reply(list[i].http, list[i].body);
        struct read got;
        read_begin(&got);
        enum vendor_outcome outcome = detect(&r, &got.a, &got.said);
        if (outcome != list[i].outcome || got.said.status != list[i].status ||
            !strstr(got.said.why.s, list[i].says))
            fail_msg("%s: outcome %d, %s: '%s', expected %d, %s: '%s'", list[i].body,
                     (int)outcome, status_name(got.said.status), got.said.why.s,
                     (int)list[i].outcome, status_name(list[i].status), list[i].says);
        read_end(&got);
    }
}

#define ID1 "c5c24a82-6845-4031-9d5d-978df9175426"
#define ID2 "65d083d4-9447-47d1-af30-b626144bf0fb"

static void test_azure_detect(void **state)
{
    static const char body[] =
        "[{\"faceId\":\"" ID1 "\",\"recognitionModel\":\"recognition_04\","
        "\"faceRectangle\":{\"top\":54,\"left\":394,\"width\":78,\"height\":79},"
        "\"faceAttributes\":{\"glasses\":\"NoGlasses\",\"headPose\":{\"pitch\":0,"
        "\"roll\":2.1,\"yaw\":3},\"qualityForRecognition\":\"high\"}},"
        "{\"faceId\":\"" ID2 "\",\"faceRectangle\":{\"top\":-3,\"left\":0,\"width\":40,"
        "\"height\":40},\"faceAttributes\":{\"age\":71.0,\"gender\":\"male\"}}]";
    static const struct wrong wrong[] = {
        { 200, "[]", VENDOR_SAMPLE, STATUS_NO_FACE, "no face" },
        { 200, "{}", VENDOR_BREACH, STATUS_ERROR, "no list" },
        { 200, "", VENDOR_BREACH, STATUS_ERROR, "no JSON" },
        { 200, "[{\"faceId\":\"" ID1 "\"}]", VENDOR_BREACH, STATUS_ERROR,
          "'faceRectangle' is missing" },
        { 200, "[1]", VENDOR_BREACH, STATUS_ERROR, "no object" },
        { 200, "[{\"faceRectangle\":{\"top\":1,\"left\":1,\"width\":-1,\"height\":1}}]",
          VENDOR_BREACH, STATUS_ERROR, "'width'" },
        { 200, "[{\"faceId\":\"../../x\",\"faceRectangle\":{\"top\":1,\"left\":1,"
          "\"width\":1,\"height\":1}}]", VENDOR_BREACH, STATUS_ERROR, "'faceId'" },
        { 200, "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", VENDOR_BREACH, STATUS_ERROR,
          "levels" },
        { 400, "{\"error\":{\"code\":\"InvalidImageSize\",\"message\":\"Image size is too "
          "small.\"}}", VENDOR_SAMPLE, STATUS_REFUSED, "too small" },
        { 400, "{\"error\":{\"code\":\"InvalidImage\",\"message\":\"No face detected in "
          "the image.\"}}", VENDOR_SAMPLE, STATUS_NO_FACE, "No face" },
        { 400, "{\"error\":{\"code\":\"InvalidImage\",\"message\":\"There is more than 1 "
          "face in the image.\"}}", VENDOR_SAMPLE, STATUS_SEVERAL_FACES, "more than 1" },
        { 401, "{\"error\":{\"code\":\"401\",\"message\":\"Access denied due to invalid "
          "subscription key or wrong API endpoint.\"}}", VENDOR_CLOSED, STATUS_ERROR,
          "invalid subscription key" },
        { 403, "{\"error\":{\"code\":\"InvalidRequest\",\"message\":\"Invalid request has "
          "been sent.\",\"innererror\":{\"code\":\"UnsupportedFeature\",\"message\":"
          "\"Feature is not supported, missing approval for one or more of the following "
          "features: Identification,Verification.\"}}}", VENDOR_CLOSED, STATUS_ERROR,
          "InvalidRequest/UnsupportedFeature: Feature is not supported, missing approval" },
        { 404, "{\"error\":{\"code\":\"FaceNotFound\",\"message\":\"Face not found.\"}}",
          VENDOR_GONE, STATUS_ERROR, "FaceNotFound" },
        { 409, "{\"error\":{\"code\":\"LargePersonGroupExists\",\"message\":\"It is "
          "there.\"}}", VENDOR_TAKEN, STATUS_ERROR, "Exists" },
        { 409, "{\"error\":{\"code\":\"ConcurrentOperationConflict\",\"message\":\"There "
          "is a conflict operation on resource.\"}}", VENDOR_AGAIN, STATUS_ERROR,
          "conflict" },
        { 429, "{\"error\":{\"code\":\"429\",\"message\":\"Requests have exceeded call "
          "rate limit.\"}}", VENDOR_AGAIN, STATUS_ERROR, "call rate limit" },
        { 429, "{\"statusCode\":429,\"message\":\"Rate limit is exceeded. Try again in 26 "
          "seconds.\"}", VENDOR_AGAIN, STATUS_ERROR, "26 seconds" },
        { 500, "<html>", VENDOR_AGAIN, STATUS_ERROR, "HTTP status 500" },
        { 400, "{\"error\":{\"code\":\"BadArgument\",\"message\":\"detectionModel is "
          "invalid.\"}}", VENDOR_BREACH, STATUS_ERROR, "BadArgument" },
        { 418, "{\"error\":7}", VENDOR_BREACH, STATUS_ERROR, "HTTP status 418" },
    };
    struct vendor_reply r = reply(200, body);
    struct read got;

    (void)state;
    read_begin(&got);
    assert_int_equal(azure_read_detect(&r, &got.a, &got.said), VENDOR_OK);
    assert_int_equal(got.a.n_faces, 2);
    const struct face_answer *f = got.a.faces;
    assert_box(&f[0], 394, 54, 78, 79);
    assert_token(&f[0], ID1);
    assert_string_equal(f[0].label, "");
    assert_string_equal(attribute(&f[0], "class"), "not offered");
    assert_string_equal(attribute(&f[0], "recognition_quality"), "high");
    assert_string_equal(attribute(&f[0], "roll"), "2.1");
    assert_string_equal(f[1].label, "male");
    assert_string_equal(attribute(&f[1], "class"), "");
    assert_string_equal(attribute(&f[1], "age"), "71");
    assert_true(isnan(f[1].confidence));
    read_end(&got);
    check_wrong(azure_read_detect, wrong, ARRAY_SIZE(wrong));
}

static void test_azure_rest(void **state)
{
    struct vendor_candidate c[2];
    struct vendor_said said = VENDOR_SAID_INIT;
    struct vendor_reply r = reply(200, "{\"isIdentical\":true,\"confidence\":0.9}");
    char id[VENDOR_ID_MAX + 1];
    double confidence;
    bool ended;
    size_t n;

    (void)state;
    assert_int_equal(azure_read_verify(&r, &confidence, &said), VENDOR_OK);
    assert_true(confidence == 0.9);
    r = reply(200, "{\"isIdentical\":true,\"confidence\":1.5}");
    assert_int_equal(azure_read_verify(&r, &confidence, &said), VENDOR_BREACH);
    r = reply(200, "{\"confidence\":0.5}");
    assert_int_equal(azure_read_verify(&r, &confidence, &said), VENDOR_BREACH);

    r = reply(200, "[{\"faceId\":\"" ID1 "\",\"candidates\":[{\"personId\":\"" ID2
                   "\",\"confidence\":0.92},{\"personId\":\"" ID1 "\",\"confidence\":0.1}]}]");
    assert_int_equal(azure_read_identify(&r, c, 2, &n, &said), VENDOR_OK);
    assert_int_equal(n, 2);
    assert_string_equal(c[0].id, ID2);
    assert_true(c[1].score == 0.1);
    assert_int_equal(azure_read_identify(&r, c, 1, &n, &said), VENDOR_BREACH);
    assert_int_equal(n, 0);
    r = reply(200, "[]");
    assert_int_equal(azure_read_identify(&r, c, 2, &n, &said), VENDOR_BREACH);
    assert_int_equal(azure_read_similar(&r, c, 2, &n, &said), VENDOR_OK);
    assert_int_equal(n, 0);
    r = reply(200, "[{\"persistedFaceId\":\"" ID1 "\",\"confidence\":0.2},"
                   "{\"persistedFaceId\":\"" ID2 "\",\"confidence\":0.8}]");
    assert_int_equal(azure_read_similar(&r, c, 2, &n, &said), VENDOR_BREACH);
    assert_non_null(strstr(said.why.s, "best first"));

    r = reply(200, "{\"personId\":\"" ID1 "\"}");
    assert_int_equal(azure_read_made(&r, "personId", id, &said), VENDOR_OK);
    assert_string_equal(id, ID1);
    assert_int_equal(azure_read_made(&r, "persistedFaceId", id, &said), VENDOR_BREACH);

    r = reply(200, "{\"status\":\"running\",\"createdDateTime\":\"2018-10-15T11:51:27Z\","
                   "\"message\":null}");
    assert_int_equal(azure_read_training(&r, &ended, &said), VENDOR_OK);
    assert_false(ended);
    r = reply(200, "{\"status\":\"succeeded\"}");
    assert_int_equal(azure_read_training(&r, &ended, &said), VENDOR_OK);
    assert_true(ended);
    r = reply(200, "{\"status\":\"failed\",\"message\":\"no faces\"}");
    assert_int_equal(azure_read_training(&r, &ended, &said), VENDOR_BREACH);
    assert_non_null(strstr(said.why.s, "failed': no faces"));
    r = reply(202, "");
    assert_int_equal(azure_read_done(&r, &said), VENDOR_OK);
    r = reply(404, "{\"error\":{\"code\":\"LargePersonGroupNotFound\",\"message\":\"Large "
                   "person group is not found.\"}}");
    assert_int_equal(azure_read_done(&r, &said), VENDOR_GONE);
    vendor_said_release(&said);
}

#define T1 "ed319e807e039ae669a4d1af0922a0c8"
#define T2 "4dc8ba0650405fa7a4a5b0b5cb937f0b"
#define RECTANGLE "\"face_rectangle\":{\"width\":140,\"top\":89,\"left\":104,\"height\":141}"

static void test_facepp_detect(void **state)
{
    static const char body[] =
        "{\"image_id\":\"Dd2xUw9S/7yjr0oDHHSL/Q==\",\"request_id\":\"1470472868,dacf2ff1\","
        "\"time_used\":752,\"faces\":[{\"attributes\":{\"gender\":{\"value\":\"Female\"},"
        "\"age\":{\"value\":21},\"facequality\":{\"threshold\":70.1,\"value\":89.5},"
        "\"headpose\":{\"yaw_angle\":-26.625063,\"pitch_angle\":12.921974,\"roll_angle\":"
        "22.814377}}," RECTANGLE ",\"face_token\":\"" T1 "\"},{" RECTANGLE
        ",\"face_token\":\"" T2 "\"}],\"face_num\":2}";
    static const struct wrong wrong[] = {
        { 200, "{\"faces\":[],\"face_num\":0}", VENDOR_SAMPLE, STATUS_NO_FACE, "no face" },
        { 200, "{}", VENDOR_BREACH, STATUS_ERROR, "'faces' is missing" },
        { 200, "[]", VENDOR_BREACH, STATUS_ERROR, "no object" },
        { 200, "{\"faces\":[{" RECTANGLE "}]}", VENDOR_BREACH, STATUS_ERROR,
          "'face_token'" },
        { 200, "{\"faces\":[{\"face_token\":\"" T1 "\"," RECTANGLE ",\"attributes\":"
          "{\"gender\":{\"value\":\"Robot\"}}}]}", VENDOR_BREACH, STATUS_ERROR, "gender" },
        { 400, "{\"error_message\":\"INVALID_IMAGE_SIZE: image_file\"}", VENDOR_SAMPLE,
          STATUS_REFUSED, "INVALID_IMAGE_SIZE" },
        { 400, "{\"error_message\":\"IMAGE_FILE_TOO_LARGE:image_file\"}", VENDOR_SAMPLE,
          STATUS_REFUSED, "TOO_LARGE" },
        { 413, "Request Entity Too Large", VENDOR_SAMPLE, STATUS_REFUSED, "too large" },
        { 401, "{\"error_message\":\"AUTHENTICATION_ERROR\"}", VENDOR_CLOSED, STATUS_ERROR,
          "AUTHENTICATION_ERROR" },
        { 403, "{\"error_message\":\"CONCURRENCY_LIMIT_EXCEEDED\"}", VENDOR_AGAIN,
          STATUS_ERROR, "CONCURRENCY" },
        { 403, "{\"error_message\":\"AUTHORIZATION_ERROR:<Insufficient Account Balance>\"}",
          VENDOR_CLOSED, STATUS_ERROR, "Balance" },
        { 400, "{\"error_message\":\"MISSING_ARGUMENTS: image_file\"}", VENDOR_BREACH,
          STATUS_ERROR, "MISSING_ARGUMENTS" },
        { 400, "{\"error_message\":\"INVALID_FACE_TOKEN:" T1 "\"}", VENDOR_GONE,
          STATUS_ERROR, "INVALID_FACE_TOKEN" },
        { 500, "{\"error_message\":\"INTERNAL_ERROR\"}", VENDOR_AGAIN, STATUS_ERROR,
          "INTERNAL" },
        { 502, "", VENDOR_AGAIN, STATUS_ERROR, "HTTP status 502" },
    };
    struct vendor_reply r = reply(200, body);
    struct read got;

    (void)state;
    read_begin(&got);
    assert_int_equal(facepp_read_detect(&r, &got.a, &got.said), VENDOR_OK);
    const struct face_answer *f = got.a.faces;
    assert_int_equal(got.a.n_faces, 2);
    assert_box(&f[0], 104, 89, 140, 141);
    assert_token(&f[0], T1);
    assert_string_equal(f[0].label, "female");
    assert_true(f[0].quality == 89.5 && isnan(f[0].confidence));
    assert_string_equal(attribute(&f[0], "age"), "21");
    assert_string_equal(attribute(&f[0], "yaw"), "-26.625063");
    assert_string_equal(attribute(&f[1], "class"), "not offered");
    read_end(&got);
    check_wrong(facepp_read_detect, wrong, ARRAY_SIZE(wrong));
}

#define THRESHOLDS "\"thresholds\":{\"1e-3\":65.3,\"1e-5\":76.5,\"1e-4\":71.8}"

static void test_facepp_rest(void **state)
{
    struct vendor_said said = VENDOR_SAID_INIT;
    struct vendor_reply r = reply(200, "{\"confidence\":96.46," THRESHOLDS "}");
    struct facepp_points points;
    struct vendor_candidate c[5];
    char id[VENDOR_ID_MAX + 1];
    double confidence;
    size_t n;

    (void)state;
    assert_int_equal(facepp_read_compare(&r, &confidence, &points, &said), VENDOR_OK);
    assert_true(confidence == 96.46);
    assert_true(points.at[0] == 65.3 && points.at[1] == 71.8 && points.at[2] == 76.5);
    r = reply(200, "{\"faces1\":[],\"faces2\":[]}");
    assert_int_equal(facepp_read_compare(&r, &confidence, &points, &said), VENDOR_BREACH);
    r = reply(200, "{\"confidence\":196.46," THRESHOLDS "}");
    assert_int_equal(facepp_read_compare(&r, &confidence, &points, &said), VENDOR_BREACH);

    r = reply(200, "{" THRESHOLDS ",\"results\":[{\"confidence\":96.46,\"user_id\":\"\","
                   "\"face_token\":\"" T2 "\"}]}");
    assert_int_equal(facepp_read_search(&r, c, 5, &n, &points, &said), VENDOR_OK);
    assert_int_equal(n, 1);
    assert_string_equal(c[0].id, T2);
    r = reply(400, "{\"error_message\":\"INVALID_OUTER_ID\"}");
    assert_int_equal(facepp_read_search(&r, c, 5, &n, &points, &said), VENDOR_GONE);

    r = reply(200, "{\"faceset_token\":\"" T1 "\",\"outer_id\":\"x\",\"face_added\":0,"
                   "\"face_count\":0,\"failure_detail\":[]}");
    assert_int_equal(facepp_read_create(&r, id, &said), VENDOR_OK);
    assert_string_equal(id, T1);
    r = reply(200, "{\"face_added\":2,\"face_count\":2,\"failure_detail\":[]}");
    assert_int_equal(facepp_read_added(&r, 2, &said), VENDOR_OK);
    r = reply(200, "{\"face_added\":1,\"face_count\":1,\"failure_detail\":[{\"reason\":"
                   "\"INVALID_FACE_TOKEN\",\"face_token\":\"" T1 "\"}]}");
    assert_int_equal(facepp_read_added(&r, 2, &said), VENDOR_GONE);
    assert_non_null(strstr(said.why.s, "1 of 2 faces were not added to the faceset: "
                                       "INVALID_FACE_TOKEN"));
    r = reply(200, "{\"face_added\":3}");
    assert_int_equal(facepp_read_added(&r, 2, &said), VENDOR_BREACH);
    r = reply(400, "{\"error_message\":\"FACESET_EXIST\"}");
    assert_int_equal(facepp_read_create(&r, id, &said), VENDOR_TAKEN);
    r = reply(400, "{\"error_message\":\"EMPTY_FACESET\"}");
    assert_int_equal(facepp_read_search(&r, c, 5, &n, &points, &said), VENDOR_SAMPLE);
    vendor_said_release(&said);
}

static void test_kairos_detect(void **state)
{
    static const char body[] =
        "{\"images\":[{\"status\":\"Complete\",\"width\":640,\"height\":480,\"file\":"
        "\"content\",\"faces\":[{\"topLeftX\":205,\"topLeftY\":156,\"height\":148,\"width\":"
        "149,\"pitch\":-2,\"quality\":0.39524,\"confidence\":0.99931,\"yaw\":7,"
        "\"attributes\":{\"lips\":\"Together\",\"asian\":0,\"gender\":{\"femaleConfidence\":"
        "0.46786,\"type\":\"M\",\"maleConfidence\":0.53214},\"age\":46,\"hispanic\":0.00066,"
        "\"other\":0.00002,\"black\":0,\"white\":0.99932,\"glasses\":\"None\"},\"face_id\":1,"
        "\"roll\":0}]}]}";
    static const struct wrong wrong[] = {
        { 200, "{\"Errors\":[{\"Message\":\"no faces found in the image\",\"ErrCode\":5002}]}",
          VENDOR_SAMPLE, STATUS_NO_FACE, "no faces found" },
        { 200, "{\"Errors\":[{\"Message\":\"an invalid image was sent\",\"ErrCode\":5000}]}",
          VENDOR_SAMPLE, STATUS_REFUSED, "invalid image" },
        { 200, "{\"Errors\":[{\"Message\":\"too many faces in image\",\"ErrCode\":5010}]}",
          VENDOR_SAMPLE, STATUS_SEVERAL_FACES, "too many" },
        { 403, "{\"Errors\":[{\"Message\":\"invalid authentication parameters\",\"ErrCode\":"
          "3003}]}", VENDOR_CLOSED, STATUS_ERROR, "authentication" },
        { 429, "{\"Errors\":[{\"Message\":\"you've exceeded the number\",\"ErrCode\":3000}]}",
          VENDOR_AGAIN, STATUS_ERROR, "exceeded" },
        { 403, "Authentication failed", VENDOR_CLOSED, STATUS_ERROR, "HTTP status 403" },
        { 502, "", VENDOR_AGAIN, STATUS_ERROR, "502" },
        { 200, "{\"Errors\":[{\"Message\":\"required parameter missing\",\"ErrCode\":1002}]}",
          VENDOR_BREACH, STATUS_ERROR, "1002" },
        { 200, "{\"Errors\":[]}", VENDOR_BREACH, STATUS_ERROR, "'Errors'" },
        { 200, "{\"images\":[]}", VENDOR_BREACH, STATUS_ERROR, "one picture" },
        { 200, "{\"images\":[{\"faces\":[{\"topLeftX\":1,\"topLeftY\":1,\"width\":2,"
          "\"height\":2,\"attributes\":{\"gender\":{\"type\":\"F\",\"femaleConfidence\":7}}}]"
          "}]}", VENDOR_BREACH, STATUS_ERROR, "'femaleConfidence'" },
    };
    struct vendor_reply r = reply(200, body);
    struct read got;

    (void)state;
    read_begin(&got);
    assert_int_equal(kairos_read_detect(&r, &got.a, &got.said), VENDOR_OK);
    const struct face_answer *f = got.a.faces;
    assert_int_equal(got.a.n_faces, 1);
    assert_box(f, 205, 156, 149, 148);
    assert_string_equal(f->label, "male");
    assert_true(f->confidence == 0.53214 && f->quality == 0.39524);
    assert_string_equal(attribute(f, "age"), "46");
    assert_string_equal(attribute(f, "white"), "0.99932");
    assert_string_equal(attribute(f, "roll"), "0");
    read_end(&got);
    check_wrong(kairos_read_detect, wrong, ARRAY_SIZE(wrong));
}

#define TRANSACTION "{\"transaction\":{\"status\":\"success\",\"subject_id\":\"p1\"," \
                    "\"width\":170,\"height\":287,\"topLeftX\":108,\"topLeftY\":55,"  \
                    "\"confidence\":0.88309,\"gallery_name\":\"g\"}"
#define FAILURE "{\"images\":[{\"transaction\":{\"status\":\"failure\",\"message\":"

static void test_kairos_rest(void **state)
{
    struct vendor_said said = VENDOR_SAID_INIT;
    struct vendor_reply r = reply(200, "{\"images\":[" TRANSACTION "}]}");
    struct vendor_candidate c[3];
    double confidence;
    size_t n;

    (void)state;
    assert_int_equal(kairos_read_verify(&r, &confidence, &said), VENDOR_OK);
    assert_true(confidence == 0.88309);
    assert_int_equal(kairos_read_enroll(&r, "p1", &said), VENDOR_OK);
    assert_int_equal(kairos_read_enroll(&r, "p2", &said), VENDOR_BREACH);
    assert_int_equal(kairos_read_recognize(&r, c, 3, &n, &said), VENDOR_BREACH);
    r = reply(200, FAILURE "\"no match found\"}}]}");
    assert_int_equal(kairos_read_recognize(&r, c, 3, &n, &said), VENDOR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(kairos_read_verify(&r, &confidence, &said), VENDOR_SAMPLE);
    assert_true(isnan(confidence));
    r = reply(200, FAILURE "\"face too small\"}}]}");
    assert_int_equal(kairos_read_recognize(&r, c, 3, &n, &said), VENDOR_SAMPLE);
    assert_string_equal(said.why.s, "face too small");

    r = reply(200, "{\"images\":[" TRANSACTION ",\"candidates\":[{\"subject_id\":\"p1\","
                   "\"confidence\":0.9},{\"subject_id\":\"p1\",\"confidence\":0.8},"
                   "{\"subject_id\":\"p2\",\"confidence\":0.7}]}]}");
    assert_int_equal(kairos_read_recognize(&r, c, 3, &n, &said), VENDOR_OK);
    assert_int_equal(n, 2);
    assert_string_equal(c[1].id, "p2");
    assert_true(c[0].score == 0.9);
    r = reply(200, "{\"Errors\":[{\"Message\":\"gallery name not found\",\"ErrCode\":5004}]}");
    assert_int_equal(kairos_read_recognize(&r, c, 3, &n, &said), VENDOR_GONE);
    assert_int_equal(kairos_read_done(&r, &said), VENDOR_GONE);
    r = reply(200, "{\"status\":\"Complete\",\"message\":\"gallery g was removed\"}");
    assert_int_equal(kairos_read_done(&r, &said), VENDOR_OK);
    vendor_said_release(&said);
}

#define IBM_FACE "{\"age\":{\"min\":19,\"max\":22,\"score\":0.87516654}," \
                 "\"face_location\":{\"height\":323,\"width\":276,\"left\":397,\"top\":148}," \
                 "\"gender\":{\"gender\":\"FEMALE\",\"gender_label\":\"female\",\"score\":0.99}}"
#define IBM_ONE "{\"images\":[{\"faces\":[" IBM_FACE "],\"image\":\"a.jpg\"}]," \
                "\"images_processed\":1}"
#define IBM_TWO "{\"images\":[{\"faces\":[],\"source_url\":\"http://x/b.jpg\"},{\"error\":" \
                "{\"code\":400,\"description\":\"Invalid image\",\"error_id\":" \
                "\"input_error\"},\"image\":\"c.jpg\"}]}"

static void check_ibm(const char *text)
{
    struct ibm_answers all;
    struct err err = ERR_INIT;
    struct read got;

    assert_int_equal(ibm_answers_parse(&all, text, strlen(text), "f", &err), 0);
    assert_int_equal(all.n, 3);
    assert_string_equal(ibm_answers_name(&all, 1), "http://x/b.jpg");
    read_begin(&got);
    assert_int_equal(ibm_read_image(&all, 0, &got.a, &got.said), VENDOR_OK);
    assert_box(&got.a.faces[0], 397, 148, 276, 323);
    assert_string_equal(got.a.faces[0].label, "female");
    assert_true(got.a.faces[0].confidence == 0.99);
    assert_string_equal(attribute(&got.a.faces[0], "age_max"), "22");
    answer_reset(&got.a);
    assert_int_equal(ibm_read_image(&all, 1, &got.a, &got.said), VENDOR_SAMPLE);
    assert_int_equal(got.said.status, STATUS_NO_FACE);
    assert_int_equal(ibm_read_image(&all, 2, &got.a, &got.said), VENDOR_SAMPLE);
    assert_int_equal(got.said.status, STATUS_REFUSED);
    assert_string_equal(got.said.why.s, "Invalid image");
    read_end(&got);
    ibm_answers_release(&all);
}

static void test_ibm(void **state)
{
    static const char *const wrong[][2] = {
        { "", "f:1" },
        { "[1]", "f:1: no answer of detect_faces" },
        { "{\"images\":[{\"faces\":[]}]}", "f:1: an image that is no object with 'image'" },
        { IBM_ONE "\n\n" IBM_ONE "\n", "f:3: a second answer on 'a.jpg'" },
        { IBM_ONE "\n{\n", "f:" },
        { "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "f:1: JSON of more than 16 levels" },
    };
    struct ibm_answers all;
    struct err err = ERR_INIT;

    (void)state;
    check_ibm("[" IBM_ONE ",\n" IBM_TWO "]\n");
    check_ibm(IBM_ONE "\n" IBM_TWO "\n");
    check_ibm("\n" IBM_ONE "\n\n" IBM_TWO);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_true(ibm_answers_parse(&all, wrong[i][0], strlen(wrong[i][0]), "f", &err) < 0);
        assert_fault_says(&err, wrong[i][1]);
        ibm_answers_release(&all);
    }
    assert_true(ibm_answers_load(&all, "/nowhere/f", &err) < 0);
    assert_fault_says(&err, "/nowhere/f");
    ibm_answers_release(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_azure_detect),  cmocka_unit_test(test_azure_rest),
        cmocka_unit_test(test_facepp_detect), cmocka_unit_test(test_facepp_rest),
        cmocka_unit_test(test_kairos_detect), cmocka_unit_test(test_kairos_rest),
        cmocka_unit_test(test_ibm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
