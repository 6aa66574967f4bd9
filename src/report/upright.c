/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/upright.h"

#include <math.h>

#include "report/format.h"

const char upright_columns[] = "x\ty\tylo\tyhi\topen\testimate\tlo\thi\thits\ttrials\tbackend\t"
                               "point\tgroup";

double upright_y(const struct upright *u, double rate)
{
    return u->bottom - (u->bottom - u->top) * rate / fmax(u->most, 1e-9);
}

void upright_cells(struct plot *p, const struct upright *u, const struct finding *f,
                   double x, bool open)
{
    plot_cell_num(p, x);
    plot_cell_num(p, upright_y(u, f->estimate));
    plot_cell_num(p, upright_y(u, f->lo));
    plot_cell_num(p, upright_y(u, f->hi));
    plot_cell_num(p, open);
    plot_cell_num(p, f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell_num(p, (double)f->x);
    plot_cell_num(p, (double)f->n);
    plot_cell(p, f->backend);
    plot_cell(p, f->point);
    plot_cell(p, f->group);
}

void upright_begin(struct plot *p, const struct upright *u, double lo, double hi)
{
    double step = plot_step(u->most * 100, u->bottom - u->top > 120 ? 4 : 3);
    struct text t = TEXT_INIT;

    plot_panel(p, u->left, u->right, u->top - 4, u->bottom + 4, lo, hi, false);
    for (int i = 0; i * step <= u->most * 100 + 1e-9; i++) {
        double y = upright_y(u, i * step / 100);
        text_reset(&t);
        text_addf(&t, "%.9g %%", i * step);
        plot_words(p, u->left - 6, y, FACE_SMALL, ALIGN_RIGHT, INK_SOFT, t.s);
        plot_with(p, "index 0 every ::1::1 using (%.9g):(%.6g):(%.9g):(0) with vectors nohead "
                  "linewidth .8 linecolor rgb 0x%06X", lo, y, hi - lo,
                  i ? RULE : INK_SOFT);
    }
    text_release(&t);
}

void upright_marks(struct plot *p, size_t block, size_t from, size_t to,
                   unsigned colour, int pointtype)
{
    plot_with(p, "index %zu every ::%zu::%zu using 1:3:(0):($4-$3) with vectors nohead "
              "linewidth 1.4 linecolor rgb 0x%06X", block, from + 1, to, colour);
    plot_with(p, "index %zu every ::%zu::%zu using 1:2 with points pointtype %d pointsize "
              ".9 linecolor rgb 0x%06X", block, from + 1, to, pointtype, colour);
    plot_with(p, "index %zu every ::%zu::%zu using ($5==1?$1:NaN):2 with points pointtype "
              "%d pointsize .5 linecolor rgb 0x%06X", block, from + 1, to, pointtype,
              PAPER);
}
