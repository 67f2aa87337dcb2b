/* tmp_dir.h - a folder for one test, and its removal. */
#ifndef TESTS_SUPPORT_TMP_DIR_H
#define TESTS_SUPPORT_TMP_DIR_H

#include <stddef.h>

struct tmp_dir {
	char path[64];
};

void tmp_dir_make(struct tmp_dir *d);		/* aborts when it cannot */
/* In memory where the system has such a file system: for tests whose disk is a model. */
void tmp_dir_make_in_memory(struct tmp_dir *d);
void tmp_dir_remove(struct tmp_dir *d);		/* with all that is in it */
/* <folder>/NAME, in TO. */
const char *tmp_dir_file(const struct tmp_dir *d, const char *name, char to[128]);

#endif
