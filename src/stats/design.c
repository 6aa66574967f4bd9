/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int scale_number(struct design_variable *v, size_t rows, struct err *err)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < rows; i++)
        sum += v->values[i];
    v->mean = sum / (double)rows;
    for (size_t i = 0; i < rows; i++)
        squares += (v->values[i] - v->mean) * (v->values[i] - v->mean);
    v->sd = rows > 1 ? sqrt(squares / (double)(rows - 1)) : 0;
    if (!(v->sd > 1e-12 * fabs(v->mean)) || !isfinite(v->sd))
        return err_add(err, ERR_INPUT, "%s never varies, expected numbers that do", v->name);
    return 0;
}

static int choose_base(struct design_variable *v, size_t rows, struct err *err)
{
    if (v->n_levels < 2 || v->n_levels > DESIGN_MAX_LEVELS)
        return err_add(err, ERR_INPUT, "%s has %zu value%s, expected 2 to %d", v->name,
                       v->n_levels, v->n_levels == 1 ? "" : "s", DESIGN_MAX_LEVELS);
    if (v->base >= 0)
        return 0;
    size_t count[DESIGN_MAX_LEVELS] = { 0 };
    for (size_t i = 0; i < rows; i++)
        count[v->levels[i]]++;
    v->base = 0;
    for (size_t l = 1; l < v->n_levels; l++)
        if (count[l] > count[v->base])
            v->base = (long)l;
    return 0;
}

static size_t columns_of(const struct design_variable *v)
{
    return v->number ? 1 : v->n_levels - 1;
}

/* The level that a category's i-th column stands for. */
static size_t level_of(const struct design_variable *v, size_t i)
{
    return i < (size_t)v->base ? i : i + 1;
}

static int parse_term(struct design *d, const char *name, struct design_term *t,
                      struct err *err)
{
    *t = (struct design_term){ .name = arena_strdup(&d->arena, name), .columns = 1,
                               .first = d->k };
    for (const char *at = name, *end; at; at = *end ? end + 1 : NULL) {
        end = strchrnul(at, ':');
        size_t v = 0;
        while (v < d->n_variables &&
               (strlen(d->variables[v].name) != (size_t)(end - at) ||
                memcmp(d->variables[v].name, at, (size_t)(end - at))))
            v++;
        if (v == d->n_variables)
            return err_add(err, ERR_INPUT, "the term '%s' has no variable '%.*s'", name,
                           (int)(end - at), at);
        for (size_t i = 0; i < t->n; i++)
            if (t->variables[i] == v)
                return err_add(err, ERR_INPUT, "the term '%s' has '%s' twice", name,
                               d->variables[v].name);
        if (t->n == DESIGN_MAX_ORDER)
            return err_add(err, ERR_LIMIT, "the term '%s' joins more than %d variables",
                           name, DESIGN_MAX_ORDER);
        t->variables[t->n++] = v;
        t->columns *= columns_of(&d->variables[v]);
    }
    if (t->columns > DESIGN_MAX_COLUMNS - d->k)
        return err_add(err, ERR_LIMIT, "more than %d columns with the term '%s', expected "
                       "fewer values or terms", DESIGN_MAX_COLUMNS, name);
    d->k += t->columns;
    return 0;
}

static bool same_term(const struct design_term *a, const struct design_term *b)
{
    size_t shared = 0;

    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++)
            shared += a->variables[i] == b->variables[j];
    return a->n == b->n && shared == a->n;
}

/* The i-th column of a term is made of these columns of its variables; the last
 * variable's run fastest. */
static void split(const struct design *d, const struct design_term *t, size_t i,
                  size_t part[DESIGN_MAX_ORDER])
{
    for (size_t v = t->n; v-- > 0;) {
        size_t columns = columns_of(&d->variables[t->variables[v]]);
        part[v] = i % columns;
        i /= columns;
    }
}

static void name_columns(struct design *d)
{
    size_t part[DESIGN_MAX_ORDER];

    d->names = arena_array(&d->arena, d->k, sizeof *d->names);
    d->names[0] = "(constant)";
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t i = 0; i < d->terms[t].columns; i++) {
            const char *name = NULL;
            split(d, &d->terms[t], i, part);
            for (size_t v = 0; v < d->terms[t].n; v++) {
                const struct design_variable *var =
                    &d->variables[d->terms[t].variables[v]];
                name = arena_printf(&d->arena, "%s%s%s%s%s", name ? name : "",
                                    name ? ":" : "", var->name, var->number ? "" : "=",
                                    var->number
                                        ? "" : var->level_names[level_of(var, part[v])]);
            }
            d->names[d->terms[t].first + i] = name;
        }
}

void design_row(const struct design *d, size_t row, size_t variable, size_t level,
                double *x)
{
    size_t part[DESIGN_MAX_ORDER];

    x[0] = 1;
    for (size_t t = 0; t < d->n_terms; t++)
        for (size_t i = 0; i < d->terms[t].columns; i++) {
            double product = 1;
            split(d, &d->terms[t], i, part);
            for (size_t v = 0; v < d->terms[t].n; v++) {
                size_t which = d->terms[t].variables[v];
                const struct design_variable *var = &d->variables[which];
                if (var->number) {
                    product *= (var->values[row] - var->mean) / var->sd;
                } else {
                    size_t has = which == variable ? level : var->levels[row];
                    product *= has == level_of(var, part[v]);
                }
            }
            x[d->terms[t].first + i] = product;
        }
}

static int prepare(struct design *d, const char *const *terms, struct err *err)
{
    int code = 0;

    for (size_t v = 0; v < d->n_variables && !code; v++)
        code = d->variables[v].number ? scale_number(&d->variables[v], d->rows, err)
                                      : choose_base(&d->variables[v], d->rows, err);
    for (size_t t = 0; t < d->n_terms && !code; t++) {
        code = parse_term(d, terms[t], &d->terms[t], err);
        for (size_t u = 0; u < t && !code; u++)
            if (same_term(&d->terms[t], &d->terms[u]))
                code = err_add(err, ERR_INPUT, "the term '%s' is given twice", terms[t]);
    }
    if (code)
        return code;
    name_columns(d);
    d->x = mem_try_array(d->rows * d->k, sizeof *d->x);
    if (!d->x)
        return err_add(err, ERR_LIMIT, "no memory for %zu rows of %zu columns", d->rows,
                       d->k);
    for (size_t i = 0; i < d->rows; i++)
        design_row(d, i, DESIGN_AS_IT_IS, 0, d->x + i * d->k);
    return 0;
}

int design_make(struct design *d, const struct design_variable *variables,
                size_t n_variables, const char *const *terms, size_t n_terms,
                size_t rows, struct err *err)
{
    *d = (struct design){ .n_variables = n_variables, .n_terms = n_terms, .rows = rows,
                          .k = 1 };
    d->variables = arena_array(&d->arena, n_variables, sizeof *d->variables);
    memcpy(d->variables, variables, n_variables * sizeof *variables);
    d->terms = arena_array(&d->arena, n_terms, sizeof *d->terms);
    int code = prepare(d, terms, err);
    if (code)
        design_release(d);
    return code;
}

void design_release(struct design *d)
{
    free(d->x);
    arena_release(&d->arena);
    *d = (struct design){ .k = 0 };
}
