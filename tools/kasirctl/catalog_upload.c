#include "tools/kasirctl/catalog.h"

#include "edge/progress.h"

/* A frame of the control socket holds 1 MiB; half of it leaves room for what stands around. */
#define PART ((size_t)512 * 1024)

static int
send_part(const struct cli *cli, const struct hash *hash, struct bytes all, size_t offset,
    struct arena *a)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__CataloguePartRequest part = KASIR__V1__CATALOGUE_PART_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	size_t n = all.n - offset < PART ? all.n - offset : PART;

	part.hash = proto_bytes(BYTES(hash->b, HASH_LEN));
	part.size = all.n;
	part.offset = offset;
	part.part = proto_bytes(BYTES(all.p + offset, n));
	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_PART;
	request.catalogue_part = &part;
	return ctl_call(cli, &request, a, &answer);
}

static int
send_load(const struct cli *cli, const struct hash *hash, uint64_t compared_with,
    struct arena *a, uint64_t *ret_index)
{
	Kasir__V1__ControlRequest request = KASIR__V1__CONTROL_REQUEST__INIT;
	Kasir__V1__CatalogueLoadRequest load = KASIR__V1__CATALOGUE_LOAD_REQUEST__INIT;
	Kasir__V1__ControlResponse *answer;
	int rc;

	load.hash = proto_bytes(BYTES(hash->b, HASH_LEN));
	load.compared = true;
	load.compared_with = compared_with;
	request.body_case = KASIR__V1__CONTROL_REQUEST__BODY_CATALOGUE_LOAD;
	request.catalogue_load = &load;
	rc = ctl_call(cli, &request, a, &answer);
	if (rc != EX_OK)
		return rc;
	if (answer->body_case != KASIR__V1__CONTROL_RESPONSE__BODY_ENTRY)
		return cli_fail(cli, EX_PROTOCOL, NULL, "kasird's answer names no entry");
	*ret_index = answer->entry->index;
	return EX_OK;
}

int
catalog_upload(const struct cli *cli, struct bytes bytes, uint64_t compared_with,
    uint64_t *ret_index)
{
	struct hash hash = hash_of(bytes);
	struct progress progress;
	struct arena a;
	size_t at;
	int rc = EX_OK;

	arena_init(&a, 0);
	progress_init(&progress, "Sending", "bytes", bytes.n);
	for (at = 0; rc == EX_OK && at < bytes.n; at += PART) {
		arena_reset(&a);
		rc = send_part(cli, &hash, bytes, at, &a);
		progress_set(&progress, at);
	}
	progress_end(&progress);
	if (rc == EX_OK)
		rc = send_load(cli, &hash, compared_with, &a, ret_index);
	arena_fini(&a);
	return rc;
}
