#include "wire/scan.h"

#include "base/field.h"

bool
wire_scan_count(struct bytes b, uint32_t number, size_t *ret)
{
	size_t count = 0;
	struct field f;

	while (b.n > 0) {
		if (!field_take(&b, &f))
			return false;
		if (f.number == number)
			count++;
	}
	*ret = count;
	return true;
}

#define DEPTH_MAX 4

bool
wire_scan_fits(struct bytes b, const uint32_t *path, size_t n_path, size_t max)
{
	struct bytes above[DEPTH_MAX];	/* what is left of the messages around this one */
	size_t depth = 0, n = 0;
	struct field f;

	kas_assert(n_path <= DEPTH_MAX);
	for (;;) {
		if (b.n == 0) {
			if (depth == 0)
				return true;
			b = above[--depth];
			continue;
		}
		if (!field_take(&b, &f) || ++n > max)
			return false;
		if (depth < n_path && f.number == path[depth]) {
			above[depth++] = b;
			b = f.value;
		}
	}
}
