/** @file
 * Counting lines of a log that are alike, so that a flood of them does not fill it. */
#ifndef PYRO_BASE_LOG_FLOOD_H
#define PYRO_BASE_LOG_FLOOD_H

#include "base/log_line.h"

/** Lines of a kind that are written in a second; in one that follows a flood, one is. */
#define PYRO_LOG_BURST 20

/** Kinds that are told apart in a second. */
#define PYRO_LOG_KINDS 16

/** Seconds after which it is told how many lines were left out. */
#define PYRO_LOG_PERIOD 1.0

/** The likeness of a line to others, which makes it one of their kind. */
struct pyro_log_likeness {
    const char *kind;       /**< name of the kind ("handshakes failed"), or NULL */
    struct pyro_slice text; /**< common to lines of a kind without a name */
    bool others;            /**< one kind too many is one with all others; else it is no kind */
};

/** Lines of a kind that were written, or left out, in this second. */
struct pyro_log_kind {
    uint64_t key;
    enum pyro_level level;
    const char *area;
    unsigned written, left_out;
    char what[160]; /**< description of those left out */
};

/** Counters of all kinds. Zero-initialized is none. */
struct pyro_log_flood {
    bool keyed;
    uint64_t key[2]; /**< of the hashes */
    double since;    /**< when this second began */
    bool untold;     /**< lines were left out in it */
    size_t count;
    struct pyro_log_kind kinds[PYRO_LOG_KINDS];
    struct pyro_log_kind others;
    void (*begun)(void *context); /**< hears of the first line that is left out; or NULL */
    void *context;
};

/** Hears of lines that were left out. */
typedef void pyro_log_flood_told(void *context, const struct pyro_log_record *record);

/** Returns whether a line may be written; else it is counted. */
bool pyro_log_flood_admit(struct pyro_log_flood *flood, const struct pyro_log_record *record,
                          const struct pyro_log_likeness *likeness);

/** Begins another second. `tell` hears of each kind how many lines of it were left out. */
void pyro_log_flood_turn(struct pyro_log_flood *flood, double now, pyro_log_flood_told *tell,
                         void *context);

#endif
