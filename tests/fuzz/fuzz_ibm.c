/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded answers of IBM's service: a file of them. */
#include "backends/ibm_read.h"
#include "base/mem.h"
#include "fuzz_vendor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct vendor_said said = VENDOR_SAID_INIT;
    struct ibm_answers all;
    struct err err = ERR_INIT;
    struct answer a = { .status = STATUS_OK };
    char *text = mem_array(len + 1, 1); /* as a file is read: with a 0 behind it */

    if (len)
        memcpy(text, data, len);
    int code = ibm_answers_parse(&all, text, len, "f", &err);
    assert((code < 0) == (err.count > 0));
    for (size_t i = 0; code == 0 && i < all.n; i++) {
        assert(*ibm_answers_name(&all, i));
        answer_reset(&a);
        enum vendor_outcome outcome = ibm_read_image(&all, i, &a, &said);
        if (outcome == VENDOR_OK)
            fuzz_faces(&a, false);
        assert(outcome == VENDOR_OK || said.why.len > 0);
    }
    answer_release(&a);
    vendor_said_release(&said);
    ibm_answers_release(&all);
    err_release(&err);
    free(text);
    return 0;
}
