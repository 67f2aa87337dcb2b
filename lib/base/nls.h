/* nls.h - marks a text for translation where it stands.  Code without an outside world
 * (lib, engines) says what it says in English, marked; the edges translate it when a person
 * reads it (edge/lang.h).  `make pot` gathers what is marked. */
#ifndef KASIR_BASE_NLS_H
#define KASIR_BASE_NLS_H

#define N_(text) text

#endif
