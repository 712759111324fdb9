/// Where the event thread takes the bytes of a request's body from.
struct UploadSource {
    private enum Kind {
        case none
        case memory([UInt8])
        case pipe(UploadPipe, length: Int64?)
    }

    private let kind: Kind
    private var chunks = FIFO<[UInt8]>()
    private var current: [UInt8] = []
    private var position = 0
    private var sent: Int64 = 0

    /// Whether all of the body was handed to libcurl.
    private(set) var isExhausted: Bool

    init(transfer: Transfer) {
        switch transfer.request.body {
        case .none: kind = .none
        case .bytes(let bytes): kind = .memory(bytes)
        case .stream(let length, _): kind = transfer.upload.map { .pipe($0, length: length) } ?? .none
        }
        if case .pipe(_, let length) = kind {
            isExhausted = length == 0
        } else {
            isExhausted = true
        }
    }

    /// Copies what comes next.
    ///
    /// - Parameter resume: called once, from any thread, when there is something after there was nothing.
    /// - Returns: the number of bytes, 0 at the end, or `nil` if there is nothing yet.
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer, orCall resume: @escaping @Sendable () -> Void) -> Int? {
        switch kind {
        case .none:
            return 0
        case .memory(let bytes):
            return copy(bytes, into: buffer)
        case .pipe(let pipe, let length):
            while position == current.count {
                if let next = chunks.popFirst() {
                    current = next
                    position = 0
                    continue
                }
                switch pipe.take(orCall: resume) {
                case .chunks(let more):
                    chunks = more
                case .nothing:
                    current = []
                    position = 0
                    return nil
                case .finished:
                    isExhausted = true
                    return 0
                }
            }
            let count = copy(current, into: buffer)
            sent += Int64(count)
            if sent == length { isExhausted = true }
            return count
        }
    }

    /// Goes back, which libcurl wants when a connection that it reused turns out to be dead.
    ///
    /// - Returns: whether that is possible: what a stream gave is gone.
    mutating func seek(to offset: Int64) -> Bool {
        switch kind {
        case .none:
            return offset == 0
        case .memory(let bytes):
            guard offset >= 0, offset <= Int64(bytes.count) else { return false }
            position = Int(offset)
            return true
        case .pipe:
            return offset == 0 && sent == 0
        }
    }

    private mutating func copy(_ bytes: [UInt8], into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes { source in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position..<(position + count)]))
        }
        position += count
        return count
    }
}
