// SPDX-License-Identifier: GPL-2.0-only
// link: tools/lib/main.c tools/lib/help.c tools/lib/error.c tools/lib/out.c
// link: tools/lib/render.c tools/lib/units.c tools/lib/parse.c tools/lib/file.c
// link: tools/lib/progress.c tools/lib/genl.c tools/lib/complete.c
// link: -I/usr/include/libnl3 -DCVM_VERSION="\"1.2.3\"" -lnl-genl-3 -lnl-3 -ljson-c
/*
 * A tool that does nothing but use every part of tools/lib; lib.bats looks at
 * what comes out.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include "tools/lib/cvmtool.h"

static int cmd_show(int argc, char **argv)
{
	static const unsigned char bytes[] = { 0x00, 0xff, 0x10 };

	(void)argc;
	(void)argv;
	cvm_note("looking at nothing");
	cvm_out_string("name", "Name", "example");
	cvm_out_u64("count", "A long label", 18446744073709551615ull);
	cvm_out_s64("offset", "Offset", -5);
	cvm_out_hex("base", "Base", 0xfeb00000, 8);
	cvm_out_bool("enabled", "Enabled", true);
	cvm_out_bytes("digest", "Digest", bytes, sizeof(bytes));
	cvm_out_none("owner", "Owner", "nobody");
	cvm_out_double("watts", "Power", 12.345, 1, "W");
	cvm_out_double("ratio", "Ratio", NAN, 2, NULL);
	cvm_out_quantity("size_bytes", "Size", 4 << 20, CVM_BYTES);
	cvm_out_quantity("energy_uj", "Energy", 1500000, CVM_MICROJOULE);
	cvm_out_format("both", "Both", "%d/%d", 1, 2);
	cvm_out_string(NULL, "Only text", "t");
	cvm_out_string("only_json", NULL, "j");
	cvm_out_object("inner", "Inner");
	cvm_out_string("a", "A", "1");
	cvm_out_string("bee", "Bee", "2");
	cvm_out_end();
	cvm_out_list("flags", "Flags");
	cvm_out_string(NULL, NULL, "one");
	cvm_out_string(NULL, NULL, "two");
	cvm_out_end();
	return CVM_OK;
}

static int cmd_table(int argc, char **argv)
{
	uint64_t rows = 0, i;
	int ret;

	if (argc) {
		ret = cvm_parse_u64("ROWS", argv[0], 0, 1000, &rows);
		if (ret)
			return ret;
	}
	cvm_out_table("rows", NULL, "no rows");
	for (i = 0; i < rows; i++) {
		cvm_out_row();
		cvm_out_u64("id", "ID", i * 100);
		cvm_out_string("name", "NAME", i ? "n" : "\xc3\xa9t\xc3\xa9");
		if (i == 1)
			cvm_out_string("extra", "EXTRA", "x");
		cvm_out_end();
	}
	cvm_out_end();
	return CVM_OK;
}

static int cmd_fail(int argc, char **argv)
{
	(void)argc;
	cvm_out_string("before", "Before", "gathered");
	cvm_warn("something odd: %s", argv[0]);
	return cvm_error(atoi(argv[0]), "opening '/nonexistent'",
			 strerror(ENOENT), "make it");
}

static int cmd_hostile(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	cvm_out_string("text", "Text",
		       "\033[31mred\xff \xc2\x9b \xed\xa0\x80\n\x7f");
	return cvm_error(CVM_FAIL, "read '\033]0;x'", NULL, NULL);
}

static bool option_flag;
static const char *option_text = "default";
static uint64_t option_number = 7, option_size;
static struct cvm_words option_words;

static const struct cvm_option opt_options[] = {
	{ .name = "flag", .letter = 'f', .help = "a flag",
	  .value = &option_flag },
	{ .name = "text", .letter = 't', .kind = CVM_OPT_STRING,
	  .argument = "TEXT", .help = "a text", .value = &option_text },
	{ .name = "number", .letter = 'n', .kind = CVM_OPT_U64,
	  .argument = "N", .help = "a number from 1 to 10",
	  .value = &option_number, .min = 1, .max = 10 },
	{ .name = "size", .kind = CVM_OPT_SIZE, .argument = "BYTES",
	  .help = "a size", .value = &option_size },
	{ .name = "word", .letter = 'w', .kind = CVM_OPT_WORDS,
	  .argument = "WORD", .help = "any number of them",
	  .value = &option_words },
	{ }
};

static int cmd_options(int argc, char **argv)
{
	unsigned int word;
	int i;

	cvm_out_bool("flag", "Flag", option_flag);
	cvm_out_string("text", "Text", option_text);
	cvm_out_u64("number", "Number", option_number);
	cvm_out_u64("size", "Size", option_size);
	cvm_out_list("words", "Words");
	for (word = 0; word < option_words.count; word++)
		cvm_out_string(NULL, NULL, option_words.word[word]);
	cvm_out_end();
	cvm_out_list("arguments", "Arguments");
	for (i = 0; i < argc; i++)
		cvm_out_string(NULL, NULL, argv[i]);
	cvm_out_end();
	return argv[argc] ? CVM_FAIL : CVM_OK;
}

static int cmd_parse(int argc, char **argv)
{
	static const char *const choices[] = { "share", "busy", NULL };
	unsigned char bytes[2];
	unsigned int choice;
	uint64_t v = 0;
	int ret;

	(void)argc;
	if (!strcmp(argv[0], "u64"))
		ret = cvm_parse_u64("N", argv[1], 0, UINT64_MAX, &v);
	else if (!strcmp(argv[0], "u64-from-5"))
		ret = cvm_parse_u64("N", argv[1], 5, UINT64_MAX, &v);
	else if (!strcmp(argv[0], "size"))
		ret = cvm_parse_size("SIZE", argv[1], 0, UINT64_MAX, &v);
	else if (!strcmp(argv[0], "hex"))
		ret = cvm_parse_hex("BYTES", argv[1], bytes, sizeof(bytes));
	else
		ret = cvm_parse_choice("POLICY", argv[1], choices, &choice);
	if (ret)
		return ret;
	if (!strcmp(argv[0], "hex"))
		v = bytes[0] << 8 | bytes[1];
	else if (!strcmp(argv[0], "choice"))
		v = choice;
	cvm_out_u64("value", "Value", v);
	return CVM_OK;
}

static int cmd_quantity(int argc, char **argv)
{
	static const char *const units[] = { "bytes", "uj", "uw", "ns", NULL };
	unsigned int unit;
	uint64_t v;
	int ret;

	(void)argc;
	ret = cvm_parse_u64("N", argv[0], 0, UINT64_MAX, &v);
	if (!ret)
		ret = cvm_parse_choice("UNIT", argv[1], units, &unit);
	if (ret)
		return ret;
	cvm_out_quantity("value", "Value", v, unit);
	return CVM_OK;
}

static int cmd_file_copy(int argc, char **argv)
{
	uint64_t limit = 1 << 20;
	size_t size;
	void *data;
	int ret = CVM_OK;

	if (argc > 2)
		ret = cvm_parse_size("LIMIT", argv[2], 0, UINT64_MAX, &limit);
	if (!ret)
		ret = cvm_read_file(argv[0], limit, &data, &size);
	if (ret)
		return ret;
	if (((char *)data)[size])
		ret = CVM_FAIL;
	else
		ret = cvm_write_file(argv[1], data, size, 0640);
	free(data);
	return ret;
}

static int cmd_attribute(int argc, char **argv)
{
	uint64_t v = 0;
	char text[16];
	int ret;

	if (argc > 1) {
		ret = cvm_sysfs_write(argv[1], "%s", argv[0]);
		return ret ? cvm_error(cvm_errno(-ret),
				       cvm_fmt("writing '%s'", argv[0]),
				       strerror(-ret), NULL) : CVM_OK;
	}
	ret = cvm_sysfs_read(text, sizeof(text), "%s", argv[0]);
	cvm_out_s64("read", "Read", ret);
	cvm_out_string("text", "Text", text);
	cvm_out_s64("number_read", "Number read",
		    cvm_sysfs_u64(&v, "%s", argv[0]));
	cvm_out_u64("number", "Number", v);
	return CVM_OK;
}

static int cmd_stream(int argc, char **argv)
{
	int i, ret = CVM_OK;

	(void)argc;
	(void)argv;
	for (i = 0; i < 3 && !ret; i++) {
		cvm_out_string("text", "Text", cvm_fmt("%d", i));
		ret = cvm_out_flush();
	}
	return ret;
}

static int cmd_raw(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return cvm_out_raw("a\0b", 3);
}

static int cmd_wait(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	cvm_stop_on_signal();
	cvm_out_string("state", "State", "waiting");
	if (cvm_out_flush())
		return CVM_FAIL;
	while (!cvm_stopped())
		usleep(1000);
	cvm_out_string("state", "State", "stopped");
	return CVM_OK;
}

static int cmd_progress(int argc, char **argv)
{
	struct cvm_progress p;
	int i;

	(void)argc;
	(void)argv;
	cvm_progress_start(&p, "copying", 100);
	for (i = 0; i <= 100; i++) {
		cvm_progress_update(&p, i);
		usleep(10000);
	}
	cvm_progress_end(&p);
	return CVM_OK;
}

/*
 * libnl calls this instead of the C library's: what is rare comes about when
 * it is asked for.
 */
static unsigned int disturbed_dumps, to_disturb;
static bool lose_events;

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct nlmsghdr *hdr = msg->msg_iov->iov_base;
	ssize_t n, left;

	if (lose_events) {
		lose_events = false;
		errno = ENOBUFS;
		return -1;
	}
	n = syscall(SYS_recvmsg, fd, msg, flags);
	if (n < 0 || flags & MSG_PEEK || !disturbed_dumps)
		return n;
	for (left = n; NLMSG_OK(hdr, left); hdr = NLMSG_NEXT(hdr, left)) {
		hdr->nlmsg_flags |= NLM_F_DUMP_INTR;
		/* A dump is done when its last part is read. */
		if (hdr->nlmsg_type == NLMSG_DONE)
			disturbed_dumps--;
	}
	return n;
}

/* Families that every kernel has: the controller itself. */
static int add_family(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];

	(void)arg;
	if (genlmsg_parse(hdr, 0, attrs, CTRL_ATTR_MAX, NULL) ||
	    !attrs[CTRL_ATTR_FAMILY_NAME])
		return CVM_FAIL;
	cvm_out_row();
	cvm_out_string("name", "NAME",
		       nla_get_string(attrs[CTRL_ATTR_FAMILY_NAME]));
	cvm_out_end();
	return CVM_OK;
}

static int with_family(const char *family,
		       int (*fn)(struct cvm_genl *nl, const char *arg),
		       const char *arg)
{
	struct cvm_genl *nl;
	int ret = cvm_genl_open(&nl, family, "example_module");

	if (ret)
		return ret;
	ret = fn(nl, arg);
	cvm_genl_close(nl);
	return ret;
}

static int dump_families(struct cvm_genl *nl, const char *arg)
{
	int ret;

	(void)arg;
	disturbed_dumps = to_disturb;
	cvm_out_table("families", NULL, "none");
	ret = cvm_genl_do(nl, cvm_genl_msg(nl, CTRL_CMD_GETFAMILY, NLM_F_DUMP),
			  "listing families", add_family, NULL);
	cvm_out_end();
	return ret;
}

static int get_family(struct cvm_genl *nl, const char *name)
{
	struct nl_msg *msg = cvm_genl_msg(nl, CTRL_CMD_GETFAMILY, 0);
	int ret;

	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, name);
	cvm_out_table("families", NULL, "none");
	ret = cvm_genl_do(nl, msg, cvm_fmt("asking for '%s'", name),
			  add_family, NULL);
	cvm_out_end();
	return ret;
}

/* An attribute that is too short: the kernel says so in words. */
static int bad_request(struct cvm_genl *nl, const char *arg)
{
	struct nl_msg *msg = cvm_genl_msg(nl, CTRL_CMD_GETFAMILY, 0);
	const char *words = NULL;
	int ret;

	(void)arg;
	nla_put_u8(msg, CTRL_ATTR_FAMILY_ID, 1);
	ret = cvm_genl_do_quiet(nl, msg, &words, NULL, NULL);
	cvm_out_s64("quiet", "Quiet", ret);
	cvm_out_string("words", "Words", words);
	msg = cvm_genl_msg(nl, CTRL_CMD_GETFAMILY, 0);
	nla_put_u8(msg, CTRL_ATTR_FAMILY_ID, 1);
	return cvm_genl_do(nl, msg, "asking badly", NULL, NULL);
}

static int no_events(struct nlmsghdr *hdr, void *arg)
{
	(void)hdr;
	(void)arg;
	return CVM_FAIL;
}

static int listen_quietly(struct cvm_genl *nl, const char *group)
{
	int ret = cvm_genl_listen(nl, group);

	return ret ? ret : cvm_genl_wait(nl, 50, no_events, NULL);
}

static int cmd_families(int argc, char **argv)
{
	if (argc)
		return with_family("nlctrl", get_family, argv[0]);
	return with_family("nlctrl", dump_families, NULL);
}

static int cmd_netlink_bad(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return with_family("nlctrl", bad_request, NULL);
}

static int cmd_netlink_open(int argc, char **argv)
{
	(void)argc;
	return with_family(argv[0], dump_families, NULL);
}

static int cmd_netlink_disturbed(int argc, char **argv)
{
	(void)argc;
	to_disturb = atoi(argv[0]);
	return with_family("nlctrl", dump_families, NULL);
}

static int listen_and_lose(struct cvm_genl *nl, const char *group)
{
	int ret = cvm_genl_listen(nl, group);
	struct nl_msg *msg;

	if (ret)
		return ret;
	/* An answer nobody waits for makes the connection readable. */
	msg = cvm_genl_msg(nl, CTRL_CMD_GETFAMILY, NLM_F_REQUEST | NLM_F_DUMP);
	send(cvm_genl_fd(nl), nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len, 0);
	nlmsg_free(msg);
	lose_events = true;
	ret = cvm_genl_wait(nl, -1, no_events, NULL);
	/* It goes on after that: the answer comes now, and its code counts. */
	return ret ? CVM_USAGE : cvm_genl_wait(nl, -1, no_events, NULL);
}

static int cmd_netlink_lose(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return with_family("nlctrl", listen_and_lose, "notify");
}

static int cmd_netlink_listen(int argc, char **argv)
{
	(void)argc;
	return with_family("nlctrl", listen_quietly, argv[0]);
}

static const struct cvm_command commands[] = {
	{ .path = "show", .help = "every kind of field", .run = cmd_show },
	{ .path = "table", .synopsis = "[ROWS]", .max_args = 1,
	  .help = "a table", .run = cmd_table },
	{ .path = "fail", .synopsis = "CODE", .min_args = 1, .max_args = 1,
	  .help = "an error", .run = cmd_fail },
	{ .path = "hostile", .help = "bytes that would harm a terminal",
	  .run = cmd_hostile },
	{ .path = "options", .synopsis = "[ARGUMENT]...", .max_args = -1,
	  .help = "what was given", .details = "More about options.",
	  .options = opt_options, .run = cmd_options },
	{ .path = "parse", .synopsis = "KIND TEXT", .min_args = 2,
	  .max_args = 2, .help = "one of the parsers", .run = cmd_parse },
	{ .path = "quantity", .synopsis = "N UNIT", .min_args = 2,
	  .max_args = 2, .help = "a quantity", .run = cmd_quantity },
	{ .path = "file copy", .synopsis = "FROM TO [LIMIT]", .min_args = 2,
	  .max_args = 3, .help = "copy a file", .run = cmd_file_copy },
	{ .path = "attribute", .synopsis = "PATH [VALUE]", .min_args = 1,
	  .max_args = 2, .help = "read or write like sysfs",
	  .run = cmd_attribute },
	{ .path = "stream", .help = "three documents", .run = cmd_stream },
	{ .path = "raw", .help = "three bytes", .run = cmd_raw },
	{ .path = "wait", .help = "wait for a signal", .run = cmd_wait },
	{ .path = "progress", .help = "a second of work", .run = cmd_progress },
	{ .path = "families", .synopsis = "[NAME]", .max_args = 1,
	  .help = "netlink families", .run = cmd_families },
	{ .path = "netlink", .help = "a word that is a command and a group",
	  .run = cmd_raw },
	{ .path = "netlink bad", .help = "a request the kernel refuses",
	  .run = cmd_netlink_bad },
	{ .path = "netlink open", .synopsis = "FAMILY", .min_args = 1,
	  .max_args = 1, .help = "look for a family", .run = cmd_netlink_open },
	{ .path = "netlink disturbed", .synopsis = "TIMES", .min_args = 1,
	  .max_args = 1, .help = "a dump during which things change",
	  .run = cmd_netlink_disturbed },
	{ .path = "netlink lose", .help = "events that come too fast",
	  .run = cmd_netlink_lose },
	{ .path = "netlink listen", .synopsis = "GROUP", .min_args = 1,
	  .max_args = 1, .help = "wait for events a moment",
	  .run = cmd_netlink_listen },
	{ }
};

static const struct cvm_tool tool = {
	.name = "exampletool",
	.summary = "Shows what tools/lib does.",
	.commands = commands,
};

int main(int argc, char **argv)
{
	return cvm_main(&tool, argc, argv);
}
