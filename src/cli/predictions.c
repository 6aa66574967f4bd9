/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/predictions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/hash.h"
#include "cli/folder.h"
#include "cli/own_cases.h"
#include "cli/own_study.h"
#include "cli/sampling.h"
#include "cli/set_facts.h"
#include "cli/several.h"
#include "core/classify.h"
#include "datasets/descriptor.h"
#include "datasets/values.h"

/* Backends that are set against each other, each with each. */
#define MOST_RIVALS 6

void predictions_init(struct predictions *q, const struct option_list *files,
                      const struct dataset_request *set)
{
    *q = (struct predictions){ .files = files, .set = set, .sample = NAN };
    recorded_init(&q->recorded);
}

void predictions_release(struct predictions *q)
{
    roster_release(&q->roster);
    recorded_release(&q->recorded);
    for (size_t d = 0; d < q->n_doses; d++)
        recorded_release(&q->doses[d]);
    free(q->doses);
    live_release(&q->live);
}

/* What an answer may be: as the data set writes the labels of the target, as the
 * study does, or a usual word for female and male. */
struct words {
    const struct roster *roster;
    size_t target;
    const struct axis *axis;          /* of the study, or NULL */
    const struct attribute *attribute; /* of the data set, or NULL */
};

static const char *find_label(const struct words *w, const char *label)
{
    const struct dict *values = &w->roster->attributes[w->target].column.values;
    uint32_t at = dict_find(values, label);
    int value = w->axis ? axis_find(w->axis, label) : -1;

    if (!*label)
        return NULL;
    return value >= 0 ? w->axis->values[value] : at != DICT_NONE ? dict_at(values, at) : NULL;
}

static const char *judge_label(void *arg, const char *raw)
{
    static const struct {
        const char *word, *label;
    } usual[] = {
        { "female", "female" }, { "f", "female" }, { "woman", "female" }, { "w", "female" },
        { "male", "male" }, { "m", "male" }, { "man", "male" },
    };
    const struct words *w = arg;
    const char *label = NULL;

    if (w->attribute) {
        bool unrecognised;
        char *value = values_judge(w->attribute, raw, &unrecognised);
        label = find_label(w, value);
        free(value);
    }
    if (!label)
        label = find_label(w, raw);
    for (size_t i = 0; i < sizeof usual / sizeof *usual && !label; i++)
        if (!strcasecmp(usual[i].word, raw))
            label = find_label(w, usual[i].label);
    return label;
}

static bool is_chosen(const char *backend, const char *const *chosen, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(chosen[i], backend))
            return true;
    return n == 0;
}

/* The files, one after the other; the name and hash of each. */
static int read_files(struct predictions *q, struct pipeline *p, struct words *words,
                      const struct dataset *d)
{
    struct roster_index index;
    const struct recorded_about about = { &q->roster, &index, d->name, p->study.own.target,
                                          judge_label, words };
    int code = 0;

    roster_index_init(&index, &q->roster);
    if (live_is_on(&q->live) && !(code = live_prepare(&q->live, p, q->roster.n * (1 + p->study.n_doses))))
        code = live_ask(&q->live, &about, q->set->root, &p->study.axes, &q->recorded, p->err);
    if (!code && live_is_dry(&q->live))
        code = PIPELINE_DRY;
    if (!code && live_is_on(&q->live) && p->study.n_doses) {
        q->n_doses = p->study.n_doses;
        q->doses = mem_array(q->n_doses, sizeof *q->doses);
        for (size_t i = 0; i < q->n_doses; i++)
            recorded_init(&q->doses[i]);
        code = live_ask_doses(&q->live, &about, q->set->root, &p->study, q->doses, p->err);
    }
    for (size_t i = 0; i < q->files->n; i++) {
        const char *path = q->files->items[i];
        int one = recorded_read(&q->recorded, path, &about, p->err);
        if (!one)
            one = pipeline_record_input(p, path, "", path_basename(path));
        code = code ? code : one;
    }
    roster_index_release(&index);
    return code;
}

/* Those that --backend names must be there. */
static int check_chosen(const struct recorded *r, const char *const *chosen, size_t n,
                        struct err *err)
{
    struct text known = TEXT_INIT;
    int code = 0;

    for (size_t i = 0; i < r->n; i++)
        text_addf(&known, "%s%s", i ? ", " : "", r->backends[i].backend);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < r->n && strcmp(r->backends[k].backend, chosen[i]))
            k++;
        if (k == r->n)
            code = err_add(err, ERR_INPUT, "run: --backend '%s' has no answers, expected one "
                           "of %s", chosen[i], known.s);
    }
    text_release(&known);
    return code;
}

/* Every two of the chosen backends, unless they are too many to set against each
 * other. */
static int compare_all(struct predictions *q, struct pipeline *p, const struct classify *c,
                       const struct dataset *d, const char *const *chosen, size_t n_chosen)
{
    const struct outputs *rivals[MOST_RIVALS + 1];
    struct text source = TEXT_INIT;
    size_t n = 0;
    int code = 0;

    for (size_t b = 0; b < q->recorded.n && n <= MOST_RIVALS; b++)
        if (is_chosen(q->recorded.backends[b].backend, chosen, n_chosen))
            rivals[n++] = &q->recorded.backends[b];
    if (n > MOST_RIVALS) {
        text_addf(&source, "More than %d backends: they are not set against each other. Choose "
                  "up to %d of them (--backend) to have that.", MOST_RIVALS, MOST_RIVALS);
        study_add_fact(&p->study, "Face by face", source.s);
        text_release(&source);
        return 0;
    }
    text_addf(&source, "two backends on the same faces of the data set %s", d->name);
    for (size_t i = 0; i < n && !code; i++)
        for (size_t k = i + 1; k < n && !code; k++)
            code = classify_compare(c, rivals[i], rivals[k], source.s, &p->tally, p->err);
    text_release(&source);
    return code;
}

/* A backend at every dose, and the same faces as they are and at the dose. */
static int count_doses(struct predictions *q, struct pipeline *p, const struct classify *c,
                       size_t backend, const char *source)
{
    const struct outputs *clean = &q->recorded.backends[backend];
    struct text t = TEXT_INIT;
    int code = 0;

    for (size_t d = 0; d < q->n_doses && !code; d++) {
        const char *point = p->study.doses[d].point;
        const struct outputs *changed = &q->doses[d].backends[backend];
        text_reset(&t);
        text_addf(&t, "%s; images changed: %s", source, point);
        code = classify_count_dose(c, changed, point, t.s, &p->tally, p->err);
        if (!code)
            code = classify_compare_dose(c, clean, changed, point, t.s, &p->tally, p->err);
    }
    text_release(&t);
    return code;
}

static int count_all(struct predictions *q, struct pipeline *p, size_t target,
                     const struct dataset *d, const char *const *chosen, size_t n_chosen)
{
    struct study *s = &p->study;
    unsigned *sets = mem_array(OWN_MAX_SETS, sizeof *sets);
    size_t n_sets = own_study_sets(s, sets);
    struct text source = TEXT_INIT;
    struct classify c;
    int code;

    classify_init(&c, &q->roster, &s->axes, sets, n_sets, target, &q->recorded.complaints);
    /* whom no backend was shown is nobody's error, and none of the faces counted */
    for (size_t i = 0; i < q->roster.n && live_is_on(&q->live); i++)
        if (status_kind(roster_status(&q->roster, i)) == STATUS_KIND_MISSING)
            c.counted[i] = false;
    text_addf(&source, "the data set %s", d->name);
    code = classify_census(&c, source.s, &p->tally, p->err);
    for (size_t f = 0, b = 0; f < q->recorded.n_files && !code; f++)
        for (size_t k = 0; k < q->recorded.files[f].n_backends && !code; k++, b++) {
            if (!is_chosen(q->recorded.backends[b].backend, chosen, n_chosen))
                continue;
            text_reset(&source);
            text_addf(&source, "%s, against %s of the data set %s",
                      q->recorded.files[f].name, s->own.target, d->name);
            code = classify_count(&c, &q->recorded.backends[b], source.s, &p->tally,
                                  p->err);
            if (!code)
                code = count_doses(q, p, &c, b, source.s);
        }
    if (!code)
        code = compare_all(q, p, &c, d, chosen, n_chosen);
    if (!code && !p->tally.n)
        code = err_add(p->err, ERR_INPUT, "%s: nobody can be counted, expected samples in "
                       "the data set '%s' with a label and the study's groups", s->path,
                       d->name);
    classify_release(&c);
    text_release(&source);
    free(sets);
    return code;
}

/* The facts of the report: who, how labelled, which answers, what was left out. */
static void add_facts(const struct predictions *q, struct pipeline *p,
                      const struct dataset *d, const struct problems *problems)
{
    struct study *s = &p->study;
    struct group all = group_all();
    const struct count *faces = tally_find(&p->tally, "", "faces", "", &all);
    struct text t = TEXT_INIT;

    text_addf(&t, "%s: %zu faces", d->title, q->roster.n);
    if (!s->own.cases)
        text_addf(&t, ", of which %lld can be counted", faces ? (long long)faces->n : 0LL);
    text_addch(&t, '.');
    set_facts_problems(problems, &t);
    study_add_fact(s, "Data set", t.s);
    set_facts_labels(s, &q->roster, s->own.target);
    text_reset(&t);
    for (size_t i = 0; i < q->recorded.n_files; i++) {
        const struct recorded_file *f = &q->recorded.files[i];
        text_addf(&t, "%s%s: %zu rows, faces named in the column '%s', answers of %s.",
                  i ? " " : "", f->name, f->rows, f->names, f->backends);
        for (size_t k = 0; k < p->run.n_inputs; k++)
            if (!strcmp(p->run.inputs[k].name, f->name)) {
                text_addf(&t, " SHA-256 %s.", p->run.inputs[k].sha256);
                break;
            }
    }
    if (live_is_on(&q->live))
        live_add_facts(&q->live, s);
    else
        study_add_fact(s, "Predictions", t.s);
    text_reset(&t);
    predictions_tell(q, &t);
    for (char *c = t.s; *c; c++)
        if (*c == '\n')
            *c = ' ';
    text_add(&t, t.len ? "problems.csv lists them one by one." : "Nothing.");
    study_add_fact(s, "What was left out", t.s);
    text_reset(&t);
    if (!s->own.cases)
        text_addf(&t, "A face whose predicted %s differs from its label, among the faces that "
              "got an answer. Faces shown without a usable answer are not in it; the error "
              "with faces not found counts them as wrong, and the failure-to-acquire rate "
              "counts them alone.", s->own.target);
    else
        text_addf(&t, "An answer whose %s differs from the label. What got no answer is "
                  "neither right nor wrong.", s->own.target);
    study_add_fact(s, s->own.cases ? "Wrong" : "Error", t.s);
    text_release(&t);
}

/* Fewer samples, where that is asked for: strata are the target and the study's axes. */
static int take_sample(struct predictions *q, const struct study *s, struct text *about,
                       struct err *err)
{
    size_t attributes[GROUP_MAX_AXES + 1], n = 0;

    if (isnan(q->sample))
        return 0;
    for (size_t a = 0; a <= s->axes.n; a++) {
        const char *name = a < s->axes.n ? s->axes.axes[a].name : s->own.target;
        long at = name ? roster_attribute(&q->roster, name) : -1;
        if (at >= 0)
            attributes[n++] = (size_t)at;
    }
    return sampling_take(&q->roster, q->sample, attributes, n, about, err);
}

int predictions_read(struct predictions *q, struct pipeline *p, const char *study_path,
                     const char *const *backends, size_t n_backends)
{
    struct study *s = &p->study;
    struct problems problems;
    struct dataset d;
    int code = dataset_request_open(q->set, "run", study_path, &d, p->err);

    if (code)
        return code;
    if (live_is_on(&q->live) && (code = live_open(&q->live, s->n_doses > 0, p->err))) {
        dataset_release(&d);
        return code;
    }
    struct text sampled = TEXT_INIT;
    problems_init(&problems);
    const struct dataset_options options = { .problems = &problems };
    code = dataset_roster(&d, q->set->root, &options, &q->roster, p->err);
    if (!code)
        code = take_sample(q, s, &sampled, p->err);
    if (!code)
        code = own_study_begin(s, &q->roster, &d, live_is_on(&q->live), p->err);
    if (!code)
        code = set_facts_record(p, &d, q->set->root);
    if (!code) {
        int axis = axes_find(&s->axes, s->own.target);
        long target = roster_attribute(&q->roster, s->own.target);
        struct words words = { &q->roster, (size_t)target,
                               axis < 0 ? NULL : &s->axes.axes[axis], NULL };
        for (size_t i = 0; i < d.reading->n_attributes; i++)
            if (!strcmp(d.reading->attributes[i].name, s->own.target))
                words.attribute = &d.reading->attributes[i];
        code = read_files(q, p, &words, &d);
        if (!code)
            code = check_chosen(&q->recorded, backends, n_backends, p->err);
        if (!code && s->own.cases)
            code = own_cases_make(&p->cases, s, &q->roster, (size_t)target, &q->recorded,
                                  p->err);
        else if (!code)
            code = count_all(q, p, (size_t)target, &d, backends, n_backends);
    }
    if (!code) {
        complaints_keep(&q->recorded.complaints, backends, n_backends);
        own_study_end(s, &p->tally);
        several_settle(s, &p->tally);
        add_facts(q, p, &d, &problems);
        if (sampled.len)
            study_add_fact(s, "Sample", sampled.s);
    }
    text_release(&sampled);
    problems_release(&problems);
    dataset_release(&d);
    return code;
}

static int write_templates(const struct outputs *o, struct pipeline *p)
{
    char *name = folder_backend(o->backend, "templates.npy");
    char *path = path_join(p->dir, name);
    int code = 0;

    if (o->template_bytes && !(code = outputs_write_templates(o, path, p->err)))
        code = pipeline_record_output(p, name);
    free(path);
    free(name);
    return code;
}

int predictions_write(const struct predictions *q, struct pipeline *p)
{
    size_t *rows = mem_array(q->roster.n, sizeof *rows);
    struct text t = TEXT_INIT;
    int code;

    for (size_t i = 0; i < q->roster.n; i++)
        rows[i] = i;
    roster_add_rows(&q->roster, rows, q->roster.n, &t);
    free(rows);
    code = pipeline_write_text(p, "roster.csv", &t);
    if (!code) {
        roster_add_attributes(&q->roster, &t);
        code = pipeline_write_text(p, "attributes.csv", &t);
    }
    if (!code) {
        complaints_to_csv(&q->recorded.complaints, &t);
        code = pipeline_write_text(p, "problems.csv", &t);
    }
    for (size_t i = 0; i < q->recorded.n && !code; i++) {
        const struct outputs *o = &q->recorded.backends[i];
        if (!p->study.own.cases && !tally_has(&p->tally, o->backend, "fta", ""))
            continue; /* not chosen */
        char *name = folder_backend(o->backend, "outputs.csv");
        outputs_to_csv(o, &q->roster, &t);
        code = pipeline_write_text(p, name, &t);
        free(name);
        if (!code)
            code = write_templates(o, p);
        for (size_t d = 0; d < q->n_doses && !code; d++) {
            char *file = mem_printf("outputs@%s.csv", p->study.doses[d].point);
            name = folder_backend(o->backend, file);
            outputs_to_csv(&q->doses[d].backends[i], &q->roster, &t);
            code = pipeline_write_text(p, name, &t);
            free(name);
            free(file);
        }
    }
    text_release(&t);
    return code ? code : live_write(&q->live, p);
}

void predictions_add_command(const struct predictions *q, struct text *to)
{
    for (size_t i = 0; i < q->files->n; i++) {
        text_add(to, " --predictions");
        record_add_quoted(to, path_basename(q->files->items[i]));
    }
    live_add_command(&q->live, to);
    dataset_request_add_command(q->set, "dataset", "root", to);
    if (!isnan(q->sample))
        text_addf(to, " --sample %.0f", q->sample);
}

void predictions_tell(const struct predictions *q, struct text *to)
{
    for (int i = 0; i < COMPLAINTS; i++)
        if (q->recorded.complaints.counts[i]) {
            complaint_words(to, (enum complaint_kind)i, q->recorded.complaints.counts[i]);
            text_add(to, ".\n");
        }
}
