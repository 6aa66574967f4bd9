/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ibm: IBM Watson Visual Recognition, detect_faces, which was withdrawn: what it answered
 * once, replayed out of a file in the service's own JSON (ibm_read.h).
 *
 * An answer is of the sample whose path it names, else of that whose file is called as
 * its picture is. That one answer fits two samples, or two answers one, is refused:
 * nobody could say whose they are.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/cloud.h"
#include "backends/ibm_read.h"
#include "backends/kinds.h"
#include "base/file.h"

struct state {
    struct ibm_answers answers;
    const struct roster *roster;
    size_t *answer;            /* a row of it: 1 + its answer, or 0 */
};

static const struct backend_option options[] = {
    { "replay", "", "what the service answered, in its own JSON" },
    { NULL, NULL, NULL }
};

/* The answers by the names of their pictures without folders; and which, and whether
 * several have it. */
struct short_names {
    struct dict names;
    size_t *answer;
    bool *several;
};

static void make_short_names(const struct state *s, struct short_names *to)
{
    bool fresh;

    *to = (struct short_names){ DICT_INIT, mem_array(s->answers.n, sizeof *to->answer),
                                mem_array(s->answers.n, sizeof *to->several) };
    for (size_t i = 0; i < s->answers.n; i++) {
        uint32_t k = dict_add(&to->names, path_basename(ibm_answers_name(&s->answers, i)),
                              &fresh);
        to->several[k] |= !fresh;
        to->answer[k] = i;
    }
}

static void short_names_release(struct short_names *names)
{
    dict_release(&names->names);
    free(names->answer);
    free(names->several);
}

/* The answer on a picture, 1 + which, or 0. */
static int find_answer(const struct state *s, const struct short_names *names,
                       const char *path, size_t *to, struct err *err)
{
    uint32_t i = dict_find(&s->answers.names, path);

    *to = 0;
    if (i != DICT_NONE) {
        *to = (size_t)i + 1;
        return 0;
    }
    i = dict_find(&names->names, path_basename(path));
    if (i == DICT_NONE)
        return 0;
    if (names->several[i])
        return err_add(err, ERR_INPUT, "backend ibm: several answers are on pictures called "
                       "'%s', and none on '%s', expected one", path_basename(path), path);
    *to = names->answer[i] + 1;
    return 0;
}

static int meet(struct backend *b, const struct roster *r, struct err *err)
{
    struct state *s = b->state;
    size_t *row_of = mem_array(s->answers.n, sizeof *row_of); /* 1 + row, or 0 */
    struct text path = TEXT_INIT;
    struct short_names names;
    int code = 0;

    s->roster = r;
    free(s->answer);
    s->answer = mem_array(r->n, sizeof *s->answer);
    make_short_names(s, &names);
    for (size_t row = 0; row < r->n && !code; row++) {
        text_reset(&path);
        roster_add_path(r, row, &path);
        code = find_answer(s, &names, path.s, &s->answer[row], err);
        size_t i = s->answer[row];
        if (i && row_of[i - 1])
            code = err_add(err, ERR_INPUT, "backend %s: the answer on '%s' fits the samples "
                           "%s and %s, expected one", b->asked,
                           ibm_answers_name(&s->answers, i - 1),
                           roster_sample(r, row_of[i - 1] - 1), roster_sample(r, row));
        if (i)
            row_of[i - 1] = row + 1;
    }
    short_names_release(&names);
    text_release(&path);
    free(row_of);
    return code;
}

static void answer_row(const struct state *s, size_t row, struct answer *a,
                       struct vendor_said *said)
{
    size_t i = s->roster && row < s->roster->n ? s->answer[row] : 0;
    struct image_place place = IMAGE_PLACE_INIT;

    if (!i) {
        answer_fail(a, STATUS_ERROR, "no answer was recorded");
        return;
    }
    enum vendor_outcome outcome = ibm_read_image(&s->answers, i - 1, a, said);
    image_place_parse(&place, roster_text(s->roster, row, ROSTER_BOX), "");
    if (outcome != VENDOR_OK)
        answer_fail(a, outcome == VENDOR_SAMPLE ? said->status : STATUS_ERROR, "%s",
                    said->why.s);
    else if (!cloud_choose(a, &place))
        answer_fail(a, STATUS_NO_FACE, "none of the %zu faces found is where the data set "
                    "has one", a->n_faces);
}

static int process(struct session *session, unsigned want, const struct view *views,
                   size_t n, struct answer *answers, struct err *err)
{
    struct vendor_said said = VENDOR_SAID_INIT;

    (void)want;
    (void)err;
    for (size_t i = 0; i < n; i++)
        answer_row(session->backend->state, views[i].row, &answers[i], &said);
    vendor_said_release(&said);
    return 0;
}

static void close_ibm(struct backend *b)
{
    struct state *s = b->state;

    ibm_answers_release(&s->answers);
    free(s->answer);
}

static int open_ibm(struct backend *b, const struct setting *settings, size_t n,
                    struct err *err)
{
    struct state *s = b->state = arena_alloc(&b->arena, sizeof *s);
    const char *path = backend_setting(b, "replay");
    int code;

    (void)settings;
    (void)n;
    b->close = close_ibm;
    if (!*path)
        return err_add(err, ERR_INPUT, "backend %s: the service was withdrawn, expected "
                       "replay=FILE, answers that were recorded", b->asked);
    if ((code = ibm_answers_load(&s->answers, path, err)) ||
        (code = backend_add_file(b, path, err)))
        return code;
    b->version = "1";
    b->capabilities = MISID_CLASS | MISID_FACES;
    b->cached = false;
    b->blind = true;
    b->meet = meet;
    b->session = session_plain;
    b->end = session_plain_end;
    b->process = process;
    return 0;
}

const struct backend_kind backend_ibm = {
    .name = "ibm", .about = "IBM Visual Recognition, withdrawn: recorded answers",
    .options = options, .open = open_ibm,
};
