/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define READS (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
               LANDLOCK_ACCESS_FS_READ_DIR)
#define OF_A_FILE (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
                   LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATES)
#define REFERS (UINT64_C(1) << 13)    /* since version 2: linking across folders */
#define TRUNCATES (UINT64_C(1) << 14) /* since version 3 */
#define WRITES (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
                LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
                LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
                LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
                LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/* What linux/landlock.h has, as far as the newest of it is used here. */
struct ruleset {
    uint64_t fs, net, scoped;
};

/* Where programs and their libraries are; nothing of anybody's own. */
static const char *const of_the_system[] = { "/usr", "/lib", "/lib32", "/lib64", "/bin",
                                             "/sbin", "/etc", "/opt", "/proc", "/sys", NULL };
static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                       "/dev/urandom", NULL };

static long version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* The least folder that holds the path, or itself; what is not there allows nothing. */
static int allow(int rules, const char *path, uint64_t access)
{
    struct landlock_path_beneath_attr rule = { .allowed_access = access };
    int done = 0;

    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return 0;
    if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
        done = -1;
    close(rule.parent_fd);
    return done;
}

static int allow_folder(int rules, const char *path)
{
    char *real = realpath(path, NULL), *dir = NULL;
    int done = 0;

    if (real && !path_is_dir(real))
        dir = path_dirname(real);
    if (real)
        done = allow(rules, dir ? dir : real, READS);
    free(dir);
    free(real);
    return done;
}

int confine_make(int *rules, const char *writable, char *const *readable, struct err *err)
{
    struct ruleset set = { READS | WRITES, 0, 0 };
    const long v = version();
    size_t size = sizeof set.fs;
    int done = 0;

    *rules = -1;
    if (v < 1)
        return err_add(err, ERR_INPUT, "confine=yes: this kernel has no Landlock, which it "
                       "needs (Linux 5.13, and `landlock` among its security modules)");
    if (v >= 2)
        set.fs |= REFERS;
    if (v >= 3)
        set.fs |= TRUNCATES;
    if (v >= 4) {
        set.net = 3; /* to bind and to connect, TCP */
        size = offsetof(struct ruleset, scoped);
    }
    if (v >= 6) {
        set.scoped = 3; /* abstract sockets, and signals to others */
        size = sizeof set;
    }
    *rules = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
    if (*rules < 0)
        return err_add_errno(err, ERR_INPUT, errno, "confine=yes: no rules can be made");
    for (size_t i = 0; of_the_system[i] && !done; i++)
        done = allow(*rules, of_the_system[i], READS);
    for (size_t i = 0; devices[i] && !done; i++)
        done = allow(*rules, devices[i], set.fs & OF_A_FILE);
    for (size_t i = 0; readable[i] && !done; i++)
        done = allow_folder(*rules, readable[i]);
    if (!done && writable)
        done = allow(*rules, writable, set.fs);
    if (!done)
        return 0;
    close(*rules);
    *rules = -1;
    return err_add_errno(err, ERR_INPUT, errno, "confine=yes: a rule cannot be made");
}

int confine_enter(int rules)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return (int)syscall(SYS_landlock_restrict_self, rules, 0);
}
