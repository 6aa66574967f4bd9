/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers of programs: the first byte says to which call, the rest is the line. Either
 * it is refused, with a reason, or what it says keeps to what was asked.
 */
#include <math.h>

#include "backends/reply.h"
#include "fuzz.h"

#define ID 3
#define IMAGES 3
#define PAIRS 4

static uint8_t shared[4096];

static void check_face(const struct reply_asked *asked, const struct face_answer *f)
{
    assert(strlen(f->label) <= REPLY_LABEL_MAX);
    assert(isnan(f->confidence) || (f->confidence >= 0 && f->confidence <= 1));
    assert(isnan(f->quality) || isfinite(f->quality));
    assert(isfinite(f->box.x) && f->box.width >= 0 && f->box.height >= 0);
    assert(f->n_attributes <= MISID_ATTRIBUTES);
    for (size_t i = 0; i < f->n_attributes; i++)
        assert(*f->attributes[i].name && f->attributes[i].value);
    assert(f->template_len <= asked->template_bytes);
    if (f->template_len && asked->dimension)
        assert(f->template_len == 4 * asked->dimension);
    for (uint32_t i = 0; f->template_len && i < asked->dimension; i++) {
        float v;
        memcpy(&v, (const char *)f->template + 4 * i, sizeof v);
        assert(isfinite(v));
    }
}

static enum reply process(const char *line, size_t len, unsigned kind, struct text *why)
{
    const struct reply_asked asked = {
        .want = kind & 1 ? MISID_CLASS | MISID_TEMPLATE : MISID_TEMPLATE,
        .faces = kind & 2 ? 4 : 1, .dimension = kind & 4 ? 0 : 4, .template_bytes = 16,
        .shared = shared,
    };
    struct request_image images[IMAGES];
    struct answer answers[IMAGES];
    size_t breaches, wrong = 0;

    for (size_t i = 0; i < IMAGES; i++) {
        images[i] = (struct request_image){ .templates = { 1024 * i, 256 } };
        answers[i] = (struct answer){ .status = STATUS_OK };
    }
    enum reply reply = reply_process(line, len, ID, &asked, images, IMAGES, answers,
                                     &breaches, why);
    for (size_t i = 0; i < IMAGES; i++) {
        const struct answer *a = &answers[i];
        if (reply == REPLY_OK) {
            assert(a->n_faces <= asked.faces);
            assert(a->status != STATUS_OK || a->n_faces > 0);
            wrong += !strncmp(a->reason, "its answer breaks the rules", 27);
            for (size_t k = 0; k < a->n_faces; k++)
                check_face(&asked, &a->faces[k]);
        }
        answer_release(&answers[i]);
    }
    if (reply == REPLY_OK)
        assert(wrong >= breaches && (breaches > 0) == (why->len > 0));
    return reply == REPLY_OK && breaches ? REPLY_BREACH : reply;
}

static enum reply opening(const char *line, size_t len, bool hello, struct text *why)
{
    struct arena arena = ARENA_INIT;
    struct reply_hello said = { .capabilities = 63 };
    struct reply_info info;
    enum reply reply;

    if (hello) {
        reply = reply_hello(line, len, ID, &arena, &said, why);
        assert(reply != REPLY_OK || (*said.name && *said.version && said.capabilities & 3));
        for (size_t i = 0; reply == REPLY_OK && i < said.n_options; i++)
            assert(*said.options[i].name && said.options[i].fallback);
    } else {
        reply = reply_open(line, len, ID, &arena, &said, &info, why);
        assert(reply != REPLY_OK || !info.dimension ||
               info.template_bytes == 4 * info.dimension);
        for (size_t i = 0; reply == REPLY_OK && i < info.n_native; i++)
            assert(isfinite(info.native[i]));
    }
    arena_release(&arena);
    return reply;
}

static enum reply scores(const char *line, size_t len, unsigned kind, struct text *why)
{
    struct backend_candidate found[PAIRS];
    double got[PAIRS];
    uint64_t gallery;
    enum reply reply;
    size_t n;

    if (kind == 0)
        return reply_compare(line, len, ID, got, PAIRS, why);
    if (kind == 1)
        return reply_enroll(line, len, ID, &gallery, why);
    if (kind == 2)
        return reply_done(line, len, ID, why);
    reply = reply_search(line, len, ID, found, PAIRS, 10, &n, why);
    assert(reply != REPLY_OK || n <= PAIRS);
    for (size_t i = 0; reply == REPLY_OK && i < n; i++)
        assert(found[i].place < 10);
    return reply;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct text why = TEXT_INIT;

    if (len == 0)
        return 0;
    for (size_t i = 0; i < sizeof shared; i++) /* not finite here and there */
        shared[i] = (uint8_t)(i % 97 ? i : 0xFF);
    const char *line = (const char *)data + 1;
    unsigned call = data[0] % 16;
    enum reply reply = call < 8    ? process(line, len - 1, call, &why)
                       : call < 10 ? opening(line, len - 1, call == 8, &why)
                                   : scores(line, len - 1, call % 4, &why);
    assert((reply == REPLY_OK) == (why.len == 0));
    text_release(&why);
    return 0;
}
