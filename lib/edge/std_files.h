/* std_files.h - standard input, output and error, as a program finds them. */
#ifndef KASIR_EDGE_STD_FILES_H
#define KASIR_EDGE_STD_FILES_H

#include <stdbool.h>

/* Call first.  Where one of the three is closed, the next file that is opened would take its
 * number, and what is printed would go into a key or a database: put something in its place
 * that gives nothing and takes nothing. */
void std_files_hold(void);
/* Is all that was printed on its way?  Call last; false leaves errno. */
bool std_files_flush(void);

#endif
