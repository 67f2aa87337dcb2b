/* exam_machine.c - disk, clock, and the way to the broker. */
#include "tools/kasirctl/exam.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/nls.h"
#include "edge/clock.h"
#include "wire/codec.h"

#define MIB (UINT64_C(1024) * 1024)
#define SPACE_FAULT (128 * MIB)
#define SPACE_WARNING (1024 * MIB)
#define SYNCS 9u			/* odd: the median is one of them */
#define SYNC_SLOW_US 30000u		/* a group of sales waits for one of these */
#define CONNECT_MS 3000
#define AHEAD_US INT64_C(60000000)

static bool
examine_space(struct exam *x)
{
	struct statvfs fs;
	uint64_t left;

	if (statvfs(x->config.data_dir, &fs) != 0) {
		exam_say(x, EXAM_FAULT, "disk.unreadable", "see that the data folder is there",
		    "the disk of %s: %s", x->config.data_dir, strerror(errno));
		return false;
	}
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	exam_say(x, left < SPACE_FAULT ? EXAM_FAULT : left < SPACE_WARNING ? EXAM_WARNING :
	    EXAM_GOOD, "disk.space", left < SPACE_WARNING ?
	    "make room or give the data folder a larger disk; a full one stops sales" : NULL,
	    "disk: %llu MiB are left", (unsigned long long)(left / MIB));
	return true;
}

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int
by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* As the ledger does it: some KiB, then a sync.  False: errno. */
static bool
time_syncs(int fd, uint64_t *ret_median_us)
{
	uint64_t took[SYNCS], began;
	char block[4096];

	memset(block, 0x5a, sizeof block);
	for (unsigned i = 0; i < SYNCS; i++) {
		began = now_us();
		if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fdatasync(fd) != 0)
			return false;
		took[i] = now_us() - began;
	}
	qsort(took, SYNCS, sizeof took[0], by_size);
	*ret_median_us = took[SYNCS / 2];
	return true;
}

static void
examine_syncs(struct exam *x)
{
	char path[CONFIG_PATH_MAX];
	uint64_t median = 0;
	bool ok;
	int fd;

	if (config_path(x->config.data_dir, ".doctor-XXXXXX", path) != KAS_OK)
		return;
	fd = mkostemp(path, O_CLOEXEC);
	ok = fd >= 0 && time_syncs(fd, &median);
	if (!ok)
		exam_say(x, errno == EACCES ? EXAM_NOTE : EXAM_FAULT, "disk.sync",
		    errno == EACCES ? "run it as root, or as the user that owns the data folder" :
		    N_("look into the kernel's log: 'journalctl -k'"),
		    "the disk cannot be written and synced: %s", strerror(errno));
	else
		exam_say(x, median > SYNC_SLOW_US ? EXAM_WARNING : EXAM_GOOD, "disk.latency",
		    median > SYNC_SLOW_US ?
		    "every sale waits for a sync: a solid-state disk, or less else to do for this one" :
		    NULL, "disk: a sync takes %.1f ms", (double)median / 1000);
	if (fd >= 0) {
		unlink(path);
		close(fd);
	}
}

void
exam_disk(struct exam *x)
{
	if (examine_space(x))
		examine_syncs(x);
}

/* Wall time of the newest entry; 0: none. */
static int64_t
newest_wall_us(struct exam *x)
{
	struct store_entry entry;
	Kasir__V1__LedgerEntry *e;
	size_t n = 0;

	if (x->ledger == NULL || x->head.size == 0 || ledger_read_entries(x->ledger,
	    x->head.size - 1, 1, SIZE_MAX, &x->arena, &entry, &n) != KAS_OK || n == 0 ||
	    wire_decode_entry(entry.entry, &x->arena, &e, NULL) != KAS_OK)
		return 0;
	return e->wall_us;
}

void
exam_clock(struct exam *x)
{
	struct clock_port clock = clock_system();
	struct clock_reading now;
	int64_t newest = newest_wall_us(x);

	clock.read(clock.ctx, &now);
	if (newest > now.wall_us + AHEAD_US)
		exam_say(x, EXAM_FAULT, "clock.behind", "set the clock ('timedatectl'), then restart "
		    "kasird", "the clock is behind the ledger's newest entry by %lld minutes",
		    (long long)((newest - now.wall_us) / 60000000));
	if (now.synchronised)
		exam_say(x, EXAM_GOOD, "clock.good", NULL, "clock: synchronised");
	else
		exam_say(x, EXAM_WARNING, "clock.alone",
		    "switch time synchronisation on: 'timedatectl set-ntp true', or install chrony",
		    "the clock is not synchronised");
}

/* 0, or errno. */
static int
finish_connect(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t n = sizeof(int);
	int err = 0;

	if (poll(&p, 1, CONNECT_MS) <= 0)
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &n) != 0 ? errno : err;
}

static int
try_address(int family, const struct sockaddr *to, socklen_t n)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, to, n) != 0)
		err = errno == EINPROGRESS ? finish_connect(fd) : errno;
	close(fd);
	return err;
}

/* NULL: something listens there. */
static const char *
why_unreachable(const struct mqtt_address *a)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *i;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int err = EADDRNOTAVAIL;
	char port[8];

	if (a->socket[0] != '\0') {
		memcpy(un.sun_path, a->socket, strlen(a->socket));
		err = try_address(AF_UNIX, (struct sockaddr *)&un, sizeof un);
		return err != 0 ? strerror(err) : NULL;
	}
	snprintf(port, sizeof port, "%u", a->port);
	err = getaddrinfo(a->host, port, &hints, &list);
	if (err != 0)
		return gai_strerror(err);
	for (i = list, err = EADDRNOTAVAIL; i != NULL && err != 0; i = i->ai_next)
		err = try_address(i->ai_family, i->ai_addr, i->ai_addrlen);
	freeaddrinfo(list);
	return err != 0 ? strerror(err) : NULL;
}

/* MQTT tells nothing of a broker's settings. */
void
exam_broker(struct exam *x)
{
	const char *why = why_unreachable(&x->config.broker);
	char address[MQTT_ADDRESS_TEXT];

	mqtt_address_format(&x->config.broker, address);
	if (why != NULL) {
		exam_say(x, EXAM_FAULT, "broker.away",
		    "start it ('systemctl start mosquitto'); terminals keep their sales until then",
		    "the broker at %s does not answer: %s", address, why);
		return;
	}
	exam_say(x, EXAM_GOOD, "broker.good", NULL, "broker: something listens at %s", address);
	if (x->config.broker.socket[0] == '\0')
		exam_say(x, EXAM_NOTE, "broker.settings",
		    "see that mosquitto.conf has 'set_tcp_nodelay true' and the queue limits of "
		    "mosquitto-kasird.conf", "the broker's settings cannot be seen from outside");
}
