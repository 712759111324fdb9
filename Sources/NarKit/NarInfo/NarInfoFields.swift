/// The lines of a narinfo, collected while it is read.
struct NarInfoFields {
    private let storeDirectory: StoreDirectory
    private var storePath: StorePath?
    private var url: String?
    private var compression: String?
    private var fileHash: NixHash?
    private var fileSize: UInt64?
    private var narHash: NixHash?
    private var narSize: UInt64?
    private var references: [StorePath] = []
    private var deriver: StorePath?
    private var system: String?
    private var signatures: [Signature] = []
    private var contentAddress: ContentAddress?
    private var seen: UInt16 = 0
    private var line = 0

    private enum Key: Int, CaseIterable {
        case storePath, url, compression, fileHash, fileSize, narHash, narSize, references, deriver, system, signature
        case contentAddress

        /// The names as they are written, in the order of the cases.
        private static let names = [
            "StorePath", "URL", "Compression", "FileHash", "FileSize", "NarHash", "NarSize", "References", "Deriver",
            "System", "Sig", "CA",
        ]
        private static let namesAsBytes = names.map { Array($0.utf8) }

        /// The key that a name spells, or nil for one that Nix does not know.
        init?(_ name: Span<UInt8>) {
            guard let index = Self.namesAsBytes.firstIndex(where: { $0.span.isEqual(to: name) }) else { return nil }
            self.init(rawValue: index)
        }

        var name: String { Self.names[rawValue] }

        /// A bit of its own in a set of keys.
        var bit: UInt16 { 1 << UInt16(rawValue) }
    }

    init(storeDirectory: StoreDirectory) {
        self.storeDirectory = storeDirectory
    }

    mutating func read(_ text: Span<UInt8>) throws(NarKitError) {
        var start = 0
        while start < text.count {
            line += 1
            var end = start
            var colon = -1
            while end < text.count, text[end] != UInt8(ascii: "\n") {
                if colon < 0, text[end] == UInt8(ascii: ":") { colon = end }
                if text[end] == UInt8(ascii: "\r") {
                    throw refused("it has a carriage return, but lines must end in a line feed alone")
                }
                end += 1
            }
            guard end < text.count else { throw refused("it must end in a line feed, like every line") }
            guard colon > start, colon + 1 < end, text[colon + 1] == UInt8(ascii: " ") else {
                throw refused("it must be a key, a colon, a space and a value")
            }
            if let key = Key(text.extracting(start..<colon)) {
                try read(key, text.extracting((colon + 2)..<end))
            }
            start = end + 1
        }
    }

    /// The narinfo, once all lines are read.
    func narInfo() throws(NarKitError) -> NarInfo {
        guard let storePath else { throw missing(.storePath) }
        guard let url else { throw missing(.url) }
        guard let narHash else { throw missing(.narHash) }
        guard let narSize else { throw missing(.narSize) }
        return NarInfo(
            storePath: storePath, storeDirectory: storeDirectory, url: url, compression: compression ?? "bzip2",
            fileHash: fileHash, fileSize: fileSize, narHash: narHash, narSize: narSize,
            references: references.sortedWithoutDuplicates(), deriver: deriver, system: system,
            signatures: signatures.sortedWithoutDuplicates(), contentAddress: contentAddress)
    }

    private mutating func read(_ key: Key, _ value: Span<UInt8>) throws(NarKitError) {
        guard key == .signature || seen & key.bit == 0 else {
            throw refused("it is a second \(key.name), but there may be only one")
        }
        seen |= key.bit
        do throws(NarKitError) {
            switch key {
            case .storePath: storePath = try StorePath(parsing: value, in: storeDirectory)
            case .url: url = try text(value)
            case .compression: compression = value.isEmpty ? nil : try text(value)
            case .fileHash: fileHash = try NixHash(parsing: value)
            case .fileSize: fileSize = try size(value).flatMap { $0 == 0 ? nil : $0 }
            case .narHash: narHash = try NixHash(parsing: value)
            case .narSize: narSize = try size(value)
            case .references: try readReferences(value)
            case .deriver: deriver = isUnknownDeriver(value) ? nil : try StorePath(baseName: value)
            case .system: system = try text(value)
            case .signature: signatures.append(try Signature(parsing: value))
            case .contentAddress: contentAddress = value.isEmpty ? nil : try ContentAddress(parsing: value)
            }
        } catch {
            guard error.code != .invalidNarInfo else { throw error }
            throw NarKitError(
                .invalidNarInfo, "Line \(line) (\(key.name)) of a narinfo is refused: \(error.message)",
                cause: error)
        }
    }

    private mutating func readReferences(_ value: Span<UInt8>) throws(NarKitError) {
        var start = 0
        for index in 0...value.count where index == value.count || value[index] == UInt8(ascii: " ") {
            if index > start { references.append(try StorePath(baseName: value.extracting(start..<index))) }
            start = index + 1
        }
    }

    private func text(_ value: Span<UInt8>) throws(NarKitError) -> String {
        guard let text = String(utf8: value) else { throw refused("its value is not UTF-8") }
        return text
    }

    private func size(_ value: Span<UInt8>) throws(NarKitError) -> UInt64? {
        guard let number = UInt64(decimal: value) else {
            throw refused("\(quoted([UInt8](value))) is not a number of bytes")
        }
        return number
    }

    private func isUnknownDeriver(_ value: Span<UInt8>) -> Bool {
        String(ascii: value) == "unknown-deriver"
    }

    private func refused(_ reason: String) -> NarKitError {
        NarKitError(.invalidNarInfo, "Line \(line) of a narinfo is refused: \(reason).")
    }

    private func missing(_ key: Key) -> NarKitError {
        NarKitError(
            .invalidNarInfo, "A narinfo is refused: it must have a line that begins with \"\(key.name): \".")
    }
}
