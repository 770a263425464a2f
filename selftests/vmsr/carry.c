// SPDX-License-Identifier: GPL-2.0-only
/*
 * carry save FILE: a guest works, and what it sees is put into FILE.
 * carry restore FILE: on another host, it goes on there. Prints the unit that the
 * host's counter has, 2^-N J, and ends with 1 and a message when anything is not as it
 * should be.
 */
#include <err.h>

#include "workers.h"

#define GUEST_COUNTER	0x611

struct carried {
	uint64_t counter;
	struct vmsr_state head;
	uint64_t energy[2];
};

static int state_move(int fd, unsigned long request, struct carried *c)
{
	struct vmsr_state_access a = {
		.size = sizeof(a), .length = sizeof(c->head) + sizeof(c->energy),
		.data = (uintptr_t)&c->head,
	};

	return ioctl(fd, request, &a);
}

static uint64_t counter(int fd)
{
	uint64_t value;

	if (vl_read(fd, 0, GUEST_COUNTER, &value))
		err(1, "the guest's counter");
	return value;
}

static struct vl_package package(void)
{
	struct vl_packages p;

	if (vl_get_packages(&p) || p.nr != 1)
		errx(1, "packages");
	return p.p[0];
}

/* The guest works, and all that it used is told. */
static void work(int fd, struct worker *w)
{
	model_power("20000", "1000", "10000");
	worker_set(w, WORK_BUSY);
	vl_wait(fd, 8);
	worker_set(w, WORK_IDLE);
	model_freeze();
	vl_wait(fd, 2);
}

static void go_on(int fd, struct worker *w, struct carried *c)
{
	struct vl_package before = package(), after;
	uint32_t raw = model_package("raw", 0);
	struct vmsr_energy e;
	uint64_t guest_uj;

	if (state_move(fd, VMSR_VM_RESTORE, c))
		err(1, "restoring");
	if (counter(fd) != c->counter)
		errx(1, "the guest saw %llu, and now %llu", (unsigned long long)c->counter,
		     (unsigned long long)counter(fd));
	work(fd, w);
	raw = model_package("raw", 0) - raw;
	after = package();
	if (!raw || after.units - before.units != (uint64_t)raw << (24 - after.shift))
		errx(1, "%u units of 2^-%u J are not %llu", raw, after.shift,
		     (unsigned long long)(after.units - before.units));
	if (vl_energy(fd, &e))
		err(1, "energy");
	guest_uj = (counter(fd) - c->counter) * 1000000 / 16384;
	if (!guest_uj || guest_uj > e.vcpu_uj + 1000 || guest_uj + 1000 < e.vcpu_uj)
		errx(1, "the guest sees %llu uJ more, of %llu", (unsigned long long)guest_uj,
		     (unsigned long long)e.vcpu_uj);
}

int main(int argc, char **argv)
{
	bool save = argc == 3 && !strcmp(argv[1], "save");
	struct carried c = {};
	int dev = vl_open(), fd;
	struct worker w;
	FILE *f;

	if (dev < 0 || argc != 3 || (!save && strcmp(argv[1], "restore")))
		errx(2, "wants /dev/vmsr, save or restore, and FILE");
	fd = vl_create(dev, VMSR_INTERFACE_INTEL, 1, 1, 1, VMSR_CREATE_NO_OVERHEAD, "carried",
		       NULL);
	worker_start(&w);
	if (fd < 0 || vl_add(fd, 0, w.tid, 0, 0))
		err(1, "a VM");
	model_freeze();
	vl_wait(fd, 2);
	f = fopen(argv[2], save ? "w" : "r");
	if (!f)
		err(1, "%s", argv[2]);
	if (save) {
		work(fd, &w);
		c.counter = counter(fd);
		if (c.counter < 2 || state_move(fd, VMSR_VM_SAVE, &c))
			err(1, "saving");
		if (fwrite(&c, sizeof(c), 1, f) != 1 || fclose(f))
			err(1, "writing");
	} else {
		if (fread(&c, sizeof(c), 1, f) != 1)
			err(1, "reading");
		go_on(fd, &w, &c);
	}
	printf("%u\n", package().shift);
	return 0;
}
