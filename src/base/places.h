/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places: where misid looks for things that are called by name. A kind
 * ("datasets", "bench", "cards") is a folder; its places are, in order,
 *   1. ../KIND beside the folder of the study file,
 *   2. DIR/KIND and DIR for every DIR of the path list MISID_DATA,
 *   3. $datadir/misid/KIND, where `make install` puts them.
 * The current folder never matters.
 *
 * Ownership: what is returned is the caller's. Threads: any, as long as nobody
 * changes the environment.
 */
#ifndef BASE_PLACES_H
#define BASE_PLACES_H

/* NULL-terminated; `study_path` may be NULL. Free with places_free(). */
char **places_list(const char *kind, const char *study_path);
void places_free(char **places);

/* The first regular file PLACE/`name`, or NULL; malloc'd. */
char *places_find(const char *kind, const char *study_path, const char *name);

#endif
