// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNP initialized and shut down, on a kernel that runs as an SNP host: the
 * kernel has made the table of page owners (RMP) and turned SNP on in each
 * processor when it booted; the firmware has to do its part before the first
 * guest (publication 56860, SNP_INIT_EX).
 */
#include <linux/crash_dump.h>
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/psp-sev.h>
#include <linux/smp.h>

#include <asm/cacheflush.h>
#include <asm/smp.h>

#include "../compat/rmp.h"
#include "psp_sev.h"

/* What the kernel's part is written for. */
#define SNP_API_MAJOR		1
#define SNP_API_MINOR		51
/* Since then SNP_INIT_EX takes a list of pages that stay the hypervisor's. */
#define SNP_LIST_API_MINOR	52

/**
 * psp_sev_snp_host - does the kernel run as an SNP host
 *
 * Return: whether it does, and is not a crash kernel, whose memory is still what
 * the kernel before it has made of it.
 */
bool psp_sev_snp_host(void)
{
	return cc_platform_has(CC_ATTR_HOST_SEV_SNP) && !is_kdump_kernel();
}

/*
 * The firmware wants no processor to have a place where to save the host's
 * state. One that runs guests needs it.
 */
static void psp_sev_clear_hsave(void *data)
{
	atomic_t *in_use = data;
	u64 efer;

	rdmsrq(MSR_EFER, efer);
	if (efer & EFER_SVME)
		atomic_inc(in_use);
	else
		wrmsrq(MSR_VM_HSAVE_PA, 0);
}

/*
 * What the machine's own firmware has kept for itself: it may be written to at
 * any time by whoever it was kept for.
 */
static int psp_sev_add_range(struct resource *res, void *data)
{
	struct sev_data_range_list *list = data;
	struct sev_data_range *range = &list->ranges[list->num_elements];

	if (res->desc != IORES_DESC_RESERVED && res->desc != IORES_DESC_ACPI_TABLES &&
	    res->desc != IORES_DESC_ACPI_NV_STORAGE)
		return 0;
	if ((void *)(range + 1) > data + PAGE_SIZE)
		return -E2BIG;
	range->base = res->start & PAGE_MASK;
	range->page_count = (PAGE_ALIGN(res->end + 1) - range->base) >> PAGE_SHIFT;
	list->num_elements++;
	return 0;
}

static int psp_sev_send_snp_init_ex(struct psp_sev_call *call, u32 *status)
{
	struct sev_data_snp_init_ex data = { .init_rmp = 1, .list_paddr_en = 1 };
	struct sev_data_range_list *list = psp_sev_blob(call, PAGE_SIZE);
	int ret;

	if (!list)
		return -ENOMEM;
	ret = walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_MEM, 0, ~0ULL, list,
				  psp_sev_add_range);
	if (ret) {
		dev_err(call->sev->dev, "no list of the machine's reserved memory for SNP_INIT_EX (%pe)\n",
			ERR_PTR(ret));
		return ret;
	}
	data.list_paddr = psp_sev_address(list);
	return psp_sev_command(call, PSP_FW_SNP_INIT_EX, &data, status);
}

static int psp_sev_snp_can_init(struct psp_sev *sev)
{
	atomic_t in_use = ATOMIC_INIT(0);

	if (!psp_sev_api_at_least(sev, SNP_API_MAJOR, SNP_API_MINOR)) {
		dev_warn_once(sev->dev, "SNP needs a firmware of API %u.%u, this one has %u.%u\n",
			      SNP_API_MAJOR, SNP_API_MINOR, sev->api_major,
			      sev->api_minor);
		return -EOPNOTSUPP;
	}
	/* Its memory would have to be lent first. */
	if (sev->state != PSP_SEV_STATE_UNINIT) {
		dev_err_ratelimited(sev->dev, "SNP cannot be initialized after SEV has been: shut that down first\n");
		return -EBUSY;
	}
	on_each_cpu(psp_sev_clear_hsave, &in_use, 1);
	if (atomic_read(&in_use)) {
		dev_err_ratelimited(sev->dev, "SNP cannot be initialized while %d processors are set up for guests: unload kvm_amd first\n",
				    atomic_read(&in_use));
		return -EBUSY;
	}
	return 0;
}

/**
 * psp_sev_snp_init - initialize SNP unless it is
 * @call: the request
 * @status: the firmware's status; untouched when it was not asked
 *
 * Return: 0; -ENODEV on a kernel that is no SNP host; -EOPNOTSUPP for a firmware
 * too old; -EBUSY while SEV is initialized or a processor runs guests; -ENOMEM;
 * or as psp_sev_command().
 */
int psp_sev_snp_init(struct psp_sev_call *call, u32 *status)
{
	struct psp_sev *sev = call->sev;
	int ret;

	lockdep_assert_held(&sev->lock);

	if (!psp_sev_snp_host())
		return -ENODEV;
	if (sev->snp_live)
		return 0;
	ret = psp_sev_snp_can_init(sev);
	if (ret)
		return ret;

	/* Updates of the table by the processors must be in memory. */
	wbinvd_on_all_cpus();
	if (psp_sev_api_at_least(sev, SNP_API_MAJOR, SNP_LIST_API_MINOR))
		ret = psp_sev_send_snp_init_ex(call, status);
	else
		ret = psp_sev_command(call, PSP_FW_SNP_INIT, NULL, status);
	if (ret)
		return ret;

	/* From an INIT_EX before: the firmware writes to it in PLATFORM_RESET too. */
	if (sev->nv) {
		sev->nv_lent = true;
		ret = psp_sev_pages_lend(sev, sev->nv, PSP_FW_NV_SIZE);
		if (ret)
			return ret;
	}
	/* The caches have to be clean before the first guest is launched. */
	wbinvd_on_all_cpus();
	ret = psp_sev_command(call, PSP_FW_SNP_DF_FLUSH, NULL, status);
	if (!ret)
		dev_info(sev->dev, "SNP initialized, firmware API %u.%u build %u\n",
			 sev->api_major, sev->api_minor, sev->build);
	return ret;
}

/**
 * psp_sev_snp_iommu_back - take the IOMMUs' buffers back
 * @sev: the device, whose firmware has let go of them in SNP_SHUTDOWN_EX
 *
 * A next kernel may use their memory.
 *
 * Context: any, when the kernel panics too.
 *
 * Return: 0, or an error number, which is in the log.
 */
int psp_sev_snp_iommu_back(struct psp_sev *sev)
{
	int ret = amd_iommu_snp_disable();

	if (ret)
		dev_err(sev->dev, "memory of the IOMMU did not come back from the firmware (%pe)\n",
			ERR_PTR(ret));
	return ret;
}

/**
 * psp_sev_snp_shutdown - the reverse of psp_sev_snp_init()
 * @call: the request; SEV is not initialized any more
 * @status: the firmware's status; untouched when it was not asked
 *
 * Return: as psp_sev_command(), also 0 when SNP is not initialized.
 */
int psp_sev_snp_shutdown(struct psp_sev_call *call, u32 *status)
{
	struct psp_fw_snp_shutdown_ex data = {
		.length = sizeof(data),
		.flags = PSP_FW_SNP_SHUTDOWN_IOMMU,
	};
	struct psp_sev *sev = call->sev;
	int ret;

	lockdep_assert_held(&sev->lock);

	if (!sev->snp_live)
		return 0;
	ret = psp_sev_nv_back(sev);
	if (ret)
		return ret;
	wbinvd_on_all_cpus();
	ret = psp_sev_command(call, PSP_FW_SNP_SHUTDOWN_EX, &data, status);
	if (ret == -EIO && *status == PSP_SEV_DF_FLUSH_REQUIRED) {
		ret = psp_sev_command(call, PSP_FW_SNP_DF_FLUSH, NULL, status);
		if (!ret)
			ret = psp_sev_command(call, PSP_FW_SNP_SHUTDOWN_EX, &data,
					      status);
	}
	if (ret)
		return ret;
	return psp_sev_snp_iommu_back(sev);
}
