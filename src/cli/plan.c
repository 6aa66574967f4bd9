/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid plan: how many people a comparison of groups needs, before it is made. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/pipeline.h"
#include "report/prose.h"
#include "stats/power.h"

#define ASSUMED_PERSON .1
#define MOST_IMAGES 1000

struct request {
    double rate[3]; /* of each kind; NaN where not given */
    double ratio, power, subjects, images, confidence, person;
    double pilot_deff, pilot_subjects, pilot_images, pilot_rate;
    const char *pilot, *row;
    bool json, help;
};

/* What can be planned for; the one list. */
static const struct kind {
    const char *option, *name, *trials, *errors;
    enum power_trials form;
} kinds[] = {
    { "fmr", "FMR", "comparisons of different people within the group", "false matches",
      POWER_DYADS },
    { "fnmr", "FNMR", "comparisons of a person's images", "false non-matches",
      POWER_PEOPLE },
    { "error", "error rate", "images classified", "errors", POWER_PEOPLE },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct answer {
    const struct kind *kind;
    struct power_plan plan;
    double low, high, power; /* rates, and the power they have */
    double naive;            /* subjects if nothing were shared; NaN: not asked */
    const char *dependence;  /* in words */
};

static int check_number(const char *option, double v, double least, double most,
                        struct err *err)
{
    if (v >= least && v <= most)
        return 0;
    return err_add(err, ERR_INPUT, "plan: --%s is %g, expected %g to %g", option, v, least,
                   most);
}

static int check_request(const struct request *r, const struct option_list *args,
                         const struct kind **kind, struct err *err)
{
    size_t given = 0;
    int code = 0;

    for (size_t i = 0; i < KINDS; i++)
        if (!isnan(r->rate[i])) {
            *kind = &kinds[i];
            given++;
        }
    if (args->n)
        return err_add(err, ERR_INPUT, "plan: '%s', expected options only", args->items[0]);
    if (given != 1)
        return err_add(err, ERR_INPUT, "plan: %zu of --fmr, --fnmr and --error, expected "
                       "one: the rate of the better group", given);
    if (isnan(r->ratio) && isnan(r->subjects))
        return err_add(err, ERR_INPUT, "plan: neither --ratio nor --subjects, expected the "
                       "disparity to be shown, or the people there are");
    if ((r->pilot != NULL) != (r->row != NULL))
        return err_add(err, ERR_INPUT, "plan: --pilot RUN and --row ROW go together");
    if (isnan(r->pilot_deff) != isnan(r->pilot_subjects))
        return err_add(err, ERR_INPUT, "plan: --pilot-deff and --pilot-subjects go together");
    if ((r->pilot != NULL) + !isnan(r->pilot_deff) + !isnan(r->person) > 1)
        return err_add(err, ERR_INPUT, "plan: more than one of --pilot, --pilot-deff and "
                       "--correlation, expected one source of the dependence");
    double rate = r->rate[*kind - kinds];
    bool fnmr = !strcmp((*kind)->option, "fnmr");
    (void)((code = check_number((*kind)->option, rate, 1e-9, .5, err)) ||
           (code = check_number("power", r->power, .05, .999, err)) ||
           (code = check_number("confidence", r->confidence, .5, .9999, err)) ||
           (code = check_number("images-per-subject", r->images, fnmr ? 2 : 1, MOST_IMAGES,
                                err)) ||
           (!isnan(r->subjects) &&
            (code = check_number("subjects", r->subjects, 3, 1e7, err))) ||
           (!isnan(r->person) && (code = check_number("correlation", r->person, 0, .8,
                                                      err))) ||
           (!isnan(r->pilot_deff) &&
            ((code = check_number("pilot-deff", r->pilot_deff, .1, 1e9, err)) ||
             (code = check_number("pilot-subjects", r->pilot_subjects, 3, 1e7, err)) ||
             (code = check_number("pilot-images", r->pilot_images, 1, MOST_IMAGES, err)) ||
             (!isnan(r->pilot_rate) &&
              (code = check_number("pilot-rate", r->pilot_rate, 1e-9, .5, err))))));
    if (!code && !isnan(r->ratio) && !(r->ratio > 1 && rate * r->ratio < 1))
        code = err_add(err, ERR_INPUT, "plan: --ratio is %g, expected more than 1 and less "
                       "than %g, at which the rate is 1", r->ratio, 1 / rate);
    return code;
}

/* Trials of one person, where they are one person's. */
static double trials_of(const struct kind *kind, double images)
{
    return strcmp(kind->option, "fnmr") ? images : images * (images - 1) / 2;
}

/* The pilot's numbers from a row of the findings of a run. */
static int read_pilot(const struct request *r, const struct kind *kind,
                      struct power_plan *pilot, double *rate, double *deff, struct err *err)
{
    struct pipeline p;

    pipeline_init(&p, err);
    int code = pipeline_open_findings(&p, r->pilot);
    const struct finding *f =
        code ? NULL : prose_find(&p.study, &p.findings, r->row, "plan", err);
    if (!code && !f)
        code = ERR_INPUT;
    if (!code && !(f->clusters >= 3 && f->n_eff > 0 && f->n >= 1 && f->x > 0 &&
                   f->estimate > 0 && f->estimate < .5))
        code = err_add(err, ERR_INPUT, "plan: row '%s' of %s has no design effect, expected a "
                       "rate with errors, its comparisons, subjects and n_eff", r->row,
                       r->pilot);
    if (!code) {
        double n = (double)f->n, g = (double)f->clusters;
        pilot->subjects = g;
        pilot->images = kind->form == POWER_DYADS ? fmax(1, sqrt(2 * n / (g * (g - 1))))
                                                  : fmax(1, n / g);
        *rate = f->estimate;
        *deff = n / f->n_eff;
    }
    pipeline_release(&p);
    return code;
}

/* How people depend on each other, and where that is known from. */
static int find_dependence(const struct request *r, struct answer *a, struct text *words,
                           struct err *err)
{
    double person = r->person, rate = r->pilot_rate, deff = r->pilot_deff;
    bool measured = r->pilot || !isnan(deff);
    int code = 0;

    if (a->kind->form == POWER_PEOPLE && !(a->plan.images > 1)) {
        person = 0;
        text_add(words, "one image a person: nothing is shared");
    } else if (measured) {
        struct power_plan pilot = { a->kind->form, { 0, 0, 0 }, r->pilot_subjects,
                                    r->pilot_images, r->confidence };
        if (a->kind->form == POWER_PEOPLE)
            pilot.images = trials_of(a->kind, r->pilot_images);
        if (isnan(rate))
            rate = a->low;
        if (r->pilot)
            code = read_pilot(r, a->kind, &pilot, &rate, &deff, err);
        if (!code)
            code = power_pilot(&pilot, rate, deff, &person, err);
        text_addf(words, "dependence from a pilot: a design effect of %.3g at a rate of %.3g "
                  "among %g subjects, which a correlation of %.2g in the scores gives", deff,
                  rate, pilot.subjects, person);
    } else if (!isnan(person)) {
        text_addf(words, "dependence as given: a correlation of %g in the scores", person);
    } else {
        person = ASSUMED_PERSON;
        text_addf(words, "assumed, not measured: a correlation of %g in the scores; "
                  "measure it in a pilot run (--pilot)", person);
    }
    a->plan.dependence = power_assume(person);
    a->dependence = words->s;
    return code;
}

static int solve(const struct request *r, struct answer *a, struct err *err)
{
    int code = 0;

    a->power = r->power;
    a->naive = NAN;
    a->plan.subjects = r->subjects;
    if (isnan(r->subjects)) {
        struct power_plan independent = a->plan;
        independent.dependence = (struct power_dependence){ 0, 0, 0 };
        a->high = a->low * r->ratio;
        (void)((code = power_subjects(&a->plan, a->low, a->high, r->power,
                                      &a->plan.subjects, err)) ||
               (code = power_subjects(&independent, a->low, a->high, r->power, &a->naive,
                                      err)));
    } else if (isnan(r->ratio)) {
        double ratio;
        code = power_ratio(&a->plan, a->low, r->power, &ratio, err);
        a->high = a->low * ratio;
    } else {
        a->high = a->low * r->ratio;
    }
    if (!code)
        a->power = power_of(&a->plan, a->low, a->high);
    return code;
}

static void print_answer(const struct request *r, const struct answer *a)
{
    double m = power_comparisons(&a->plan), ratio = a->high / a->low;
    const char *name = a->kind->name;

    if (isnan(r->subjects))
        printf("%.0f subjects in each of the two groups, %g image%s each, show\n",
               a->plan.subjects, r->images, r->images == 1 ? "" : "s");
    else
        printf("%.0f subjects in each of two groups, %g image%s each, show at the best\n",
               a->plan.subjects, r->images, r->images == 1 ? "" : "s");
    printf("an %s of %.3g above one of %.3g (a ratio of %.3g) with a power of %.1f %%:\n"
           "the %g %% interval of their difference then lies above 0.\n\n",
           name, a->high, a->low, ratio, 100 * a->power,
           100 * r->confidence);
    printf("%.0f %s; expected %s: %.3g and %.3g\n", m, a->kind->trials, a->kind->errors,
           m * a->low, m * a->high);
    printf("design effect %.3g and %.3g: they say as much as %.0f and %.0f that share "
           "nobody\n", power_design_effect(&a->plan, a->low),
           power_design_effect(&a->plan, a->high),
           m / power_design_effect(&a->plan, a->low),
           m / power_design_effect(&a->plan, a->high));
    if (a->naive < a->plan.subjects)
        printf("taking them for independent, %.0f subjects would seem to do\n", a->naive);
    printf("%s\n", a->dependence);
    if (m * a->low < 30)
        printf("fewer than 30 %s in the better group: its own rate will be known poorly\n",
               a->kind->errors);
    printf("for each further group that is compared, divide 1 - confidence by their "
           "number\n");
}

static void print_json(const struct request *r, const struct answer *a)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    double m = power_comparisons(&a->plan);

    json_map(&w, NULL);
    json_string(&w, "metric", a->kind->option);
    json_number(&w, "rate", a->low);
    json_number(&w, "ratio", a->high / a->low);
    json_number(&w, "subjects", a->plan.subjects);
    json_number(&w, "images_per_subject", r->images);
    json_number(&w, "power", a->power);
    json_number(&w, "confidence", r->confidence);
    json_number(&w, "comparisons", m);
    json_number(&w, "design_effect_low", power_design_effect(&a->plan, a->low));
    json_number(&w, "design_effect_high", power_design_effect(&a->plan, a->high));
    json_number(&w, "subjects_if_independent", a->naive);
    json_number(&w, "correlation", a->plan.dependence.person);
    json_string(&w, "dependence", a->dependence);
    json_end(&w);
    fputs(t.s, stdout);
    text_release(&t);
}

int plan_main(int argc, char **argv)
{
    struct request r = { .rate = { NAN, NAN, NAN }, .ratio = NAN, .power = .8,
                         .subjects = NAN, .images = 1, .confidence = .95, .person = NAN,
                         .pilot_deff = NAN, .pilot_subjects = NAN, .pilot_images = 1,
                         .pilot_rate = NAN };
    struct option_list args = { 0 };
    const struct option table[] = {
        { OPTION_NUMBER, "fmr", "P", "false-match rate of the better group", &r.rate[0] },
        { OPTION_NUMBER, "fnmr", "P", "false-non-match rate of it", &r.rate[1] },
        { OPTION_NUMBER, "error", "P", "error rate of a classifier in it", &r.rate[2] },
        { OPTION_NUMBER, "ratio", "R", "how many times that is to be shown", &r.ratio },
        { OPTION_NUMBER, "power", "P", "how surely (default: 0.8)", &r.power },
        { OPTION_NUMBER, "subjects", "G", "the people of a group there are: what can they "
          "show?", &r.subjects },
        { OPTION_NUMBER, "images-per-subject", "N", "(default: 1)", &r.images },
        { OPTION_NUMBER, "confidence", "C", "of the interval (default: 0.95)",
          &r.confidence },
        { OPTION_NUMBER, "correlation", "RHO",
          "of scores that share a person, latent (default: 0.1, an assumption)",
          &r.person },
        { OPTION_TEXT, "pilot", "RUN", "take it from a run: which of its findings, --row",
          &r.pilot },
        { OPTION_TEXT, "row", "METRIC|BACKEND|GROUP", "the rate in the pilot run", &r.row },
        { OPTION_NUMBER, "pilot-deff", "D", "take it from a design effect measured elsewhere",
          &r.pilot_deff },
        { OPTION_NUMBER, "pilot-subjects", "G", "… among so many people", &r.pilot_subjects },
        { OPTION_NUMBER, "pilot-images", "N", "… with so many images each (default: 1)",
          &r.pilot_images },
        { OPTION_NUMBER, "pilot-rate", "P", "… at this rate (default: that of the plan)",
          &r.pilot_rate },
        { OPTION_FLAG, "json", NULL, "print JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    struct text words = TEXT_INIT;
    struct answer a = { .kind = NULL };
    int code = options_parse("plan", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid plan --fmr P --ratio R [OPTION]...\n"
             "       misid plan --fmr P --subjects G [OPTION]...\n\nSays how many people a "
             "comparison of two groups needs, or what disparity so many\ncan show.\n");
        options_print(table);
    } else if (!code && !(code = check_request(&r, &args, &a.kind, &err))) {
        a.low = r.rate[a.kind - kinds];
        a.plan = (struct power_plan){ .trials = a.kind->form, .confidence = r.confidence,
                                      .images = r.images };
        if (a.kind->form == POWER_PEOPLE)
            a.plan.images = trials_of(a.kind, r.images);
        if (!(code = find_dependence(&r, &a, &words, &err)) &&
            !(code = solve(&r, &a, &err))) {
            if (r.json)
                print_json(&r, &a);
            else
                print_answer(&r, &a);
        }
    }
    text_release(&words);
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
