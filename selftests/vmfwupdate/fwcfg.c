// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest that pokes at fw_cfg beside every driver:
 *
 *   fwcfg read NAME [LENGTH]     prints hexadecimal digits
 *   fwcfg write NAME HEX         in one DMA operation
 */
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <unistd.h>

#define PORT_SELECT	0x510
#define PORT_DATA	0x511
#define PORT_DMA_HIGH	0x514
#define PORT_DMA_LOW	0x518
#define KEY_DIRECTORY	0x19

#define DMA_ERROR	0x01
#define DMA_SELECT	0x08
#define DMA_WRITE	0x10

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void take(void *buf, size_t len)
{
	unsigned char *p = buf;

	while (len--)
		*p++ = inb(PORT_DATA);
}

static uint16_t find(const char *name, uint32_t *size)
{
	struct { uint32_t size; uint16_t key, zero; char name[56]; } entry;
	uint32_t count;

	outw(KEY_DIRECTORY, PORT_SELECT);
	take(&count, sizeof(count));
	for (count = be32toh(count); count; count--) {
		take(&entry, sizeof(entry));
		if (strncmp(entry.name, name, sizeof(entry.name)))
			continue;
		*size = be32toh(entry.size);
		return be16toh(entry.key);
	}
	fprintf(stderr, "fwcfg: no %s\n", name);
	exit(1);
}

/* The guest physical address of what @p points to. */
static uint64_t physical(const void *p)
{
	uint64_t entry;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 || pread(fd, &entry, 8, (uintptr_t)p / 4096 * 8) != 8)
		die("/proc/self/pagemap");
	close(fd);
	return (entry & ((1ull << 55) - 1)) * 4096 + (uintptr_t)p % 4096;
}

static int write_item(uint16_t key, const char *hex)
{
	struct { uint32_t control, length; uint64_t address; uint8_t data[4064]; } *page;
	unsigned int n, byte;
	uint64_t addr;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
	if (page == MAP_FAILED)
		die("mmap");
	for (n = 0; n < sizeof(page->data) && sscanf(hex + 2 * n, "%2x", &byte) == 1; n++)
		page->data[n] = byte;
	addr = physical(page);
	page->length = htobe32(n);
	page->address = htobe64(addr + 16);
	*(volatile uint32_t *)&page->control =
		htobe32((uint32_t)key << 16 | DMA_SELECT | DMA_WRITE);
	outl(htobe32(addr >> 32), PORT_DMA_HIGH);
	outl(htobe32((uint32_t)addr), PORT_DMA_LOW);
	if (*(volatile uint32_t *)&page->control) {
		fputs("fwcfg: refused\n", stderr);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint32_t size;
	uint16_t key;

	if (argc < 3 || argc > 4 || (strcmp(argv[1], "read") && argc != 4)) {
		fputs("usage: fwcfg read NAME [LENGTH] | write NAME HEX\n", stderr);
		return 1;
	}
	if (iopl(3))
		die("iopl");
	key = find(argv[2], &size);
	if (!strcmp(argv[1], "write"))
		return write_item(key, argv[3]);
	if (argc == 4)
		size = strtoul(argv[3], NULL, 0);
	outw(key, PORT_SELECT);
	while (size--)
		printf("%02x", inb(PORT_DATA));
	putchar('\n');
	return 0;
}
