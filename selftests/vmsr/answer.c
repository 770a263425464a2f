// SPDX-License-Identifier: GPL-2.0-only
/*
 * answer page|ioctl|helper COUNT [SOCKET]: what it takes a VMM to have the value for
 * one RDMSR of its guest, in nanoseconds: by a load from the mapped page, by an
 * ioctl, by a round trip to the helper that QEMU's rapl=on has. The machine has one
 * CPU: the helper's part is in the time.
 */
#include <err.h>

#include "peer.h"

static volatile const uint64_t *page;
static int vm, helper;

static uint64_t by_page(void)
{
	return *page;
}

static uint64_t by_ioctl(void)
{
	uint64_t value;

	if (vl_read(vm, 0, PEER_PACKAGE_MSR, &value))
		err(1, "VMSR_VM_READ_MSR");
	return value;
}

static uint64_t by_helper(void)
{
	uint64_t value;

	if (peer_ask(helper, PEER_PACKAGE_MSR, 0, vl_gettid(), &value) || !value)
		err(1, "the helper gives no value");
	return value;
}

static void prepare_vm(void)
{
	struct vmsr_msr msr[32];
	struct vmsr_msr_list list = {
		.size = sizeof(list), .entry_size = sizeof(msr[0]), .nr = 32,
		.entries = (uintptr_t)msr,
	};
	struct vmsr_create_vm made;
	int dev = vl_open();
	const char *map;
	unsigned int i;

	vm = dev < 0 ? -1 : vl_create(dev, VMSR_INTERFACE_INTEL, 1, 1, 1, 0,
				      "asked", &made);
	if (vm < 0 || vl_add(vm, 0, 0, 0, 0) ||
	    ioctl(vm, VMSR_VM_LIST_MSRS, &list))
		err(1, "a VM");
	map = mmap(NULL, made.map_size, PROT_READ, MAP_SHARED, vm, 0);
	if (map == MAP_FAILED)
		err(1, "the page");
	for (i = 0; i < list.nr; i++)
		if (msr[i].index == PEER_PACKAGE_MSR)
			page = (const void *)(map + msr[i].offset);
	if (!page)
		errx(1, "no energy in the page");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		uint64_t (*answer)(void);
	} ways[] = {
		{ "page", by_page },
		{ "ioctl", by_ioctl },
		{ "helper", by_helper },
	};
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 0, i;
	uint64_t (*answer)(void) = NULL;
	uint64_t start, value = 0;

	for (i = 0; argc > 1 && i < 3; i++)
		if (!strcmp(argv[1], ways[i].name))
			answer = ways[i].answer;
	if (!answer || !count || argc != (answer == by_helper ? 4 : 3))
		errx(2, "usage: answer page|ioctl|helper COUNT [SOCKET]");
	if (answer == by_helper) {
		helper = peer_connect(argv[3]);
		if (helper < 0)
			err(1, "%s", argv[3]);
	} else {
		prepare_vm();
	}
	for (i = 0; i < 20; i++)
		answer();
	start = vl_now_ns();
	for (i = 0; i < count; i++)
		value += answer();
	start = vl_now_ns() - start;
	if (!value)
		errx(1, "no value is not zero");
	printf("%.2f\n", (double)start / count);
	return 0;
}
