/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinds: the rows of the one table in backend.c, each in a file of its own. Inside
 * src/backends only.
 *
 *   azure-face   a service on the network: Azure AI Face (azure.c)
 *   exec         an external program (remote.h)
 *   facepp       a service on the network: Face++ (facepp.c)
 *   ibm          recorded answers of a service that was withdrawn (ibm.c)
 *   kairos       a service on the network: Kairos (kairos.c)
 *   null         answers at once, and measures the harness itself
 *   lbp          a classical baseline: histograms of local binary patterns
 *   PLUGIN.so    a plug-in in misid-host (remote.h)
 *   recorded     answers that others recorded (replay.c; recorded.c reads predictions)
 *   rekognition  a service on the network (cloud.h)
 */
#ifndef BACKENDS_KINDS_H
#define BACKENDS_KINDS_H

#include "backends/backend.h"

extern const struct backend_kind backend_azure, backend_exec, backend_facepp, backend_ibm,
    backend_kairos, backend_lbp, backend_null, backend_plugin, backend_recorded,
    backend_rekognition;

/* Sessions of what runs in-process and keeps nothing from call to call. */
int session_plain(struct backend *b, struct session **s, struct err *err);
void session_plain_end(struct session *s);

#endif
