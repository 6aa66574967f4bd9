/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client is opened, asked and closed. */
#include "backends/cloud.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "backends/cloud_parts.h"
#include "backends/outside.h"
#include "base/file.h"

void cloud_say(const struct cloud *c, const char *fmt, ...)
{
    struct text t = TEXT_INIT;
    va_list ap;

    text_addf(&t, "backend %s: ", c->b->asked);
    va_start(ap, fmt);
    text_addfv(&t, fmt, ap);
    va_end(ap);
    if (backend_outside.say)
        backend_outside.say(t.s);
    text_release(&t);
}

void cloud_stop(struct cloud *c, const char *why)
{
    if (!c->stopped)
        c->stop_why = mem_strdup(why);
    c->stopped = true;
}

/* --- opening --- */

static int read_number(const struct backend *b, const char *name, double low, double high,
                       double *to, struct err *err)
{
    const char *value = backend_setting(b, name);

    if (num_parse_double(value, to) && *to >= low && *to <= high)
        return 0;
    return err_add(err, ERR_INPUT, "backend %s: %s=%.60s, expected a number from %g to %g",
                   b->asked, name, value, low, high);
}

static int read_switch(const struct backend *b, const char *name, bool *to, struct err *err)
{
    const char *value = backend_setting(b, name);

    *to = !strcmp(value, "yes");
    if (*to || !strcmp(value, "no"))
        return 0;
    return err_add(err, ERR_INPUT, "backend %s: %s=%.60s, expected yes or no", b->asked, name,
                   value);
}

/* An address that can be nobody else's: this machine. */
static bool is_loopback(const char *host, size_t n)
{
    return (n == 9 && !strncmp(host, "localhost", n)) ||
           (n == 5 && !strncmp(host, "[::1]", n)) ||
           (n >= 7 && n <= 15 && !strncmp(host, "127.", 4) &&
            strspn(host, "0123456789.") >= n);
}

static int set_endpoint(struct cloud *c, const char *usual, struct err *err)
{
    const char *given = backend_setting(c->b, "endpoint");
    const char *url = *given ? given : usual;
    bool secure = !strncmp(url, "https://", 8), plain = !strncmp(url, "http://", 7);
    const char *host = url + (secure ? 8 : plain ? 7 : 0);
    size_t port = strcspn(host, "/?#@"), name = *host == '[' ? strcspn(host, "]") + 1
                                                             : strcspn(host, ":/?#@");

    c->endpoint = url;
    c->loopback = is_loopback(host, name);
    if ((!secure && !plain) || !name || host[port] ||
        host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789.-_:[]")])
        return err_add(err, ERR_INPUT, "backend %s: endpoint=%.80s, expected https://HOST or "
                       "https://HOST:PORT, without a path", c->b->asked, url);
    if (plain && !c->loopback)
        return err_add(err, ERR_INPUT, "backend %s: endpoint=%.80s, expected https://: plain "
                       "http:// is for this machine only", c->b->asked, url);
    return 0;
}

static int read_options(struct cloud *c, struct err *err)
{
    struct backend *b = c->b;
    const char *asked = getenv("MISID_CLOUD_CONSENT");
    int code;

    if ((code = read_number(b, "deadline", .05, 86400, &c->deadline, err)) ||
        (code = read_number(b, "timeout", .05, 3600, &c->timeout, err)) ||
        (code = read_number(b, "rate", 0, 1e6, &c->rate, err)) ||
        (code = backend_whole(b, "in_flight", 1, 64, &c->in_flight, err)) ||
        (code = backend_whole(b, "tries", 1, 20, &c->most_tries, err)) ||
        (code = read_switch(b, "consent", &c->consent, err)) ||
        (code = read_switch(b, "dry-run", &c->dry, err)))
        return code;
    c->consent |= asked && !strcmp(asked, "yes");
    c->ca = backend_setting(b, "ca");
    c->replay = *backend_setting(b, "replay");
    if (c->replay && (c->dry || *backend_setting(b, "cassette")))
        return err_add(err, ERR_INPUT, "backend %s: replay= sends nothing, expected neither "
                       "dry-run=yes nor cassette= beside it", b->asked);
    return cloud_money_open(c, err);
}

static int open_cassette(struct cloud *c, const char *path, struct err *err)
{
    struct text note = TEXT_INIT, t = TEXT_INIT;
    struct json_out w = json_out(&t);
    struct cassette_sum sum;
    struct cassette *made;
    int code = cassette_append_to(&made, path, &note, err);

    if (!code) {
        if (note.len)
            cloud_say(c, "%s", note.s);
        cassette_take_sum(made, &sum);
        w.compact = true;
        json_map(&w, NULL);
        json_string(&w, "kind", sum.lines ? "resumed" : "cassette");
        if (!sum.lines)
            json_int(&w, "format", CASSETTE_FORMAT);
        json_string(&w, "service", c->service->name);
        json_string(&w, "vendor", c->service->vendor);
        json_string(&w, "api", c->service->api);
        json_string(&w, "endpoint", c->endpoint);
        json_end(&w);
        code = cassette_add(made, &t, NULL, CASSETTE_TRY, err);
        if (code)
            cassette_close(made, NULL);
    }
    if (!code) {
        pthread_mutex_lock(&c->lock);
        c->cassette = made;
        c->cassette_path = mem_strdup(path);
        pthread_mutex_unlock(&c->lock);
        c->b->cached = false;
    }
    text_release(&note);
    text_release(&t);
    return code;
}

static struct cloud *client_of(const struct backend *b)
{
    return b->client;
}

/* Where no option names a cassette, one in the folder of the run. */
static int keep(struct backend *b, const char *dir, struct err *err)
{
    struct cloud *c = client_of(b);

    if (c->cassette || c->dry || c->replay || *backend_setting(b, "cassette"))
        return 0;
    int code = path_make_dirs(dir, err);
    if (code)
        return code;
    char *path = path_join(dir, CASSETTE_NAME);
    code = open_cassette(c, path, err);
    free(path);
    return code;
}

static void add_evidence(const struct backend *b, struct json_out *w)
{
    struct cloud *c = client_of(b);
    struct cassette_sum sum;

    pthread_mutex_lock(&c->lock);
    json_string(w, "service", c->service->name);
    json_string(w, "vendor", c->service->vendor);
    json_string(w, "api", c->service->api);
    json_bool(w, "replayed", c->replay);
    json_int(w, "requests", c->n_calls);
    json_int(w, "from_cassette", c->n_kept);
    json_int(w, "sent_again", c->n_retries);
    json_number(w, "usd", (double)c->spent / NANO);
    json_string(w, "prices", c->service->prices_of);
    json_map(w, "models");
    for (size_t i = 0; i < c->n_models; i++)
        json_string(w, c->models[i].name, c->models[i].version);
    json_end(w);
    if (c->cassette) {
        cassette_take_sum(c->cassette, &sum);
        json_map(w, "cassette");
        json_string(w, "file", path_basename(c->cassette_path));
        json_int(w, "lines", (int64_t)sum.lines);
        json_string(w, "last_hash", sum.last);
        json_end(w);
    }
    pthread_mutex_unlock(&c->lock);
}

static const char *const apart[] = {
    "budget", "ca", "cassette", "consent", "deadline", "dry-run", "in_flight", "keys", "price",
    "rate", "replay", "timeout", "tries", NULL
};

/* Where one key of several must be there. */
static int check_one_key(const struct cloud *c, struct err *err)
{
    struct text known = TEXT_INIT;

    if (!c->service->one_key || c->keys.n == 1)
        return 0;
    for (const struct cloud_key *k = c->service->keys; k->name; k++)
        text_addf(&known, "%s%s", k == c->service->keys ? "" : " or ", k->name);
    int code = err_add(err, ERR_INPUT, "backend %s: %s, expected just one of %s in the "
                       "environment or in keys=FILE", c->b->asked,
                       c->keys.n ? "several keys" : "no key", known.s);
    text_release(&known);
    return code;
}

/* Keys and connections, when there is something to send. */
static int get_ready(struct cloud *c, struct err *err)
{
    const char *cassette = backend_setting(c->b, "cassette");
    int code = 0;

    pthread_mutex_lock(&c->opening);
    if (!c->ready && !c->replay && !c->dry) {
        (void)((code = cloud_send_check(c, err)) ||
               (code = cloud_keys_load(&c->keys, c->service->keys,
                                       backend_setting(c->b, "keys"), c->b->asked, err)) ||
               (code = check_one_key(c, err)) ||
               (code = cloud_send_open(c, err)) ||
               (code = *cassette ? open_cassette(c, cassette, err) : 0));
        c->ready = !code;
    }
    pthread_mutex_unlock(&c->opening);
    return code;
}

static int plan(struct backend *b, const struct backend_plan *p, struct err *err)
{
    struct cloud *c = client_of(b);
    int code;

    pthread_mutex_lock(&c->lock);
    c->planned = *p;
    pthread_mutex_unlock(&c->lock);
    if (c->replay)
        return 0;
    code = c->dry ? 0 : cloud_check_consent(c, err);
    if (!code)
        code = get_ready(c, err);
    if (!code)
        cloud_say_plan(c);
    return code;
}

int cloud_open(struct cloud **to, struct backend *b, const struct cloud_service *service,
               const char *usual, struct err *err)
{
    struct cloud *c = arena_alloc(&b->arena, sizeof *c);

    *to = b->client = c;
    c->b = b;
    c->service = service;
    c->pipe[0] = c->pipe[1] = -1;
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->opening, NULL);
    int code = set_endpoint(c, usual, err);
    if (!code)
        code = read_options(c, err);
    if (code)
        return code;
    b->version = service->api;
    b->apart = apart;
    b->batch = (size_t)c->in_flight;
    b->dry = c->dry;
    b->cached = !c->replay && !c->dry;
    b->keep = keep;
    b->plan = plan;
    b->add_evidence = add_evidence;
    if (!c->replay)
        return 0;
    c->cassette_path = mem_strdup(backend_setting(b, "replay"));
    return cassette_replay_from(&c->cassette, c->cassette_path, err);
}

void cloud_close(struct cloud *c)
{
    struct text t = TEXT_INIT;
    struct err err = ERR_INIT;

    if (!c)
        return;
    cloud_gallery_close(c);
    cloud_send_close(c);
    if (c->dry && c->dry_calls) {
        text_addf(&t, "a dry run: %lld requests, ", (long long)c->dry_calls);
        cloud_add_dollars(&t, c->spent);
        cloud_say(c, "%s; nothing was sent", t.s);
    }
    if (cassette_close(c->cassette, &err) < 0)
        cloud_say(c, "%s", err_text(&err));
    cloud_keys_forget(&c->keys);
    for (size_t i = 0; i < c->n_models; i++) {
        free(c->models[i].name);
        free(c->models[i].version);
    }
    for (size_t i = 0; i < c->seen.n; i++) {
        free(c->sources[i].path);
        text_release(&c->sources[i].bytes);
    }
    free(c->sources);
    dict_release(&c->seen);
    free(c->cassette_path);
    free(c->stop_why);
    pthread_mutex_destroy(&c->lock);
    pthread_mutex_destroy(&c->opening);
    err_release(&err);
    text_release(&t);
}

const char *cloud_endpoint(const struct cloud *c)
{
    return c->endpoint;
}

bool cloud_is_replay(const struct cloud *c)
{
    return c->replay;
}

bool cloud_is_dry(const struct cloud *c)
{
    return c->dry;
}

void cloud_set_region(struct cloud *c, const char *region)
{
    c->region = region;
}

void cloud_model(struct cloud *c, const char *name, const char *version)
{
    struct text t = TEXT_INIT;
    size_t i = 0;

    pthread_mutex_lock(&c->lock);
    while (i < c->n_models && strcmp(c->models[i].name, name))
        i++;
    if (i == c->n_models && i < sizeof c->models / sizeof *c->models) {
        c->models[c->n_models].name = mem_strdup(name);
        c->models[c->n_models++].version = mem_strdup(version);
    } else if (i < c->n_models && strcmp(c->models[i].version, version)) {
        text_addf(&t, "%s was %s and is now %s: the service changed its model during this "
                  "run", name, c->models[i].version, version);
        free(c->models[i].version);
        c->models[i].version = mem_strdup(version);
        cloud_record_note(c, t.s);
    }
    pthread_mutex_unlock(&c->lock);
    if (t.len)
        cloud_say(c, "%s", t.s);
    text_release(&t);
}

/* --- asking --- */

static bool take_kept(struct cloud *c, struct call *call)
{
    const bool any = call->request->effect == CLOUD_PURE && !c->b->anew;
    const enum cassette_reach reach = c->replay ? CASSETTE_ANY
                                      : any ? CASSETTE_ANSWERS : CASSETTE_OURS;
    struct text line = TEXT_INIT;
    bool there = false;

    if (c->cassette && (c->replay || call->request->effect != CLOUD_ACT))
        there = cassette_find(c->cassette, call->hash, reach, &line) &&
                answer_from_line(call->answer, &line);
    text_release(&line);
    return there;
}

/* One that asks the same, and changes nothing, is waiting already. */
static struct call *find_same(struct cloud *c, const struct call *call)
{
    struct call *const lists[] = { c->queue, c->flying };

    for (int i = 0; i < 2 && call->request->effect != CLOUD_ACT; i++)
        for (struct call *other = lists[i]; other; other = other->next)
            if (!strcmp(other->hash, call->hash))
                return other;
    return NULL;
}

static void submit(struct cloud *c, struct call *call)
{
    struct call *same = find_same(c, call);

    call->party->left++;
    if (same) {
        call->same = same->same;
        same->same = call;
        return;
    }
    *c->queue_end = call;
    c->queue_end = &call->next;
    c->n_queue++;
}

/* A dry run: what would go out, in a line. */
static void say_request(struct cloud *c, struct call *call)
{
    const struct cloud_request *r = call->request;
    int64_t price = cloud_price_of(c, r->operation);
    struct text t = TEXT_INIT;

    text_addf(&t, "would send %s %s %s", r->operation, r->method, r->url);
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct cloud_image *im = r->parts[i].image;
        if (im)
            text_addf(&t, ", image %.12s (%s, %d × %d, %zu bytes)", im->sha256, im->encoding,
                      im->width, im->height, im->len);
    }
    text_add(&t, ", ");
    cloud_add_dollars(&t, price);
    cloud_say(c, "%s", t.s);
    text_release(&t);
    pthread_mutex_lock(&c->lock);
    c->dry_calls++;
    c->spent += price;
    pthread_mutex_unlock(&c->lock);
    call->answer->outcome = CLOUD_NOT_SENT;
}

static int stopped(const struct cloud *c, struct err *err)
{
    return err_add(err, ERR_PROGRAM, "backend %s: %s", c->b->asked, c->stop_why);
}

static int send_all(struct cloud *c, struct call *calls, size_t n, struct err *err)
{
    struct party party = { .done = PTHREAD_COND_INITIALIZER };
    int code = 0;

    for (size_t i = 0; i < n; i++)
        if (!calls[i].answer->kept)
            call_make_body(c, &calls[i]);
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < n; i++) {
        if (calls[i].answer->kept) {
            c->n_calls++;
            c->n_kept++;
            continue;
        }
        calls[i].party = &party;
        submit(c, &calls[i]);
    }
    if (party.left)
        cloud_send_wake(c);
    while (party.left)
        pthread_cond_wait(&party.done, &c->lock);
    for (size_t i = 0; i < n && c->stopped && !code; i++)
        if (!calls[i].request->cleanup)
            code = stopped(c, err);
    pthread_mutex_unlock(&c->lock);
    pthread_cond_destroy(&party.done);
    return code;
}

static int replay_all(struct cloud *c, struct call *calls, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!calls[i].answer->kept)
            return err_add(err, ERR_INPUT, "backend %s: replay=%s: no answer to this %s "
                           "(request %.16s…), expected a cassette of the same pictures and "
                           "options", c->b->asked, c->cassette_path,
                           calls[i].request->operation, calls[i].hash);
    pthread_mutex_lock(&c->lock);
    c->n_calls += (int64_t)n;
    c->n_kept += (int64_t)n;
    pthread_mutex_unlock(&c->lock);
    return 0;
}

int cloud_exchange(struct cloud *c, struct cloud_request *requests,
                   struct cloud_answer *answers, size_t n, struct err *err)
{
    struct call *calls = mem_array(n, sizeof *calls);
    size_t missing = 0;
    int code = get_ready(c, err);

    for (size_t i = 0; i < n && !code; i++) {
        struct call *call = &calls[i];
        call->request = &requests[i];
        call->answer = &answers[i];
        text_init(&call->shown);
        cloud_answer_release(call->answer);
        call->price = cloud_price_of(c, requests[i].operation);
        call_prepare(call);
        if (c->dry)
            say_request(c, call);
        else if (!take_kept(c, call))
            missing += !requests[i].cleanup;
    }
    if (code)
        n = 0;
    else if (c->replay)
        code = replay_all(c, calls, n, err);
    else if (!c->dry && !(missing && (code = cloud_check_consent(c, err))))
        code = send_all(c, calls, n, err);
    for (size_t i = 0; i < n; i++)
        call_release(&calls[i]);
    free(calls);
    return code;
}
