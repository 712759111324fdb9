// The checks of argument types are for calls by name.
#define CURL_DISABLE_TYPECHECK
#include "CCurl.h"

#include <dlfcn.h>
#include <stdio.h>

// Every function of libcurl that is called, without the curl_ that all begin with.
#define FUNCTIONS(each)                                                                                               \
    each(global_init)                                                                                                 \
    each(easy_init) each(easy_cleanup) each(easy_reset) each(easy_pause) each(easy_strerror)                          \
    each(easy_setopt) each(easy_getinfo)                                                                              \
    each(slist_append) each(slist_free_all)                                                                           \
    each(multi_init) each(multi_cleanup) each(multi_add_handle) each(multi_remove_handle) each(multi_perform)         \
    each(multi_poll) each(multi_wakeup) each(multi_info_read) each(multi_strerror) each(multi_setopt)

#define POINTER(name) __typeof__(curl_##name) *name;

static struct functions {
    FUNCTIONS(POINTER)
} curl;

static bool fail(char *problem, size_t size) {
    const char *reason = dlerror();
    snprintf(problem, size, "%s", reason ? reason : "for no reason that the dynamic linker gives");
    return false;
}

bool ccurl_load(const char *file, char *problem, size_t size) {
    struct functions found;
    // Its functions are looked up here only: a program that has another libcurl keeps it to itself.
    void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
    if (!library)
        return fail(problem, size);
#define FIND(name)                                                                                                    \
    found.name = (__typeof__(curl_##name) *)dlsym(library, "curl_" #name);                                            \
    if (!found.name) {                                                                                                \
        fail(problem, size);                                                                                          \
        dlclose(library);                                                                                             \
        return false;                                                                                                 \
    }
    FUNCTIONS(FIND)
    curl = found;
    return true;
}

CURLcode ccurl_global_init(long flags) {
    return curl.global_init(flags);
}

CURL *ccurl_easy_init(void) {
    return curl.easy_init();
}

void ccurl_easy_cleanup(CURL *handle) {
    curl.easy_cleanup(handle);
}

void ccurl_easy_reset(CURL *handle) {
    curl.easy_reset(handle);
}

CURLcode ccurl_easy_pause(CURL *handle, int bitmask) {
    return curl.easy_pause(handle, bitmask);
}

const char *ccurl_easy_strerror(CURLcode code) {
    return curl.easy_strerror(code);
}

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *line) {
    return curl.slist_append(list, line);
}

void ccurl_slist_free_all(struct curl_slist *list) {
    curl.slist_free_all(list);
}

CURLM *ccurl_multi_init(void) {
    return curl.multi_init();
}

CURLMcode ccurl_multi_cleanup(CURLM *handle) {
    return curl.multi_cleanup(handle);
}

CURLMcode ccurl_multi_add_handle(CURLM *handle, CURL *easy) {
    return curl.multi_add_handle(handle, easy);
}

CURLMcode ccurl_multi_remove_handle(CURLM *handle, CURL *easy) {
    return curl.multi_remove_handle(handle, easy);
}

CURLMcode ccurl_multi_perform(CURLM *handle, int *running) {
    return curl.multi_perform(handle, running);
}

CURLMcode ccurl_multi_poll(CURLM *handle, struct curl_waitfd *extra, unsigned int count, int milliseconds, int *ready) {
    return curl.multi_poll(handle, extra, count, milliseconds, ready);
}

CURLMcode ccurl_multi_wakeup(CURLM *handle) {
    return curl.multi_wakeup(handle);
}

CURLMsg *ccurl_multi_info_read(CURLM *handle, int *remaining) {
    return curl.multi_info_read(handle, remaining);
}

const char *ccurl_multi_strerror(CURLMcode code) {
    return curl.multi_strerror(code);
}

CURLcode ccurl_easy_set_long(CURL *handle, CURLoption option, long value) {
    return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_easy_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_easy_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_easy_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_easy_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_easy_set_write(CURL *handle, CURLoption option, curl_write_callback value) {
    return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_easy_set_read(CURL *handle, curl_read_callback value) {
    return curl.easy_setopt(handle, CURLOPT_READFUNCTION, value);
}

CURLcode ccurl_easy_set_seek(CURL *handle, curl_seek_callback value) {
    return curl.easy_setopt(handle, CURLOPT_SEEKFUNCTION, value);
}

CURLcode ccurl_easy_set_debug(CURL *handle, curl_debug_callback value) {
    return curl.easy_setopt(handle, CURLOPT_DEBUGFUNCTION, value);
}

CURLcode ccurl_easy_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl.easy_getinfo(handle, info, value);
}

CURLcode ccurl_easy_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl.easy_getinfo(handle, info, value);
}

CURLMcode ccurl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl.multi_setopt(handle, option, value);
}

// The options with numbers went out of use in 7.85, where those with names came. Which libcurl we meet is not known
// before it is loaded.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

CURLcode ccurl_easy_only_http(CURL *handle) {
    const long numbers = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    CURLcode code = curl.easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code == CURLE_UNKNOWN_OPTION)
        code = curl.easy_setopt(handle, CURLOPT_PROTOCOLS, numbers);
    if (code != CURLE_OK)
        return code;
    code = curl.easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    if (code == CURLE_UNKNOWN_OPTION)
        code = curl.easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, numbers);
    return code;
}

#pragma clang diagnostic pop

CURLcode ccurl_message_result(const CURLMsg *message) {
    return message->data.result;
}
