/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of Azure's Face service (fuzz_vendor.h). */
#include "backends/azure_read.h"
#include "fuzz_vendor.h"

#define CAP 4

static enum vendor_outcome detect(const struct vendor_reply *r, struct vendor_said *said)
{
    struct answer a = { .status = STATUS_OK };
    enum vendor_outcome outcome = azure_read_detect(r, &a, said);

    if (outcome == VENDOR_OK)
        fuzz_faces(&a, true);
    answer_release(&a);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct vendor_said said = VENDOR_SAID_INIT;
    struct vendor_candidate found[CAP];
    char id[VENDOR_ID_MAX + 1];
    enum vendor_outcome outcome;
    double confidence;
    size_t n = 0;
    bool ended;

    if (!len)
        return 0;
    const struct vendor_reply r = fuzz_reply(data, len);
    switch (data[0] % 16) {
    case 0:
        outcome = azure_read_verify(&r, &confidence, &said);
        assert(outcome != VENDOR_OK || (confidence >= 0 && confidence <= 1));
        break;
    case 1:
        outcome = azure_read_identify(&r, found, CAP, &n, &said);
        break;
    case 2:
        outcome = azure_read_similar(&r, found, CAP, &n, &said);
        break;
    case 3:
        outcome = azure_read_made(&r, "personId", id, &said);
        assert(outcome != VENDOR_OK || *id);
        break;
    case 4:
        outcome = azure_read_training(&r, &ended, &said);
        break;
    case 5:
        outcome = azure_read_done(&r, &said);
        break;
    default:
        outcome = detect(&r, &said);
    }
    if (outcome == VENDOR_OK)
        fuzz_candidates(found, n, CAP, 1);
    fuzz_end(outcome, &said);
    return 0;
}
