/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a bundle says of itself: for misid, for RO-Crate 1.1, for sha256sum. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/bundle.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct bundle_item *)a)->name,
                  ((const struct bundle_item *)b)->name);
}

static void sort(struct bundle *b)
{
    qsort(b->items, b->n_items, sizeof *b->items, by_name);
}

static void add_bundle_json(struct bundle *b)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_map(&w, NULL);
    json_int(&w, "format", BUNDLE_FORMAT);
    json_string(&w, "misid", PACKAGE_VERSION);
    json_string(&w, "study", b->study.name);
    json_string(&w, "started", b->run.started);
    json_string(&w, "names", b->with_samples ? "as they are" : "replaced by numbers");
    json_list(&w, "rewritten");
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].rewritten)
            json_string(&w, NULL, b->items[i].name);
    json_end(&w);
    json_list(&w, "left_out");
    for (size_t i = 0; i < b->n_left_out; i++)
        json_string(&w, NULL, b->left_out[i]);
    json_end(&w);
    json_end(&w);
    text_addch(&t, '\n');
    bundle_add_text(b, BUNDLE_JSON, &t, false);
}

/* A name as a relative reference (RFC 3986). */
static void add_uri(struct text *to, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-._~/";

    for (; *name; name++)
        if (strchr(plain, *name))
            text_addch(to, *name);
        else
            text_addf(to, "%%%02X", (unsigned)(unsigned char)*name);
}

static const char *format_of(const char *name)
{
    static const char *const formats[][2] = {
        { ".json", "application/json" }, { ".csv", "text/csv" },
        { ".tsv", "text/tab-separated-values" }, { ".html", "text/html" },
        { ".svg", "image/svg+xml" }, { ".png", "image/png" }, { ".tex", "application/x-tex" },
        { ".txt", "text/plain" }, { ".gp", "text/x-gnuplot" },
    };
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++)
        if (!strcmp(dot, formats[i][0]))
            return formats[i][1];
    return "application/octet-stream";
}

static const char *about(const char *name)
{
    static const char *const known[][2] = {
        { "run.json", "The record of the run: versions, command, time, hashes" },
        { "study.json", "The study as it was run" },
        { "findings.csv", "Every number, with its interval" },
        { "claims.csv", "Every verdict" },
        { "counts.csv", "Counts by group" },
        { "report.html", "The report" },
        { "curves.csv", "Error rates along the threshold" },
        { "cells.csv", "Comparisons and matches by pair of groups" },
        { "margins.npy", "Comparisons and matches by person" },
        { "exceedances.npy", "Non-mated comparisons above a floor" },
        { "mated.npy", "Mated comparisons" },
        { BUNDLE_JSON, "What was rewritten and left out" },
    };
    const char *slash = strrchr(name, '/');

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(slash ? slash + 1 : name, known[i][0]))
            return known[i][1];
    return NULL;
}

static void put_reference(struct json_out *w, const char *key, const char *id)
{
    json_map(w, key);
    json_string(w, "@id", id);
    json_end(w);
}

static void put_root(const struct bundle *b, struct json_out *w)
{
    struct text uri = TEXT_INIT, day = TEXT_INIT;

    json_map(w, NULL);
    json_string(w, "@id", "./");
    json_string(w, "@type", "Dataset");
    json_string(w, "name", b->study.title);
    json_string(w, "description", b->study.question);
    text_addf(&day, "%.10s", b->run.started);
    json_string(w, "datePublished", day.s);
    json_string(w, "license", "Not stated. The figures are those of whoever made the run.");
    json_list(w, "hasPart");
    for (size_t i = 0; i < b->n_items; i++) {
        text_reset(&uri);
        add_uri(&uri, b->items[i].name);
        put_reference(w, NULL, uri.s);
    }
    json_end(w);
    put_reference(w, "mentions", "#run");
    json_end(w);
    text_release(&uri);
    text_release(&day);
}

static void put_run(const struct bundle *b, struct json_out *w)
{
    struct text t = TEXT_INIT;

    json_map(w, NULL);
    json_string(w, "@id", "#run");
    json_string(w, "@type", "CreateAction");
    json_string(w, "name", b->run.command);
    json_string(w, "startTime", b->run.started);
    put_reference(w, "instrument", "#misid");
    json_list(w, "object");
    for (size_t i = 0; i < b->run.n_inputs; i++) {
        text_reset(&t);
        text_addf(&t, "#input-%zu", i + 1);
        put_reference(w, NULL, t.s);
    }
    json_end(w);
    put_reference(w, "result", "findings.csv");
    json_end(w);
    json_map(w, NULL);
    json_string(w, "@id", "#misid");
    json_string(w, "@type", "SoftwareApplication");
    json_string(w, "name", "misid");
    json_string(w, "version", b->run.version);
    json_string(w, "softwareRequirements", b->run.gsl);
    json_end(w);
    for (size_t i = 0; i < b->run.n_inputs; i++) {
        text_reset(&t);
        text_addf(&t, "#input-%zu", i + 1);
        json_map(w, NULL);
        json_string(w, "@id", t.s);
        json_string(w, "@type", "CreativeWork");
        json_string(w, "name", b->run.inputs[i].name);
        json_string(w, "sha256", b->run.inputs[i].sha256);
        json_end(w);
    }
    text_release(&t);
}

static void put_files(const struct bundle *b, struct json_out *w)
{
    struct text uri = TEXT_INIT;
    char size[24];

    for (size_t i = 0; i < b->n_items; i++) {
        const struct bundle_item *item = &b->items[i];
        text_reset(&uri);
        add_uri(&uri, item->name);
        snprintf(size, sizeof size, "%llu", (unsigned long long)item->size);
        json_map(w, NULL);
        json_string(w, "@id", uri.s);
        json_string(w, "@type", "File");
        json_string(w, "name", item->name);
        if (about(item->name))
            json_string(w, "description", about(item->name));
        json_string(w, "encodingFormat", format_of(item->name));
        json_string(w, "contentSize", size);
        json_string(w, "sha256", item->sha256);
        json_end(w);
    }
    text_release(&uri);
}

static void add_crate(struct bundle *b)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_map(&w, NULL);
    json_list(&w, "@context");
    json_string(&w, NULL, "https://w3id.org/ro/crate/1.1/context");
    json_map(&w, NULL);
    json_string(&w, "sha256", "https://schema.org/sha256");
    json_end(&w);
    json_end(&w);
    json_list(&w, "@graph");
    json_map(&w, NULL);
    json_string(&w, "@id", BUNDLE_CRATE);
    json_string(&w, "@type", "CreativeWork");
    put_reference(&w, "conformsTo", "https://w3id.org/ro/crate/1.1");
    put_reference(&w, "about", "./");
    json_end(&w);
    put_root(b, &w);
    put_run(b, &w);
    put_files(b, &w);
    json_end(&w);
    json_end(&w);
    text_addch(&t, '\n');
    bundle_add_text(b, BUNDLE_CRATE, &t, false);
}

void bundle_describe(struct bundle *b)
{
    struct text manifest = TEXT_INIT;

    sort(b);
    add_bundle_json(b);
    sort(b);
    add_crate(b);
    sort(b);
    for (size_t i = 0; i < b->n_items; i++)
        text_addf(&manifest, "%s  %s\n", b->items[i].sha256, b->items[i].name);
    bundle_add_text(b, BUNDLE_MANIFEST, &manifest, false);
    sort(b);
}
