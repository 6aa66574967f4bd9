/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/synth_labels.h"

#include <math.h>
#include <stdio.h>

#include "base/csv.h"

static const char *const columns[] = {
    "path", "subject", "source", "label_source", "gender", "age", "age_group", "monk",
    "skin", "skin_srgb", "glasses", "expression", "yaw", "pitch", "roll",
    "light_azimuth", "light_elevation", "exposure", "planted", "noise", "blur",
    "format", "quality", "luminance", "box_x", "box_y", "box_w", "box_h",
    "eye_left_x", "eye_left_y", "eye_right_x", "eye_right_y", "nose_x", "nose_y",
    "mouth_left_x", "mouth_left_y", "mouth_right_x", "mouth_right_y",
};

void synth_label_path(char path[SYNTH_LABEL_PATH], const struct synth_subject *s,
                      const struct synth_view *v)
{
    snprintf(path, SYNTH_LABEL_PATH, "images/S%05zu/S%05zu-%03zu.%s", s->number,
             s->number, v->number, v->jpeg ? "jpg" : "png");
}

void synth_label_header(struct text *to)
{
    struct csv_out w = csv_out(to);

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        csv_put(&w, columns[i]);
    csv_end(&w);
}

/* Rounded to so many decimals, so that the text is short. */
static void put_rounded(struct csv_out *w, double v, double steps)
{
    csv_put_num(w, floor(v * steps + .5) / steps);
}

void synth_label_row(struct text *to, const struct synth_options *o,
                     const struct synth_subject *s, const struct synth_view *v,
                     const struct synth_truth *truth)
{
    struct csv_out w = csv_out(to);
    char path[SYNTH_LABEL_PATH], name[16], colour[16];

    synth_label_path(path, s, v);
    snprintf(name, sizeof name, "S%05zu", s->number);
    snprintf(colour, sizeof colour, "%06x", (unsigned)s->skin_srgb);
    csv_put(&w, path);
    csv_put(&w, name);
    csv_put(&w, "synthetic");
    csv_put(&w, "drawn");
    csv_put(&w, synth_gender_name(s->gender));
    csv_put_int(&w, s->age);
    csv_put(&w, synth_age_group(s->age));
    csv_put_int(&w, s->monk);
    csv_put(&w, s->monk >= o->darker_from ? "darker" : "lighter");
    csv_put(&w, colour);
    csv_put(&w, v->glasses ? "yes" : "no");
    csv_put(&w, synth_expression_names[v->expression]);
    put_rounded(&w, v->yaw, 10);
    put_rounded(&w, v->pitch, 10);
    put_rounded(&w, v->roll, 10);
    put_rounded(&w, v->light_azimuth, 10);
    put_rounded(&w, v->light_elevation, 10);
    put_rounded(&w, v->exposure - v->planted, 1000);
    put_rounded(&w, v->planted, 1000);
    put_rounded(&w, v->noise, 1000);
    put_rounded(&w, v->blur, 1000);
    csv_put(&w, v->jpeg ? "jpeg" : "png");
    if (v->jpeg)
        csv_put_int(&w, v->quality);
    else
        csv_put(&w, "");
    put_rounded(&w, truth->luminance, 100);
    for (int i = 0; i < 4; i++)
        put_rounded(&w, truth->box[i], 100);
    for (int i = 0; i < 5; i++) {
        put_rounded(&w, truth->landmarks[i][0], 100);
        put_rounded(&w, truth->landmarks[i][1], 100);
    }
    csv_end(&w);
}

void synth_label_comment(struct text *to, const struct synth_options *o,
                         const struct synth_subject *s, const struct synth_view *v)
{
    text_addf(to, "SYNTHETIC: a drawn face of nobody, by misid synth (seed %llu, "
              "subject S%05zu, image %zu)", (unsigned long long)o->seed, s->number,
              v->number);
}

static const char what[] =
    "SYNTHETIC FACES\n\n"
    "These are drawings, made by misid synth. None of the people exists, and no\n"
    "photograph went into them. What is measured on them says how a program and a\n"
    "matcher behave on these drawings, and nothing about people.\n\n";

static const char planted[] =
    "THE PLANT. Every image of Monk tones %d to 10 is under-exposed by %s stop%s: its\n"
    "light is multiplied by 2 to the power -%s before the sensor's noise is added, as\n"
    "by a camera that meters for lighter skin. The column `planted` has the stops of\n"
    "each image. So there is a difference between tones to be found, and it was put in.\n"
    "\n";

static const char not_planted[] =
    "THE PLANT. None (--plant off): conditions are drawn alike for all tones. Darker\n"
    "skin still reflects less light, so its images have less signal above the noise.\n"
    "\n";

static const char labels[] =
    "LABELS. labels.csv has a row an image. Subject s has Monk tone 1 + s mod 10 and\n"
    "presentation (s + s/10) mod 2, female or male. Both are parameters of the drawing\n"
    "(label_source: drawn), as are age and all the rest. `skin` is darker from tone %d\n"
    "on, else lighter. Angles are in degrees: yaw to the viewer's right, pitch up, roll\n"
    "clockwise. `exposure` is in stops, the plant included; `noise` is 0 to 1; `blur`\n"
    "is sigma in pixels of a picture of 256; `luminance` is the mean of the picture\n"
    "inside the box of the face, 0 to 255, before it is compressed. Boxes are in pixels\n"
    "from the upper left corner; landmarks have (0, 0) at the centre of the first\n"
    "pixel; left and right are the viewer's.\n\n"
    "Read it with: misid dataset check synthetic --root THIS_FOLDER\n";

void synth_label_readme(struct text *to, const struct synth_options *o)
{
    char stops[NUM_MAX];

    num_shortest(stops, o->underexpose);
    text_add(to, what);
    text_addf(to, "seed       %llu\nsubjects   %zu\n", (unsigned long long)o->seed,
              o->subjects);
    text_addf(to, "images     %zu a subject, %d x %d pixels\n\n", o->images, o->size,
              o->size);
    if (o->underexpose > 0)
        text_addf(to, planted, SYNTH_PLANT_FROM, stops, o->underexpose == 1 ? "" : "s",
                  stops);
    else
        text_add(to, not_planted);
    text_addf(to, labels, o->darker_from);
}
