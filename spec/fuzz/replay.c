/* Runs a fuzz target on each file that is named, or is in a folder that is named, without a fuzzer:
 * what was once found stays mended. Prints how many there were. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    static uint8_t data[1 << 16];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    size_t size = fread(data, 1, sizeof(data), file);
    uint8_t *exact = malloc(size ? size : 1); /* so that reading beyond its end is seen */
    fclose(file);
    if (!exact)
        exit(1);
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

static int replay(const char *path)
{
    char name[4096];
    struct dirent *entry;
    DIR *folder = opendir(path);
    int count = 0;
    if (!folder)
        return replay_file(path);
    while ((entry = readdir(folder)) != NULL) {
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            count += replay(name);
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++)
        count += replay(argv[i]);
    printf("%d inputs\n", count);
    return 0;
}
