// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RAPL energy counters for an emulated machine with several packages.
 *
 * A package draws a constant power of its own, a constant power for each of
 * its cores, and for each of its CPUs a further power while that CPU is awake.
 * A CPU is asleep exactly while its thread waits in QEMU for something to do
 * after HLT (or for the start of the machine): the moments come from QEMU, so
 * nothing is sampled. Time is the guest's: a stopped machine uses no energy,
 * and a CPU that the real machine keeps waiting for its turn counts as awake,
 * which is also what its guest believes.
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/tcg.h"
#include "cvm_rapl.h"
#include "cvm_rapl_idle.h"

static const char *const power_names[POWER_KINDS] = {
    [POWER_PACKAGE] = "package-idle-mw",
    [POWER_CORE] = "core-idle-mw",
    [POWER_CPU] = "cpu-busy-mw",
};

/* Set once, before the first instruction of the guest. */
static CvmRapl *the_rapl;

uint64_t rapl_now(void)
{
    /*
     * Where instructions are the clock, that of the guest can be read at the end
     * of a block of them only. Energy then is of the host's time.
     */
    return qemu_clock_get_ns(icount_enabled() ? QEMU_CLOCK_REALTIME :
                                                QEMU_CLOCK_VIRTUAL);
}

static uint64_t power_uw(const RaplPower *p, unsigned int package)
{
    return 1000 * (uint64_t)g_array_index(p->mw, uint32_t,
                                          MIN(package, p->mw->len - 1));
}

/* Colon-separated numbers, at least one. */
static GArray *numbers_parse(const char *text, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 0);
    g_autoptr(GArray) list = g_array_new(false, false, sizeof(uint32_t));
    char **p;

    for (p = parts; *p; p++) {
        uint64_t n;
        uint32_t n32;

        if (qemu_strtou64(*p, NULL, 0, &n) || n > UINT32_MAX) {
            error_setg(errp, "'%s' is no list of numbers like 1000:2000", text);
            return NULL;
        }
        n32 = n;
        g_array_append_val(list, n32);
    }
    if (!list->len) {
        error_setg(errp, "an empty list of numbers");
        return NULL;
    }
    return g_steal_pointer(&list);
}

RaplCpu *__rapl_cpu(CvmRapl *s, CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);
    RaplCpu *c;

    if (cs->cpu_index < 0 || cs->cpu_index >= s->cpus) {
        return NULL;
    }
    c = &s->cpu[cs->cpu_index];
    if (!c->known) {
        unsigned int die = cpu->socket_id * s->dies + MAX(cpu->die_id, 0);

        /* Intel's package counters are those of a die. */
        c->package = s->amd ? cpu->socket_id : die;
        c->core = die * s->cores_per_die + cpu->core_id;
        if (c->package >= s->packages || c->core >= s->cores) {
            return NULL;
        }
        c->known = true;
    }
    return c;
}

static void __cpu_set_power(CvmRapl *s, RaplCpu *c, uint64_t now)
{
    meter_set(&c->meter, now, s->period,
              c->awake ? power_uw(&s->power[POWER_CPU], c->package) : 0);
    meter_set(&c->busy, now, s->period, c->awake);
}

void cvm_vcpu_idle(CPUState *cs, bool idle)
{
    CvmRapl *s = qatomic_load_acquire(&the_rapl);
    RaplCpu *c;

    if (!s) {
        return;
    }
    qemu_mutex_lock(&s->lock);
    c = __rapl_cpu(s, cs);
    if (c) {
        c->awake = !idle;
        __cpu_set_power(s, c, rapl_now());
    }
    qemu_mutex_unlock(&s->lock);
}

/* Which package a core belongs to. */
static unsigned int core_package(CvmRapl *s, unsigned int core)
{
    unsigned int die = core / s->cores_per_die;

    return s->amd ? die / s->dies : die;
}

static void __power_changed(CvmRapl *s)
{
    uint64_t now = rapl_now();
    unsigned int i;

    for (i = 0; i < s->packages; i++) {
        meter_set(&s->package[i].meter, now, s->period,
                  power_uw(&s->power[POWER_PACKAGE], i));
    }
    for (i = 0; i < s->cores; i++) {
        meter_set(&s->core[i].meter, now, s->period,
                  power_uw(&s->power[POWER_CORE], core_package(s, i)));
    }
    for (i = 0; i < s->cpus; i++) {
        if (s->cpu[i].known) {
            __cpu_set_power(s, &s->cpu[i], now);
        }
    }
}

unsigned __int128 __rapl_core_fj(CvmRapl *s, unsigned int core, uint64_t now)
{
    unsigned __int128 fj;
    unsigned int i;

    meter_advance(&s->core[core].meter, now, s->period);
    fj = s->core[core].meter.grid_fj;
    for (i = 0; i < s->cpus; i++) {
        if (s->cpu[i].known && s->cpu[i].core == core) {
            meter_advance(&s->cpu[i].meter, now, s->period);
            fj += s->cpu[i].meter.grid_fj;
        }
    }
    return fj;
}

unsigned __int128 __rapl_package_fj(CvmRapl *s, unsigned int package,
                                      uint64_t now)
{
    unsigned __int128 fj;
    unsigned int i;

    meter_advance(&s->package[package].meter, now, s->period);
    fj = s->package[package].meter.grid_fj;
    for (i = 0; i < s->cores; i++) {
        if (core_package(s, i) == package) {
            meter_advance(&s->core[i].meter, now, s->period);
            fj += s->core[i].meter.grid_fj;
        }
    }
    for (i = 0; i < s->cpus; i++) {
        if (s->cpu[i].known && s->cpu[i].package == package) {
            meter_advance(&s->cpu[i].meter, now, s->period);
            fj += s->cpu[i].meter.grid_fj;
        }
    }
    return fj;
}

/* A number for each of @n counters from "first:second:..."; see RaplPower. */
static bool starts_parse(const char *text, unsigned int n,
                         RaplCounter *(*counter)(CvmRapl *, unsigned int),
                         CvmRapl *s, Error **errp)
{
    g_autoptr(GArray) list = numbers_parse(text, errp);
    unsigned int i;

    if (!list) {
        return false;
    }
    for (i = 0; i < n; i++) {
        counter(s, i)->start = g_array_index(list, uint32_t,
                                             MIN(i, list->len - 1));
    }
    return true;
}

static RaplCounter *package_counter(CvmRapl *s, unsigned int i)
{
    return &s->package[i].counter;
}

static RaplCounter *core_counter(CvmRapl *s, unsigned int i)
{
    return &s->core[i].counter;
}

/*
 * Properties of one package, core or CPU: the opaque pointer holds which, and
 * the property's name what.
 */
typedef enum RaplItem {
    ITEM_PACKAGE_UJ, ITEM_PACKAGE_RAW, ITEM_PACKAGE_READS, ITEM_PACKAGE_LIMIT,
    ITEM_CORE_UJ, ITEM_CORE_RAW, ITEM_CORE_READS,
    ITEM_CPU_BUSY, ITEM_CPU_PACKAGE,
} RaplItem;

static const char *const item_names[] = {
    [ITEM_PACKAGE_UJ] = "energy-uj",
    [ITEM_PACKAGE_RAW] = "raw",
    [ITEM_PACKAGE_READS] = "reads",
    [ITEM_PACKAGE_LIMIT] = "power-limit",
    [ITEM_CORE_UJ] = "core-energy-uj",
    [ITEM_CORE_RAW] = "core-raw",
    [ITEM_CORE_READS] = "core-reads",
    [ITEM_CPU_BUSY] = "cpu-busy-ns",
    [ITEM_CPU_PACKAGE] = "cpu-package",
};

static uint64_t __item_value(CvmRapl *s, RaplItem item, unsigned int i,
                             uint64_t now)
{
    switch (item) {
    case ITEM_PACKAGE_UJ:
        return __rapl_package_fj(s, i, now) / METER_FJ_PER_UJ;
    case ITEM_PACKAGE_RAW:
        return __rapl_package_raw(s, i, now);
    case ITEM_PACKAGE_READS:
        return s->package[i].counter.reads;
    case ITEM_PACKAGE_LIMIT:
        return s->package[i].limit;
    case ITEM_CORE_UJ:
        return __rapl_core_fj(s, i, now) / METER_FJ_PER_UJ;
    case ITEM_CORE_RAW:
        return __rapl_core_raw(s, i, now);
    case ITEM_CORE_READS:
        return s->core[i].counter.reads;
    case ITEM_CPU_BUSY:
        meter_advance(&s->cpu[i].busy, now, s->period);
        return s->cpu[i].busy.grid_fj;
    case ITEM_CPU_PACKAGE:
        return s->cpu[i].package;
    }
    return 0;
}

static unsigned int item_count(CvmRapl *s, RaplItem item)
{
    return item < ITEM_CORE_UJ ? s->packages :
           item < ITEM_CPU_BUSY ? s->cores : s->cpus;
}

static void get_item(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    CvmRapl *s = CVM_RAPL(obj);
    uintptr_t which = (uintptr_t)opaque;
    uint64_t value;

    qemu_mutex_lock(&s->lock);
    value = __item_value(s, which >> 16, which & 0xffff, rapl_now());
    qemu_mutex_unlock(&s->lock);
    visit_type_uint64(v, name, &value, errp);
}

/* All of it at one moment, a line each: sums then agree to the last unit. */
static char *get_report(Object *obj, Error **errp)
{
    CvmRapl *s = CVM_RAPL(obj);
    GString *text = g_string_new(NULL);
    uint64_t now;
    RaplItem item;
    unsigned int i;

    qemu_mutex_lock(&s->lock);
    now = rapl_now();
    g_string_append_printf(text, "time-ns %" PRIu64 "\n",
                           s->period ? now - now % s->period : now);
    for (item = 0; item < ARRAY_SIZE(item_names); item++) {
        for (i = 0; i < item_count(s, item); i++) {
            g_string_append_printf(text, "%s-%u %" PRIu64 "\n",
                                   item_names[item], i,
                                   __item_value(s, item, i, now));
        }
    }
    qemu_mutex_unlock(&s->lock);
    return g_string_free(text, false);
}

static void add_items(CvmRapl *s)
{
    RaplItem item;
    unsigned int i;

    for (item = 0; item < ARRAY_SIZE(item_names); item++) {
        for (i = 0; i < item_count(s, item); i++) {
            g_autofree char *name = g_strdup_printf("%s-%u", item_names[item],
                                                    i);

            object_property_add(OBJECT(s), name, "uint64", get_item, NULL,
                                NULL, (void *)((uintptr_t)item << 16 | i));
        }
    }
}

static void rapl_realize(DeviceState *dev, Error **errp)
{
    CvmRapl *s = CVM_RAPL(dev);
    MachineState *ms = MACHINE(qdev_get_machine());
    CPUX86State *env = &X86_CPU(first_cpu)->env;
    CPUState *cs;
    unsigned int i;

    if (the_rapl) {
        error_setg(errp, "a machine has only one cvm-rapl");
        return;
    }
    if (!tcg_enabled() || (!qemu_tcg_mttcg_enabled() && !icount_enabled())) {
        error_setg(errp, "cvm-rapl needs -accel tcg,thread=multi, or -icount");
        return;
    }
    if (!strcmp(s->vendor, "auto")) {
        s->amd = IS_AMD_CPU(env);
    } else if (!strcmp(s->vendor, "amd") || !strcmp(s->vendor, "intel")) {
        s->amd = !strcmp(s->vendor, "amd");
    } else {
        error_setg(errp, "vendor is 'intel', 'amd' or 'auto', not '%s'",
                   s->vendor);
        return;
    }
    if (s->esu > 31 || !s->period_us || s->tdp_watts > 0x7fff >> POWER_UNIT) {
        error_setg(errp, "esu is 0 to 31, period-us not 0, and tdp-watts at "
                   "most %d", 0x7fff >> POWER_UNIT);
        return;
    }
    if (!s->esu) {
        s->esu = s->amd ? 16 : 14;
    }
    s->period = s->period_us * 1000ull;
    s->dies = ms->smp.dies;
    s->cores_per_die = ms->smp.clusters * ms->smp.cores;
    s->packages = ms->smp.sockets * (s->amd ? 1 : s->dies);
    s->cores = ms->smp.sockets * s->dies * s->cores_per_die;
    s->cpus = ms->smp.max_cpus;
    if (s->packages_wanted && s->packages_wanted != s->packages) {
        error_setg(errp, "packages=%u, but -smp makes %u of them",
                   s->packages_wanted, s->packages);
        return;
    }
    s->package = g_new0(RaplPackage, s->packages);
    s->core = g_new0(RaplCore, s->cores);
    s->cpu = g_new0(RaplCpu, s->cpus);
    if (!starts_parse(s->start_text, s->packages, package_counter, s, errp) ||
        !starts_parse(s->core_start_text, s->cores, core_counter, s, errp) ||
        !rapl_faults_apply(s, s->fault_text, errp)) {
        return;
    }
    for (i = 0; i < s->packages; i++) {
        s->package[i].limit = (uint64_t)s->tdp_watts << POWER_UNIT |
                              (s->lock_limit ? POWER_LIMIT_LOCK : 0);
    }

    qemu_mutex_lock(&s->lock);
    CPU_FOREACH(cs) {
        __rapl_cpu(s, cs);
    }
    __power_changed(s);
    qemu_mutex_unlock(&s->lock);

    add_items(s);
    rapl_msr_init(s);
    qatomic_store_release(&the_rapl, s);
}

static char *get_fault(Object *obj, Error **errp)
{
    return g_strdup(CVM_RAPL(obj)->fault_text);
}

static void set_fault(Object *obj, const char *value, Error **errp)
{
    CvmRapl *s = CVM_RAPL(obj);

    /* Which MSRs and packages there are is known only once realized. */
    if (DEVICE(obj)->realized && !rapl_faults_apply(s, value, errp)) {
        return;
    }
    g_free(s->fault_text);
    s->fault_text = g_strdup(value);
}

static RaplPower *power_of(CvmRapl *s, const char *name)
{
    int i;

    for (i = 0; strcmp(name, power_names[i]); i++) {
        assert(i < POWER_KINDS - 1);
    }
    return &s->power[i];
}

static void get_power(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    visit_type_str(v, name, &power_of(CVM_RAPL(obj), name)->text, errp);
}

static void set_power(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    CvmRapl *s = CVM_RAPL(obj);
    RaplPower *p = power_of(s, name);
    g_autofree char *text = NULL;
    GArray *mw;

    if (!visit_type_str(v, name, &text, errp)) {
        return;
    }
    mw = numbers_parse(text, errp);
    if (!mw) {
        return;
    }
    qemu_mutex_lock(&s->lock);
    g_array_unref(p->mw);
    p->mw = mw;
    g_free(p->text);
    p->text = g_steal_pointer(&text);
    if (DEVICE(obj)->realized) {
        __power_changed(s);
    }
    qemu_mutex_unlock(&s->lock);
}

static void rapl_init(Object *obj)
{
    static const char *const power_default[POWER_KINDS] = {
        [POWER_PACKAGE] = "20000",
        [POWER_CORE] = "1000",
        [POWER_CPU] = "10000",
    };
    CvmRapl *s = CVM_RAPL(obj);
    int i;

    qemu_mutex_init(&s->lock);
    s->vendor = g_strdup("auto");
    s->start_text = g_strdup("0");
    s->core_start_text = g_strdup("0");
    s->fault_text = g_strdup("");
    s->faults = g_ptr_array_new();
    s->stuck = g_hash_table_new(NULL, NULL);
    object_property_add_uint64_ptr(obj, "faults-injected", &s->fault_hits,
                                   OBJ_PROP_FLAG_READ);
    for (i = 0; i < POWER_KINDS; i++) {
        s->power[i].text = g_strdup(power_default[i]);
        s->power[i].mw = numbers_parse(power_default[i], &error_abort);
    }
}

static Property rapl_properties[] = {
    DEFINE_PROP_STRING("vendor", CvmRapl, vendor),
    DEFINE_PROP_UINT32("packages", CvmRapl, packages_wanted, 0),
    DEFINE_PROP_UINT32("esu", CvmRapl, esu, 0),
    DEFINE_PROP_UINT32("period-us", CvmRapl, period_us, 1000),
    DEFINE_PROP_UINT32("tdp-watts", CvmRapl, tdp_watts, 200),
    DEFINE_PROP_BOOL("lock-limit", CvmRapl, lock_limit, false),
    DEFINE_PROP_STRING("start", CvmRapl, start_text),
    DEFINE_PROP_STRING("core-start", CvmRapl, core_start_text),
    DEFINE_PROP_END_OF_LIST(),
};

static void rapl_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    int i;

    dc->desc = "RAPL energy counters";
    dc->realize = rapl_realize;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, rapl_properties);

    object_class_property_add_str(oc, "fault", get_fault, set_fault);
    object_class_property_add_str(oc, "report", get_report, NULL);
    for (i = 0; i < POWER_KINDS; i++) {
        object_class_property_add(oc, power_names[i], "string", get_power,
                                  set_power, NULL, NULL);
    }
}

static const TypeInfo rapl_info = {
    .name = TYPE_CVM_RAPL,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(CvmRapl),
    .instance_init = rapl_init,
    .class_init = rapl_class_init,
};

static void rapl_register_types(void)
{
    type_register_static(&rapl_info);
}

type_init(rapl_register_types)
