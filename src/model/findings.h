/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * findings: one long table; every number in a chart or on a page is a row of
 * it. Row numbers begin at 1 for the first row under the header, and are what
 * claims and `misid cite` refer to.
 *
 * Columns, in this order (misid-formats(5)):
 *   study,dataset,backend,metric,group,versus,point,threshold,estimate,lo,hi,
 *   confidence,method,x,n,n_lo,n_hi,n_eff,df,failed,clusters,p,p_adj,flag,note
 * Reals absent are NaN here and empty in the file; integers absent are -1 here.
 * A contrast's x and n are those of `group`; those of `versus` stand in their
 * own row of the base metric.
 *
 * Ownership: findings own their strings. Threads: one writer.
 */
#ifndef MODEL_FINDINGS_H
#define MODEL_FINDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

enum finding_flag {
    FLAG_OK, FLAG_TOO_FEW, FLAG_ZERO, FLAG_SUPPRESSED, FLAG_DERIVED, FLAG_N
};
extern const char *const finding_flag_names[FLAG_N + 1];

struct finding {
    const char *study, *dataset, *backend, *metric, *group, *versus, *point;
    double threshold, estimate, lo, hi, confidence;
    const char *method;
    int64_t x, n, n_lo, n_hi;
    double n_eff, df;
    int64_t failed, clusters;
    double p, p_adj;
    enum finding_flag flag;
    const char *note;
    /* Not columns: of a spread just computed the groups it is between, else "". */
    const char *highest, *lowest;
};

struct findings {
    struct arena arena;
    struct finding *rows;
    size_t n, cap;
};

void findings_init(struct findings *f);
void findings_release(struct findings *f);
/* A new row with every text "" and every number absent; valid until the next
 * findings_add(). Texts that do not outlive the findings go through
 * findings_keep(). */
struct finding *findings_add(struct findings *f);
const char *findings_keep(struct findings *f, const char *s);

/* Index of the first row that matches, or -1; NULL matches anything. */
long findings_find(const struct findings *f, const char *backend,
                   const char *metric, const char *group, const char *versus,
                   const char *point, const char *method);

void findings_write_csv(const struct findings *f, struct text *to);
int findings_read_csv(struct findings *f, const char *path, struct err *err);

#endif
