/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/dict.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

static uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)(a ^ 0x9E3779B97F4A7C15u) * (b ^ 0xD1B54A32D192ED03u);

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash(const struct dict *d, const char *s, size_t n)
{
    uint64_t h = d->seed ^ n, word;

    for (; n >= sizeof word; s += sizeof word, n -= sizeof word) {
        memcpy(&word, s, sizeof word);
        h = mix(h, word);
    }
    word = 0;
    memcpy(&word, s, n);
    return mix(mix(h, word), d->seed);
}

/* The slot of `s`, or the free one where it would go. */
static size_t probe(const struct dict *d, const char *s, size_t n)
{
    size_t mask = d->n_slots - 1;

    for (size_t slot = hash(d, s, n) & mask;; slot = (slot + 1) & mask) {
        uint32_t number = d->slots[slot];
        if (!number || !strcmp(d->text + d->at[number - 1], s))
            return slot;
    }
}

static void grow(struct dict *d)
{
    if (!d->seed && getrandom(&d->seed, sizeof d->seed, GRND_NONBLOCK) !=
                        (ssize_t)sizeof d->seed)
        d->seed = (uint64_t)(uintptr_t)d;
    free(d->slots);
    d->n_slots = d->n_slots ? 2 * d->n_slots : 16;
    d->slots = mem_array(d->n_slots, sizeof *d->slots);
    for (size_t i = 0; i < d->n; i++) {
        const char *s = d->text + d->at[i];
        d->slots[probe(d, s, strlen(s))] = (uint32_t)i + 1;
    }
}

uint32_t dict_add(struct dict *d, const char *s, bool *fresh)
{
    size_t n = strlen(s);

    if (d->n >= d->n_slots - d->n_slots / 4)
        grow(d);
    size_t slot = probe(d, s, n);
    if (fresh)
        *fresh = !d->slots[slot];
    if (d->slots[slot])
        return d->slots[slot] - 1;
    assert(d->n < DICT_NONE - 1);
    if (d->cap - d->len < n + 1) {
        d->cap = 2 * d->cap + n + 1;
        d->text = mem_grow(d->text, d->cap, 1);
    }
    MEM_ROOM(d->at, d->n, d->at_cap);
    memcpy(d->text + d->len, s, n + 1);
    d->at[d->n] = d->len;
    d->len += n + 1;
    d->slots[slot] = (uint32_t)++d->n;
    return (uint32_t)d->n - 1;
}

uint32_t dict_find(const struct dict *d, const char *s)
{
    uint32_t number = d->n ? d->slots[probe(d, s, strlen(s))] : 0;

    return number ? number - 1 : DICT_NONE;
}

const char *dict_at(const struct dict *d, uint32_t number)
{
    assert(number < d->n);
    return d->text + d->at[number];
}

void dict_shrink(struct dict *d)
{
    if (!d->n)
        return;
    d->text = mem_grow(d->text, d->cap = d->len, 1);
    d->at = mem_grow(d->at, d->at_cap = d->n, sizeof *d->at);
}

size_t dict_bytes(const struct dict *d)
{
    return d->cap + d->at_cap * sizeof *d->at + d->n_slots * sizeof *d->slots;
}

void dict_release(struct dict *d)
{
    free(d->text);
    free(d->at);
    free(d->slots);
    *d = (struct dict)DICT_INIT;
}
