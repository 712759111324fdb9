#pragma once

#include <libpq-fe.h>

// Macros of character constants.
static inline int cpq_field_sqlstate(void) { return PG_DIAG_SQLSTATE; }
static inline int cpq_field_message(void) { return PG_DIAG_MESSAGE_PRIMARY; }
static inline int cpq_field_detail(void) { return PG_DIAG_MESSAGE_DETAIL; }

// Notices are for people at a terminal; libpq would write them to the standard error.
static inline void cpq_ignore(void *context, const char *message) {
    (void)context;
    (void)message;
}
static inline void cpq_ignore_notices(PGconn *connection) {
    (void)PQsetNoticeProcessor(connection, cpq_ignore, 0);
}
