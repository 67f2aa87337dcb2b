#include "daemon/store/edge/control.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "edge/control_client.h"

/*
 *   READING --frame complete--> ASKED --reply--> WRITING --all taken--> READING
 *
 * A client that breaks the rules, or takes too long in READING (with part of a frame)
 * or WRITING, is closed.  In ASKED it waits for the engine, which answers everything.
 */
enum client_state { READING, ASKED, WRITING };

#define HEADER 4u

struct client {
	struct control *control;
	int fd;				/* -1: free */
	uint32_t turn;			/* tells who sat here before; part of the token */
	enum client_state state;
	struct loop_timer timeout;
	uid_t uid;
	char user[64];
	struct buf in, out;		/* frames with their headers */
	size_t sent;
};

struct control {
	struct loop *loop;
	int fd;
	char path[sizeof ((struct sockaddr_un *)0)->sun_path];
	struct control_events events;
	struct client clients[CONTROL_CLIENTS_MAX];
};

static void on_client(void *ctx, unsigned ready);

static void
drop(struct client *c)
{
	loop_unwatch(c->control->loop, c->fd);
	close(c->fd);
	c->fd = -1;
	c->turn++;
	loop_timer_fini(&c->timeout);
	buf_fini(&c->in);
	buf_fini(&c->out);
}

static void
on_timeout(void *ctx)
{
	drop(ctx);
}

static void
enter(struct client *c, enum client_state s)
{
	static const unsigned wants[] = {
		[READING] = LOOP_READ, [ASKED] = 0, [WRITING] = LOOP_WRITE,
	};

	c->state = s;
	loop_timer_set(&c->timeout, s == ASKED ? LOOP_NEVER : loop_now_us() + CONTROL_TIMEOUT_US);
	if (loop_watch(c->control->loop, c->fd, wants[s], on_client, c) != KAS_OK)
		drop(c);
}

static uint64_t
token_of(const struct client *c)
{
	return (uint64_t)c->turn << 32 | (uint64_t)(c - c->control->clients);
}

/* Length of the frame that is coming, once its header is here. */
static size_t
frame_size(const struct buf *b)
{
	uint32_t n;

	memcpy(&n, b->p, HEADER);
	return __builtin_bswap32(n);
}

static void
on_readable(struct client *c)
{
	size_t want = c->in.n < HEADER ? HEADER : HEADER + frame_size(&c->in);
	uint8_t chunk[8192];
	size_t room = want - c->in.n < sizeof chunk ? want - c->in.n : sizeof chunk;
	ssize_t got = recv(c->fd, chunk, room, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		drop(c);
		return;
	}
	buf_add(&c->in, chunk, (size_t)got);
	if (c->in.failed || (c->in.n >= HEADER && frame_size(&c->in) > CONTROL_FRAME_MAX)) {
		drop(c);
		return;
	}
	if (c->in.n < HEADER || c->in.n < HEADER + frame_size(&c->in))
		return;
	enter(c, ASKED);
	if (c->fd >= 0)
		c->control->events.on_request(c->control->events.ctx, token_of(c), c->uid, c->user,
		    BYTES(c->in.p + HEADER, c->in.n - HEADER));
}

static void
on_writable(struct client *c)
{
	ssize_t put = send(c->fd, c->out.p + c->sent, c->out.n - c->sent, MSG_NOSIGNAL);

	if (put < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (put < 0) {
		drop(c);
		return;
	}
	c->sent += (size_t)put;
	if (c->sent == c->out.n) {
		/* Frames are rare and may be large: give the memory back. */
		buf_fini(&c->in);
		buf_fini(&c->out);
		enter(c, READING);
	}
}

static void
on_client(void *ctx, unsigned ready)
{
	struct client *c = ctx;

	(void)ready;
	if (c->state == READING)
		on_readable(c);
	else if (c->state == WRITING)
		on_writable(c);
	else
		drop(c);	/* hung up while the engine works */
}

static void
reply(void *ctx, uint64_t token, struct bytes response)
{
	struct control *control = ctx;
	uint32_t at = (uint32_t)token, n = __builtin_bswap32((uint32_t)response.n);
	struct client *c;

	if (at >= CONTROL_CLIENTS_MAX)
		return;
	c = &control->clients[at];
	/* The one who asked may be gone, and another in his seat. */
	if (c->fd < 0 || c->turn != token >> 32 || c->state != ASKED)
		return;
	buf_add(&c->out, &n, HEADER);
	buf_add(&c->out, response.p, response.n);
	if (c->out.failed || response.n > CONTROL_FRAME_MAX) {
		drop(c);
		return;
	}
	c->sent = 0;
	enter(c, WRITING);
}

static bool
name_peer(struct client *c)
{
	struct ucred cred;
	socklen_t n = sizeof cred;
	const struct passwd *pw;

	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0)
		return false;
	c->uid = cred.uid;
	pw = getpwuid(cred.uid);
	snprintf(c->user, sizeof c->user, "%s", pw != NULL ? pw->pw_name : "");
	return true;
}

static struct client *
free_seat(struct control *control)
{
	size_t i;

	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (control->clients[i].fd < 0)
			return &control->clients[i];
	return NULL;
}

static void
admit(struct control *control, int fd)
{
	struct client *c = free_seat(control);

	if (c == NULL) {
		close(fd);
		return;
	}
	c->fd = fd;
	buf_init(&c->in);
	buf_init(&c->out);
	loop_timer_init(&c->timeout, control->loop, on_timeout, c);
	if (!name_peer(c))
		drop(c);
	else
		enter(c, READING);
}

static void
on_listen(void *ctx, unsigned ready)
{
	struct control *control = ctx;
	int fd, i;

	(void)ready;
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		fd = accept4(control->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		admit(control, fd);
	}
}

/* A socket file that nobody listens on is left over from a kill. */
static enum kas_err
clear_path(const struct sockaddr_un *at, struct kas_why *why)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct stat st;
	bool taken;

	if (fd < 0)
		return kas_fail(why, KAS_IO, "control socket: %s", strerror(errno));
	taken = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno == EAGAIN;
	close(fd);
	if (taken)
		return kas_fail(why, KAS_EXISTS, "%s: another daemon listens there; stop it first",
		    at->sun_path);
	/* Nothing else goes, whatever the configuration says. */
	if (lstat(at->sun_path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return kas_fail(why, KAS_EXISTS, "%s: is there and no socket; name another path, "
		    "or remove it", at->sun_path);
	unlink(at->sun_path);
	return KAS_OK;
}

static enum kas_err
admit_group(const char *path, const char *group, struct kas_why *why)
{
	const struct group *gr;

	if (group[0] == '\0')
		return KAS_OK;
	gr = getgrnam(group);
	if (gr == NULL)
		return kas_fail(why, KAS_NOTFOUND, "%s: there is no group \"%s\"", path, group);
	if (chown(path, (uid_t)-1, gr->gr_gid) != 0)
		return kas_fail(why, KAS_DENIED, "%s: cannot give it to group \"%s\": %s; "
		    "is kasird a member?", path, group, strerror(errno));
	return KAS_OK;
}

static enum kas_err
start_listening(struct control *c, const char *group, struct kas_why *why)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	enum kas_err err;
	mode_t mask;
	int rc;

	memcpy(at.sun_path, c->path, sizeof at.sun_path);
	err = clear_path(&at, why);
	if (err != KAS_OK)
		return err;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* Nobody gets in between bind() and the permissions that are meant. */
	mask = umask(0177);
	rc = c->fd < 0 ? -1 : bind(c->fd, (const struct sockaddr *)&at, sizeof at);
	umask(mask);
	if (rc != 0)
		return kas_fail(why, KAS_IO, "%s: %s", c->path, strerror(errno));
	err = admit_group(c->path, group, why);
	if (err != KAS_OK)
		return err;
	if (chmod(c->path, 0660) != 0 || listen(c->fd, CONTROL_CLIENTS_MAX) != 0)
		return kas_fail(why, KAS_IO, "%s: %s", c->path, strerror(errno));
	return loop_watch(c->loop, c->fd, LOOP_READ, on_listen, c);
}

enum kas_err
control_open(struct loop *l, const char *path, const char *group,
    const struct control_events *events, struct control **ret, struct kas_why *why)
{
	struct control *c = calloc(1, sizeof *c);
	enum kas_err err;
	size_t i;

	if (c == NULL)
		return kas_fail(why, KAS_NOMEM, "control socket: out of memory");
	c->loop = l;
	c->fd = -1;
	c->events = *events;
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		c->clients[i].control = c;
		c->clients[i].fd = -1;
	}
	if (snprintf(c->path, sizeof c->path, "%s", path) >= (int)sizeof c->path)
		err = kas_fail(why, KAS_RANGE, "%s: too long for a socket's path", path);
	else
		err = start_listening(c, group, why);
	if (err != KAS_OK) {
		if (err == KAS_EXISTS)
			c->path[0] = '\0';	/* it is not ours to remove */
		control_close(c);
		return err;
	}
	*ret = c;
	return KAS_OK;
}

void
control_close(struct control *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (c->clients[i].fd >= 0)
			drop(&c->clients[i]);
	if (c->fd >= 0) {
		loop_unwatch(c->loop, c->fd);
		close(c->fd);
		unlink(c->path);
	}
	free(c);
}

struct control_port
control_port_of(struct control *c)
{
	return (struct control_port){ .reply = reply, .ctx = c };
}
