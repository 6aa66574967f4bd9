/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tests of answers begin with: a roster of six people, two axes, and labels in
 * a few spellings.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include <string.h>

#include "backends/recorded.h"

static inline void answers_roster(struct roster *r)
{
    static const struct {
        const char *name, *id, *gender, *skin;
    } people[] = {
        { "a/01_f.jpg", "1", "female", "darker" }, { "a/02_m.jpg", "2", "male", "darker" },
        { "a/03_f.jpg", "3", "female", "lighter" }, { "a/04_m.jpg", "4", "male", "lighter" },
        { "a/05_f.jpg", "5", "female", "" }, { "a/06_m.jpg", "6", "", "lighter" },
    };
    roster_init(r);
    size_t gender = roster_add_attribute(r, "gender", PROVENANCE_ANNOTATOR, "");
    size_t skin = roster_add_attribute(r, "skin", PROVENANCE_ANNOTATOR, "");
    size_t id = roster_add_attribute(r, "id", PROVENANCE_OFFICIAL_RECORD, "");
    r->attributes[id].id = true;
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        bool fresh;
        size_t row = (size_t)roster_add(r, people[i].name, &fresh);
        roster_set(r, row, gender, people[i].gender);
        roster_set(r, row, skin, people[i].skin);
        roster_set(r, row, id, people[i].id);
    }
}

static inline const char *answers_label(void *arg, const char *raw)
{
    static const char *const words[][2] = {
        { "female", "female" }, { "Female", "female" }, { "F", "female" },
        { "male", "male" }, { "Male", "male" }, { "M", "male" },
    };
    (void)arg;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], raw))
            return words[i][1];
    return NULL;
}

#endif
