// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl packages */
#include <stdlib.h>

#include "vmsrctl.h"

static void show_package(const struct package *p)
{
	cvm_out_row();
	cvm_out_u64("index", "INDEX", p->index);
	cvm_out_u64("package", "PACKAGE", p->id);
	cvm_out_u64("die", "DIE", p->die);
	cvm_out_u64("cpus", "CPUS", p->cpus);
	cvm_out_string("source", "SOURCE", p->source[0] ? p->source : NULL);
	cvm_out_bool("counting", "COUNTING", p->active);
	cvm_out_quantity("energy_uj", "ENERGY", p->uj, CVM_MICROJOULE);
	cvm_out_quantity("vms_uj", "VMS", p->vms_uj, CVM_MICROJOULE);
	cvm_out_quantity("rest_uj", "REST", p->rest_uj, CVM_MICROJOULE);
	cvm_out_quantity("idle_uj", "IDLE", p->idle_uj, CVM_MICROJOULE);
	cvm_out_u64("energy_units", NULL, p->units);
	cvm_out_u64("vms_units", NULL, p->vms_units);
	cvm_out_u64("departed_units", NULL, p->departed_units);
	cvm_out_u64("rest_units", NULL, p->rest_units);
	cvm_out_u64("idle_units", NULL, p->idle_units);
	cvm_out_u64("reads", NULL, p->reads);
	cvm_out_u64("read_errors", "ERRORS", p->read_errors);
	cvm_out_end();
}

int cmd_packages(int argc, char **argv)
{
	struct package_list list;
	struct cvm_genl *nl;
	size_t i;
	int ret;

	(void)argc;
	(void)argv;
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	cvm_out_table("packages", NULL, "no package");
	ret = package_list_get(nl, &list);
	for (i = 0; !ret && i < list.nr; i++)
		show_package(&list.packages[i]);
	cvm_out_end();
	free(list.packages);
	cvm_genl_close(nl);
	return ret;
}
