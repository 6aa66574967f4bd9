/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/marks.h"

#include <math.h>
#include <string.h>

bool marks_see(struct marks *m, const struct finding *row)
{
    bool hollow = row->flag == FLAG_TOO_FEW || row->flag == FLAG_ZERO;

    bool derived = row->flag == FLAG_DERIVED || row->n_hi > row->n_lo ||
                   strstr(row->note, "derived");

    m->rows++;
    m->hollow += hollow;
    m->few_df += hollow && row->x >= 5 && !isnan(row->df);
    m->suppressed += row->flag == FLAG_SUPPRESSED;
    m->derived += derived;
    /* the flag of a contrast says one thing only */
    m->unsaid += hollow && !derived && *row->versus;
    return hollow;
}

void marks_explain(const struct marks *m, const char *shape, const char *hits,
                   struct text *to)
{
    if (m->hollow)
        text_addf(to, "%s: fewer than five %s%s, too few to say more than the interval "
                  "does.", shape, hits,
                  m->few_df ? ", or fewer than five degrees of freedom" : "");
    if (m->suppressed)
        text_addf(to, "%sCounts under the study's limit are not printed.",
                  to->len ? " " : "");
    if (m->derived)
        text_addf(to, "%s%s counts are derived, not published as such.",
                  to->len ? " " : "", m->derived + m->unsaid == m->rows ? "The" : "Some");
}
