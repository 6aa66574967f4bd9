/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/trace_samples.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/folder.h"
#include "cli/own_study.h"
#include "model/metric.h"

#define SHOWN 10 /* unless all are asked for */

int trace_samples_open(struct trace_samples *t, const char *dir, const struct study *study,
                       const struct run *run, struct err *err)
{
    t->dir = dir;
    t->study = study;
    t->run = run;
    t->there = study->own.there && folder_records(run, "roster.csv");
    if (!t->there)
        return 0;
    char *path = path_join(dir, "roster.csv");
    int code = roster_read(&t->roster, path, NULL, err);
    long target = code ? -1 : roster_attribute(&t->roster, study->own.target);
    if (!code && target < 0)
        code = err_add(err, ERR_INPUT, "%s: no column '%s', expected the attribute that was "
                       "predicted", path, study->own.target);
    free(path);
    if (code) {
        t->there = false;
        return code;
    }
    t->sets = mem_array(OWN_MAX_SETS, sizeof *t->sets);
    size_t n = own_study_sets(study, t->sets), kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool known = true;
        for (size_t a = 0; a < study->axes.n; a++)
            known &= !(t->sets[i] & 1u << a) ||
                     roster_attribute(&t->roster, study->axes.axes[a].name) >= 0;
        if (known)
            t->sets[kept++] = t->sets[i];
    }
    classify_init(&t->classify, &t->roster, &study->axes, t->sets, kept, (size_t)target,
                  NULL);
    return 0;
}

void trace_samples_release(struct trace_samples *t)
{
    classify_release(&t->classify);
    roster_release(&t->roster);
    free(t->sets);
    *t = (struct trace_samples){ .dir = NULL };
}

static void print_one(const struct trace_samples *t, const struct output *out)
{
    struct text line = TEXT_INIT, label = TEXT_INIT;
    char number[NUM_MAX];

    roster_add_encoded(&line, roster_sample(&t->roster, out->row));
    roster_add_encoded(&label, roster_value(&t->roster, out->row, t->classify.target));
    text_addf(&line, ": labelled %s, ", label.s);
    text_reset(&label);
    if (out->status == STATUS_OK) {
        roster_add_encoded(&label, out->label);
        text_addf(&line, "answer %s", label.s);
        if (!isnan(out->confidence))
            text_addf(&line, " (confidence %s)", num_shortest(number, out->confidence));
    } else {
        roster_add_encoded(&label, out->reason);
        text_addf(&line, "no answer: %s%s%s", status_name(out->status), label.len ? ", " : "",
                  label.s);
    }
    text_reset(&label);
    roster_add_encoded(&label, out->source);
    if (label.len)
        text_addf(&line, "; %s", label.s);
    printf("      %s\n", line.s);
    text_release(&line);
    text_release(&label);
}

int trace_samples_print(const struct trace_samples *t, const char *backend,
                        const char *metric, const char *point, const struct group *g,
                        struct err *err)
{
    const struct study_dose *dose = study_dose_at(t->study, point);
    char *file = dose ? mem_printf("outputs@%s.csv", point) : mem_strdup("outputs.csv");
    char *name = folder_backend(backend, file);
    struct outputs o;
    size_t hits = 0, shown = 0;
    int code = 0;

    free(file);
    if (dose)
        point = ""; /* of the outputs at hand */
    if (!t->there || !folder_records(t->run, name)) {
        free(name);
        return 0;
    }
    char *path = path_join(t->dir, name);
    outputs_init(&o, backend);
    code = outputs_read(&o, &t->roster, path, err);
    for (size_t i = 0; i < o.n && !code; i++)
        hits += classify_is_in(&t->classify, o.rows[i].row, g) &&
                classify_part(&t->classify, &o.rows[i], metric, point) == PART_HIT;
    if (!code && hits && metric_find(metric))
        printf("    %s: the %zu %s\n", name, hits, metric_find(metric)->hits);
    for (size_t i = 0; i < o.n && !code && (t->all || shown < SHOWN); i++)
        if (classify_is_in(&t->classify, o.rows[i].row, g) &&
            classify_part(&t->classify, &o.rows[i], metric, point) == PART_HIT) {
            print_one(t, &o.rows[i]);
            shown++;
        }
    if (!code && shown < hits)
        printf("      and %zu more (--samples lists them all)\n", hits - shown);
    outputs_release(&o);
    free(path);
    free(name);
    return code;
}
