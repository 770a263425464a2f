// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that makes the mistake it is asked for, so that bench/detect.sh can
 * show that the debug kernel notices it.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

static char *mistake = "none";
module_param(mistake, charp, 0444);
MODULE_PARM_DESC(mistake, "which one to make");

/* Volatile, or the compiler would see the mistakes. */
static volatile unsigned int forty = 40;
static volatile unsigned int hundred = 100;

static void use_after_free(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return;
	kfree(p);
	/* (Not a write: KASAN keeps what it has freed in a list that begins here.) */
	READ_ONCE(p[5]);
}

static void out_of_bounds(void)
{
	char *p = kmalloc(forty, GFP_KERNEL);

	if (!p)
		return;
	READ_ONCE(p[forty]);
	kfree(p);
}

static void vmalloc_out_of_bounds(void)
{
	char *p = vmalloc(hundred);

	if (!p)
		return;
	READ_ONCE(p[hundred + 28]);
	vfree(p);
}

static void stack_out_of_bounds(void)
{
	char array[16] = { };

	READ_ONCE(*(array + forty - 24));
}

static void shift(void)
{
	static volatile int result;

	result = 1 << forty;
}

static void index_past_end(void)
{
	static volatile int array[4], result;

	result = array[forty / 10];
}

static void sleep_in_atomic(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
}

static void while_preemptible(void)
{
	static volatile unsigned int result;

	result = smp_processor_id();
}

static void timer_expires(struct timer_list *timer)
{
}

static void free_active_timer(void)
{
	struct timer_list *timer = kzalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, timer_expires, 0);
	timer->expires = jiffies + 1000 * HZ;
	add_timer(timer);
	/* The debug kernel takes it out of the timers before it is freed. */
	kfree(timer);
}

static void delete_twice(void)
{
	LIST_HEAD(list);
	struct list_head entry;

	list_add(&entry, &list);
	list_del(&entry);
	list_del(&entry);
}

/* Many: what happens to lie in memory may look like a pointer to one of them. */
static void leak(void)
{
	static void *volatile kept;
	unsigned int i;

	for (i = 0; i < 8; i++)
		kept = kmalloc(1000, GFP_KERNEL);
	kept = NULL;
}

static void lock_order(void)
{
	static DEFINE_MUTEX(first);
	static DEFINE_MUTEX(second);

	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static const struct {
	const char *name;
	void (*make)(void);
} mistakes[] = {
	{ "use_after_free", use_after_free },
	{ "out_of_bounds", out_of_bounds },
	{ "vmalloc_out_of_bounds", vmalloc_out_of_bounds },
	{ "stack_out_of_bounds", stack_out_of_bounds },
	{ "shift", shift },
	{ "index", index_past_end },
	{ "sleep_in_atomic", sleep_in_atomic },
	{ "preemptible", while_preemptible },
	{ "free_active_timer", free_active_timer },
	{ "delete_twice", delete_twice },
	{ "leak", leak },
	{ "lock_order", lock_order },
};

static int __init faulty_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++)
		if (!strcmp(mistake, mistakes[i].name)) {
			mistakes[i].make();
			return 0;
		}
	return strcmp(mistake, "none") ? -EINVAL : 0;
}

static void __exit faulty_exit(void)
{
}

module_init(faulty_init);
module_exit(faulty_exit);
MODULE_DESCRIPTION("makes mistakes for the tests of the debug kernel");
MODULE_LICENSE("GPL");
