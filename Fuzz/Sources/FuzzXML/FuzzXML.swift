import FuzzDriver
@testable import S3Kit

/// The entry point.
@_cdecl("FuzzXML_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Reads the input as each of the replies that S3 services send, and piece by piece; its elements must be balanced and
/// within the limits, and a key that was read must be the same after it was written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzXML(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    walk(bytes)
    let page = try? S3ObjectPage(parsing: bytes)
    for object in page?.objects ?? [] where S3RequestXML.canHold(object.key) {
        let again = try? XMLReader.read(S3RequestXML.delete([object.key]), root: "Delete") {
            (reader) throws(XMLError) in
            var keys: [String] = []
            try reader.eachChild { (_, reader) throws(XMLError) in keys += try reader.texts(named: "Key") }
            return keys
        }
        precondition(again == [object.key], "a key is read as it was written")
    }
    _ = try? S3MultipartPage(parsing: bytes)
    for part in (try? S3PartPage(parsing: bytes))?.parts ?? [] {
        precondition((1...S3Limits.maximumParts).contains(part.number) && part.size >= 0)
    }
    _ = try? S3DeleteReply(parsing: bytes)
    _ = try? S3Versioning(parsing: bytes)
    _ = try? S3ResultReply.uploadID(parsing: bytes)
    _ = try? S3ResultReply.completedETag(parsing: bytes)
    _ = try? S3ResultReply.copiedETag(parsing: bytes)
    _ = try? WebIdentityReply.credentials(parsing: bytes)
    if let error = try? S3ErrorReply(parsing: bytes) { precondition(!error.code.isEmpty) }
    return 0
}

private func walk(_ bytes: [UInt8]) {
    let limits = XMLLimits()
    var depth = 0
    do throws(XMLError) {
        var reader = try XMLReader(bytes)
        while let event = try reader.next() {
            switch event {
            case .start: depth += 1
            case .end: depth -= 1
            case .text(let text): precondition(!text.isEmpty && depth > 0)
            }
            precondition((0...limits.depth).contains(depth) && depth == reader.depth, "elements are balanced")
        }
        precondition(depth == 0, "what was begun has ended")
    } catch {
        precondition((0...bytes.count).contains(error.offset), "an error lies within the input")
    }
}
