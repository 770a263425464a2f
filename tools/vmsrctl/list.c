// SPDX-License-Identifier: GPL-2.0-only
/* vmsrctl list */
#include <stdlib.h>

#include "vmsrctl.h"

int cmd_list(int argc, char **argv)
{
	struct vm_list list;
	struct cvm_genl *nl;
	size_t i;
	int ret;

	(void)argc;
	(void)argv;
	ret = vmsr_open(&nl);
	if (ret)
		return ret;
	cvm_out_table("vms", NULL, "no VM");
	ret = vm_list_get(nl, &list);
	for (i = 0; !ret && i < list.nr; i++) {
		const struct vm *vm = &list.vms[i];

		cvm_out_row();
		cvm_out_u64("id", "ID", vm->id);
		cvm_out_string("name", "NAME", vm->name);
		cvm_out_u64("pid", "PID", vm->pid);
		cvm_out_string("owner", "OWNER", vm_owner(vm));
		cvm_out_u64("vcpus", "VCPUS", vm->vcpus);
		cvm_out_quantity("power_uw", "POWER", vm->power_uw,
				 CVM_MICROWATT);
		cvm_out_quantity("vcpu_uj", "VCPU", vm->vcpu_uj,
				 CVM_MICROJOULE);
		cvm_out_quantity("overhead_uj", "OVERHEAD", vm->overhead_uj,
				 CVM_MICROJOULE);
		if (vm->threshold_uw) {
			cvm_out_u64("threshold_uw", NULL, vm->threshold_uw);
			cvm_out_bool("above", NULL, vm->above);
			cvm_out_format(NULL, "THRESHOLD", "%s%s",
				       cvm_quantity(vm->threshold_uw, CVM_MICROWATT),
				       vm->above ? " reached" : "");
		} else {
			cvm_out_none("threshold_uw", "THRESHOLD", NULL);
			cvm_out_none("above", NULL, NULL);
		}
		cvm_out_end();
	}
	cvm_out_end();
	free(list.vms);
	cvm_genl_close(nl);
	return ret;
}
