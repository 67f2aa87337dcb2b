#include "proof/tile_path.h"

#include <stdio.h>
#include <string.h>

/* N in groups of three digits, all but the last after an x: 1234067 is x001/x234/067. */
static int
index_format(uint64_t n, char *to, size_t room)
{
	char groups[TILE_PATH_MAX];
	size_t at = sizeof groups - 4;

	snprintf(groups + at, 4, "%03u", (unsigned)(n % 1000));
	while ((n /= 1000) > 0) {
		char group[6];

		at -= 5;
		snprintf(group, sizeof group, "x%03u/", (unsigned)(n % 1000));
		memcpy(groups + at, group, 5);
	}
	return snprintf(to, room, "%s", groups + at);
}

void
tile_path_format(unsigned level, uint64_t n, unsigned width, char to[TILE_PATH_MAX])
{
	int at;

	kas_assert(width >= 1 && width <= 256 && (level == TILE_ENTRIES || level < 64));
	at = level == TILE_ENTRIES ? snprintf(to, TILE_PATH_MAX, "tile/entries/") :
	    snprintf(to, TILE_PATH_MAX, "tile/%u/", level);
	at += index_format(n, to + at, TILE_PATH_MAX - (size_t)at);
	if (width < 256)
		snprintf(to + at, TILE_PATH_MAX - (size_t)at, ".p/%u", width);
}
