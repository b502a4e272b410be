#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

int pyro_descriptor_lift(int descriptor)
{
    if (descriptor < 0 || descriptor > STDERR_FILENO)
        return descriptor;
    int lifted = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int why = errno;
    close(descriptor);
    errno = why;
    return lifted;
}

void pyro_descriptors_reserve(struct pyro_reserved *reserved)
{
    reserved->count = 0;
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) != -1)
            continue;
        int taken = eventfd(0, EFD_CLOEXEC); /* needs no file system */
        if (taken >= 0)
            reserved->descriptors[reserved->count++] = taken;
    }
}

void pyro_descriptors_release(const struct pyro_reserved *reserved)
{
    for (int i = 0; i < reserved->count; i++)
        close(reserved->descriptors[i]);
}
