import CoreMetrics

/// What the read side counts.
struct ReadCounters: Sendable {
    /// Narinfos that were answered for from memory.
    let hits = Counter(label: "niks3_read_cache_hits_total")
    /// Narinfos for which the object store was asked, or the answer of another one's request was waited for.
    let misses = Counter(label: "niks3_read_cache_misses_total")
    /// Bytes of objects that were sent to readers.
    let bytes = Counter(label: "niks3_read_bytes_total")
}
