// SPDX-License-Identifier: GPL-2.0-only
/* aspctl id: the unique id of each socket's processor. */
#include <stdlib.h>
#include <unistd.h>

#include "aspctl.h"

/* More sockets than any machine with an AMD Secure Processor has. */
#define ID_BYTES_MAX	4096
#define ID_BYTES	64

static int read_ids(int fd, uint8_t **bytes, size_t *size)
{
	struct psp_sev_get_id2 id = { };
	unsigned int status, room;
	int ret;

	/* The firmware knows how long it is: its answer to a buffer too small. */
	ret = sev_issue(fd, PSP_SEV_GET_ID2, &id, &status);
	if (ret && status != PSP_SEV_INVALID_LENGTH)
		return sev_error(PSP_SEV_GET_ID2, ret, status);
	if (!id.length || id.length > ID_BYTES_MAX)
		return cvm_error(CVM_FAIL, "asking for the length of the id",
				 cvm_fmt("the firmware says %u bytes", id.length),
				 NULL);
	room = id.length;
	*bytes = cvm_alloc(room, 1);
	id.address = (uintptr_t)*bytes;
	ret = sev_issue(fd, PSP_SEV_GET_ID2, &id, &status);
	if (ret) {
		free(*bytes);
		return sev_error(PSP_SEV_GET_ID2, ret, status);
	}
	*size = id.length < room ? id.length : room;
	return CVM_OK;
}

int cmd_id(int argc, char **argv)
{
	uint8_t *bytes = NULL;
	size_t size = 0, i;
	int fd, ret;

	(void)argc;
	(void)argv;
	ret = sev_open(false, &fd);
	if (ret)
		return ret;
	ret = read_ids(fd, &bytes, &size);
	close(fd);
	if (ret)
		return ret;
	cvm_out_list("ids", NULL);
	for (i = 0; i < size; i += ID_BYTES)
		cvm_out_bytes(NULL, NULL, bytes + i, size - i < ID_BYTES ? size - i : ID_BYTES);
	cvm_out_end();
	free(bytes);
	return CVM_OK;
}
