/* kasird - the backend of a shop's cash registers.  kasird(8). */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "daemon/store/edge/service.h"
#include "edge/config.h"
#include "edge/log.h"
#include "edge/std_files.h"
#include "kasir/version.h"

static const char help[] =
    "usage: kasird [-c FILE]\n"
    "Take sales from the store's terminals, write them to the ledger, answer with proofs\n"
    "and carry them to headquarters.  Runs in the foreground until SIGTERM.\n"
    "\n"
    "  -c, --config FILE    read FILE instead of " CONFIG_STORE_FILE "\n"
    "      --check-config   read the configuration, say what is wrong with it, and leave\n"
    "  -h, --help           this text\n"
    "      --version        version of this program\n"
    "\n"
    "SIGTERM finishes what was begun and leaves; SIGHUP reads the configuration again.\n"
    "A new store is made by `kasirctl keys init`.  See kasird(8) and kasird.conf(5).\n";

static int
check_config(const char *file)
{
	struct store_config config;
	struct kas_why why;

	if (config_load_store(file, &config, &why) != KAS_OK) {
		log_line(LOG_LVL_ERROR, "%s", why.text);
		return EX_CONFIG;
	}
	printf("%s: good\n", file);
	return EX_OK;
}

static int
run(const char *file)
{
	struct service *service;
	struct kas_why why = { "" };
	int code;

	if (service_open(file, &service, &why, &code) != KAS_OK) {
		log_line(LOG_LVL_ERROR, "%s", why.text);
		return code;
	}
	service_run(service);
	service_close(service);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	enum { CHECK = 256, VERSION };
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, CHECK },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, VERSION },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = CONFIG_STORE_FILE;
	bool check = false;
	int c;

	std_files_hold();
	log_init("kasird", LOG_LVL_NOTICE);
	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			file = optarg;
			break;
		case CHECK:
			check = true;
			break;
		case 'h':
			fputs(help, stdout);
			return EX_OK;
		case VERSION:
			puts("kasird " KASIR_VERSION);
			return EX_OK;
		default:
			fputs("usage: kasird [-c FILE] [--check-config]\n", stderr);
			return EX_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "kasird: %s: no operands are expected; `kasird --help` explains\n",
		    argv[optind]);
		return EX_USAGE;
	}
	return check ? check_config(file) : run(file);
}
