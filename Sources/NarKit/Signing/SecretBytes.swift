internal import CSodium

/// Bytes that lie in memory of their own, which is not written to swap, is read-only, and is wiped when it is freed.
///
/// `@unchecked Sendable`, because the memory is never written after `init`.
final class SecretBytes: @unchecked Sendable {
    let bytes: UnsafePointer<UInt8>
    let count: Int

    /// Makes room and lets `fill` write there.
    ///
    /// - Parameters:
    ///   - count: The number of bytes.
    ///   - fill: Writes all of them.
    /// - Throws: ``NarKitError`` with the code `cryptography` when there is no memory, or what `fill` throws.
    init(
        count: Int, _ fill: (UnsafeMutablePointer<UInt8>) throws(NarKitError) -> Void
    ) throws(NarKitError) {
        try Sodium.start()
        guard let memory = sodium_malloc(count) else {
            throw NarKitError(
                .cryptography, "There is no protected memory left for a secret key: raise the limit of locked memory.")
        }
        let bytes = memory.bindMemory(to: UInt8.self, capacity: count)
        do throws(NarKitError) {
            try fill(bytes)
        } catch {
            sodium_free(memory)
            throw error
        }
        sodium_mprotect_readonly(memory)
        self.bytes = UnsafePointer(bytes)
        self.count = count
    }

    deinit {
        // Wipes the bytes as well.
        sodium_free(UnsafeMutableRawPointer(mutating: bytes))
    }
}
