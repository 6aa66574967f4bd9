/* SPDX-License-Identifier: 0BSD */
#include "host/plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define COMPLAIN(why, ...) (snprintf((why)->s, (why)->cap, __VA_ARGS__), 0)

#define KNOWN (MISID_CLASS | MISID_TEMPLATE | MISID_FACES | MISID_QUALITY | \
               MISID_COMPARE | MISID_SEARCH)

/* A text of 1 to PLUGIN_NAME_MAX printable ASCII bytes. */
static int is_name(const char *s)
{
    size_t n = s ? strnlen(s, PLUGIN_NAME_MAX + 1) : 0;

    for (size_t i = 0; i < n; i++)
        if (s[i] < ' ' || s[i] > '~')
            return 0;
    return n >= 1 && n <= PLUGIN_NAME_MAX;
}

static int is_text(const char *s)
{
    return !s || strnlen(s, PLUGIN_TEXT_MAX + 1) <= PLUGIN_TEXT_MAX;
}

/* Small letters, digits, '-' and '_'. */
static int is_option_name(const char *s)
{
    return is_name(s) && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

static int check_options(struct plugin *p, const char *name, struct misid_text *why)
{
    const struct misid_option *o = p->is.options;

    for (; o && o->name; o++, p->n_options++) {
        if (p->n_options == PLUGIN_OPTIONS_MAX)
            return COMPLAIN(why, "%s: more than %d options, or a list without an end", name,
                            PLUGIN_OPTIONS_MAX);
        if (!is_option_name(o->name))
            return COMPLAIN(why, "%s: option %zu: its name must be small letters, digits, "
                            "'-' and '_'", name, p->n_options + 1);
        if (!is_text(o->fallback) || !is_text(o->help))
            return COMPLAIN(why, "%s: option '%s': its texts are longer than %d bytes", name,
                            o->name, PLUGIN_TEXT_MAX);
    }
    return 1;
}

/* That every function is there that the capabilities promise. */
static int check_functions(const struct misid_backend *b, const char *name,
                           struct misid_text *why)
{
    if (!b->open || !b->process)
        return COMPLAIN(why, "%s: has no %s()", name, b->open ? "process" : "open");
    if (b->capabilities & ~(uint32_t)KNOWN)
        return COMPLAIN(why, "%s: capabilities 0x%x hold bits that nothing is known of",
                        name, (unsigned)b->capabilities);
    if (!(b->capabilities & (MISID_CLASS | MISID_TEMPLATE)))
        return COMPLAIN(why, "%s: can give neither classes nor templates", name);
    if ((b->capabilities & MISID_COMPARE) && !b->compare)
        return COMPLAIN(why, "%s: says that it compares, but has no compare()", name);
    if ((b->capabilities & MISID_SEARCH) && (!b->enroll || !b->search))
        return COMPLAIN(why, "%s: says that it searches, but has no %s()", name,
                        b->enroll ? "search" : "enroll");
    return 1;
}

int plugin_take(struct plugin *p, const struct misid_backend *given, const char *name,
                struct misid_text *why)
{
    *p = (struct plugin){ 0 };
    if (!given)
        return COMPLAIN(why, "%s: does not serve ABI %u", name, MISID_ABI);
    if (given->abi != MISID_ABI)
        return COMPLAIN(why, "%s: speaks ABI %u, expected %u", name, (unsigned)given->abi,
                        MISID_ABI);
    size_t need = offsetof(struct misid_backend, process) + sizeof given->process;
    if (given->size < need || given->size > (1u << 16))
        return COMPLAIN(why, "%s: its struct misid_backend says %u bytes, expected %zu or "
                        "more", name, (unsigned)given->size, need);
    memcpy(&p->is, given, given->size < sizeof p->is ? given->size : sizeof p->is);
    if (!is_name(p->is.name) || !is_name(p->is.version) || !is_text(p->is.about))
        return COMPLAIN(why, "%s: its name and version must be 1 to %d printable ASCII "
                        "bytes, what it is about at most %d", name, PLUGIN_NAME_MAX,
                        PLUGIN_TEXT_MAX);
    return check_options(p, name, why) && check_functions(&p->is, name, why);
}

int plugin_load(struct plugin *p, const char *path, struct misid_text *why)
{
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    misid_backend_function *ask;

    if (!object)
        return COMPLAIN(why, "cannot be loaded: %s", dlerror());
    *(void **)&ask = dlsym(object, "misid_backend");
    if (!ask)
        return COMPLAIN(why, "%s: exports no misid_backend(): not a plug-in", path);
    return plugin_take(p, ask(MISID_ABI), path, why);
}
