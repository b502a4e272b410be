/* System calls that fail as a test asks. C tests link it; our calls and libuv's are counted, on
 * sockets only (a loop's own pipes do not count), those of the scripted peer are not.
 *
 *     fault_fail(FAULT_CONNECT, 1, ENETUNREACH);   // the next connect() fails, once
 *     fault_fail(FAULT_ACCEPT, 3, EMFILE);         // the third accept() from now on
 *     fault_fail_all(FAULT_SOCKET, ENFILE);        // each socket(), until faults_clear()
 *     fault_shorten(FAULT_WRITE, 2, 5);            // the second write takes 5 bytes at most
 *     fault_shorten(FAULT_READ, 1, 1);             // the next read gives 1 byte at most
 *     …
 *     assert_false(faults_pending());              // all of these happened
 *     faults_clear();                              // in the test's tear-down
 *
 * Each kind of call has one fault at a time; a new one takes the place of the last. To try a fault
 * at each place, count up until it does not happen any more:
 *
 *     for (unsigned n = 1; ; n++) {
 *         fault_fail(FAULT_WRITE, n, EPIPE);
 *         scenario();                              // must end well, or with an error
 *         if (faults_pending())
 *             break;
 *     }
 *
 * An error of EAGAIN stands for a socket that takes nothing (write) or has nothing (read) now. */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>

enum fault_call {
    FAULT_SOCKET,
    FAULT_CONNECT,
    FAULT_ACCEPT,
    FAULT_READ,  /* read, recvmsg */
    FAULT_WRITE, /* write, writev, send, sendmsg */
    FAULT_CALLS
};

/* Lets the n-th call of that kind from now on (1: the next one) fail once, with that errno. */
void fault_fail(enum fault_call call, unsigned nth, int error);

/* Lets all calls of that kind fail. */
void fault_fail_all(enum fault_call call, int error);

/* Lets the n-th call of that kind move at most so many bytes. */
void fault_shorten(enum fault_call call, unsigned nth, size_t bytes);

/* Returns whether a fault that was asked for did not happen yet. */
bool faults_pending(void);

/* Returns how many calls of that kind there were since the last fault_…() or faults_clear(). */
unsigned fault_count(enum fault_call call);

/* No more faults; counts from 0. */
void faults_clear(void);

/* Neither counts nor fails the calls between these: they are the test's own. */
void faults_suspend(void);
void faults_resume(void);

#endif
