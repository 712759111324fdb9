#pragma once

#include <curl/curl.h>
#include <stdbool.h>

// libcurl, without being linked to it: it and the dozens of libraries that it brings take the dynamic linker longer than
// all else that a program does before it begins, and many a run sends no request. Call what is named ccurl_ here, after
// ccurl_load; curl_ functions are not there when a program is linked.

/// Loads libcurl; not from two threads at once.
///
/// Parameters:
///   file: the library's name or path, as dlopen takes it.
///   problem: gets the words of the dynamic linker's, with a zero at their end.
///   size: how many bytes of those are kept, above 0.
///
/// Returns whether it is there now. If not, what was loaded before still is.
bool ccurl_load(const char *file, char *problem, size_t size);

// For each function of libcurl that we call one of its own, with its parameters.

CURLcode ccurl_global_init(long flags);

CURL *ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *handle);
void ccurl_easy_reset(CURL *handle);
CURLcode ccurl_easy_pause(CURL *handle, int bitmask);
const char *ccurl_easy_strerror(CURLcode code);

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *line);
void ccurl_slist_free_all(struct curl_slist *list);

CURLM *ccurl_multi_init(void);
CURLMcode ccurl_multi_cleanup(CURLM *handle);
CURLMcode ccurl_multi_add_handle(CURLM *handle, CURL *easy);
CURLMcode ccurl_multi_remove_handle(CURLM *handle, CURL *easy);
CURLMcode ccurl_multi_perform(CURLM *handle, int *running);
CURLMcode ccurl_multi_poll(CURLM *handle, struct curl_waitfd *extra, unsigned int count, int milliseconds, int *ready);
CURLMcode ccurl_multi_wakeup(CURLM *handle);
CURLMsg *ccurl_multi_info_read(CURLM *handle, int *remaining);
const char *ccurl_multi_strerror(CURLMcode code);

// Swift cannot call variadic functions: one function for each type of argument.

CURLcode ccurl_easy_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_easy_set_offset(CURL *handle, CURLoption option, curl_off_t value);
CURLcode ccurl_easy_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_easy_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode ccurl_easy_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode ccurl_easy_set_write(CURL *handle, CURLoption option, curl_write_callback value);
CURLcode ccurl_easy_set_read(CURL *handle, curl_read_callback value);
CURLcode ccurl_easy_set_seek(CURL *handle, curl_seek_callback value);
CURLcode ccurl_easy_set_debug(CURL *handle, curl_debug_callback value);
CURLcode ccurl_easy_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode ccurl_easy_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);
CURLMcode ccurl_multi_set_long(CURLM *handle, CURLMoption option, long value);

/// Only http and https, for requests and for redirects.
CURLcode ccurl_easy_only_http(CURL *handle);

// A union member and macros with casts, which Swift does not import.

CURLcode ccurl_message_result(const CURLMsg *message);

static const size_t ccurl_write_pause = CURL_WRITEFUNC_PAUSE;
static const size_t ccurl_read_pause = CURL_READFUNC_PAUSE;
static const size_t ccurl_read_abort = CURL_READFUNC_ABORT;
