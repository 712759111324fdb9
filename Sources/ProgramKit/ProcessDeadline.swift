#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A time by which a process has ended, whatever it hangs in.
public enum ProcessDeadline {
    /// Has the process end with 0 after some time.
    ///
    /// - Parameter duration: how long it may still run, to the microsecond.
    public static func endSuccessfully(after duration: Duration) {
        signal(SIGALRM) { _ in _exit(0) }
        var timer = itimerval()
        timer.it_value.tv_sec = time_t(duration.components.seconds)
        timer.it_value.tv_usec = suseconds_t(duration.components.attoseconds / 1_000_000_000_000)
        #if canImport(Glibc)
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
        #else
        setitimer(ITIMER_REAL, &timer, nil)
        #endif
    }
}
