#!/bin/sh
# The library and the engines reach the world only through ports: their objects ask the
# linker for no clock, file, socket, thread, database, broker or randomness.
# The one exception: a failed assertion says so on stderr before it aborts.
# usage: tests/lint/pure.sh OBJECT...
refused='clock_gettime|clock|time|gettimeofday|localtime(_r)?|gmtime(_r)?|nanosleep|sleep|usleep'
refused="$refused|open(at)?(64)?|creat|read|write|pread(64)?|pwrite(64)?|readv|writev|close|unlink|rename"
refused="$refused|f?stat(64)?|lstat(64)?|fsync|fdatasync|mmap(64)?|ioctl|fcntl(64)?|poll|select|epoll_.*"
refused="$refused|socket|connect|bind|listen|accept4?|send|sendto|sendmsg|recv|recvfrom|recvmsg"
refused="$refused|fopen(64)?|fdopen|freopen|fclose|fread|fwrite|fflush|fgets|getline|perror"
refused="$refused|printf|puts|putchar|fputs|fputc|fprintf|vfprintf|__printf_chk|__fprintf_chk|__vfprintf_chk"
refused="$refused|stdin|stdout|stderr|syslog|sd_.*|system|popen|fork|exec.*|getenv|getpid|signal|sigaction"
refused="$refused|rand(_r)?|random|srand|srandom|drand48|getrandom|getentropy|arc4random.*|randombytes_.*|RAND_.*"
refused="$refused|pthread_.*|thrd_.*|sqlite3_.*|BIO_.*|mosquitto_.*|exit|_exit|abort"
failed=0
for o in "$@"; do
	allowed='^$'
	case $o in
	*/lib/base/err.o) allowed='^(stderr|fprintf|__fprintf_chk|fwrite|abort)$' ;;
	esac
	found=$(nm -u "$o" | awk '{ sub(/@.*/, "", $2); print $2 }' | grep -Ex "$refused" | grep -Ev "$allowed")
	if [ -n "$found" ]; then
		echo "layers: $o wants" $found
		failed=$((failed + 1))
	fi
done
echo "layers: $# objects checked for the outside world, $failed failed"
[ "$failed" -eq 0 ]
