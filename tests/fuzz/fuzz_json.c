/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON of any bytes: refused with a line, or a tree whose every value can be read. */
#include <math.h>

#include "base/json_read.h"
#include "fuzz.h"

static void walk(const struct json_value *v)
{
    struct text t = TEXT_INIT;
    double number;
    int64_t whole;
    bool truth;

    switch (json_kind(v)) {
    case JSON_KIND_LIST:
        for (size_t i = 0; i < json_list_size(v); i++)
            walk(json_list_item(v, i));
        assert(!json_get_string(v) && !json_get_number(v, &number));
        break;
    case JSON_KIND_MAP:
        for (struct json_members m = json_members(v); json_members_next(&m);) {
            assert(json_member(v, m.key) == m.value);
            assert(text_is_utf8(m.key, strlen(m.key), NULL));
            walk(m.value);
        }
        break;
    case JSON_KIND_NULL:
        assert(!json_get_string(v) && !json_get_bool(v, &truth));
        break;
    case JSON_KIND_SCALAR:
        json_add_text(v, &t);
        assert(text_is_utf8(t.s, t.len, NULL));
        if (json_get_number(v, &number))
            assert(isfinite(number));
        if (json_get_int(v, &whole))
            assert(json_get_number(v, &number));
        break;
    }
    text_release(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = ERR_INIT;
    struct json_doc doc;
    int code = json_doc_parse(&doc, (const char *)data, len, "a.json", &err);

    assert((code < 0) == (err.count > 0));
    if (!code) {
        walk(doc.root);
        json_doc_release(&doc);
    }
    err_release(&err);
    return 0;
}
