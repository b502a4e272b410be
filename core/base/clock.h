/** @file
 * How much has been computed, and how much time has passed. */
#ifndef PYRO_BASE_CLOCK_H
#define PYRO_BASE_CLOCK_H

/** Seconds that the processor has worked for this thread. Costs a system call. */
double pyro_cpu_seconds(void);

/** Seconds that have passed since some moment, whatever is done to the date. */
double pyro_wall_seconds(void);

/** Seconds since 1970, with a fraction: the date, which may be set back. */
double pyro_date_seconds(void);

#endif
