// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: libnl carries the messages, the rest is here because libnl
 * knows neither extended acknowledgments nor dumps that have to be repeated.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "internal.h"

/* A dump that is disturbed this often will not come to rest. */
#define DUMP_TRIES 10

struct cvm_genl {
	struct nl_sock *sock;
	const char *family;
	int id;
};

/*
 * struct answer - one message of the kernel, kept until all have come
 * @next: the one that came after it
 * @hdr: the message with its header
 */
struct answer {
	struct answer *next;
	struct nlmsghdr hdr;
};

/*
 * struct exchange - a request under way
 * @seq: its number; messages of another are left-overs of one given up
 * @first: answers so far
 * @last: where the next one goes
 * @error: the kernel's errno, negative
 * @words: the kernel's words, or NULL
 * @done: nothing more comes
 * @disturbed: what was dumped changed under way
 */
struct exchange {
	uint32_t seq;
	struct answer *first;
	struct answer **last;
	int error;
	const char *words;
	bool done;
	bool disturbed;
};

static const char *words_of(struct nlmsghdr *hdr, size_t offset)
{
	struct nlattr *attr;

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS) || offset > hdr->nlmsg_len)
		return NULL;
	attr = nla_find((void *)((char *)hdr + offset),
			hdr->nlmsg_len - offset, NLMSGERR_ATTR_MSG);
	if (!attr || nla_len(attr) < 1)
		return NULL;
	return cvm_fmt("%.*s", nla_len(attr), (char *)nla_data(attr));
}

/* The attributes follow the copy of the request, of which a part may be left out. */
static const char *error_words(struct nlmsghdr *hdr)
{
	struct nlmsgerr *err = nlmsg_data(hdr);
	size_t offset = NLMSG_HDRLEN + sizeof(*err);

	if (hdr->nlmsg_len < offset)
		return NULL;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		offset += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	return words_of(hdr, offset);
}

static int check_seq(struct nl_msg *msg, void *arg)
{
	const struct exchange *x = arg;

	return nlmsg_hdr(msg)->nlmsg_seq == x->seq ? NL_OK : NL_SKIP;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct exchange *x = arg;
	struct answer *a;

	a = cvm_alloc(1, offsetof(struct answer, hdr) + hdr->nlmsg_len);
	memcpy(&a->hdr, hdr, hdr->nlmsg_len);
	*x->last = a;
	x->last = &a->next;
	return NL_OK;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct nlmsghdr *hdr = (void *)((char *)err - NLMSG_HDRLEN);
	struct exchange *x = arg;

	(void)from;
	if (hdr->nlmsg_seq != x->seq)
		return NL_SKIP;
	x->error = err->error < 0 ? err->error : -EPROTO;
	x->words = error_words(hdr);
	x->done = true;
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	x->words = error_words(nlmsg_hdr(msg));
	x->done = true;
	return NL_STOP;
}

/* The end of a dump carries an errno, and words behind it. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct exchange *x = arg;
	int error;

	if (hdr->nlmsg_len >= NLMSG_HDRLEN + sizeof(error)) {
		memcpy(&error, nlmsg_data(hdr), sizeof(error));
		if (error < 0)
			x->error = error;
		x->words = words_of(hdr, NLMSG_HDRLEN +
					 NLMSG_ALIGN(sizeof(error)));
	}
	x->done = true;
	return NL_STOP;
}

static int on_disturbed(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->disturbed = true;
	return NL_OK;
}

static void forget(struct exchange *x)
{
	struct answer *a, *next;

	for (a = x->first; a; a = next) {
		next = a->next;
		free(a);
	}
	x->first = NULL;
	x->last = &x->first;
}

/* libnl's numbers are its own; the nearest errno of those that sockets give. */
static int errno_of(int nlerr)
{
	switch (-nlerr) {
	case NLE_NOMEM:
		return -ENOBUFS;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_INTR:
		return -EINTR;
	case NLE_AGAIN:
		return -EAGAIN;
	}
	return -EIO;
}

static int transact(struct cvm_genl *nl, struct nl_msg *msg,
		    struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret;

	if (!cb)
		return -ENOMEM;
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, check_seq, x);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_disturbed, x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);

	nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
	ret = nl_send_auto(nl->sock, msg);
	x->seq = nlmsg_hdr(msg)->nlmsg_seq;
	if (ret >= 0)
		ret = 0;
	while (!ret && !x->done) {
		ret = nl_recvmsgs(nl->sock, cb);
		/* An answer of the kernel counts more than libnl's view of it. */
		if (x->done || ret > 0)
			ret = 0;
	}
	nl_cb_put(cb);
	return ret ? errno_of(ret) : x->error;
}

static int call(struct cvm_genl *nl, struct nl_msg *msg, const char **words,
		cvm_genl_fn fn, void *arg, int *error)
{
	struct exchange x = { .last = &x.first };
	struct answer *a;
	int tries = 0, ret = CVM_OK;

	do {
		forget(&x);
		x = (struct exchange){ .last = &x.first };
		*error = transact(nl, msg, &x);
	} while (!*error && x.disturbed && ++tries < DUMP_TRIES);
	if (!*error && x.disturbed)
		cvm_warn("what was listed changed meanwhile; some of it may be missing");
	if (words)
		*words = x.words;
	for (a = x.first; a && fn && !*error && !ret; a = a->next)
		ret = fn(&a->hdr, arg);
	forget(&x);
	nlmsg_free(msg);
	return ret;
}

int cvm_genl_do_quiet(struct cvm_genl *nl, struct nl_msg *msg,
		      const char **words, cvm_genl_fn fn, void *arg)
{
	int error;

	call(nl, msg, words, fn, arg, &error);
	return error;
}

int cvm_genl_do(struct cvm_genl *nl, struct nl_msg *msg, const char *tried,
		cvm_genl_fn fn, void *arg)
{
	const char *words, *answer, *next = NULL;
	int error, ret = call(nl, msg, &words, fn, arg, &error);

	if (!error) {
		if (words)
			cvm_warn("%s: %s", tried, words);
		return ret;
	}
	answer = strerror(-error);
	if (words)
		answer = cvm_fmt("%s (%s)", words, answer);
	if (error == -EPERM || error == -EACCES)
		next = "this needs root";
	if (error == -EOPNOTSUPP && !words)
		next = cvm_fmt("the module '%s' may be older than this tool",
			       nl->family);
	return cvm_error(error == -ESRCH ? CVM_ABSENT : cvm_errno(-error),
			 tried, answer, next);
}

int cvm_genl_open(struct cvm_genl **result, const char *family,
		  const char *module)
{
	struct cvm_genl *nl = cvm_alloc(1, sizeof(*nl));
	int on = 1, ret, fd;

	nl->family = family;
	nl->sock = nl_socket_alloc();
	ret = nl->sock ? genl_connect(nl->sock) : -NLE_NOMEM;
	if (ret) {
		cvm_genl_close(nl);
		return cvm_error(CVM_FAIL, "connecting to generic netlink",
				 nl_geterror(ret), NULL);
	}
	/* Kernels without one of these answer with less, not with nothing. */
	fd = nl_socket_get_fd(nl->sock);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));

	nl->id = genl_ctrl_resolve(nl->sock, family);
	if (nl->id < 0) {
		ret = nl->id;
		cvm_genl_close(nl);
		if (ret == -NLE_OBJ_NOTFOUND)
			return cvm_error(CVM_ABSENT,
					 cvm_fmt("looking for the netlink family '%s'",
						 family),
					 "this kernel does not have it",
					 cvm_fmt("load its module: modprobe %s",
						 module));
		return cvm_error(CVM_FAIL,
				 cvm_fmt("looking for the netlink family '%s'",
					 family), nl_geterror(ret), NULL);
	}
	*result = nl;
	return CVM_OK;
}

void cvm_genl_close(struct cvm_genl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sock);
	free(nl);
}

struct nl_msg *cvm_genl_msg(struct cvm_genl *nl, uint8_t cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->id, 0,
				 flags, cmd, 1)) {
		cvm_error(CVM_FAIL, "making a netlink message",
			  strerror(ENOMEM), NULL);
		exit(cvm_out_finish() | CVM_FAIL);
	}
	return msg;
}

int cvm_genl_listen(struct cvm_genl *nl, const char *group)
{
	int id = genl_ctrl_resolve_grp(nl->sock, nl->family, group), ret;
	const char *tried = cvm_fmt("subscribing to the events '%s' of '%s'",
				    group, nl->family);

	if (id < 0)
		return cvm_error(id == -NLE_OBJ_NOTFOUND ? CVM_ABSENT :
				 CVM_FAIL, tried, nl_geterror(id), NULL);
	ret = nl_socket_add_membership(nl->sock, id);
	if (!ret)
		ret = nl_socket_set_nonblocking(nl->sock);
	if (ret)
		return cvm_error(CVM_FAIL, tried, nl_geterror(ret),
				 ret == -NLE_PERM ? "this needs root" : NULL);
	return CVM_OK;
}

/*
 * struct listener - who gets events
 * @fn: the subcommand's function
 * @arg: its argument
 * @ret: what it returned
 */
struct listener {
	cvm_genl_fn fn;
	void *arg;
	int ret;
};

static int on_event(struct nl_msg *msg, void *arg)
{
	struct listener *l = arg;

	l->ret = l->fn(nlmsg_hdr(msg), l->arg);
	return l->ret ? NL_STOP : NL_OK;
}

static int any_seq(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

int cvm_genl_wait(struct cvm_genl *nl, int timeout_ms, cvm_genl_fn fn,
		  void *arg)
{
	struct pollfd pfd = { .fd = cvm_genl_fd(nl), .events = POLLIN };
	struct listener l = { .fn = fn, .arg = arg };
	struct nl_cb *cb;
	int ret;

	ret = poll(&pfd, 1, timeout_ms);
	if (ret < 0 && errno != EINTR)
		return cvm_error(CVM_FAIL, "waiting for events",
				 strerror(errno), NULL);
	if (ret <= 0)
		return CVM_OK;
	cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!cb)
		return cvm_error(CVM_FAIL, "receiving events",
				 strerror(ENOMEM), NULL);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_seq, NULL);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_event, &l);
	ret = nl_recvmsgs(nl->sock, cb);
	nl_cb_put(cb);
	if (l.ret || ret >= 0 || ret == -NLE_AGAIN)
		return l.ret;
	if (ret == -NLE_NOMEM) {
		cvm_warn("events came faster than they were read; some are lost");
		return CVM_OK;
	}
	return cvm_error(CVM_FAIL, "receiving events", nl_geterror(ret), NULL);
}

int cvm_genl_fd(const struct cvm_genl *nl)
{
	return nl_socket_get_fd(nl->sock);
}
