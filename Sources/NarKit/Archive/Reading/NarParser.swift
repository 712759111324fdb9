/// Reads a NAR from pieces of any size, and tells a visitor what is in it.
///
/// It accepts exactly the archives that Nix writes: entries ascend by bytes, padding is zero, nothing follows the end.
/// Memory is bounded by ``NarLimits``, however large the archive and whatever lengths it claims.
///
/// Source: the NAR format in the Nix manual, "Nix Archive (NAR) format".
public struct NarParser: Sendable {
    /// What must come next.
    private enum State {
        case magic
        case nodeOpen, typeWord, type
        case fileWord, executableMark, contentsWord, contentsLength, contents, contentsPadding, fileEnd
        case targetWord, target, symlinkEnd
        case directoryWord, entryOpen, nameWord, name, nodeWord, entryEnd
        case end
    }

    private static let longestWord = 16

    private let limits: NarLimits
    private var state = State.magic
    /// The bytes of a string that has not arrived in one piece.
    private var partial: [UInt8] = []
    /// The name of the node that comes next.
    private var name: [UInt8] = []
    /// For each open directory the name of its latest entry.
    private var latestNames: [[UInt8]] = []
    private var isExecutable = false
    /// Bytes of contents, or of padding after them, that are still to come.
    private var remaining: UInt64 = 0
    private var paddingAfterContents = 0

    /// How many bytes of the archive have been read.
    public private(set) var byteCount: UInt64 = 0

    /// Starts before the first byte.
    ///
    /// - Parameter limits: The bounds on depth, names and targets.
    public init(limits: NarLimits = .init()) {
        self.limits = limits
        partial.reserveCapacity(512)
    }

    /// Whether the whole archive has been read.
    public var isAtEnd: Bool { state == .end }

    /// Says that no bytes follow.
    ///
    /// - Throws: ``NarKitError`` with the code `invalidArchive` when the archive is cut off.
    public func finish() throws(NarKitError) {
        guard isAtEnd else { throw failure("it is cut off; fetch it again") }
    }

    /// Reads the next bytes.
    ///
    /// - Parameters:
    ///   - bytes: Any number of bytes.
    ///   - visitor: Is told what they mean.
    /// - Throws: ``NarKitError`` with the code `invalidArchive`, or what the visitor throws. The parser is of no more
    ///   use then.
    public mutating func consume(_ bytes: [UInt8], _ visitor: inout some NarVisitor) throws(NarKitError) {
        try consume(bytes.span.bytes, &visitor)
    }

    /// Reads the next bytes.
    ///
    /// - Parameters:
    ///   - bytes: Any number of bytes.
    ///   - visitor: Is told what they mean.
    /// - Throws: ``NarKitError`` with the code `invalidArchive`, or what the visitor throws. The parser is of no more
    ///   use then.
    public mutating func consume(_ bytes: RawSpan, _ visitor: inout some NarVisitor) throws(NarKitError) {
        try bytes.withUnsafeBytes { buffer throws(NarKitError) in
            var rest = buffer
            while !rest.isEmpty {
                try advance(&rest, &visitor)
            }
        }
    }

    // MARK: Strings

    /// Reads some bytes; at least one.
    private mutating func advance(
        _ rest: inout UnsafeRawBufferPointer, _ visitor: inout some NarVisitor
    ) throws(NarKitError) {
        switch state {
        case .end: throw failure("something follows its end")
        case .contents:
            let count = Int(min(UInt64(rest.count), remaining))
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<count])
            try visitor.fileContents(piece.bytes)
            skip(count, &rest)
            remaining -= UInt64(count)
            if remaining == 0 { try endContents(&visitor) }
        case .contentsPadding:
            let count = Int(min(UInt64(rest.count), remaining))
            guard rest[..<count].allSatisfy({ $0 == 0 }) else { throw failure("its padding is not zero") }
            skip(count, &rest)
            remaining -= UInt64(count)
            if remaining == 0 { state = .fileEnd }
        case .contentsLength:
            guard let header = try collect(8, &rest) else { return }
            partial.removeAll(keepingCapacity: true)
            try beginContents(size: header, &visitor)
        default:
            try readString(&rest, &visitor)
        }
    }

    private mutating func readString(
        _ rest: inout UnsafeRawBufferPointer, _ visitor: inout some NarVisitor
    ) throws(NarKitError) {
        if partial.isEmpty, rest.count >= 8 {
            // Mostly the whole string is in this piece: no copy.
            let length = try checked(rest.loadUnaligned(as: UInt64.self).littleEndian)
            let total = 8 + length + NarFormat.padding(after: UInt64(length))
            if rest.count >= total {
                let string = UnsafeRawBufferPointer(rebasing: rest[8..<total])
                skip(total, &rest)
                return try accept(string, length: length, &visitor)
            }
        }
        guard let header = try collect(8, &rest) else { return }
        let length = try checked(header)
        guard try collect(8 + length + NarFormat.padding(after: UInt64(length)), &rest) != nil else { return }
        let string = partial
        partial.removeAll(keepingCapacity: true)
        try string.span.bytes.withUnsafeBytes { bytes throws(NarKitError) in
            try accept(UnsafeRawBufferPointer(rebasing: bytes[8...]), length: length, &visitor)
        }
    }

    /// Moves bytes to `partial` until it has this many.
    ///
    /// - Returns: The length that the first eight spell, or nil when there are not yet enough.
    private mutating func collect(
        _ count: Int, _ rest: inout UnsafeRawBufferPointer
    ) throws(NarKitError) -> UInt64? {
        let missing = min(count - partial.count, rest.count)
        if missing > 0 {
            partial.append(contentsOf: rest[..<missing])
            skip(missing, &rest)
        }
        guard partial.count >= count else { return nil }
        return partial.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).littleEndian }
    }

    private mutating func skip(_ count: Int, _ rest: inout UnsafeRawBufferPointer) {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        byteCount += UInt64(count)
    }

    /// The length of a string as a number that can be allocated.
    private func checked(_ length: UInt64) throws(NarKitError) -> Int {
        let limit =
            switch state {
            case .name: limits.maximumNameLength
            case .target: limits.maximumTargetLength
            default: Self.longestWord
            }
        guard length <= UInt64(limit) else {
            throw failure("\(described(state)) has \(length) bytes, more than the \(limit) that are accepted")
        }
        return Int(length)
    }

    // MARK: Grammar

    /// Goes on with a whole string.
    ///
    /// - Parameters:
    ///   - padded: The string with its padding.
    ///   - length: The bytes of the string itself.
    private mutating func accept(
        _ padded: UnsafeRawBufferPointer, length: Int, _ visitor: inout some NarVisitor
    ) throws(NarKitError) {
        let string = UnsafeRawBufferPointer(rebasing: padded[..<length])
        guard padded[length...].allSatisfy({ $0 == 0 }) else { throw failure("its padding is not zero") }
        switch state {
        case .magic: try expect(string, NarFormat.magic, then: .nodeOpen)
        case .nodeOpen: try expect(string, "(", then: .typeWord)
        case .typeWord: try expect(string, "type", then: .type)
        case .type: try acceptType(string, &visitor)
        case .fileWord:
            isExecutable = string.spells("executable")
            if isExecutable { state = .executableMark } else { try expect(string, "contents", then: .contentsLength) }
        case .executableMark: try expect(string, "", then: .contentsWord)
        case .contentsWord: try expect(string, "contents", then: .contentsLength)
        case .fileEnd, .symlinkEnd: try expect(string, ")", then: stateAfterNode)
        case .targetWord: try expect(string, "target", then: .target)
        case .target:
            guard !string.isEmpty, !string.contains(0) else {
                throw failure("the target of a symbolic link is empty or contains a zero byte")
            }
            try visitor.symlink(named: name, target: Array(string))
            state = .symlinkEnd
        case .directoryWord:
            if string.spells("entry") {
                state = .entryOpen
            } else {
                try expect(string, ")", then: .end)
                try visitor.endDirectory()
                latestNames.removeLast()
                state = stateAfterNode
            }
        case .entryOpen: try expect(string, "(", then: .nameWord)
        case .nameWord: try expect(string, "name", then: .name)
        case .name: try acceptName(string)
        case .nodeWord: try expect(string, "node", then: .nodeOpen)
        case .entryEnd: try expect(string, ")", then: .directoryWord)
        case .contentsLength, .contents, .contentsPadding, .end: break
        }
    }

    private var stateAfterNode: State { latestNames.isEmpty ? .end : .entryEnd }

    private mutating func acceptType(
        _ string: UnsafeRawBufferPointer, _ visitor: inout some NarVisitor
    ) throws(NarKitError) {
        if string.spells("regular") {
            state = .fileWord
        } else if string.spells("symlink") {
            state = .targetWord
        } else if string.spells("directory") {
            guard latestNames.count < limits.maximumDepth else {
                throw failure("more than \(limits.maximumDepth) directories lie in each other")
            }
            try visitor.beginDirectory(named: name)
            latestNames.append([])
            state = .directoryWord
        } else {
            throw failure("the type \(quoted(string)) is unknown")
        }
    }

    private mutating func acceptName(_ string: UnsafeRawBufferPointer) throws(NarKitError) {
        if let fault = NarName.fault(in: string, limits: limits) { throw failure(fault) }
        let depth = latestNames.count - 1
        guard string.follows(latestNames[depth]) else {
            throw failure("the name \(quoted(string)) does not follow \(quoted(latestNames[depth])) in byte order")
        }
        name = Array(string)
        latestNames[depth] = name
        state = .nodeWord
    }

    private mutating func beginContents(size: UInt64, _ visitor: inout some NarVisitor) throws(NarKitError) {
        guard size < UInt64(Int64.max) - byteCount else { throw failure("a file of \(size) bytes cannot be") }
        try visitor.beginFile(
            named: name, NarFileHeader(size: size, isExecutable: isExecutable, narOffset: byteCount))
        remaining = size
        paddingAfterContents = NarFormat.padding(after: size)
        state = .contents
        if size == 0 { try endContents(&visitor) }
    }

    private mutating func endContents(_ visitor: inout some NarVisitor) throws(NarKitError) {
        try visitor.endFile()
        remaining = UInt64(paddingAfterContents)
        state = remaining > 0 ? .contentsPadding : .fileEnd
    }

    private mutating func expect(
        _ string: UnsafeRawBufferPointer, _ word: StaticString, then next: State
    ) throws(NarKitError) {
        guard string.spells(word) else { throw failure("\(quoted(string)) stands where \"\(word)\" is expected") }
        state = next
    }

    private func described(_ state: State) -> String {
        switch state {
        case .name: "a name"
        case .target: "the target of a symbolic link"
        default: "a word"
        }
    }

    private func failure(_ reason: String) -> NarKitError {
        NarKitError(.invalidArchive, "The archive is not a valid NAR at byte \(byteCount): \(reason).")
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of a word.
    @inline(__always)
    fileprivate func spells(_ word: StaticString) -> Bool {
        count == word.utf8CodeUnitCount && word.withUTF8Buffer { elementsEqual($0) }
    }

    /// Whether a name stands after another in byte order.
    fileprivate func follows(_ name: [UInt8]) -> Bool {
        name.lexicographicallyPrecedes(self)
    }
}
