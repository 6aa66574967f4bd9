/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sender: one thread that holds all connections, starts what is due, and decides of
 * each answer whether it is one. Nothing of libcurl is known elsewhere.
 */
#include <curl/curl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "backends/cloud_parts.h"
#include "backends/cloud_wait.h"
#include "base/clock.h"

#define HEADERS_MAX ((size_t)256 << 10)
#define CONNECT_SECONDS 15
#define LOST_IN_ROW 10         /* given up one after the other: the service is not there */
#define UNREACHED 2            /* times the tries of a request, without any connection */
#define SIGNS_WELL 0x075700    /* libcurl 7.87: it signs all headers */

struct transfer {
    CURL *easy;
    struct curl_slist *list;
    struct text body, headers; /* headers: lines, each with its 0 */
    bool too_large;
    double begun;
    char fault[CURL_ERROR_SIZE];
};

static double chance(void)
{
    uint64_t v = 0;

    while (getrandom(&v, sizeof v, 0) != (ssize_t)sizeof v)
        ;
    return (double)(v >> 11) * 0x1p-53;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;

    if (n > CLOUD_ANSWER_MAX - t->body.len) {
        t->too_large = true;
        return 0;
    }
    text_addn(&t->body, bytes, n);
    return n * size;
}

static size_t take_header(char *bytes, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;

    if (n > HEADERS_MAX - t->headers.len) {
        t->too_large = true;
        return 0;
    }
    if (n >= 5 && !strncmp(bytes, "HTTP/", 5)) /* of an answer that precedes the last */
        text_reset(&t->headers);
    text_addn(&t->headers, bytes, n);
    return n * size;
}

/* A handle of libcurl's, which takes time to make. */
static CURL *take_handle(struct cloud *c)
{
    CURL *easy = c->n_spare ? c->spare[--c->n_spare] : curl_easy_init();

    if (!easy)
        mem_exhausted();
    return easy;
}

static void end_transfer(struct cloud *c, struct call *call)
{
    struct transfer *t = call->transfer;

    if (c->n_spare < sizeof c->spare / sizeof *c->spare) {
        curl_easy_reset(t->easy);
        c->spare[c->n_spare++] = t->easy;
    } else {
        curl_easy_cleanup(t->easy);
    }
    for (struct curl_slist *l = t->list; l; l = l->next)
        explicit_bzero(l->data, strlen(l->data));
    curl_slist_free_all(t->list);
    text_release(&t->body);
    text_release(&t->headers);
    free(t);
    call->transfer = NULL;
}

static void add_header(const struct cloud *c, struct transfer *t,
                       const struct cloud_header *h)
{
    const char *secret = h->key ? cloud_keys_get(&c->keys, h->key) : "";

    if (!secret)
        return;
    char *line = mem_printf("%s: %s%s", h->name, h->value, secret);
    t->list = curl_slist_append(t->list, line);
    explicit_bzero(line, strlen(line));
    free(line);
}

static void sign(const struct cloud *c, struct transfer *t)
{
    const struct cloud_key *keys = c->service->keys;
    char *how = mem_printf("aws:amz:%s:%s", c->region ? c->region : "",
                           c->service->signing_name);

    curl_easy_setopt(t->easy, CURLOPT_AWS_SIGV4, how);
    curl_easy_setopt(t->easy, CURLOPT_USERNAME, cloud_keys_get(&c->keys, keys[0].name));
    curl_easy_setopt(t->easy, CURLOPT_PASSWORD, cloud_keys_get(&c->keys, keys[1].name));
    if (keys[2].name && cloud_keys_get(&c->keys, keys[2].name))
        add_header(c, t, &(struct cloud_header){ "X-Amz-Security-Token", "", keys[2].name });
    free(how);
}

static void set_protocols(const struct cloud *c, CURL *easy)
{
    bool plain = c->loopback && !strncmp(c->endpoint, "http:", 5);

#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, plain ? CURLPROTO_HTTP : CURLPROTO_HTTPS);
#endif
    if (c->loopback)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (*c->ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, c->ca);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
}

static void begin_transfer(struct cloud *c, struct call *call, double now)
{
    const struct cloud_request *r = call->request;
    struct transfer *t = mem_alloc(sizeof *t);
    double left = c->deadline - (now - call->begun);
    double seconds = fmax(.05, fmin(c->timeout, left));

    call->transfer = t;
    text_init(&t->body);
    text_init(&t->headers);
    t->begun = now;
    t->easy = take_handle(c);
    set_protocols(c, t->easy);
    curl_easy_setopt(t->easy, CURLOPT_URL, r->url);
    curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->fault);
    curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "misid");
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)(1e3 * seconds));
    curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(1e3 * fmin(CONNECT_SECONDS, seconds)));
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, call);
    if (call->body_len || !strcmp(r->method, "POST")) {
        curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_len);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, call->body);
    }
    curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, r->method);
    for (size_t i = 0; i < r->n_headers; i++)
        add_header(c, t, &r->headers[i]);
    if (c->service->signing == CLOUD_SIGV4)
        sign(c, t);
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->list);
    curl_multi_add_handle(c->multi, t->easy);
}

/* --- what an answer is --- */

static void add_clean(const struct cloud *c, struct arena *arena, const char **to, size_t *len)
{
    struct text t = TEXT_INIT;

    if (cloud_keys_scrub(&c->keys, *to, *len, &t)) {
        *to = arena_strndup(arena, t.s, t.len);
        *len = t.len;
    }
    text_release(&t);
}

/* The lines of headers as pairs, in their order. */
static void take_headers(const struct cloud *c, struct cloud_answer *a, struct text *from)
{
    size_t cap = 0;

    for (size_t i = 0; i < from->len; i++) {
        if (!from->s[i])
            from->s[i] = '?';
        cap += from->s[i] == '\n';
    }
    a->headers = arena_array(&a->arena, cap + 1, sizeof *a->headers);
    for (char *line = from->s, *end; (end = strchr(line, '\n')); line = end + 1) {
        char *colon = memchr(line, ':', (size_t)(end - line)), *last = end;
        if (!colon || line == from->s)
            continue;
        const char *value = colon + 1;
        while (value < last && (*value == ' ' || *value == '\t'))
            value++;
        while (last > value && (last[-1] == '\r' || last[-1] == ' '))
            last--;
        size_t len = (size_t)(last - value);
        value = arena_strndup(&a->arena, value, len);
        add_clean(c, &a->arena, &value, &len);
        a->headers[a->n_headers++] = (struct setting){
            arena_strndup(&a->arena, line, (size_t)(colon - line)), value };
    }
}

static void fill_answer(const struct cloud *c, struct call *call)
{
    struct cloud_answer *a = call->answer;
    struct transfer *t = call->transfer;

    cloud_answer_release(a);
    a->outcome = CLOUD_ANSWERED;
    a->seconds = clock_now() - t->begun;
    a->tries = call->tries;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &a->status);
    take_headers(c, a, &t->headers);
    char *body = arena_alloc(&a->arena, t->body.len + 1);
    memcpy(body, t->body.s, t->body.len);
    a->body = body;
    a->len = t->body.len;
    add_clean(c, &a->arena, &a->body, &a->len);
}

/* No whole answer: whether to try again; the outcome and words. */
static enum cloud_verdict judge_failure(const struct cloud *c, struct call *call,
                                        CURLcode code, struct text *why)
{
    struct cloud_answer *a = call->answer;
    const struct transfer *t = call->transfer;
    const char *words = *t->fault ? t->fault : curl_easy_strerror(code);

    cloud_answer_release(a);
    a->outcome = code == CURLE_OPERATION_TIMEDOUT ? CLOUD_LATE : CLOUD_LOST;
    a->seconds = clock_now() - t->begun;
    a->tries = call->tries;
    if (t->too_large) {
        a->why = arena_printf(&a->arena, "the answer has more than %zu bytes",
                              CLOUD_ANSWER_MAX);
        return CLOUD_DONE;
    }
    size_t len = strlen(words);
    add_clean(c, &a->arena, &words, &len);
    a->why = code == CURLE_OPERATION_TIMEDOUT
                 ? arena_printf(&a->arena, "no answer in %.3g s", a->seconds)
                 : arena_strdup(&a->arena, words);
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        return CLOUD_AGAIN;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        text_addf(why, "no connection that can be trusted: %s", a->why);
        return CLOUD_HALT;
    default:
        return CLOUD_DONE;
    }
}

/* Seconds that the service asks everyone to wait; 0: none. */
static double asked_to_wait(const struct cloud_answer *a)
{
    static const char *const remaining[] = { "x-ratelimit-remaining", "ratelimit-remaining" };
    static const char *const reset[] = { "x-ratelimit-reset", "ratelimit-reset" };
    const char *after = cloud_answer_header(a, "retry-after");
    double seconds = 0, left;

    if (after && wait_retry_after(after, time(NULL), &seconds))
        return seconds;
    for (int i = 0; i < 2; i++) {
        const char *n = cloud_answer_header(a, remaining[i]);
        const char *when = cloud_answer_header(a, reset[i]);
        if (n && when && num_parse_double(n, &left) && left <= 0 &&
            wait_reset(when, time(NULL), &seconds))
            return seconds;
    }
    return 0;
}

/* --- the queue; with the lock held --- */

static void deliver_one(struct cloud *c, struct call *call)
{
    c->n_calls++;
    if (!--call->party->left)
        pthread_cond_signal(&call->party->done);
}

/* The call has its answer, and so have those that asked the same. */
static void deliver(struct cloud *c, struct call *call)
{
    for (struct call *other = call->same, *next; other; other = next) {
        next = other->same;
        cloud_answer_release(other->answer);
        answer_copy(other->answer, call->answer);
        deliver_one(c, other);
    }
    deliver_one(c, call);
}

static void enqueue(struct cloud *c, struct call *call)
{
    call->next = NULL;
    *c->queue_end = call;
    c->queue_end = &call->next;
    c->n_queue++;
}

static void leave_queue(struct cloud *c, struct call **at)
{
    struct call *call = *at;

    *at = call->next;
    if (!*at)
        c->queue_end = at;
    c->n_queue--;
}

static void give_up(struct cloud *c, struct call *call, const char *why)
{
    cloud_answer_release(call->answer);
    call->answer->why = arena_strdup(&call->answer->arena, why);
    deliver(c, call);
}

static void forget_stopped(struct cloud *c)
{
    for (struct call **at = &c->queue; *at;) {
        struct call *call = *at;
        if (call->request->cleanup) {
            at = &call->next;
            continue;
        }
        leave_queue(c, at);
        give_up(c, call, c->stop_why);
    }
    for (struct call **at = &c->flying; c->interrupted && *at;) {
        struct call *call = *at;
        if (call->request->cleanup) {
            at = &call->next;
            continue;
        }
        *at = call->next;
        c->n_flying--;
        curl_multi_remove_handle(c->multi, call->transfer->easy);
        end_transfer(c, call);
        give_up(c, call, c->stop_why);
    }
}

/* Starts what is due; seconds until something more is. */
static double start_due(struct cloud *c, double now)
{
    double wait = 1;

    if (c->stopped)
        forget_stopped(c);
    for (struct call **at = &c->queue; *at && c->n_flying < (size_t)c->in_flight;) {
        struct call *call = *at;
        double due = call->due;
        if (!call->request->cleanup)
            due = fmax(due, fmax(c->next_start, c->paused_until));
        if (due > now) {
            wait = fmin(wait, due - now);
            at = &call->next;
            continue;
        }
        if (!call->request->cleanup && !cloud_spend(c, call)) {
            forget_stopped(c);
            at = &c->queue;
            continue;
        }
        leave_queue(c, at);
        call->tries++;
        if (!call->begun)
            call->begun = now;
        if (c->rate > 0)
            c->next_start = fmax(now, c->next_start) + 1 / c->rate;
        begin_transfer(c, call, now);
        call->next = c->flying;
        c->flying = call;
        c->n_flying++;
    }
    return wait;
}

/* Whether there is time and are tries left; then it is queued again. */
static bool queue_again(struct cloud *c, struct call *call)
{
    double now = clock_now(), asked = asked_to_wait(call->answer);
    double wait = fmax(asked, wait_backoff(call->tries, chance()));

    if (asked > 0)
        c->paused_until = fmax(c->paused_until, now + fmin(asked, c->deadline));
    if (call->tries >= c->most_tries || now + wait - call->begun >= c->deadline ||
        (c->stopped && !call->request->cleanup))
        return false;
    call->due = now + wait;
    c->n_retries++;
    cloud_record(c, call, CASSETTE_TRY);
    enqueue(c, call);
    return true;
}

static void halt(struct cloud *c, struct call *call, const char *why)
{
    struct text t = TEXT_INIT;

    text_addf(&t, "%s: %s", call->request->operation, why);
    cloud_record(c, call, CASSETTE_OUTCOME);
    if (!call->request->cleanup)
        cloud_stop(c, t.s);
    text_release(&t);
}

/* Too many in a row have had no answer, or not even a connection. */
static bool is_gone(struct cloud *c, CURLcode code, bool final)
{
    bool connected = code != CURLE_COULDNT_CONNECT && code != CURLE_COULDNT_RESOLVE_HOST;

    c->unreached_in_row = connected ? 0 : c->unreached_in_row + 1;
    c->lost_in_row += final;
    return c->lost_in_row >= LOST_IN_ROW || c->unreached_in_row >= UNREACHED * (unsigned)c->most_tries;
}

static void stop_gone(struct cloud *c, const struct call *call)
{
    const struct cloud_answer *a = call->answer;
    struct text t = TEXT_INIT;

    text_addf(&t, "%s: the service answers nobody any more, the last: ",
              call->request->operation);
    if (a->outcome == CLOUD_ANSWERED)
        text_addf(&t, "HTTP %ld %.200s", a->status, a->body);
    else
        text_add(&t, a->why);
    cloud_stop(c, t.s);
    text_release(&t);
}

/* A call whose transfer has ended. */
static void finish(struct cloud *c, struct call *call, CURLcode code)
{
    struct text why = TEXT_INIT;
    enum cloud_verdict verdict;

    if (code == CURLE_OK) {
        fill_answer(c, call);
        verdict = (c->service->judge ? c->service->judge : cloud_judge)(call->answer, &why);
    } else {
        verdict = judge_failure(c, call, code, &why);
    }
    end_transfer(c, call);
    if (verdict == CLOUD_AGAIN && call->answer->outcome == CLOUD_ANSWERED)
        cloud_refund(c, call);
    if (verdict == CLOUD_AGAIN && !call->request->cleanup && is_gone(c, code, false))
        stop_gone(c, call);
    if (verdict == CLOUD_AGAIN && queue_again(c, call)) {
        text_release(&why);
        return;
    }
    if (verdict == CLOUD_DONE) {
        bool answered = call->answer->outcome == CLOUD_ANSWERED;
        c->lost_in_row = c->unreached_in_row = 0;
        cloud_record(c, call, answered ? CASSETTE_ANSWER : CASSETTE_OUTCOME);
    } else if (verdict == CLOUD_HALT) {
        halt(c, call, why.s);
    } else {
        cloud_record(c, call, CASSETTE_OUTCOME);
        if (!call->request->cleanup && is_gone(c, code, true))
            stop_gone(c, call);
    }
    text_release(&why);
    deliver(c, call);
}

static void take_finished(struct cloud *c)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(c->multi, &left))) {
        struct call *call;
        CURLcode code = m->data.result;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURL *easy = m->easy_handle;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&call);
        curl_multi_remove_handle(c->multi, easy);
        struct call **at = &c->flying;
        while (*at != call)
            at = &(*at)->next;
        *at = call->next;
        c->n_flying--;
        finish(c, call, code);
    }
}

static void *send_main(void *arg)
{
    struct cloud *c = arg;

    pthread_mutex_lock(&c->lock);
    while (!c->closing || c->n_queue || c->n_flying) {
        double wait = start_due(c, clock_now());
        pthread_mutex_unlock(&c->lock);
        int running;
        curl_multi_perform(c->multi, &running);
        pthread_mutex_lock(&c->lock);
        size_t before = c->n_flying;
        take_finished(c);
        bool again = c->n_flying < before && c->n_queue;
        bool end = c->closing && !c->n_queue && !c->n_flying;
        pthread_mutex_unlock(&c->lock);
        if (!again && !end)
            curl_multi_poll(c->multi, NULL, 0, (int)ceil(1e3 * wait), NULL);
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

void cloud_send_wake(struct cloud *c)
{
    curl_multi_wakeup(c->multi);
}

int cloud_send_check(const struct cloud *c, struct err *err)
{
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

    if (c->service->signing == CLOUD_SIGV4 && v->version_num < SIGNS_WELL)
        return err_add(err, ERR_PROGRAM, "backend %s: libcurl %s does not sign requests as "
                       "this service wants, expected 7.87 or newer", c->b->asked, v->version);
    return 0;
}

static void start_library(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        mem_exhausted();
}

int cloud_send_open(struct cloud *c, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start_library);
    c->queue_end = &c->queue;
    if (!(c->multi = curl_multi_init()))
        mem_exhausted();
    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)c->in_flight);
    if (pthread_create(&c->sender, NULL, send_main, c)) {
        curl_multi_cleanup(c->multi);
        return err_add(err, ERR_IO, "backend %s: no thread can be started", c->b->asked);
    }
    c->sends = true;
    return 0;
}

void cloud_send_close(struct cloud *c)
{
    if (!c->sends)
        return;
    pthread_mutex_lock(&c->lock);
    c->closing = true;
    pthread_mutex_unlock(&c->lock);
    cloud_send_wake(c);
    pthread_join(c->sender, NULL);
    while (c->n_spare)
        curl_easy_cleanup(c->spare[--c->n_spare]);
    curl_multi_cleanup(c->multi);
    c->sends = false;
}
