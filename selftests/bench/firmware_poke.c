// SPDX-License-Identifier: GPL-2.0-only
/*
 * Speaks to the emulated processor's registers from user space, without any
 * driver: for the tests of the model itself. The command buffer is a page of
 * this process, whose physical address /proc/self/pagemap tells root.
 *
 *	firmware_poke [-p PCIDEV] [-b BASE] OPERATION ARG...
 *
 *	read OFFSET			prints the register
 *	write OFFSET VALUE		and any number of both after one another
 *	acpi COMMAND DATA		prints the response word, or "silence"
 *	sev COMMAND [irq] [FIELD...]	prints the response word or "silence", the
 *					buffer registers, the command buffer and 128
 *					bytes of the data area. A FIELD is hexadecimal
 *					bytes, or DATA: the data area's address
 *	repeat N COMMAND [irq] ...	the same N times, prints the number of successes
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE		4096u
#define DATA_OFFSET	2048u
#define RESPONSE	(1u << 31)
#define PATIENCE	3	/* seconds until no answer is none */

/* Offsets of the Hyper-V table and of the PCI function. */
static struct {
	uint32_t cmdresp, low, high, acpi;
} reg = { 0x10, 0x14, 0x18, 0x20 };

static volatile uint8_t *regs;
static uint8_t *page;
static uint64_t page_address;

static void die(const char *what)
{
	fprintf(stderr, "firmware_poke: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint32_t get(uint32_t offset)
{
	return *(volatile uint32_t *)(regs + offset);
}

static void set(uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(regs + offset) = value;
}

static void map_registers(const char *pci, uint64_t base)
{
	char path[256] = "/dev/mem";
	size_t size = PAGE;
	int fd;

	if (pci) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource2", pci);
		size = 1 << 20;
		base = 0;
		reg.cmdresp = 0x10980;
		reg.low = 0x109e0;
		reg.high = 0x109e4;
	}
	fd = open(path, O_RDWR | O_SYNC);
	if (fd < 0)
		die(path);
	regs = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, base);
	if (regs == MAP_FAILED)
		die(path);
	close(fd);
}

static void map_page(void)
{
	uint64_t entry;
	int fd;

	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
	if (page == MAP_FAILED)
		die("a locked page");
	memset(page, 0, PAGE);
	fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd < 0)
		die("/proc/self/pagemap");
	if (pread(fd, &entry, sizeof(entry), (uintptr_t)page / PAGE * sizeof(entry)) !=
	    sizeof(entry))
		die("/proc/self/pagemap");
	close(fd);
	page_address = (entry & ((1ull << 55) - 1)) * PAGE;
	if (!page_address) {
		errno = EPERM;
		die("the page's physical address");
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Returns whether an answer came. */
static int await(uint32_t offset, uint32_t *word)
{
	double end = now() + PATIENCE;

	do {
		*word = get(offset);
		if (*word & RESPONSE)
			return 1;
	} while (now() < end);
	return 0;
}

static size_t fill(char **fields)
{
	size_t n = 0;

	for (; *fields; fields++) {
		const char *f = *fields;
		unsigned int byte;

		if (!strcmp(f, "DATA")) {
			uint64_t address = page_address + DATA_OFFSET;

			memcpy(page + n, &address, 8);
			n += 8;
			continue;
		}
		for (; f[0] && f[1]; f += 2) {
			if (sscanf(f, "%2x", &byte) != 1 || n == 1024) {
				errno = EINVAL;
				die(*fields);
			}
			page[n++] = byte;
		}
	}
	return n;
}

static void dump(const char *name, const uint8_t *bytes, size_t n)
{
	printf("%s ", name);
	for (size_t i = 0; i < n; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

static int sev(char **arg, uint32_t *word, size_t *length)
{
	uint32_t command = strtoul(*arg++, NULL, 0) << 16;

	if (*arg && !strcmp(*arg, "irq")) {
		command |= 1;
		arg++;
	}
	*length = fill(arg);
	set(reg.low, page_address);
	set(reg.high, page_address >> 32);
	set(reg.cmdresp, command);
	return await(reg.cmdresp, word);
}

/* In one process, so that nothing but these accesses lies between them. */
static int access_registers(int argc, char **argv)
{
	while (argc >= 2) {
		uint32_t offset = strtoul(argv[1], NULL, 0);
		int used = 2;

		if (!strcmp(argv[0], "read")) {
			printf("0x%08x\n", get(offset));
		} else if (!strcmp(argv[0], "write") && argc > 2) {
			set(offset, strtoul(argv[2], NULL, 0));
			used = 3;
		} else {
			break;
		}
		argv += used;
		argc -= used;
	}
	return argc != 0;
}

int main(int argc, char **argv)
{
	uint64_t base = 0xfeb00000;
	const char *pci = NULL;
	size_t length;
	uint32_t word;
	int c;

	while ((c = getopt(argc, argv, "+p:b:")) != -1) {
		switch (c) {
		case 'p':
			pci = optarg;
			break;
		case 'b':
			base = strtoull(optarg, NULL, 0);
			break;
		default:
			return 1;
		}
	}
	argv += optind;
	argc -= optind;
	if (argc < 2)
		return 1;
	map_registers(pci, base);

	if (!strcmp(argv[0], "read") || !strcmp(argv[0], "write"))
		return access_registers(argc, argv);
	if (!strcmp(argv[0], "acpi") && argc > 2) {
		set(reg.acpi, strtoul(argv[1], NULL, 0) << 16 | strtoul(argv[2], NULL, 0));
		if (await(reg.acpi, &word))
			printf("0x%08x\n", word);
		else
			printf("silence\n");
	} else if (!strcmp(argv[0], "sev")) {
		map_page();
		if (sev(argv + 1, &word, &length))
			printf("response 0x%08x\n", word);
		else
			printf("silence\n");
		printf("stack 0x%08x%08x\n", get(reg.high), get(reg.low));
		dump("buffer", page, length);
		dump("data", page + DATA_OFFSET, 128);
	} else if (!strcmp(argv[0], "repeat") && argc > 2) {
		unsigned long n = strtoul(argv[1], NULL, 0), good = 0;

		map_page();
		while (n--)
			good += sev(argv + 2, &word, &length) && word == RESPONSE;
		printf("%lu\n", good);
	} else {
		return 1;
	}
	return 0;
}
