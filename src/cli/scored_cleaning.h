/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scored_cleaning: how much of the false matches hangs on who is called the same person.
 *
 * A non-mated pair is suspicious where it scores at least as high as half of the mated
 * comparisons of the same matcher do, or as high as the user says; the rule is fixed
 * before anybody looks at a pair (cf. NISTIR 8280, which took such pairs out of its ground
 * truth). Suspicious pairs are listed in the scored folder, suspects.csv
 * (`probe,reference,score,verdict`), and stay false matches unless somebody decides
 * otherwise (`misid score --same-person`). Without mated comparisons and without a
 * threshold there is no rule; then the highest pairs are listed, to be looked at.
 *
 * Added to the findings, at the same thresholds as all others:
 *     fmr.uncleaned, fpir.uncleaned    before people were joined (joined.csv)
 *     fmr.without_suspects, fpir.…     if every suspicious pair were one person
 * Not of listed trials.
 *
 * Ownership: everything is borrowed; facts are the study's. Threads: one.
 */
#ifndef CLI_SCORED_CLEANING_H
#define CLI_SCORED_CLEANING_H

#include "cli/scored.h"
#include "model/study.h"

/* After scored_findings(). Writes suspects.csv, adds rows and a fact. `several`: there are
 * other matchers, so the fact names this one. */
int scored_cleaning(const struct scored *sc, const struct scored_wish *wish,
                    const struct evidence *e, bool several, struct study *study,
                    struct findings *out, struct err *err);

/* People of the gallery of whom the matcher has a template; 0 without a gallery. */
size_t scored_gallery_people(const struct scored *sc);

/* What a reader of a chart of several matchers has to know where they have templates of
 * different numbers of people of the gallery; NULL where they do not differ. */
const char *scored_galleries(const struct scored *all, size_t n);

/* Says how many people of the gallery each of n matchers has a template of, and, where
 * they differ, that their FPIRs are then of galleries of different size. */
void scored_enrolled(struct study *study, const struct scored *all, size_t n);

#endif
