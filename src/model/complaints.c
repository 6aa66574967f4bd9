/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/complaints.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "model/roster.h"

static const struct {
    const char *name, *one, *many;
} kinds[COMPLAINTS] = {
    [COMPLAINT_UNKNOWN_NAME] = { "unknown-name",
        "row names no face of the data set and was left out",
        "rows name no face of the data set and were left out" },
    [COMPLAINT_AMBIGUOUS_NAME] = { "ambiguous-name",
        "row has a name that fits several faces and was left out",
        "rows have a name that fits several faces and were left out" },
    [COMPLAINT_NOT_PREDICTED] = { "not-predicted",
        "face of the data set has no row and was left out",
        "faces of the data set have no row and were left out" },
    [COMPLAINT_DUPLICATE] = { "duplicate",
        "answer repeats an earlier one for the same face and was counted once",
        "answers repeat an earlier one for the same face and were counted once" },
    [COMPLAINT_CONTRADICTION] = { "contradiction",
        "answer contradicts an earlier one for the same face, which counts as not "
        "classified",
        "answers contradict an earlier one for the same face, which counts as not "
        "classified" },
    [COMPLAINT_UNKNOWN_LABEL] = { "unknown-label",
        "answer is no known label; the face counts as not classified",
        "answers are no known label; the faces count as not classified" },
    [COMPLAINT_UNKNOWN_GROUP] = { "unknown-group",
        "face has no known value for something that is counted by, and was left out of "
        "every count",
        "faces have no known value for something that is counted by, and were left out of "
        "every count" },
    [COMPLAINT_BAD_CONFIDENCE] = { "bad-confidence",
        "stated confidence is no number in range and was taken as not stated",
        "stated confidences are no number in range and were taken as not stated" },
    [COMPLAINT_NO_IMAGE] = { "no-image",
        "face of the data set has no image file to show and was left out",
        "faces of the data set have no image file to show and were left out" },
};

void complaints_init(struct complaints *c)
{
    *c = (struct complaints){ .arena = ARENA_INIT };
}

void complaints_release(struct complaints *c)
{
    free(c->items);
    arena_release(&c->arena);
    complaints_init(c);
}

static const char *keep(struct complaints *c, struct text *t, const char *s)
{
    text_reset(t);
    roster_add_encoded(t, s ? s : "");
    return arena_strdup(&c->arena, t->s);
}

void complaints_add(struct complaints *c, const struct complaint *complaint)
{
    struct text t = TEXT_INIT;

    MEM_ROOM(c->items, c->n, c->cap);
    struct complaint *kept = &c->items[c->n++];
    *kept = *complaint;
    kept->file = keep(c, &t, complaint->file);
    kept->backend = keep(c, &t, complaint->backend);
    kept->sample = keep(c, &t, complaint->sample);
    kept->detail = keep(c, &t, complaint->detail);
    c->counts[kept->kind]++;
    text_release(&t);
}

void complaints_keep(struct complaints *c, const char *const *backends, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->n && n; i++) {
        bool keep = !*c->items[i].backend;
        for (size_t k = 0; k < n && !keep; k++)
            keep = !strcmp(backends[k], c->items[i].backend);
        if (keep)
            c->items[kept++] = c->items[i];
        else
            c->counts[c->items[i].kind]--;
    }
    c->n = n ? kept : c->n;
}

const char *complaint_name(enum complaint_kind kind)
{
    return kinds[kind].name;
}

void complaint_words(struct text *to, enum complaint_kind kind, size_t n)
{
    text_addf(to, "%zu %s", n, n == 1 ? kinds[kind].one : kinds[kind].many);
}

void complaints_to_csv(const struct complaints *c, struct text *to)
{
    struct csv_out w = csv_out(to);

    text_add(to, "problem,file,line,backend,sample,detail\n");
    for (size_t i = 0; i < c->n; i++) {
        const struct complaint *item = &c->items[i];
        csv_put(&w, kinds[item->kind].name);
        csv_put(&w, item->file);
        if (item->line)
            csv_put_int(&w, (long long)item->line);
        else
            csv_put(&w, "");
        csv_put(&w, item->backend);
        csv_put(&w, item->sample);
        csv_put(&w, item->detail);
        csv_end(&w);
    }
}
