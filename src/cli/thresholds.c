/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid thresholds: from a scored folder to thresholds and curves. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/score_inputs.h"
#include "cli/scored.h"
#include "model/point.h"
#include "stats/curves.h"
#include "stats/rows.h"

#define CURVES "curves.csv"

struct request {
    const char *dir, *targets, *reference, *out;
    double confidence;
    bool json, help;
};

/* A scored folder and its cells. */
struct folder {
    struct scored scored;
    uint32_t *person, *group, *gallery_person, *gallery_group;
    struct cells cells;
};

static int folder_open(struct folder *f, const char *dir, struct err *err)
{
    struct scored *sc = &f->scored;
    int code = scored_load(sc, dir, err);

    if (code)
        return code;
    const struct roster *gallery = sc->scores.gallery ? &sc->gallery : NULL;
    f->person = mem_array(sc->roster.n, sizeof *f->person);
    f->gallery_person = gallery ? mem_array(gallery->n, sizeof *f->gallery_person) : NULL;
    size_t people = scores_people(&sc->roster, gallery, f->person, f->gallery_person);
    f->group = score_group_rows(&sc->scores, &sc->roster, false, err);
    if (!f->group)
        return ERR_INPUT;
    if (gallery && !(f->gallery_group = score_group_rows(&sc->scores, gallery, true, err)))
        return ERR_INPUT;
    const struct cells_side side = { f->person, f->group, &sc->roster };
    const struct cells_side other = { f->gallery_person, f->gallery_group, gallery };
    return cells_open(&f->cells, &sc->scores, &side, gallery ? &other : NULL, people, err);
}

static void folder_close(struct folder *f)
{
    cells_release(&f->cells);
    scored_release(&f->scored);
    free(f->person);
    free(f->group);
    free(f->gallery_person);
    free(f->gallery_group);
}

/* --fmr, else what was asked of `misid score`, else one in a thousand. */
static int take_targets(const struct request *r, const struct scores *s, double **targets,
                        size_t *n, struct err *err)
{
    size_t cap = 0;

    *targets = NULL;
    *n = 0;
    for (const char *at = r->targets, *end; at; at = *end ? end + 1 : NULL) {
        end = strchrnul(at, ',');
        char *item = mem_strndup(at, (size_t)(end - at));
        MEM_ROOM(*targets, *n, cap);
        bool good = num_parse_double(item, &(*targets)[*n]) && (*targets)[*n] > 0 &&
                    (*targets)[*n] < 1;
        if (!good)
            err_add(err, ERR_INPUT, "thresholds: --fmr has '%s', expected rates between 0 "
                    "and 1", item);
        free(item);
        if (!good)
            return ERR_INPUT;
        ++*n;
    }
    for (size_t i = 0; !r->targets && i < s->n_targets; i++) {
        MEM_ROOM(*targets, *n, cap);
        (*targets)[(*n)++] = s->targets[i];
    }
    if (!*n) {
        MEM_ROOM(*targets, *n, cap);
        (*targets)[(*n)++] = 1e-3;
    }
    return 0;
}

static int take_reference(const struct request *r, const struct scores *s, long *reference,
                          struct err *err)
{
    struct text known = TEXT_INIT;

    *reference = -1;
    for (size_t g = 0; r->reference && g < s->n_groups; g++) {
        if (!strcmp(s->groups[g], r->reference))
            *reference = (long)g;
        text_addf(&known, "%s%s", g ? ", " : "", s->groups[g]);
    }
    int code = r->reference && *reference < 0
        ? err_add(err, ERR_INPUT, "thresholds: --reference '%s', expected one of %s",
                  r->reference, known.s) : 0;
    text_release(&known);
    return code;
}

static const struct finding *find(const struct findings *f, const char *metric,
                                  const char *group, const char *point)
{
    long at = findings_find(f, NULL, metric, group, "", point, NULL);
    return at < 0 ? NULL : &f->rows[at];
}

/* "1.2e-03 [8e-04, 2e-03]" in a column of so many places. */
static void print_rate(const struct finding *row, int width)
{
    char text[80] = "-";

    if (row && isnan(row->lo))
        snprintf(text, sizeof text, "%.3g", row->estimate);
    else if (row)
        snprintf(text, sizeof text, "%.3g [%.2g, %.2g]%s", row->estimate, row->lo, row->hi,
                 row->flag == FLAG_TOO_FEW || row->flag == FLAG_ZERO ? "*" : "");
    printf("  %-*s", width, text);
}

static void print_threshold(const struct finding *row)
{
    char text[40] = "-";

    if (row && !isnan(row->threshold))
        snprintf(text, sizeof text, "%.7g", row->threshold);
    printf("  %-12s", text);
}

static void print_group(const struct findings *f, const char *group, const char *common,
                        const char *own, int width)
{
    printf("  %s%*s", group, width - (int)text_columns(group), "");
    print_rate(find(f, "fmr", group, common), 28);
    print_rate(find(f, "fnmr", group, common), 28);
    print_threshold(find(f, "fmr", group, own));
    print_rate(find(f, "fnmr", group, own), 0);
    putchar('\n');
}

static void print_all(const struct request *r, const struct folder *folder,
                      const double *targets, size_t n, const struct findings *f)
{
    const struct scores *s = &folder->scored.scores;
    const struct finding *eer = find(f, "eer", "all", "");
    int width = 5;
    bool star = false;

    for (size_t g = 0; g < s->n_groups; g++)
        if ((int)text_columns(s->groups[g]) > width)
            width = (int)text_columns(s->groups[g]);
    printf("%llu non-mated and %zu mated comparisons", (unsigned long long)
           folder->cells.all.nonmated, folder->cells.all.n_mated);
    if (eer)
        printf("; equal error rate %.4g at %.7g", eer->estimate, eer->threshold);
    putchar('\n');
    for (size_t i = 0; i < n; i++) {
        char number[NUM_MAX], common[POINT_MAX], own[POINT_MAX + 8];
        num_shortest(number, targets[i]);
        snprintf(own, sizeof own, "own %s", point_of_fmr(common, targets[i]));
        const struct finding *all = find(f, "fmr", "all", common);
        printf("\nFMR %s of %s: threshold", number,
               r->reference ? r->reference : "all comparisons");
        print_threshold(all);
        printf("%s\n", all && *all->note ? all->note : "");
        printf("  %-*s  %-28s  %-28s  %-12s  %s\n", width, "group", "FMR there",
               "FNMR there", "its own", "FNMR at its own");
        print_group(f, "all", common, own, width);
        for (size_t g = 0; g < s->n_groups && strcmp(s->groups[g], "all"); g++)
            print_group(f, s->groups[g], common, own, width);
    }
    for (size_t i = 0; i < f->n; i++)
        star |= *f->rows[i].point && (f->rows[i].flag == FLAG_TOO_FEW ||
                                      f->rows[i].flag == FLAG_ZERO);
    if (star)
        puts("\n* too few errors or people to say");
    if (!cells_has_people(&folder->cells))
        puts("\nno intervals: who is in how many comparisons is not known of such a folder");
    else
        printf("\n%g %% intervals (Wilson-t), each at its threshold\n", 100 * r->confidence);
}

static void print_json(const struct findings *f)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_list(&w, NULL);
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        if (!*row->point && strcmp(row->metric, "eer"))
            continue;
        json_map(&w, NULL);
        json_string(&w, "metric", row->metric);
        json_string(&w, "group", row->group);
        json_string(&w, "versus", row->versus);
        json_string(&w, "point", row->point);
        json_number(&w, "threshold", row->threshold);
        json_number(&w, "estimate", row->estimate);
        json_number(&w, "lo", row->lo);
        json_number(&w, "hi", row->hi);
        json_int(&w, "x", row->x);
        json_int(&w, "n", row->n);
        json_string(&w, "flag", finding_flag_names[row->flag]);
        json_string(&w, "note", row->note);
        json_end(&w);
    }
    json_end(&w);
    fputs(t.s, stdout);
    text_release(&t);
}

static int work(const struct request *r, struct err *err)
{
    struct folder s = { .person = NULL };
    struct findings rows;
    double *targets = NULL;
    size_t n = 0;
    struct curves_want want = { .study = "", .dataset = "", .backend = "",
                                .confidence = r->confidence, .per_decade = 4,
                                .density_bins = 80 };
    int code;

    findings_init(&rows);
    if (!(code = folder_open(&s, r->dir, err)) &&
        !(code = take_targets(r, &s.scored.scores, &targets, &n, err)) &&
        !(code = take_reference(r, &s.scored.scores, &want.reference, err))) {
        want.targets = targets;
        want.n_targets = n;
        code = curves_make(&s.cells, &want, &rows, err);
    }
    if (!code) {
        struct text csv = TEXT_INIT;
        char *path = r->out ? mem_strdup(r->out) : path_join(r->dir, CURVES);
        findings_write_csv(&rows, &csv);
        code = file_write(path, csv.s, csv.len, err);
        text_release(&csv);
        free(path);
    }
    if (!code && r->json)
        print_json(&rows);
    else if (!code)
        print_all(r, &s, targets, n, &rows);
    free(targets);
    findings_release(&rows);
    folder_close(&s);
    return code;
}

int thresholds_main(int argc, char **argv)
{
    struct request r = { .confidence = .95 };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_TEXT, "fmr", "P,...", "target FMRs (default: those `misid score` was asked "
          "for, or 0.001)", &r.targets },
        { OPTION_TEXT, "reference", "GROUP",
          "whose FMR sets the threshold (default: all comparisons)", &r.reference },
        { OPTION_NUMBER, "confidence", "C", "of the intervals (default: 0.95)",
          &r.confidence },
        { OPTION_TEXT, "out", "FILE.csv", "for the curves (default: DIR/" CURVES ")", &r.out },
        { OPTION_FLAG, "json", NULL, "print JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("thresholds", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid thresholds DIR [OPTION]...\n\nDIR is a folder that `misid score` "
             "made. Finds the thresholds for target FMRs, one for\nall and one a group, says "
             "what each does to whom, and writes the curves.\n");
        options_print(table);
    } else if (!code && args.n != 1) {
        code = err_add(&err, ERR_INPUT, "thresholds: %zu arguments, expected a scored folder",
                       args.n);
    } else if (!code && !(r.confidence > 0 && r.confidence < 1)) {
        code = err_add(&err, ERR_INPUT, "thresholds: --confidence is %g, expected a number "
                       "between 0 and 1", r.confidence);
    } else if (!code) {
        r.dir = args.items[0];
        code = work(&r, &err);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
