#if canImport(Glibc) && canImport(CMalloc)
import CMalloc
#endif

/// How the allocator of the C library treats large buffers.
public enum MemoryAllocator {
    /// Gives the memory of large buffers back to the system as soon as they are freed.
    ///
    /// By itself glibc keeps freed buffers of up to 32 MiB for later: a push of a large NAR, whose parts have 10 MiB, would
    /// hold half as much memory again, and take longer for it.
    public static func returnLargeBuffers() {
        #if canImport(Glibc) && canImport(CMalloc)
        _ = mallopt(M_MMAP_THRESHOLD, 1 << 20)
        // What is smaller is soon needed again: to give it back and to ask for it is what a push of many paths would
        // spend its time on.
        _ = mallopt(M_TRIM_THRESHOLD, 8 << 20)
        #endif
    }
}
