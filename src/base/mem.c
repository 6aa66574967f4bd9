/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mem_exhausted(void)
{
    fputs("misid: out of memory\n", stderr);
    exit(2);
}

static void *must(void *p)
{
    if (!p)
        mem_exhausted();
    return p;
}

void *mem_alloc(size_t size)
{
    return must(calloc(1, size ? size : 1));
}

void *mem_array(size_t n, size_t size)
{
    return must(mem_try_array(n, size));
}

void *mem_try_array(size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
        return NULL;
    return calloc(1, bytes ? bytes : 1);
}

void *mem_grow(void *old, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        mem_exhausted();
    return must(realloc(old, bytes ? bytes : 1));
}

char *mem_strndup(const char *s, size_t n)
{
    n = strnlen(s, n);
    char *p = mem_alloc(n + 1);
    return memcpy(p, s, n);
}

char *mem_strdup(const char *s)
{
    return mem_strndup(s, strlen(s));
}

static char *printv(void *(*get)(void *, size_t), void *arg, const char *fmt,
                    va_list ap)
{
    va_list again;

    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *p = get(arg, n < 0 ? 1 : (size_t)n + 1);
    if (n >= 0)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

static void *get_heap(void *arg, size_t size)
{
    (void)arg;
    return mem_alloc(size);
}

static void *get_arena(void *arg, size_t size)
{
    return arena_alloc(arg, size);
}

char *mem_printf(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    char *p = printv(get_heap, NULL, fmt, ap);
    va_end(ap);
    return p;
}

#define BLOCK_SIZE ((size_t)16 << 10)
#define ALIGN _Alignof(max_align_t)

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    _Alignas(max_align_t) char data[];
};

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct arena_block) - ALIGN)
        mem_exhausted();
    size = (size + ALIGN - 1) / ALIGN * ALIGN;

    struct arena_block *b = a->blocks;
    if (!b || b->size - b->used < size) {
        size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        b = mem_alloc(sizeof *b + room);
        b->size = room;
        if (a->blocks && room > BLOCK_SIZE) {
            /* a large piece must not hide the room left in the current block */
            b->next = a->blocks->next;
            a->blocks->next = b;
        } else {
            b->next = a->blocks;
            a->blocks = b;
        }
    }
    void *p = b->data + b->used;
    b->used += size;
    return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        mem_exhausted();
    return arena_alloc(a, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    n = strnlen(s, n);
    char *p = arena_alloc(a, n + 1);
    return memcpy(p, s, n);
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    char *p = printv(get_arena, a, fmt, ap);
    va_end(ap);
    return p;
}

void arena_release(struct arena *a)
{
    for (struct arena_block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    a->blocks = NULL;
}
