#include "edge/control_client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "edge/loop.h"

#define HEADER 4u

static enum kas_err
connect_to(const char *path, int *ret_fd, struct kas_why *why)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	enum kas_err err;
	int fd, e;

	if (snprintf(to.sun_path, sizeof to.sun_path, "%s", path) >= (int)sizeof to.sun_path)
		return kas_fail(why, KAS_RANGE, "%s: too long for a socket's path", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return kas_fail(why, KAS_IO, "%s: %s", path, strerror(errno));
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
		*ret_fd = fd;
		return KAS_OK;
	}
	e = errno;
	close(fd);
	if (e == ENOENT || e == ECONNREFUSED)
		err = kas_fail(why, KAS_NOTFOUND, "%s: kasird does not listen there; is it running?",
		    path);
	else if (e == EACCES || e == EPERM)
		err = kas_fail(why, KAS_DENIED,
		    "%s: permission denied; its group may ask kasird", path);
	else if (e == EAGAIN)
		err = kas_fail(why, KAS_AGAIN, "%s: too many are asking; try again", path);
	else
		err = kas_fail(why, KAS_IO, "%s: %s", path, strerror(e));
	return err;
}

/* Until FD is ready for WHAT or DEADLINE_US has come. */
static enum kas_err
wait_for(int fd, short what, uint64_t deadline_us, struct kas_why *why)
{
	struct pollfd p = { .fd = fd, .events = what };
	uint64_t now;
	int rc;

	do {
		now = loop_now_us();
		rc = now >= deadline_us ? 0 : poll(&p, 1, (int)((deadline_us - now + 999) / 1000));
	} while (rc < 0 && errno == EINTR);
	if (rc > 0)
		return KAS_OK;
	if (rc == 0)
		return kas_fail(why, KAS_AGAIN, "kasird did not answer in time");
	return kas_fail(why, KAS_IO, "control socket: %s", strerror(errno));
}

static enum kas_err
send_all(int fd, struct bytes b, uint64_t deadline_us, struct kas_why *why)
{
	enum kas_err err;
	ssize_t put;

	while (b.n > 0) {
		put = send(fd, b.p, b.n, MSG_NOSIGNAL);
		if (put >= 0) {
			b = BYTES(b.p + put, b.n - (size_t)put);
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return kas_fail(why, KAS_AGAIN, "kasird closed the connection (%s); try again",
			    strerror(errno));
		err = wait_for(fd, POLLOUT, deadline_us, why);
		if (err != KAS_OK)
			return err;
	}
	return KAS_OK;
}

static enum kas_err
recv_all(int fd, uint8_t *p, size_t n, uint64_t deadline_us, struct kas_why *why)
{
	enum kas_err err;
	ssize_t got;

	while (n > 0) {
		got = recv(fd, p, n, 0);
		if (got > 0) {
			p += got;
			n -= (size_t)got;
			continue;
		}
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			return kas_fail(why, KAS_AGAIN,
			    "kasird closed the connection without an answer");
		err = wait_for(fd, POLLIN, deadline_us, why);
		if (err != KAS_OK)
			return err;
	}
	return KAS_OK;
}

static enum kas_err
ask(int fd, const Kasir__V1__ControlRequest *request, uint64_t deadline_us, struct kas_why *why)
{
	struct buf frame;
	uint32_t n;
	enum kas_err err;

	buf_init(&frame);
	if (buf_grow(&frame, HEADER) != NULL)
		proto_append(&frame, &request->base);
	if (frame.failed) {
		err = kas_fail(why, KAS_NOMEM, "out of memory");
	} else if (frame.n - HEADER > CONTROL_FRAME_MAX) {
		err = kas_fail(why, KAS_RANGE, "the request is larger than 1 MiB");
	} else {
		n = __builtin_bswap32((uint32_t)(frame.n - HEADER));
		memcpy(frame.p, &n, HEADER);
		err = send_all(fd, buf_bytes(&frame), deadline_us, why);
	}
	buf_fini(&frame);
	return err;
}

static enum kas_err
hear(int fd, struct arena *a, uint64_t deadline_us, Kasir__V1__ControlResponse **ret,
    struct kas_why *why)
{
	Kasir__V1__ControlResponse *response;
	uint32_t n;
	uint8_t *p;
	enum kas_err err;

	err = recv_all(fd, (uint8_t *)&n, HEADER, deadline_us, why);
	if (err != KAS_OK)
		return err;
	n = __builtin_bswap32(n);
	if (n > CONTROL_FRAME_MAX)
		return kas_fail(why, KAS_MALFORMED, "kasird's answer claims %u bytes", n);
	p = arena_alloc(a, n);
	if (p == NULL)
		return kas_fail(why, KAS_NOMEM, "out of memory");
	err = recv_all(fd, p, n, deadline_us, why);
	if (err != KAS_OK)
		return err;
	response = PROTO_UNPACK(kasir__v1__control_response, a, BYTES(p, n));
	if (response == NULL)
		return kas_fail(why, KAS_MALFORMED, "kasird's answer does not decode: are both "
		    "programs of one version?");
	*ret = response;
	return KAS_OK;
}

enum kas_err
control_call(const char *socket_path, unsigned timeout_ms, const Kasir__V1__ControlRequest *request,
    struct arena *a, Kasir__V1__ControlResponse **ret, struct kas_why *why)
{
	uint64_t deadline_us = loop_now_us() + (uint64_t)timeout_ms * 1000;
	enum kas_err err;
	int fd = -1;

	err = connect_to(socket_path, &fd, why);
	if (err != KAS_OK)
		return err;
	err = ask(fd, request, deadline_us, why);
	if (err == KAS_OK)
		err = hear(fd, a, deadline_us, ret, why);
	close(fd);
	return err;
}
