/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact energy of one consumer whose power changes in steps.
 *
 * Power is in microwatts and time in nanoseconds, so energy is an integer
 * number of femtojoules and no sum is ever rounded. Like the hardware, a
 * reader sees the energy as it was at the last tick of a fixed grid.
 *
 * Between two calls the power was constant, which is why no timer is needed:
 * the value at the grid follows from the state before.
 */
#ifndef HW_CVM_RAPL_METER_H
#define HW_CVM_RAPL_METER_H

#define METER_FJ_PER_J  1000000000000000ull
#define METER_FJ_PER_UJ 1000000000ull

typedef struct RaplMeter {
    unsigned __int128 fj;       /* until @at */
    unsigned __int128 grid_fj;  /* until the last tick of the grid up to @at */
    uint64_t at;                /* ns */
    uint64_t uw;                /* since @at */
} RaplMeter;

static inline void meter_advance(RaplMeter *m, uint64_t now, uint64_t period)
{
    uint64_t grid = now - now % period;

    if (now < m->at) {
        /* A snapshot with an earlier clock was loaded. */
        m->at = now;
        return;
    }
    if (grid >= m->at) {
        m->grid_fj = m->fj + (unsigned __int128)m->uw * (grid - m->at);
    }
    m->fj += (unsigned __int128)m->uw * (now - m->at);
    m->at = now;
}

static inline void meter_set(RaplMeter *m, uint64_t now, uint64_t period,
                             uint64_t uw)
{
    meter_advance(m, now, period);
    m->uw = uw;
}

/* @fj in units of 1/2^@esu J, as far as a counter of 32 bits shows it. */
static inline uint32_t meter_units(unsigned __int128 fj, unsigned int esu)
{
    return (fj << esu) / METER_FJ_PER_J;
}

#endif
