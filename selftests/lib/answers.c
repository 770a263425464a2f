// SPDX-License-Identifier: GPL-2.0-only
// link: -ljson-c
/*
 * answers: the one process that answers the questions of all shell tests in a
 * machine, since a program for each would cost them more than all they do. Reads
 * one question a line from stdin:
 *
 *   TAG qmp WORDS            what qmp.c prints of the same words
 *   TAG klog MARK            what dmesg prints, after the last record that is just
 *                            MARK unless that is empty
 *   TAG klog-to FILE MARK    the same, into a file
 *
 * Words are separated by one blank, the last may have blanks itself. The answer is
 * the line "TAG STATUS BYTES" and so many bytes. The port to QEMU is held while
 * there is a question to it, so programs that use it themselves get their turn.
 */
#include "monitor.h"

/* A record as /dev/kmsg gives it: "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;TEXT\n ..." */
#define RECORD_MAX 8192

/* Splits at single blanks into at most @max words; returns how many. */
static int split(char *line, char **words, int max)
{
	int n = 0;

	while (line && n < max) {
		words[n++] = line;
		if (n == max)
			break;
		line = strchr(line, ' ');
		if (line)
			*line++ = '\0';
	}
	return n;
}

static int ask_qemu(char *line, FILE *out)
{
	char *words[4];
	int n = split(line, words, strncmp(line, "raw ", 4) ? 4 : 2);
	json_object *req = request_of(n, words);

	if (!req) {
		fprintf(out, "answers: no request: %s\n", line);
		return 1;
	}
	return perform(NULL, req, out);
}

/* What is not printable, and the backslash, comes as \xNN. */
static void print_text(const char *text, FILE *out)
{
	unsigned int c;

	while (*text) {
		if (sscanf(text, "\\x%2x", &c) == 1) {
			fputc(c, out);
			text += 4;
		} else {
			fputc(*text++, out);
		}
	}
}

struct record {
	long long sequence;
	unsigned long long us;
	char *text;
	char buf[RECORD_MAX];
};

/* False at the end of the log. */
static bool read_record(int fd, struct record *r)
{
	ssize_t len;

	for (;;) {
		len = read(fd, r->buf, sizeof(r->buf) - 1);
		/* Overwritten meanwhile: the next one is the oldest there is. */
		if (len < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (len < 0 && errno == EAGAIN)
			return false;
		if (len <= 0)
			die("/dev/kmsg", strerror(errno));
		r->buf[len] = '\0';
		r->text = strchr(r->buf, ';');
		if (!r->text ||
		    sscanf(r->buf, "%*u,%lld,%llu,", &r->sequence, &r->us) != 2)
			continue;
		r->text++;
		/* Further lines say of which device it is. */
		r->text[strcspn(r->text, "\n")] = '\0';
		return true;
	}
}

static int print_log(const char *mark, FILE *out)
{
	long long after = -1;
	static struct record r;
	bool found = !*mark;
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		die("/dev/kmsg", strerror(errno));
	while (read_record(fd, &r)) {
		if (!strcmp(r.text, mark)) {
			after = r.sequence;
			found = true;
		}
	}
	/* All of it would be an answer to another question. */
	if (!found) {
		fprintf(out, "answers: the log has no record '%s'\n", mark);
		close(fd);
		return 2;
	}
	lseek(fd, 0, SEEK_SET);
	while (read_record(fd, &r)) {
		/* Marks are not the kernel's words. */
		if (r.sequence <= after || !strncmp(r.text, "cvm-mark-", 9))
			continue;
		fprintf(out, "[%5llu.%06llu] ", r.us / 1000000, r.us % 1000000);
		print_text(r.text, out);
		fputc('\n', out);
	}
	close(fd);
	return 0;
}

static int print_log_to(char *line, FILE *out)
{
	char *words[2];
	int status;
	FILE *f;

	if (split(line, words, 2) != 2) {
		fputs("answers: klog-to FILE MARK\n", out);
		return 1;
	}
	f = fopen(words[0], "we");
	if (!f) {
		fprintf(out, "answers: %s: %s\n", words[0], strerror(errno));
		return 2;
	}
	status = print_log(words[1], f);
	if (fclose(f)) {
		fprintf(out, "answers: %s: %s\n", words[0], strerror(errno));
		return 2;
	}
	return status;
}

static int answer(char *verb, FILE *out)
{
	char *rest = verb ? strchr(verb, ' ') : NULL;

	if (rest) {
		*rest++ = '\0';
		if (!strcmp(verb, "qmp"))
			return ask_qemu(rest, out);
		if (!strcmp(verb, "klog"))
			return print_log(rest, out);
		if (!strcmp(verb, "klog-to"))
			return print_log_to(rest, out);
	}
	fprintf(out, "answers: no question: %s\n", verb ? verb : "");
	return 1;
}

int main(void)
{
	char *line = NULL, *verb, *text;
	size_t room = 0, size;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		FILE *out = open_memstream(&text, &size);
		int status;

		if (!out)
			die("memory", strerror(errno));
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		verb = strchr(line, ' ');
		if (verb)
			*verb++ = '\0';
		status = answer(verb, out);
		fclose(out);
		printf("%s %d %zu\n", line, status, size);
		fwrite(text, 1, size, stdout);
		fflush(stdout);
		free(text);
	}
	free(line);
	return 0;
}
