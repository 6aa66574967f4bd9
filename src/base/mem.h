/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem: allocation that either works or ends the program in one clear line,
 * and an arena for things that live and die together.
 *
 * mem_*() are for sizes the program chose or has bounded: if the system has no
 * memory left they print "misid: out of memory" and exit 2 (the one place
 * outside src/cli that ends the program). Sizes that come from a file go
 * through mem_try_array(), which says no instead.
 *
 * Threads: mem_*() from any; one arena a thread.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *mem_alloc(size_t size);                /* zeroed; never NULL, size 0 too */
void *mem_array(size_t n, size_t size);      /* zeroed n × size, checked */
void *mem_grow(void *old, size_t n, size_t size); /* realloc to n × size, checked */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Says so and ends the program, for what must have memory and got none. */
_Noreturn void mem_exhausted(void);

/* n × size zeroed bytes, or NULL if that overflows or is not to be had. */
void *mem_try_array(size_t n, size_t size);

/* Makes room for one more element in a growing array: call before a[n++]. */
#define MEM_ROOM(a, n, cap)                                                    \
    do {                                                                       \
        if ((n) == (cap)) {                                                    \
            (cap) = (cap) ? 2 * (cap) : 8;                                     \
            (a) = mem_grow((a), (cap), sizeof *(a));                           \
        }                                                                      \
    } while (0)

/*
 * arena: strings and small structs of one noun, freed together.
 * ARENA_INIT or zeroed memory is an empty one.
 */
struct arena_block;
struct arena {
    struct arena_block *blocks;
};
#define ARENA_INIT { NULL }

void *arena_alloc(struct arena *a, size_t size);            /* zeroed, aligned */
void *arena_array(struct arena *a, size_t n, size_t size);  /* zeroed, checked */
char *arena_strdup(struct arena *a, const char *s);         /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a);

#endif
