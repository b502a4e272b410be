/* SQLite without clients: registers names, SIZE in each transaction. usage: floor_sql FILE SIZE.
 * Says "ready"; each line that it reads is how many names, answered by "done". */
#include "floor_sql.h"

static void add_all(int count, int size)
{
    for (int i = 0; i < count; i += size) {
        run(BEGIN);
        for (int j = 0; j < size; j++)
            add_name();
        run(COMMIT);
    }
}

int main(int count, char **words)
{
    int size = count > 2 ? atoi(words[2]) : 0, names;
    if (size < 1)
        return 2;
    open_names(words[1]);
    puts("ready");
    fflush(stdout);
    while (scanf("%d", &names) == 1) {
        add_all(names, size);
        puts("done");
        fflush(stdout);
    }
    return 0;
}
