import FuzzDriver
import NarKit

/// The entry point.
@_cdecl("FuzzNar_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Reads the input as an archive, whole and in pieces, and as a listing; whatever it is, both readings must agree and
/// what was accepted must be the same after it was written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNar(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let whole = outcome(of: [bytes])
    let pieces = outcome(
        of: stride(from: 0, to: bytes.count, by: 3).map { Array(bytes[$0..<min($0 + 3, bytes.count)]) })
    precondition(whole.isValid == pieces.isValid, "pieces and the whole are judged alike")
    precondition(!whole.isValid || whole.contents == pieces.contents, "pieces and the whole have the same contents")

    if let listing = try? NarListing(parsing: bytes) {
        let written = listing.serialized()
        precondition((try? NarListing(parsing: written).serialized()) == written, "a listing is read as it was written")
    }
    return 0
}

private func outcome(of pieces: [[UInt8]]) -> (isValid: Bool, contents: Digest) {
    var parser = NarParser()
    var digest = Digest()
    do {
        for piece in pieces { try parser.consume(piece, &digest) }
        try parser.finish()
        return (true, digest)
    } catch {
        return (false, digest)
    }
}

/// What an archive contains, boiled down.
private struct Digest: NarVisitor, Equatable {
    var depth = 0
    var nodes: [[UInt8]] = []
    var contents: [UInt8] = []
    private var expected: UInt64 = 0
    private var seen: UInt64 = 0

    mutating func beginDirectory(named name: [UInt8]) {
        depth += 1
        nodes.append(name)
    }

    mutating func endDirectory() {
        depth -= 1
        precondition(depth >= 0)
    }

    mutating func beginFile(named name: [UInt8], _ file: NarFileHeader) {
        nodes.append(name)
        expected = file.size
        seen = 0
    }

    mutating func fileContents(_ bytes: RawSpan) {
        precondition(!bytes.isEmpty)
        seen += UInt64(bytes.byteCount)
        bytes.withUnsafeBytes { contents.append(contentsOf: $0) }
    }

    mutating func endFile() {
        precondition(seen == expected, "a file ends after all its bytes")
    }

    mutating func symlink(named name: [UInt8], target: [UInt8]) {
        precondition(!target.isEmpty)
        nodes.append(name)
        nodes.append(target)
    }
}
