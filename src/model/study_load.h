/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study_load: what the files that read a study's YAML share. Only for study.c
 * and study_claims.c; everyone else wants study.h.
 */
#ifndef MODEL_STUDY_LOAD_H
#define MODEL_STUDY_LOAD_H

#include "base/yaml.h"
#include "model/study.h"

/* Everything a loading function needs. */
struct loading {
    struct study *study;
    struct yaml_doc *doc;
};

const char *loading_keep(struct loading *l, const char *s);
/* An empty text counts as none. */
const char *loading_text(struct loading *l, struct yaml_node *map, const char *key,
                            bool required);
/* An operating point, spelled as findings have it (point.h). */
const char *loading_point(struct loading *l, struct yaml_node *map, const char *key,
                          bool required);
/* A word that becomes part of a file name or a reference. */
const char *loading_id(struct loading *l, struct yaml_node *map, const char *key);
/* A list of mappings, or NULL. */
struct yaml_node *loading_maps(struct loading *l, struct yaml_node *root,
                                  const char *key);
/* The items of a list of mappings at `key`; those that are no mappings are
 * faults and are passed over by loading_next_map(). */
struct yaml_node *loading_next_map(struct loading *l, struct yaml_node *list, size_t *i);
const char *loading_group(struct loading *l, struct yaml_node *map, const char *key,
                             bool required);
const char *loading_metric(struct loading *l, struct yaml_node *map, bool required);
/* The metric of a contrast, or of a claim that compares: what describes the data
 * set itself is no rate of a backend. */
const char *loading_rate(struct loading *l, struct yaml_node *map);
unsigned loading_axis_set(struct loading *l, struct yaml_node *map, const char *key,
                             bool required);
const char **loading_list(struct loading *l, struct yaml_node *map, const char *key,
                             size_t *n);

/* Sets of axes at `key`, each once. */
unsigned *loading_axis_sets(struct loading *l, struct yaml_node *map, const char *key,
                            size_t *n);
/* Charts at `key` of a map; with `any`, of metrics that the study does not list. */
struct study_chart *loading_charts(struct loading *l, struct yaml_node *map, bool any,
                                   size_t *n);
/* The keys doses, own and compare. */
void loading_doses(struct loading *l, struct yaml_node *root);
void loading_clean(struct loading *l); /* behind compare */
void loading_own(struct loading *l, struct yaml_node *root);
void loading_compare(struct loading *l, struct yaml_node *root);

/* The keys contrasts, changes and rivals; the key claims. */
void loading_contrasts(struct loading *l, struct yaml_node *root);
void loading_claims(struct loading *l, struct yaml_node *root);

#endif
