/* The rules of an ALLOW file. It is small and local: it is read on the loop. */
#include "rpc/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"

/* Bytes of a file. */
#define LONGEST_FILE ((size_t)1024 * 1024)
/* Seconds between two looks at the file. */
#define PERIOD 1.0

/* A version of a file. Of one that cannot be read, all is 0. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified, changed;
};

struct pyro_rules {
    struct pyro_allow *allow;
    struct stamp stamp; /* of the file when it was read */
    double looked;      /* when; 0: never again since it was opened */
    bool unread;        /* the file could not be read: it is tried again */
    char *path;         /* as it was given */
    char *place;        /* the same from the root, as the program may go to another folder */
};

static struct stamp stamp_of(const struct stat *status)
{
    return (struct stamp){status->st_dev, status->st_ino, status->st_size, status->st_mtim,
                          status->st_ctim};
}

static bool is_same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_same(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           is_same_time(a->modified, b->modified) && is_same_time(a->changed, b->changed);
}

static enum pyro_code fail(const char *path, struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EOS, "%.200s: %s", path, strerror(errno));
}

/* Reads what is in a file, and which version of it that is. */
static enum pyro_code read_all(int file, const char *path, struct pyro_buffer *text,
                               struct stamp *stamp, struct pyro_error *err)
{
    struct stat status;
    ssize_t count;
    if (fstat(file, &status) != 0)
        return fail(path, err);
    *stamp = stamp_of(&status);
    if (!S_ISREG(status.st_mode)) /* a pipe might never end */
        return pyro_error_set(err, PYRO_EVALUE, "%.200s: not a regular file", path);
    do {
        char *room = pyro_buffer_reserve(text, 4096);
        if (!room)
            return pyro_error_memory(err);
        count = read(file, room, 4096);
        if (count < 0)
            return fail(path, err);
        text->length += (size_t)count;
        if (text->length > LONGEST_FILE)
            return pyro_error_set(err, PYRO_EVALUE, "%.200s: a file of rules has at most %zu bytes",
                                  path, LONGEST_FILE);
    } while (count > 0);
    return PYRO_OK;
}

/* Reads the rules that the file has now. */
static enum pyro_code load(struct pyro_rules *rules, struct pyro_allow **allow,
                           struct pyro_error *err)
{
    const char *path = rules->path;
    struct pyro_buffer text = {.data = NULL};
    int file = open(rules->place, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return fail(path, err);
    enum pyro_code code = read_all(file, path, &text, &rules->stamp, err);
    close(file);
    if (code == PYRO_OK)
        code = pyro_allow_parse(allow, path,
                                pyro_slice(text.length > 0 ? text.data : "", text.length), err);
    pyro_buffer_free(&text);
    return code;
}

/* Finds out where a file is, seen from the root. */
static enum pyro_code find_place(const char *path, char **place, struct pyro_error *err)
{
    char folder[PATH_MAX];
    struct pyro_buffer text = {.data = NULL};
    bool relative = *path != '/';
    if (relative && !getcwd(folder, sizeof(folder)))
        return fail(path, err);
    if ((relative && (!pyro_buffer_append(&text, folder, strlen(folder)) ||
                      !pyro_buffer_append(&text, "/", 1))) ||
        !pyro_buffer_append(&text, path, strlen(path) + 1)) {
        pyro_buffer_free(&text);
        return pyro_error_memory(err);
    }
    *place = text.data;
    return PYRO_OK;
}

enum pyro_code pyro_rules_open(struct pyro_rules **out, const char *path, struct pyro_error *err)
{
    struct pyro_rules *rules = pyro_calloc(1, sizeof(*rules));
    *out = NULL;
    if (!rules || !(rules->path = pyro_copy_text(path, strlen(path)))) {
        pyro_free(rules);
        return pyro_error_memory(err);
    }
    enum pyro_code code = find_place(path, &rules->place, err);
    if (code == PYRO_OK)
        code = load(rules, &rules->allow, err);
    if (code == PYRO_OK)
        *out = rules;
    else
        pyro_rules_free(rules);
    return code;
}

void pyro_rules_free(struct pyro_rules *rules)
{
    if (!rules)
        return;
    pyro_allow_free(rules->allow);
    pyro_free(rules->path);
    pyro_free(rules->place);
    pyro_free(rules);
}

/* Reads the rules even where clients hold all descriptors, of whom some may have to go. */
static enum pyro_code load_anyhow(struct pyro_rules *rules, struct pyro_loop *loop,
                                  struct pyro_allow **allow, struct pyro_error *err)
{
    pyro_loop_yield_descriptor(loop);
    enum pyro_code code = load(rules, allow, err);
    pyro_loop_regain_descriptor(loop);
    return code;
}

/* Takes over the version of the file that is there now. */
static void reload(struct pyro_rules *rules, struct pyro_loop *loop, struct pyro_log *log,
                   const char *area)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_allow *allow = NULL;
    bool told = rules->unread;
    enum pyro_code code = load_anyhow(rules, loop, &allow, &err);
    rules->unread = code == PYRO_EOS || code == PYRO_EMEMORY;
    if (code == PYRO_OK) {
        pyro_allow_free(rules->allow);
        rules->allow = allow;
        pyro_log_write(log, PYRO_INFO, area, "%s: the rules were read again", rules->path);
    } else if (!told || !rules->unread) {
        pyro_log_write(log, PYRO_ERROR, area, "%s; the rules stay as they were", err.message);
    }
}

void pyro_rules_refresh(struct pyro_rules *rules, struct pyro_loop *loop, struct pyro_log *log,
                        const char *area)
{
    struct stat status;
    struct stamp stamp = {.size = 0};
    double now = pyro_loop_now(loop);
    if (rules->looked != 0 && now - rules->looked < PERIOD)
        return;
    rules->looked = now;
    if (stat(rules->place, &status) == 0)
        stamp = stamp_of(&status);
    if (!rules->unread && is_same(&stamp, &rules->stamp))
        return;
    rules->stamp = stamp;
    reload(rules, loop, log, area);
}

const struct pyro_rule *pyro_rules_decide(const struct pyro_rules *rules,
                                          const struct pyro_question *question)
{
    return pyro_allow_decide(rules->allow, question);
}

const char *pyro_rules_path(const struct pyro_rules *rules)
{
    return rules->path;
}
