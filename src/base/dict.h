/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dict: strings numbered 0, 1, 2, … in the order in which they were first
 * added, each kept once, found again by hashing. What the columns of a roster
 * are coded with, and the index of its samples.
 *
 * The numbers do not depend on the hash, which is seeded anew in every
 * dictionary so that nobody can prepare strings that collide.
 *
 * Ownership: the dictionary copies what is added; dict_release() frees it.
 * DICT_INIT or zeroed memory is an empty one. dict_at() is valid until the next
 * dict_add(). Threads: any number of readers, or one writer.
 */
#ifndef BASE_DICT_H
#define BASE_DICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dict {
    char *text;      /* the strings, each with its 0 */
    size_t len, cap;
    size_t *at;      /* where each begins */
    size_t n, at_cap;
    uint32_t *slots; /* number + 1, 0 where free; a power of two of them */
    size_t n_slots;
    uint64_t seed;
};
#define DICT_INIT { NULL, 0, 0, NULL, 0, 0, NULL, 0, 0 }
#define DICT_NONE UINT32_MAX

/* The number of `s`, added if it was not there (*fresh, if not NULL, says so). */
uint32_t dict_add(struct dict *d, const char *s, bool *fresh);
uint32_t dict_find(const struct dict *d, const char *s); /* DICT_NONE: not there */
const char *dict_at(const struct dict *d, uint32_t number);
/* Gives back the room that was kept for more to come. */
void dict_shrink(struct dict *d);
size_t dict_bytes(const struct dict *d);
void dict_release(struct dict *d);

#endif
