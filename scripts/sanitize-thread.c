// Shows the thread sanitizer what it cannot see of Swift's Mutex and of continuations.
//
// A Mutex is locked and unlocked by code in the program, which is instrumented; but where one thread waits for another,
// the kernel hands the lock over, in functions of libswiftSynchronization, which is not. The sanitizer then takes what
// the lock protects for a race. Linked into the program, these functions stand before those of the library, and say
// which lock was taken and which is given. The names are those of Synchronization._MutexHandle._lockSlow and its like
// (Swift 6).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

extern void __tsan_acquire(void *lock) __attribute__((weak));
extern void __tsan_release(void *lock) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

#define NEXT(name) \
    static typeof(&name) next; \
    if (!next) next = (typeof(&name))dlsym(RTLD_NEXT, #name)

SWIFT void $s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF(uint32_t thread, SELF) {
    NEXT($s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF);
    next(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool $s15Synchronization12_MutexHandleV12_tryLockSlowSbyF(SELF) {
    NEXT($s15Synchronization12_MutexHandleV12_tryLockSlowSbyF);
    bool isLocked = next(self);
    if (isLocked && __tsan_acquire) __tsan_acquire(self);
    return isLocked;
}

SWIFT void $s15Synchronization12_MutexHandleV11_unlockSlowyyF(SELF) {
    NEXT($s15Synchronization12_MutexHandleV11_unlockSlowyyF);
    if (__tsan_release) __tsan_release(self);
    next(self);
}

// A continuation that is resumed before its task waits for it lets the task go on at once, without a word to the
// sanitizer (swiftlang/swift, issue 57803). It takes the task's use of the memory that the result lay in for a race with
// the resumption. These are the functions that take the result from there, after the wait and nothing else.
const char *__tsan_default_suppressions(void) {
    return "race:s22withUnsafeContinuation9isolation_*FTY0_$\n"
           "race:s30withUnsafeThrowingContinuation9isolation_*FTY0_$\n";
}
