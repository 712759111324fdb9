// Sets the address sanitizer to look for wrong addresses only. What lives until a program ends (of OpenSSL, of Swift's
// runtime, of tests) would be called a leak, and fail the programs that tests run. Linked into all of them, as a variable
// would not reach those that are started with an environment of their own.
const char *__asan_default_options(void) {
    return "detect_leaks=0";
}
