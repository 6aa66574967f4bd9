/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score_inputs: what `misid score` reads: templates, who they are of, and which trials.
 *
 * A side is a roster and its templates: the rows of templates.npy are those of the
 * roster, or, of a folder that `misid embed` made, those of outputs.csv, of which the
 * first face of a sample stands for it.
 *
 * Ownership: score_side_release(); texts are copied. Threads: one.
 */
#ifndef CLI_SCORE_INPUTS_H
#define CLI_SCORE_INPUTS_H

#include "base/err.h"
#include "base/npy.h"
#include "cli/score_given.h"
#include "core/count.h"
#include "model/roster.h"
#include "model/scores.h"
#include "model/trials.h"

struct score_side {
    const char *word;          /* "templates" or "probes", for messages */
    struct roster roster;
    struct npy templates;
    struct scorer scorer;
    uint32_t *template, *person, *group, *same;
};

void score_side_release(struct score_side *side);

struct score_side_files {
    const char *templates, *roster;
    const char *outputs;       /* NULL where the rows are the roster's */
    const char *roster_role;
};

/* Each file's hash is added to the inputs of `scores` under its role: `word`,
 * roster_role, "outputs". */
int score_side_read(struct score_side *side, struct scores *scores,
                    const struct score_side_files *files, struct err *err);
/* The same where scores are given: `templates` is not read. `columns`: the side is the
 * other one, of the columns of the matrix. */
int score_side_given(struct score_side *side, struct scores *scores,
                     const struct score_side_files *files, const struct score_given *given,
                     bool columns, struct err *err);
/* The name of the similarity that the matcher of a folder that `misid embed` made says
 * its templates are compared by (backend.json), in the arena; NULL where it says none. */
int score_folder_similarity(struct arena *arena, const char *folder, const char **name,
                            struct err *err);
/* One more input, hashed. */
int score_add_input(struct scores *scores, const char *role, const char *path,
                    struct err *err);

/*
 * Who is who, and in which group: fills person, group and same of the sides, and
 * groups, axes, same and n_subjects of `scores`. `by` and `same` are lists with commas
 * or NULL. A gallery's groups are of those axes that its roster has. Fails on axes that
 * are not there, and where all are one person.
 */
int score_group(struct scores *scores, struct score_side *a, struct score_side *gallery,
                const char *by, const char *same, struct err *err);

/* The group of each row of a roster by the names and axes that `scores` has, COUNT_NONE
 * where it is in none; to be free()d. NULL with a line in err where an axis is not
 * there. A gallery may lack axes. */
uint32_t *score_group_rows(const struct scores *scores, const struct roster *r,
                           bool gallery, struct err *err);

/* The list of trials, held against the people. Where the roster names no person, those
 * whom the list calls mated become one. Fails on a sample against itself, and where
 * list and roster, or two lines, contradict each other. */
int score_trials_read(struct trials *t, struct roster *r, const char *path,
                      struct err *err);

/* The items of a list with commas, into the arena; empty ones are faults. */
int score_split(struct arena *arena, const char *option, const char *list, char ***items,
                size_t *n, struct err *err);

#endif
