/* The quiz as plain text: questions on standard output, answers from standard input. */
#ifndef TCPVIZ_APP_QUIZ_H
#define TCPVIZ_APP_QUIZ_H

#include <stdbool.h>
#include <stdint.h>

#include "app/feed.h"

/* About one connection, 0: the first that has questions; ends with the score when all is asked or
 * no more answers come. Returns the exit status. */
int app_quiz(struct app_feed *feed, uint64_t connection, bool ascii);

#endif
