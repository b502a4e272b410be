/* The end of a forked child. */
#ifndef CHILD_H
#define CHILD_H

#ifdef PYRO_COVERAGE
extern void __gcov_dump(void);
#endif

/* Writes down what the child has run so far, for `make coverage`: _exit() and exec do not. */
static inline void keep_coverage(void)
{
#ifdef PYRO_COVERAGE
    __gcov_dump();
#endif
}

#endif
