/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dataset_report.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/places.h"
#include "datasets/describe.h"
#include "stats/power.h"

/* Examples of each kind of problem: in JSON, on a page, in a summary. */
enum { EXAMPLES_JSON = 1000, EXAMPLES_TEXT = 10, EXAMPLES_SUMMARY = 3 };

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The folders of a place that hold a dataset.yaml, sorted; malloc'd. */
static char **set_names(const char *place, size_t *n)
{
    char **names = NULL;
    size_t cap = 0;
    DIR *dir = opendir(place);

    *n = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char *file = mem_printf("%s/%s/dataset.yaml", place, e->d_name);
        if (e->d_name[0] != '.' && path_is_file(file)) {
            MEM_ROOM(names, *n, cap);
            names[(*n)++] = mem_strdup(e->d_name);
        }
        free(file);
    }
    if (dir)
        closedir(dir);
    if (*n)
        qsort(names, *n, sizeof *names, by_name);
    return names;
}

static const char *kind_of(const struct dataset *d)
{
    return !d->reading ? "published" : dataset_has_images(d) ? "images" : "recorded";
}

static void list_one(const char *name, struct json_out *w, bool json, struct text *to)
{
    struct dataset d;

    if (dataset_load(&d, name, NULL, NULL) < 0)
        return; /* a folder that is none of ours */
    if (json) {
        json_map(w, NULL);
        json_string(w, "name", d.name);
        json_string(w, "kind", kind_of(&d));
        json_string(w, "about", d.title);
        json_end(w);
    } else {
        text_addf(to, "%-22s %-10s %s\n", d.name, kind_of(&d), d.title);
    }
    dataset_release(&d);
}

void dataset_report_list(bool json, struct text *to)
{
    char **places = places_list("datasets", NULL);
    struct json_out w = json_out(to);
    struct dict seen = DICT_INIT;

    if (json)
        json_list(&w, NULL);
    for (size_t p = 0; places[p]; p++) {
        size_t n;
        char **names = set_names(places[p], &n);
        for (size_t i = 0; i < n; i++) {
            bool fresh;
            dict_add(&seen, names[i], &fresh);
            if (fresh)
                list_one(names[i], &w, json, to);
            free(names[i]);
        }
        free(names);
    }
    if (json) {
        json_end(&w);
        text_addch(to, '\n');
    }
    dict_release(&seen);
    places_free(places);
}

void dataset_report_show(const struct dataset *d, bool json, struct text *to)
{
    if (json)
        describe_json(d, to);
    else
        describe_text(d, to);
}

static void problems_json(const struct problems *p, bool notes, struct json_out *w)
{
    json_list(w, notes ? "notes" : "problems");
    for (size_t i = 0; i < PROBLEMS; i++) {
        const struct problem_list *list = &p->lists[i];
        if (!list->n || problem_kinds[i].note != notes)
            continue;
        json_map(w, NULL);
        json_string(w, "problem", problem_kinds[i].name);
        json_int(w, "n", (int64_t)list->n);
        json_string(w, "says", problem_kinds[i].says);
        json_list(w, "examples");
        for (size_t k = 0; k < list->listed && k < EXAMPLES_JSON; k++)
            json_string(w, NULL, list->items[k]);
        json_end(w);
        json_end(w);
    }
    json_end(w);
}

void dataset_report_json(const struct dataset_report *report, struct text *to)
{
    const struct census *c = report->census;
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    json_string(&w, "dataset", report->d->name);
    json_string(&w, "root", report->root);
    json_int(&w, "samples", (int64_t)c->samples);
    json_int(&w, "present", (int64_t)c->present);
    json_int(&w, "missing", (int64_t)c->missing);
    json_int(&w, "refused", (int64_t)c->refused);
    json_int(&w, "unreadable", (int64_t)c->unreadable);
    json_int(&w, "subjects", (int64_t)c->people);
    json_int(&w, "trials", (int64_t)report->trials->n);
    json_list(&w, "groups");
    for (size_t i = 0; i < c->n; i++) {
        json_map(&w, NULL);
        json_string(&w, "group", c->groups[i].name);
        json_int(&w, "n", (int64_t)c->groups[i].n);
        json_int(&w, "present", (int64_t)c->groups[i].present);
        json_int(&w, "unreadable", (int64_t)c->groups[i].unreadable);
        json_int(&w, "subjects", (int64_t)c->groups[i].people);
        json_end(&w);
    }
    json_end(&w);
    json_list(&w, "unknown");
    for (size_t i = 0; i < c->n_axes; i++) {
        if (!c->unknown[i])
            continue;
        json_map(&w, NULL);
        json_string(&w, "axis", report->r->attributes[c->axes[i]].name);
        json_int(&w, "n", (int64_t)c->unknown[i]);
        json_end(&w);
    }
    json_end(&w);
    problems_json(report->problems, false, &w);
    problems_json(report->problems, true, &w);
    json_end(&w);
    text_addch(to, '\n');
}

static void add_problems(const struct problems *p, bool notes, size_t examples,
                         struct text *to)
{
    bool any = false;

    for (size_t i = 0; i < PROBLEMS; i++) {
        const struct problem_list *list = &p->lists[i];
        if (!list->n || problem_kinds[i].note != notes)
            continue;
        if (!any)
            text_addf(to, "\n%s\n", notes ? "Notes" : "Problems");
        any = true;
        text_addf(to, "  %-22s %8zu  %s\n", problem_kinds[i].name, list->n,
                  problem_kinds[i].says);
        for (size_t k = 0; k < list->listed && k < examples; k++)
            text_addf(to, "      %s\n", list->items[k]);
        if (list->listed > examples)
            text_addf(to, "      … and %zu more\n", list->listed - examples);
    }
    if (!any && !notes)
        text_add(to, "\nNo problems.\n");
}

static void add_head(const struct dataset_report *report, struct text *to)
{
    const struct census *c = report->census;

    text_addf(to, "%s\n\n", report->d->title);
    text_addf(to, "  %-22s %8zu\n", "samples", c->samples);
    text_addf(to, "  %-22s %8zu\n", "present", c->present);
    text_addf(to, "  %-22s %8zu\n", "missing", c->missing);
    if (c->refused)
        text_addf(to, "  %-22s %8zu\n", "refused", c->refused);
    text_addf(to, "  %-22s %8zu\n", "unreadable", c->unreadable);
    text_addf(to, "  %-22s %8zu%s\n", "subjects", c->people,
              report->r->has_subjects ? "" : "  (each sample its own: the set names none)");
    if (report->trials->n)
        text_addf(to, "  %-22s %8zu\n", "trials", report->trials->n);
}

static void add_groups(const struct dataset_report *report, struct text *to)
{
    const struct census *c = report->census;
    size_t width = 22;

    for (size_t i = 0; i < c->n; i++)
        if (text_columns(c->groups[i].name) > width)
            width = text_columns(c->groups[i].name);
    if (c->n)
        text_addf(to, "\nGroups %*s        n  present unreadable   people\n",
                  (int)width - 5, "");
    for (size_t i = 0; i < c->n; i++) {
        const struct census_group *g = &c->groups[i];
        text_addf(to, "  %s%*s %8zu %8zu %10zu %8zu\n", g->name,
                  (int)(width - text_columns(g->name)), "", g->n, g->present,
                  g->unreadable, g->people);
    }
    for (size_t i = 0; i < c->n_axes; i++)
        if (c->unknown[i])
            text_addf(to, "  %s is not known of %zu\n",
                      report->r->attributes[c->axes[i]].name, c->unknown[i]);
}

static void add_provenance(const struct dataset_report *report, struct text *to)
{
    const struct roster *r = report->r;

    if (r->n_attributes)
        text_add(to, "\nLabels\n");
    for (size_t a = 0; a < r->n_attributes; a++)
        text_addf(to, "  %-22s %s%s%s\n", r->attributes[a].name,
                  provenance_names[r->attributes[a].provenance],
                  *r->attributes[a].about ? ": " : "", r->attributes[a].about);
}

void dataset_report_text(const struct dataset_report *report, struct text *to)
{
    add_head(report, to);
    add_groups(report, to);
    add_provenance(report, to);
    add_problems(report->problems, false, EXAMPLES_TEXT, to);
    add_problems(report->problems, true, EXAMPLES_TEXT, to);
}

void dataset_report_summary(const struct dataset_report *report, struct text *to)
{
    add_head(report, to);
    add_problems(report->problems, false, EXAMPLES_SUMMARY, to);
    add_problems(report->problems, true, EXAMPLES_SUMMARY, to);
}

void dataset_report_small(const struct census *census, double effect,
                          struct problems *problems)
{
    double needed = power_group_size(effect, .05, .8);

    for (size_t i = 0; i < census->n; i++) {
        const struct census_group *g = &census->groups[i];
        if ((double)g->people < needed)
            problems_add(problems, PROBLEM_SMALL_CELL, 1, "%s: %zu people, %.0f needed to "
                         "see a difference of %g in four cases of five", g->name,
                         g->people, needed, effect);
    }
}
