// SPDX-License-Identifier: GPL-2.0-only
// link: -ljson-c
/*
 * qmp: talks to the QEMU that runs this machine, through the port that
 * selftests/vm connects to QEMU's own monitor, or with --socket PATH to a
 * monitor's socket from the host.
 *
 *   qmp get PATH PROPERTY            prints a property of a device
 *   qmp set PATH PROPERTY VALUE      VALUE is JSON, or else taken as a string
 *   qmp raw '{"execute": ...}'       prints the reply's "return"
 *
 * Exit status: 0, 1 usage, 2 QEMU's error (printed).
 */
#include "monitor.h"

int main(int argc, char **argv)
{
	const char *socket_path = NULL;
	json_object *req;
	char *text;
	size_t size;
	FILE *out;
	int status;

	argc--;
	argv++;
	if (argc >= 2 && !strcmp(argv[0], "--socket")) {
		socket_path = argv[1];
		argc -= 2;
		argv += 2;
	}
	req = request_of(argc, argv);
	if (!req) {
		if (argc == 2 && !strcmp(argv[0], "raw"))
			die(argv[1], "not JSON");
		fputs("usage: qmp [--socket PATH] get PATH PROPERTY\n"
		      "       qmp [--socket PATH] set PATH PROPERTY VALUE | raw JSON\n", stderr);
		return 1;
	}
	out = open_memstream(&text, &size);
	if (!out)
		die("memory", strerror(errno));
	status = perform(socket_path, req, out);
	fclose(out);
	fputs(text, status ? stderr : stdout);
	free(text);
	return status;
}
