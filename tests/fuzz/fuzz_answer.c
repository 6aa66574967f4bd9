/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packed answers of any bytes, as a cache might hand them back: either refused, or an
 * answer that packs to the same bytes, and that can be checked against any backend.
 */
#include "backends/pack.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct backend four = { .name = "four", .dimension = 4 }, opaque = { .name = "x" };
    struct answer a = { .status = STATUS_OK };
    struct text t = TEXT_INIT;

    if (answer_unpack(&a, data, len)) {
        answer_pack(&a, &t);
        assert(t.len == len && !memcmp(t.s, data, len));
        answer_check(&a, len & 1 ? &four : &opaque, MISID_TEMPLATE);
        assert(text_is_utf8(a.reason, strlen(a.reason), NULL));
        assert(a.status != STATUS_OK || a.n_faces > 0);
        for (size_t i = 0; i < a.n_faces; i++) {
            const struct face_answer *f = &a.faces[i];
            assert(f->status == STATUS_OK || (!*f->label && !f->template_len));
            assert(!(f->confidence < 0 || f->confidence > 1));
            assert(text_is_utf8(f->label, strlen(f->label), NULL));
        }
    } else {
        assert(!a.n_faces);
    }
    answer_release(&a);
    text_release(&t);
    return 0;
}
