/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folders of scores in which one file holds any bytes: the first byte says which. Reading
 * ends with a fault, or with scores that keep what scores.h promises.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "fuzz.h"
#include "model/scores.h"

static const char *const files[] = { "scores.json", "cells.csv", "histogram.npy",
                                     "margins.npy", "mated.npy", "exceedances.npy",
                                     "identification.csv" };
#define FILES (sizeof files / sizeof *files)

static char folder[] = "/tmp/misid-fuzz-scores.XXXXXX";
static char *kept[FILES];
static size_t kept_len[FILES];

static void put_file(size_t i, const void *data, size_t len)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, files[i]);
    FILE *fp = fopen(path, "wbe");
    assert(fp && fwrite(data, 1, len, fp) == len && fclose(fp) == 0);
}

static void leave(void)
{
    char path[128];

    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
        free(kept[i]);
    }
    rmdir(folder);
}

/* A small folder: two probes, one of them mated, against a gallery of two. */
static void begin(void)
{
    static char *groups[] = { (char *)"sex=f", (char *)"sex=m" };
    static double thresholds[] = { .25, .5 };
    static struct scores_roll rolls[] = { { 1, 0 }, { 1, 0 } };
    struct scores s;
    struct roster none;
    char path[128];

    assert(mkdtemp(folder));
    atexit(leave);
    roster_init(&none);
    scores_init(&s);
    s.version = "0";
    s.gallery = true;
    s.groups = groups;
    s.n_groups = 2;
    s.rolls = s.gallery_rolls = rolls;
    s.thresholds = thresholds;
    s.n_thresholds = 2;
    s.low = -1;
    s.high = 1;
    s.bins = 8;
    s.floor = s.floor_asked = .25;
    s.cap = 10;
    s.top = 1;
    s.n_subjects = 3;
    assert(scores_make_cells(&s, NULL) == 0);
    scores_make_margins(&s, 2);
    s.margins[0].cell = s.margins[1].cell = (uint32_t)scores_cell(&s, 0, 1, false);
    s.margins[1].subject = 2;
    struct scores_cell *c = &s.cells[s.margins[0].cell];
    c->comparisons = c->dyads = 1;
    c->sum_m2 = 1;
    c->matches[0] = 1;
    c->histogram[scores_bin(&s, .3f)] = 1;
    for (int i = 0; i < 2; i++) {
        s.margins[i].comparisons = 1;
        s.margins[i].matches[0] = 1;
    }
    s.exceedances = mem_array(1, sizeof *s.exceedances);
    s.exceedances[0] = (struct scores_pair){ 0, 1, .3f };
    s.n_exceedances = 1;
    assert(scores_write(&s, &none, &none, folder, NULL) == 0);
    scores_release(&s);
    roster_release(&none);
    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        assert(file_read(path, 1 << 20, &kept[i], &kept_len[i], NULL) == 0);
    }
}

static void check(const struct scores *s)
{
    for (size_t i = 0; i < s->n_cells; i++)
        for (size_t t = 0; t < s->n_thresholds; t++)
            assert(s->cells[i].matches[t] <= s->cells[i].comparisons);
    for (size_t i = 0; i < s->n_margins; i++)
        assert(s->margins[i].cell < s->n_cells && s->margins[i].subject < s->n_subjects);
    for (size_t i = 0; i < s->n_mated; i++)
        assert(isfinite(s->mated[i].score));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct scores s;
    struct err err = ERR_INIT;

    if (!kept[0])
        begin();
    if (len == 0)
        return 0;
    size_t which = data[0] % FILES;
    put_file(which, data + 1, len - 1);
    int code = scores_read(&s, folder, &err);
    assert((code < 0) == (err.count > 0));
    if (code == 0) {
        check(&s);
        scores_release(&s);
    }
    put_file(which, kept[which], kept_len[which]);
    code = scores_read(&s, folder, NULL);
    assert(code == 0);
    scores_release(&s);
    err_release(&err);
    return 0;
}
