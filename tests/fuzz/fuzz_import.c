/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exports of a history in which one file holds any bytes: the first byte says which. They
 * are refused with a line, or the history that took them is sound.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "fuzz.h"
#include "history/history.h"

#define PANEL "panels/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json"
static const char *const files[] = { "s/a.json", "s/a.csv", "baselines.csv", "secret",
                                     "history.json", PANEL };
#define FILES (sizeof files / sizeof *files)
static const char findings[] =
    "study,dataset,backend,metric,group,versus,point,threshold,estimate,lo,hi,confidence,"
    "method,x,n,n_lo,n_hi,n_eff,df,failed,clusters,p,p_adj,flag,note\n";

static char folder[] = "/tmp/misid-fuzz-import.XXXXXX";

static void put(size_t i, const void *data, size_t len)
{
    char path[160];

    snprintf(path, sizeof path, "%s/%s", folder, files[i]);
    FILE *fp = fopen(path, "wbe");
    assert(fp && fwrite(data, 1, len, fp) == len && fclose(fp) == 0);
}

static void leave(void)
{
    static const char *const inner[] = { "s", "panels", "" };
    char path[160];

    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, inner[i]);
        rmdir(path);
    }
}

/* Nothing that the last input left. */
static void afresh(void)
{
    char path[160];

    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    put(1, findings, sizeof findings - 1);
    put(4, "{}\n", 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static bool begun;
    struct history_exchanged done;
    struct err err = ERR_INIT, damage = ERR_INIT;
    struct history *h;
    char path[160];

    if (!begun) {
        assert(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/s", folder);
        assert(mkdir(path, 0700) == 0);
        snprintf(path, sizeof path, "%s/panels", folder);
        assert(mkdir(path, 0700) == 0);
        atexit(leave);
        begun = true;
    }
    if (!len)
        return 0;
    afresh();
    put(data[0] % FILES, data + 1, len - 1);
    assert(history_open(&h, ":memory:", HISTORY_MAKE, &damage) == 0);
    int code = history_import(h, folder, &done, &err);
    assert((code < 0) == (err.count > 0));
    assert(done.fresh <= done.runs);
    assert(history_check(h, &damage) == 0);
    history_close(h);
    err_release(&err);
    err_release(&damage);
    return 0;
}
