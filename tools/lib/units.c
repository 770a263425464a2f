// SPDX-License-Identifier: GPL-2.0-only
/* Quantities as people read them. */
#include "internal.h"

/*
 * struct scale - a unit and how many base units it is
 * @unit: its name; the last row of a list has the base unit and factor 1
 */
struct scale {
	const char *unit;
	uint64_t factor;
};

static const struct scale bytes[] = {
	{ "GiB", 1ull << 30 }, { "MiB", 1ull << 20 }, { "KiB", 1ull << 10 },
	{ "bytes", 1 },
};

static const struct scale microjoules[] = {
	{ "MJ", 1000000000000ull }, { "kJ", 1000000000 }, { "J", 1000000 },
	{ "mJ", 1000 }, { "uJ", 1 },
};

static const struct scale microwatts[] = {
	{ "kW", 1000000000 }, { "W", 1000000 }, { "mW", 1000 }, { "uW", 1 },
};

static const struct scale nanoseconds[] = {
	{ "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 },
};

/* Three digits behind the point at most, and none that say nothing. */
static const char *decimal(uint64_t value, uint64_t factor, const char *unit)
{
	uint64_t whole = value / factor, rest = value % factor;
	/* rest * 1000 would not overflow for any factor above. */
	unsigned int thousandths = rest * 1000 / factor;

	if (!thousandths)
		return cvm_fmt("%llu %s", (unsigned long long)whole, unit);
	if (!(thousandths % 100))
		return cvm_fmt("%llu.%u %s", (unsigned long long)whole,
			       thousandths / 100, unit);
	return cvm_fmt("%llu.%03u %s", (unsigned long long)whole, thousandths,
		       unit);
}

const char *cvm_quantity(uint64_t value, enum cvm_unit unit)
{
	static const struct scale *const scales[] = {
		[CVM_BYTES] = bytes,
		[CVM_MICROJOULE] = microjoules,
		[CVM_MICROWATT] = microwatts,
		[CVM_NANOSECOND] = nanoseconds,
	};
	const struct scale *s = scales[unit];

	if (!value && unit != CVM_BYTES)
		/* "0 J": the unit people expect, not the smallest */
		return cvm_fmt("0 %s", unit == CVM_MICROJOULE ? "J" :
			       unit == CVM_MICROWATT ? "W" : "s");
	while (s->factor > 1 && value < s->factor)
		s++;
	return decimal(value, s->factor, s->unit);
}
