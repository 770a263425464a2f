/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differential.c records of a driver and compare.c reads: steps, each with
 * what was asked and what came back.
 */
#ifndef DIFFERENTIAL_H
#define DIFFERENTIAL_H

#include <stdint.h>

#define BLOB_MAX	(20 * 1024)
#define CERT_LENGTH	2084

enum step_kind {
	STEP_ISSUE,		/* an ioctl */
	STEP_KVM_INIT,		/* KVM_SEV_INIT: the platform is initialized and stays so */
	STEP_GUESTS,		/* the model has so many guests from now on */
	STEP_FAULT,		/* the model's next answer to a command is another one */
	STEP_OPEN,		/* open by somebody without rights */
	STEP_PAUSE,		/* until the model has answered, however late */
	STEP_KINDS
};

/* Where in the caller's memory something is. */
enum place {
	PLACE_GOOD,
	PLACE_NULL,
	PLACE_UNMAPPED,
	PLACE_READONLY,
	PLACE_NOACCESS,
	PLACE_KERNEL,
	PLACE_NONCANONICAL,
	PLACE_EDGE,		/* begins in memory that ends too early */
	PLACES
};

enum file_kind { FILE_READ_WRITE, FILE_READ, FILE_WRITE, FILES };

enum caller { CALLER_ROOT, CALLER_NOBODY, CALLER_32BIT, CALLERS };

/* What blobs for the firmware hold. */
enum content { CONTENT_GARBAGE, CONTENT_CERTIFICATE };

/* Beside enum psp_sev_state: it could not be asked. */
#define STATE_UNKNOWN	0xff

struct step {
	uint32_t sequence;
	uint32_t kind;
	uint32_t request;
	uint32_t cmd;
	uint32_t file;
	uint32_t caller;
	uint32_t issue;
	uint32_t data;
	uint32_t blob[2];
	uint32_t length[2];
	uint32_t content;
	uint32_t error_before;
	uint32_t value;
	uint32_t value2;
};

struct result {
	int32_t ret;
	int32_t err;
	uint32_t error;
	/* What PLATFORM_STATUS says next. */
	uint32_t state;
	uint8_t data[64];
	/* How much of each blob is not what it was. */
	uint32_t written[2];
};

/* In the file, followed by the written bytes of both blobs. */
struct record {
	struct step step;
	struct result result;
};

#endif
