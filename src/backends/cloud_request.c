/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests as they are made and as they are shown; answers as they are kept. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "backends/base64.h"
#include "backends/cloud_parts.h"

void cloud_request_init(struct cloud_request *r, const struct cloud *c,
                        const char *operation, const char *method, const char *path)
{
    memset(r, 0, sizeof *r);
    r->operation = operation;
    r->method = method;
    r->url = arena_printf(&r->arena, "%s%s", c->endpoint, path);
}

void cloud_request_release(struct cloud_request *r)
{
    arena_release(&r->arena);
    memset(r, 0, sizeof *r);
}

static struct cloud_header *next_header(struct cloud_request *r)
{
    assert(r->n_headers < CLOUD_HEADERS);
    return &r->headers[r->n_headers++];
}

void cloud_header(struct cloud_request *r, const char *name, const char *value)
{
    *next_header(r) = (struct cloud_header){ arena_strdup(&r->arena, name),
                                             arena_strdup(&r->arena, value), NULL };
}

void cloud_secret_header(struct cloud_request *r, const char *name, const char *before,
                         const char *key)
{
    *next_header(r) = (struct cloud_header){ arena_strdup(&r->arena, name),
                                             arena_strdup(&r->arena, before),
                                             arena_strdup(&r->arena, key) };
}

static struct cloud_part *next_part(struct cloud_request *r, enum cloud_part_kind kind)
{
    assert(r->n_parts < CLOUD_PARTS);
    struct cloud_part *p = &r->parts[r->n_parts++];
    *p = (struct cloud_part){ .kind = kind };
    return p;
}

void cloud_text(struct cloud_request *r, const char *text)
{
    next_part(r, CLOUD_TEXT)->text = arena_strdup(&r->arena, text);
}

void cloud_textf(struct cloud_request *r, const char *fmt, ...)
{
    struct text t = TEXT_INIT;
    va_list ap;

    va_start(ap, fmt);
    text_addfv(&t, fmt, ap);
    va_end(ap);
    cloud_text(r, t.s);
    text_release(&t);
}

void cloud_secret(struct cloud_request *r, const char *key)
{
    next_part(r, CLOUD_SECRET)->text = arena_strdup(&r->arena, key);
}

void cloud_raw(struct cloud_request *r, const struct cloud_image *im)
{
    next_part(r, CLOUD_RAW)->image = im;
}

void cloud_base64(struct cloud_request *r, const struct cloud_image *im)
{
    next_part(r, CLOUD_BASE64)->image = im;
}

/* --- as the cassette shows it --- */

static void add_pair(struct json_out *w, const char *name, const char *value)
{
    json_list(w, NULL);
    json_string(w, NULL, name);
    json_string(w, NULL, value);
    json_end(w);
}

static void add_part(struct json_out *w, const struct cloud_part *p)
{
    if (p->kind == CLOUD_TEXT) {
        json_string(w, NULL, p->text);
        return;
    }
    json_map(w, NULL);
    if (p->kind == CLOUD_SECRET) {
        json_string(w, "secret", p->text);
    } else {
        json_string(w, "image", p->image->sha256);
        json_int(w, "bytes", (int64_t)p->image->len);
        json_int(w, "width", p->image->width);
        json_int(w, "height", p->image->height);
        json_string(w, "encoding", p->image->encoding);
        if (p->kind == CLOUD_BASE64)
            json_bool(w, "base64", true);
    }
    json_end(w);
}

/* The members of the canonical form. */
static void add_request(struct json_out *w, const struct cloud_request *r)
{
    json_string(w, "method", r->method);
    json_string(w, "url", r->url);
    json_list(w, "headers");
    for (size_t i = 0; i < r->n_headers; i++)
        if (!r->headers[i].key)
            add_pair(w, r->headers[i].name, r->headers[i].value);
    json_end(w);
    json_list(w, "body");
    for (size_t i = 0; i < r->n_parts; i++)
        add_part(w, &r->parts[i]);
    json_end(w);
}

void call_prepare(struct call *call)
{
    struct json_out w = json_out(&call->shown);

    w.compact = true;
    json_map(&w, NULL);
    add_request(&w, call->request);
    json_end(&w);
    hash_bytes(call->hash, call->shown.s, call->shown.len);
}

static void add_bytes(struct text *to, const struct cloud_part *p, const struct cloud *c)
{
    const char *secret;

    switch (p->kind) {
    case CLOUD_TEXT:
        text_add(to, p->text);
        break;
    case CLOUD_SECRET:
        secret = cloud_keys_get(&c->keys, p->text);
        text_add(to, secret ? secret : "");
        break;
    case CLOUD_RAW:
        text_addn(to, p->image->bytes.s, p->image->bytes.len);
        break;
    case CLOUD_BASE64:
        base64_add(to, p->image->bytes.s, p->image->bytes.len);
        break;
    }
}

void call_make_body(const struct cloud *c, struct call *call)
{
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < call->request->n_parts; i++)
        add_bytes(&t, &call->request->parts[i], c);
    call->body_len = t.len;
    call->body = text_detach(&t);
}

void call_release(struct call *call)
{
    for (size_t i = 0; call->body && i < call->request->n_parts; i++)
        if (call->request->parts[i].kind == CLOUD_SECRET)
            explicit_bzero(call->body, call->body_len);
    free(call->body);
    text_release(&call->shown);
}

/* --- answers --- */

void cloud_answer_release(struct cloud_answer *a)
{
    arena_release(&a->arena);
    *a = (struct cloud_answer){ .outcome = CLOUD_LOST, .why = "", .body = "" };
}

const char *cloud_answer_header(const struct cloud_answer *a, const char *name)
{
    for (size_t i = 0; i < a->n_headers; i++)
        if (!strcasecmp(a->headers[i].name, name))
            return a->headers[i].value;
    return NULL;
}

enum cloud_verdict cloud_judge(const struct cloud_answer *a, struct text *why)
{
    switch (a->status) {
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        return CLOUD_AGAIN;
    case 401:
    case 403:
        text_addf(why, "it refuses the key (HTTP %ld)", a->status);
        return CLOUD_HALT;
    default:
        return CLOUD_DONE;
    }
}

void cloud_answer_fail(const struct cloud_answer *a, struct answer *to)
{
    switch (a->outcome) {
    case CLOUD_LATE:
        answer_fail(to, STATUS_TIMEOUT, "%s", a->why);
        break;
    case CLOUD_NOT_SENT:
        answer_fail(to, STATUS_REFUSED, "a dry run: nothing was sent");
        break;
    default:
        answer_fail(to, STATUS_ERROR, "%s", a->why);
    }
}

void answer_copy(struct cloud_answer *to, const struct cloud_answer *from)
{
    struct arena arena = to->arena;

    *to = *from;
    to->arena = arena;
    char *body = arena_alloc(&to->arena, from->len + 1);
    memcpy(body, from->body, from->len);
    to->body = body;
    to->why = arena_strdup(&to->arena, from->why);
    to->headers = arena_array(&to->arena, from->n_headers, sizeof *to->headers);
    for (size_t i = 0; i < from->n_headers; i++)
        to->headers[i] = (struct setting){
            arena_strdup(&to->arena, from->headers[i].name),
            arena_strdup(&to->arena, from->headers[i].value) };
    to->kept = true;
}

static const char *const outcomes[] = {
    [CLOUD_ANSWERED] = "answered", [CLOUD_LATE] = "late", [CLOUD_LOST] = "lost",
};

static void add_answer(struct json_out *w, const struct cloud_answer *a)
{
    json_map(w, "answer");
    json_string(w, "outcome", outcomes[a->outcome]);
    if (a->outcome != CLOUD_ANSWERED)
        json_string(w, "why", a->why);
    if (a->status) {
        json_int(w, "status", a->status);
        json_list(w, "headers");
        for (size_t i = 0; i < a->n_headers; i++)
            add_pair(w, a->headers[i].name, a->headers[i].value);
        json_end(w);
        if (strlen(a->body) == a->len && text_is_utf8(a->body, a->len, NULL)) {
            json_string(w, "body", a->body);
        } else {
            struct text t = TEXT_INIT;
            base64_add(&t, a->body, a->len);
            json_string(w, "base64", t.s);
            text_release(&t);
        }
    }
    json_end(w);
}

static void add_time(struct json_out *w)
{
    struct timespec now;
    struct tm tm;
    char day[32] = "", stamp[48];

    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &tm))
        strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(stamp, sizeof stamp, "%s.%03ldZ", day, now.tv_nsec / 1000000);
    json_string(w, "time", stamp);
}

static void append(struct cloud *c, const struct text *t, const char *request,
                   enum cassette_as as)
{
    struct err err = ERR_INIT;

    if (cassette_add(c->cassette, t, request, as, &err) < 0)
        cloud_stop(c, err_text(&err));
    err_release(&err);
}

void cloud_record(struct cloud *c, const struct call *call, enum cassette_as as)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    if (!c->cassette || c->replay)
        return;
    w.compact = true;
    json_map(&w, NULL);
    json_string(&w, "kind", "exchange");
    json_string(&w, "as", cassette_as_names[as]);
    add_time(&w);
    json_string(&w, "operation", call->request->operation);
    json_int(&w, "try", call->tries);
    json_number(&w, "seconds", round(call->answer->seconds * 1e6) / 1e6);
    json_map(&w, "request");
    json_string(&w, "sha256", call->hash);
    add_request(&w, call->request);
    json_end(&w);
    add_answer(&w, call->answer);
    json_end(&w);
    append(c, &t, call->hash, as);
    text_release(&t);
}

void cloud_record_note(struct cloud *c, const char *note)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    if (!c->cassette || c->replay)
        return;
    w.compact = true;
    json_map(&w, NULL);
    json_string(&w, "kind", "note");
    add_time(&w);
    json_string(&w, "note", note);
    json_end(&w);
    append(c, &t, NULL, CASSETTE_TRY);
    text_release(&t);
}

/* --- and read back --- */

static bool read_headers(struct cloud_answer *a, const struct json_value *list)
{
    if (!list || json_kind(list) != JSON_KIND_LIST)
        return false;
    a->n_headers = json_list_size(list);
    a->headers = arena_array(&a->arena, a->n_headers, sizeof *a->headers);
    for (size_t i = 0; i < a->n_headers; i++) {
        const struct json_value *pair = json_list_item(list, i);
        if (json_kind(pair) != JSON_KIND_LIST || json_list_size(pair) != 2)
            return false;
        const char *name = json_get_string(json_list_item(pair, 0));
        const char *value = json_get_string(json_list_item(pair, 1));
        if (!name || !value)
            return false;
        a->headers[i] = (struct setting){ arena_strdup(&a->arena, name),
                                          arena_strdup(&a->arena, value) };
    }
    return true;
}

static bool read_body(struct cloud_answer *a, const struct json_value *v)
{
    const char *plain = json_get_string(json_member(v, "body"));
    const char *coded = json_get_string(json_member(v, "base64"));
    struct text t = TEXT_INIT;

    if (coded && !plain && base64_read(&t, coded)) {
        char *body = arena_alloc(&a->arena, t.len + 1);
        memcpy(body, t.s, t.len);
        a->body = body;
        a->len = t.len;
        text_release(&t);
        return true;
    }
    text_release(&t);
    if (!plain || coded)
        return false;
    a->body = arena_strdup(&a->arena, plain);
    a->len = strlen(plain);
    return true;
}

static bool read_answer(struct cloud_answer *a, const struct json_value *root)
{
    const struct json_value *v = json_member(root, "answer");
    const char *outcome = v && json_kind(v) == JSON_KIND_MAP
                              ? json_get_string(json_member(v, "outcome")) : NULL;
    const char *why = outcome ? json_get_string(json_member(v, "why")) : NULL;
    int64_t status = 0;
    int i = 0;

    while (outcome && i < CLOUD_NOT_SENT && strcmp(outcome, outcomes[i]))
        i++;
    if (!outcome || i == CLOUD_NOT_SENT)
        return false;
    a->outcome = (enum cloud_outcome)i;
    a->why = arena_strdup(&a->arena, why ? why : "");
    a->kept = true;
    if (!json_get_int(json_member(v, "status"), &status))
        return a->outcome != CLOUD_ANSWERED;
    a->status = (long)status;
    return status >= 100 && status <= 999 && read_headers(a, json_member(v, "headers")) &&
           read_body(a, v);
}

bool answer_from_line(struct cloud_answer *a, const struct text *line)
{
    struct json_doc doc;

    cloud_answer_release(a);
    if (json_doc_parse(&doc, line->s, line->len, "", NULL) < 0)
        return false;
    int64_t tries = 0;
    json_get_number(json_member(doc.root, "seconds"), &a->seconds);
    json_get_int(json_member(doc.root, "try"), &tries);
    bool good = read_answer(a, doc.root);
    a->tries = (unsigned)tries;
    json_doc_release(&doc);
    if (!good)
        cloud_answer_release(a);
    return good;
}
