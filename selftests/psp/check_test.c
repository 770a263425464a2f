// SPDX-License-Identifier: GPL-2.0-only
// link: tools/aspctl/check_rules.c tools/aspctl/check_cpu.c tools/lib/error.c
/*
 * The judgement on each requirement of an SNP host, on machines that are all
 * made up: one that has everything, and what each of them lacks.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The harness's macros make parameters that a test need not use. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

#include "tools/aspctl/check.h"
#include "tools/lib/internal.h"

struct cvm_state cvm_state;

void cvm_out_error(const char *tried, const char *answer, const char *next,
		   enum cvm_exit code)
{
}

void cvm_out_warning(const char *text)
{
}

const char *machine_driver_advice(const struct machine_psp *psp)
{
	return "what to load";
}

static void good_machine(struct check_facts *f)
{
	memset(f, 0, sizeof(*f));
	strcpy(f->cpu.vendor, "AuthenticAMD");
	f->cpu.basic_ecx = 0x7ffafbff;
	f->cpu.basic_edx = 0xffffffff;
	f->cpu.extended_ecx = 0xffffffff;
	f->cpu.extended_edx = 0xffffffff;
	f->cpu.structured_ebx = 1U << 3 | 1U << 5 | 1U << 8;
	f->cpu.xcr0 = 7;
	f->cpu.sev[0] = 0x1f;
	f->cpu.sev[2] = 509;
	f->cpu.sev[3] = 100;
	f->syscfg.all = 3 << 23;
	f->syscfg.any = 3 << 23;
	f->hwcr.all = 1;
	f->hwcr.any = 1;
	f->rmp_base.all = 0x100000000;
	f->rmp_end.all = 0x11fffffff;
	f->iommus = 4;
	f->iommu_features = 1ULL << 43;
	f->iommu_features_known = true;
	strcpy(f->release, "6.12");
	f->config_sev = CHECK_YES;
	f->host_snp = CHECK_YES;
	strcpy(f->cmdline, "BOOT_IMAGE=/vmlinuz quiet");
	f->kvm_amd = true;
	f->kvm[0] = CHECK_YES;
	f->kvm[1] = CHECK_YES;
	f->kvm[2] = CHECK_YES;
	strcpy(f->psp.pci, "0000:44:00.1");
	strcpy(f->psp.pci_driver, "ccp");
	f->api_known = true;
	f->api_major = 1;
	f->api_minor = 55;
}

/* All judgements but "ok", in order: "key=no key=unknown". */
static const char *verdicts(const struct check_facts *f)
{
	static char text[2048];
	struct check_result r;
	unsigned int i;
	size_t n = 0;

	text[0] = '\0';
	for (i = 0; check_judge(f, i, &r); i++) {
		if (r.met == CHECK_YES)
			continue;
		n += snprintf(text + n, sizeof(text) - n, "%s%s=%s", n ? " " : "", r.key,
			      r.met == CHECK_NO ? "no" : "unknown");
	}
	return text;
}

static struct check_result result_of(const struct check_facts *f, const char *key)
{
	struct check_result r;
	unsigned int i;

	for (i = 0; check_judge(f, i, &r); i++)
		if (!strcmp(r.key, key))
			return r;
	memset(&r, 0, sizeof(r));
	return r;
}

FIXTURE(machine)
{
	struct check_facts f;
};

FIXTURE_SETUP(machine)
{
	good_machine(&self->f);
}

FIXTURE_TEARDOWN(machine)
{
	cvm_forget_texts();
}

TEST_F(machine, a_good_one_meets_everything)
{
	EXPECT_STREQ(verdicts(&self->f), "");
	EXPECT_EQ(result_of(&self->f, "sev").advice, NULL);
	EXPECT_STREQ(result_of(&self->f, "rmp").found, "0x100000000 to 0x11fffffff");
	EXPECT_STREQ(result_of(&self->f, "es_asids").found, "99 of 509");
}

#define NOTHING_MET \
	"vendor=no abi_level=no svm=no sev=no sev_es=no snp=no es_asids=no " \
	"memory_encryption=unknown smm_lock=unknown rmp=unknown snp_enabled=unknown " \
	"iommu=no iommu_snp=unknown psp=no driver=no dev_sev=no api_version=unknown " \
	"kernel_config=unknown kernel_snp=unknown kvm_sev=unknown kvm_sev_es=unknown " \
	"kvm_sev_snp=unknown"

TEST_F(machine, nothing_is_good_without_a_reason)
{
	struct check_facts none = { .dev_sev = -ENOENT };
	struct check_result r;
	unsigned int i;

	none.syscfg.err = -ENOENT;
	none.hwcr.err = -ENOENT;
	none.rmp_base.err = -ENOENT;
	none.rmp_end.err = -ENOENT;
	EXPECT_STREQ(verdicts(&none), NOTHING_MET);
	for (i = 0; check_judge(&none, i, &r); i++) {
		EXPECT_NE(r.found, NULL);
		if (r.met == CHECK_NO)
			EXPECT_NE(r.advice, NULL);
	}
}

/* One thing is missing, one verdict says so. */
#define LACKS(change, verdict)						\
	do {								\
		good_machine(&self->f);					\
		change;							\
		EXPECT_STREQ(verdicts(&self->f), verdict);		\
	} while (0)

TEST_F(machine, each_processor_feature)
{
	struct check_facts *f = &self->f;

	LACKS(strcpy(f->cpu.vendor, "GenuineIntel"), "vendor=no");
	LACKS(f->cpu.structured_ebx = 0, "abi_level=no");
	LACKS(f->cpu.extended_ecx &= ~4U, "svm=no");
	LACKS(f->cpu.sev[0] &= ~1U, "");
	LACKS(f->cpu.sev[0] &= ~2U, "sev=no");
	LACKS(f->cpu.sev[0] &= ~8U, "sev_es=no");
	LACKS(f->cpu.sev[0] &= ~16U, "snp=no");
	LACKS(f->cpu.sev[3] = 1, "es_asids=no");
	LACKS(f->cpu.sev[3] = 0, "es_asids=no");
	LACKS(f->cpu.sev[2] = 0, "es_asids=no");
}

TEST_F(machine, each_register)
{
	struct check_facts *f = &self->f;

	LACKS(f->syscfg.all &= ~(1ULL << 23), "memory_encryption=no");
	LACKS(f->syscfg.all = 1ULL << 23, "snp_enabled=no");
	EXPECT_STREQ(result_of(f, "snp_enabled").found, "on for some processors only");
	LACKS(f->syscfg.err = -EACCES, "memory_encryption=unknown snp_enabled=unknown");
	LACKS(f->syscfg.err = -EIO, "memory_encryption=no snp_enabled=no");
	LACKS(f->hwcr.all = 0, "smm_lock=no");
	LACKS(f->rmp_base.all = 0, "rmp=no");
	LACKS(f->rmp_end.all = f->rmp_base.all, "rmp=no");
	LACKS(f->rmp_base.all = 0; f->rmp_end.all = 0, "rmp=no");
	EXPECT_STREQ(result_of(f, "rmp").found, "none");
	LACKS(f->rmp_end.err = -EIO, "rmp=no");
	LACKS(f->rmp_end.err = -EPERM, "rmp=unknown");
}

TEST_F(machine, iommu_psp_and_firmware)
{
	struct check_facts *f = &self->f;

	LACKS(f->iommus = 0, "iommu=no iommu_snp=unknown");
	LACKS(f->iommus = 0; f->cpu.basic_ecx |= 1U << 31, "iommu=unknown iommu_snp=unknown");
	LACKS(f->iommu_features = 0, "iommu_snp=no");
	LACKS(f->iommu_features_known = false, "iommu_snp=unknown");
	LACKS(f->psp.pci[0] = '\0', "psp=no");
	LACKS(f->psp.pci[0] = '\0'; f->psp.table = true, "");
	LACKS(f->psp.pci_driver[0] = '\0', "driver=no");
	EXPECT_STREQ(result_of(f, "driver").advice, "what to load");
	LACKS(f->psp.pci_driver[0] = '\0'; strcpy(f->psp.platform_driver, "psp_sev"), "");
	LACKS(f->dev_sev = -ENOENT, "dev_sev=no");
	LACKS(f->dev_sev = -EACCES, "dev_sev=unknown");
	LACKS(f->api_known = false, "api_version=unknown");
	LACKS(f->api_minor = 50, "api_version=no");
	LACKS(f->api_minor = 51, "");
	LACKS(f->api_major = 0, "api_version=no");
	LACKS(f->api_major = 2; f->api_minor = 0, "");
	LACKS(f->api_minor = 50; f->cpu.hyperv = true, "api_version=unknown");
}

TEST_F(machine, kernel)
{
	struct check_facts *f = &self->f;

	LACKS(f->config_sev = CHECK_NO, "kernel_config=no");
	LACKS(f->config_sev = CHECK_UNKNOWN, "kernel_config=unknown");
	LACKS(f->host_snp = CHECK_NO, "kernel_snp=no");
	LACKS(f->host_snp = CHECK_UNKNOWN, "kernel_snp=unknown");
	LACKS(strcpy(f->cmdline, "quiet iommu=pt"), "cmdline=no");
	EXPECT_STREQ(result_of(f, "cmdline").found, "iommu=pt");
	LACKS(strcpy(f->cmdline, "kvm_amd.sev=0 quiet"), "cmdline=no");
	LACKS(strcpy(f->cmdline, "amd_iommu=off\n"), "cmdline=no");
	LACKS(strcpy(f->cmdline, "amd_iommu=offf xiommu=pt iommu=pt2  iommu=p"), "");
	LACKS(f->cmdline[0] = '\0', "");
	LACKS(f->kvm_amd = false, "kvm_sev=unknown kvm_sev_es=unknown kvm_sev_snp=unknown");
	LACKS(f->kvm[1] = CHECK_NO, "kvm_sev_es=no");
	LACKS(f->kvm[2] = CHECK_UNKNOWN, "kvm_sev_snp=no");
}

TEST_F(machine, abi_levels)
{
	struct check_cpu *c = &self->f.cpu;

	EXPECT_EQ(check_cpu_level(c), 3);
	c->structured_ebx |= 1U << 16 | 1U << 17 | 1U << 28 | 1U << 30 | 1U << 31;
	/* The instructions are no use while the kernel does not save their state. */
	EXPECT_EQ(check_cpu_level(c), 3);
	c->xcr0 = 0xe7;
	EXPECT_EQ(check_cpu_level(c), 4);
	c->structured_ebx &= ~(1U << 28);
	EXPECT_EQ(check_cpu_level(c), 3);
	c->xcr0 = 3;
	EXPECT_EQ(check_cpu_level(c), 2);
	c->basic_ecx &= ~(1U << 13);
	EXPECT_EQ(check_cpu_level(c), 1);
	c->basic_edx &= ~(1U << 26);
	EXPECT_EQ(check_cpu_level(c), 0);
}

/* Of the machine that runs this, against what its kernel says. */
TEST(the_real_processor)
{
	struct check_cpu c;

	check_cpu_gather(&c);
	EXPECT_EQ(strlen(c.vendor), 12);
	EXPECT_GE(check_cpu_level(&c), 1);
}

TEST_HARNESS_MAIN
