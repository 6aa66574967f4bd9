/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows: what several statements read alike. Texts of a row are valid until it is
 * stepped, but those of a series, which stay until the next rows_series(). */
#ifndef HISTORY_ROWS_H
#define HISTORY_ROWS_H

#include "history/store.h"

#define FINDING_COLUMNS                                                                 \
    "place, threshold, estimate, lo, hi, confidence, x, n, n_lo, n_hi, n_eff, df, "     \
    "failed, clusters, p, p_adj, flag, note"
#define BACKEND_COLUMNS                                                                 \
    "backend.name, backend.fingerprint, backend.version, backend.images_per_second, "    \
    "backend.calibration, backend.threads, backend.load"

/* The texts of a finding that its series has. */
int rows_series(struct history *h, int64_t series, struct finding *f, struct err *err);
/* The rest of it, from FINDING_COLUMNS that begin at a column. */
int rows_finding(struct history *h, struct db_statement *s, int at,
                 struct finding *f, struct err *err);
void rows_backend(struct db_statement *s, int at, struct history_backend *b,
                  struct arena *arena);

#endif
