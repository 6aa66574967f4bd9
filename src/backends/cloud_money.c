/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What calls cost by the user's assumption, and what may be spent and sent. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/cloud_parts.h"

#define USD_MOST 1e9

void cloud_add_dollars(struct text *to, int64_t nano)
{
    char digits[NUM_MAX];

    if (nano % (int64_t)(NANO / 100) == 0)
        text_addf(to, "$%.2f", (double)nano / NANO);
    else
        text_addf(to, "$%s", num_shortest(digits, (double)nano / NANO));
}

static bool parse_usd(const char *s, int64_t *nano)
{
    double v;

    if (!num_parse_double(s, &v) || v < 0 || v > USD_MOST)
        return false;
    *nano = llround(v * NANO);
    return true;
}

/* One OPERATION:USD of price=. */
static int set_price(struct cloud *c, char *item, struct err *err)
{
    char *colon = strchr(item, ':');
    struct text known = TEXT_INIT;
    int64_t price = 0;
    size_t i = 0;

    if (colon)
        *colon = '\0';
    while (i < c->n_prices && strcmp(c->prices[i].operation, item))
        i++;
    if (colon && i < c->n_prices && parse_usd(colon + 1, &price)) {
        c->prices[i].price = price;
        return 0;
    }
    for (i = 0; i < c->n_prices; i++)
        text_addf(&known, "%s%s", i ? ", " : "", c->prices[i].operation);
    int code = err_add(err, ERR_INPUT, "backend %s: price=%.60s, expected OPERATION:USD with "
                       "';' between them and operations of %s", c->b->asked,
                       backend_setting(c->b, "price"), known.s);
    text_release(&known);
    return code;
}

int cloud_money_open(struct cloud *c, struct err *err)
{
    const char *budget = backend_setting(c->b, "budget");
    char *copy = mem_strdup(backend_setting(c->b, "price")), *at = copy;
    int code = 0;

    for (const struct cloud_price *p = c->service->prices; p->operation; p++) {
        c->prices[c->n_prices].operation = p->operation;
        c->prices[c->n_prices++].price = llround(p->usd * NANO);
    }
    for (char *item; *copy && !code && (item = strsep(&at, ";"));)
        code = set_price(c, item, err);
    free(copy);
    c->budget = -1;
    if (!code && *budget && !parse_usd(budget, &c->budget))
        code = err_add(err, ERR_INPUT, "backend %s: budget=%.60s, expected US dollars from 0 "
                       "to 1000000000", c->b->asked, budget);
    return code;
}

int64_t cloud_price_of(const struct cloud *c, const char *operation)
{
    for (size_t i = 0; i < c->n_prices; i++)
        if (!strcmp(c->prices[i].operation, operation))
            return c->prices[i].price;
    return 0;
}

bool cloud_spend(struct cloud *c, const struct call *call)
{
    struct text t = TEXT_INIT;

    if (c->budget < 0 || c->spent + call->price <= c->budget) {
        c->spent += call->price;
        return true;
    }
    text_add(&t, "the budget of ");
    cloud_add_dollars(&t, c->budget);
    text_addf(&t, " is used up: %lld requests were answered for ", (long long)c->n_calls);
    cloud_add_dollars(&t, c->spent);
    text_add(&t, ", and the next would exceed it. Nothing is lost: with a larger budget= the "
             "same command goes on");
    cloud_stop(c, t.s);
    text_release(&t);
    return false;
}

void cloud_refund(struct cloud *c, const struct call *call)
{
    if (!call->request->cleanup)
        c->spent -= call->price;
}

/* --- before anything is sent --- */

static int64_t cost_of(const struct cloud *c, const struct backend_plan *p, struct text *to)
{
    struct cloud_planned lines[CLOUD_PLANNED];
    size_t n = c->service->plan(c->b, p, lines);
    int64_t cost = 0;

    for (size_t i = 0; i < n; i++) {
        text_addf(to, "%s%zu %s", i ? ", " : "", lines[i].calls, lines[i].operation);
        cost += (int64_t)lines[i].calls * cloud_price_of(c, lines[i].operation);
    }
    return cost;
}

/* "up to 1270 DetectFaces, at most $1.27 at …, to https://… (Amazon)" */
static void add_plan(const struct cloud *c, struct text *to)
{
    struct text calls = TEXT_INIT;
    int64_t cost = cost_of(c, &c->planned, &calls);

    text_addf(to, "up to %zu pictures of people to %s (%s): at most %s, ",
              c->planned.images ? c->planned.images
                                : c->planned.enrolled + c->planned.probes + c->planned.pairs,
              c->endpoint, c->service->vendor, calls.len ? calls.s : "no request");
    cloud_add_dollars(to, cost);
    text_addf(to, " by the prices assumed (%s)", *backend_setting(c->b, "price")
                                                     ? "price=" : c->service->prices_of);
    text_release(&calls);
}

int cloud_check_consent(const struct cloud *c, struct err *err)
{
    struct text t = TEXT_INIT;
    int code = 0;

    if (c->loopback || c->consent)
        return 0;
    add_plan(c, &t);
    code = err_add(err, ERR_INPUT, "backend %s: this would upload %s. Expected consent=yes or "
                   "MISID_CLOUD_CONSENT=yes", c->b->asked, t.s);
    text_release(&t);
    return code;
}

void cloud_say_plan(const struct cloud *c)
{
    struct text t = TEXT_INIT;

    add_plan(c, &t);
    cloud_say(c, "%s %s", c->dry ? "would upload" : "uploads", t.s);
    text_release(&t);
}
