#pragma once

/// The path of the daemon's socket where none is given: the variable NIKS3_HOOK_SOCKET of the build, or the usual one.
const char *niks3_hook_default_socket(void);
