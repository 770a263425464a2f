// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an SNP host needs, one function a requirement. The kernel's conditions
 * are those of its start-up code for SEV and of kvm_amd.
 */
#include <errno.h>
#include <string.h>

#include <linux/psp_sev.h>

#include "check.h"
#include "tools/lib/cvmtool.h"

/* CPUID 8000_001F EAX, 8000_0001 ECX */
#define SME		(1U << 0)
#define SEV		(1U << 1)
#define SEV_ES		(1U << 3)
#define SEV_SNP		(1U << 4)
#define SVM		(1U << 2)
/* MSRs */
#define SYSCFG_MEM_ENCRYPT	(1ULL << 23)
#define SYSCFG_SNP		(1ULL << 24)
#define HWCR_SMM_LOCK		(1ULL << 0)
/* Extended features of an IOMMU */
#define IOMMU_SNP	(1ULL << 43)
/* The oldest API that Linux takes for SNP. */
#define API_MAJOR	1
#define API_MINOR	51
#define NO_SNP	"needs EPYC of the third generation or newer, and SNP on in the machine's setup"
#define NO_SEV	"turn SEV on in the machine's setup; in a VM it is for its host to pass on"
/* What every processor with SNP has. */
#define ABI_LEVEL	3

static void judge(struct check_result *r, bool met, const char *found, const char *advice)
{
	r->met = met ? CHECK_YES : CHECK_NO;
	r->found = found;
	r->advice = met ? NULL : advice;
}

static void unknown(struct check_result *r, const char *found, const char *advice)
{
	r->met = CHECK_UNKNOWN;
	r->found = found;
	r->advice = advice;
}

static void judge_vendor(const struct check_facts *f, struct check_result *r)
{
	judge(r, !strcmp(f->cpu.vendor, "AuthenticAMD"), f->cpu.vendor,
	      "SNP is a feature of AMD EPYC from the third generation on");
}

static void judge_level(const struct check_facts *f, struct check_result *r)
{
	unsigned int level = check_cpu_level(&f->cpu);

	judge(r, level >= ABI_LEVEL, cvm_fmt("x86-64-v%u", level),
	      "a hypervisor hides what every processor with SNP has: show it the real model");
}

static void judge_svm(const struct check_facts *f, struct check_result *r)
{
	bool has = f->cpu.extended_ecx & SVM;

	judge(r, has, has ? "present" : "absent",
	      "turn virtualization (SVM) on in the machine's setup; in a VM, nested virtualization in its host");
}

/* Linux hosts guests with encrypted memory whether or not it could encrypt its own. */
static void judge_sme(const struct check_facts *f, struct check_result *r)
{
	judge(r, true, f->cpu.sev[0] & SME ? "present" : "absent, which is no obstacle", NULL);
}

static void judge_feature(const struct check_facts *f, struct check_result *r, uint32_t bit)
{
	bool has = f->cpu.sev[0] & bit;

	judge(r, has, has ? "present" : "absent", bit == SEV_SNP ? NO_SNP : NO_SEV);
}

static void judge_sev(const struct check_facts *f, struct check_result *r)
{
	judge_feature(f, r, SEV);
}

static void judge_es(const struct check_facts *f, struct check_result *r)
{
	judge_feature(f, r, SEV_ES);
}

static void judge_snp(const struct check_facts *f, struct check_result *r)
{
	judge_feature(f, r, SEV_SNP);
}

/* ASIDs below the smallest one for plain SEV are those of SEV-ES and SNP. */
static void judge_asids(const struct check_facts *f, struct check_result *r)
{
	uint32_t all = f->cpu.sev[2], first = f->cpu.sev[3];
	uint32_t es = first > 1 ? first - 1 : 0;

	if (es > all)
		es = all;
	judge(r, es, cvm_fmt("%u of %u", es, all),
	      "raise \"SEV-ES ASID space limit\" in the machine's setup above 1");
}

/* Return: true when the value is there and can be judged. */
static bool msr_known(const struct check_msr *msr, struct check_result *r)
{
	switch (msr->err) {
	case 0:
		return true;
	case -ENOENT:
		unknown(r, "no /dev/cpu/*/msr", "modprobe msr");
		return false;
	case -EACCES:
	case -EPERM:
		unknown(r, strerror(-msr->err),
			"run this as root; a locked-down kernel refuses it even then");
		return false;
	case -EIO:
		judge(r, false, "there is no such register",
		      "this processor, or the VM's host, does not have it");
		return false;
	}
	unknown(r, strerror(-msr->err), NULL);
	return false;
}

static void judge_bit(const struct check_msr *msr, uint64_t bit, struct check_result *r,
		      const char *advice)
{
	if (!msr_known(msr, r))
		return;
	judge(r, msr->all & bit, msr->all & bit ? "on" :
	      msr->any & bit ? "on for some processors only" : "off", advice);
}

static void judge_encrypt(const struct check_facts *f, struct check_result *r)
{
	judge_bit(&f->syscfg, SYSCFG_MEM_ENCRYPT, r,
		  "turn memory encryption (SMEE) on in the machine's setup");
}

static void judge_snp_enable(const struct check_facts *f, struct check_result *r)
{
	judge_bit(&f->syscfg, SYSCFG_SNP, r,
		  "the kernel turns it on at its start when all else is there: its log says why not");
}

static void judge_smm_lock(const struct check_facts *f, struct check_result *r)
{
	judge_bit(&f->hwcr, HWCR_SMM_LOCK, r,
		  "the machine's firmware has to set it (HWCR.SmmLock): update it");
}

static void judge_rmp(const struct check_facts *f, struct check_result *r)
{
	uint64_t base = f->rmp_base.all, end = f->rmp_end.all;

	if (!msr_known(&f->rmp_base, r) || !msr_known(&f->rmp_end, r))
		return;
	judge(r, base && end > base, base || end ?
	      cvm_fmt("0x%llx to 0x%llx", (unsigned long long)base, (unsigned long long)end) :
	      "none", "turn \"SNP memory (RMP table) coverage\" on in the machine's setup");
}

static void judge_iommu(const struct check_facts *f, struct check_result *r)
{
	if (f->iommus)
		judge(r, true, cvm_fmt("%u", f->iommus), NULL);
	else if (f->cpu.basic_ecx >> 31)
		unknown(r, "none, in a VM",
			"its host may do without one: the kernel's log says whether this kernel does");
	else
		judge(r, false, "none", "turn the IOMMU on in the machine's setup");
}

static void judge_iommu_snp(const struct check_facts *f, struct check_result *r)
{
	bool has = f->iommu_features & IOMMU_SNP;

	if (!f->iommus)
		unknown(r, "no IOMMU", NULL);
	else if (!f->iommu_features_known)
		unknown(r, "the kernel does not show what the IOMMU has", NULL);
	else
		judge(r, has, has ? "present" : "absent",
		      "needs an IOMMU with SNPSup, and SNP on in the machine's setup");
}

static void judge_psp(const struct check_facts *f, struct check_result *r)
{
	bool table = f->psp.table || f->psp.aspt;

	judge(r, table || f->psp.pci[0], f->psp.pci[0] ?
	      cvm_fmt("PCI function %s%s", f->psp.pci, table ? ", and table ASPT" : "") :
	      table ? "ACPI table ASPT" : "neither a table ASPT nor a PCI function",
	      "the machine's firmware, or the VM's host, has to announce one");
}

static const char *driver_advice(const struct check_facts *f)
{
	if (!f->psp.table && !f->psp.aspt && !f->psp.pci[0])
		return "without a secure processor there is nothing to drive";
	return machine_driver_advice(&f->psp);
}

static void judge_driver(const struct check_facts *f, struct check_result *r)
{
	const char *driver = f->psp.platform_driver[0] ? f->psp.platform_driver :
						      f->psp.pci_driver;

	judge(r, driver[0], driver[0] ? driver : "none", driver_advice(f));
}

static void judge_dev_sev(const struct check_facts *f, struct check_result *r)
{
	if (!f->dev_sev)
		judge(r, true, "can be read and written", NULL);
	else if (f->dev_sev == -EACCES || f->dev_sev == -EPERM)
		unknown(r, strerror(-f->dev_sev), "run this as root");
	else
		judge(r, false, strerror(-f->dev_sev), driver_advice(f));
}

/* Hyper-V answers with a version that says nothing about what works. */
static void judge_api(const struct check_facts *f, struct check_result *r)
{
	bool enough = f->api_major > API_MAJOR ||
		      (f->api_major == API_MAJOR && f->api_minor >= API_MINOR);

	if (!f->api_known)
		unknown(r, "the firmware was not asked",
			f->dev_sev == -EACCES ? "run this as root" : "`aspctl status` says why");
	else if (!enough && f->cpu.hyperv)
		unknown(r, cvm_fmt("%u.%u, as Hyper-V says", f->api_major, f->api_minor),
			NULL);
	else
		judge(r, enough, cvm_fmt("%u.%u", f->api_major, f->api_minor),
		      cvm_fmt("SNP needs %u.%u: update the machine's firmware",
			      API_MAJOR, API_MINOR));
}

static void judge_config(const struct check_facts *f, struct check_result *r)
{
	if (f->config_sev == CHECK_UNKNOWN)
		unknown(r, cvm_fmt("no configuration of %s was found", f->release), NULL);
	else
		judge(r, f->config_sev == CHECK_YES, f->config_sev == CHECK_YES ?
		      "CONFIG_KVM_AMD_SEV=y" : "CONFIG_KVM_AMD_SEV is off",
		      "use a kernel that is built with it");
}

static void judge_host_snp(const struct check_facts *f, struct check_result *r)
{
	if (f->host_snp == CHECK_UNKNOWN)
		unknown(r, "/proc/kallsyms cannot be read", NULL);
	else
		judge(r, f->host_snp == CHECK_YES, f->release,
		      "it has no support for SNP hosts: use Linux 6.11 or newer");
}

/* Parameters with which a kernel is no SNP host, whatever the machine can. */
static void judge_cmdline(const struct check_facts *f, struct check_result *r)
{
	static const char * const bad[] = {
		"amd_iommu=off", "amd_iommu=pgtbl_v2", "iommu=off", "iommu=pt",
		"iommu.passthrough=1", "sev=nosnp", "kvm_amd.sev=0", "kvm_amd.sev=N",
		"kvm_amd.sev=n", "kvm_amd.sev=off", "kvm_amd.sev_es=0", "kvm_amd.sev_es=N",
		"kvm_amd.sev_es=n", "kvm_amd.sev_es=off", "kvm_amd.sev_snp=0",
		"kvm_amd.sev_snp=N", "kvm_amd.sev_snp=n", "kvm_amd.sev_snp=off",
	};
	const char *word = f->cmdline;
	size_t length, i;

	for (; *word; word += length) {
		word += strspn(word, " \t\n");
		length = strcspn(word, " \t\n");
		for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
			if (strlen(bad[i]) != length || strncmp(word, bad[i], length))
				continue;
			judge(r, false, bad[i], "start the kernel without it");
			return;
		}
	}
	judge(r, true, "nothing in the way", NULL);
}

static void judge_kvm_parameter(const struct check_facts *f, struct check_result *r,
				unsigned int which, const char *name)
{
	if (!f->kvm_amd)
		unknown(r, "kvm_amd is not loaded", "modprobe kvm_amd");
	else if (f->kvm[which] == CHECK_UNKNOWN)
		judge(r, false, "there is no such parameter",
		      which == 2 ? "this kvm_amd does not know SNP: use Linux 6.11 or newer" :
				   "use a kernel that is built with CONFIG_KVM_AMD_SEV");
	else
		judge(r, f->kvm[which] == CHECK_YES,
		      f->kvm[which] == CHECK_YES ? "on" : "off",
		      cvm_fmt("it was turned off: mend what is not ok above, load it with %s=1",
			      name));
}

static void judge_kvm_sev(const struct check_facts *f, struct check_result *r)
{
	judge_kvm_parameter(f, r, 0, "sev");
}

static void judge_kvm_es(const struct check_facts *f, struct check_result *r)
{
	judge_kvm_parameter(f, r, 1, "sev_es");
}

static void judge_kvm_snp(const struct check_facts *f, struct check_result *r)
{
	judge_kvm_parameter(f, r, 2, "sev_snp");
}

static const struct {
	const char *key;
	const char *title;
	void (*judge)(const struct check_facts *f, struct check_result *r);
} rules[] = {
	{ "vendor", "Processor from AMD", judge_vendor },
	{ "abi_level", "ABI level", judge_level },
	{ "svm", "Virtualization", judge_svm },
	{ "sme", "SME", judge_sme },
	{ "sev", "SEV", judge_sev },
	{ "sev_es", "SEV-ES", judge_es },
	{ "snp", "SEV-SNP", judge_snp },
	{ "es_asids", "ASIDs for SEV-ES and SNP", judge_asids },
	{ "memory_encryption", "Memory encryption", judge_encrypt },
	{ "smm_lock", "SMM locked", judge_smm_lock },
	{ "rmp", "RMP", judge_rmp },
	{ "snp_enabled", "SNP in the processors", judge_snp_enable },
	{ "iommu", "IOMMU", judge_iommu },
	{ "iommu_snp", "SNP in the IOMMU", judge_iommu_snp },
	{ "psp", "Secure processor", judge_psp },
	{ "driver", "Its driver", judge_driver },
	{ "dev_sev", PSP_SEV_DEVICE, judge_dev_sev },
	{ "api_version", "SEV API", judge_api },
	{ "kernel_config", "Kernel configuration", judge_config },
	{ "kernel_snp", "Kernel for SNP hosts", judge_host_snp },
	{ "cmdline", "Kernel parameters", judge_cmdline },
	{ "kvm_sev", "kvm_amd: sev", judge_kvm_sev },
	{ "kvm_sev_es", "kvm_amd: sev_es", judge_kvm_es },
	{ "kvm_sev_snp", "kvm_amd: sev_snp", judge_kvm_snp },
};

bool check_judge(const struct check_facts *f, unsigned int i, struct check_result *result)
{
	if (i >= sizeof(rules) / sizeof(rules[0]))
		return false;
	memset(result, 0, sizeof(*result));
	result->key = rules[i].key;
	result->title = rules[i].title;
	rules[i].judge(f, result);
	return true;
}
