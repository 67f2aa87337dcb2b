/* The examples are those of C2SP tlog-tiles. */
#include "unit/unhex.h"

#include "proof/tile_path.h"

static void
tiles_stand_where_tlog_tiles_says(void **state)
{
	static const struct {
		unsigned level;
		uint64_t n;
		unsigned width;
		const char *path;
	} table[] = {
		{ 0, 0, 256, "tile/0/000" },
		{ 0, 273, 112, "tile/0/273.p/112" },	/* of 70,000 leaves */
		{ 1, 1, 17, "tile/1/001.p/17" },
		{ 2, 0, 1, "tile/2/000.p/1" },
		{ 0, 999, 256, "tile/0/999" },
		{ 0, 1000, 256, "tile/0/x001/000" },
		{ 4, 1234067, 256, "tile/4/x001/x234/067" },
		{ 4, 1234067, 255, "tile/4/x001/x234/067.p/255" },
		{ TILE_ENTRIES, 0, 1, "tile/entries/000.p/1" },
		{ TILE_ENTRIES, 1234067, 256, "tile/entries/x001/x234/067" },
		{ 63, UINT64_MAX, 255, "tile/63/x018/x446/x744/x073/x709/x551/615.p/255" },
	};
	char path[TILE_PATH_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++) {
		tile_path_format(table[i].level, table[i].n, table[i].width, path);
		assert_string_equal(path, table[i].path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tiles_stand_where_tlog_tiles_says),
	};

	return cmocka_run_group_tests_name("tile_path", tests, NULL, NULL);
}
