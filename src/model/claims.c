/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/claims.h"

#include <math.h>
#include <string.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/yaml.h"

const char *verdict_word(enum verdict v, enum study_evidence e)
{
    static const char *const yes[] = { "supported", "replicates", "found here too" };
    static const char *const no[] = { "not supported", "contradicts", "not found here" };

    switch (v) {
    case VERDICT_YES: return yes[e];
    case VERDICT_NO: return no[e];
    case VERDICT_INCONCLUSIVE: return "inconclusive";
    case VERDICT_NOT_TESTABLE: return "not testable";
    case VERDICT_REPRODUCED: return "reproduced";
    case VERDICT_NOT_REPRODUCED: return "not reproduced";
    case VERDICT_N: break;
    }
    return "";
}

static int verdict_find(const char *word, enum study_evidence e)
{
    for (int v = 0; v < VERDICT_N; v++)
        if (!strcmp(word, verdict_word((enum verdict)v, e)))
            return v;
    return -1;
}

void claim_add_verdict(struct text *to, const struct claim *c, enum study_evidence e)
{
    text_add(to, verdict_word(c->verdict, e));
    if (c->undone)
        text_add(to, ", " VERDICT_UNDONE);
}

void claims_init(struct claims *c, const struct study *study)
{
    *c = (struct claims){ .study = study };
    c->claims = arena_array(&c->arena, study->n_claims, sizeof *c->claims);
    for (; c->n < study->n_claims; c->n++)
        c->claims[c->n] = (struct claim){
            .spec = &study->claims[c->n], .verdict = VERDICT_INCONCLUSIVE,
            .p = NAN, .p_holm = NAN, .sensitivity = ""
        };
}

void claims_release(struct claims *c)
{
    arena_release(&c->arena);
    *c = (struct claims){ .n = 0 };
}

void claims_write_csv(const struct claims *c, struct text *to)
{
    struct csv_out w = csv_out(to);
    struct text rows = TEXT_INIT;
    static const char *const names[] = {
        "claim", "type", "margin", "rows", "verdict", "p", "p_holm"
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_put(&w, names[i]);
    csv_end(&w);
    for (size_t i = 0; i < c->n; i++) {
        const struct claim *claim = &c->claims[i];
        text_reset(&rows);
        for (size_t p = 0; p < claim->n_parts; p++)
            for (size_t r = 0; r < claim->parts[p].n_rows; r++)
                text_addf(&rows, "%s%zu", rows.len ? " " : "", claim->parts[p].rows[r]);
        csv_put(&w, claim->spec->id);
        csv_put(&w, claim_type_names[claim->spec->type]);
        switch (claim->spec->type) {
        case CLAIM_PRINTED:
        case CLAIM_NOT_TESTABLE:
            csv_put(&w, NULL);
            break;
        default:
            csv_put_num(&w, claim->spec->margin);
        }
        csv_put(&w, rows.s);
        csv_put(&w, verdict_word(claim->verdict, c->study->evidence));
        csv_put_num(&w, claim->p);
        csv_put_num(&w, claim->p_holm);
        csv_end(&w);
    }
    text_release(&rows);
}

void claims_write_json(const struct claims *c, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    json_list(&w, "claims");
    for (size_t i = 0; i < c->n; i++) {
        const struct claim *claim = &c->claims[i];
        json_map(&w, NULL);
        json_string(&w, "claim", claim->spec->id);
        json_string(&w, "verdict", verdict_word(claim->verdict, c->study->evidence));
        json_number(&w, "p", claim->p);
        json_number(&w, "p_holm", claim->p_holm);
        json_bool(&w, "undone", claim->undone);
        json_int(&w, "hits", (int64_t)claim->hits);
        json_int(&w, "figures", (int64_t)claim->figures);
        json_string(&w, "sensitivity", claim->sensitivity);
        json_list(&w, "parts");
        for (size_t p = 0; p < claim->n_parts; p++) {
            const struct claim_part *part = &claim->parts[p];
            json_map(&w, NULL);
            json_string(&w, "backend", part->backend);
            json_string(&w, "verdict", verdict_word(part->verdict, c->study->evidence));
            json_number(&w, "p", part->p);
            json_list(&w, "rows");
            for (size_t r = 0; r < part->n_rows; r++)
                json_int(&w, NULL, (int64_t)part->rows[r]);
            json_end(&w);
            json_end(&w);
        }
        json_end(&w);
        json_end(&w);
    }
    json_end(&w);
    json_end(&w);
    text_addch(to, '\n');
}

/* The verdict at key "verdict"; a fault and inconclusive if it is no word. */
static enum verdict read_verdict(struct claims *c, struct yaml_doc *doc,
                                 struct yaml_node *map)
{
    const char *word = yaml_get_string(doc, map, "verdict", "", true);
    int v = verdict_find(word, c->study->evidence);

    if (v >= 0)
        return (enum verdict)v;
    yaml_fault(doc, map, "verdict", "'%.40s' is not a verdict, expected one such as "
               "'%s'", word, verdict_word(VERDICT_YES, c->study->evidence));
    return VERDICT_INCONCLUSIVE;
}

static void read_parts(struct claims *c, struct yaml_doc *doc, struct yaml_node *map,
                       struct claim *claim)
{
    struct yaml_node *list = yaml_get_list(doc, map, "parts", true);

    if (!list)
        return;
    claim->parts = arena_array(&c->arena, list->n, sizeof *claim->parts);
    for (size_t i = 0; i < list->n; i++) {
        struct claim_part *part = &claim->parts[claim->n_parts++];
        struct yaml_node *item = list->items[i];
        if (item->kind != YAML_MAP) {
            yaml_fault(doc, item, NULL, "not a mapping, expected one part of a claim");
            continue;
        }
        part->backend = arena_strdup(&c->arena,
                                     yaml_get_string(doc, item, "backend", "", true));
        part->verdict = read_verdict(c, doc, item);
        part->p = yaml_get_number(doc, item, "p", 0, 1, NAN, false);
        const char **rows = yaml_get_strings(doc, item, "rows", &part->n_rows, true);
        part->rows = arena_array(&c->arena, part->n_rows, sizeof *part->rows);
        for (size_t r = 0; r < part->n_rows; r++) {
            int64_t v = 0;
            if (!num_parse_int64(rows[r], &v) || v < 1)
                yaml_fault(doc, item, "rows", "'%.40s' is not a row number, expected 1 "
                           "or more", rows[r]);
            part->rows[r] = (size_t)v;
        }
    }
}

int claims_read_json(struct claims *c, const char *path, struct err *err)
{
    struct yaml_doc doc;
    int code = yaml_load(&doc, path, err);

    if (code)
        return code;
    struct yaml_node *list = yaml_get_list(&doc, doc.root, "claims", true);
    if (list && list->n != c->n)
        yaml_fault(&doc, list, NULL, "%zu claims, expected the %zu of the study",
                   list->n, c->n);
    for (size_t i = 0; list && i < list->n && i < c->n; i++) {
        struct claim *claim = &c->claims[i];
        struct yaml_node *map = list->items[i];
        if (map->kind != YAML_MAP) {
            yaml_fault(&doc, map, NULL, "not a mapping, expected a claim");
            continue;
        }
        const char *id = yaml_get_string(&doc, map, "claim", "", true);
        if (strcmp(id, claim->spec->id))
            yaml_fault(&doc, map, "claim", "'%.60s', expected '%s' as in the study", id,
                       claim->spec->id);
        claim->verdict = read_verdict(c, &doc, map);
        claim->p = yaml_get_number(&doc, map, "p", 0, 1, NAN, false);
        claim->p_holm = yaml_get_number(&doc, map, "p_holm", 0, 1, NAN, false);
        claim->undone = yaml_get_bool(&doc, map, "undone", false);
        claim->hits = (size_t)yaml_get_int(&doc, map, "hits", 0, 1000000, 0, true);
        claim->figures = (size_t)yaml_get_int(&doc, map, "figures", 0, 1000000, 0, true);
        claim->sensitivity = arena_strdup(
            &c->arena, yaml_get_string(&doc, map, "sensitivity", "", false));
        read_parts(c, &doc, map, claim);
    }
    code = yaml_finish(&doc);
    yaml_release(&doc);
    return code;
}
