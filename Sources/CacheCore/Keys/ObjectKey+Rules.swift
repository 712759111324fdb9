extension ObjectKey {
    /// Which row of the table of object keys some bytes match; nil when none.
    static func type(of bytes: Span<UInt8>) -> ObjectType? {
        bytes.withUnsafeBufferPointer { type(of: $0) }
    }

    /// Which row of the table of object keys some bytes match; nil when none.
    static func type(of bytes: UnsafeBufferPointer<UInt8>) -> ObjectType? {
        guard (1...maximumLength).contains(bytes.count), bytes[0] != UInt8(ascii: "/"), !hasParentSegment(bytes)
        else { return nil }
        let key = bytes[...]
        if let rest = key.dropping(prefix: "nar/") {
            return isNar(rest) ? .nar : nil
        }
        if let rest = key.dropping(prefix: "log/") {
            guard let name = rest.dropping(suffix: ".drv") else { return nil }
            return !name.isEmpty && name.allSatisfy(CharacterClass.name.contains) ? .buildLog : nil
        }
        if let rest = key.dropping(prefix: "realisations/") {
            return isRealisation(rest) ? .realisation : nil
        }
        if let rest = key.dropping(prefix: "build-trace-v2/") {
            return isBuildTrace(rest) ? .realisation : nil
        }
        guard key.count > 32, key.prefix(32).allSatisfy(CharacterClass.nix32.contains) else { return nil }
        let suffix = key.dropFirst(32)
        return suffix.equals(".narinfo") ? .narinfo : suffix.equals(".ls") ? .listing : nil
    }

    private static func isNar(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard bytes.count > 52, bytes.prefix(52).allSatisfy(CharacterClass.nix32.contains) else { return false }
        let suffix = bytes.dropFirst(52)
        return suffix.equals(".nar.zst") || suffix.equals(".nar") || suffix.equals(".nar.xz")
            || suffix.equals(".nar.bz2")
    }

    private static func isRealisation(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let body = bytes.dropping(suffix: ".doi"), let colon = body.firstIndex(of: UInt8(ascii: ":")),
            let mark = body.firstIndex(of: UInt8(ascii: "!")), colon < mark
        else { return false }
        let algorithm = body[..<colon]
        let hash = body[body.index(after: colon)..<mark]
        let output = body[body.index(after: mark)...]
        return !algorithm.isEmpty && algorithm.allSatisfy(CharacterClass.lowercase.contains)
            && !hash.isEmpty && hash.allSatisfy(CharacterClass.base64.contains)
            && !output.isEmpty && output.allSatisfy(CharacterClass.name.contains)
    }

    private static func isBuildTrace(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let body = bytes.dropping(suffix: ".doi"), let slash = body.firstIndex(of: UInt8(ascii: "/")) else {
            return false
        }
        let derivation = body[..<slash]
        let output = body[body.index(after: slash)...]
        return !derivation.isEmpty && derivation.allSatisfy(CharacterClass.name.contains)
            && !output.isEmpty && output.allSatisfy(CharacterClass.name.contains)
    }

    private static func hasParentSegment(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = 0
        for end in 0...bytes.count where end == bytes.count || bytes[end] == UInt8(ascii: "/") {
            if bytes[start..<end].equals("..") { return true }
            start = end + 1
        }
        return false
    }
}

/// A set of ASCII characters.
private struct CharacterClass {
    private let members: [Bool]

    init(_ characters: String) {
        var members = [Bool](repeating: false, count: 256)
        for byte in characters.utf8 { members[Int(byte)] = true }
        self.members = members
    }

    func contains(_ byte: UInt8) -> Bool { members[Int(byte)] }

    private static let digits = "0123456789"
    private static let lower = "abcdefghijklmnopqrstuvwxyz"
    private static let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    static let nix32 = CharacterClass("0123456789abcdfghijklmnpqrsvwxyz")
    static let lowercase = CharacterClass(digits + lower)
    static let base64 = CharacterClass(digits + lower + upper + "+/=")
    static let name = CharacterClass(digits + lower + upper + "+._?=-")
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    fileprivate func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && elementsEqual(text.bytes)
    }

    fileprivate func dropping(prefix: StaticString) -> Self? {
        let count = prefix.utf8CodeUnitCount
        guard self.count >= count, self.prefix(count).elementsEqual(prefix.bytes) else { return nil }
        return dropFirst(count)
    }

    fileprivate func dropping(suffix: StaticString) -> Self? {
        let count = suffix.utf8CodeUnitCount
        guard self.count >= count, self.suffix(count).elementsEqual(suffix.bytes) else { return nil }
        return dropLast(count)
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
