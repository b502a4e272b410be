#include "base/complaint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool pyro_is_journal(void)
{
    const char *where = getenv("JOURNAL_STREAM");
    struct stat status;
    unsigned long long device, inode;
    return where && sscanf(where, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

void pyro_complain(const char *head, const char *text)
{
    const char *level = pyro_is_journal() ? "<3>" : "";
    do {
        int length = (int)strcspn(text, "\n");
        fprintf(stderr, "%s%s%.*s\n", level, head, length, text);
        text += length;
        text += *text == '\n';
        head = "";
    } while (*text);
}
