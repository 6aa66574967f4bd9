/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeds of fuzz_answer: answers with none to three faces, saying more and more. */
#include <math.h>

#include "backends/pack.h"
#include "seeds.h"

int main(int argc, char **argv)
{
    static const enum status statuses[] = { STATUS_OK, STATUS_NO_FACE, STATUS_TIMEOUT,
                                            STATUS_SEVERAL_FACES };
    static const float template[] = { 1, -2, .5f, 0 };
    struct setting attributes[] = { { "age", "41.5" }, { "mood", "" } };
    struct answer a = { .status = STATUS_OK };
    struct text t = TEXT_INIT;

    if (argc != 2)
        return 2;
    for (size_t faces = 0; faces < 4; faces++)
        for (size_t says = 0; says < 4; says++) {
            answer_reset(&a);
            struct face_answer *f = answer_faces(&a, faces);
            a.status = statuses[says];
            a.reason = says % 2 ? "for this reason" : "";
            a.latency = says ? .0125 : NAN;
            for (size_t i = 0; i < faces; i++) {
                f[i].status = statuses[(says + i) % 3];
                f[i].box = (struct box){ 1, 2, 30, 40 };
                f[i].label = says > 1 ? "female" : "";
                f[i].confidence = says > 1 ? .75 : NAN;
                f[i].attributes = attributes;
                f[i].n_attributes = says > 2 ? 2 : 0;
                f[i].template = template;
                f[i].template_len = says ? sizeof template : 0;
            }
            answer_pack(&a, &t);
            put_seed(argv[1], &t);
        }
    answer_release(&a);
    return 0;
}
