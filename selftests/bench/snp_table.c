// SPDX-License-Identifier: GPL-2.0-only
// link: selftests/bench/firmware/sevfw_rmp.c
/*
 * Looks at a reverse map table from inside the machine that has it, through
 * /dev/mem, which shows what is reserved.
 *
 *	snp_table BASE END count		how many pages are in each state that has any
 *	snp_table BASE END entry ADDRESS	a page's state and its two words
 *
 * BASE and END are what the MSRs hold, in hexadecimal.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "selftests/bench/firmware/sevfw_rmp.h"

static const char *const names[] = {
	[SEVFW_PAGE_INVALID] = "invalid", [SEVFW_PAGE_DEFAULT] = "default",
	[SEVFW_PAGE_HYPERVISOR] = "hypervisor", [SEVFW_PAGE_HV_FIXED] = "hv-fixed",
	[SEVFW_PAGE_FIRMWARE] = "firmware", [SEVFW_PAGE_FIRMWARE_IOMMU] = "iommu",
	[SEVFW_PAGE_RECLAIM] = "reclaim", [SEVFW_PAGE_CONTEXT] = "context",
	[SEVFW_PAGE_METADATA] = "metadata", [SEVFW_PAGE_PRE_GUEST] = "pre-guest",
	[SEVFW_PAGE_PRE_SWAP] = "pre-swap", [SEVFW_PAGE_GUEST_INVALID] = "guest-invalid",
	[SEVFW_PAGE_GUEST_VALID] = "guest-valid",
};

#define STATES	(sizeof(names) / sizeof(names[0]))

static struct sevfw_rmp rmp;
static uint8_t *table;

static int table_read(void *opaque, uint64_t address, void *to, size_t length)
{
	(void)opaque;
	memcpy(to, table + (address - rmp.base), length);
	return 0;
}

static int fetch(void)
{
	size_t size = rmp.end + 1 - rmp.base, done = 0;
	int fd = open("/dev/mem", O_RDONLY);

	table = malloc(size);
	if (fd < 0 || !table)
		return -1;
	while (done < size) {
		ssize_t n = pread(fd, table + done, size - done, rmp.base + done);

		if (n <= 0)
			return -1;
		done += n;
	}
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long count[STATES] = { 0 };
	struct sevfw_rmp_entry e;
	uint64_t address;

	if (argc < 4)
		return 2;
	rmp.read = table_read;
	rmp.base = strtoull(argv[1], NULL, 16);
	rmp.end = strtoull(argv[2], NULL, 16);
	if (rmp.end <= rmp.base || fetch()) {
		perror("snp_table: the table cannot be read");
		return 1;
	}
	if (!strcmp(argv[3], "entry") && argc == 5) {
		address = strtoull(argv[4], NULL, 16);
		printf("%s", names[sevfw_rmp_page(&rmp, address, &e)]);
		if (sevfw_rmp_load(&rmp, address, &e))
			memset(&e, 0, sizeof(e));
		printf(" %016" PRIx64 " %016" PRIx64 "\n", e.state, e.permissions);
		return 0;
	}
	if (strcmp(argv[3], "count"))
		return 2;
	for (address = 0; address < sevfw_rmp_limit(&rmp); address += SEVFW_PAGE)
		count[sevfw_rmp_page(&rmp, address, &e)]++;
	for (size_t i = 0; i < STATES; i++) {
		if (count[i])
			printf("%s=%lu ", names[i], count[i]);
	}
	printf("\n");
	return 0;
}
