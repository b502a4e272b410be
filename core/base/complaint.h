/** @file
 * Errors that programs print, for people: on the standard error, which may be systemd's journal. */
#ifndef PYRO_BASE_COMPLAINT_H
#define PYRO_BASE_COMPLAINT_H

#include <stdbool.h>

/** Returns whether the standard error is systemd's journal, which says so in JOURNAL_STREAM. */
bool pyro_is_journal(void);

/** Prints a text of one or more lines after `head`; in the journal, each line is an error. */
void pyro_complain(const char *head, const char *text);

#endif
