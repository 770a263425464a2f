// SPDX-License-Identifier: GPL-2.0-only
/* Everything that this machine tells about itself, without loading anything. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "aspctl.h"
#include "check.h"

#define MSR_SYSCFG	0xc0010010
#define MSR_HWCR	0xc0010015
#define MSR_RMP_BASE	0xc0010132
#define MSR_RMP_END	0xc0010133

/* A function that every kernel has which can be an SNP host. */
#define HOST_SNP_SYMBOL	"snp_lookup_rmpentry"

/* The processors' registers: the files of the module msr. */
static void gather_msr(struct check_msr *msr, const glob_t *files, uint32_t number)
{
	uint64_t value;
	size_t i;
	int fd;

	memset(msr, 0, sizeof(*msr));
	msr->all = UINT64_MAX;
	if (!files->gl_pathc)
		msr->err = -ENOENT;
	for (i = 0; i < files->gl_pathc && !msr->err; i++) {
		fd = open(files->gl_pathv[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0 || pread(fd, &value, sizeof(value), number) != sizeof(value))
			msr->err = -errno;
		if (fd >= 0)
			close(fd);
		/* A processor that is off has a file and no registers. */
		if (msr->err == -ENXIO) {
			msr->err = 0;
		} else if (!msr->err) {
			msr->all &= value;
			msr->any |= value;
		}
	}
}

static void gather_msrs(struct check_facts *f)
{
	glob_t files;

	if (glob("/dev/cpu/[0-9]*/msr", 0, NULL, &files))
		memset(&files, 0, sizeof(files));
	gather_msr(&f->syscfg, &files, MSR_SYSCFG);
	gather_msr(&f->hwcr, &files, MSR_HWCR);
	gather_msr(&f->rmp_base, &files, MSR_RMP_BASE);
	gather_msr(&f->rmp_end, &files, MSR_RMP_END);
	globfree(&files);
}

static void gather_iommu(struct check_facts *f)
{
	char text[64], *number;
	glob_t units;
	size_t i;

	if (glob("/sys/class/iommu/ivhd*", 0, NULL, &units))
		return;
	f->iommus = units.gl_pathc;
	f->iommu_features = UINT64_MAX;
	f->iommu_features_known = true;
	for (i = 0; i < units.gl_pathc; i++) {
		if (cvm_sysfs_read(text, sizeof(text), "%s/amd-iommu/features",
				   units.gl_pathv[i]) < 0) {
			f->iommu_features_known = false;
			continue;
		}
		/* Newer kernels put a second register in front. */
		number = strrchr(text, ':');
		f->iommu_features &= strtoull(number ? number + 1 : text, NULL, 16);
	}
	globfree(&units);
}

/* Whether a file has a line that begins with @line. */
static enum check_known line_in(const char *path, const char *line)
{
	size_t length = strlen(line), size = 0;
	enum check_known found = CHECK_NO;
	char *buf = NULL;
	FILE *file = fopen(path, "re");

	if (!file)
		return CHECK_UNKNOWN;
	while (found == CHECK_NO && getline(&buf, &size, file) > 0)
		if (!strncmp(buf, line, length))
			found = CHECK_YES;
	free(buf);
	fclose(file);
	return found;
}

static enum check_known config_has(const char *release, const char *line)
{
	const char * const places[] = { "/boot/config-%s", "/lib/modules/%s/config",
					"/lib/modules/%s/build/.config" };
	enum check_known found = CHECK_UNKNOWN;
	char path[256];
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]) && found == CHECK_UNKNOWN; i++) {
		snprintf(path, sizeof(path), places[i], release);
		found = line_in(path, line);
	}
	return found;
}

/* /proc/kallsyms: "ADDRESS TYPE NAME"; the names are for everybody. */
static enum check_known symbol_known(const char *symbol)
{
	enum check_known found = CHECK_UNKNOWN;
	char name[512];
	FILE *file = fopen("/proc/kallsyms", "re");

	if (!file)
		return CHECK_UNKNOWN;
	while (found != CHECK_YES && fscanf(file, "%*s %*s %511[^\t\n]%*[^\n]", name) >= 1)
		found = strcmp(name, symbol) ? CHECK_NO : CHECK_YES;
	fclose(file);
	return found;
}

static void gather_kernel(struct check_facts *f)
{
	struct utsname u;

	if (!uname(&u))
		snprintf(f->release, sizeof(f->release), "%s", u.release);
	f->config_sev = config_has(f->release, "CONFIG_KVM_AMD_SEV=y");
	f->host_snp = symbol_known(HOST_SNP_SYMBOL);
	if (cvm_sysfs_read(f->cmdline, sizeof(f->cmdline), "/proc/cmdline") < 0)
		f->cmdline[0] = '\0';
}

static void gather_kvm(struct check_facts *f)
{
	static const char * const names[] = { "sev", "sev_es", "sev_snp" };
	char text[16];
	size_t i;

	f->kvm_amd = !access("/sys/module/kvm_amd", F_OK);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (cvm_sysfs_read(text, sizeof(text), "/sys/module/kvm_amd/parameters/%s",
				   names[i]) < 0)
			continue;
		f->kvm[i] = text[0] == 'Y' || text[0] == '1' ? CHECK_YES : CHECK_NO;
	}
}

static void gather_firmware(struct check_facts *f)
{
	struct psp_sev_status s = { };
	unsigned int status;
	int fd;

	machine_psp_find(&f->psp);
	if (access(PSP_SEV_DEVICE, R_OK | W_OK))
		f->dev_sev = -errno;
	fd = open(PSP_SEV_DEVICE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!sev_issue(fd, PSP_SEV_PLATFORM_STATUS, &s, &status)) {
		f->api_known = true;
		f->api_major = s.api_major;
		f->api_minor = s.api_minor;
	}
	close(fd);
}

void check_facts_gather(struct check_facts *f)
{
	memset(f, 0, sizeof(*f));
	check_cpu_gather(&f->cpu);
	gather_msrs(f);
	gather_iommu(f);
	gather_kernel(f);
	gather_kvm(f);
	gather_firmware(f);
}
