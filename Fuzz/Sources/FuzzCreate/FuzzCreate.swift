import CacheCore
import FuzzDriver

/// The entry point.
@_cdecl("FuzzCreate_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Scans the input as the body of a create request, at once and piece by piece: both must come to the same, and what is
/// taken the decoder must take too, and read the same in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCreate(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    for kind in [CreateUploadDraft.Kind.pendingClosure, .push] {
        let whole = Outcome { () throws(CacheError) in try scan(bytes, kind, pieceSize: max(1, count)) }
        for pieceSize in [1, 7] {
            let pieces = Outcome { () throws(CacheError) in try scan(bytes, kind, pieceSize: pieceSize) }
            precondition(pieces == whole, "it does not matter in which pieces a body arrives")
        }
        let decoded = Outcome { () throws(CacheError) in
            var request = try CreateUploadRequest.decode(bytes)
            request.roots = kind == .push ? request.roots ?? [] : nil
            return CreateUploadDraft(request)
        }
        if case .plan = whole { precondition(decoded == whole, "the decoder reads the same") }
    }
    return 0
}

private func scan(
    _ bytes: [UInt8], _ kind: CreateUploadDraft.Kind, pieceSize: Int
) throws(CacheError) -> CreateUploadDraft {
    var scanner = CreateUploadScanner(kind)
    for start in stride(from: 0, to: bytes.count, by: pieceSize) {
        try scanner.scan(bytes.span.extracting(start..<min(start + pieceSize, bytes.count)))
    }
    return try scanner.finish()
}

/// What becomes of a body.
private enum Outcome: Equatable {
    case plan(roots: [String], external: [String], claims: [NewClaim], verifiesObjects: Bool)
    case refused(String)

    init(_ draft: () throws(CacheError) -> CreateUploadDraft) {
        do throws(CacheError) {
            let draft = try draft()
            let verifiesObjects = draft.verifiesObjects
            let plan = try CreateUploadPlan(draft, maximumNarSize: nil)
            // Beyond 2^53 a size that is written as a fraction is not read to the last digit.
            let claims = plan.claims.map { claim in
                var claim = claim
                if let size = claim.narSize, size >= 1 << 53 { claim.narSize = 1 << 53 }
                return claim
            }
            self = .plan(
                roots: plan.roots, external: plan.external, claims: claims, verifiesObjects: verifiesObjects)
        } catch {
            self = .refused(error.message)
        }
    }
}
