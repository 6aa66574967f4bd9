/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of Face++ (fuzz_vendor.h). */
#include "backends/facepp_read.h"
#include "fuzz_vendor.h"

#define CAP 5

static enum vendor_outcome detect(const struct vendor_reply *r, struct vendor_said *said)
{
    struct answer a = { .status = STATUS_OK };
    enum vendor_outcome outcome = facepp_read_detect(r, &a, said);

    if (outcome == VENDOR_OK)
        fuzz_faces(&a, true);
    answer_release(&a);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct vendor_said said = VENDOR_SAID_INIT;
    struct vendor_candidate found[CAP];
    struct facepp_points points;
    char id[VENDOR_ID_MAX + 1];
    enum vendor_outcome outcome;
    double confidence;
    size_t n = 0;

    if (!len)
        return 0;
    const struct vendor_reply r = fuzz_reply(data, len);
    switch (data[0] % 16) {
    case 0:
        outcome = facepp_read_compare(&r, &confidence, &points, &said);
        assert(outcome != VENDOR_OK || (confidence >= 0 && confidence <= 100));
        break;
    case 1:
        outcome = facepp_read_search(&r, found, CAP, &n, &points, &said);
        break;
    case 2:
        outcome = facepp_read_create(&r, id, &said);
        break;
    case 3:
        outcome = facepp_read_added(&r, CAP, &said);
        break;
    case 4:
        outcome = facepp_read_done(&r, &said);
        break;
    default:
        outcome = detect(&r, &said);
    }
    if (outcome == VENDOR_OK)
        fuzz_candidates(found, n, CAP, 100);
    fuzz_end(outcome, &said);
    return 0;
}
