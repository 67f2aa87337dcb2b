#include "daemon/store/meter.h"

#define SECOND_US ((uint64_t)1000000)

bool
meter_take(struct meter *m, uint64_t now_us, unsigned per_second)
{
	if (now_us > SECOND_US && m->paid_us < now_us - SECOND_US)
		m->paid_us = now_us - SECOND_US;
	if (m->paid_us > now_us)
		return false;
	m->paid_us += SECOND_US / per_second;
	return true;
}
