/* SPDX-License-Identifier: 0BSD */
/*
 * A gallery of the 1:N API: templates in one file and a list of them in another, from
 * which the library makes what it searches, in a folder that goes with the gallery.
 */
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/plugins/frte/engine.h"

struct hit {
    uint32_t place;
    double score;
    size_t order;     /* in which the library names it */
};

struct gallery {
    struct phase phase;
    char *folder;
    size_t n;
    struct hit *hits;
    uint64_t searches, *named;   /* so far; the last one that named a place */
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

void engine_drop(struct gallery *g)
{
    phase_stop(&g->phase);
    if (g->folder && nftw(g->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) < 0)
        fprintf(stderr, "frte: %s: cannot be removed: %s\n", g->folder, strerror(errno));
    free(g->folder);
    free(g->hits);
    free(g->named);
    free(g);
}

static int make_folder(struct gallery *g)
{
    const char *parent = getenv("TMPDIR");

    if (asprintf(&g->folder, "%s/misid-frte-XXXXXX", parent && *parent ? parent : "/tmp") < 0)
        g->folder = NULL;
    if (g->folder && mkdtemp(g->folder))
        return 0;
    free(g->folder);
    g->folder = NULL;
    return -1;
}

static char *path_in(const struct gallery *g, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", g->folder, name) < 0 ? NULL : path;
}

#define ID "t%08" PRIu32

/* The templates one behind the other, and a line of each: its name, length and offset. */
static int write_templates(const char *edb, const char *manifest,
                           const struct frte_template *templates, size_t n)
{
    FILE *bytes = fopen(edb, "wbe"), *lines = fopen(manifest, "we");
    uint64_t at = 0;
    int failed = !bytes || !lines;

    for (size_t i = 0; i < n && !failed; i++) {
        const struct frte_template *t = &templates[i];
        fprintf(lines, ID " %zu %" PRIu64 "\n", (uint32_t)i, t->len, at);
        failed = t->len && fwrite(t->bytes, 1, t->len, bytes) != t->len;
        at += t->len;
    }
    failed |= (lines && ferror(lines)) || (bytes && fclose(bytes) != 0);
    failed |= lines && fclose(lines) != 0;
    return failed ? -1 : 0;
}

/* The library's own process makes of the two files what is searched later; then they
 * go, for it may not need them any more. */
static int finalize(const struct engine *e, const char *folder, const char *edb,
                    const char *manifest, struct frte_said *said)
{
    struct phase p;

    if (phase_start(&p, &e->library, "finalises a gallery", said) == 0)
        phase_finalize(&p, e->config, folder, edb, manifest, said);
    phase_stop(&p);
    unlink(edb);
    unlink(manifest);
    return said->code ? -1 : 0;
}

static int load(struct gallery *g, const struct engine *e, const char *folder,
                const char **call, struct frte_said *said)
{
    *call = "initializeTemplateCreation()";
    if (phase_start(&g->phase, &e->library, "searches", said) == 0)
        phase_initialize(&g->phase, e->config, FRTE_PROBE, said);
    if (!said->code) {
        *call = "initializeIdentification()";
        phase_load(&g->phase, e->config, folder, said);
    }
    return said->code ? -1 : 0;
}

static int fill(struct gallery *g, const struct engine *e,
                const struct frte_template *templates, size_t n, struct misid_text *why)
{
    char *edb = path_in(g, "edb"), *manifest = path_in(g, "manifest");
    char *folder = path_in(g, "enroll"), reason[FRTE_REASON];
    struct frte_said said = { .code = 0 };
    const char *call = "finalizeEnrollment()";
    int code = 0;

    if (!edb || !manifest || !folder || mkdir(folder, 0700) < 0 ||
        write_templates(edb, manifest, templates, n) < 0)
        code = frte_complain(why, "%s: a gallery cannot be written: %s", g->folder,
                             strerror(errno));
    else if (finalize(e, folder, edb, manifest, &said) < 0 ||
             load(g, e, folder, &call, &said) < 0)
        code = frte_complain(why, "%s: %s", call, engine_reason(&said, reason));
    free(edb);
    free(manifest);
    free(folder);
    return code;
}

struct gallery *engine_enroll(struct engine *e, const struct frte_template *templates,
                              size_t n, struct misid_text *why)
{
    struct gallery *g = calloc(1, sizeof *g);

    if (g && n <= UINT32_MAX && (g->named = calloc(n + 1, sizeof *g->named)) &&
        make_folder(g) == 0) {
        g->n = n;
        if (fill(g, e, templates, n, why) == 0)
            return g;
    } else {
        frte_complain(why, "no folder for a gallery: %s", strerror(errno));
    }
    if (g)
        engine_drop(g);
    return NULL;
}

static int by_score(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* The place that an identifier means, or -1. */
static long place_of(const struct gallery *g, const char *id)
{
    char again[16];
    unsigned long place;
    char *end;

    if (*id != 't')
        return -1;
    place = strtoul(id + 1, &end, 10);
    if (*end || place >= g->n)
        return -1;
    snprintf(again, sizeof again, ID, (uint32_t)place);
    return strcmp(again, id) ? -1 : (long)place;
}

/* Each place once, with its best score; best first, as the library should give them. */
static long rank(struct gallery *g, size_t n, struct misid_candidate *const *to, size_t cap)
{
    size_t kept = 0;

    qsort(g->hits, n, sizeof *g->hits, by_score);
    g->searches++;
    for (size_t i = 0; i < n && kept < cap; i++) {
        const struct hit *hit = &g->hits[i];
        if (g->named[hit->place] == g->searches)
            continue;
        g->named[hit->place] = g->searches;
        to[kept]->place = hit->place;
        to[kept++]->score = hit->score;
    }
    return (long)kept;
}

long engine_search(struct gallery *g, const struct frte_template *probe,
                   struct misid_candidate *const *candidates, size_t cap,
                   struct misid_text *why)
{
    const uint32_t most = (uint32_t)(cap < g->n ? cap : g->n);
    struct frte_found found;
    char reason[FRTE_REASON];

    phase_identify(&g->phase, probe->bytes, probe->len, most, &found);
    if (found.said.code) {
        fprintf(stderr, "frte: identifyTemplate(): %s\n", engine_reason(&found.said, reason));
        return 0;
    }
    free(g->hits);
    g->hits = calloc(found.n + 1, sizeof *g->hits);
    if (!g->hits)
        return frte_complain(why, "there is no memory");
    for (size_t i = 0; i < found.n; i++) {
        const long place = place_of(g, found.items[i].id);
        if (place < 0 || !isfinite(found.items[i].score))
            return frte_complain(why, "identifyTemplate(): candidate '%.40s' with score %g: "
                                 "expected one that was enrolled, and a number",
                                 found.items[i].id, found.items[i].score);
        g->hits[i] = (struct hit){ (uint32_t)place, found.items[i].score, i };
    }
    return rank(g, found.n, candidates, cap);
}
