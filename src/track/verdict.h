/* How a connection was opened and closed, and its record. Internal. */
#ifndef TCPVIZ_TRACK_VERDICT_H
#define TCPVIZ_TRACK_VERDICT_H

#include "track/conn.h"

enum track_open verdict_open(const struct track_conn *conn);
enum track_close verdict_close(const struct track_conn *conn);
enum track_closed_by verdict_closed_by(const struct track_conn *conn);

#endif
