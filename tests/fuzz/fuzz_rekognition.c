/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers of Amazon Rekognition: the first byte says to which call, or that the rest is a
 * line of a cassette. Either it is refused, with a reason, or what it says keeps to what
 * was asked.
 */
#include <math.h>
#include <stdlib.h>

#include "backends/cloud_parts.h"
#include "backends/rekognition_read.h"
#include "fuzz.h"

#define ENROLLED 5
#define CAP 3

static void read_faces(const struct cloud_answer *from, struct text *why)
{
    static const struct backend any = { .capabilities = MISID_CLASS };
    static const struct image_place place = { .has_box = true, .box = { 10, 10, 50, 50 } };
    struct answer a = { .status = STATUS_OK };

    answer_reset(&a);
    if (!rekognition_read_faces(from, 640, 480, &a, why)) {
        assert(why->len);
    } else {
        assert(a.status == STATUS_NO_FACE ? !a.n_faces : a.n_faces > 0);
        if (cloud_choose(&a, &place))
            answer_check(&a, &any, MISID_CLASS);
        for (size_t i = 0; i < a.n_faces; i++) {
            const struct face_answer *f = &a.faces[i];
            assert(f->status == STATUS_OK);
            assert(isnan(f->confidence) || (f->confidence >= 0 && f->confidence <= 1));
            assert(isfinite(f->box.x) && f->box.width >= 0 && f->box.height >= 0);
        }
    }
    answer_release(&a);
}

static void read_search(const struct cloud_answer *from, struct text *why)
{
    struct backend_candidate found[CAP];
    size_t n;

    if (!rekognition_read_search(from, ENROLLED, found, CAP, &n, why)) {
        assert(why->len);
        return;
    }
    assert(n <= CAP);
    for (size_t i = 0; i < n; i++) {
        assert(found[i].place < ENROLLED && found[i].score >= 0 && found[i].score <= 100);
        assert(!i || found[i].score <= found[i - 1].score);
        for (size_t k = 0; k < i; k++)
            assert(found[k].place != found[i].place);
    }
}

static void read_line(const char *line, size_t len)
{
    struct cloud_answer a = { .status = 0 };
    struct text t = TEXT_INIT;

    text_addn(&t, line, len);
    if (answer_from_line(&a, &t)) {
        assert(a.kept && a.why && a.body);
        assert(a.outcome != CLOUD_ANSWERED || (a.status >= 100 && !a.body[a.len]));
        for (size_t i = 0; i < a.n_headers; i++)
            assert(a.headers[i].name && a.headers[i].value);
    }
    cloud_answer_release(&a);
    text_release(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct box faces[2] = { { 0, 0, 0, 0 }, { .2, .2, .4, .4 } };
    struct text why = TEXT_INIT;

    if (!len)
        return 0;
    char *body = mem_strndup((const char *)data + 1, len - 1);
    struct cloud_answer from = { .status = 400, .body = body, .len = strlen(body) };
    char type[REKOGNITION_TYPE];
    double score = -1;
    size_t indexed;
    switch (data[0] & 7) {
    case 0:
        read_faces(&from, &why);
        break;
    case 1:
    case 2:
        if (rekognition_read_compare(&from, &faces[data[0] & 1], &score, &why))
            assert(isnan(score) || (score >= 0 && score <= 100));
        else
            assert(why.len);
        break;
    case 3:
        read_search(&from, &why);
        break;
    case 4:
        assert(rekognition_read_index(&from, &indexed, &why) || why.len);
        break;
    case 5:
        read_line(body, from.len);
        break;
    default:
        rekognition_error(&from, type, &why);
        assert(*type && strlen(type) < sizeof type);
        rekognition_read_version(&from, &why);
    }
    text_release(&why);
    free(body);
    return 0;
}
