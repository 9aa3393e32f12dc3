/* Which rights this process has when: everything that the options name is allowed for, the broker
 * started, and the rest given up. */
#ifndef TCPVIZ_APP_RIGHTS_H
#define TCPVIZ_APP_RIGHTS_H

#include <stdbool.h>

#include "app/files.h"
#include "app/options.h"
#include "base/strbuf.h"
#include "capture/source.h"

/* Before anything is opened. False and a line of "what: why" in *error. */
bool app_rights_start(const struct app_options *options, const struct app_files *files,
                      struct base_strbuf *error);
/* Before the first packet is parsed; source is NULL for files, which are opened afterwards. */
bool app_rights_give_up(const struct app_options *options, const struct capture_source *source,
                        struct base_strbuf *error);
/* In another process, forked before app_rights_give_up(): it becomes the user as well, and keeps
 * but the right to look into other users' processes, if this one had it. False: it cannot. */
bool app_rights_look_only(void);
/* Before the first packet is read, when all is open. */
void app_rights_seal(void);
/* What confines this process, for -v. Appends. */
void app_rights_describe(struct base_strbuf *out);

#endif
