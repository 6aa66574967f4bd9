/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/several.h"

#include <stdlib.h>

#include "base/file.h"
#include "cli/folder.h"
#include "cli/own_study.h"
#include "core/classify.h"
#include "model/outputs.h"
#include "stats/evidence.h"
#include "stats/methods.h"

static bool serves(const struct study_name *name)
{
    const struct method *m = method_find(name->text);

    return m && (m->quantities & (FOR_PEOPLE | FOR_CONTRAST));
}

void several_settle(struct study *s, const struct tally *t)
{
    static const char *const defaults[QUANTITY_N] = { "wilson-t", "mover", "mover" };
    bool any = false;

    for (size_t i = 0; i < t->n; i++)
        any |= t->counts[i].people != NULL;
    for (int q = 0; any && q < QUANTITY_N; q++) {
        struct study_methods *m = &s->methods[q];
        size_t kept = 0;
        for (size_t i = 0; i < m->n; i++)
            if (serves(&m->names[i]))
                m->names[kept++] = m->names[i];
        if (!kept)
            m->names[kept++] = (struct study_name){ defaults[q], 0 };
        m->n = kept;
    }
    if (any)
        study_add_fact(s, "People with several images",
                           "Answers about one person depend on each other. The intervals "
                           "are those for several trials a person (Wilson-t), and count "
                           "people, not images.");
}

static int count_dose_again(struct pipeline *p, const char *dir, const struct classify *c,
                            const struct roster *r, const struct outputs *clean,
                            const char *point, struct tally *to)
{
    char *file = mem_printf("outputs@%s.csv", point);
    char *name = folder_backend(clean->backend, file), *path = path_join(dir, name);
    struct outputs o;
    int code = 0;

    outputs_init(&o, clean->backend);
    if (folder_records(&p->run, name) && !(code = outputs_read(&o, r, path, p->err)) &&
        !(code = classify_count_dose(c, &o, point, "", to, p->err)))
        code = classify_compare_dose(c, clean, &o, point, "", to, p->err);
    outputs_release(&o);
    free(path);
    free(name);
    free(file);
    return code;
}

/* The counts of one backend, made again from its outputs. */
static int count_again(struct pipeline *p, const char *dir, const struct classify *c,
                       const struct roster *r, struct outputs *o, struct tally *to)
{
    char *name = folder_backend(o->backend, "outputs.csv"), *path = path_join(dir, name);
    int code = 0;

    if (folder_records(&p->run, name) && !(code = outputs_read(o, r, path, p->err)))
        code = classify_count(c, o, "", to, p->err);
    for (size_t d = 0; d < p->study.n_doses && !code; d++)
        code = count_dose_again(p, dir, c, r, o, p->study.doses[d].point, to);
    free(path);
    free(name);
    return code;
}

/* True if the run set the first against the second. */
static bool have_met(const struct tally *t, const struct outputs *one,
                     const struct outputs *other)
{
    struct text rival = TEXT_INIT;

    evidence_rival(&rival, other->backend);
    bool met = tally_has(t, one->backend, "both_wrong_with_misses", rival.s);
    text_release(&rival);
    return met;
}

static int count_all_again(struct pipeline *p, const char *dir, const struct classify *c,
                           const struct roster *r, struct tally *to)
{
    size_t n = p->study.n_backends;
    struct outputs *all = mem_array(n, sizeof *all);
    int code = 0;

    for (size_t i = 0; i < n; i++)
        outputs_init(&all[i], p->study.backends[i].text);
    for (size_t i = 0; i < n && !code; i++)
        code = count_again(p, dir, c, r, &all[i], to);
    for (size_t i = 0; i < n && !code; i++)
        for (size_t k = 0; k < n && !code; k++)
            if (have_met(&p->tally, &all[i], &all[k]))
                code = classify_compare(c, &all[i], &all[k], "", to, p->err);
    for (size_t i = 0; i < n; i++)
        outputs_release(&all[i]);
    free(all);
    return code;
}

static int adopt(struct pipeline *p, const char *dir, const struct roster *r)
{
    const struct study *s = &p->study;
    unsigned *sets = mem_array(OWN_MAX_SETS, sizeof *sets);
    size_t n_sets = own_study_sets(s, sets);
    long target = roster_need_attribute(r, s->own.target, p->err);
    struct tally again;
    struct classify c;
    int code = target < 0 ? (int)target : 0;

    for (size_t a = 0; a < s->axes.n && !code; a++)
        for (size_t i = 0; i < n_sets && !code; i++)
            if (sets[i] & 1u << a && roster_need_attribute(r, s->axes.axes[a].name, p->err) < 0)
                code = ERR_INPUT;
    if (!code) {
        tally_init(&again, &s->axes);
        classify_init(&c, r, &s->axes, sets, n_sets, (size_t)target, NULL);
        code = count_all_again(p, dir, &c, r, &again);
        if (!code)
            code = tally_adopt_people(&p->tally, &again, p->err);
        classify_release(&c);
        tally_release(&again);
    }
    free(sets);
    return code;
}

int several_adopt(struct pipeline *p, const char *dir)
{
    struct roster r;

    if (!p->study.own.there || !folder_records(&p->run, "roster.csv"))
        return 0;
    char *path = path_join(dir, "roster.csv"), *attributes = path_join(dir, "attributes.csv");
    int code = roster_read(&r, path, attributes, p->err);
    if (!code) {
        code = adopt(p, dir, &r);
        roster_release(&r);
    }
    free(attributes);
    free(path);
    return code;
}
