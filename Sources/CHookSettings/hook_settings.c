#include "hook_settings.h"

#ifndef NIKS3_HOOK_SOCKET
#define NIKS3_HOOK_SOCKET "/run/niks3/upload-to-cache.sock"
#endif

const char *niks3_hook_default_socket(void) { return NIKS3_HOOK_SOCKET; }
