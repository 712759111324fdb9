import CacheCore
import Synchronization

extension MultipartUpload {
    /// How an object is put together.
    struct Assembly {
        /// All parts, in order.
        let parts: [StoredPart]

        /// The size of every part but the last when the content can become the object, else `nil`.
        let slotSize: Int64?

        /// Recorded parts that the object does not have.
        let leftOut: [StoredPart]

        var size: Int64 { parts.reduce(0) { $0 + $1.size } }

        var etag: String { ContentDigest.etag(ofParts: parts.map(\.etag)) }
    }

    /// Closes the upload to further parts and waits until none is being written.
    ///
    /// - Parameter listed: the parts of the object, in any order.
    func close(with listed: [CompletedPart]) async throws(ObjectStoreError) -> Assembly {
        let assembly = try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else {
                throw ObjectStoreError(.unavailable, "The upload of \(key) is being completed already: try again.")
            }
            let assembly = try makeAssembly(of: listed, in: state)
            state.isClosed = true
            return assembly
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.writers > 0 { state.closer = continuation }
                return state.writers == 0
            }
            if isIdle { continuation.resume() }
        }
        return assembly
    }

    /// Lets parts in again after completing has failed.
    func reopen() {
        state.withLock { $0.isClosed = false }
    }

    /// Closes the upload for ever.
    func abandon() {
        state.withLock { $0.isClosed = true }
    }

    /// Forgets parts that an object does not have: their place in the content is about to be overwritten. Blocks.
    func forget(_ parts: [StoredPart]) throws(ObjectStoreError) {
        guard !parts.isEmpty else { return }
        for part in parts {
            try FileTree.remove(path(of: part))
            state.withLock { $0.parts[part.number] = nil }
        }
        try FileTree.synchronize(directory: directory)
    }

    private func makeAssembly(of listed: [CompletedPart], in state: State) throws(ObjectStoreError) -> Assembly {
        guard !listed.isEmpty else {
            throw ObjectStoreError(.invalidPart, "The upload of \(key) was completed without parts: list them.")
        }
        var parts: [StoredPart] = []
        for part in listed.sorted(by: { $0.partNumber < $1.partNumber }) {
            guard parts.last?.number != part.partNumber else {
                throw ObjectStoreError(.invalidPart, "Part \(part.partNumber) of \(key) is listed twice.")
            }
            guard let stored = state.parts[part.partNumber], stored.etag == Self.unquoted(part.etag) else {
                throw ObjectStoreError(
                    .invalidPart, "Part \(part.partNumber) of \(key) is missing or has another ETag: send it again.")
            }
            parts.append(stored)
        }
        let numbers = Set(parts.map(\.number))
        let assembly = Assembly(
            parts: parts, slotSize: Self.commonSlotSize(of: parts, slotSize: state.slotSize),
            leftOut: state.parts.values.filter { !numbers.contains($0.number) })
        if let maximumSize, assembly.size > maximumSize { throw .tooLarge(key, limit: maximumSize) }
        return assembly
    }

    private static func commonSlotSize(of parts: [StoredPart], slotSize: Int64?) -> Int64? {
        guard let slotSize, let last = parts.last, last.size <= slotSize, last.number == parts.count,
            parts.dropLast().allSatisfy({ $0.size == slotSize }),
            // A file that holds nothing of use yet might as well be written anew.
            parts.contains(where: { $0.slotSize != nil })
        else { return nil }
        return slotSize
    }

    private static func unquoted(_ etag: String) -> Substring {
        guard etag.utf8.count >= 2, etag.hasPrefix("\""), etag.hasSuffix("\"") else { return etag[...] }
        return etag.dropFirst().dropLast()
    }
}
