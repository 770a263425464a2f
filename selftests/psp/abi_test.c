// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/sev is the device that existing programs know: their header and ours
 * agree, and so do the errors for wrong arguments. Needs a firmware that
 * answers; runs on the in-tree driver as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/psp-sev.h>
#include <linux/psp_sev.h>

/* The harness has parameters that not every test uses. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

#define SAME_NUMBER(a, b) _Static_assert((unsigned int)(a) == (unsigned int)(b), #a " differs")
#define SAME_SIZE(a, b) _Static_assert(sizeof(a) == sizeof(b), #a " has another size")
#define AT(s, field) offsetof(struct s, field)

SAME_NUMBER(PSP_SEV_ISSUE_CMD, SEV_ISSUE_CMD);
SAME_SIZE(struct psp_sev_issue_cmd, struct sev_issue_cmd);
SAME_NUMBER(AT(psp_sev_issue_cmd, data), AT(sev_issue_cmd, data));
SAME_NUMBER(AT(psp_sev_issue_cmd, error), AT(sev_issue_cmd, error));
SAME_SIZE(struct psp_sev_status, struct sev_user_data_status);
SAME_NUMBER(AT(psp_sev_status, state), AT(sev_user_data_status, state));
SAME_NUMBER(AT(psp_sev_status, flags), AT(sev_user_data_status, flags));
SAME_NUMBER(AT(psp_sev_status, build), AT(sev_user_data_status, build));
SAME_NUMBER(AT(psp_sev_status, guest_count), AT(sev_user_data_status, guest_count));
SAME_SIZE(struct psp_sev_pek_csr, struct sev_user_data_pek_csr);
SAME_NUMBER(AT(psp_sev_pek_csr, length), AT(sev_user_data_pek_csr, length));
SAME_SIZE(struct psp_sev_pdh_cert_export, struct sev_user_data_pdh_cert_export);
SAME_NUMBER(AT(psp_sev_pdh_cert_export, cert_chain_len),
	    AT(sev_user_data_pdh_cert_export, cert_chain_len));
SAME_SIZE(struct psp_sev_pek_cert_import, struct sev_user_data_pek_cert_import);
SAME_NUMBER(AT(psp_sev_pek_cert_import, oca_cert_address),
	    AT(sev_user_data_pek_cert_import, oca_cert_address));
SAME_SIZE(struct psp_sev_get_id, struct sev_user_data_get_id);
SAME_SIZE(struct psp_sev_get_id2, struct sev_user_data_get_id2);
SAME_NUMBER(AT(psp_sev_get_id2, length), AT(sev_user_data_get_id2, length));
SAME_NUMBER(PSP_SEV_FACTORY_RESET, SEV_FACTORY_RESET);
SAME_NUMBER(PSP_SEV_PLATFORM_STATUS, SEV_PLATFORM_STATUS);
SAME_NUMBER(PSP_SEV_PEK_CSR, SEV_PEK_CSR);
SAME_NUMBER(PSP_SEV_PEK_CERT_IMPORT, SEV_PEK_CERT_IMPORT);
SAME_NUMBER(PSP_SEV_PDH_CERT_EXPORT, SEV_PDH_CERT_EXPORT);
SAME_NUMBER(PSP_SEV_GET_ID2, SEV_GET_ID2);
SAME_NUMBER(PSP_SEV_INVALID_LENGTH, SEV_RET_INVALID_LEN);
SAME_NUMBER(PSP_SEV_INVALID_PLATFORM_STATE, SEV_RET_INVALID_PLATFORM_STATE);
SAME_NUMBER(PSP_SEV_SECURE_DATA_INVALID, SEV_RET_SECURE_DATA_INVALID);
/* Of the newest header; the system's may not know SNP. */
_Static_assert(sizeof(struct psp_sev_snp_status) == 32, "size");
_Static_assert(sizeof(struct psp_sev_snp_config) == 64, "size");
_Static_assert(sizeof(struct psp_sev_snp_vlek_load) == 16, "size");

/* Nothing is mapped there: the first page never is. */
#define NOWHERE		8ULL
#define UNTOUCHED	0x5a5a5a5aU

FIXTURE(sev) {
	int fd;
	int reader;
};

FIXTURE_SETUP(sev)
{
	self->fd = open("/dev/sev", O_RDWR);
	self->reader = open("/dev/sev", O_RDONLY);
	ASSERT_LE(0, self->fd);
	ASSERT_LE(0, self->reader);
}

FIXTURE_TEARDOWN(sev)
{
	close(self->fd);
	close(self->reader);
}

static int issue(int fd, unsigned int cmd, unsigned long long data,
		 unsigned int *error)
{
	struct psp_sev_issue_cmd c = { .cmd = cmd, .data = data, .error = UNTOUCHED };
	int ret = ioctl(fd, PSP_SEV_ISSUE_CMD, &c);
	int err = ret < 0 ? errno : 0;

	if (error)
		*error = c.error;
	return err;
}

TEST_F(sev, unknown_ioctl)
{
	struct psp_sev_issue_cmd c = { };

	EXPECT_EQ(-1, ioctl(self->fd, _IOWR('S', 1, struct psp_sev_issue_cmd), &c));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, 0, &c));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, _IOWR('S', 0, char[20]), &c));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(sev, unknown_command)
{
	unsigned int error;

	EXPECT_EQ(EINVAL, issue(self->fd, PSP_SEV_CMD_MAX, 0, &error));
	EXPECT_EQ(UNTOUCHED, error);
	EXPECT_EQ(EINVAL, issue(self->fd, 0x7fffffff, 0, &error));
	EXPECT_EQ(EINVAL, issue(self->fd, ~0U, 0, &error));
	EXPECT_EQ(UNTOUCHED, error);
}

TEST_F(sev, bad_argument)
{
	EXPECT_EQ(-1, ioctl(self->fd, PSP_SEV_ISSUE_CMD, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->fd, PSP_SEV_ISSUE_CMD, NOWHERE));
	EXPECT_EQ(EFAULT, errno);
}

/* The argument cannot be written back: the command ran, the caller is told. */
TEST_F(sev, read_only_argument)
{
	struct psp_sev_issue_cmd *c;
	struct psp_sev_status s = { };

	c = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, c);
	c->cmd = PSP_SEV_PLATFORM_STATUS;
	c->data = (uintptr_t)&s;
	ASSERT_EQ(0, mprotect(c, 4096, PROT_READ));
	EXPECT_EQ(-1, ioctl(self->fd, PSP_SEV_ISSUE_CMD, c));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_LT(0, s.api_major + s.api_minor);
	munmap(c, 4096);
}

TEST_F(sev, bad_data)
{
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_PLATFORM_STATUS, NOWHERE, NULL));
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_GET_ID, NOWHERE, NULL));
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_GET_ID2, NOWHERE, NULL));
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_PEK_CSR, NOWHERE, NULL));
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_PEK_CERT_IMPORT, NOWHERE, NULL));
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_PDH_CERT_EXPORT, NOWHERE, NULL));
}

TEST_F(sev, write_access)
{
	static const unsigned int writers[] = {
		PSP_SEV_FACTORY_RESET, PSP_SEV_PEK_GEN, PSP_SEV_PDH_GEN,
		PSP_SEV_PEK_CSR, PSP_SEV_PEK_CERT_IMPORT,
	};
	unsigned int i, error;
	struct psp_sev_status s;

	for (i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		EXPECT_EQ(EPERM, issue(self->reader, writers[i], (uintptr_t)&s, &error));
		EXPECT_EQ(UNTOUCHED, error);
	}
	EXPECT_EQ(0, issue(self->reader, PSP_SEV_PLATFORM_STATUS, (uintptr_t)&s, &error));
	EXPECT_EQ(0, error);
}

TEST_F(sev, export_needs_write_access_to_initialize)
{
	struct psp_sev_pdh_cert_export x = { };
	struct psp_sev_status s = { };
	unsigned int error;

	ASSERT_EQ(0, issue(self->reader, PSP_SEV_PLATFORM_STATUS, (uintptr_t)&s, NULL));
	if (s.state != PSP_SEV_STATE_UNINIT)
		SKIP(return, "the platform is initialized");
	EXPECT_EQ(EPERM, issue(self->reader, PSP_SEV_PDH_CERT_EXPORT, (uintptr_t)&x, &error));
	EXPECT_EQ(UNTOUCHED, error);
}

TEST_F(sev, certificate_lengths)
{
	struct psp_sev_pek_csr csr = { NOWHERE, PSP_SEV_BLOB_MAX + 1 };
	struct psp_sev_pdh_cert_export x = { NOWHERE, PSP_SEV_BLOB_MAX + 1, NOWHERE, 1 };
	char byte = 0;
	struct psp_sev_pek_cert_import i = { (uintptr_t)&byte, 0, (uintptr_t)&byte, 1 };

	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_PEK_CSR, (uintptr_t)&csr, NULL));
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_PDH_CERT_EXPORT, (uintptr_t)&x, NULL));
	EXPECT_EQ(EINVAL, issue(self->fd, PSP_SEV_PEK_CERT_IMPORT, (uintptr_t)&i, NULL));
	i.pek_cert_len = PSP_SEV_BLOB_MAX + 1;
	EXPECT_EQ(EINVAL, issue(self->fd, PSP_SEV_PEK_CERT_IMPORT, (uintptr_t)&i, NULL));
	i.pek_cert_len = 1;
	i.oca_cert_address = 0;
	EXPECT_EQ(EINVAL, issue(self->fd, PSP_SEV_PEK_CERT_IMPORT, (uintptr_t)&i, NULL));
	i.oca_cert_address = NOWHERE;
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_PEK_CERT_IMPORT, (uintptr_t)&i, NULL));
}

TEST_F(sev, id_lengths)
{
	unsigned char id[256] = { };
	struct psp_sev_get_id old = { };
	struct psp_sev_get_id2 x = { };
	unsigned int error, length;

	/* No buffer: the firmware says how long the id is. */
	EXPECT_EQ(EIO, issue(self->fd, PSP_SEV_GET_ID2, (uintptr_t)&x, &error));
	EXPECT_EQ(PSP_SEV_INVALID_LENGTH, error);
	length = x.length;
	ASSERT_LT(0, length);
	ASSERT_GE(sizeof(id), length);
	/* Too small by one. */
	x = (struct psp_sev_get_id2){ (uintptr_t)id, length - 1 };
	EXPECT_EQ(EIO, issue(self->fd, PSP_SEV_GET_ID2, (uintptr_t)&x, &error));
	EXPECT_EQ(PSP_SEV_INVALID_LENGTH, error);
	EXPECT_EQ(length, x.length);
	/* Longer than needed. */
	x = (struct psp_sev_get_id2){ (uintptr_t)id, 100000 };
	EXPECT_EQ(0, issue(self->fd, PSP_SEV_GET_ID2, (uintptr_t)&x, &error));
	EXPECT_EQ(0, error);
	EXPECT_EQ(length, x.length);
	/* Longer than any memory. */
	x = (struct psp_sev_get_id2){ (uintptr_t)id, ~0U };
	EXPECT_EQ(ENOMEM, issue(self->fd, PSP_SEV_GET_ID2, (uintptr_t)&x, NULL));
	/* Just right, and the same as the old command's. */
	x = (struct psp_sev_get_id2){ (uintptr_t)id, length };
	EXPECT_EQ(0, issue(self->fd, PSP_SEV_GET_ID2, (uintptr_t)&x, &error));
	EXPECT_EQ(0, issue(self->fd, PSP_SEV_GET_ID, (uintptr_t)&old, &error));
	EXPECT_EQ(0, memcmp(&old, id, length < sizeof(old) ? length : sizeof(old)));
	/* The buffer is nowhere. */
	x = (struct psp_sev_get_id2){ NOWHERE, length };
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_GET_ID2, (uintptr_t)&x, NULL));
}

/* These are not in every kernel's own driver, but they are in this one. */
TEST_F(sev, snp_arguments)
{
	struct psp_sev_snp_vlek_load vlek = { .len = 16 };
	struct psp_sev_snp_config config = { };
	struct psp_sev_snp_status s = { };
	unsigned int error;

	if (issue(self->fd, PSP_SEV_SNP_PLATFORM_STATUS, (uintptr_t)&s, &error) == EINVAL)
		SKIP(return, "this driver has no SNP commands");
	EXPECT_EQ(EINVAL, issue(self->fd, PSP_SEV_SNP_PLATFORM_STATUS, 0, NULL));
	EXPECT_EQ(EFAULT, issue(self->fd, PSP_SEV_SNP_PLATFORM_STATUS, NOWHERE, NULL));
	EXPECT_EQ(EINVAL, issue(self->fd, PSP_SEV_SNP_SET_CONFIG, 0, NULL));
	EXPECT_EQ(EPERM, issue(self->reader, PSP_SEV_SNP_SET_CONFIG, (uintptr_t)&config, NULL));
	EXPECT_EQ(ENODEV, issue(self->fd, PSP_SEV_SNP_SET_CONFIG, NOWHERE, &error));
	EXPECT_EQ(UNTOUCHED, error);
	EXPECT_EQ(EINVAL, issue(self->fd, PSP_SEV_SNP_VLEK_LOAD, 0, NULL));
	EXPECT_EQ(EPERM, issue(self->reader, PSP_SEV_SNP_VLEK_LOAD, (uintptr_t)&vlek, NULL));
	EXPECT_EQ(ENODEV, issue(self->fd, PSP_SEV_SNP_VLEK_LOAD, NOWHERE, &error));
	EXPECT_EQ(UNTOUCHED, error);
	EXPECT_EQ(EIO, issue(self->reader, PSP_SEV_SNP_COMMIT, 0, &error));
	EXPECT_EQ(PSP_SEV_INVALID_PLATFORM_STATE, error);
}

/* A file that is something else. */
TEST(foreign_file)
{
	struct psp_sev_issue_cmd c = { };
	int fd = open("/dev/null", O_RDWR);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, ioctl(fd, PSP_SEV_ISSUE_CMD, &c));
	EXPECT_EQ(ENOTTY, errno);
	close(fd);
}

TEST_HARNESS_MAIN
