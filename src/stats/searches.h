/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * searches: what searches of probes in a gallery of other people return. A search is a
 * probe against the whole gallery; it is non-mated where the gallery does not hold its
 * person, and then every candidate at or above the threshold is false (ISO/IEC 19795-1:
 * FPIR counts searches with a candidate, selectivity counts candidates).
 *
 * A candidate is a *person* of the gallery, however many samples there are of each: the
 * best of them stands for the person. So c_p, the false candidates of probe p, is at most
 * N, the people of the gallery with a template.
 *
 *     struct searches s;
 *     searches_init(&s, &compared);
 *     searches_count(&s, threshold, &group, c);     c_p of every probe of the group
 *     searches_release(&s);
 *
 * Invariants: hits are distinct (probe, person), most alike first, completed non-mated
 * searches only. They are known down to the floor of the scores (compared_reaches()).
 *
 * Ownership: searches own their arrays and borrow the comparisons. Threads: read-only
 * once made.
 */
#ifndef STATS_SEARCHES_H
#define STATS_SEARCHES_H

#include "stats/clustered.h"
#include "stats/compared.h"

struct search_hit {
    uint32_t probe, person;    /* a row of the probes; a number of the people */
    float likeness;
};

struct searches {
    const struct compared *c;
    struct search_hit *hits;
    size_t n_hits;
    bool *searched;            /* of a probe: not mated, and completed */
    uint32_t *images;          /* of a person: samples in the gallery with a template */
};

void searches_init(struct searches *s, const struct compared *c);
void searches_release(struct searches *s);

/* Probes of the group whose search is non-mated and completed; c, a probe row (may be
 * NULL), gets their false candidates among the gallery people of `from` (NULL: all).
 * `first`: only the candidate that comes first in its search counts. */
size_t searches_count(const struct searches *s, double threshold, const struct group *g,
                      const struct group *from, bool first, uint32_t *c);
/* N: people of the gallery with a template, of a group (NULL: all). */
size_t searches_enrolled(const struct searches *s, const struct group *from);

/*
 * How likely a search with c false candidates among N gallery people has at least one
 * when n of the N are drawn without replacement: 1 − C(N − c, n)/C(N, n), exactly
 * (hypergeometric). 0 ≤ c ≤ N, 0 ≤ n ≤ N. Relative error below 1e-12.
 */
double searches_chance(uint64_t c, uint64_t gallery, uint64_t n);

/*
 * The FPIR that a gallery of n people has on average, drawn at random from the N there
 * are: the mean of searches_chance() over the probes of a group. Conditional on the
 * threshold and on this gallery as the whole from which is drawn; the interval is about
 * the probes: at n = N that of the FPIR (people_wilson_t()), else Wilson with
 * Var = Σ_s S_s²/M², S_s = Σ_{p of s} (q_p − q̄), M probes. Where no search has a
 * candidate the limits are those of the whole gallery, which a part of it cannot exceed.
 * ERR_INPUT without a probe.
 */
int searches_subgallery(const struct searches *s, double threshold, const struct group *g,
                        size_t n, double confidence, struct clustered *out,
                        struct err *err);

/*
 * False candidates a search (selectivity) of the group among gallery people of `from`:
 * N_from × the FMR by person, with the interval of that by Wilson-t for comparisons that
 * share people: about the probes and about the gallery's people. False where there is no
 * such comparison.
 */
bool searches_selectivity(const struct searches *s, double threshold,
                          const struct group *g, const struct group *from,
                          double confidence, struct clustered *out);

#endif
