/* The signals that end the program in order: INT, TERM and HUP are remembered and wake poll(). */
#ifndef TCPVIZ_APP_STOP_H
#define TCPVIZ_APP_STOP_H

#include <stdbool.h>

/* Installs the handlers and ignores SIGPIPE. A second signal ends the program at once, by the
 * signal's default effect. */
void app_stop_install(void);
/* Called, in the handler, before the program ends at once; NULL: nothing. */
void app_stop_set_last_act(void (*last_act)(void));
bool app_stop_wanted(void);
/* Readable once a signal came. */
int app_stop_fd(void);

#endif
