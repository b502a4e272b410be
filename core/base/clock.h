/** @file
 * How much has been computed. */
#ifndef PYRO_BASE_CLOCK_H
#define PYRO_BASE_CLOCK_H

/** Seconds that the processor has worked for this thread. Costs a system call. */
double pyro_cpu_seconds(void);

#endif
