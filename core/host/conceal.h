/** @file
 * Passwords on the command line. */
#ifndef PYRO_HOST_CONCEAL_H
#define PYRO_HOST_CONCEAL_H

/** Overwrites the password of a URL, as in `redis://user:password@host`, in an argument of the
 * program, which has been copied: everybody on this machine can see the arguments of programs. */
void host_conceal(char *argument);

#endif
