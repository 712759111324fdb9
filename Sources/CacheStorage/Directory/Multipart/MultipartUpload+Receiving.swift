import CacheCore
import Synchronization

extension MultipartUpload {
    /// Parts are aligned to this in the content: the last part, which has any length, hardly ever sets the size of all.
    private static let slotAlignment: Int64 = 4096

    /// The largest part, in bytes, as for S3.
    static let maximumPartSize: Int64 = 5 << 30

    /// Notes that a part is being received.
    ///
    /// - Parameters:
    ///   - number: the part's number.
    ///   - length: its length in bytes, if it is known.
    /// - Returns: a number for ``endReception(_:number:inContent:)``, and the size of slots when the part goes into the content.
    func startReception(number: Int, length: Int64?) throws(ObjectStoreError) -> (reception: Int, slotSize: Int64?) {
        try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .noSuchUpload(key) }
            if let maximumSize, let length, length > maximumSize - state.size(without: number) {
                throw .tooLarge(key, limit: maximumSize)
            }
            state.sequence += 1
            let reception = state.sequence
            state.receptions[reception] = (number, length ?? 0)
            guard let length, let slotSize = state.slotSize ?? Self.slotSize(ofPart: length), length <= slotSize,
                state.parts[number] == nil, Int64(number) <= (maximumSize ?? .max) / slotSize + 1,
                state.busySlots.insert(number).inserted
            else { return (reception, nil) }
            state.slotSize = slotSize
            return (reception, slotSize)
        }
    }

    /// How many bytes a part may have.
    func limit(ofPart number: Int) -> Int64 {
        guard let maximumSize else { return Self.maximumPartSize }
        let rest = maximumSize - state.withLock { $0.size(without: number) }
        return min(max(rest, 0), Self.maximumPartSize)
    }

    func endReception(_ reception: Int, number: Int, inContent: Bool) {
        state.withLock { state in
            state.receptions[reception] = nil
            if inContent { state.busySlots.remove(number) }
        }
    }

    /// Calls a function that writes into the content; closing the upload waits until it is done.
    func withOpenContent(_ body: () throws(ObjectStoreError) -> Void) throws(ObjectStoreError) {
        try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .noSuchUpload(key) }
            state.writers += 1
        }
        defer {
            let closer = state.withLock { state in
                state.writers -= 1
                guard state.writers == 0 else { return CheckedContinuation<Void, Never>?.none }
                defer { state.closer = nil }
                return state.closer
            }
            closer?.resume()
        }
        try body()
    }

    func nextSequence() throws(ObjectStoreError) -> Int {
        try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .noSuchUpload(key) }
            state.sequence += 1
            return state.sequence
        }
    }

    /// Makes a part one of the upload's.
    ///
    /// - Returns: the part whose place it takes.
    func record(_ part: StoredPart) throws(ObjectStoreError) -> StoredPart? {
        try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .noSuchUpload(key) }
            if let other = state.parts[part.number], other.sequence > part.sequence { return part }
            return state.parts.updateValue(part, forKey: part.number)
        }
    }

    private static func slotSize(ofPart length: Int64) -> Int64? {
        length > 0 && length % slotAlignment == 0 ? length : nil
    }
}

extension MultipartUpload.State {
    /// The bytes of all parts but one, received or announced.
    fileprivate func size(without number: Int) -> Int64 {
        var sizes = parts.mapValues(\.size)
        for reception in receptions.values {
            sizes[reception.number] = max(sizes[reception.number] ?? 0, reception.size)
        }
        sizes[number] = nil
        return sizes.values.reduce(0) { sum, size in
            let (total, overflow) = sum.addingReportingOverflow(size)
            return overflow ? .max : total
        }
    }
}
