// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl record FILE: what each VM used, appended once a period. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "recording.h"
#include "vmsrctl.h"

/* A longer line is no recording's. */
#define TAIL		4096
#define SYNC_NS		10000000000ull

static uint64_t count;

const struct cvm_option record_options[] = {
	{ .name = "count", .letter = 'n', .kind = CVM_OPT_U64, .argument = "N",
	  .value = &count, .min = 1, .max = UINT32_MAX, .help = "end after so many periods" },
	{ }
};

/*
 * struct recorder - a recording being made
 * @end: bytes of it that are whole
 * @synced_ns: when it last went to the disk
 */
struct recorder {
	const char *path;
	int fd;
	off_t end;
	uint64_t synced_ns;
};

static int failed(const struct recorder *r, const char *verb, int err)
{
	return cvm_error(cvm_errno(err), cvm_fmt("%s '%s'", verb, r->path), strerror(err), NULL);
}

/* All of it, or nothing: half a period would be worse than none. */
static int append(struct recorder *r, const char *text, size_t size)
{
	int ret = cvm_write_all(r->fd, text, size);

	if (ret) {
		if (ftruncate(r->fd, r->end))
			cvm_warn("the end of '%s' may not be whole", r->path);
		return failed(r, "writing", -ret);
	}
	r->end += size;
	return CVM_OK;
}

static int sync_now(struct recorder *r)
{
	return fdatasync(r->fd) ? failed(r, "writing", errno) : CVM_OK;
}

/* What a crash has left behind the last whole line goes. */
static int mend(struct recorder *r, off_t size)
{
	size_t want = size < TAIL ? size : TAIL, whole;
	char tail[TAIL];
	ssize_t n = pread(r->fd, tail, want, size - want);

	if (n < 0)
		return failed(r, "reading", errno);
	whole = recording_whole(tail, n);
	r->end = size - want + whole;
	if ((size_t)n != want || (!whole && want == TAIL))
		return cvm_error(CVM_FAIL, cvm_fmt("reading '%s'", r->path),
				 "its last line has no end", "is it a recording?");
	if (r->end == size)
		return CVM_OK;
	cvm_warn("'%s' ends in the midst of a line, as after a crash; the rest of it is taken away",
		 r->path);
	return ftruncate(r->fd, r->end) ? failed(r, "shortening", errno) : CVM_OK;
}

static int begin(struct recorder *r)
{
	static const char first[] = RECORDING_FIRST_LINE;
	char found[sizeof(first)] = "";
	struct stat st;

	/* Energy tells about what others compute: not for everybody. */
	r->fd = open(r->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		     0600);
	if (r->fd < 0 || fstat(r->fd, &st))
		return failed(r, "opening", errno);
	if (!S_ISREG(st.st_mode))
		return cvm_error(CVM_FAIL, cvm_fmt("opening '%s'", r->path),
				 "it is not a regular file", "see vmsrctl monitor --json");
	if (flock(r->fd, LOCK_EX | LOCK_NB))
		return errno != EWOULDBLOCK ? failed(r, "locking", errno) :
		       cvm_error(CVM_FAIL, cvm_fmt("locking '%s'", r->path),
				 "another process is recording into it", NULL);
	/* Somebody may have written between the two. */
	if (fstat(r->fd, &st))
		return failed(r, "opening", errno);
	if (pread(r->fd, found, sizeof(first) - 1, 0) < 0)
		return failed(r, "reading", errno);
	/* A crash may have left a part of the first line. */
	if (st.st_size < (off_t)sizeof(first) - 1 && !memcmp(found, first, st.st_size)) {
		if (ftruncate(r->fd, 0))
			return failed(r, "shortening", errno);
		return append(r, first, sizeof(first) - 1);
	}
	if (memcmp(found, first, sizeof(first) - 1))
		return cvm_error(CVM_FAIL, cvm_fmt("reading '%s'", r->path),
				 cvm_fmt("line 1 is not '%.*s'", (int)sizeof(first) - 2, first),
				 "name a recording or a new file");
	return mend(r, st.st_size);
}

static uint64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void put_session(FILE *f, const struct follow *follow)
{
	struct recording_session s = { .period_ns = follow->period_ns };

	s.monotonic_ns = monotonic_ns();
	s.realtime_ns = s.monotonic_ns + follow->offset_ns;
	if (cvm_sysfs_read(s.boot, sizeof(s.boot), "/proc/sys/kernel/random/boot_id") < 0)
		strcpy(s.boot, "-");
	recording_write_session(f, &s);
}

static void put_samples(FILE *f, const struct follow *follow)
{
	const struct vm *vm, *before;
	size_t i;

	for (i = 0; i < follow->now.nr; i++) {
		vm = &follow->now.vms[i];
		before = vm_find(follow->before.vms, follow->before.nr, vm->id);
		if (!before || before->updated_ns != vm->updated_ns)
			recording_write_sample(f, vm);
	}
}

/* One period, in one write. */
static int period(struct recorder *r, const struct follow *follow, bool session)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int ret = CVM_OK;

	if (f && session)
		put_session(f, follow);
	if (f)
		put_samples(f, follow);
	if (!f || fclose(f))
		ret = failed(r, "writing", ENOMEM);
	else if (size)
		ret = append(r, text, size);
	free(text);
	if (!ret && (session || monotonic_ns() - r->synced_ns >= SYNC_NS)) {
		ret = sync_now(r);
		r->synced_ns = monotonic_ns();
	}
	return ret;
}

static int run(struct recorder *r, struct follow *follow)
{
	uint64_t n = 0;
	int ret;

	ret = period(r, follow, true);
	while (!ret && !cvm_stopped() && !(count && ++n == count)) {
		ret = follow_next(follow);
		if (!ret && !cvm_stopped())
			ret = period(r, follow, false);
		/* Texts of this round. */
		if (!ret)
			ret = cvm_out_flush();
	}
	return ret;
}

int cmd_record(int argc, char **argv)
{
	struct recorder r = { .path = argv[0], .fd = -1 };
	struct follow follow;
	int ret, last;

	(void)argc;
	cvm_stop_on_signal();
	ret = follow_open(&follow);
	if (ret)
		return ret;
	ret = begin(&r);
	if (!ret) {
		cvm_note("recording into '%s' until it is told to stop", r.path);
		ret = run(&r, &follow);
		last = sync_now(&r);
		if (!ret)
			ret = last;
	}
	if (r.fd >= 0)
		close(r.fd);
	follow_close(&follow);
	return ret;
}
