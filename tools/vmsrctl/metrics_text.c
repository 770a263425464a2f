// SPDX-License-Identifier: GPL-2.0-only
/* Prometheus's text format: base units, HELP and TYPE once, escaped labels. */
#include <inttypes.h>

#include "tools/lib/cvmtool.h"
#include "metrics_text.h"

static void family(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Valid UTF-8 in any case: one bad name would cost its reader all metrics. */
static void label(FILE *f, const char *text)
{
	for (text = cvm_printable(text); *text; text++) {
		if (*text == '\\' || *text == '"')
			fputc('\\', f);
		fputc(*text, f);
	}
}

static void vm_labels(FILE *f, const struct vm *vm)
{
	fprintf(f, "id=\"%" PRIu32 "\",name=\"", vm->id);
	label(f, vm->name);
	fputc('"', f);
}

/* A millionth or a thousand millionth, exactly. */
static void scaled(FILE *f, uint64_t value, unsigned int factor, int digits)
{
	fprintf(f, " %" PRIu64 ".%0*" PRIu64 "\n", value / factor, digits, value % factor);
}

static void vm_joules(FILE *f, const struct vm *vms, size_t nr)
{
	static const char name[] = "vmsr_vm_energy_joules_total";
	size_t i;

	family(f, name, "counter",
	       "Energy that the VM used, by its vCPU threads or by other threads of its VMM.");
	for (i = 0; i < nr; i++) {
		fprintf(f, "%s{", name);
		vm_labels(f, &vms[i]);
		fputs(",part=\"vcpu\"}", f);
		scaled(f, vms[i].vcpu_uj, 1000000, 6);
		fprintf(f, "%s{", name);
		vm_labels(f, &vms[i]);
		fputs(",part=\"overhead\"}", f);
		scaled(f, vms[i].overhead_uj, 1000000, 6);
	}
}

static void vm_seconds(FILE *f, const struct vm *vms, size_t nr)
{
	static const char name[] = "vmsr_vm_cpu_seconds_total";
	size_t i;

	family(f, name, "counter",
	       "Processor time that the VM used, by its vCPU threads or by other threads of its VMM.");
	for (i = 0; i < nr; i++) {
		fprintf(f, "%s{", name);
		vm_labels(f, &vms[i]);
		fputs(",part=\"vcpu\"}", f);
		scaled(f, vms[i].vcpu_ns, 1000000000, 9);
		fprintf(f, "%s{", name);
		vm_labels(f, &vms[i]);
		fputs(",part=\"overhead\"}", f);
		scaled(f, vms[i].overhead_ns, 1000000000, 9);
	}
}

static void vm_now(FILE *f, const struct vm *vms, size_t nr)
{
	size_t i;

	family(f, "vmsr_vm_power_watts", "gauge",
	       "Mean power of the VM in the module's last period.");
	for (i = 0; i < nr; i++) {
		fputs("vmsr_vm_power_watts{", f);
		vm_labels(f, &vms[i]);
		fputc('}', f);
		scaled(f, vms[i].power_uw, 1000000, 6);
	}
	family(f, "vmsr_vm_vcpus", "gauge", "vCPUs of the VM that have a thread.");
	for (i = 0; i < nr; i++) {
		fputs("vmsr_vm_vcpus{", f);
		vm_labels(f, &vms[i]);
		fprintf(f, "} %" PRIu32 "\n", vms[i].vcpus);
	}
	family(f, "vmsr_vm_info", "gauge", "The VM's process and what ends it; always 1.");
	for (i = 0; i < nr; i++) {
		fputs("vmsr_vm_info{", f);
		vm_labels(f, &vms[i]);
		fprintf(f, ",pid=\"%" PRIu32 "\",owner=\"%s\"} 1\n", vms[i].pid, vm_owner(&vms[i]));
	}
}

static void package_labels(FILE *f, const struct package *p)
{
	fprintf(f, "index=\"%" PRIu32 "\",package=\"%" PRIu32 "\",die=\"%" PRIu32 "\"", p->index,
		p->id, p->die);
}

static void package_joules(FILE *f, const struct package *packages, size_t nr)
{
	static const char name[] = "vmsr_package_energy_joules_total";
	size_t i, k;

	family(f, name, "counter",
	       "Energy counted while there were VMs, by who used it: VMs, the rest of the host, or nobody.");
	for (i = 0; i < nr; i++) {
		const struct {
			const char *part;
			uint64_t uj;
		} parts[] = {
			{ "vms", packages[i].vms_uj },
			{ "rest", packages[i].rest_uj },
			{ "idle", packages[i].idle_uj },
		};

		for (k = 0; k < 3; k++) {
			fprintf(f, "%s{", name);
			package_labels(f, &packages[i]);
			fprintf(f, ",part=\"%s\"}", parts[k].part);
			scaled(f, parts[k].uj, 1000000, 6);
		}
	}
}

static void package_state(FILE *f, const struct package *packages, size_t nr)
{
	size_t i;

	family(f, "vmsr_package_read_errors_total", "counter",
	       "Reads of the energy counter that failed or showed what cannot be.");
	for (i = 0; i < nr; i++) {
		fputs("vmsr_package_read_errors_total{", f);
		package_labels(f, &packages[i]);
		fprintf(f, "} %" PRIu64 "\n", packages[i].read_errors);
	}
	family(f, "vmsr_package_counting", "gauge",
	       "Whether energy is counted now; it is not while there is no VM.");
	for (i = 0; i < nr; i++) {
		fputs("vmsr_package_counting{", f);
		package_labels(f, &packages[i]);
		fprintf(f, "} %d\n", packages[i].active);
	}
}

void metrics_write(FILE *f, const struct vm *vms, size_t nr_vms, const struct package *packages,
		   size_t nr_packages)
{
	vm_joules(f, vms, nr_vms);
	vm_seconds(f, vms, nr_vms);
	vm_now(f, vms, nr_vms);
	package_joules(f, packages, nr_packages);
	package_state(f, packages, nr_packages);
}
