// SPDX-License-Identifier: GPL-2.0-only
// link: -lcrypto selftests/bench/firmware/sevfw.c selftests/bench/firmware/sevfw_names.c
// link: selftests/bench/firmware/sevfw_guest.c selftests/bench/firmware/sevfw_page.c
// link: selftests/bench/firmware/sevfw_rmp.c
// link: selftests/bench/firmware/sevfw_platform.c selftests/bench/firmware/sevfw_endorsement.c
// link: selftests/bench/firmware/sevfw_snp.c selftests/bench/firmware/sevfw_image.c
// link: selftests/bench/firmware/sevfw_identity.c selftests/bench/firmware/sevfw_storage.c
// link: selftests/bench/firmware/sevfw_cert.c selftests/bench/firmware/sevfw_key.c
// link: selftests/bench/firmware/sevfw_root.c
/*
 * The firmware library by itself: the commands for the life of a guest, in
 * every order that is wrong.
 */
#include "firmware_lib.h"

static enum sevfw_status launch(uint32_t handle, uint32_t policy)
{
	struct sevfw_launch_start *in = at(BUFFER);

	memset(in, 0, sizeof(*in));
	in->handle = handle;
	in->policy = policy;
	return run(SEVFW_LAUNCH_START);
}

static uint32_t launched(void)
{
	const struct sevfw_launch_start *out = at(BUFFER);

	return out->handle;
}

static enum sevfw_status activate(uint32_t handle, uint32_t asid)
{
	struct sevfw_activate *in = at(BUFFER);

	in->handle = handle;
	in->asid = asid;
	return run(SEVFW_ACTIVATE);
}

static enum sevfw_status with(unsigned int id, uint32_t handle)
{
	struct sevfw_handle *in = at(BUFFER);

	in->handle = handle;
	return run(id);
}

static void test_sizes(void)
{
	CHECK(sizeof(struct sevfw_launch_start) == 36);
	CHECK(sizeof(struct sevfw_activate) == 8);
	CHECK(sizeof(struct sevfw_guest_status) == 13);
	CHECK(sizeof(struct sevfw_handle) == 4);
}

static void test_states(void)
{
	start(NULL);
	go(SEVFW_PLATFORM_UNINIT);
	CHECK_STATUS(launch(0, 0), SEVFW_INVALID_PLATFORM_STATE);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(activate(1, 1), SEVFW_INVALID_PLATFORM_STATE);
	CHECK_STATUS(with(SEVFW_DEACTIVATE, 1), SEVFW_INVALID_PLATFORM_STATE);
	CHECK_STATUS(with(SEVFW_DECOMMISSION, 1), SEVFW_INVALID_PLATFORM_STATE);
	CHECK_STATUS(with(SEVFW_GUEST_STATUS, 1), SEVFW_INVALID_PLATFORM_STATE);
	CHECK_STATUS(launch(0, 0), SEVFW_SUCCESS);
	CHECK(launched() == 1);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_WORKING && sevfw_guests(fw) == 1);
	CHECK_STATUS(with(SEVFW_DECOMMISSION, 1), SEVFW_SUCCESS);
	CHECK(sevfw_platform_state(fw) == SEVFW_PLATFORM_INIT && sevfw_guests(fw) == 0);
}

static void test_launch(void)
{
	struct sevfw_launch_start *in = at(BUFFER);

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(launch(1, 0), SEVFW_INVALID_GUEST);
	CHECK_STATUS(launch(0, 2u << 16), SEVFW_POLICY_FAILURE);
	CHECK_STATUS(launch(0, 1u << 16 | 56u << 24), SEVFW_POLICY_FAILURE);
	CHECK_STATUS(launch(0, 4), SEVFW_POLICY_FAILURE);
	memset(in, 0, sizeof(*in));
	in->dh_length = 1;
	CHECK_STATUS(run(SEVFW_LAUNCH_START), SEVFW_UNSUPPORTED);
	memset(in, 0, sizeof(*in));
	in->session_length = 1;
	CHECK_STATUS(run(SEVFW_LAUNCH_START), SEVFW_UNSUPPORTED);
	CHECK(sevfw_guests(fw) == 0);
	CHECK_STATUS(launch(0, 1u << 16 | 55u << 24), SEVFW_SUCCESS);
	CHECK_STATUS(launch(launched(), 0), SEVFW_SUCCESS);
	for (unsigned int i = 2; i < SEVFW_GUESTS_MAX; i++)
		CHECK_STATUS(launch(0, 0), SEVFW_SUCCESS);
	CHECK_STATUS(launch(0, 0), SEVFW_RESOURCE_LIMIT);
	CHECK(sevfw_guests(fw) == SEVFW_GUESTS_MAX);
	CHECK_STATUS(with(SEVFW_DECOMMISSION, 3), SEVFW_SUCCESS);
	CHECK_STATUS(launch(0, 0), SEVFW_SUCCESS);
	CHECK(launched() == 3);
}

static void test_activate(void)
{
	const struct sevfw_guest_status *s = at(BUFFER);

	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(launch(0, 1), SEVFW_SUCCESS);
	CHECK_STATUS(launch(0, 0), SEVFW_SUCCESS);
	CHECK_STATUS(activate(0, 1), SEVFW_INVALID_GUEST);
	CHECK_STATUS(activate(3, 1), SEVFW_INVALID_GUEST);
	CHECK_STATUS(activate(UINT32_MAX, 1), SEVFW_INVALID_GUEST);
	CHECK_STATUS(activate(1, 0), SEVFW_INVALID_ASID);
	CHECK_STATUS(activate(1, SEVFW_ASIDS + 1), SEVFW_INVALID_ASID);
	CHECK_STATUS(with(SEVFW_DEACTIVATE, 1), SEVFW_INACTIVE);
	CHECK_STATUS(activate(1, 7), SEVFW_SUCCESS);
	CHECK_STATUS(activate(1, 8), SEVFW_ACTIVE);
	CHECK_STATUS(activate(2, 7), SEVFW_ASID_OWNED);
	CHECK_STATUS(with(SEVFW_GUEST_STATUS, 1), SEVFW_SUCCESS);
	CHECK(s->policy == 1 && s->asid == 7 && s->state == SEVFW_GUEST_LAUNCHING);
	CHECK_STATUS(with(SEVFW_DECOMMISSION, 1), SEVFW_ACTIVE);
	CHECK_STATUS(with(SEVFW_DEACTIVATE, 1), SEVFW_SUCCESS);
	CHECK_STATUS(activate(2, 7), SEVFW_DF_FLUSH_REQUIRED);
	CHECK_STATUS(activate(2, SEVFW_ASIDS), SEVFW_SUCCESS);
	CHECK_STATUS(run(SEVFW_DF_FLUSH), SEVFW_SUCCESS);
	CHECK_STATUS(activate(1, 7), SEVFW_SUCCESS);
	CHECK_STATUS(with(SEVFW_GUEST_STATUS, 3), SEVFW_INVALID_GUEST);
	CHECK_STATUS(with(SEVFW_DEACTIVATE, 3), SEVFW_INVALID_GUEST);
	CHECK_STATUS(with(SEVFW_DECOMMISSION, 3), SEVFW_INVALID_GUEST);
}

static void test_forgotten(void)
{
	start(NULL);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(launch(0, 0), SEVFW_SUCCESS);
	CHECK_STATUS(activate(1, 1), SEVFW_SUCCESS);
	CHECK_STATUS(run(SEVFW_SHUTDOWN), SEVFW_SUCCESS);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(launch(0, 0), SEVFW_SUCCESS);
	CHECK(launched() == 1 && sevfw_guests(fw) == 1);
	CHECK_STATUS(activate(1, 1), SEVFW_SUCCESS);
	sevfw_reset(fw);
	CHECK(sevfw_guests(fw) == 0);
	go(SEVFW_PLATFORM_INIT);
	CHECK_STATUS(launch(1, 0), SEVFW_INVALID_GUEST);
}

static const struct test tests[] = {
	{ "layout of the command buffers", test_sizes },
	{ "states of the platform", test_states },
	{ "LAUNCH_START", test_launch },
	{ "ACTIVATE, DEACTIVATE, GUEST_STATUS", test_activate },
	{ "SHUTDOWN and reset", test_forgotten },
};

int main(void)
{
	run_tests(tests, ARRAY_SIZE(tests));
}
