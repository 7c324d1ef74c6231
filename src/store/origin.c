/* SPDX-License-Identifier: GPL-3.0-or-later */
/* origin.c - what computes here: program, machine, kernels. Runs keep it beside their results. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <mmoe/kernels.h>
#include <mmoe/mat.h>
#include <mmoe/origin.h>
#include <mmoe/store.h>

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

/* The processor's name as Linux tells it; "" elsewhere. */
static void processor(char *out, size_t size)
{
    char line[256];
    FILE *f = fopen("/proc/cpuinfo", "re");
    out[0] = '\0';
    while (f && fgets(line, sizeof line, f)) {
        char *name = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !name)
            continue;
        name += 1 + strspn(name + 1, " ");
        name[strcspn(name, "\n")] = '\0';
        snprintf(out, size, "%s", name);
        break;
    }
    if (f)
        fclose(f);
}

void mmoe_origin_here(struct mmoe_origin *origin)
{
    struct utsname system;
    char cpu[80], library[64];
    memset(origin, 0, sizeof *origin);
    snprintf(origin->version, sizeof origin->version, "mmoe %s", PACKAGE_VERSION);
    processor(cpu, sizeof cpu);
    if (uname(&system) == 0)
        snprintf(origin->machine, sizeof origin->machine, "%.16s %.16s%s%s", system.sysname,
                 system.machine, *cpu ? ", " : "", cpu);
    snprintf(library, sizeof library, "%s",
             mmoe_mat_library()); /* "OpenBLAS 0.3.21 NO_LAPACKE ..." */
    char *blank = strchr(library, ' ');
    if (blank && (blank = strchr(blank + 1, ' ')))
        *blank = '\0';
    snprintf(origin->blas, sizeof origin->blas, "%s %s", library, mmoe_mat_kernel());
}

void mmoe_origin_kernels(const struct mmoe_origin *origin, const struct mmoe_options *o,
                         char out[MMOE_ORIGIN_MAX])
{
    snprintf(out, MMOE_ORIGIN_MAX, "%s; %s", mmoe_kernels_name((enum mmoe_kernels)o->kernels),
             origin->blas);
}
