#include "report/calendar.h"

#include "base/text.h"

static uint32_t
month_length(uint32_t year, uint32_t month)
{
	static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return lengths[month - 1] + (month == 2 && leap);
}

bool
calendar_is_day(uint32_t day)
{
	uint32_t year = day / 10000, month = day / 100 % 100;

	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day % 100 >= 1 &&
	    day % 100 <= month_length(year, month);
}

int64_t
calendar_count(uint32_t day)
{
	int64_t year = day / 10000, month = day / 100 % 100;
	int64_t era, of_era, of_year;

	/* Years begin in March, so that the leap day ends them. */
	year -= month <= 2;
	era = year / 400;
	of_era = year % 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day % 100 - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

uint32_t
calendar_day(int64_t count)
{
	unsigned month, day;
	int year;

	civil_of(count, &year, &month, &day);
	return (uint32_t)year * 10000 + month * 100 + day;
}

uint32_t
calendar_add_days(uint32_t day, int64_t days)
{
	return calendar_day(calendar_count(day) + days);
}

uint32_t
calendar_add_months(uint32_t day, int n)
{
	int months = (int)(day / 10000) * 12 + (int)(day / 100 % 100) - 1 + n;
	uint32_t month = (uint32_t)(months / 12 * 100 + months % 12 + 1);
	uint32_t last = calendar_last_of(month);

	return day % 100 > last % 100 ? last : month * 100 + day % 100;
}

uint32_t
calendar_monday(uint32_t day)
{
	/* 1970-01-01 was a Thursday. */
	int64_t n = calendar_count(day), weekday = ((n + 3) % 7 + 7) % 7;

	return calendar_day(n - weekday);
}

uint32_t
calendar_first_of(uint32_t month)
{
	return month * 100 + 1;
}

uint32_t
calendar_last_of(uint32_t month)
{
	return month * 100 + month_length(month / 100, month % 100);
}
