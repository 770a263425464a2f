// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl metrics: for Prometheus, by node_exporter's textfile collector. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "metrics_text.h"
#include "vmsrctl.h"

static const char *output = "-";

const struct cvm_option metrics_options[] = {
	{ .name = "output", .letter = 'o', .kind = CVM_OPT_STRING, .argument = "FILE",
	  .value = &output,
	  .help = "replaced as a whole; standard output otherwise" },
	{ }
};

static int write_out(const struct vm_list *vms, const struct package_list *packages)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int ret;

	if (f)
		metrics_write(f, vms->vms, vms->nr, packages->packages, packages->nr);
	if (!f || fclose(f))
		ret = cvm_error(CVM_FAIL, "writing metrics", strerror(ENOMEM), NULL);
	else
		ret = cvm_write_file(output, text, size, 0644);
	free(text);
	return ret;
}

int cmd_metrics(int argc, char **argv)
{
	struct package_list packages = {};
	struct vm_list vms;
	struct cvm_genl *nl;
	int ret;

	(void)argc;
	(void)argv;
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	ret = vm_list_get(nl, &vms);
	if (!ret)
		ret = package_list_get(nl, &packages);
	if (!ret)
		ret = write_out(&vms, &packages);
	free(vms.vms);
	free(packages.packages);
	cvm_genl_close(nl);
	return ret;
}
