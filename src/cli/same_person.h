/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * same_person: who is the same person under two names, settled before templates are
 * compared, so that no match is called false that is none.
 *
 * Two samples show one person where
 *   - their images are the same bytes, under two file names (from `attr.image.sha256` of
 *     both folders, which `misid embed --covariates` measures), or
 *   - a person has looked and decided so, in a list `probe,reference,verdict` with the
 *     verdicts `same` and `different`.
 * `different` also keeps equal images apart. People are joined for good: all samples of
 * both get one subject, the one that comes first among the rows, and what was non-mated
 * between them is mated now, in every tally. Samples whose box is known are joined by the
 * list alone: one photograph may show several people.
 *
 * Pictures that look alike (image_dhash_distance() ≤ IMAGE_DHASH_NEAR) are listed, never
 * joined: they may be one photograph saved twice, or two alike.
 *
 * Files, in the folder of the scores:
 *   duplicates.csv    probe,reference,sides,distance,people: equal and near pictures;
 *                     `people` is same, joined or different
 *   joined.csv        side,sample,subject,because: rows whose subject was changed, with
 *                     the subject they had ("" where they had none)
 *   same-person.csv   the list that was given
 *
 * Ownership: same_person_release(). Threads: one. Fails (ERR_INPUT) on a list that names
 * samples there are not, or contradicts itself.
 */
#ifndef CLI_SAME_PERSON_H
#define CLI_SAME_PERSON_H

#include "cli/score_inputs.h"

/* Past so many pairs of pictures only equal ones are looked for. */
#define SAME_PERSON_MOST_PAIRS 4e9

struct same_person {
    struct text duplicates, joined, list;
    size_t identical, near, rows; /* pairs of equal and near pictures; rows renamed */
    bool looked, too_many;        /* hashes were there; too many for near ones */
};

/* `gallery` is NULL for all pairs of `a`; `outputs`, of either side, is NULL where there
 * is none; `list` may be NULL. Subjects of the rosters are changed. */
int same_person_settle(struct same_person *s, struct score_side *a, const char *outputs,
                       struct score_side *gallery, const char *gallery_outputs,
                       const char *list, struct scores *scores, struct err *err);
/* The files; those of an earlier work are taken away. */
int same_person_write(const struct same_person *s, const char *dir, struct err *err);
void same_person_release(struct same_person *s);

#endif
