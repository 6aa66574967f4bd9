/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/published.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/places.h"
#include "cli/pipeline.h"

/* The study's file: beside the one that names it, or where studies are looked for. */
static char *find_study(const struct study *s, const char *name)
{
    char *file = mem_printf("%s.yaml", name), *dir = path_dirname(s->path);
    char *path = path_join(dir, file);

    if (!path_is_file(path)) {
        free(path);
        path = places_find("bench", s->path, file);
    }
    free(dir);
    free(file);
    return path;
}

static int judge_again(struct pipeline *p, const struct study *s, const struct claim_spec *c)
{
    char *name = mem_strndup(c->published, strcspn(c->published, "/"));
    char *path = find_study(s, name);
    int code = path ? pipeline_open_study(p, path, NULL, 0, NULL, 0)
                    : study_fault(s, c->line, p->err, "published: no study '%s', expected "
                                  "one beside this one", name);

    if (!code)
        code = pipeline_estimate(p);
    free(path);
    free(name);
    return code;
}

static int take_verdict(const struct pipeline *p, struct study *s, struct claim_spec *c)
{
    const char *id = strchr(c->published, '/') + 1;

    for (size_t i = 0; i < p->claims.n; i++)
        if (!strcmp(p->claims.claims[i].spec->id, id)) {
            struct text words = TEXT_INIT;
            claim_add_verdict(&words, &p->claims.claims[i], p->study.evidence);
            c->verdict_then = arena_strdup(&s->arena, words.s);
            text_release(&words);
            return 0;
        }
    return study_fault(s, c->line, p->err, "published: the study '%s' has no claim '%s'",
                       p->study.name, id);
}

int published_verdicts(struct study *s, struct err *err)
{
    struct pipeline p;
    int code = 0;

    pipeline_init(&p, err);
    for (size_t i = 0; i < s->n_claims && !code; i++) {
        struct claim_spec *c = &s->claims[i];
        if (!c->published || c->verdict_then)
            continue;
        size_t len = strcspn(c->published, "/");
        if (!p.study.name || strlen(p.study.name) != len ||
            strncmp(p.study.name, c->published, len)) {
            pipeline_release(&p);
            code = judge_again(&p, s, c);
        }
        if (!code)
            code = take_verdict(&p, s, c);
    }
    pipeline_release(&p);
    return code;
}
